// The walk back over a run, watched: where a derivative first became NaN or infinite.

import { literal, type Tensor } from "../../expr/tensor.ts";
import { type Adjoints, backward, finish } from "../backward.ts";
import type { Row } from "../tape.ts";
import { type BadElement, firstBad } from "./elements.ts";
import { differentiableRows, type FullRun } from "./run.ts";

/** A bad derivative out of good ones. */
export interface Mishap {
  readonly row: Row;
  /** The operand whose derivative it is; -1 where the derivatives that arrived were too large together. */
  readonly operand: number;
  /** The output of the row, and the derivative of the result by it. */
  readonly output: Tensor;
  readonly adjoint: Tensor;
  readonly derivative: Tensor;
  readonly bad: BadElement;
}

/** The derivatives by all values of the run, and the first mishap on the way. */
export function walkBack(run: FullRun): { adjoints: Adjoints; mishap: Mishap | undefined } {
  let mishap: Mishap | undefined;
  const rows = differentiableRows(run.rows).map((row) =>
    watched(row, (cotangents, contributions) => {
      mishap ??= mishapIn(row, cotangents, contributions);
    }),
  );
  const seeds = new Map<number, Tensor>();
  if (run.slot >= 0) seeds.set(run.slot, literal(1));
  const adjoints = backward(rows, seeds, run.slots);
  return { adjoints, mishap };
}

/** The row with a rule that shows what it takes and gives. */
function watched(row: Row, watch: (cotangents: Adjoints, contributions: Adjoints) => void): Row {
  const pullback: Row["op"]["pullback"] = (_, cotangents, needs) => {
    const contributions = row.op.pullback(row, cotangents, needs);
    watch([...cotangents], [...contributions]);
    return contributions;
  };
  return { ...row, op: { ...row.op, pullback } };
}

function mishapIn(row: Row, cotangents: Adjoints, contributions: Adjoints): Mishap | undefined {
  const arrived = cotangents.flatMap((cotangent, k) => {
    const output = row.outputs[k] as Tensor;
    return cotangent === undefined ? [] : [{ output, adjoint: finish(cotangent, output) }];
  });
  const [first] = arrived;
  if (first === undefined) return undefined;
  for (const { output, adjoint } of arrived) {
    const bad = firstBad(adjoint);
    if (bad !== undefined) return { row, operand: -1, output, adjoint, derivative: adjoint, bad };
  }
  for (const [operand, derivative] of contributions.entries()) {
    if (derivative === undefined || (row.parents[operand] as number) < 0) continue;
    const bad = firstBad(derivative);
    if (bad !== undefined) return { row, operand, ...first, derivative, bad };
  }
  return undefined;
}
