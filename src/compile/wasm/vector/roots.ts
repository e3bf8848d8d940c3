// The cube root, from a third of the bits, and the length of two sides.

import { hypot as hypotOnNumbers } from "../../../expr/kernels/elementary.ts";
import type { Value } from "../function-builder.ts";
import { upperHalf } from "./double-double.ts";
import { LaneArithmetic } from "./lane-arithmetic.ts";
import { hostFunction, laneByLane, throughDoubles, unlessAny } from "./lanes.ts";
import { estrin } from "./polynomial.ts";
import type { VectorFunction } from "./vector-function.ts";

/** (1 + d)^(-1/3) for |d| < 0.1, relative error 2^-32.5; from scripts/fixtures/vector_minimax.py. */
const INVERSE_ROOT: readonly number[] = [
  0.9999999999853559, -0.33333334446814844, 0.2222222588241622, -0.17283060716449591,
  0.14401772023378284, -0.12660329935014267, 0.1130556706538235,
];

/** What a third of the upper 32 bits lacks to those of the cube root; the error is below 3.3 %. */
const OFFSET = 715_094_163;

/** A cube root to 32 bits, and about its inverse. */
interface Estimate {
  readonly root: Value;
  readonly inverse: Value;
}

function estimate(v: LaneArithmetic, x: Value): Estimate {
  const bits = v.or(v.shiftRight(x, 32), 2 ** 52);
  const third = v.multiply(v.subtract(bits, 2 ** 52), 1 / 3);
  const first = v.shiftLeft(v.add(third, 2 ** 52 + OFFSET), 32);
  const quotient = v.divide(first, x);
  const square = v.multiply(first, first);
  const excess = v.subtract(v.multiply(square, quotient), 1);
  const root = v.multiply(first, estrin(v, excess, INVERSE_ROOT));
  return { root, inverse: v.multiply(first, quotient) };
}

/** From a root t of 26 bits, whose square is exact: with d = x / t² - t it is t + d/3 - d²/9t and so on. */
function corrected(v: LaneArithmetic, x: Value, { root, inverse }: Estimate): Value {
  // What is cut off is as often too much as too little.
  const t = upperHalf(v, v.multiply(root, 1 + 2 ** -26));
  const d = v.subtract(v.divide(x, v.multiply(t, t)), t);
  const second = v.multiply(v.multiply(d, d), v.multiply(inverse, 1 / 9));
  return v.add(t, v.subtract(v.multiply(d, 1 / 3), second));
}

/** A subnormal number is made normal by 2^54, whose cube root is 2^18; zeros, infinities and NaN are their own roots. */
function cbrt64(v: LaneArithmetic, x: Value, isShort: boolean): Value {
  const size = v.abs(x);
  const isSmall = v.isLess(size, 2 ** -1022);
  const normal = v.choose(isSmall, v.multiply(size, 2 ** 54), size);
  const start = estimate(v, normal);
  const root = isShort ? start.root : corrected(v, normal, start);
  const scaled = v.choose(isSmall, v.multiply(root, 2 ** -18), root);
  const isOrdinary = v.and(v.isLess(0, size), v.isLess(size, Number.POSITIVE_INFINITY));
  return v.choose(isOrdinary, v.withSignOf(scaled, x), x);
}

export const cbrt: VectorFunction = (b, lanes, operands) => {
  const isShort = lanes === "f32x4";
  const f: VectorFunction = (_, __, [x]) =>
    cbrt64(new LaneArithmetic(b, "f64x2"), x as Value, isShort);
  return isShort ? throughDoubles(b, f, operands) : f(b, lanes, operands);
};

const HYPOT = hostFunction("hypot", hypotOnNumbers, 2);

/** Where a square could leave the range, or a side is NaN, which an infinite one outweighs, numbers are computed with. */
export const hypot: VectorFunction = (b, lanes, operands) => {
  if (lanes === "f32x4") return throughDoubles(b, hypot, operands);
  const v = new LaneArithmetic(b, lanes);
  const [x, y] = operands as readonly [Value, Value];
  const large = b.emit("f64x2.max", [v.abs(x), v.abs(y)]);
  const isMiddling = v.and(v.isAtMost(2 ** -480, large), v.isAtMost(large, 2 ** 510));
  const isHard = b.emit("v128.not", [v.or(isMiddling, v.isEqual(large, 0))]);
  const length = v.sqrt(v.add(v.multiply(x, x), v.multiply(y, y)));
  return unlessAny(b, isHard, length, () => laneByLane(b, lanes, HYPOT, operands));
};
