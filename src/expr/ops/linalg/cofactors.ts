// The cofactors of a matrix, which are the gradient of its determinant.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { add, divide, multiply, subtract } from "../arithmetic.ts";
import { reshape } from "../movement/reshape.ts";
import { sum } from "../reductions/sum.ts";
import { defineOp } from "../structured.ts";
import { det } from "./determinant.ts";
import {
  type Elimination,
  eliminate,
  LOWER_OF_ONES,
  productOfPivots,
  solveTriangle,
  UPPER,
} from "./elimination.ts";
import { type Elements, type Loops, loopsOf, row } from "./loops.ts";
import { matmul } from "./matmul.ts";
import {
  eachMatrix,
  floatType,
  identity,
  overMatrix,
  scaledMatrix,
  squareSizes,
  sumOfProducts,
  transposed,
} from "./matrices.ts";
import { expandCofactors, isExpandable } from "./minors.ts";

export const cofactorsOp: Op = defineOp({
  name: "cofactors",
  inputs: ["x"],
  notation: { kind: "call", texName: "\\operatorname{cof}" },
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
          [1, 2, 3],
          [4, 5, 6],
          [5, 7, 9],
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
            [1, 2],
            [2, 4],
          ],
        ],
      ],
    },
    { inputs: [sampleOfSize(6)] },
  ],
  infer: ([x]) => {
    const input = x as AbstractValue;
    squareSizes("cofactors", input.shape);
    return [{ shape: input.shape, ...floatType([input]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { rows } = squareSizes("cofactors", input.shape);
    const loops = loopsOf(arithmetic);
    const [data] = eachMatrix(loops, input, 1, (matrix) => [
      isExpandable(loops, matrix, rows)
        ? expandCofactors(loops, matrix, rows)
        : eliminatedCofactors(loops, matrix, rows),
    ]);
    return [{ shape: input.shape, data: data as ArrayLike<S> }];
  },
  pullback: ({ inputs: [x] }, [cotangent]) => [cotangent && bentCofactors(x as Tensor, cotangent)],
  pushforward: ({ inputs: [x] }, [tangent]) => [tangent && bentCofactors(x as Tensor, tangent)],
  batch: "leading",
});

/** A matrix of whole numbers with ones and twos beside a strong diagonal. */
function sampleOfSize(size: number): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => (i === j ? i - size : 1 + ((i * j) % 2))),
  );
}

/**
 * The adjugate of the product of triangles, transposed. With U = [[V, u], [0, p]] it is
 * adj(U) = det(V) · [[p·V⁻¹, −V⁻¹u], [0, 1]], which divides by every pivot but the last: that one may be
 * zero, and where another one is, all cofactors are. Searching pivots everywhere leaves the least for the last.
 */
function eliminatedCofactors<S>(loops: Loops<S>, matrix: Elements<S>, size: number): Elements<S> {
  const elimination = eliminate(loops, matrix, size, "all");
  const result = loops.zeros(size * size);
  if (size === 0 || elimination.rank < size - 1) return result;
  const { rows, columns } = elimination;
  const scale = productBeforeLast(loops, elimination, size);
  const adjugate = adjugateOfTriangles(loops, elimination, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const place = (rows[j] as number) * size + (columns[i] as number);
      result[place] = loops.arithmetic.multiply(scale, adjugate[i * size + j] as S);
    }
  }
  return result;
}

function productBeforeLast<S>(loops: Loops<S>, elimination: Elimination<S>, size: number): S {
  const one = loops.arithmetic.literal(1);
  const last = size * size - 1;
  const factors = loops.copy(elimination.factors, 0, size * size);
  factors[last] = one;
  return productOfPivots(loops, { ...elimination, factors }, size);
}

/** adj(U)·L⁻¹ without the factor det(V). */
function adjugateOfTriangles<S>(
  loops: Loops<S>,
  { factors }: Elimination<S>,
  size: number,
): Elements<S> {
  const { multiply: times, literal } = loops.arithmetic;
  const right = loops.zeros(size * size);
  for (let i = 0; i < size; i++) right[i * (size + 1)] = literal(1);
  solveTriangle(loops, factors, size, LOWER_OF_ONES, right, size);
  const inner = size - 1;
  const last = row(right, inner * size);
  const pivot = factors[size * size - 1] as S;
  const corner = loops.zeros(inner * inner);
  for (let i = 0; i < inner; i++) {
    for (let k = i * size; k < (i + 1) * size; k++) right[k] = times(pivot, right[k] as S);
    loops.subtractMultiple(row(right, i * size), last, size, factors[i * size + inner] as S);
    for (let j = 0; j < inner; j++) corner[i * inner + j] = factors[i * size + j] as S;
  }
  solveTriangle(loops, corner, inner, UPPER, right, size);
  return right;
}

/** Up to this size the second derivative of the determinant is right for singular matrices, too. */
const MOST_ROWS_REPLACED = 5;

/**
 * The derivative of the cofactors in a direction. It is the second derivative of the determinant and so
 * its own adjoint. With C = cofactors(x) it is (⟨C, D⟩·C − C·Dᵀ·C) / det(x); small matrices use
 * the determinants of {@link withReplacedRows} instead, which hold no division.
 */
function bentCofactors(x: Tensor, direction: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  if (size <= MOST_ROWS_REPLACED) {
    const kept = multiply(keptRows(size, x), cofactors(withReplacedRows(x)));
    return sum(multiply(overMatrix(direction), kept), { axis: [-4, -3] });
  }
  const own = cofactors(x);
  const turned = matmul(matmul(own, transposed(direction)), own);
  const along = scaledMatrix(sumOfProducts(own, direction), own);
  return divide(subtract(along, turned), overMatrix(det(x)));
}

/** All matrices x in which row i gave way to row j of the identity: their determinants are the cofactors (i, j). */
function withReplacedRows(x: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  const one = identity(size, x.dtype);
  const put = multiply(reshape(one, [size, 1, size, 1]), reshape(one, [1, size, 1, size]));
  const each = reshape(x, [...x.shape.slice(0, -2), 1, 1, size, size]);
  return add(multiply(keptRows(size, x), each), put);
}

/** Zero for the row that is replaced, and one for the others. */
function keptRows(size: number, { dtype }: AbstractValue): Tensor {
  return reshape(subtract(1, identity(size, dtype)), [size, 1, size, 1]);
}

/**
 * The matrix of cofactors, the transpose of the adjugate: det(x)·(x⁻¹)ᵀ where x has an inverse, and defined
 * for every square matrix or batch [..., n, n]. It is the derivative of {@link det}. Its own derivatives are
 * right for singular matrices of up to 5 rows; above, they need an inverse.
 *
 * @throws SymtapeError (shape) if the matrix is not square.
 * @example
 * cofactors(tensor([[1, 2], [3, 4]])).toArray(); // [[4, -3], [-2, 1]]
 */
export function cofactors(x: TensorLike): Tensor {
  return apply(cofactorsOp, [x]);
}
