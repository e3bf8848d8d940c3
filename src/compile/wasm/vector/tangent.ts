// Tangent, cotangent, secant and cosecant: quotients of sine, cosine and 1 that keep what their parts lost in rounding.

import {
  cot as cotOnNumbers,
  csc as cscOnNumbers,
  sec as secOnNumbers,
} from "../../../expr/kernels/elementary.ts";
import type { Value } from "../function-builder.ts";
import type { LaneArithmetic } from "./lane-arithmetic.ts";
import { hostFunction, throughDoubles } from "./lanes.ts";
import {
  cosineSlope,
  forAllAngles,
  isOddQuadrant,
  reduced,
  reducedWithTail,
  sineSlope,
} from "./sine.ts";
import type { VectorFunction } from "./vector-function.ts";

/** A number and what it lacks. */
interface Sum {
  readonly high: Value;
  readonly low: Value;
}

/** Both functions of the reduced angle, and what the quadrant does to them. */
interface SineAndCosine {
  readonly sine: Sum;
  readonly cosine: Sum;
  /** 1 / cosine, to a few bits. */
  readonly inverse: Value;
  readonly isOdd: Value;
  /** The sign bit where the quadrant is odd. */
  readonly oddSign: Value;
  /** The sign bit where the quadrant is 2 or 3. */
  readonly halfSign: Value;
}

/** first + second, where the first is the larger, with the rounding error. */
function exactSum(v: LaneArithmetic, first: Value | number, second: Value): Sum {
  const high = v.add(second, first);
  return { high, low: v.add(v.subtract(first, high), second) };
}

function sineAndCosine(v: LaneArithmetic, x: Value, isShort: boolean): SineAndCosine {
  const angle = isShort ? { ...reduced(v, x), tail: undefined } : reducedWithTail(v, x);
  const { rest, tail, quadrant } = angle;
  const square = v.multiply(rest, rest);
  const sum = exactSum(v, rest, v.multiply(rest, sineSlope(v, square, isShort)));
  const sine = { high: v.withSignOf(sum.high, rest), low: sum.low };
  const fall = v.subtract(
    v.multiply(square, cosineSlope(v, square, isShort)),
    v.multiply(square, 0.5),
  );
  const cosine = exactSum(v, 1, fall);
  const isOdd = isOddQuadrant(v, quadrant);
  const parts = {
    isOdd,
    oddSign: v.and(isOdd, -0),
    halfSign: v.shiftLeft(v.and(quadrant, v.wholeNumber(2n)), 62),
    inverse: v.add(v.multiply(square, 0.6), 1),
  };
  if (tail === undefined) return { ...parts, sine, cosine };
  return {
    ...parts,
    sine: { high: sine.high, low: v.add(sine.low, v.multiply(tail, cosine.high)) },
    cosine: { high: cosine.high, low: v.subtract(cosine.low, v.multiply(tail, sine.high)) },
  };
}

/** top / bottom; `inverse` is 1 / bottom to a few bits. An infinite quotient stays, and a zero keeps its sign. */
function quotient(v: LaneArithmetic, top: Sum, bottom: Sum, inverse: (q: Value) => Value): Value {
  const q = v.divide(top.high, bottom.high);
  const lost = v.subtract(top.low, v.multiply(q, bottom.low));
  const corrected = v.add(q, v.multiply(lost, inverse(q)));
  const isBounded = v.isLess(v.abs(q), Number.POSITIVE_INFINITY);
  return v.withSignOf(v.choose(isBounded, corrected, q), q);
}

function chosen(v: LaneArithmetic, mask: Value, yes: Sum, no: Sum): Sum {
  return { high: v.choose(mask, yes.high, no.high), low: v.choose(mask, yes.low, no.low) };
}

/** sin / cos, or its inverse, of the whole angle. */
function ratio(v: LaneArithmetic, parts: SineAndCosine, isInverse: boolean): Value {
  const { sine, cosine, inverse, isOdd, oddSign } = parts;
  const top = isInverse ? chosen(v, isOdd, sine, cosine) : chosen(v, isOdd, cosine, sine);
  const bottom = isInverse ? chosen(v, isOdd, cosine, sine) : chosen(v, isOdd, sine, cosine);
  // Over the sine the inverse is the quotient over the cosine.
  const size = quotient(v, top, bottom, (q) =>
    isInverse
      ? v.choose(isOdd, inverse, v.multiply(q, inverse))
      : v.choose(isOdd, v.multiply(q, inverse), inverse),
  );
  return v.xor(size, oddSign);
}

function inverseOf(v: LaneArithmetic, bottom: Sum, sign: Value): Value {
  const one = { high: v.builder.splat(v.lanes, 1), low: v.builder.splat(v.lanes, 0) };
  return v.xor(
    quotient(v, one, bottom, (q) => q),
    sign,
  );
}

type Formula = (v: LaneArithmetic, parts: SineAndCosine) => Value;

const FORMULAS = {
  tan: (v, parts) => ratio(v, parts, false),
  cot: (v, parts) => ratio(v, parts, true),
  // The cosine is negative in the quadrants 1 and 2.
  sec: (v, { sine, cosine, isOdd, oddSign, halfSign }) =>
    inverseOf(v, chosen(v, isOdd, sine, cosine), v.xor(oddSign, halfSign)),
  csc: (v, { sine, cosine, isOdd, halfSign }) =>
    inverseOf(v, chosen(v, isOdd, cosine, sine), halfSign),
} as const satisfies Record<string, Formula>;

function overAngles(formula: Formula, name: string, kernel: (x: number) => number): VectorFunction {
  const precise = forAllAngles(
    (v, x) => formula(v, sineAndCosine(v, x, false)),
    hostFunction(name, kernel, 1),
  );
  const short = forAllAngles(
    (v, x) => formula(v, sineAndCosine(v, x, true)),
    hostFunction(name, kernel, 1),
  );
  return (b, lanes, operands) =>
    lanes === "f64x2" ? precise(b, lanes, operands) : throughDoubles(b, short, operands);
}

export const tan: VectorFunction = overAngles(FORMULAS.tan, "tan", Math.tan);
export const cot: VectorFunction = overAngles(FORMULAS.cot, "cot", cotOnNumbers);
export const sec: VectorFunction = overAngles(FORMULAS.sec, "sec", secOnNumbers);
export const csc: VectorFunction = overAngles(FORMULAS.csc, "csc", cscOnNumbers);
