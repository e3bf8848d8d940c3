// Singular values and vectors.

import { applyAll } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { add, divide, multiply, negate, subtract } from "../arithmetic.ts";
import { defineOp } from "../structured.ts";
import { inverseBeside } from "./eigh.ts";
import { transposedElements } from "./householder.ts";
import { type Elements, type Loops, loopsOf, row } from "./loops.ts";
import { matmul } from "./matmul.ts";
import {
  asColumn,
  asRow,
  diagonal,
  diagonalMatrix,
  eachMatrix,
  floatType,
  matrixSizes,
  transposed,
} from "./matrices.ts";
import { pointsDown } from "./rotations.ts";
import { singularValues } from "./singular-values.ts";

type Maybe = Tensor | undefined;

export const svdOp: Op = defineOp({
  name: "svd",
  inputs: ["x"],
  samples: [
    {
      inputs: [
        [
          [1, 2],
          [3, -4],
          [2, 1],
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
          [1, 2, 3, -1],
          [-4, 5, 6, 2],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [3, 1],
          ],
          [
            [2, -5],
            [1, 3],
          ],
        ],
      ],
    },
  ],
  infer: ([x]) => {
    const input = x as AbstractValue;
    const type = floatType([input]);
    return factorShapes(input.shape).map((shape) => ({ shape, ...type }));
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { rows, columns } = matrixSizes("svd", input.shape);
    const loops = loopsOf(arithmetic);
    const arrays = eachMatrix(loops, input, 3, (matrix) => factors(loops, matrix, rows, columns));
    return factorShapes(input.shape).map((shape, i) => ({
      shape,
      data: arrays[i] as ArrayLike<S>,
    }));
  },
  pullback: ({ inputs, outputs }, [du, ds, dvt]) => {
    const [x] = inputs as readonly [Tensor];
    const [u, s, vt] = outputs as readonly [Tensor, Tensor, Tensor];
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    if (du === undefined && dvt === undefined) {
      return [ds && matmul(multiply(u, asRow(ds)), vt)];
    }
    const turnedU = du && matmul(transposed(u), du);
    const turnedV = dvt && matmul(vt, transposed(dvt));
    const gaps = inverseGaps(s);
    const inner = sumOf([
      ds && diagonalMatrix(ds),
      turnedU && multiply(multiply(gaps, skew(turnedU)), asRow(s)),
      turnedV && multiply(asColumn(s), multiply(gaps, skew(turnedV))),
    ]) as Tensor;
    const besideU =
      rows > columns && du && turnedU
        ? matmul(divide(subtract(du, matmul(u, turnedU)), asRow(s)), vt)
        : undefined;
    const besideV =
      columns > rows && dvt && turnedV
        ? matmul(u, divide(subtract(dvt, matmul(transposed(turnedV), vt)), asColumn(s)))
        : undefined;
    return [sumOf([matmul(matmul(u, inner), vt), besideU, besideV])];
  },
  pushforward: ({ inputs, outputs }, [dx]) => {
    if (dx === undefined) return [];
    const [x] = inputs as readonly [Tensor];
    const [u, s, vt] = outputs as readonly [Tensor, Tensor, Tensor];
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const moved = matmul(transposed(u), dx);
    const inner = matmul(moved, transposed(vt));
    const gaps = inverseGaps(s);
    const turnU = multiply(gaps, mirrored(multiply(inner, asRow(s))));
    const turnV = multiply(gaps, mirrored(multiply(asColumn(s), inner)));
    const besideU = (): Tensor =>
      divide(subtract(matmul(dx, transposed(vt)), matmul(u, inner)), asRow(s));
    const besideV = (): Tensor => divide(subtract(moved, matmul(inner, vt)), asColumn(s));
    const du = sumOf([matmul(u, turnU), rows > columns ? besideU() : undefined]);
    const dvt = sumOf([negate(matmul(turnV, vt)), columns > rows ? besideV() : undefined]);
    return [du, diagonal(inner), dvt];
  },
  batch: "leading",
});

function factorShapes(shape: Shape): readonly [Shape, Shape, Shape] {
  const { batch, rows, columns } = matrixSizes("svd", shape);
  const inner = Math.min(rows, columns);
  return [
    [...batch, rows, inner],
    [...batch, inner],
    [...batch, inner, columns],
  ];
}

/** u, s and vᵀ of one matrix, with the signs that u asks for. */
function factors<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
): readonly ArrayLike<S>[] {
  const isTall = rows > columns;
  const inner = Math.min(rows, columns);
  const wide = isTall ? transposedElements(loops, matrix, rows, columns) : matrix;
  const { values, along, across } = singularValues(loops, wide, inner, Math.max(rows, columns));
  const [left, right] = isTall ? [along, across] : [across, along];
  for (let k = 0; k < inner; k++) {
    if (!pointsDown(loops, row(left, k * rows), rows)) continue;
    negateRow(loops, left, k * rows, rows);
    negateRow(loops, right, k * columns, columns);
  }
  return [transposedElements(loops, left, inner, rows), values, right];
}

function negateRow<S>(
  { arithmetic }: Loops<S>,
  rows: Elements<S>,
  start: number,
  length: number,
): void {
  for (let i = start; i < start + length; i++) rows[i] = arithmetic.negate(rows[i] as S);
}

/** The matrix of 1 / (sⱼ² − sᵢ²), with zeros on the diagonal. */
function inverseGaps(s: Tensor): Tensor {
  const [across, down] = [asRow(s), asColumn(s)];
  return inverseBeside(multiply(subtract(across, down), add(across, down)));
}

function skew(x: Tensor): Tensor {
  return subtract(x, transposed(x));
}

function mirrored(x: Tensor): Tensor {
  return add(x, transposed(x));
}

function sumOf(terms: readonly Maybe[]): Maybe {
  return terms.reduce((total, term) => (total && term ? add(total, term) : (total ?? term)));
}

/** What {@link svd} returns. */
export interface SingularValuesAndVectors {
  readonly u: Tensor;
  readonly s: Tensor;
  readonly vt: Tensor;
}

/**
 * The thin singular value decomposition x = u·diag(s)·vt of a matrix [..., m, n], or of each of a batch: u
 * [..., m, k] and vtᵀ have orthonormal columns and s [..., k] falls, with k = min(m, n). In every column of u the
 * first of the elements of the largest size (to eight digits) is positive. An element that is not finite
 * makes all NaN.
 *
 * The gradient of s alone always exists where no value is zero. That of u and vt, and second derivatives, need
 * distinct values other than zero; others make them infinite or NaN (J. Townsend, "Differentiating the singular
 * value decomposition", 2016).
 *
 * @throws SymtapeError (shape) for fewer than two axes.
 * @example
 * svd(tensor([[3, 0], [4, 5]])).s.toArray(); // [6.708203932499369, 2.23606797749979]
 */
export function svd(x: TensorLike): SingularValuesAndVectors {
  const [u, s, vt] = applyAll(svdOp, [asTensor(x)], {}) as readonly [Tensor, Tensor, Tensor];
  return { u, s, vt };
}
