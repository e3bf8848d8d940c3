// What is said to differentiation alone: which values are constants, and which zeros stand for nothing.

import { apply } from "../apply.ts";
import type { Op } from "../op.ts";
import { type AbstractValue, sameShape } from "../shape.ts";
import {
  ConcreteTensor,
  FollowedTensor,
  SelectedTensor,
  type Tensor,
  type TensorLike,
} from "../tensor.ts";
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

/** The same numbers, of which some were not chosen: their zeros stay zero in every product. */
const select: Op = defineOp({
  name: "selected",
  inputs: ["x"],
  samples: [{ inputs: [[1, 0]] }],
  infer: ([x]) => [x as AbstractValue],
  reference: (_, inputs) => inputs,
  pullback: (_, cotangents) => cotangents,
  pushforward: "linear",
  batch: "leading",
});

export const selectedOp: Op = {
  ...select,
  evaluate: ([x]) => [SelectedTensor.of(x as ConcreteTensor)],
};

/**
 * Whether a value is plain data, whoever follows it, so that its numbers can be looked at. A value that has another
 * shape than what it stands for is one of a batch, and has no number of its own.
 */
export function isData(x: Tensor): boolean {
  let inner = x;
  while (inner instanceof FollowedTensor) {
    if (!sameShape(inner.shape, inner.value.shape)) return false;
    inner = inner.value;
  }
  return inner instanceof ConcreteTensor;
}

/** Marks data; symbols need no mark, since in a graph the choice itself can be seen. */
export function selected(x: Tensor): Tensor {
  return innermost(x).tracer === undefined ? apply(selectedOp, [x]) : x;
}

export function isSelected(x: Tensor): boolean {
  return x instanceof SelectedTensor || innermost(x) instanceof SelectedTensor;
}

function innermost(x: Tensor): Tensor {
  let inner = x;
  while (inner instanceof FollowedTensor) inner = inner.value;
  return inner;
}
