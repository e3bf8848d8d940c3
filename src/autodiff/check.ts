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
import { type Differentiable, grad } from "./reverse.ts";
import { type Leaf, leafTensor, leavesOf, rebuildTree, type Tree, type Untraced } from "./tree.ts";

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
  readonly complexStep: { readonly value: number } | { readonly refused: string };
  readonly smoothness: Smoothness;
  /**
   * `agrees`; `kink` where no derivative exists and the gradient is one of the possible conventions;
   * `undefined` where the function has no finite value; `differs` where the gradient is wrong.
   */
  readonly verdict: "agrees" | "kink" | "undefined" | "differs";
}

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
export function checkGradients<T = Tensor>(
  f: Differentiable<T, readonly [], Tensor>,
  point: Untraced<T>,
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
    places(leafTensor(leaf).size, options.maximumElements).map((k) =>
      checkElement(
        onLeaves,
        leaves,
        i,
        k,
        (gradient[i] as Tensor).concrete("check").at(k),
        options,
      ),
    ),
  );
  const ok = elements.every(({ verdict }) => verdict !== "differs");
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
  const finiteDifference = centralDifference(along, at);
  const smoothness = smoothnessAt(along, at);
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

/** The complex step, or the reason why an operation refuses it. */
export function tryComplexStep(
  f: (...leaves: Tensor[]) => Tensor,
  leaves: readonly Tensor[],
  which: number,
  k: number,
): { readonly value: number } | { readonly refused: string } {
  try {
    return { value: complexStep(f, leaves, which, k) };
  } catch (error) {
    if (!(error instanceof SymtapeError) || error.kind !== "unsupported") throw error;
    return { refused: error.message.replace(/^complex step: /, "") };
  }
}

function verdictOf(
  found: Omit<ElementCheck, "verdict">,
  value: number,
  options: CheckOptions,
): ElementCheck["verdict"] {
  const { gradient, finiteDifference, smoothness, complexStep: complex } = found;
  const difference = Math.abs(gradient - finiteDifference.value);
  const allowed =
    (options.differenceTolerance ?? 1e-6) *
      Math.max(Math.abs(gradient), Math.abs(finiteDifference.value)) +
    4 * finiteDifference.error;
  const nearDifference = difference <= allowed;
  if (smoothness.kind === "jump") return "kink";
  if (smoothness.kind === "kink") return isBetween(gradient, smoothness) ? "kink" : "differs";
  if (!Number.isFinite(value) || smoothness.kind === "edge") return "undefined";
  if (!Number.isFinite(gradient)) return Number.isNaN(gradient) ? "differs" : "undefined";
  if ("value" in complex && Number.isFinite(complex.value)) {
    const tolerance = options.complexTolerance ?? 1e-10;
    const gap = Math.abs(gradient - complex.value);
    if (gap <= tolerance * Math.max(Math.abs(gradient), Math.abs(complex.value), 1e-290))
      return "agrees";
    if (!nearDifference || gap > allowed) return "differs";
  }
  return nearDifference ? "agrees" : "differs";
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
