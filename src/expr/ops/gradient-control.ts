// stopGradient: a value that differentiation takes for a constant.

import { apply } from "../apply.ts";
import type { Op } from "../op.ts";
import type { AbstractValue } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { defineOp } from "./structured.ts";

export const stopGradientOp: Op = defineOp({
  name: "stopGradient",
  inputs: ["x"],
  samples: [{ inputs: [[1, 2]] }],
  infer: ([x]) => [x as AbstractValue],
  reference: (_, inputs) => inputs,
  pullback: () => [undefined],
  pushforward: () => [undefined],
  batch: "leading",
});

/**
 * The same value, through which no gradient flows.
 *
 * @example
 * grad((x) => multiply(stopGradient(x), x))(3); // 3
 */
export function stopGradient(x: TensorLike): Tensor {
  return apply(stopGradientOp, [x]);
}
