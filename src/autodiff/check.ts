// checkGradients: a function's gradient beside finite differences and the complex step, element by element.

import { SymtapeError } from "../expr/errors.ts";
import { type Point, pointTensors } from "../expr/evaluation.ts";
import { type Formula, isFormula } from "../expr/formula.ts";
import type { Tensor } from "../expr/tensor.ts";
import { complexStep } from "./complex-step.ts";
import {
  centralDifference,
  type DifferenceEstimate,
  type Smoothness,
  smoothnessAt,
} from "./differences.ts";
import { type RecordedRun, record } from "./record.ts";
import { type Differentiable, grad } from "./reverse.ts";
import {
  type Leaf,
  leafTensor,
  leavesOf,
  rebuildTree,
  type Traced,
  type Tree,
  type TreeLike,
} from "./tree.ts";

/** How closely each witness must agree. */
export interface CheckOptions {
  /** Allowed relative difference from the finite difference, beside its own error estimate; 1e-6. */
  readonly differenceTolerance?: number;
  /** Allowed relative difference from the complex step; 1e-10. */
  readonly complexTolerance?: number;
  /** Check at most this many elements of each leaf, evenly spread; all unless given. */
  readonly maximumElements?: number;
}

/** What was found for one element of the parameters. */
export interface ElementCheck {
  /** Such as `w1[0,2]`. */
  readonly name: string;
  readonly at: number;
  readonly gradient: number;
  readonly finiteDifference: DifferenceEstimate;
  /** The derivative by the complex step, or why there is none. */
  readonly complexStep: ComplexAnswer;
  readonly smoothness: Smoothness;
  readonly verdict: Verdict;
}

/**
 * `agrees`; `kink` where no derivative exists and the gradient is one of the possible conventions;
 * `undefined` where the function has no finite value; `differs` where the gradient is wrong; `cancellation`
 * where it is wrong because rounding eats its digits: the complex step loses the same ones, the finite
 * difference does not.
 */
export type Verdict = "agrees" | "kink" | "undefined" | "differs" | "cancellation";

export interface CheckReport {
  readonly ok: boolean;
  readonly elements: readonly ElementCheck[];
  toString(): string;
}

/**
 * Checks the gradient of a scalar function or formula at a point against two witnesses that share no rule
 * with it: central differences with adaptive steps and, where its operations allow, the complex step.
 * Elements at a kink, a jump or an edge of the domain are named as such instead of being called wrong.
 *
 * @example
 * checkGradients((x: Tensor) => sin(x), 1).ok; // true
 * checkGradients((x: Tensor) => abs(x), 0).elements[0]?.verdict; // "kink"
 */
export function checkGradients(f: Formula, point: Point, options?: CheckOptions): CheckReport;
export function checkGradients<P extends TreeLike>(
  f: (params: Traced<P>) => Tensor,
  point: P,
  options?: CheckOptions,
): CheckReport;
export function checkGradients(
  f: Formula | Differentiable<never, readonly [], Tensor>,
  point: unknown,
  options: CheckOptions = {},
): CheckReport {
  const params = (isFormula(f) ? pointTensors(f, point as Point) : point) as Tree;
  const call = f as unknown as (params: unknown) => Tensor;
  const gradient = leavesOf(grad(call)(params as never) as Tree, "checkGradients").map(leafTensor);
  const leaves = leavesOf(params, "checkGradients");
  const onLeaves = (...values: Tensor[]): Tensor => call(rebuildTree(params, values));
  const elements = leaves.flatMap((leaf, i) =>
    places(leafTensor(leaf).size, options.maximumElements).map((k) => {
      const own = (gradient[i] as Tensor).concrete("check").at(k);
      return checkElement(onLeaves, leaves, i, k, own, options);
    }),
  );
  const ok = elements.every(({ verdict }) => verdict !== "differs" && verdict !== "cancellation");
  return { ok, elements, toString: () => describe(elements) };
}

function places(size: number, maximum = size): number[] {
  if (!(maximum >= 1)) {
    throw new SymtapeError(
      "usage",
      `checkGradients: maximumElements is at least 1, got ${maximum}.`,
      {
        operation: "checkGradients",
      },
    );
  }
  const count = Math.min(size, maximum);
  return Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
}

function checkElement(
  f: (...leaves: Tensor[]) => Tensor,
  leaves: readonly Leaf[],
  which: number,
  k: number,
  gradient: number,
  options: CheckOptions,
): ElementCheck {
  const values = leaves.map(leafTensor);
  const leaf = values[which] as Tensor;
  const at = leaf.concrete("check").at(k);
  const along = alongElement(f, values, which, k);
  const noise = (x: number): number => {
    const run = (tree: readonly Tensor[]): Tensor => f(...tree);
    return roundingNoise(record(run, values.with(which, leaf.concrete("check").withElement(k, x))));
  };
  const finiteDifference = centralDifference(along, at, noise);
  const smoothness = smoothnessAt(along, at, noise(at));
  const complex = tryComplexStep(f, values, which, k);
  const found = {
    name: elementName((leaves[which] as Leaf).path.replace(/^\./, "") || "x", leaf.shape, k),
    at,
    gradient,
    finiteDifference,
    complexStep: complex,
    smoothness,
  };
  return { ...found, verdict: verdictOf(found, along(at), options) };
}

/** How far the rounding of every operation on the way may move the result, to first order. */
export function roundingNoise({ rows }: RecordedRun): number {
  let noise = 0;
  for (const { inputs, value, adjoint } of rows) {
    if (inputs.length === 0) continue;
    const values = value.concrete("check");
    const slopes = adjoint.concrete("check");
    const unit = value.dtype === "float32" ? 2 ** -23 : Number.EPSILON;
    for (let k = 0; k < values.size; k++) noise += unit * Math.abs(values.at(k) * slopes.at(k));
  }
  return Number.isFinite(noise) ? noise : 0;
}

/** The function of one element with all others held. */
export function alongElement(
  f: (...leaves: Tensor[]) => Tensor,
  leaves: readonly Tensor[],
  which: number,
  k: number,
): (x: number) => number {
  const leaf = (leaves[which] as Tensor).concrete("check");
  return (x) => f(...leaves.with(which, leaf.withElement(k, x))).item();
}

/** The derivative by the complex step, or why there is none. */
export type ComplexAnswer = { readonly value: number } | { readonly refused: string };

/** The complex step, or its reason where an operation has no complex form or would be too large. */
export function tryComplexStep(
  f: (...leaves: Tensor[]) => Tensor,
  leaves: readonly Tensor[],
  which: number,
  k: number,
): ComplexAnswer {
  return orRefused(() => ({ value: complexStep(f, leaves, which, k) }));
}

/** A witness may refuse: what it cannot do, and what would be too large for it, is its answer. */
export function orRefused<T>(ask: () => T): T | { readonly refused: string } {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof SymtapeError)) throw error;
    if (error.kind !== "unsupported" && error.kind !== "limit") throw error;
    const message = error.message.split("\n")[0] as string;
    return { refused: message.replace(/^(mathjs|complex step): (it )?/, "") };
  }
}

function verdictOf(
  found: Omit<ElementCheck, "verdict">,
  value: number,
  options: CheckOptions,
): Verdict {
  const { gradient, finiteDifference, smoothness, complexStep: complex } = found;
  const broken = verdictAtBreak(gradient, smoothness);
  if (broken !== undefined) return broken;
  if (!Number.isFinite(value)) return "undefined";
  if (!Number.isFinite(gradient)) return Number.isNaN(gradient) ? "differs" : "undefined";
  const gap = Math.abs(gradient - finiteDifference.value);
  const allowed =
    (options.differenceTolerance ?? 1e-6) *
      Math.max(Math.abs(gradient), Math.abs(finiteDifference.value)) +
    4 * finiteDifference.error;
  if ("refused" in complex || !Number.isFinite(complex.value)) {
    return gap <= allowed ? "agrees" : "differs";
  }
  const fromComplex = Math.abs(gradient - complex.value);
  const size = Math.max(Math.abs(gradient), Math.abs(complex.value), 1e-290);
  if (fromComplex <= (options.complexTolerance ?? 1e-10) * size) {
    return gap > allowed && gap > 100 * finiteDifference.error ? "cancellation" : "agrees";
  }
  return gap <= allowed && fromComplex <= allowed ? "agrees" : "differs";
}

/** The verdict where the function has no derivative. */
function verdictAtBreak(gradient: number, smoothness: Smoothness): Verdict | undefined {
  switch (smoothness.kind) {
    case "jump":
    case "isolated":
      return "kink";
    case "cusp":
      return !Number.isFinite(gradient) || isBetween(gradient, smoothness) ? "kink" : "differs";
    case "kink":
      return isBetween(gradient, smoothness) ? "kink" : "differs";
    case "pole":
    case "edge":
      return "undefined";
    default:
      return undefined;
  }
}

/** Whether a gradient is one of the subgradients at a kink: between the slopes of the two sides. */
function isBetween(gradient: number, { left, right }: { left: number; right: number }): boolean {
  const slack = 1e-3 * Math.max(Math.abs(left), Math.abs(right));
  return gradient >= Math.min(left, right) - slack && gradient <= Math.max(left, right) + slack;
}

/** `w1[0,2]`: the name of an element from that of its tensor, counting from zero as in TypeScript. */
function elementName(name: string, shape: readonly number[], k: number): string {
  if (shape.length === 0) return name;
  const places: number[] = [];
  let rest = k;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `${name}[${places.join(",")}]`;
}

function describe(elements: readonly ElementCheck[]): string {
  return elements
    .map(({ name, at, gradient, finiteDifference, complexStep: complex, smoothness, verdict }) => {
      const step = "value" in complex ? `complex step ${complex.value}` : complex.refused;
      const kind = smoothness.kind === "smooth" ? "" : ` (${smoothness.kind})`;
      return (
        `${name} = ${at}: gradient ${gradient}, finite difference ${finiteDifference.value} ` +
        `± ${finiteDifference.error.toExponential(1)}, ${step}: ${verdict}${kind}`
      );
    })
    .join("\n");
}
