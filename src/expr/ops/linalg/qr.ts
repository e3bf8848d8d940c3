// The product of an orthonormal and a triangular matrix.

import { applyAll } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { Op } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { add, negate, subtract } from "../arithmetic.ts";
import { concat } from "../movement/concat.ts";
import { index } from "../movement/indexing.ts";
import { tril } from "../movement/triangle.ts";
import { defineOp, zerosLike } from "../structured.ts";
import { orthogonalTriangular } from "./householder.ts";
import { loopsOf } from "./loops.ts";
import { matmul } from "./matmul.ts";
import { eachMatrix, floatType, matrixSizes, transposed } from "./matrices.ts";
import { triangularSolve } from "./triangular.ts";

type Maybe = Tensor | undefined;

export const qrOp: Op = defineOp({
  name: "qr",
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
    const [q, r] = factorShapes(input.shape);
    const type = floatType([input]);
    return [
      { shape: q, ...type },
      { shape: r, ...type },
    ];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { rows, columns } = matrixSizes("qr", input.shape);
    const loops = loopsOf(arithmetic);
    const [q, r] = eachMatrix(loops, input, 2, (matrix) => {
      const factors = orthogonalTriangular(loops, matrix, rows, columns);
      return [factors.q, factors.r];
    }) as readonly [ArrayLike<S>, ArrayLike<S>];
    const [qShape, rShape] = factorShapes(input.shape);
    return [
      { shape: qShape, data: q },
      { shape: rShape, data: r },
    ];
  },
  pullback: ({ inputs, outputs }, [dq, dr]) => {
    const [x] = inputs as readonly [Tensor];
    const [q, r] = outputs as readonly [Tensor, Tensor];
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    if (rows >= columns) return [tallPullback(q, r, dq, dr)];
    const right = columnsOf(x, rows, columns);
    const [left, beside] = [dr && columnsOf(dr, 0, rows), dr && columnsOf(dr, rows, columns)];
    const turned = sumOf(dq, beside && matmul(right, transposed(beside)));
    const square = tallPullback(q, columnsOf(r, 0, rows), turned, left);
    return [joined(square, beside === undefined ? zerosLike(right) : matmul(q, beside))];
  },
  pushforward: ({ inputs, outputs }, [dx]) => {
    if (dx === undefined) return [undefined, undefined];
    const [x] = inputs as readonly [Tensor];
    const [q, r] = outputs as readonly [Tensor, Tensor];
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    if (rows >= columns) return tallPushforward(q, r, dx);
    const [dq, square] = tallPushforward(q, columnsOf(r, 0, rows), columnsOf(dx, 0, rows));
    const right = add(
      matmul(transposed(dq), columnsOf(x, rows, columns)),
      matmul(transposed(q), columnsOf(dx, rows, columns)),
    );
    return [dq, joined(square, right)];
  },
  batch: "leading",
});

function factorShapes(shape: Shape): readonly [Shape, Shape] {
  const { batch, rows, columns } = matrixSizes("qr", shape);
  const inner = Math.min(rows, columns);
  return [
    [...batch, rows, inner],
    [...batch, inner, columns],
  ];
}

function columnsOf(x: Tensor, start: number, stop: number): Tensor {
  return index(x, [...new Array<object>(x.rank - 1).fill({}), { start, stop }]);
}

function joined(left: Tensor, right: Tensor): Tensor {
  return concat([left, right], { axis: -1 });
}

function sumOf(x: Maybe, y: Maybe): Maybe {
  return x && y ? add(x, y) : (x ?? y);
}

/**
 * The cotangent of a matrix with at least as many rows as columns (S. F. Walter and L. Lehmann,
 * "Algorithmic differentiation of linear algebra functions", 2010): (Q̄ + Q·sym(M))·R⁻ᵀ, where
 * M = R·R̄ᵀ − Q̄ᵀ·Q and sym mirrors the lower triangle.
 */
function tallPullback(q: Tensor, r: Tensor, dq: Maybe, dr: Maybe): Tensor {
  const fromR = dr && matmul(r, transposed(dr));
  const fromQ = dq && negate(matmul(transposed(dq), q));
  const lower = sumOf(fromR, fromQ) as Tensor;
  const mirrored = add(tril(lower), transposed(tril(lower, { k: -1 })));
  const whole = sumOf(dq, matmul(q, mirrored)) as Tensor;
  return transposed(triangularSolve(r, transposed(whole), { lower: false }));
}

/** With C = Qᵀ·dx·R⁻¹ and its skew part X below the diagonal: dR = (C − X)·R and dQ = dx·R⁻¹ − Q·(C − X). */
function tallPushforward(q: Tensor, r: Tensor, dx: Tensor): readonly [Tensor, Tensor] {
  const solved = triangularSolve(r, transposed(dx), { lower: false, transpose: true });
  const moved = transposed(solved);
  const turned = matmul(transposed(q), moved);
  const below = tril(turned, { k: -1 });
  const upper = subtract(turned, subtract(below, transposed(below)));
  return [subtract(moved, matmul(q, upper)), matmul(upper, r)];
}

/** What {@link qr} returns. */
export interface OrthonormalAndTriangular {
  readonly q: Tensor;
  readonly r: Tensor;
}

/**
 * The reduced factors x = q·r of a matrix, or of each of a batch: q [..., m, k] has orthonormal columns and r
 * [..., k, n] is upper triangular, with k = min(m, n). Signs are those of Householder reflections as in LAPACK
 * and NumPy: an element of r's diagonal has the sign opposite to the number that stood there when its turn
 * came, and the same where only zeros stood below. Derivatives need the first k columns of x independent.
 *
 * @throws SymtapeError (shape) for fewer than two axes.
 * @example
 * qr(tensor([[3, 1], [4, 2]])).r.toArray(); // [[-5, -2.2], [0, 0.4]]
 */
export function qr(x: TensorLike): OrthonormalAndTriangular {
  const [q, r] = applyAll(qrOp, [asTensor(x)], {}) as readonly [Tensor, Tensor];
  return { q, r };
}
