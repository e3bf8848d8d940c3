// The same numbers in another dtype.

import { apply } from "../../apply.ts";
import type { Arithmetic, Numbers } from "../../arithmetic.ts";
import { SAME } from "../../lowering.ts";
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
  samples: [
    { inputs: [[1.5, -2]], params: { dtype: "float32" } },
    { inputs: [[1.5, -2.5, 0.25]], params: { dtype: "int32" } },
    { inputs: [[1.5, -2.5, 0.25]], params: { dtype: "bool" } },
  ],
  infer: ([x], params) => [
    { shape: (x as AbstractValue).shape, dtype: dtypeSetting("cast", params), weak: false },
  ],
  reference: (arithmetic, [x], { dtype }) => {
    const { shape, data } = x as NonNullable<typeof x>;
    if (isFloat(dtype as DType)) return [{ shape, data }];
    const whole = dtype === "bool" ? truthOf : withoutFraction;
    return [{ shape, data: Array.from(data, (value) => whole(arithmetic, value)) }];
  },
  kernel: ([x]) => [(x as Numbers).data],
  lower: () => SAME,
  pullback: ({ inputs, outputs }, [cotangent]) => {
    const { dtype } = inputs[0] as Tensor;
    const flows = isFloat(dtype) && isFloat((outputs[0] as Tensor).dtype);
    return [cotangent && flows ? cast(cotangent, dtype) : undefined];
  },
  pushforward: ({ params }, [tangent]) => {
    const dtype = params.dtype as DType;
    return [tangent && isFloat(dtype) ? cast(tangent, dtype) : undefined];
  },
  batch: "leading",
});

function withoutFraction<S>({ multiply, sign, floor, abs }: Arithmetic<S>, x: S): S {
  return multiply(sign(x), floor(abs(x)));
}

function truthOf<S>({ notEqual, literal }: Arithmetic<S>, x: S): S {
  return notEqual(x, literal(0));
}

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
