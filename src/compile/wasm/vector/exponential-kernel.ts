// The exponential of vectors: x = k log 2 + r with |r| <= log(2) / 2, a polynomial in r, and powers of 2 made from bits.

import type { Value } from "../function-builder.ts";
import type { LaneArithmetic } from "./lane-arithmetic.ts";
import { estrin, everyOther, horner } from "./polynomial.ts";

/*
 * q with e^r = 1 + r + r² q(r): error 3.6e-18 of e^r for float64 and 3.1e-9 for float32. These and all constants of
 * this file are made by scripts/fixtures/vector_coefficients.py.
 */
const DOUBLE_TERMS: readonly number[] = [
  0.5000000000000011, 0.16666666666666413, 0.041666666666530155, 0.008333333333494463,
  0.0013888888943630218, 0.00019841269506574313, 2.4801493098786526e-5, 2.755758637826493e-6,
  2.763024842399636e-7, 2.500006005363822e-8,
];
const SINGLE_TERMS: readonly number[] = [
  0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.008368716575205326,
  0.001381459878757596,
];

/**
 * log 2 as two numbers; the first has so few bits that its product with any exponent is exact (Cody and Waite, 1980).
 */
export function logarithmOf2(v: LaneArithmetic): readonly [number, number] {
  return v.pick(
    [0.6931471805598903, 5.497923018708371e-14],
    [0.693145751953125, 1.428606765330187e-6],
  );
}

/** x = k log 2 + r. */
interface Reduced {
  readonly r: Value;
  readonly square: Value;
  /** A number whose lowest bits are k + bias as a whole number. */
  readonly shifted: Value;
}

/**
 * The sum with 1.5 times 2 to the number of significand bits rounds to a whole number and leaves it in the lowest
 * bits; the bias put in as well makes it the exponent of the power of 2 that is wanted.
 */
function reduce(v: LaneArithmetic, x: Value, bias: number): Reduced {
  const magic = 1.5 * 2 ** v.significandBits + bias;
  const shifted = v.add(v.multiply(x, Math.LOG2E), magic);
  const k = v.subtract(shifted, magic);
  const [high, low] = logarithmOf2(v);
  const r = v.subtract(v.subtract(x, v.multiply(k, high)), v.multiply(k, low));
  return { r, square: v.multiply(r, r), shifted };
}

/** r² q(r). */
function curved(v: LaneArithmetic, { r, square }: Reduced): Value {
  return v.multiply(square, estrin(v, r, v.pick(DOUBLE_TERMS, SINGLE_TERMS), square));
}

/** e^r. */
function significand(v: LaneArithmetic, reduced: Reduced): Value {
  return v.add(v.add(reduced.r, curved(v, reduced)), 1);
}

/** The bias of exponents. */
function exponentBias(v: LaneArithmetic): number {
  return v.pick(1023, 127);
}

/**
 * e^x. Vectors with a lane near the ends of the range, which are rare, take two more steps: x is brought within bounds,
 * and the power of 2 is multiplied in as two, since 2^k itself is too small or too large a number there.
 */
export function exponential(v: LaneArithmetic, x: Value): Value {
  return isDecayKnown(v, x) ? grownOrDecayed(v, x) : exponentialAlone(v, x);
}

/** e^x from e^-|x|, which another function of the kernel has computed: a quotient instead of a polynomial. */
function grownOrDecayed(v: LaneArithmetic, x: Value): Value {
  const { value, scaled, scale } = decayOfSize(v, x);
  return v.choose(v.isGreater(x, 0), v.divide(scale, scaled), value);
}

function exponentialAlone(v: LaneArithmetic, x: Value): Value {
  const b = v.builder;
  if (b.avoidsBranches) {
    const within = v.lesser(v.greater(x, v.pick(-746, -104)), v.pick(710, 89));
    const reduced = reduce(v, within, exponentBias(v));
    return risen(v, x, reduced, significand(v, reduced));
  }
  const isFar = v.isDifferent(v.lesser(v.greater(x, v.pick(-708, -87)), v.pick(709, 88)), x);
  const hasFarLane = b.emit("v128.any_true", [isFar]);
  const within = b.variable(x);
  b.when(hasFarLane, () => {
    b.assign(within, v.lesser(v.greater(x, v.pick(-746, -104)), v.pick(710, 89)));
  });
  const bias = exponentBias(v);
  const reduced = reduce(v, within, bias);
  const digits = significand(v, reduced);
  const result = b.variable(v.multiply(digits, v.shiftLeft(reduced.shifted, v.significandBits)));
  b.when(hasFarLane, () => b.assign(result, risen(v, x, reduced, digits)));
  return result;
}

/** The digits times 2^k, as two powers. */
function risen(v: LaneArithmetic, x: Value, { shifted }: Reduced, digits: Value): Value {
  const total = v.addWhole(shifted, v.wholeNumber(BigInt(exponentBias(v))));
  const half = v.shiftRight(total, 1);
  // A product that underflows takes processors long, so that what is 0 is made so here.
  const isNothing = v.isLess(x, v.pick(-745.2, -104));
  const first = v.without(v.shiftLeft(half, v.significandBits), isNothing);
  const second = v.shiftLeft(v.subtractWhole(total, half), v.significandBits);
  return v.multiply(v.multiply(digits, first), second);
}

/** e^x for x <= 0, and the same times a power of 2, `scale`, with all digits where e^x has lost some. */
export interface Decay {
  readonly value: Value;
  readonly scaled: Value;
  readonly scale: number;
}

/** e^x for x <= 0, where no number overflows: one product less. */
export function decay(v: LaneArithmetic, x: Value): Decay {
  const shift = v.pick(256, 64);
  const within = v.greater(x, v.pick(-800, -115));
  const reduced = reduce(v, within, exponentBias(v) + shift);
  const power = v.shiftLeft(reduced.shifted, v.significandBits);
  const digits = significand(v, reduced);
  const scale = 2 ** shift;
  // Where the power is subnormal it is exact, and where it is 0 so is the result, but for its last bit.
  const value = v.multiply(digits, v.multiply(power, 1 / scale));
  return { value, scaled: v.multiply(digits, power), scale };
}

/** Whether the kernel has begun with e^-|x| already. */
function isDecayKnown(v: LaneArithmetic, x: Value): boolean {
  return v.hasOr(x, -0);
}

/** e^-|x|. */
export function decayOfSize(v: LaneArithmetic, x: Value): Decay {
  return decay(v, v.or(x, -0));
}

/**
 * e^x - 1 for x <= 0, right to the last bits near 0 too: 2^k - 1 and 2^k r are nearly exact, and the rest is small.
 * At -0 the result is 0.
 */
export function decayLessOne(v: LaneArithmetic, x: Value): Value {
  const within = v.greater(x, v.pick(-60, -30));
  return lessPower(v, reduce(v, within, exponentBias(v)), 1);
}

/** e^x - 1; x itself where the result has its bits. */
export function exponentialLessOne(v: LaneArithmetic, x: Value): Value {
  const within = v.lesser(v.greater(x, v.pick(-60, -30)), v.pick(710, 89));
  const half = lessPower(v, reduce(v, within, exponentBias(v) - 1), 0.5);
  const isTiny = v.isLess(v.abs(x), v.pick(2 ** -54, 2 ** -25));
  return v.choose(isTiny, x, v.add(half, half));
}

/** (e^x - 1) times a power of 2 that the bias of `reduced` holds. */
function lessPower(v: LaneArithmetic, reduced: Reduced, power: number): Value {
  const scale = v.shiftLeft(reduced.shifted, v.significandBits);
  const large = v.add(v.multiply(scale, reduced.r), v.subtract(scale, power));
  return v.add(large, v.multiply(scale, curved(v, reduced)));
}

/** Halves of the hyperbolic sine and cosine. */
export interface HyperbolicParts {
  readonly sine: Value;
  readonly cosine: Value;
}

/**
 * sinh(x) / 2 and cosh(x) / 2 for x >= 0, from e^r and e^-r, whose polynomials share the even and the odd terms: with
 * c = cosh(r) - 1 and s = sinh(r), and a and b half the difference and half the sum of 2^k and 2^-k, they are
 * a + (a c + b s) and b + (b c + a s).
 */
export function hyperbolicParts(v: LaneArithmetic, x: Value): HyperbolicParts {
  const within = v.lesser(x, v.pick(710.6, 89.6));
  const bias = exponentBias(v) - 2;
  const { r, square, shifted } = reduce(v, within, bias);
  const terms = v.pick(DOUBLE_TERMS, SINGLE_TERMS);
  const even = v.multiply(square, horner(v, square, everyOther(terms, 0)));
  const odd = v.multiply(v.multiply(r, square), horner(v, square, everyOther(terms, 1)));
  const quarter = v.shiftLeft(shifted, v.significandBits);
  const mirrored = v.subtractWhole(v.wholeNumber(BigInt(2 * bias)), shifted);
  // Beyond the smallest normal power the bits are those of a negative number.
  const inverse = v.greater(v.shiftLeft(mirrored, v.significandBits), 0);
  const [a, b] = [v.subtract(quarter, inverse), v.add(quarter, inverse)];
  const along = (factor: Value, other: Value): Value =>
    v.add(
      v.add(factor, v.multiply(other, r)),
      v.add(v.multiply(factor, even), v.multiply(other, odd)),
    );
  return { sine: along(a, b), cosine: along(b, a) };
}
