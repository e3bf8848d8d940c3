// The tiles of a block of the result: all panels of the left operand with all panels of the right one.

import { type FloatType, FORMATS, type Format } from "../floats.ts";
import { FunctionBuilder, type Value } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { parametersOf } from "../parameters.ts";
import { add, advance, integer, less, scaled, times } from "../writing.ts";
import { rowAddresses, type Tile, writeTile } from "./micro-kernel.ts";

export interface MacroForm {
  readonly dtype: FloatType;
  readonly tile: Tile;
  /** Whether the left operand is read where it lies, instead of from packed panels. */
  readonly direct: boolean;
  readonly fma: boolean;
}

/**
 * The kernel of a block. The right operand is read in rows of whole panels: packed panels, or a matrix behind whose end
 * there is room.
 */
export function macroKernel(form: MacroForm): KernelSource {
  const { dtype, tile, direct, fma } = form;
  const shape = `${tile.rows}x${tile.vectors}x${tile.unroll}`;
  return {
    key: `matmul ${dtype} ${shape}${direct ? " direct" : ""}${fma ? " fma" : ""}`,
    write: () => writeMacro(form),
  };
}

/** Strides are in bytes. */
const NAMES = [
  "left",
  "leftPanel",
  "leftRow",
  "leftStep",
  "leftBatch",
  "right",
  "rightPanel",
  "rightStep",
  "rightBatch",
  "result",
  "resultRow",
  "resultBatch",
  "rows",
  "inner",
  "columns",
  "batch",
  /** 1 in the first block of k, whose sums are stored; those of the others are added. */
  "first",
  /** Room for one tile. */
  "corner",
] as const;

export type Parameters = Readonly<Record<(typeof NAMES)[number], number>>;

/** The parameters as the kernel takes them. */
export function macroArguments(parameters: Parameters): number[] {
  return NAMES.map((name) => parameters[name]);
}

type Block = Readonly<Record<(typeof NAMES)[number], Value>>;

function writeMacro(form: MacroForm) {
  const b = new FunctionBuilder();
  const format = FORMATS[form.dtype];
  const { tile } = form;
  const block: Block = parametersOf(b, NAMES);
  const zero = integer(b, 0);
  const width = tile.vectors * format.count;
  b.count(zero, block.batch, 1, (batch) => {
    const right = b.variable(add(b, block.right, times(b, batch, block.rightBatch)));
    const firstLeft = add(b, block.left, times(b, batch, block.leftBatch));
    const result = add(b, block.result, times(b, batch, block.resultBatch));
    b.count(zero, block.columns, width, (column) => {
      const left = b.variable(firstLeft);
      const target = b.variable(add(b, result, scaled(b, column, format.bytes)));
      const columns = b.emit("i32.sub", [block.columns, column]);
      b.count(zero, block.rows, tile.rows, (row) => {
        const rows = b.emit("i32.sub", [block.rows, row]);
        writePlace(b, format, form, block, { left, right, target, rows, columns });
        advance(b, left, block.leftPanel);
        advance(b, target, scaled(b, block.resultRow, tile.rows));
      });
      advance(b, right, block.rightPanel);
    });
  });
  return b.finish();
}

interface Place {
  readonly left: Value;
  readonly right: Value;
  readonly target: Value;
  /** How many rows and columns of the result are left from here on. */
  readonly rows: Value;
  readonly columns: Value;
}

/** One tile: its sums, and their way into the result. */
function writePlace(
  b: FunctionBuilder,
  format: Format,
  form: MacroForm,
  block: Block,
  { left, right, target, rows, columns }: Place,
): void {
  const { tile } = form;
  const sums = writeTile(b, format, tile, form.fma, {
    left: form.direct ? rowAddresses(b, tile.rows, left, block.leftRow, rows) : left,
    leftStep: block.leftStep,
    right,
    rightStep: block.rightStep,
    inner: block.inner,
  });
  b.when(
    less(b, columns, integer(b, tile.vectors * format.count)),
    () => storeCorner(b, format, block, sums, { target, rows, columns }),
    () => storeRows(b, format, block, sums, { target, rows }),
  );
}

type Sums = readonly (readonly Value[])[];

/** Whole rows of the tile. */
function storeRows(
  b: FunctionBuilder,
  { lanes }: Format,
  block: Block,
  sums: Sums,
  { target, rows }: Pick<Place, "target" | "rows">,
): void {
  const at = b.variable(target);
  sums.forEach((row, i) => {
    const store = (): void => {
      b.when(
        block.first,
        () => {
          row.forEach((sum, j) => {
            b.effect("v128.store", [at, sum], [j * 16]);
          });
        },
        () => {
          row.forEach((sum, j) => {
            const before = b.emit("v128.load", [at], [j * 16]);
            b.effect("v128.store", [at, b.emit(`${lanes}.add`, [before, sum])], [j * 16]);
          });
        },
      );
    };
    if (i === 0) store();
    else b.when(less(b, integer(b, i), rows), store);
    advance(b, at, block.resultRow);
  });
}

/** A tile that reaches beyond the last column: what there is of it, element by element. */
function storeCorner(
  b: FunctionBuilder,
  { scalar, bytes }: Format,
  block: Block,
  sums: Sums,
  { target, rows, columns }: Pick<Place, "target" | "rows" | "columns">,
): void {
  const width = (sums[0]?.length ?? 0) * 16;
  sums.forEach((row, i) => {
    row.forEach((sum, j) => {
      b.effect("v128.store", [block.corner, sum], [i * width + j * 16]);
    });
  });
  const from = b.variable(block.corner);
  const to = b.variable(target);
  const most = integer(b, sums.length);
  b.count(integer(b, 0), b.select(less(b, rows, most), rows, most), 1, () => {
    b.count(integer(b, 0), columns, 1, (column) => {
      const offset = scaled(b, column, bytes);
      const place = add(b, to, offset);
      const value = b.variable(b.emit(`${scalar}.load`, [add(b, from, offset)], [0]));
      b.when(b.emit("i32.eqz", [block.first]), () => {
        const before = b.emit(`${scalar}.load`, [place], [0]);
        b.assign(value, b.emit(`${scalar}.add`, [before, value]));
      });
      b.effect(`${scalar}.store`, [place, value], [0]);
    });
    advance(b, from, integer(b, width));
    advance(b, to, block.resultRow);
  });
}
