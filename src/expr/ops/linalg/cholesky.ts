// The Cholesky factor of a positive definite matrix.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { defineOp } from "../structured.ts";
import { type Elements, type Loops, loopsOf, row } from "./loops.ts";
import { matmul } from "./matmul.ts";
import {
  constantMatrix,
  eachMatrix,
  floatType,
  matrixError,
  squareSizes,
  symmetric,
  transposed,
} from "./matrices.ts";
import { triangularSolve } from "./triangular.ts";

export const choleskyOp: Op = defineOp({
  name: "cholesky",
  inputs: ["x"],
  notation: { kind: "call", texName: "\\operatorname{chol}" },
  samples: [
    {
      inputs: [
        [
          [4, 0],
          [0, 9],
        ],
      ],
    },
    {
      inputs: [
        [
          [4, 2, -1],
          [2, 5, 3],
          [-1, 3, 6],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [2, 1],
            [1, 3],
          ],
          [
            [5, -2],
            [-2, 3],
          ],
        ],
      ],
    },
  ],
  infer: ([x]) => {
    const input = x as AbstractValue;
    squareSizes("cholesky", input.shape);
    return [{ shape: input.shape, ...floatType([input]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { batch, rows } = squareSizes("cholesky", input.shape);
    const loops = loopsOf(arithmetic);
    const [data] = eachMatrix(loops, input, 1, (matrix, entry) => [
      factorOf(loops, symmetricPart(loops, matrix, rows), rows, batch, entry),
    ]);
    return [{ shape: input.shape, data: data as ArrayLike<S> }];
  },
  pullback: ({ outputs: [result] }, [cotangent]) => {
    if (cotangent === undefined) return [undefined];
    const factor = result as Tensor;
    const inner = halfLower(matmul(transposed(factor), cotangent));
    const left = triangularSolve(factor, inner, { transpose: true });
    return [symmetric(transposed(triangularSolve(factor, transposed(left), { transpose: true })))];
  },
  pushforward: ({ outputs: [result] }, [tangent]) => {
    if (tangent === undefined) return [undefined];
    const factor = result as Tensor;
    const left = triangularSolve(factor, symmetric(tangent));
    return [matmul(factor, halfLower(triangularSolve(factor, transposed(left))))];
  },
  batch: "leading",
});

/** The mean of a matrix and its transpose, which is the matrix itself where that is symmetric. */
export function symmetricPart<S>(loops: Loops<S>, matrix: Elements<S>, size: number): Elements<S> {
  const { add: plus, divide: over, literal } = loops.arithmetic;
  const result = loops.copy(matrix, 0, size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const pair = plus(matrix[i * size + j] as S, matrix[j * size + i] as S);
      result[i * size + j] = over(pair, literal(2));
      result[j * size + i] = result[i * size + j] as S;
    }
  }
  return result;
}

function factorOf<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  batch: Shape,
  entry: number,
): Elements<S> {
  const { subtract, divide: over, sqrt, numberOf } = loops.arithmetic;
  const factor = loops.zeros(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const element = matrix[i * size + j] as S;
      const known = loops.dot(row(factor, i * size), row(factor, j * size), j);
      const rest = j === 0 ? element : subtract(element, known);
      if (j < i) {
        factor[i * size + j] = over(rest, factor[j * (size + 1)] as S);
        continue;
      }
      if ((numberOf(rest) ?? 1) <= 0) {
        const message = `the matrix is not positive definite (leading minor ${i + 1} of ${size})`;
        throw matrixError("cholesky", message, batch, entry);
      }
      factor[i * (size + 1)] = sqrt(rest);
    }
  }
  return factor;
}

/** The lower triangle with half of the diagonal. */
function halfLower(x: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  const part = constantMatrix(size, size, x.dtype, (i, j) => (i > j ? 1 : i === j ? 0.5 : 0));
  return multiply(part, x);
}

/**
 * The lower triangle L of a positive definite matrix L·Lᵀ, for a matrix or each of a batch [..., n, n]. The
 * operand stands for its symmetric part (x + xᵀ)/2, which for a symmetric matrix is x itself; so the
 * gradient is symmetric, as in PyTorch (I. Murray, "Differentiation of the Cholesky decomposition", 2016).
 *
 * @throws SymtapeError (shape) if the matrix is not square; (usage) naming the leading minor, and the batch
 * entry, if a matrix is not positive definite.
 * @example
 * cholesky(tensor([[4, 2], [2, 5]])).toArray(); // [[2, 0], [1, 2]]
 */
export function cholesky(x: TensorLike): Tensor {
  return apply(choleskyOp, [x]);
}
