// The logarithm of vectors: x = 2^e m with m between sqrt(1/2) and sqrt(2), and log(m) through s = f / (2 + f), f = m - 1.

import type { Value } from "../function-builder.ts";
import { logarithmOf2 } from "./exponential-kernel.ts";
import type { LaneArithmetic } from "./lane-arithmetic.ts";
import { estrin, horner } from "./polynomial.ts";

/*
 * g with log((1 + s) / (1 - s)) = 2 s + s³ g(s²): error 1.2e-18 of the logarithm for float64, 8.1e-10 for float32.
 * These and all constants of this file are made by scripts/fixtures/vector_coefficients.py.
 */
const DOUBLE_TERMS: readonly number[] = [
  0.6666666666666734, 0.3999999999941432, 0.2857142874247489, 0.22222198563481918,
  0.18183564866934704, 0.1531403582725732, 0.14796105530267933,
];
const SINGLE_TERMS: readonly number[] = [
  0.6666677594184875, 0.39977535605430603, 0.2987186312675476,
];

/** The logarithm of 2 to base 10 as two numbers; the product of the first with an exponent is exact. */
const DOUBLE_LOG10: readonly [number, number] = [0.30102999566383914, 1.42050232272661e-13];
const SINGLE_LOG10: readonly [number, number] = [0.301025390625, 4.605039066518657e-6];

/** A multiple of log 2, as a number or as the sum of one that is exact and a small one. */
export interface ExponentPart {
  readonly high: Value;
  readonly low?: Value;
}

/**
 * log(1 + f) and a multiple of log 2, for 1 + f between sqrt(1/2) and sqrt(2): f - (f²/2 - s f²/2 - s³ g), the large
 * parts last (after fdlibm's log). What needs no g is added up while g is computed.
 */
function logarithmNearOne(v: LaneArithmetic, f: Value, exponent?: ExponentPart): Value {
  const s = v.divide(f, v.add(f, 2));
  const z = v.multiply(s, s);
  const halfSquare = v.multiply(v.multiply(f, 0.5), f);
  const above = exponent?.low === undefined ? halfSquare : v.subtract(halfSquare, exponent.low);
  const early = v.subtract(above, v.multiply(s, halfSquare));
  const terms = v.isDouble ? estrin(v, z, DOUBLE_TERMS) : horner(v, z, SINGLE_TERMS);
  const less = v.subtract(early, v.multiply(v.multiply(s, z), terms));
  if (exponent === undefined) return v.subtract(f, less);
  return v.subtract(exponent.high, v.subtract(less, f));
}

/** x = 2^e m, with e as a float. */
export interface Parts {
  readonly m: Value;
  readonly e: Value;
}

/** The parts of positive normal numbers. */
export function parts(v: LaneArithmetic, x: Value): Parts {
  const root = v.pick(0x3fe6a09e667f3bcdn, 0x3f3504f3n);
  const bits = BigInt(v.significandBits);
  const bias = v.pick(1023n, 127n);
  const biased = v.addWhole(x, v.wholeNumber((bias << bits) - root));
  const fraction = v.and(biased, v.wholeNumber((1n << bits) - 1n));
  const m = v.addWhole(fraction, v.wholeNumber(root));
  const ulp = 2 ** v.significandBits;
  const shifted = v.or(v.shiftRight(biased, v.significandBits), ulp);
  return { m, e: v.subtract(shifted, ulp + Number(bias)) };
}

/** 2^-e; 0 for the largest e, where that is no normal number. */
function inversePower(v: LaneArithmetic, x: Value, m: Value): Value {
  const one = v.wholeNumber(v.pick(1023n, 127n) << BigInt(v.significandBits));
  return v.greater(v.addWhole(v.subtractWhole(one, x), m), 0);
}

/** e log 2. */
function exponentPart(v: LaneArithmetic, e: Value): ExponentPart {
  const [high, low] = logarithmOf2(v);
  return { high: v.multiply(e, high), low: v.multiply(e, low) };
}

/** -Infinity at 0, NaN below, and x itself where that is Infinity or NaN; elsewhere the result. */
function withPole(v: LaneArithmetic, x: Value, result: Value): Value {
  // All bits of a mask are a NaN.
  const pole = v.or(v.isLess(x, 0), Number.NEGATIVE_INFINITY);
  const real = v.choose(v.isGreater(x, 0), result, pole);
  return v.choose(v.isLess(x, Number.POSITIVE_INFINITY), real, x);
}

/** Whether any lane is no positive normal number, as an i32. Such vectors are rare enough for a branch to pay. */
function hasOddLane(v: LaneArithmetic, x: Value): Value {
  const least = v.pick(2 ** -1022, 2 ** -126);
  const most = v.pick(Number.MAX_VALUE, (2 - 2 ** -23) * 2 ** 127);
  const isOdd = v.isDifferent(v.lesser(v.greater(x, least), most), x);
  return v.builder.emit("v128.any_true", [isOdd]);
}

/**
 * A logarithm, `write` of the parts, for all numbers. Where a lane is odd, a power of 2 makes subnormal numbers normal
 * first, and the results at and beyond the ends are put right afterwards.
 */
function overAllNumbers(v: LaneArithmetic, x: Value, write: (parts: Parts) => Value): Value {
  const b = v.builder;
  const whole = (): Value => {
    const shift = v.pick(54, 25);
    const isSmall = v.isLess(x, v.pick(2 ** -1022, 2 ** -126));
    const { m, e } = parts(v, v.choose(isSmall, v.multiply(x, 2 ** shift), x));
    return withPole(v, x, write({ m, e: v.subtract(e, v.and(isSmall, shift)) }));
  };
  if (b.avoidsBranches) return whole();
  const result = b.variable(write(parts(v, x)));
  b.when(hasOddLane(v, x), () => b.assign(result, whole()));
  return result;
}

/** log(x). */
export function logarithm(v: LaneArithmetic, x: Value): Value {
  return overAllNumbers(v, x, ({ m, e }) =>
    logarithmNearOne(v, v.subtract(m, 1), exponentPart(v, e)),
  );
}

/** log(1 + x). */
export function logarithmOfOnePlus(v: LaneArithmetic, x: Value): Value {
  return v.or(logarithmOfRoundedSum(v, x, v.add(x, 1), undefined), v.and(x, -0));
}

/** Lanes where a number too large or too small for 1 + x is given as 2^exponent times another. */
export interface Instead {
  readonly mask: Value;
  readonly other: Value;
  readonly exponent: number;
}

/** log(1 + x) for x >= 0, or the logarithm of what is given instead, where x may be anything. */
export function logarithmOfOnePlusOr(v: LaneArithmetic, x: Value, instead: Instead): Value {
  const sum = v.choose(instead.mask, instead.other, v.add(x, 1));
  return logarithmOfRoundedSum(v, x, sum, instead);
}

/** log(1 + x) from the rounded sum: what that has lost is added after its exponent is taken off. */
function logarithmOfRoundedSum(
  v: LaneArithmetic,
  x: Value,
  sum: Value,
  instead: Instead | undefined,
): Value {
  const missing = v.subtract(x, v.subtract(sum, 1));
  const lost = instead === undefined ? missing : v.without(missing, instead.mask);
  const { m, e } = parts(v, sum);
  const exponent = instead === undefined ? e : v.add(e, v.and(instead.mask, instead.exponent));
  const f = v.add(v.subtract(m, 1), v.multiply(lost, inversePower(v, sum, m)));
  const result = v.builder.variable(logarithmNearOne(v, f, exponentPart(v, exponent)));
  v.builder.when(hasOddLane(v, sum), () => v.builder.assign(result, withPole(v, sum, result)));
  return result;
}

/** log(1 + x) for x between 0 and 1, where either 1 + x or its half is near 1. */
export function logarithmOfOnePlusFraction(v: LaneArithmetic, x: Value): Value {
  const isFar = v.isGreater(x, Math.SQRT2 - 1);
  const f = v.choose(isFar, v.multiply(v.subtract(x, 1), 0.5), x);
  return logarithmNearOne(v, f, { high: v.and(isFar, Math.LN2) });
}

/** The logarithm to base 2 or 10. */
export function scaledLogarithm(v: LaneArithmetic, x: Value, base: 2 | 10): Value {
  return overAllNumbers(v, x, ({ m, e }) => {
    const natural = logarithmNearOne(v, v.subtract(m, 1));
    if (base === 2) return v.add(e, v.multiply(natural, Math.LOG2E));
    const [high, low] = v.pick(DOUBLE_LOG10, SINGLE_LOG10);
    const small = v.add(v.multiply(natural, Math.LOG10E), v.multiply(e, low));
    return v.add(v.multiply(e, high), small);
  });
}
