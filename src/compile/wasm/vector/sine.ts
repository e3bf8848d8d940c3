// Sine and cosine: the angle less the nearest whole number of quarter turns, then the polynomials of both functions, of
// which the quadrant takes one.
//
// The reduction follows W. J. Cody and W. Waite, "Software manual for the elementary functions" (1980): π/2 comes apart
// in parts so short that their products with the number of quarter turns are exact, but for the last.

import type { FloatLanes } from "../floats.ts";
import type { FunctionBuilder, HostFunction, Value } from "../function-builder.ts";
import { LaneArithmetic } from "./lane-arithmetic.ts";
import { hostFunction, laneByLane, throughDoubles, unlessAny } from "./lanes.ts";
import { horner } from "./polynomial.ts";
import type { VectorFunction } from "./vector-function.ts";

/** π/2 in parts of 36 bits, below which a last one is rounded. All are positive: -0 less their products with 0 is -0. */
const PARTS_64: readonly number[] = [
  1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23,
];
/** π/2 in parts of 13 bits, below which a last one is rounded. */
const PARTS_32: readonly number[] = [
  1.570556640625, 0.0002396702766418457, 1.5890691429376602e-8, 2.5633440682570896e-12,
];

/** Below these sizes there are less than 2^17 and 2^11 quarter turns, whose products with the parts are exact. */
const LIMIT_64 = 200_000;
const LIMIT_32 = 3_000;

// From scripts/fixtures/vector_minimax.py, on [0, (π/4)²].

/** (sin(√z) / √z - 1) / z; the error relative to the sine is 2^-57.9. */
const SINE_64: readonly number[] = [
  -0.1666666666666663, 0.00833333333332184, -0.00019841269829358522, 2.7557313538511113e-6,
  -2.505073438863456e-8, 1.5895433245923136e-10,
];
/** (cos(√z) - 1 + z/2) / z²; the error relative to the cosine is 2^-63.9. */
const COSINE_64: readonly number[] = [
  0.041666666666666595, -0.0013888888888873342, 2.480158728900202e-5, -2.7557314217000845e-7,
  2.0875705387852745e-9, -1.1358748667082905e-11,
];
/** The sine with 2^-27.9. */
const SINE_32: readonly number[] = [
  -0.16666655242443085, 0.008332189172506332, -0.0001951829035533592,
];
/** The cosine with 2^-33. */
const COSINE_32: readonly number[] = [
  0.04166664555668831, -0.0013887309469282627, 2.4432327336398885e-5,
];

/** Added to a number it leaves the nearest whole number in the lowest bits. */
const ROUNDER_64 = 1.5 * 2 ** 52;
const ROUNDER_32 = 1.5 * 2 ** 23;

/** An angle in [-π/4, π/4], and in the lowest bits of `quadrant` how many quarter turns it lies below the given one. */
export interface ReducedAngle {
  readonly rest: Value;
  readonly quadrant: Value;
}

/** The differences after two products, which are exact but for the rounding of the second, and the other products. */
function withoutTurns(v: LaneArithmetic, x: Value) {
  const rounder = v.pick(ROUNDER_64, ROUNDER_32);
  const quadrant = v.add(v.multiply(x, 2 / Math.PI), rounder);
  const count = v.subtract(quadrant, rounder);
  const [first, second, third, fourth] = v
    .pick(PARTS_64, PARTS_32)
    .map((part) => v.multiply(count, part)) as [Value, Value, Value, Value | undefined];
  const start = v.subtract(x, first);
  const next = v.subtract(start, second);
  const error = (): Value => v.subtract(v.subtract(start, next), second);
  return { quadrant, next, error, third, fourth };
}

/**
 * In float64 the third product is so small that no more rounding follows the second difference; in float32 it is not,
 * and takes the rounding error along.
 */
export function reduced(v: LaneArithmetic, x: Value): ReducedAngle {
  const { quadrant, next, error, third, fourth } = withoutTurns(v, x);
  if (fourth === undefined) return { rest: v.subtract(next, third), quadrant };
  const rest = v.subtract(v.subtract(next, v.subtract(third, error())), fourth);
  return { rest, quadrant };
}

/** The same in float64, with what `rest` lacks. */
export function reducedWithTail(
  v: LaneArithmetic,
  x: Value,
): ReducedAngle & { readonly tail: Value } {
  const { quadrant, next, error, third } = withoutTurns(v, x);
  const small = v.subtract(third, error());
  const rest = v.subtract(next, small);
  return { rest, quadrant, tail: v.subtract(v.subtract(next, rest), small) };
}

/** The mask of odd quadrants. */
export function isOddQuadrant(v: LaneArithmetic, quadrant: Value): Value {
  const one = v.wholeNumber(1n);
  return v.isEqualWhole(v.and(quadrant, one), one);
}

/** (sin(x) - x) / x and (cos(x) - 1 + x²/2) / x² of a small angle, from its square. */
export function sineSlope(v: LaneArithmetic, square: Value, isShort: boolean): Value {
  return v.multiply(square, horner(v, square, isShort ? SINE_32 : SINE_64));
}

export function cosineSlope(v: LaneArithmetic, square: Value, isShort: boolean): Value {
  return v.multiply(square, horner(v, square, isShort ? COSINE_32 : COSINE_64));
}

/** The sine of a small angle; a zero keeps its sign. */
function smallSine(v: LaneArithmetic, x: Value, square: Value): Value {
  const value = v.add(x, v.multiply(x, sineSlope(v, square, !v.isDouble)));
  return v.withSignOf(value, x);
}

function smallCosine(v: LaneArithmetic, square: Value): Value {
  const start = v.subtract(1, v.multiply(square, 0.5));
  return v.add(start, v.multiply(square, cosineSlope(v, square, !v.isDouble)));
}

/** The sine of an angle that is so many quarter turns below. */
function sineOf(v: LaneArithmetic, { rest, quadrant }: ReducedAngle): Value {
  const square = v.multiply(rest, rest);
  const isOdd = isOddQuadrant(v, quadrant);
  const size = v.choose(isOdd, smallCosine(v, square), smallSine(v, rest, square));
  const flip = v.shiftLeft(v.and(quadrant, v.wholeNumber(2n)), v.pick(62, 30));
  return v.xor(size, flip);
}

function sine(v: LaneArithmetic, x: Value): Value {
  return sineOf(v, reduced(v, x));
}

/** The sine a quarter turn further on. */
function cosine(v: LaneArithmetic, x: Value): Value {
  const { rest, quadrant } = reduced(v, v.abs(x));
  return sineOf(v, { rest, quadrant: v.addWhole(quadrant, v.wholeNumber(1n)) });
}

/**
 * The function for common angles; others go through float64, and beyond that to the kernel on numbers, the whole vector
 * at once.
 */
export function forAllAngles(
  common: (v: LaneArithmetic, x: Value) => Value,
  host: HostFunction,
): VectorFunction {
  const all = (b: FunctionBuilder, lanes: FloatLanes, operands: readonly Value[]): Value => {
    const x = operands[0] as Value;
    const v = new LaneArithmetic(b, lanes);
    const isFar = v.isAtMost(v.pick(LIMIT_64, LIMIT_32), v.abs(x));
    return unlessAny(b, isFar, common(v, x), () =>
      v.isDouble ? laneByLane(b, lanes, host, operands) : throughDoubles(b, all, operands),
    );
  };
  return all;
}

export const sin: VectorFunction = forAllAngles(sine, hostFunction("sin", Math.sin, 1));
export const cos: VectorFunction = forAllAngles(cosine, hostFunction("cos", Math.cos, 1));
