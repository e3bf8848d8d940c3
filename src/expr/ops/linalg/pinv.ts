// The pseudoinverse.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import { type Op, type Params, PRECEDENCE } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { add, subtract } from "../arithmetic.ts";
import { defineOp } from "../structured.ts";
import { numberArithmetic } from "../tensor-arithmetic.ts";
import { transposedElements } from "./householder.ts";
import { solveSquare } from "./inverse.ts";
import { type Elements, isPlain, type Loops, loopsOf, row } from "./loops.ts";
import { productOfTransposed } from "./lstsq.ts";
import { matmul } from "./matmul.ts";
import { eachMatrix, floatType, matrixSizes, numbersBehind, transposed } from "./matrices.ts";
import { repeatedError } from "./rotations.ts";
import { type Singular, singularValues } from "./singular-values.ts";

export const pinvOp: Op = defineOp({
  name: "pinv",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: ([x], { params }) =>
      params.tolerance === null ? [x as string] : [x as string, String(params.tolerance)],
    tex: "#0^{+}",
    operandPrecedence: PRECEDENCE.atom,
    texPrecedence: PRECEDENCE.power,
  },
  samples: [
    {
      inputs: [
        [
          [2, 1],
          [0, 3],
          [-1, 4],
        ],
      ],
      params: { tolerance: null },
    },
    {
      inputs: [
        [
          [2, 1, 0],
          [3, -1, 4],
        ],
      ],
      params: { tolerance: 1e-9 },
    },
    {
      inputs: [
        [
          [
            [2, 3],
            [1, 1],
          ],
          [
            [1, 0],
            [4, 3],
          ],
        ],
      ],
      params: { tolerance: null },
    },
  ],
  infer: ([x], params) => {
    const input = x as AbstractValue;
    const { batch, rows, columns } = matrixSizes("pinv", input.shape);
    toleranceOf(params, rows, columns);
    return [{ shape: [...batch, columns, rows], ...floatType([input]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
    const input = x as NdArray<S>;
    const { batch, rows, columns } = matrixSizes("pinv", input.shape);
    const tolerance = toleranceOf(params, rows, columns);
    const loops = loopsOf(arithmetic);
    const [data] = eachMatrix(loops, input, 1, (matrix) => [
      isPlain(loops)
        ? bySingularValues(loops, matrix, rows, columns, tolerance)
        : byNormalEquations(loops, matrix, rows, columns, tolerance),
    ]);
    return [{ shape: [...batch, columns, rows], data: data as ArrayLike<S> }];
  },
  pullback: ({ inputs: [x], outputs: [result] }, [cotangent]) => [
    cotangent && moved(transposed(x as Tensor), transposed(result as Tensor), cotangent),
  ],
  pushforward: ({ inputs: [x], outputs: [result] }, [tangent]) => [
    tangent && moved(x as Tensor, result as Tensor, tangent),
  ],
  batch: "leading",
});

/**
 * The derivative of the pseudoinverse p of x in direction d, where the rank is constant (G. Golub and
 * V. Pereyra, 1973): −p·d·p + p·pᵀ·dᵀ·(1 − x·p) + (1 − p·x)·dᵀ·pᵀ·p. Its adjoint is the same for xᵀ and pᵀ.
 */
function moved(x: Tensor, p: Tensor, direction: Tensor): Tensor {
  const d = transposed(direction);
  const turned = transposed(p);
  const besideColumns = subtract(d, matmul(matmul(d, x), p));
  const besideRows = subtract(d, matmul(p, matmul(x, d)));
  const beside = add(
    matmul(p, matmul(turned, besideColumns)),
    matmul(matmul(besideRows, turned), p),
  );
  return subtract(beside, matmul(matmul(p, direction), p));
}

/** Which singular values count as zero, in proportion to the largest. */
function toleranceOf({ tolerance }: Params, rows: number, columns: number): number {
  if (tolerance === null) return Math.max(rows, columns) * Number.EPSILON;
  if (typeof tolerance === "number" && tolerance >= 0) return tolerance;
  throw new SymtapeError(
    "usage",
    `pinv: the tolerance is a number from 0, got ${JSON.stringify(tolerance)}.`,
    { operation: "pinv" },
  );
}

/** The sum of vᵢ·uᵢᵀ / sᵢ over the singular values that do not count as zero. */
function bySingularValues<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
  tolerance: number,
): Elements<S> {
  const { divide, negate, numberOf } = loops.arithmetic;
  const { values, along, across } = singularOf(loops, matrix, rows, columns);
  const [left, right] = rows > columns ? [across, along] : [along, across];
  const cut = tolerance * (values.length === 0 ? 0 : (numberOf(values[0] as S) as number));
  const result = loops.zeros(rows * columns);
  values.forEach((value, k) => {
    if ((numberOf(value) as number) <= cut) return;
    for (let i = 0; i < columns; i++) {
      const factor = negate(divide(left[k * columns + i] as S, value));
      loops.subtractMultiple(row(result, i * rows), row(right, k * rows), rows, factor);
    }
  });
  return result;
}

function singularOf<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
): Singular<S> {
  if (rows <= columns)
    return singularValues(loops, loops.copy(matrix, 0, rows * columns), rows, columns);
  return singularValues(loops, transposedElements(loops, matrix, rows, columns), columns, rows);
}

/** (xᵀ·x)⁻¹·xᵀ, or xᵀ·(x·xᵀ)⁻¹ of a matrix with fewer rows than columns: for complex numbers and symbols. */
function byNormalEquations<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
  tolerance: number,
): Elements<S> {
  refuseLowRank(loops, matrix, rows, columns, tolerance);
  const inner = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const wide = rows > columns ? transposedElements(loops, matrix, rows, columns) : matrix;
  const square = productOfTransposed(loops, wide, wide, inner, inner, length);
  const singular = (): Error => repeatedError("pinv");
  const result = solveSquare(loops, square, inner, wide, length, singular);
  return rows > columns ? result : transposedElements(loops, result, inner, length);
}

function refuseLowRank<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
  tolerance: number,
): void {
  const numbers = numbersBehind(loops, matrix);
  if (numbers === undefined) return;
  const plain = loopsOf(numberArithmetic());
  const { values } = singularOf(plain, Float64Array.from(numbers), rows, columns);
  const [first = 0] = values;
  if (values.some((value) => value <= tolerance * first)) throw repeatedError("pinv");
}

/** Options of {@link pinv}. */
export interface PseudoinverseOptions {
  /** Singular values up to this part of the largest count as zero; max(m, n)·2⁻⁵² unless given. */
  readonly tolerance?: number;
}

/**
 * The pseudoinverse of E. H. Moore and R. Penrose for a matrix, or each of a batch, [..., m, n] → [..., n, m], by
 * singular values. matmul(pinv(a), b) is the shortest x for which a·x comes nearest to b. Its derivative is right
 * for matrices of any rank in directions that keep the rank; in others it does not exist.
 *
 * @throws SymtapeError (shape) for fewer than two axes.
 * @example
 * pinv(tensor([[1, 0], [0, 2], [0, 0]])).toArray(); // [[1, 0, 0], [0, 0.5, 0]]
 * pinv(tensor([[1, 1], [1, 1]])).toArray(); // [[0.25, 0.25], [0.25, 0.25]]
 */
export function pinv(x: TensorLike, options: PseudoinverseOptions = {}): Tensor {
  return apply(pinvOp, [x], { tolerance: options.tolerance ?? null });
}
