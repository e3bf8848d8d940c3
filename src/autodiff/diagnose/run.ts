// A run written down in full for diagnosis: every operation, and its place in the program or in a formula's text.

import { SymtapeError } from "../../expr/errors.ts";
import { type Point, pointTensors } from "../../expr/evaluation.ts";
import { type Formula, isFormula } from "../../expr/formula.ts";
import { type Node, reachable, type SymbolicTensor } from "../../expr/graph.ts";
import { inputOp } from "../../expr/ops/leaves.ts";
import type { Shape } from "../../expr/shape.ts";
import { Tensor } from "../../expr/tensor.ts";
import { type Reading, type Row, recordRun, unwrap } from "../tape.ts";
import { leavesOf, type Tree } from "../tree.ts";

/** A run with all its operations, those without derivatives too. */
export interface FullRun {
  /** Every row in order; the inputs come first. */
  readonly rows: readonly Row[];
  readonly slots: number;
  readonly readings: readonly Reading[];
  /** The names of the inputs: the leaves of the parameters, then the tensors of the further arguments. */
  readonly names: readonly string[];
  /** How many inputs are leaves of the parameters. */
  readonly count: number;
  /** The result, and its slot: -1 where it is a constant of the run. */
  readonly value: unknown;
  readonly slot: number;
}

/** Runs a function or a formula at a point, with the tensors of the further arguments followed too. */
export function fullRun(
  operation: string,
  f: unknown,
  given: unknown,
  rest: readonly unknown[],
): FullRun {
  if (typeof f !== "function") {
    throw new SymtapeError(
      "usage",
      `${operation}: expected a function or a formula, got ${typeof f}.`,
      { operation },
    );
  }
  const params = (isFormula(f) ? pointTensors(f, given as Point) : given) as Tree;
  const further: { readonly name: string; readonly value: Tensor }[] = [];
  rest.forEach((argument, i) => {
    mapTensors(argument, `argument ${i + 2}`, (value, name) => further.push({ name, value }));
  });
  const run = recordRun(
    operation,
    (traced) => {
      const [own, tensors] = traced as readonly [unknown, readonly Tensor[]];
      let next = 0;
      const followed = rest.map((argument) => mapTensors(argument, "", () => tensors[next++]));
      return (f as (...args: unknown[]) => unknown)(own, ...followed);
    },
    [params, further.map(({ value }) => value)],
    { positions: !isFormula(f), everything: true },
  );
  const leaves = leavesOf(params, operation);
  const { value, slot } = resultOf(run.result, (result) => unwrap(run.tape, result));
  return {
    rows: isFormula(f) ? locate(f, run.tape.rows, leaves.length) : run.tape.rows,
    slots: run.tape.slots,
    readings: run.tape.readings,
    names: [
      ...leaves.map(({ path }) => path.replace(/^\./, "") || "argument 1"),
      ...further.map(({ name }) => name),
    ],
    count: leaves.length,
    value,
    slot,
  };
}

function resultOf(
  result: unknown,
  unwrapped: (result: Tensor) => { value: Tensor; slot: number },
): { value: unknown; slot: number } {
  return result instanceof Tensor ? unwrapped(result) : { value: result, slot: -1 };
}

/** The value with other tensors in its arrays and plain objects; anything else stays what it is. */
function mapTensors(
  value: unknown,
  name: string,
  f: (tensor: Tensor, name: string) => unknown,
): unknown {
  if (value instanceof Tensor) return f(value, name);
  if (Array.isArray(value)) return value.map((item, i) => mapTensors(item, `${name}[${i}]`, f));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTensors(item, `${name}.${key}`, f)]),
  );
}

/** Rows of a formula's run with the places of its nodes in the text. */
function locate(formula: Formula, rows: readonly Row[], count: number): readonly Row[] {
  const shapes: Record<string, Shape> = {};
  formula.names.forEach((name, i) => {
    shapes[name] = ((rows[i] as Row).outputs[0] as Tensor).shape;
  });
  const { output, graph } = formula.withShapes(shapes);
  const nodes = variableNodes(output);
  return rows.map((row, i) => {
    const node = i < count ? undefined : nodes[i - count];
    const position = node?.op === row.op ? graph.positions.get(node) : undefined;
    if (position === undefined) return row;
    return { ...row, position: `formula:${position.line}:${position.column}` };
  });
}

/** The nodes that are computed from inputs, in the order in which a run computes them. */
function variableNodes(output: SymbolicTensor): readonly Node[] {
  const variable = new Set<Node>();
  const found: Node[] = [];
  for (const node of reachable([output])) {
    const computed = node.inputs.some((input) => variable.has(input.node));
    if (node.op !== inputOp && !computed) continue;
    variable.add(node);
    if (computed) found.push(node);
  }
  return found;
}

/** The rows that derivatives walk over: values of operations without derivatives are constants there. */
export function differentiableRows(rows: readonly Row[]): readonly Row[] {
  const constant = new Set<number>();
  for (const { op, outputs, slot } of rows) {
    if (op.nondifferentiable) for (const k of outputs.keys()) constant.add(slot + k);
  }
  return rows
    .filter(({ op }) => !op.nondifferentiable)
    .map((row) => ({
      ...row,
      parents: row.parents.map((parent) => (constant.has(parent) ? -1 : parent)),
    }));
}

/** For each slot the row that made it. */
export function rowsBySlot(rows: readonly Row[]): ReadonlyMap<number, Row> {
  return new Map(rows.flatMap((row) => row.outputs.map((_, k) => [row.slot + k, row] as const)));
}
