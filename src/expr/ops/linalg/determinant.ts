// Determinants and their logarithms.

import { apply, applyAll } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { defineOp } from "../structured.ts";
import { cofactors } from "./cofactors.ts";
import { eliminate, productOfPivots } from "./elimination.ts";
import { inverse } from "./inverse.ts";
import { type Elements, type Loops, loopsOf } from "./loops.ts";
import {
  eachMatrix,
  floatType,
  scaledMatrix,
  squareSizes,
  sumOfProducts,
  transposed,
} from "./matrices.ts";
import { expandDeterminant, isExpandable } from "./minors.ts";

/** Matrices that have inverses. */
const samples: Op["samples"] = [
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
        [1, 2, 3],
        [4, -5, 6],
        [7, 8, 10],
      ],
    ],
  },
  {
    inputs: [
      [
        [
          [0, 2],
          [3, 1],
        ],
        [
          [1, 5],
          [-2, 3],
        ],
      ],
    ],
  },
];

/** Singular matrices, whose determinant has derivatives like that of any other. */
const singularSamples: Op["samples"] = [
  {
    inputs: [
      [
        [1, 2],
        [2, 4],
      ],
    ],
  },
  {
    inputs: [
      [
        [1, 2, 3],
        [4, 5, 6],
        [5, 7, 9],
      ],
    ],
  },
];

export const detOp: Op = defineOp({
  name: "det",
  inputs: ["x"],
  notation: { kind: "call", texName: "\\det" },
  samples: [...samples, ...singularSamples],
  infer: ([x]) => {
    const input = x as AbstractValue;
    return [{ shape: squareSizes("det", input.shape).batch, ...floatType([input]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { batch, rows } = squareSizes("det", input.shape);
    const loops = loopsOf(arithmetic);
    const [data] = eachMatrix(loops, input, 1, (matrix) => [[determinant(loops, matrix, rows)]]);
    return [{ shape: batch, data: data as ArrayLike<S> }];
  },
  pullback: ({ inputs: [x] }, [cotangent]) => [
    cotangent && scaledMatrix(cotangent, cofactors(x as Tensor)),
  ],
  pushforward: ({ inputs: [x] }, [tangent]) => [
    tangent && sumOfProducts(cofactors(x as Tensor), tangent),
  ],
  batch: "leading",
});

function determinant<S>(loops: Loops<S>, matrix: Elements<S>, size: number): S {
  if (isExpandable(loops, matrix, size)) return expandDeterminant(loops, matrix, size);
  return productOfPivots(loops, eliminate(loops, matrix, size, "column"), size);
}

/**
 * The determinant of a matrix, or of each matrix of a batch [..., n, n] → [...], by elimination with partial
 * pivoting. Its derivative is the matrix of {@link cofactors}, which is right for singular matrices of any rank;
 * higher derivatives are so for up to 5 rows, and need an inverse above.
 *
 * @throws SymtapeError (shape) if the matrix is not square.
 * @example
 * det(tensor([[1, 2], [3, 4]])).item(); // -2
 */
export function det(x: TensorLike): Tensor {
  return apply(detOp, [x]);
}

export const slogdetOp: Op = defineOp({
  name: "slogdet",
  inputs: ["x"],
  samples,
  infer: ([x]) => {
    const input = x as AbstractValue;
    const value = { shape: squareSizes("slogdet", input.shape).batch, ...floatType([input]) };
    return [value, value];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { batch, rows } = squareSizes("slogdet", input.shape);
    const loops = loopsOf(arithmetic);
    const results = eachMatrix(loops, input, 2, (matrix) =>
      signAndLogarithm(loops, matrix, rows).map((value) => [value]),
    );
    return results.map((data) => ({ shape: batch, data }));
  },
  pullback: ({ inputs: [x] }, [, cotangent]) => [
    cotangent && scaledMatrix(cotangent, transposed(inverse(x as Tensor))),
  ],
  pushforward: ({ inputs: [x] }, [tangent]) => [
    undefined,
    tangent && sumOfProducts(transposed(inverse(x as Tensor)), tangent),
  ],
  batch: "leading",
});

/** Sign and logarithm of the size of the determinant, pivot by pivot, so that nothing overflows. */
function signAndLogarithm<S>(loops: Loops<S>, matrix: Elements<S>, size: number): readonly [S, S] {
  const { abs, sign, log, add: plus, subtract: minus, multiply: times, literal } = loops.arithmetic;
  if (isExpandable(loops, matrix, size)) {
    const value = expandDeterminant(loops, matrix, size);
    return [sign(value), log(abs(value))];
  }
  const { factors, isOdd } = eliminate(loops, matrix, size, "column");
  let signs = literal(1);
  let logarithms = literal(0);
  for (let i = 0; i < size; i++) {
    const pivot = factors[i * (size + 1)] as S;
    signs = times(signs, sign(pivot));
    logarithms = plus(logarithms, log(abs(pivot)));
  }
  // The sum with 0 is never −0.
  return [(isOdd ? minus : plus)(literal(0), signs), logarithms];
}

/** What {@link slogdet} returns. */
export interface SignAndLogarithm {
  readonly sign: Tensor;
  readonly logAbs: Tensor;
}

/**
 * The sign of the determinant and the logarithm of its size, for a matrix or each of a batch
 * [..., n, n] → [...]: det(x) = sign · e^logAbs, where the determinant itself would overflow. A singular matrix
 * has sign 0 and logAbs −Infinity. The derivative of logAbs is (x⁻¹)ᵀ and needs an inverse; that of sign is 0.
 *
 * @throws SymtapeError (shape) if the matrix is not square.
 * @example
 * slogdet(tensor([[0, 2], [3, 0]])).sign.item(); // -1
 * slogdet(tensor([[0, 2], [3, 0]])).logAbs.item(); // 1.791759469228055
 */
export function slogdet(x: TensorLike): SignAndLogarithm {
  const [sign, logAbs] = applyAll(slogdetOp, [asTensor(x)], {}) as readonly [Tensor, Tensor];
  return { sign, logAbs };
}
