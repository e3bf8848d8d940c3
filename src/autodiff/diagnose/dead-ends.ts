// Where the derivative by a value ends: a generic tangent is sent forward, and dies at those rows.

import { isFloat } from "../../expr/shape.ts";
import { ConcreteTensor, type Tensor } from "../../expr/tensor.ts";
import { forward } from "../forward.ts";
import type { Row } from "../tape.ts";
import type { DeadEnd } from "./causes.ts";
import { numbersIn } from "./elements.ts";
import { differentiableRows, type FullRun } from "./run.ts";

/** What becomes of a value in a run. */
export interface Fate {
  /** The rows that use it or what is computed from it, in order. */
  readonly users: readonly Row[];
  /** Those of them that lead to the result. */
  readonly leading: readonly Row[];
  /** Those at which its derivative ends. */
  readonly ends: readonly DeadEnd[];
  /** Every value that is computed from it, by slot; itself included. */
  readonly reached: ReadonlySet<number>;
}

/** Follows the value of a slot through a run. */
export function fateOf(run: FullRun, slot: number): Fate {
  const reached = new Set([slot]);
  const users = run.rows.filter((row) => {
    if (!row.parents.some((parent) => reached.has(parent))) return false;
    row.outputs.forEach((_, k) => {
      reached.add(row.slot + k);
    });
    return true;
  });
  const needed = neededRows(run);
  const leading = users.filter((row) => needed.has(row));
  return { users, leading, ends: deadEnds(run, leading, slot), reached };
}

/** The rows that the result depends on, whether differentiably or not. */
function neededRows(run: FullRun): ReadonlySet<Row> {
  const slots = new Set([run.slot]);
  return new Set(
    run.rows.toReversed().filter((row) => {
      if (!row.outputs.some((_, k) => slots.has(row.slot + k))) return false;
      for (const parent of row.parents) slots.add(parent);
      return true;
    }),
  );
}

function deadEnds(run: FullRun, leading: readonly Row[], slot: number): DeadEnd[] {
  const seed = generic(sourceOf(run, slot));
  const rows = differentiableRows(run.rows).filter((row) => row.parents.length > 0);
  const tangents = forward(rows, new Map([[slot, seed]]));
  const isAlive = (place: number): boolean => {
    const tangent = tangents[place];
    return tangent !== undefined && Array.from(numbersIn(tangent)).some(isNotZero);
  };
  return leading.flatMap((row) => {
    const operands = row.parents.flatMap((parent, k) =>
      parent >= 0 && isAlive(parent) ? [k] : [],
    );
    const [operand] = operands;
    if (
      operand === undefined ||
      (isSmooth(row) && row.outputs.some((_, k) => isAlive(row.slot + k)))
    )
      return [];
    return [{ row, operand, cancels: cancels(row, operands, tangents) }];
  });
}

/** Whether the row has derivatives and a result that can have them. */
function isSmooth({ op, outputs }: Row): boolean {
  return !op.nondifferentiable && outputs.some(({ dtype }) => isFloat(dtype));
}

/** Whether the tangents through the operands are not zero one by one. */
function cancels(
  row: Row,
  operands: readonly number[],
  tangents: readonly (Tensor | undefined)[],
): boolean {
  if (operands.length < 2 || !isSmooth(row)) return false;
  return operands.some((operand) => {
    const alone = row.parents.map((parent, k) => (k === operand ? tangents[parent] : undefined));
    return row.op
      .pushforward(row, alone)
      .some((tangent) => tangent && Array.from(numbersIn(tangent)).some(isNotZero));
  });
}

function isNotZero(number: number): boolean {
  return number !== 0;
}

function sourceOf(run: FullRun, slot: number): Tensor {
  return (run.rows[slot] as Row).outputs[0] as Tensor;
}

/** A direction in which no two derivatives cancel by chance. */
export function generic(like: Tensor): Tensor {
  const golden = (1 + Math.sqrt(5)) / 2;
  const data = Float64Array.from({ length: like.size }, (_, i) => 0.5 + (((i + 1) * golden) % 1));
  return new ConcreteTensor(like.shape, "float64", data);
}
