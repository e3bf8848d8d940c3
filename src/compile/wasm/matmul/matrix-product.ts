// Products of matrices in blocks that stay in the caches (after Goto and van de Geijn, Anatomy of High-Performance
// Matrix Multiplication, 2008): which operands are packed, and the order in which blocks are visited.

import { aligned } from "../../bytes.ts";
import type { Heap, KernelSource } from "../heap.ts";
import { type Caller, type Calls, prepareCalls } from "./calls.ts";
import { tailArguments, tailKernel } from "./epilogue.ts";
import { type MacroForm, macroArguments, macroKernel, type Parameters } from "./macro-kernel.ts";
import type { Tile } from "./micro-kernel.ts";
import { packingKernel } from "./packing.ts";
import type { Product } from "./product.ts";

/**
 * Products are summed in blocks of so many k, one after the other, and the blocks are added in order. This is part of
 * what the result is: another number gives other bits. Panels of it fill half of a first-level cache of 32 kB.
 */
const INNER_BLOCK = 256;
/** A packed block of the left operand, for the second-level cache. */
const LEFT_BYTES = 262_144;
/** A packed block of the right operand, for the third level. */
const RIGHT_BYTES = 2_097_152;
/** Rows in a call where nothing is packed; the calls are short enough for the engine to change to better code. */
const DIRECT_ROWS = 4096;
/** The right operand pays its packing where it is read by more rows. */
const ROWS_TO_PACK = 48;
/** The left operand pays its packing where it is read by more panels. */
const PANELS_TO_PACK = 2;
/** Products of a batch with so few multiplications are not packed at all: one call of the kernel does many of them. */
const MANY_TOGETHER = 32_768;

/** What is packed, and the sizes of blocks. */
interface Layout {
  readonly width: number;
  readonly packLeft: boolean;
  readonly packRight: boolean;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly leftBytes: number;
  readonly rightBytes: number;
  readonly cornerBytes: number;
}

function layoutOf(product: Product, tile: Tile): Layout {
  const { format, rows, inner, columns, count, matrices } = product;
  const width = tile.vectors * format.count;
  const isOneOfMany = count > 1 && rows * inner * columns <= MANY_TOGETHER;
  const packLeft = columns > PANELS_TO_PACK * width && !isOneOfMany;
  const packRight = (rows > ROWS_TO_PACK && !isOneOfMany) || matrices[1]?.column !== format.bytes;
  const blockInner = Math.min(INNER_BLOCK, inner);
  const line = INNER_BLOCK * format.bytes;
  const blockRows = packLeft
    ? Math.floor(LEFT_BYTES / line / tile.rows) * tile.rows
    : DIRECT_ROWS - (DIRECT_ROWS % tile.rows);
  const blockColumns = Math.floor(RIGHT_BYTES / line / width) * width;
  const up = (size: number, step: number): number => Math.ceil(size / step) * step;
  const lines = (count: number): number => aligned(count * blockInner * format.bytes);
  return {
    width,
    packLeft,
    packRight,
    rows: blockRows,
    inner: blockInner,
    columns: blockColumns,
    leftBytes: packLeft ? lines(Math.min(blockRows, up(rows, tile.rows))) : 0,
    rightBytes: lines(Math.min(blockColumns, up(columns, width))),
    cornerBytes: aligned(tile.rows * tile.vectors * 16),
  };
}

/** Bytes of scratch. */
export function matrixScratch(product: Product, tile: Tile): number {
  const { leftBytes, rightBytes, cornerBytes } = layoutOf(product, tile);
  return leftBytes + rightBytes + cornerBytes;
}

/** How many calls of kernels a product takes at most. */
export function mostCalls(product: Product, tile: Tile): number {
  const { rows, inner, columns, starts, count } = product;
  const layout = layoutOf(product, tile);
  const blocks =
    Math.ceil(rows / layout.rows) *
    Math.max(1, Math.ceil(inner / INNER_BLOCK)) *
    Math.ceil(columns / layout.columns);
  // Of a block, both operands are packed, the products are added, and the tail follows.
  return 4 * blocks * starts.length * count;
}

/** The form of the kernel that does most of the work. */
export function matrixForm(product: Product, tile: Tile): MacroForm {
  return {
    dtype: product.format.dtype,
    tile,
    direct: !layoutOf(product, tile).packLeft,
    fma: product.fma,
  };
}

/** The addresses of the buffers for one product of the batch. */
type Addresses = readonly number[];

interface Bound {
  readonly product: Product;
  readonly tile: Tile;
  readonly layout: Layout;
  readonly macro: KernelSource;
  readonly packLeft: KernelSource | undefined;
  readonly packRight: KernelSource | undefined;
  readonly tail: KernelSource | undefined;
  /** Where the packed blocks begin, and room for one tile. */
  readonly left: number;
  readonly right: number;
  readonly corner: number;
}

export function bindMatrix(
  product: Product,
  tile: Tile,
  heap: Heap,
  addresses: Addresses,
  scratch: number,
): () => void {
  return prepareCalls(heap, matrixCalls(product, tile, heap, addresses, scratch));
}

/** The calls of a product. Of the heap, they only need to know how large it is. */
export function matrixCalls(
  product: Product,
  tile: Tile,
  heap: Heap,
  addresses: Addresses,
  scratch: number,
): Calls {
  const plain = layoutOf(product, tile);
  // The last panel of a right operand that is not packed may reach beyond its end.
  const end = (addresses[1] as number) + product.rightEnd + tile.vectors * 16;
  const fits = end <= heap.memory.buffer.byteLength;
  const layout = { ...plain, packRight: plain.packRight || !fits };
  const { dtype } = product.format;
  const bound: Bound = {
    product,
    tile,
    layout,
    macro: macroKernel(matrixForm(product, tile)),
    packLeft: layout.packLeft ? packingKernel(dtype, tile.rows) : undefined,
    packRight: layout.packRight ? packingKernel(dtype, layout.width) : undefined,
    tail: product.tail === undefined ? undefined : tailKernel(dtype, product.tail),
    left: scratch,
    right: scratch + layout.leftBytes,
    corner: scratch + layout.leftBytes + layout.rightBytes,
  };
  const { starts, count, repeat } = product;
  const together = !layout.packLeft && !layout.packRight;
  const at = (start: readonly number[], index: number): Addresses =>
    addresses.map((address, i) => address + (start[i] as number) + index * (repeat[i] as number));
  const walk = (call: Caller): void => {
    for (const start of starts) {
      if (together) multiply(bound, call, at(start, 0), count);
      else for (let i = 0; i < count; i++) multiply(bound, call, at(start, i), 1);
    }
  };
  return { count: mostCalls(product, tile), walk };
}

/** A part of the result and of the sums that make it up. */
interface Block {
  readonly row: number;
  readonly rows: number;
  readonly k: number;
  readonly inner: number;
  readonly column: number;
  readonly columns: number;
}

/** One product, or as many as follow each other in the batch. */
function multiply(bound: Bound, call: Caller, addresses: Addresses, batch: number): void {
  const { product, layout, packLeft, packRight } = bound;
  const [left, right] = product.matrices as [Matrix, Matrix];
  const [leftAddress, rightAddress] = addresses as [number, number];
  for (let column = 0; column < product.columns; column += layout.columns) {
    const columns = Math.min(layout.columns, product.columns - column);
    // A sum of nothing is 0: one block without any k stores it.
    for (let k = 0; k === 0 || k < product.inner; k += INNER_BLOCK) {
      const inner = Math.min(INNER_BLOCK, product.inner - k);
      const rightAt = rightAddress + k * right.row + column * right.column;
      if (packRight !== undefined) {
        call(packRight, [rightAt, right.column, right.row, columns, inner, bound.right]);
      }
      for (let row = 0; row < product.rows; row += layout.rows) {
        const rows = Math.min(layout.rows, product.rows - row);
        const leftAt = leftAddress + row * left.row + k * left.column;
        if (packLeft !== undefined) {
          call(packLeft, [leftAt, left.row, left.column, rows, inner, bound.left]);
        }
        const block = { row, rows, k, inner, column, columns };
        call(bound.macro, blockParameters(bound, addresses, batch, block));
        if (bound.tail !== undefined && k + inner === product.inner) {
          call(bound.tail, tailArguments(product, addresses, batch, block));
        }
      }
    }
  }
}

type Matrix = Product["matrices"][number];

function blockParameters(
  bound: Bound,
  addresses: Addresses,
  batch: number,
  block: Block,
): number[] {
  const { format, matrices, repeat } = bound.product;
  const { row, rows, k, inner, column, columns } = block;
  const result = matrices.at(-1) as Matrix;
  return macroArguments({
    ...leftPanels(bound, addresses[0] as number, block),
    ...rightPanels(bound, addresses[1] as number, block),
    leftBatch: repeat[0] as number,
    rightBatch: repeat[1] as number,
    result: (addresses.at(-1) as number) + row * result.row + column * format.bytes,
    resultRow: result.row,
    resultBatch: repeat.at(-1) as number,
    rows,
    inner,
    columns,
    batch,
    first: k === 0 ? 1 : 0,
    corner: bound.corner,
  });
}

type LeftPanels = Pick<Parameters, "left" | "leftPanel" | "leftRow" | "leftStep">;

/** Where the kernel reads the left operand: as packed, or as it lies. */
function leftPanels(
  { product, layout, tile, left }: Bound,
  address: number,
  { row, k, inner }: Block,
): LeftPanels {
  if (layout.packLeft) {
    return { left, leftPanel: tile.rows * inner * product.format.bytes, leftRow: 0, leftStep: 0 };
  }
  const strides = product.matrices[0] as Matrix;
  return {
    left: address + row * strides.row + k * strides.column,
    leftPanel: tile.rows * strides.row,
    leftRow: strides.row,
    leftStep: strides.column,
  };
}

type RightPanels = Pick<Parameters, "right" | "rightPanel" | "rightStep">;

function rightPanels(
  { product, layout, tile, right }: Bound,
  address: number,
  { k, inner, column }: Block,
): RightPanels {
  const step = tile.vectors * 16;
  if (layout.packRight) {
    return { right, rightPanel: layout.width * inner * product.format.bytes, rightStep: step };
  }
  const strides = product.matrices[1] as Matrix;
  return {
    right: address + k * strides.row + column * strides.column,
    rightPanel: step,
    rightStep: strides.row,
  };
}
