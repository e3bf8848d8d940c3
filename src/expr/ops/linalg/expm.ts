// The matrix exponential.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import { type Op, PRECEDENCE } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { concat } from "../movement/concat.ts";
import { index } from "../movement/indexing.ts";
import { defineOp, zerosLike } from "../structured.ts";
import { loopsOf } from "./loops.ts";
import { eachMatrix, floatType, squareSizes, transposed } from "./matrices.ts";
import { exponential } from "./scaling-squaring.ts";

export const expmOp: Op = defineOp({
  name: "expm",
  inputs: ["x"],
  notation: {
    kind: "call",
    tex: "e^{#0}",
    operandPrecedence: 0,
    texPrecedence: PRECEDENCE.power,
  },
  samples: [
    {
      inputs: [
        [
          [1, 2],
          [-3, 0.5],
        ],
      ],
    },
    {
      inputs: [
        [
          [0, 1, 0],
          [0, 0, 1],
          [0, 0, 0],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [1, 0.5],
            [0, 1],
          ],
          [
            [12, -7],
            [3, 4],
          ],
        ],
      ],
    },
  ],
  infer: ([x]) => {
    const input = x as AbstractValue;
    squareSizes("expm", input.shape);
    return [{ shape: input.shape, ...floatType([input]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { rows } = squareSizes("expm", input.shape);
    const loops = loopsOf(arithmetic);
    const [data] = eachMatrix(loops, input, 1, (matrix) => [exponential(loops, matrix, rows)]);
    return [{ shape: input.shape, data: data as ArrayLike<S> }];
  },
  pullback: ({ inputs: [x] }, [cotangent]) => [
    cotangent && derivativeAlong(transposed(x as Tensor), cotangent),
  ],
  pushforward: ({ inputs: [x] }, [tangent]) => [tangent && derivativeAlong(x as Tensor, tangent)],
  batch: "leading",
});

/**
 * The derivative at x in a direction: the corner of the exponential of [[x, direction], [0, x]]
 * (N. Higham, "Functions of Matrices", 2008, equation 3.16). It holds to any order.
 */
function derivativeAlong(x: Tensor, direction: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  const upper = concat([x, direction], { axis: -1 });
  const lower = concat([zerosLike(x), x], { axis: -1 });
  const whole = expm(concat([upper, lower], { axis: -2 }));
  return index(whole, [...new Array<object>(x.rank - 2).fill({}), { stop: size }, { start: size }]);
}

/**
 * The exponential 1 + x + x²/2! + x³/3! + … of a matrix, or of each of a batch [..., n, n], by a Padé approximant
 * of degree 13 with scaling and squaring (A. Al-Mohy and N. Higham, 2009). An element that is not finite
 * makes all NaN.
 *
 * @throws SymtapeError (shape) if the matrix is not square.
 * @example
 * expm(tensor([[0, 1], [0, 0]])).toArray(); // [[1, 1], [0, 1]]
 * expm(tensor([[1, 0], [0, 0]])).toArray(); // [[2.718281828459045, 0], [0, 1]]
 */
export function expm(x: TensorLike): Tensor {
  return apply(expmOp, [x]);
}
