// The chain rule: one walk backwards over rows, whether they hold numbers or symbols.

import { add } from "../expr/ops/arithmetic.ts";
import { isSelected, selected } from "../expr/ops/gradient-control.ts";
import { broadcastTo, cast } from "../expr/ops/movement/reshape.ts";
import { sumTo } from "../expr/ops/reductions/sum.ts";
import { zerosLike } from "../expr/ops/structured.ts";
import { sameShape } from "../expr/shape.ts";
import type { Tensor } from "../expr/tensor.ts";
import type { Row } from "./tape.ts";

/** Adjoints by slot; undefined where no seed reaches. */
export type Adjoints = (Tensor | undefined)[];

/**
 * Reverse accumulation: from seeds (adjoints of some slots) to the adjoints of every slot before them.
 * On rows of numbers the result is numbers, on rows of symbols it is the derivative as a graph.
 */
export function backward(
  rows: readonly Row[],
  seeds: ReadonlyMap<number, Tensor>,
  slots: number,
): Adjoints {
  const adjoints: Adjoints = new Array<Tensor | undefined>(slots).fill(undefined);
  for (const [slot, seed] of seeds) adjoints[slot] = seed;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as Row;
    if (row.parents.length === 0) continue;
    const cotangents = cotangentsOf(row, adjoints);
    if (cotangents === undefined) continue;
    const contributions = row.op.pullback(row, cotangents, needsOf(row));
    for (let k = 0; k < row.parents.length; k++) {
      const parent = row.parents[k] as number;
      const contribution = contributions[k];
      if (parent < 0 || contribution === undefined) continue;
      const fitted = conform(contribution, row.inputs[k] as Tensor);
      const known = adjoints[parent];
      adjoints[parent] = known === undefined ? fitted : accumulate(known, fitted);
    }
  }
  return adjoints;
}

/** The adjoints of a row's outputs, unless all of them are zero. */
function cotangentsOf(row: Row, adjoints: Adjoints): Adjoints | undefined {
  const first = adjoints[row.slot];
  if (row.outputs.length === 1) return first === undefined ? undefined : [first];
  const cotangents = adjoints.slice(row.slot, row.slot + row.outputs.length);
  return cotangents.some((cotangent) => cotangent !== undefined) ? cotangents : undefined;
}

/** The sum of two contributions; where neither side of it was chosen, it stands for nothing as they do. */
function accumulate(known: Tensor, contribution: Tensor): Tensor {
  const total = add(known, contribution);
  return isSelected(known) && isSelected(contribution) ? selected(total) : total;
}

/** Which inputs are no constants; for most rows that is all of them. */
function needsOf({ parents }: Row): readonly boolean[] {
  const all = ALL[parents.length];
  if (all === undefined) return parents.map(isVariable);
  for (const parent of parents) if (parent < 0) return parents.map(isVariable);
  return all;
}

const ALL: readonly (readonly boolean[])[] = [[], [true], [true, true]];

function isVariable(parent: number): boolean {
  return parent >= 0;
}

/** Brings an adjoint to the shape and dtype of its value: sums over the axes that were broadcast. */
export function conform(adjoint: Tensor, value: Tensor): Tensor {
  const shaped = sameShape(adjoint.shape, value.shape)
    ? adjoint
    : broadcastTo(sumTo(adjoint, value.shape), value.shape);
  return shaped.weak || value.weak ? shaped : cast(shaped, value.dtype);
}

/** The adjoint of a value in full: zeros where none arrived, and never a literal. */
export function finish(adjoint: Tensor | undefined, value: Tensor): Tensor {
  if (adjoint === undefined) return zerosLike(value);
  return cast(broadcastTo(adjoint, value.shape), value.dtype);
}
