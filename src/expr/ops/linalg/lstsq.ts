// The best solution of more equations than unknowns.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import { type AbstractValue, formatShape, type Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { add, negate, subtract } from "../arithmetic.ts";
import { defineOp, shapeError } from "../structured.ts";
import { solveTriangle, UPPER } from "./elimination.ts";
import { orthogonalTriangular, transposedElements } from "./householder.ts";
import { solveSquare } from "./inverse.ts";
import { type Elements, isPlain, type Loops, row } from "./loops.ts";
import { matmul } from "./matmul.ts";
import { floatType, matrixError, matrixSizes, transposed } from "./matrices.ts";
import { qr } from "./qr.ts";
import {
  batchSystems,
  eachSystem,
  type System,
  type SystemSizes,
  systemSizes,
  timesTransposed,
  withColumns,
} from "./systems.ts";
import { triangularSolve } from "./triangular.ts";

const tall: number[][] = [
  [2, 1],
  [0, 3],
  [-1, 4],
];

export const lstsqOp: Op = defineOp({
  name: "lstsq",
  inputs: ["a", "b"],
  samples: [
    { inputs: [tall, [1, -2, 3]] },
    {
      inputs: [
        [
          tall,
          [
            [1, 0],
            [2, 5],
            [3, -1],
          ],
        ],
        [
          [1, 2],
          [-3, 4],
          [5, 6],
        ],
      ],
    },
  ],
  infer: ([a, b]) => {
    const left = a as AbstractValue;
    const right = b as AbstractValue;
    return [{ shape: lstsqSizes(left.shape, right.shape).shape, ...floatType([left, right]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, inputs: readonly NdArray<S>[]) => {
    const [a, b] = inputs as readonly [NdArray<S>, NdArray<S>];
    const sizes = lstsqSizes(a.shape, b.shape);
    return [
      eachSystem(arithmetic, inputs, sizes, (loops, system) =>
        isPlain(loops)
          ? byReflections(loops, system, sizes)
          : byNormalEquations(loops, system, sizes),
      ),
    ];
  },
  pullback: ({ inputs, outputs }, [cotangent], needs) => {
    if (cotangent === undefined) return [undefined, undefined];
    const [a, b] = inputs as readonly [Tensor, Tensor];
    const x = outputs[0] as Tensor;
    const { q, r } = qr(a);
    const half = triangularSolve(r, cotangent, { lower: false, transpose: true });
    const right = matmul(q, half);
    if (!needs[0]) return [undefined, right];
    const whole = triangularSolve(r, half, { lower: false });
    const residual = subtract(b, matmul(a, x));
    return [subtract(timesTransposed(residual, whole), timesTransposed(right, x)), right];
  },
  pushforward: ({ inputs, outputs }, [da, db]) => {
    if (da === undefined && db === undefined) return [undefined];
    const [a, b] = inputs as readonly [Tensor, Tensor];
    const x = outputs[0] as Tensor;
    const { q, r } = qr(a);
    const moved = da && negate(matmul(da, x));
    const right = (db && moved ? add(db, moved) : (db ?? moved)) as Tensor;
    const half = matmul(transposed(q), right);
    if (da === undefined) return [triangularSolve(r, half, { lower: false })];
    const beside = matmul(transposed(da), subtract(b, matmul(a, x)));
    const other = triangularSolve(r, beside, { lower: false, transpose: true });
    return [triangularSolve(r, add(half, other), { lower: false })];
  },
  batch: (call) => batchSystems(call),
});

function lstsqSizes(left: Shape, right: Shape): SystemSizes {
  const matrix = matrixSizes("lstsq", left);
  if (matrix.rows < matrix.columns) {
    throw shapeError(
      "lstsq",
      `expected at least as many rows as columns, got ${formatShape(left)}. ` +
        "Of many solutions, matmul(pinv(a), b) is the shortest.",
      left,
    );
  }
  return systemSizes("lstsq", matrix, left, right);
}

function dependentError(column: number, columns: number, batch: Shape, entry: number): Error {
  const message =
    `column ${column} of ${columns} depends on those before it, so there are many solutions; ` +
    "matmul(pinv(a), b) is the shortest";
  return matrixError("lstsq", message, batch, entry);
}

/** R·x = Qᵀ·b. */
function byReflections<S>(
  loops: Loops<S>,
  { matrix, right, sides, batch, entry }: System<S>,
  { rows, columns }: SystemSizes,
): Elements<S> {
  const { q, r } = orthogonalTriangular(loops, matrix, rows, columns);
  const sizes = Array.from({ length: columns }, (_, j) =>
    Math.abs(loops.arithmetic.numberOf(r[j * (columns + 1)] as S) as number),
  );
  const least = rows * Number.EPSILON * Math.max(...sizes);
  const odd = sizes.findIndex((size) => size <= least);
  if (odd >= 0) throw dependentError(odd + 1, columns, batch, entry);
  const turned = transposedElements(loops, q, rows, columns);
  const flat = transposedElements(loops, right, rows, sides);
  const solution = productOfTransposed(loops, turned, flat, columns, sides, rows);
  solveTriangle(loops, r, columns, UPPER, solution, sides);
  return solution;
}

/** aᵀ·a·x = aᵀ·b: for complex numbers and symbols. */
function byNormalEquations<S>(
  loops: Loops<S>,
  { matrix, right, sides, batch, entry }: System<S>,
  { rows, columns }: SystemSizes,
): Elements<S> {
  const turned = transposedElements(loops, matrix, rows, columns);
  const square = productOfTransposed(loops, turned, turned, columns, columns, rows);
  const flat = transposedElements(loops, right, rows, sides);
  const projected = productOfTransposed(loops, turned, flat, columns, sides, rows);
  return solveSquare(loops, square, columns, projected, sides, (column) =>
    dependentError(column, columns, batch, entry),
  );
}

/** x·yᵀ for matrices of `inner` columns. */
export function productOfTransposed<S>(
  loops: Loops<S>,
  x: Elements<S>,
  y: Elements<S>,
  rows: number,
  columns: number,
  inner: number,
): Elements<S> {
  const product = loops.zeros(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      product[i * columns + j] = loops.dot(row(x, i * inner), row(y, j * inner), inner);
    }
  }
  return product;
}

/**
 * The x for which a·x comes nearest to b, so that |a·x − b|² is least, by a QR factorization. a is [..., m, n]
 * with m ≥ n and independent columns; b is a vector [m] or has columns [..., m, k], and leading axes are batches
 * that broadcast. The gradient is that of PyTorch (G. Golub and V. Pereyra, 1973).
 *
 * @throws SymtapeError (shape) if a has fewer rows than columns or b does not fit; (usage) naming the column,
 * and the batch entry, where a column is, to rounding, a combination of those before it.
 * @example
 * lstsq(tensor([[1, 0], [1, 1], [1, 2]]), tensor([1, 2, 4])).toArray(); // [0.8333333333333333, 1.5]
 */
export function lstsq(a: TensorLike, b: TensorLike): Tensor {
  return withColumns(asTensor(a), asTensor(b), (left, right) => apply(lstsqOp, [left, right]));
}
