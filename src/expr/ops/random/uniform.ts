// Numbers that are equally likely anywhere between two bounds.

import { apply } from "../../apply.ts";
import { SymtapeError } from "../../errors.ts";
import type { Op } from "../../op.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { add, multiply, subtract } from "../arithmetic.ts";
import { less, where } from "../comparison.ts";
import { type DrawOptions, defineNumbers, requireDrawn } from "./drawing.ts";
import { unitFloat32, unitFloat64 } from "./threefry.ts";

export const randomUniformOp: Op = defineNumbers("randomUniform", (dtype) =>
  dtype === "float32" ? unitFloat32 : unitFloat64,
);

export interface UniformOptions extends DrawOptions {
  /** The lower bound, 0 unless given. It may be drawn. */
  readonly low?: TensorLike;
  /** The upper bound, 1 unless given. It is never drawn. */
  readonly high?: TensorLike;
}

/**
 * Numbers that are equally likely anywhere in [low, high): low + u·(high − low) with u of 53 random bits, or
 * of 24 for float32. The bounds may be tensors that broadcast to the shape; gradients flow to them. For a
 * batch of keys, each draws its own numbers along the leading axes.
 *
 * The same key gives the same numbers, in other functions too: {@link bernoulli} compares with the very
 * numbers that `uniform` returns.
 *
 * @param key int32 of shape [2], or [..., 2].
 * @returns float64, or what `dtype` says, of shape [..., ...shape].
 * @throws SymtapeError (usage) if `low` and `high` are numbers and `low` is not below `high`.
 * @throws SymtapeError (shape) if the bounds do not broadcast to the shape.
 * @example
 * const key = random.key(42);
 * random.uniform(key, [2]).toArray(); // [0.4267275666499091, 0.015010069515314584]
 * random.uniform(key, [2]).toArray(); // [0.4267275666499091, 0.015010069515314584]
 * random.uniform(key, [2], { low: -1 }).toArray(); // [-0.14654486670018185, -0.9699798609693708]
 * random.uniform(key, [], { high: 10, dtype: "float32" }).item(); // 4.267275333404541
 */
export function uniform(key: Tensor, shape: Shape = [], options: UniformOptions = {}): Tensor {
  const { low = 0, high = 1, dtype = "float64" } = options;
  if (typeof low === "number" && typeof high === "number" && !(low < high)) {
    throw new SymtapeError("usage", `uniform: low must be below high, got ${low} and ${high}.`, {
      operation: "uniform",
    });
  }
  const unit = apply(randomUniformOp, [key], { shape: [...shape], dtype });
  if (low === 0) return high === 1 ? unit : requireDrawn("uniform", multiply(unit, high), unit);
  const spread = add(low, multiply(unit, subtract(high, low)));
  // Rounding may reach the upper bound, once in 2^53 numbers or (float32) in 2^24; it counts as the lower.
  return where(less(requireDrawn("uniform", spread, unit), high), spread, low);
}
