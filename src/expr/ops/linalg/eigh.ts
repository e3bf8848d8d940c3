// Eigenvalues and eigenvectors of symmetric matrices.

import { applyAll } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { add, divide, multiply, subtract } from "../arithmetic.ts";
import { defineOp } from "../structured.ts";
import { symmetricPart } from "./cholesky.ts";
import { loopsOf } from "./loops.ts";
import { matmul } from "./matmul.ts";
import {
  asColumn,
  asRow,
  diagonal,
  diagonalMatrix,
  eachMatrix,
  floatType,
  identity,
  squareSizes,
  symmetric,
  transposed,
} from "./matrices.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

export const eighOp: Op = defineOp({
  name: "eigh",
  inputs: ["x"],
  samples: [
    {
      inputs: [
        [
          [2, 1],
          [1, -3],
        ],
      ],
    },
    {
      inputs: [
        [
          [2, 1, 3],
          [-1, 4, 5],
          [3, 2, -2],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [2, 5],
          ],
          [
            [2, -5],
            [-5, 3],
          ],
        ],
      ],
    },
  ],
  infer: ([x]) => {
    const input = x as AbstractValue;
    const { batch, rows } = squareSizes("eigh", input.shape);
    const type = floatType([input]);
    return [
      { shape: [...batch, rows], ...type },
      { shape: input.shape, ...type },
    ];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { batch, rows } = squareSizes("eigh", input.shape);
    const loops = loopsOf(arithmetic);
    const [values, vectors] = eachMatrix(loops, input, 2, (matrix) => {
      const found = symmetricEigen(loops, symmetricPart(loops, matrix, rows), rows);
      return [found.values, found.vectors];
    }) as readonly [ArrayLike<S>, ArrayLike<S>];
    return [
      { shape: [...batch, rows], data: values },
      { shape: input.shape, data: vectors },
    ];
  },
  pullback: ({ outputs }, [dValues, dVectors]) => {
    const [values, vectors] = outputs as readonly [Tensor, Tensor];
    const back = transposed(vectors);
    if (dVectors === undefined) {
      return [dValues && matmul(multiply(vectors, asRow(dValues)), back)];
    }
    const turned = multiply(inverseGaps(values), matmul(back, dVectors));
    const inner = dValues === undefined ? turned : add(turned, diagonalMatrix(dValues));
    return [symmetric(matmul(matmul(vectors, inner), back))];
  },
  pushforward: ({ outputs }, [dx]) => {
    if (dx === undefined) return [undefined, undefined];
    const [values, vectors] = outputs as readonly [Tensor, Tensor];
    const inner = matmul(matmul(transposed(vectors), symmetric(dx)), vectors);
    return [diagonal(inner), matmul(vectors, multiply(inverseGaps(values), inner))];
  },
  batch: "leading",
});

/** The matrix of 1 / (vⱼ − vᵢ), with zeros on the diagonal. */
function inverseGaps(values: Tensor): Tensor {
  return inverseBeside(subtract(asRow(values), asColumn(values)));
}

/** 1 / g for the elements beside the diagonal of a matrix that is zero on it. */
export function inverseBeside(gaps: Tensor): Tensor {
  const one = identity(gaps.shape.at(-1) as number, gaps.dtype);
  return subtract(divide(1, add(gaps, one)), one);
}

/** What {@link eigh} returns. */
export interface EigenvaluesAndVectors {
  readonly values: Tensor;
  readonly vectors: Tensor;
}

/**
 * The eigenvalues [..., n] of a symmetric matrix, or of each of a batch, in rising order, and its eigenvectors
 * as the columns of an orthogonal matrix [..., n, n]: x = vectors·diag(values)·vectorsᵀ. The operand stands for
 * its symmetric part (x + xᵀ)/2, which for a symmetric matrix is x itself. In every vector the first of the
 * elements of the largest size (to eight digits) is positive. An element that is not finite makes all NaN.
 *
 * The gradient is that of PyTorch, made symmetric. That of the vectors, and second derivatives, need distinct
 * eigenvalues; equal ones make them infinite or NaN.
 *
 * @throws SymtapeError (shape) if the matrix is not square.
 * @example
 * eigh(tensor([[2, 1], [1, 2]])).values.toArray(); // [1, 3]
 * eigh(tensor([[2, 0], [0, 1]])).vectors.toArray(); // [[0, 1], [1, 0]]
 */
export function eigh(x: TensorLike): EigenvaluesAndVectors {
  const [values, vectors] = applyAll(eighOp, [asTensor(x)], {}) as readonly [Tensor, Tensor];
  return { values, vectors };
}
