// Inverse hyperbolic functions of vectors, as logarithms of sums.

import type { Value } from "../function-builder.ts";
import { type LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import { logarithmOfOnePlus, logarithmOfOnePlusOr } from "./logarithm-kernel.ts";
import type { VectorFunctions } from "./vector-function.ts";

/** Above this 1 is nothing beside x². */
const LARGE = 2 ** 28;

/** log(1 + |x| + x² / (1 + sqrt(1 + x²))), and log(2 |x|) far out. */
function inverseSine(v: LaneArithmetic, x: Value): Value {
  const size = v.abs(x);
  const square = v.multiply(size, size);
  const root = v.sqrt(v.add(square, 1));
  const small = v.add(size, v.divide(square, v.add(root, 1)));
  const isLarge = v.isGreater(size, LARGE);
  return v.withSignOf(
    logarithmOfOnePlusOr(v, small, { mask: isLarge, other: size, exponent: 1 }),
    x,
  );
}

/** log(1 + t + sqrt(t (t + 2))) with t = x - 1, and log(2 x) far out. */
function inverseCosine(v: LaneArithmetic, x: Value): Value {
  const t = v.subtract(x, 1);
  const small = v.add(t, v.sqrt(v.multiply(t, v.add(t, 2))));
  const isLarge = v.isGreater(x, LARGE);
  const result = logarithmOfOnePlusOr(v, small, { mask: isLarge, other: x, exponent: 1 });
  return v.or(result, v.isLess(x, 1));
}

/** log(1 + 2 |x| / (1 - |x|)) / 2. */
function inverseTangent(v: LaneArithmetic, x: Value): Value {
  const size = v.abs(x);
  const ratio = v.divide(v.add(size, size), v.subtract(1, size));
  return v.withSignOf(v.multiply(logarithmOfOnePlus(v, ratio), 0.5), x);
}

/** 2 over numbers below this is more than 1 by so much that 1 does not count. */
const SMALL = 2 ** -60;
/** Makes the reciprocals of subnormal numbers finite. */
const RAISED = 100;

/** log(1 + above / x) for x >= 0, and log(2 / x) where that is large. */
function logarithmOfQuotient(v: LaneArithmetic, above: Value, x: Value): Value {
  const mask = v.isLess(x, SMALL);
  const below = v.choose(mask, v.multiply(x, 2 ** RAISED), x);
  const quotient = v.divide(v.choose(mask, 1, above), below);
  return logarithmOfOnePlusOr(v, quotient, { mask, other: quotient, exponent: RAISED + 1 });
}

/** log(1 + (1 - x + sqrt((1 - x) (1 + x))) / x). */
function inverseSecant(v: LaneArithmetic, x: Value): Value {
  const rest = v.subtract(1, x);
  const above = v.add(rest, v.sqrt(v.multiply(rest, v.add(x, 1))));
  // The sum makes 0 of -0; all bits of a mask are a NaN.
  return v.or(logarithmOfQuotient(v, above, v.add(x, 0)), v.isLess(x, 0));
}

/** log(1 + (1 + 1 / (|x| + sqrt(x² + 1))) / |x|). */
function inverseCosecant(v: LaneArithmetic, x: Value): Value {
  const size = v.abs(x);
  const leg = v.add(size, v.sqrt(v.add(v.multiply(size, size), 1)));
  return v.withSignOf(logarithmOfQuotient(v, v.add(v.divide(1, leg), 1), size), x);
}

/** log(1 + 2 / (|x| - 1)) / 2. */
function inverseCotangent(v: LaneArithmetic, x: Value): Value {
  const ratio = v.divide(2, v.subtract(v.abs(x), 1));
  return v.withSignOf(v.multiply(logarithmOfOnePlus(v, ratio), 0.5), x);
}

export const inverseHyperbolicFunctions: VectorFunctions = {
  asinh: vectorized(inverseSine),
  acosh: vectorized(inverseCosine),
  atanh: vectorized(inverseTangent),
  asech: vectorized(inverseSecant),
  acsch: vectorized(inverseCosecant),
  acoth: vectorized(inverseCotangent),
};
