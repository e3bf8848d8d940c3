// The power x^y of positive numbers as e^(y log x), the logarithm and its product with y being sums of two numbers in
// float64: a relative error of 2^-64 there leaves less than one ulp where the exponent is largest.

import type { Value } from "../function-builder.ts";
import { type Halves, halves, upperHalf } from "./double-double.ts";
import type { LaneArithmetic } from "./lane-arithmetic.ts";
import { parts } from "./logarithm-kernel.ts";
import { estrin } from "./polynomial.ts";

// Coefficients from scripts/fixtures/vector_minimax.py. Below z = s², s = (m - 1) / (m + 1), m in [√½, √2].

/** (2 atanh(s) / s - 2 - 2/3 z) / z²; the error relative to the logarithm is 2^-66.3. */
const TAIL_TERMS: readonly number[] = [
  0.4000000000000227, 0.2857142857009122, 0.22222222521481796, 0.18181784225279807,
  0.15386764098065125, 0.1325665511583736, 0.13197882112895176,
];
/** (2 atanh(s) / s - 2) / z; the error relative to the logarithm is 2^-44.9. */
const SHORT_TERMS: readonly number[] = [
  0.6666666667584512, 0.3999999560511772, 0.28572111093849734, 0.22176101486456798,
  0.19585492263340779,
];
/** (e^r - 1 - r) / r² for |r| <= log(2) / 2; the error relative to e^r is 2^-56. */
const EXPONENTIAL_TERMS: readonly number[] = [
  0.5000000000000001, 0.16666666666666674, 0.041666666666624066, 0.008333333333322195,
  0.0013888888917241978, 0.00019841269886630226, 2.4801521252881307e-5, 2.755724229231303e-6,
  2.76201086338003e-7, 2.5110066616968968e-8,
];
/** The same with an error of 2^-27. */
const SHORT_EXPONENTIAL_TERMS: readonly number[] = [
  0.5000000026973224, 0.1666657692057887, 0.04166637496365434, 0.008363189718729557,
  0.0013941139287526863,
];

/** 2/3 and log 2 in two numbers, of which the first have 26 and 41 bits. */
const TWO_THIRDS: readonly [number, number] = [0.6666666716337204, -4.967053731282552e-9];
const LOG2: readonly [number, number] = [0.6931471805601177, -1.7239444525614835e-13];

const ROUNDER = 1.5 * 2 ** 52;

/** A number as a sum: `low` is at most about 2^-25 of `high`. */
export interface Sum {
  readonly high: Value;
  readonly low: Value;
}

/** s = (m - 1) / (m + 1), the upper part with 26 bits: its products with such parts are exact. */
function slope(v: LaneArithmetic, m: Value): Sum {
  const top = v.subtract(m, 1);
  const bottom = v.add(m, 1);
  const high = upperHalf(v, bottom);
  const low = v.subtract(m, v.subtract(high, 1));
  const inverse = v.divide(1, bottom);
  const quotient = upperHalf(v, v.multiply(top, inverse));
  const rest = v.subtract(v.subtract(top, v.multiply(quotient, high)), v.multiply(quotient, low));
  return { high: quotient, low: v.multiply(rest, inverse) };
}

/** (2 atanh(s) / s - 2): the upper part with 26 bits. */
function excess(v: LaneArithmetic, s: Sum): Sum {
  const square = v.multiply(s.high, s.high);
  const squareLow = v.multiply(s.low, v.add(v.add(s.high, s.high), s.low));
  const z = v.add(square, squareLow);
  const tail = v.multiply(z, estrin(v, z, TAIL_TERMS));
  const factor = v.add(tail, 2 / 3);
  const high = upperHalf(v, v.multiply(z, factor));
  const upper = upperHalf(v, square);
  const lower = v.add(v.subtract(square, upper), squareLow);
  const exact = v.subtract(v.multiply(upper, TWO_THIRDS[0]), high);
  const small = v.add(v.multiply(upper, v.add(tail, TWO_THIRDS[1])), v.multiply(lower, factor));
  return { high, low: v.add(exact, small) };
}

/** log x for positive normal x. */
function logarithmSum(v: LaneArithmetic, x: Value): Sum {
  const { m, e } = parts(v, x);
  const s = slope(v, m);
  const a = excess(v, s);
  const twice = v.add(s.high, s.high);
  const product = v.multiply(s.high, a.high);
  const near = v.add(twice, product);
  const nearError = v.add(v.subtract(twice, near), product);
  const factor = v.add(v.add(a.high, a.low), 2);
  const nearLow = v.add(nearError, v.add(v.multiply(s.high, a.low), v.multiply(s.low, factor)));
  const far = v.multiply(e, LOG2[0]);
  const high = v.add(far, near);
  const error = v.add(v.subtract(far, high), near);
  return { high, low: v.add(error, v.add(nearLow, v.multiply(e, LOG2[1]))) };
}

/** y (high + low), the upper part exact. */
function scaled(v: LaneArithmetic, y: Halves, sum: Sum, whole: Value): Sum {
  const upper = upperHalf(v, sum.high);
  const lower = v.add(v.subtract(sum.high, upper), sum.low);
  return {
    high: v.multiply(y.high, upper),
    low: v.add(v.multiply(whole, lower), v.multiply(y.low, upper)),
  };
}

/** e^t = 2^k (1 + rest). */
export interface ScaledExponential {
  readonly rest: Value;
  /** k in the lowest bits. */
  readonly shifted: Value;
}

/** e^t of a sum. */
export function exponentialOf(v: LaneArithmetic, t: Sum): ScaledExponential {
  const shifted = v.add(v.multiply(t.high, Math.LOG2E), ROUNDER);
  const k = v.subtract(shifted, ROUNDER);
  const near = v.subtract(t.high, v.multiply(k, LOG2[0]));
  const r = v.add(near, v.subtract(t.low, v.multiply(k, LOG2[1])));
  const terms = v.multiply(v.multiply(r, r), estrin(v, r, EXPONENTIAL_TERMS));
  return { rest: v.add(r, terms), shifted };
}

/** e^t to the precision of float32. */
export function shortExponentialOf(v: LaneArithmetic, t: Value): ScaledExponential {
  const shifted = v.add(v.multiply(t, Math.LOG2E), ROUNDER);
  const k = v.subtract(shifted, ROUNDER);
  const r = v.subtract(t, v.multiply(k, Math.LN2));
  const terms = v.multiply(v.multiply(r, r), estrin(v, r, SHORT_EXPONENTIAL_TERMS));
  return { rest: v.add(r, terms), shifted };
}

/**
 * (first + small) 2^k (1 + rest), where what is rounded is small but for the last sum; right where the result is a normal
 * number.
 */
export function timesExponential(
  v: LaneArithmetic,
  first: number,
  small: Value,
  { rest, shifted }: ScaledExponential,
): Value {
  const change = v.add(small, v.multiply(v.add(small, first), rest));
  return v.addWhole(v.add(change, first), v.shiftLeft(shifted, 52));
}

/** A power, and the mask of lanes where it is right. */
export interface Power {
  readonly value: Value;
  readonly isRight: Value;
}

/** x^y of float64 for positive x; it is right where x and the result are normal numbers. */
export function positivePower(v: LaneArithmetic, x: Value, y: Value): Power {
  const t = scaled(v, halves(v, y), logarithmSum(v, x), y);
  const isNormal = v.and(v.isAtMost(2 ** -1022, x), v.isLess(x, Number.POSITIVE_INFINITY));
  const isRight = v.and(isNormal, v.isAtMost(v.abs(t.high), 708));
  const { rest, shifted } = exponentialOf(v, t);
  return { value: v.addWhole(v.add(rest, 1), v.shiftLeft(shifted, 52)), isRight };
}

/** x^y for positive x in float64 lanes that hold float32: right to float32 where x and y are finite and x is not 0. */
export function shortPositivePower(v: LaneArithmetic, x: Value, y: Value): Power {
  const { m, e } = parts(v, x);
  const s = v.divide(v.subtract(m, 1), v.add(m, 1));
  const z = v.multiply(s, s);
  const near = v.multiply(s, v.add(v.multiply(z, estrin(v, z, SHORT_TERMS)), 2));
  const t = v.multiply(y, v.add(near, v.multiply(e, Math.LN2)));
  // Beyond these bounds the result is 0 or Infinity in float32.
  const within = v.lesser(v.greater(t, -200), 200);
  const { rest, shifted } = shortExponentialOf(v, within);
  const value = v.addWhole(v.add(rest, 1), v.shiftLeft(shifted, 52));
  const isPositive = v.isLess(0, x);
  const isBounded = v.and(
    v.isLess(x, Number.POSITIVE_INFINITY),
    v.isLess(v.abs(y), Number.POSITIVE_INFINITY),
  );
  return { value, isRight: v.and(isPositive, isBounded) };
}
