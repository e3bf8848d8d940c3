// Exponentials and logarithms of vectors.

import type { Value } from "../function-builder.ts";
import { decay, decayLessOne, exponential, exponentialLessOne } from "./exponential-kernel.ts";
import { type LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import {
  logarithm,
  logarithmOfOnePlus,
  logarithmOfOnePlusFraction,
  scaledLogarithm,
} from "./logarithm-kernel.ts";
import type { VectorFunctions } from "./vector-function.ts";

/** log(e^x + e^y); equal infinities have no difference. */
function logarithmOfSum(v: LaneArithmetic, x: Value, y: Value): Value {
  const distance = v.or(v.without(v.subtract(x, y), v.isEqual(x, y)), -0);
  const rest = logarithmOfOnePlusFraction(v, decay(v, distance).value);
  return v.add(v.greater(x, y), rest);
}

/** x log(y), and 0 where x is 0 and y is a number. */
function timesLogarithm(v: LaneArithmetic, x: Value, y: Value): Value {
  const isNothing = v.and(v.isEqual(x, 0), v.isEqual(y, y));
  return v.without(v.multiply(x, logarithm(v, y)), isNothing);
}

/**
 * log(cosh(x)): near 0 through cosh(x) - 1 = E² / (2 (1 + E)) with E = e^-|x| - 1, far out as |x| - log(2) +
 * log(1 + e^(-2|x|)).
 */
function logarithmOfCosine(v: LaneArithmetic, x: Value): Value {
  const size = v.abs(x);
  const less = decayLessOne(v, v.or(x, -0));
  const power = v.add(less, 1);
  const isNear = v.isLess(size, 1);
  const near = v.divide(v.multiply(v.multiply(less, 0.5), less), power);
  const rest = v.choose(isNear, near, v.multiply(power, power));
  const line = v.without(v.subtract(size, Math.LN2), isNear);
  return v.add(line, logarithmOfOnePlusFraction(v, rest));
}

export const exponentialFunctions: VectorFunctions = {
  exp: vectorized(exponential),
  expm1: vectorized(exponentialLessOne),
  log: vectorized(logarithm),
  log1p: vectorized(logarithmOfOnePlus),
  log2: vectorized((v, x) => scaledLogarithm(v, x, 2)),
  log10: vectorized((v, x) => scaledLogarithm(v, x, 10)),
  logaddexp: vectorized(logarithmOfSum),
  xlogy: vectorized(timesLogarithm),
  logCosh: vectorized(logarithmOfCosine),
};
