// record(): a run of a function as data, row by row, with values, local partials and adjoints.

import { SymtapeError } from "../expr/errors.ts";
import { type Point, pointTensors } from "../expr/evaluation.ts";
import { type Formula, isFormula } from "../expr/formula.ts";
import { inputOp } from "../expr/ops/leaves.ts";
import { literal, Tensor } from "../expr/tensor.ts";
import { backward, finish } from "./backward.ts";
import { type Row, recordRun, unwrap } from "./tape.ts";
import type { Traced, Tree, TreeLike } from "./tree.ts";

/** One row of a recorded run. */
export interface RecordedRow {
  readonly index: number;
  /** The name of an input, such as `w1[0]`. */
  readonly name?: string;
  readonly op: string;
  /** For each operand the row that computed it, or its value where it is a constant. */
  readonly inputs: readonly ({ readonly row: number } | { readonly constant: Tensor })[];
  readonly params: Row["params"];
  readonly value: Tensor;
  /** For each operand of a scalar row, the derivative of the row's value by it. */
  readonly partials: readonly (Tensor | undefined)[];
  /** The derivative of the result by the row's value. */
  readonly adjoint: Tensor;
  /** Where in the program the operation was called. */
  readonly position?: string;
}

/** A recorded run: its rows in order of execution and the row of the result. */
export interface RecordedRun {
  readonly rows: readonly RecordedRow[];
  readonly result: number;
  readonly value: Tensor;
}

export interface RecordOptions {
  /** Whether rows carry the place in the program that called them; costs a stack trace per row. */
  readonly positions?: boolean;
}

/**
 * Runs a function at a point and returns its Wengert list as data: each operation with its operands, value,
 * local partial derivatives and adjoint (the derivative of the result by it). A result that is no scalar is
 * seeded with ones.
 *
 * @example
 * const { rows } = record((x: Tensor) => multiply(sin(x), x), 2);
 * rows.map((row) => row.op); // ["input", "sin", "multiply"]
 */
export function record(f: Formula, point: Point, options?: RecordOptions): RecordedRun;
export function record<P extends TreeLike>(
  f: (params: Traced<P>) => Tensor,
  point: P,
  options?: RecordOptions,
): RecordedRun;
export function record(
  f: Formula | ((params: never) => Tensor),
  point: unknown,
  options: RecordOptions = {},
): RecordedRun {
  const params = (isFormula(f) ? pointTensors(f, point as Point) : point) as Tree;
  const call = f as (params: unknown) => Tensor;
  const run = recordRun("record", call, params, options);
  if (!(run.result instanceof Tensor)) {
    throw new SymtapeError("usage", "record: the function must return a Tensor.", {
      operation: "record",
    });
  }
  const { value, slot } = unwrap(run.tape, run.result);
  const { rows, slots } = run.tape;
  const seeds = slot < 0 ? new Map<number, Tensor>() : new Map([[slot, literal(1)]]);
  const adjoints = backward(rows, seeds, slots);
  const rowOf = new Map<number, number>();
  for (const row of rows) {
    for (const k of row.outputs.keys()) rowOf.set(row.slot + k, row.index);
  }
  return {
    rows: rows.map((row) => describeRow(row, rowOf, adjoints)),
    result: rowOf.get(slot) ?? -1,
    value,
  };
}

function describeRow(
  row: Row,
  rowOf: ReadonlyMap<number, number>,
  adjoints: readonly (Tensor | undefined)[],
): RecordedRow {
  const value = row.outputs[0] as Tensor;
  return {
    index: row.index,
    ...(row.name !== undefined && { name: row.name }),
    op: row.op.name,
    inputs: row.inputs.map((input, k) => {
      const parent = rowOf.get(row.parents[k] as number);
      return parent === undefined ? { constant: input } : { row: parent };
    }),
    params: row.op === inputOp ? {} : row.params,
    value,
    partials: partialsOf(row),
    adjoint: finish(adjoints[row.slot], value),
    ...(row.position !== undefined && { position: row.position }),
  };
}

/** The local partial derivatives of a row whose values are all scalars. */
function partialsOf(row: Row): readonly (Tensor | undefined)[] {
  const scalars = [...row.inputs, ...row.outputs].every((value) => value.rank === 0);
  if (!scalars || row.op === inputOp) return row.inputs.map(() => undefined);
  const needs = row.parents.map((parent) => parent >= 0);
  return row.op.pullback(row, [literal(1)], needs);
}
