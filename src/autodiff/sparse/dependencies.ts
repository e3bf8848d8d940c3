// Arithmetic on dependencies: in the place of a number stands the set of inputs that it depends on.

import type { Arithmetic } from "../../expr/arithmetic.ts";
import { type PointwiseName, rules } from "../../expr/ops/pointwise.gen.ts";
import { pointwiseFunctions } from "../../expr/ops/tensor-arithmetic.ts";
import { namedConstants } from "../../expr/tensor.ts";

/** A number that is known, or the places of the inputs that a value depends on smoothly, in rising order. */
export type Dependency = number | Int32Array;

/** Depends on nothing, and is not known. */
export const NOTHING: Int32Array = new Int32Array(0);

/** All that either depends on. */
type Union = (left: Dependency, right: Dependency) => Dependency;

/** Unions that remember the last one: sums with a broadcast operand ask for the same one again and again. */
function makeUnion(): Union {
  let last = { long: NOTHING, short: NOTHING, union: NOTHING };
  const merge = (long: Int32Array, short: Int32Array): Int32Array => {
    if (long !== last.long || short !== last.short)
      last = { long, short, union: merged(long, short) };
    return last.union;
  };
  return (left, right) => {
    if (typeof left === "number") return typeof right === "number" ? oneNumber(left, right) : right;
    if (typeof right === "number" || left === right || right.length === 0) return left;
    if (left.length === 0) return right;
    return right.length > left.length ? merge(right, left) : merge(left, right);
  };
}

function oneNumber(left: number, right: number): Dependency {
  return Object.is(left, right) ? left : NOTHING;
}

/** The union of two sets; the longer one itself where it holds the other. */
function merged(long: Int32Array, short: Int32Array): Int32Array {
  const missing: number[] = [];
  let at = 0;
  for (let i = 0; i < short.length; i++) {
    const place = short[i] as number;
    at = firstNotBelow(long, place, at);
    if (long[at] !== place) missing.push(place);
  }
  return missing.length === 0 ? long : interleaved(long, missing);
}

/** The first index from `start` whose element is not below `place`: steps that double, then halves. */
function firstNotBelow(sorted: Int32Array, place: number, start: number): number {
  let step = 1;
  let low = start;
  while (low + step < sorted.length && (sorted[low + step] as number) < place) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, sorted.length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function interleaved(sorted: Int32Array, missing: readonly number[]): Int32Array {
  const result = new Int32Array(sorted.length + missing.length);
  let i = 0;
  let k = 0;
  for (let at = 0; at < result.length; at++) {
    const fromSorted = k === missing.length || (sorted[i] as number) < (missing[k] as number);
    result[at] = (fromSorted ? sorted[i++] : missing[k++]) as number;
  }
  return result;
}

/**
 * Arithmetic on dependencies. An operand by which there is no derivative, such as that of `floor` or a
 * condition, contributes nothing but in a function with a rule of its own, which may say otherwise.
 */
export function dependencyArithmetic(): Arithmetic<Dependency> {
  return { ...makeArithmetic(false), forOwnRules: makeArithmetic(true) };
}

/** `every` asks for all that a value is computed from. */
function makeArithmetic(every: boolean): Arithmetic<Dependency> {
  const union = makeUnion();
  const entries = [...pointwiseFunctions()].map(([name, f]) => {
    const smooth = smoothOperands(name as PointwiseName, f.op.nondifferentiable);
    const combine = (...operands: Dependency[]): Dependency => {
      if (operands.every((operand) => typeof operand === "number")) return f.op.kernel(...operands);
      if (isZeroProduct(name, operands)) return 0;
      let result: Dependency = NOTHING;
      operands.forEach((operand, i) => {
        if ((every || smooth[i]) && typeof operand !== "number") result = union(result, operand);
      });
      return result;
    };
    return [name, combine] as const;
  });
  const choose = (
    condition: Dependency,
    yes: () => Dependency,
    no: () => Dependency,
  ): Dependency => {
    if (typeof condition === "number") return (condition !== 0 ? yes : no)();
    const either = union(yes(), no());
    return every ? union(either, condition) : either;
  };
  const pointwise = Object.fromEntries(entries) as Record<PointwiseName, (typeof entries)[0][1]>;
  return {
    ...pointwise,
    where: (condition = NOTHING, yes = NOTHING, no = NOTHING) =>
      choose(
        condition,
        () => yes,
        () => no,
      ),
    literal: (value) => value,
    constant: (name) => namedConstants[name].at(0),
    nothing: 0,
    choose,
    guard: (operands, condition, yes, no) =>
      operands.every((operand) => typeof operand === "number")
        ? choose(condition(), yes, no)
        : union(yes(), no()),
    fixed: (x) => (typeof x === "number" ? 1 : 0),
    numberOf: (x) => (typeof x === "number" ? x : undefined),
  };
}

/** Which operands an operation has a derivative by. */
function smoothOperands(name: PointwiseName, nondifferentiable: boolean): readonly boolean[] {
  if (nondifferentiable) return [];
  return rules[name].chain.map((factor) => factor !== undefined && factor !== "none");
}

/** A product with a zero that is known does not vary. */
function isZeroProduct(name: string, operands: readonly Dependency[]): boolean {
  if (name === "multiply") return operands[0] === 0 || operands[1] === 0;
  return name === "divide" && operands[0] === 0;
}
