// Products of a matrix with a vector, or of two vectors: the matrix is read once, where it lies.

import { aligned } from "../../bytes.ts";
import type { Heap, KernelSource } from "../heap.ts";
import { type Caller, prepareCalls } from "./calls.ts";
import { tailArguments, tailKernel } from "./epilogue.ts";
import { packingKernel } from "./packing.ts";
import type { Matrix, Product } from "./product.ts";
import {
  COLUMNS_AT_ONCE,
  columnKernel,
  dotKernel,
  ROWS_OF_DOTS,
  SINGLE_DOT,
  vectorArguments,
} from "./vector-kernels.ts";

/** A copy of rows of the matrix, where it is contiguous along no axis. */
const COPY_BYTES = 262_144;

/** The product as that of a matrix, along whose rows the result goes, with a vector. */
interface Roles {
  /** Which of the buffers they are. */
  readonly matrix: 0 | 1;
  readonly vector: 0 | 1;
  readonly length: number;
  /** Strides of the matrix along the result and along k, and of the vector. */
  readonly along: number;
  readonly inner: number;
  readonly vectorStride: number;
  /** How the matrix is read. */
  readonly way: "dots" | "columns" | "copy";
  /** Rows of the matrix that are copied at a time. */
  readonly copied: number;
  readonly copyVector: boolean;
}

export function isVectorProduct({ rows, columns }: Pick<Product, "rows" | "columns">): boolean {
  return rows === 1 || columns === 1;
}

function rolesOf(product: Product): Roles {
  const { format, rows, columns, matrices, inner } = product;
  const [left, right] = matrices as [Matrix, Matrix];
  const isLeft = columns === 1;
  const [along, k] = isLeft ? [left.row, left.column] : [right.column, right.row];
  const length = isLeft ? rows : columns;
  const readsAlong = along === format.bytes && length >= COLUMNS_AT_ONCE;
  const way = k === format.bytes || inner < 2 ? "dots" : readsAlong ? "columns" : "copy";
  const vectorStride = isLeft ? right.row : left.column;
  return {
    matrix: isLeft ? 0 : 1,
    vector: isLeft ? 1 : 0,
    length,
    along,
    inner: k,
    vectorStride,
    way,
    copied: Math.min(length, Math.max(4, Math.floor(COPY_BYTES / (inner * format.bytes)))),
    copyVector: vectorStride !== format.bytes && inner > 1,
  };
}

function vectorBytes({ format, inner }: Product): number {
  return aligned(inner * format.bytes);
}

/** Bytes of scratch. */
export function vectorScratch(product: Product): number {
  const { way, copied, copyVector } = rolesOf(product);
  const { inner, format } = product;
  return (
    (copyVector ? vectorBytes(product) : 0) + (way === "copy" ? copied * inner * format.bytes : 0)
  );
}

interface Bound {
  readonly product: Product;
  readonly roles: Roles;
  readonly kernel: KernelSource;
  readonly copy: KernelSource | undefined;
  readonly vectorCopy: number;
  readonly matrixCopy: number;
}

/** The source of the kernel that does the work. */
export function vectorKernel(product: Product): KernelSource {
  const { dtype } = product.format;
  const { way, length } = rolesOf(product);
  if (way === "columns") return columnKernel(dtype, product.fma);
  const isSingle = length === 1;
  return dotKernel(dtype, isSingle ? SINGLE_DOT : ROWS_OF_DOTS, product.fma);
}

export function bindVector(
  product: Product,
  heap: Heap,
  addresses: readonly number[],
  scratch: number,
): () => void {
  const roles = rolesOf(product);
  const copies = roles.copyVector || roles.way === "copy";
  const bound: Bound = {
    product,
    roles,
    kernel: vectorKernel(product),
    copy: copies ? packingKernel(product.format.dtype, 1) : undefined,
    vectorCopy: scratch,
    matrixCopy: scratch + (roles.copyVector ? vectorBytes(product) : 0),
  };
  const tail = tailOf(product);
  const { starts, count, repeat } = product;
  const repeats = starts.length * (copies ? count : 1);
  const walk = (call: Caller): void => {
    for (const start of starts) {
      const at = addresses.map((address, i) => address + (start[i] as number));
      if (copies) {
        for (let i = 0; i < count; i++) {
          const one = at.map((address, j) => address + i * (repeat[j] as number));
          multiply(bound, call, one, 1);
        }
      } else multiply(bound, call, at, count);
      tail?.(call, at);
    }
  };
  const parts = Math.ceil(roles.length / roles.copied);
  return prepareCalls(heap, { count: repeats * (2 * parts + 2), walk });
}

function multiply(
  { product, roles, ...bound }: Bound,
  call: Caller,
  at: readonly number[],
  batch: number,
): void {
  const { format, inner, repeat } = product;
  const { length, way, along } = roles;
  const vector = at[roles.vector] as number;
  const matrix = at[roles.matrix] as number;
  const copy = (parameters: readonly number[]): void => {
    if (bound.copy !== undefined) call(bound.copy, parameters);
  };
  if (roles.copyVector) copy([vector, 0, roles.vectorStride, 1, inner, bound.vectorCopy]);
  const some = way === "copy" ? roles.copied : length;
  for (let start = 0; start < length; start += some) {
    const rows = Math.min(some, length - start);
    const from = matrix + start * along;
    if (way === "copy") copy([from, along, roles.inner, rows, inner, bound.matrixCopy]);
    const strides = { dots: along, columns: roles.inner, copy: inner * format.bytes };
    const parameters = vectorArguments({
      matrix: way === "copy" ? bound.matrixCopy : from,
      matrixStride: strides[way],
      matrixBatch: repeat[roles.matrix] as number,
      vector: roles.copyVector ? bound.vectorCopy : vector,
      vectorBatch: repeat[roles.vector] as number,
      result: (at.at(-1) as number) + start * format.bytes,
      resultBatch: repeat.at(-1) as number,
      length: rows,
      inner,
      batch,
    });
    call(bound.kernel, parameters);
  }
}

/** The tail over the finished results. Those of a single column are taken as a row where the operands allow it. */
function tailOf(
  product: Product,
): ((call: Caller, addresses: readonly number[]) => void) | undefined {
  const { format, tail, rows, columns, count } = product;
  if (tail === undefined) return undefined;
  const turned = product.matrices.map(({ row, column }) => ({ row: column, column: row }));
  const steps = turned.slice(2, -1).map(({ column }) => column / format.bytes);
  const turns = columns === 1 && steps.every((step) => step === 0 || step === 1);
  const kernel = tailKernel(format.dtype, turns ? { ...tail, steps } : tail);
  const shape = turns ? { rows: 1, columns: rows } : { rows, columns };
  const view = turns ? { ...product, matrices: turned } : product;
  return (call, addresses) => {
    const part = { row: 0, column: 0, ...shape };
    call(kernel, tailArguments(view, addresses, count, part));
  };
}
