// findNaN: which operation made the first NaN or infinity of a run or of its derivatives, and what helps.

import { SymtapeError } from "../../expr/errors.ts";
import type { Point } from "../../expr/evaluation.ts";
import type { Formula } from "../../expr/formula.ts";
import { type NestedArray, Tensor } from "../../expr/tensor.ts";
import type { Traced, Tree } from "../tree.ts";
import type { NonFinite } from "./elements.ts";
import { firstFinding } from "./origin.ts";
import { indented, readable, shown } from "./report.ts";
import { fullRun } from "./run.ts";

/** The first NaN or infinity of a run, as plain data; `toString()` gives it as a message. */
export interface NaNReport {
  /** Where it arose: in the arguments, in the run, or on the way back of the derivatives. */
  readonly phase: "input" | "forward" | "backward";
  readonly value: NonFinite;
  /** The operation that made it: `input` for an argument, `constant` for a constant of the run. */
  readonly op: string;
  /** The argument, or the operand whose derivative is bad. */
  readonly name?: string;
  /** Where the operation was called: `file:line:column`, or `formula:line:column` in a formula's text. */
  readonly line?: string;
  /** The values of the operands. */
  readonly inputs: readonly NestedArray[];
  /** The value of the operation. */
  readonly output: NestedArray;
  /** In the backward phase, what arrived: the derivative of the result by the output. */
  readonly adjoint?: NestedArray;
  /** In the backward phase, what the operation made of it: the derivative by the operand. */
  readonly derivative?: NestedArray;
  /** The indices of the first bad element. */
  readonly where: readonly number[];
  /** Whether the value and the gradient came out finite all the same. */
  readonly harmless: boolean;
  /** What to do about it. */
  readonly cure: string;
}

/**
 * Runs a function or formula and its gradient, and reports the operation that made the first NaN or infinity out of
 * operands that had none: with its place in the program, its values and a cure. Undefined if all numbers are finite. If
 * the value or the gradient is bad, only what led to it is looked at; else a bad number that did no harm is reported as
 * `harmless`. Tensors in further arguments are followed too; a result that is no scalar is seeded with ones.
 *
 * @throws SymtapeError (usage) if the function returns no Tensor.
 * @example
 * const report = findNaN((x: Tensor) => multiply(log(x), 2), 0);
 * report?.op; // "log"
 * report?.value; // "-Infinity"
 * findNaN(parse("sqrt(x)"), { x: 0 })?.phase; // "backward"
 * findNaN(parse("sqrt(x)"), { x: 4 }); // undefined
 */
export function findNaN(f: Formula, point: Point): NaNReport | undefined;
export function findNaN<P extends Tree, R extends readonly unknown[]>(
  f: (params: Traced<P>, ...rest: R) => Tensor,
  params: P,
  ...rest: R
): NaNReport | undefined;
export function findNaN(
  f: Formula | ((params: never, ...rest: never) => Tensor),
  params: unknown,
  ...rest: readonly unknown[]
): NaNReport | undefined {
  const run = fullRun("findNaN", f, params, rest);
  if (!(run.value instanceof Tensor)) {
    throw new SymtapeError("usage", "findNaN: the function must return a Tensor.", {
      operation: "findNaN",
    });
  }
  const finding = firstFinding(run, run.value);
  return finding && readable(finding, describe);
}

function describe(report: NaNReport): string {
  const lines = [`element [${report.where.join(", ")}] is ${report.value}`];
  report.inputs.forEach((input, i) => {
    lines.push(`operand ${i + 1}: ${shown(input)}`);
  });
  lines.push(`value: ${shown(report.output)}`);
  if (report.adjoint !== undefined) lines.push(`derivative that arrived: ${shown(report.adjoint)}`);
  if (report.derivative !== undefined)
    lines.push(`derivative it made: ${shown(report.derivative)}`);
  if (report.harmless) lines.push("The value and the gradient are finite all the same.");
  lines.push(`Cure: ${report.cure}`);
  return `${heading(report)}${indented(lines)}`;
}

function heading({ phase, op, name, value, line }: NaNReport): string {
  const at = line === undefined ? "" : `, at ${line}`;
  if (phase === "input") {
    const what = op === "constant" ? `${name}, a constant of the run,` : name;
    return `${what} came in with ${value}${at}`;
  }
  if (phase === "forward") return `${op} made ${value} of finite numbers${at}`;
  const by = name === undefined ? "" : ` by its operand ${name}`;
  return `the derivative of ${op}${by} became ${value} on the way back${at}`;
}
