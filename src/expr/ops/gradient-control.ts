// What is said to differentiation alone: which values are constants, and which zeros stand for nothing.

import { apply } from "../apply.ts";
import { SymbolicTensor } from "../graph.ts";
import { SAME } from "../lowering.ts";
import type { Op } from "../op.ts";
import { type AbstractValue, sameShape } from "../shape.ts";
import {
  ConcreteTensor,
  FollowedTensor,
  SelectedTensor,
  type Tensor,
  type TensorLike,
} from "../tensor.ts";
import { isOfPart } from "./choices.ts";
import { defineOp, operandName } from "./structured.ts";

export const stopGradientOp: Op = defineOp({
  name: "stopGradient",
  inputs: ["x"],
  samples: [{ inputs: [[1, 2]] }],
  infer: ([x]) => [x as AbstractValue],
  reference: (_, inputs) => inputs,
  lower: () => SAME,
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
  lower: () => SAME,
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

/**
 * Marks data, and symbols that a transformation follows in a graph that is only run. Bare symbols need no mark, since
 * in a graph the choice itself can be seen.
 */
export function selected(x: Tensor): Tensor {
  const inner = innermost(x);
  const isBare = inner === x || (inner instanceof SymbolicTensor && inner.node.graph.isRead);
  return inner instanceof SymbolicTensor && isBare ? x : apply(selectedOp, [x]);
}

/** Whether zeros of a value stand for nothing. */
export function isSelected(x: Tensor): boolean {
  const inner = innermost(x);
  if (!(inner instanceof SymbolicTensor)) return inner instanceof SelectedTensor;
  return !inner.node.graph.isRead && (isMarked(inner) || isOfPart(inner));
}

const MARKS = new WeakMap<SymbolicTensor, boolean>();

/** Whether a symbol was marked, or is linear in marked ones alone. */
function isMarked(x: SymbolicTensor): boolean {
  let known = MARKS.get(x);
  if (known !== undefined) return known;
  let { node } = x;
  while (node.op.linear === true && node.inputs.length === 1 && node.op !== selectedOp) {
    ({ node } = node.inputs[0] as SymbolicTensor);
  }
  const { op, inputs } = node;
  const isOf = (input: SymbolicTensor, i: number): boolean =>
    op.discrete.includes(operandName(op, i)) || isMarked(input);
  known = op === selectedOp || (op.linear === true && inputs.length > 1 && inputs.every(isOf));
  MARKS.set(x, known);
  return known;
}

function innermost(x: Tensor): Tensor {
  let inner = x;
  while (inner instanceof FollowedTensor) inner = inner.value;
  return inner;
}
