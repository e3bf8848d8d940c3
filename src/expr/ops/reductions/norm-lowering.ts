// Norms of any order in simpler operations, scaled as the values are.

import type { Params } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { divide, multiply, pow, sqrt, square } from "../arithmetic.ts";
import { abs, and, equal, greater, less, notEqual, or, where } from "../comparison.ts";
import { cast, reshape } from "../movement/reshape.ts";
import { numbersOf } from "../structured.ts";
import { optionsOf, reducedShape } from "./axes.ts";
import { largest, smallest } from "./extremes.ts";
import { finite } from "./log-sum-exp.ts";
import type { StoredOrder } from "./norm-values.ts";
import { sum } from "./sum.ts";

/** Sums of squares of numbers between the reciprocal of this and this neither overflow nor vanish. */
const SAFE = { float64: 2 ** 480, float32: 2 ** 50 };

/** The norm of floats along axes. */
export function loweredNorm(x: Tensor, params: Params): Tensor {
  const order = params.ord as StoredOrder;
  const options = optionsOf(params);
  if (order === "inf") return largest(abs(x), options);
  if (order === "-inf") return smallest(abs(x), options);
  if (order === 0) return cast(sum(notEqual(x, 0), options), x.dtype);
  if (order === 1) return sum(abs(x), options);
  const axis = numbersOf(params, "axes");
  const result = order === 2 ? euclidean(x, axis) : general(abs(x), order, axis);
  return reshape(result, reducedShape(x.shape, params));
}

function euclidean(x: Tensor, axis: readonly number[]): Tensor {
  const options = { axis, keepDims: true };
  const size = largest(abs(x), options);
  const safe = x.dtype === "float32" ? SAFE.float32 : SAFE.float64;
  const isSmall = and(less(size, 1 / safe), greater(size, 0));
  const isLarge = and(greater(size, safe), finite(size));
  const scale = where(or(isSmall, isLarge), size, 1);
  return multiply(scale, sqrt(sum(square(divide(x, scale)), options)));
}

/** With m the largest size, or for negative orders the smallest, it is m · (Σ (size / m)^p)^(1/p). */
function general(sizes: Tensor, order: number, axis: readonly number[]): Tensor {
  const options = { axis, keepDims: true };
  const leading = order > 0 ? largest(sizes, options) : smallest(sizes, options);
  const powers = sum(pow(divide(sizes, leading), order), options);
  const isNorm = or(equal(leading, 0), equal(finite(leading), false));
  return where(isNorm, leading, multiply(leading, pow(powers, 1 / order)));
}
