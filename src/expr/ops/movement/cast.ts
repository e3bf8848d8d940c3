// The same numbers in another dtype.

import { apply } from "../../apply.ts";
import type { Op } from "../../op.ts";
import { type AbstractValue, type DType, isFloat } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { defineOp } from "../structured.ts";
import { dtypeSetting } from "./settings.ts";

export const castOp: Op = defineOp({
  name: "cast",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: ([x], { params }) => [x as string, `"${params.dtype}"`],
  },
  samples: [{ inputs: [[1.5, -2]], params: { dtype: "float32" } }],
  infer: ([x], params) => [
    { shape: (x as AbstractValue).shape, dtype: dtypeSetting("cast", params), weak: false },
  ],
  reference: (_, [x]) => [x as NonNullable<typeof x>],
  pullback: ({ inputs }, [cotangent]) => {
    const { dtype } = inputs[0] as Tensor;
    return [cotangent && isFloat(dtype) ? cast(cotangent, dtype) : undefined];
  },
  pushforward: (step, [tangent]) => [tangent && cast(tangent, step.params.dtype as DType)],
  batch: "leading",
});

/**
 * The same numbers in another dtype: float32 rounds, int32 drops the fraction, bool asks for not zero. Gradients
 * flow through float dtypes only.
 *
 * @throws SymtapeError (dtype) for a dtype that does not exist.
 * @example
 * cast(tensor([1.5, -2.5]), "int32").toArray(); // [1, -2]
 */
export function cast(x: TensorLike, dtype: DType): Tensor {
  const input = asTensor(x);
  return input.dtype === dtype && !input.weak ? input : apply(castOp, [input], { dtype });
}
