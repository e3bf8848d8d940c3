// Exact products in float64 without fused multiply-add, after T. J. Dekker, Numer. Math. 18 (1971).

import type { Value } from "../function-builder.ts";
import type { LaneArithmetic } from "./lane-arithmetic.ts";

/** Keeps the upper 26 bits of a significand of 53. */
const UPPER_HALF = 0xffff_ffff_f800_0000n;

/** A number as the sum of its upper 26 bits and the others, so that products of upper halves are exact. */
export interface Halves {
  readonly high: Value;
  readonly low: Value;
}

/** The upper 26 bits. */
export function upperHalf(v: LaneArithmetic, x: Value): Value {
  return v.and(x, v.wholeNumber(UPPER_HALF));
}

export function halves(v: LaneArithmetic, x: Value): Halves {
  const high = upperHalf(v, x);
  return { high, low: v.subtract(x, high) };
}

/** x * y - product, where product is x * y rounded. */
export function productError(v: LaneArithmetic, x: Halves, y: Halves, product: Value): Value {
  const upper = v.subtract(v.multiply(x.high, y.high), product);
  const mixed = v.add(v.add(upper, v.multiply(x.high, y.low)), v.multiply(x.low, y.high));
  return v.add(mixed, v.multiply(x.low, y.low));
}
