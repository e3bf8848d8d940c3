// The innermost loop of a matrix product: a tile of the result in registers, to which products of a column of the
// left panel and a row of the right panel are added, one k after the other.

import type { Format } from "../floats.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { add, advance, integer, less, loadSplat, multiplyAdd, scaled } from "../writing.ts";

/** The form of a micro-kernel. It has no influence on the bits of the results. */
export interface Tile {
  readonly rows: number;
  /** Vectors in a row of the tile. */
  readonly vectors: number;
  /** Steps of k in one round of the loop over packed panels. */
  readonly unroll: number;
}

export interface Panels {
  /** The address of a packed panel, or those of the rows of the matrix, which move along k by `leftStep` bytes. */
  readonly left: Value | readonly Value[];
  readonly leftStep: Value;
  readonly right: Value;
  readonly rightStep: Value;
  readonly inner: Value;
}

/** The sums of the tile, row by row. */
export function writeTile(
  b: FunctionBuilder,
  format: Format,
  tile: Tile,
  fma: boolean,
  panels: Panels,
): readonly (readonly Value[])[] {
  const sums = Array.from({ length: tile.rows }, () =>
    Array.from({ length: tile.vectors }, () => b.variable(b.splat(format.lanes, 0))),
  );
  const right = b.variable(panels.right);
  /** Adds the products of one k; `factor` gives the element of a row of the left operand. */
  const step = (factor: (row: number) => Value): void => {
    const columns = Array.from({ length: tile.vectors }, (_, j) =>
      b.emit("v128.load", [right], [j * 16]),
    );
    sums.forEach((row, i) => {
      const x = factor(i);
      row.forEach((sum, j) => {
        b.assign(sum, multiplyAdd(b, format, fma, x, columns[j] as Value, sum));
      });
    });
    advance(b, right, panels.rightStep);
  };
  if (isPacked(panels.left)) stepPacked(b, format, tile, panels.left, panels.inner, step);
  else stepDirect(b, format, panels.left, panels, step);
  return sums;
}

function isPacked(left: Value | readonly Value[]): left is Value {
  return !Array.isArray(left);
}

type Step = (factor: (row: number) => Value) => void;

/** Rounds of several steps as long as there are enough, then of one, until the panel ends. */
function stepPacked(
  b: FunctionBuilder,
  format: Format,
  tile: Tile,
  panel: Value,
  inner: Value,
  step: Step,
): void {
  const left = b.variable(panel);
  const bytes = tile.rows * format.bytes;
  const rounds = (end: Value, steps: number): void => {
    const isBefore = (): Value => b.emit("i32.ne", [left, end]);
    b.when(isBefore(), () =>
      b.repeat(() => {
        for (let k = 0; k < steps; k++) {
          step((row) => loadSplat(b, format, left, k * bytes + row * format.bytes));
        }
        advance(b, left, integer(b, steps * bytes));
        return isBefore();
      }),
    );
  };
  if (tile.unroll > 1) {
    const whole = b.emit("i32.div_s", [inner, integer(b, tile.unroll)]);
    rounds(add(b, panel, scaled(b, whole, tile.unroll * bytes)), tile.unroll);
  }
  rounds(add(b, panel, scaled(b, inner, bytes)), 1);
}

function stepDirect(
  b: FunctionBuilder,
  format: Format,
  first: readonly Value[],
  { leftStep, inner }: Panels,
  step: Step,
): void {
  const rows = first.map((row) => b.variable(row));
  b.count(integer(b, 0), inner, 1, () => {
    step((row) => loadSplat(b, format, rows[row] as Value));
    for (const row of rows) advance(b, row, leftStep);
  });
}

/** The addresses of so many rows of a matrix; those that are not there repeat the last one. */
export function rowAddresses(
  b: FunctionBuilder,
  count: number,
  first: Value,
  rowStride: Value,
  present: Value,
): readonly Value[] {
  const addresses = [first];
  for (let i = 1; i < count; i++) {
    const last = addresses[i - 1] as Value;
    addresses.push(b.select(less(b, integer(b, i), present), add(b, last, rowStride), last));
  }
  return addresses;
}
