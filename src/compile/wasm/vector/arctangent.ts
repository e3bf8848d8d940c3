// The inverse trigonometric functions that are arctangents of a quotient: its angle in the first half of the first
// quadrant, by one division and one polynomial, then turned to where the signs say.

import type { Value } from "../function-builder.ts";
import { type LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import { hostFunction, laneByLane, throughDoubles, unlessAny } from "./lanes.ts";
import { QUARTER_LOW } from "./pi.ts";
import { estrin } from "./polynomial.ts";
import type { VectorFunction } from "./vector-function.ts";

// From scripts/fixtures/vector_minimax.py, on [0, tan²(π/8)].

/** (atan(√z) / √z - 1) / z; the error relative to the arctangent is 2^-59.38. */
const TERMS_64: readonly number[] = [
  -0.3333333333333319, 0.1999999999995218, -0.14285714280053732, 0.11111110776280664,
  -0.09090897550411836, 0.07692056512866431, -0.06663061800881431, 0.05847580598213775,
  -0.05037907561336502, 0.0380289022823746, -0.017867980076703368,
];
/** The same with 2^-30.39. */
const TERMS_32: readonly number[] = [
  -0.33333316445350647, 0.19998526573181152, -0.14244344830513, 0.1059873178601265,
  -0.06088750436902046,
];

/** π in float32, and what it lacks. */
const PI_32 = 3.1415927410125732;
const PI_32_LOW = -8.742277657347586e-8;

/** tan(π/8): a larger quotient is taken less π/4. */
const MIDDLE = 0.41421356237309503;

/** π times a power of 2, and what it lacks. */
function turn(v: LaneArithmetic, share: number): readonly [high: number, low: number] {
  return v.pick(
    [Math.PI * share, 2 * QUARTER_LOW * share] as const,
    [PI_32 * share, PI_32_LOW * share] as const,
  );
}

/** atan(small / large) for 0 <= small <= large, or π/2 less it where `isSteep`. */
function firstQuadrant(v: LaneArithmetic, small: Value, large: Value, isSteep: Value): Value {
  const isMiddle = v.isLess(v.multiply(large, MIDDLE), small);
  const top = v.choose(isMiddle, v.subtract(small, large), small);
  const t = v.divide(top, v.add(large, v.and(isMiddle, small)));
  const z = v.multiply(t, t);
  const bend = v.multiply(z, estrin(v, z, v.pick(TERMS_64, TERMS_32)));
  const flip = v.and(isSteep, -0);
  const angle = v.xor(t, flip);
  const [quarter, quarterLow] = turn(v, 0.5);
  const [eighth, eighthLow] = turn(v, 0.25);
  const start = v.choose(isMiddle, eighth, v.and(isSteep, quarter));
  const low = v.choose(isMiddle, eighthLow, v.and(isSteep, quarterLow));
  return v.add(start, v.add(angle, v.add(v.multiply(angle, bend), low)));
}

/** atan(y / x) for sizes y and x, not both 0. */
function angleOf(v: LaneArithmetic, y: Value, x: Value): Value {
  return firstQuadrant(v, v.lesser(y, x), v.greater(y, x), v.isLess(x, y));
}

/** π less the angle where the mask is set. */
function turned(v: LaneArithmetic, angle: Value, mask: Value): Value {
  const [half, low] = turn(v, 1);
  return v.choose(mask, v.subtract(half, v.subtract(angle, low)), angle);
}

function one(v: LaneArithmetic): Value {
  return v.builder.splat(v.lanes, 1);
}

export const atan: VectorFunction = vectorized((v, operand) => {
  const x = operand as Value;
  return v.withSignOf(angleOf(v, v.abs(x), one(v)), x);
});

/** A NaN stays one, since it is the first operand of the choices by size. */
export const acot: VectorFunction = vectorized((v, operand) => {
  const x = operand as Value;
  const size = v.abs(x);
  const isSteep = v.isLess(size, 1);
  return v.withSignOf(firstQuadrant(v, v.lesser(size, 1), v.greater(size, 1), isSteep), x);
});

/** Where a size is at this limit or above, x² - 1 is x² to all digits, and may overflow. */
const LARGE = 2 ** 28;

/** tan(asec(x)) of the size of x; NaN below 1. */
function leg(v: LaneArithmetic, size: Value): Value {
  const root = v.sqrt(v.multiply(v.subtract(size, 1), v.add(size, 1)));
  return v.choose(v.isLess(LARGE, size), size, root);
}

const asec64: VectorFunction = vectorized((v, operand) => {
  const x = operand as Value;
  return turned(v, angleOf(v, leg(v, v.abs(x)), one(v)), v.isLess(x, 0));
});

const acsc64: VectorFunction = vectorized((v, operand) => {
  const x = operand as Value;
  const bottom = leg(v, v.abs(x));
  const isSteep = v.isLess(bottom, 1);
  const angle = firstQuadrant(v, v.lesser(bottom, 1), v.greater(bottom, 1), isSteep);
  return v.withSignOf(angle, x);
});

function inDoubles(f: VectorFunction): VectorFunction {
  return (b, lanes, operands) =>
    lanes === "f64x2" ? f(b, lanes, operands) : throughDoubles(b, f, operands);
}

export const asec: VectorFunction = inDoubles(asec64);
export const acsc: VectorFunction = inDoubles(acsc64);

const ATAN2 = hostFunction("atan2", Math.atan2, 2);

/** Sizes whose sum may overflow are left to the kernel on numbers. */
export const atan2: VectorFunction = vectorized((v, ...operands) => {
  const [y, x] = operands as readonly [Value, Value];
  const { builder, lanes } = v;
  const [height, width] = [v.abs(y), v.abs(x)];
  const small = builder.emit(`${lanes}.min`, [height, width]);
  const large = builder.emit(`${lanes}.max`, [height, width]);
  // 0 / 1 for 0 / 0.
  const bottom = v.or(large, v.and(v.isEqual(large, 0), 1));
  const angle = firstQuadrant(v, small, bottom, v.isLess(width, height));
  const isLeft = builder.emit(`${v.whole}.lt_s`, [x, v.wholeNumber(0n)]);
  const result = v.withSignOf(turned(v, angle, isLeft), y);
  return unlessAny(builder, v.isLess(v.pick(2 ** 1022, 2 ** 126), large), result, () =>
    laneByLane(builder, lanes, ATAN2, operands),
  );
});
