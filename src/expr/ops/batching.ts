// How operations work on a batch: the examples stand along the first axis of every batched operand.

import { applyAll } from "../apply.ts";
import type { BatchCall, BatchRule } from "../op.ts";
import { allocate } from "../shape.ts";
import { ConcreteTensor, type Tensor } from "../tensor.ts";
import { index, stack } from "./movement/indexing.ts";
import { broadcastTo, reshape } from "./movement/reshape.ts";

/** The rule that an operation names or states. */
export function batchRule(rule: "leading" | "loop" | BatchRule): BatchRule {
  if (typeof rule === "function") return rule;
  return rule === "leading" ? batchLeading : batchLoop;
}

/** For operations that broadcast: every example gets the rank of the largest, so that axes align at the right. */
export function batchAligned({ op, inputs, batched, params }: BatchCall): readonly Tensor[] {
  const ranks = inputs.map((input, i) => input.rank - (batched[i] ? 1 : 0));
  const rank = Math.max(...ranks);
  const operands = inputs.map((input, i) => {
    const missing = rank - (ranks[i] as number);
    if (!batched[i] || missing === 0) return input;
    const [size, ...rest] = input.shape as [number, ...number[]];
    return reshape(input, [size, ...new Array<number>(missing).fill(1), ...rest]);
  });
  return applyAll(op, operands, params);
}

/** For operations that take leading axes for batches: operands without a batch are repeated. */
function batchLeading({ op, inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const operands = inputs.map((input, i) => (batched[i] ? input : repeated(input, size)));
  return applyAll(op, operands, params);
}

/** A value for each of `size` examples, all alike. */
export function repeated(value: Tensor, size: number): Tensor {
  return broadcastTo(value, [size, ...value.shape]);
}

/** Example by example. */
function batchLoop({ op, inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const examples = Array.from({ length: size }, (_, k) =>
    applyAll(
      op,
      inputs.map((input, i) => (batched[i] ? index(input, [k]) : input)),
      params,
    ),
  );
  const [first] = examples as [readonly Tensor[]];
  return first.map((_, i) => stack(examples.map((outputs) => outputs[i] as Tensor)));
}

/** The outputs for a batch that holds no example: of the shapes and dtypes that those of one have. */
export function withoutExamples({ op, inputs, batched, params }: BatchCall): readonly Tensor[] {
  const one = inputs.map(({ shape, dtype, weak }, i) => ({
    shape: batched[i] ? shape.slice(1) : shape,
    dtype,
    weak,
  }));
  return op
    .infer(one, params)
    .map(({ shape, dtype }) => new ConcreteTensor([0, ...shape], dtype, allocate(dtype, 0)));
}
