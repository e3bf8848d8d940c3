// connectivity: which parameters the gradient of a loss reaches, and what stands in the way of the others.

import type { Point } from "../../expr/evaluation.ts";
import type { Formula } from "../../expr/formula.ts";
import { isFloat } from "../../expr/shape.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { type Adjoints, backward } from "../backward.ts";
import type { Row } from "../tape.ts";
import type { Traced, Tree } from "../tree.ts";
import { type CauseKind, causeOf } from "./causes.ts";
import { type Fate, fateOf, generic } from "./dead-ends.ts";
import { numbersIn } from "./elements.ts";
import { indented, readable } from "./report.ts";
import { differentiableRows, type FullRun, fullRun } from "./run.ts";

/** Why a derivative does not reach a leaf. */
export interface Cause {
  readonly kind: CauseKind;
  /** The operation at which it ends. */
  readonly op?: string;
  /** Where the operation was called: `file:line:column`, or `formula:line:column`. */
  readonly line?: string;
  readonly text: string;
}

/** What the gradient of the loss is to one leaf of the parameters. */
export interface LeafConnection {
  /** Such as `w1[0]`. */
  readonly name: string;
  /** `cut` where no differentiable way leads to the loss, `zero` where one does and the derivatives are 0 at this point. */
  readonly status: "connected" | "zero" | "cut";
  /** How many elements of the gradient are not 0, and how many there are. */
  readonly nonzero: number;
  readonly size: number;
  /** What ends the derivative, in the order of the run; empty for connected leaves. */
  readonly causes: readonly Cause[];
}

/** All leaves of the parameters; `toString()` gives a line for each and its causes. */
export interface ConnectivityReport {
  readonly leaves: readonly LeafConnection[];
}

/**
 * Runs a loss and its gradient, and says for every leaf of the parameters whether the gradient reaches it at this point:
 * `connected`, `zero` or `cut`, and for the last two at which operation and line it ends and why.
 *
 * @example
 * const loss = (p: { a: Tensor; b: Tensor; c: Tensor }) => multiply(p.a, round(p.b));
 * const { leaves } = connectivity(loss, { a: 2, b: 3.1, c: 1 });
 * leaves.map(({ status }) => status); // ["connected", "cut", "cut"]
 * leaves[1]?.causes[0]?.op; // "round"
 * leaves[2]?.causes[0]?.kind; // "never used"
 */
export function connectivity(loss: Formula, point: Point): ConnectivityReport;
export function connectivity<P extends Tree, R extends readonly unknown[]>(
  loss: (params: Traced<P>, ...rest: R) => Tensor,
  params: P,
  ...rest: R
): ConnectivityReport;
export function connectivity(
  loss: Formula | ((params: never, ...rest: never) => Tensor),
  params: unknown,
  ...rest: readonly unknown[]
): ConnectivityReport {
  const run = fullRun("connectivity", loss, params, rest);
  const adjoints = adjointsOf(run);
  const leaves = run.rows
    .slice(0, run.count)
    .map((row) => connectionOf(run, row, adjoints[row.slot]));
  return readable({ leaves }, describe);
}

/** The gradient of a generic combination of the result's elements. */
function adjointsOf(run: FullRun): Adjoints {
  const seeds = new Map<number, Tensor>();
  if (run.slot >= 0) seeds.set(run.slot, generic(run.value as Tensor));
  return backward(differentiableRows(run.rows), seeds, run.slots);
}

function connectionOf(run: FullRun, row: Row, adjoint: Tensor | undefined): LeafConnection {
  const leaf = row.outputs[0] as Tensor;
  const elements = adjoint === undefined ? [] : Array.from(numbersIn(adjoint));
  // An adjoint that is the same for all elements may stand there as one number.
  const nonzero =
    (elements.filter((element) => element !== 0).length * leaf.size) / Math.max(1, elements.length);
  const name = run.names[row.index] as string;
  const counts = { nonzero, size: leaf.size };
  if (nonzero > 0 && isFloat(leaf.dtype))
    return { name, status: "connected", ...counts, causes: [] };
  const causes = causesOf(run, row);
  const status = causes.every(isCut) ? "cut" : "zero";
  return { name, status, ...counts, nonzero: 0, causes };
}

/** The causes that do not depend on the point. */
const CUTS: ReadonlySet<CauseKind> = new Set<CauseKind>([
  "never used",
  "unused result",
  "taken out",
  "whole number",
  "stopped",
  "step",
  "choice",
]);

function isCut({ kind }: Cause): boolean {
  return CUTS.has(kind);
}

function causesOf(run: FullRun, row: Row): readonly Cause[] {
  const { dtype } = row.outputs[0] as Tensor;
  if (!isFloat(dtype)) {
    return [
      { kind: "whole number", text: `It is ${dtype}: only float32 and float64 have derivatives.` },
    ];
  }
  const fate = fateOf(run, row.slot);
  const ends = fate.ends.map((end): Cause => ({ ...placeOf(end.row), ...causeOf(end) }));
  const taken = takenOut(run, fate);
  if (ends.length > 0 || taken.length > 0) return [...ends, ...taken];
  const last = fate.users.at(-1);
  if (last === undefined) return [{ kind: "never used", text: "No operation uses it." }];
  if (fate.leading.length > 0) {
    return [
      {
        kind: "cancels",
        text: "Its effects on the result cancel, or are too small for the dtype.",
      },
    ];
  }
  const text = `${last.op.name} uses it, but the result does not depend on that.`;
  return [{ kind: "unused result", ...placeOf(last), text }];
}

/** The ways out to JavaScript numbers. */
const EXITS: ReadonlySet<string> = new Set(["item", "toArray", "toTypedArray"]);

/** Where the program took numbers out of the value, or out of what is computed from it. */
function takenOut(run: FullRun, { reached }: Fate): readonly Cause[] {
  return run.readings
    .filter(({ slot }) => reached.has(slot))
    .map(({ operation, position }) => ({
      kind: "taken out",
      op: operation,
      ...(position !== undefined && { line: position }),
      text: EXITS.has(operation)
        ? `${operation}() takes the numbers out; what is computed from them is a constant. Stay with tensors.`
        : `${operation} only looks at its numbers, which has no derivative.`,
    }));
}

function placeOf({ op, position }: Row): { readonly op: string; readonly line?: string } {
  return { op: op.name, ...(position !== undefined && { line: position }) };
}

function describe({ leaves }: ConnectivityReport): string {
  const width = Math.max(...leaves.map(({ name }) => name.length));
  return leaves
    .map(({ name, status, nonzero, size, causes }) => {
      const some = nonzero > 0 && nonzero < size ? ` (${nonzero} of ${size} elements)` : "";
      const lines = causes.map(({ line, text }) =>
        line === undefined ? text : `${line}: ${text}`,
      );
      return `${name.padEnd(width)}  ${status}${some}${indented(lines)}`;
    })
    .join("\n");
}
