// Whole numbers near a number, and the exact remainder of a division.

import { mod as modOnNumbers } from "../../../expr/kernels/elementary.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { direct } from "./arithmetic.ts";
import { halves } from "./double-double.ts";
import { LaneArithmetic } from "./lane-arithmetic.ts";
import { hostFunction, laneByLane, throughDoubles, unlessAny } from "./lanes.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

const MOD = hostFunction("mod", modOnNumbers, 2);

/** Below this size the products of a whole quotient with the two halves of a divisor are exact. */
const QUOTIENT_LIMIT = 2 ** 25;

/**
 * x - quotient * y, exactly: y comes apart in two halves, and the rounding error of the first difference goes back in.
 * Both steps after it are exact, since what they give is a multiple of the last place of y, at most 2^53 of them.
 */
function remainder(v: LaneArithmetic, x: Value, y: Value, quotient: Value): Value {
  const { high, low } = halves(v, y);
  const product = v.multiply(quotient, high);
  const rest = v.subtract(x, product);
  const part = v.subtract(x, rest);
  const error = v.add(v.subtract(x, v.add(rest, part)), v.subtract(part, product));
  return v.add(v.subtract(rest, v.multiply(quotient, low)), error);
}

/** Where the numbers have different signs and the first is not 0. */
function differ(v: LaneArithmetic, x: Value, y: Value): Value {
  return v.without(v.xor(v.isLess(x, 0), v.isLess(y, 0)), v.isEqual(x, 0));
}

function mod64(b: FunctionBuilder, x: Value, y: Value): Value {
  const v = new LaneArithmetic(b, "f64x2");
  const quotient = b.emit("f64x2.trunc", [v.divide(x, y)]);
  const rest = remainder(v, x, y, quotient);
  // A quotient that was rounded up to a whole number leaves a rest of the other sign than x.
  const back = v.withSignOf(v.abs(y), x);
  const truncated = v.add(rest, v.and(back, differ(v, rest, x)));
  // A rest of 0 becomes +0 by the sum with +0 and takes the sign of y then.
  const floored = v.add(v.add(truncated, v.and(y, differ(v, truncated, y))), 0);
  const sign = v.and(v.and(y, -0), v.isEqual(floored, 0));
  const isHard = v.or(
    v.isAtMost(QUOTIENT_LIMIT, v.abs(quotient)),
    v.isEqual(v.abs(y), Number.POSITIVE_INFINITY),
  );
  return unlessAny(b, isHard, v.or(floored, sign), () => laneByLane(b, "f64x2", MOD, [x, y]));
}

const mod: VectorFunction = (b, lanes, operands) => {
  if (lanes === "f32x4") return throughDoubles(b, mod, operands);
  const [x, y] = operands as readonly [Value, Value];
  return mod64(b, x, y);
};

/** `nearest` rounds halves to the even number, as the kernel of `round` does. */
export const roundingFunctions: VectorFunctions = {
  floor: direct("floor"),
  ceil: direct("ceil"),
  round: direct("nearest"),
  mod,
};
