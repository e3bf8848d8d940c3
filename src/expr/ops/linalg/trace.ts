// The sum of the diagonal.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { diagonalOp } from "../movement/diagonal.ts";
import { sum } from "../reductions/sum.ts";
import { defineOp } from "../structured.ts";
import { loopsOf } from "./loops.ts";
import { constantMatrix, eachMatrix, matrixSizes, scaledMatrix } from "./matrices.ts";

export const traceOp: Op = defineOp({
  name: "trace",
  inputs: ["x"],
  notation: { kind: "call", texName: "\\operatorname{tr}" },
  samples: [
    {
      inputs: [
        [
          [2, 1],
          [-3, 4],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [1, 2, 3],
            [4, -5, 6],
          ],
          [
            [0, 2, 3],
            [1, 7, 6],
          ],
        ],
      ],
    },
  ],
  infer: ([x]) => {
    const { shape, dtype, weak } = x as AbstractValue;
    const { batch } = matrixSizes("trace", shape);
    return [{ shape: batch, dtype: dtype === "bool" ? "int32" : dtype, weak }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { batch, rows, columns } = matrixSizes("trace", input.shape);
    const [data] = eachMatrix(loopsOf(arithmetic), input, 1, (matrix) => {
      let total: S | undefined;
      for (let i = 0; i < Math.min(rows, columns); i++) {
        const element = matrix[i * (columns + 1)] as S;
        total = total === undefined ? element : arithmetic.add(total, element);
      }
      return [[total ?? arithmetic.literal(0)]];
    });
    return [{ shape: batch, data: data as ArrayLike<S> }];
  },
  lower: () => composite((x) => sum(apply(diagonalOp, [x], { k: 0 }), { axis: -1 })),
  pullback: ({ inputs: [x] }, [cotangent]) => {
    if (cotangent === undefined) return [undefined];
    const { shape, dtype } = x as Tensor;
    const [rows, columns] = shape.slice(-2) as [number, number];
    const one = constantMatrix(rows, columns, dtype, (i, j) => (i === j ? 1 : 0));
    return [scaledMatrix(cotangent, one)];
  },
  pushforward: "linear",
  batch: "leading",
});

/**
 * The sum of the main diagonal of a matrix, or of each of a batch: [..., m, n] → [...]. Booleans give int32.
 *
 * @throws SymtapeError (shape) for fewer than two axes.
 * @example
 * trace(tensor([[1, 2], [3, 4]])).item(); // 5
 */
export function trace(x: TensorLike): Tensor {
  return apply(traceOp, [x]);
}
