// The one door through which every operation goes: to the innermost transformation, or to the numbers.

import { NO_PARAMS, type Op, type Params } from "./op.ts";
import { asTensor, type ConcreteTensor, Tensor, type TensorLike, type Tracer } from "./tensor.ts";

/** Applies an operation with one output to operands of any kind. */
export function apply(op: Op, operands: readonly TensorLike[], params: Params = NO_PARAMS): Tensor {
  return applyAll(op, allTensors(op, operands), params)[0] as Tensor;
}

function allTensors(op: Op, operands: readonly TensorLike[]): readonly Tensor[] {
  for (const operand of operands) if (!(operand instanceof Tensor)) return asTensors(op, operands);
  return operands as readonly Tensor[];
}

/** The two operands of most operations without a closure, which would take longer to make than the tensors. */
function asTensors({ name }: Op, operands: readonly TensorLike[]): readonly Tensor[] {
  if (operands.length !== 2) return operands.map((value) => asTensor(value, name));
  return [asTensor(operands[0] as TensorLike, name), asTensor(operands[1] as TensorLike, name)];
}

/** Applies an operation: the operand with the highest level decides who takes it. */
export function applyAll(op: Op, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
  let tracer: Tracer | undefined;
  for (const input of inputs) {
    const candidate = input.tracer;
    if (candidate === undefined) continue;
    if (tracer === undefined || candidate.level > tracer.level) tracer = candidate;
  }
  if (tracer !== undefined) return tracer.apply(op, inputs, params);
  return op.evaluate(inputs as readonly ConcreteTensor[], params);
}
