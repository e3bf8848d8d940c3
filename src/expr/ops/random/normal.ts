// Normally distributed numbers, by the inverse of the distribution function.

import { apply } from "../../apply.ts";
import { SymtapeError } from "../../errors.ts";
import { normalQuantile } from "../../kernels/portable-normal.ts";
import type { Op } from "../../op.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { add, multiply } from "../arithmetic.ts";
import { type DrawOptions, defineNumbers, requireDrawn } from "./drawing.ts";
import { openUnit } from "./threefry.ts";

export const randomNormalOp: Op = defineNumbers(
  "randomNormal",
  () => (high, low) => normalQuantile(openUnit(high, low)),
);

export interface NormalOptions extends DrawOptions {
  /** The mean, 0 unless given. */
  readonly mean?: TensorLike;
  /** The standard deviation, 1 unless given. */
  readonly std?: TensorLike;
}

/**
 * Normally distributed numbers: mean + std·z, where z is the inverse of the normal distribution function
 * (Wichura's AS 241) at a uniform number of 52 bits. The mean and the standard deviation may be tensors
 * that broadcast to the shape; gradients flow to them. No z lies beyond ±8.3. In float32, z is rounded.
 *
 * The same key gives the same numbers. For a batch of keys, each draws its own along the leading axes.
 *
 * @param key int32 of shape [2], or [..., 2].
 * @returns float64, or what `dtype` says, of shape [..., ...shape].
 * @throws SymtapeError (usage) for a negative number as standard deviation.
 * @throws SymtapeError (shape) if mean or standard deviation do not broadcast to the shape.
 * @example
 * random.normal(random.key(42), [2]).toArray(); // [-0.1847117452819115, -2.169824560397752]
 * const loss = (std: Tensor) => sum(random.normal(random.key(42), [3], { std }));
 * grad(loss)(2); // -2.1676007538858375
 */
export function normal(key: Tensor, shape: Shape = [], options: NormalOptions = {}): Tensor {
  const { mean = 0, std = 1, dtype = "float64" } = options;
  if (typeof std === "number" && !(std >= 0)) {
    throw new SymtapeError("usage", `normal: std must not be negative, got ${std}.`, {
      operation: "normal",
    });
  }
  const standard = apply(randomNormalOp, [key], { shape: [...shape], dtype });
  const scaled = std === 1 ? standard : multiply(standard, std);
  return requireDrawn("normal", mean === 0 ? scaled : add(mean, scaled), standard);
}
