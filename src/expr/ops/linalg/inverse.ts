// Inverses, and solutions of linear equations by elimination.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import { type Op, PRECEDENCE } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { negate, subtract } from "../arithmetic.ts";
import { defineOp } from "../structured.ts";
import { type Elimination, eliminate, solveEliminated } from "./elimination.ts";
import { type Elements, type Loops, loopsOf } from "./loops.ts";
import { matmul } from "./matmul.ts";
import { eachMatrix, floatType, matrixError, squareSizes, transposed } from "./matrices.ts";
import { expandCofactors, expandDeterminant, isExpandable } from "./minors.ts";
import {
  batchSystems,
  eachSystem,
  type SystemSizes,
  systemSizes,
  timesTransposed,
  withColumns,
} from "./systems.ts";

/** Eliminates a matrix that must not be singular. */
function eliminateAll<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  singular: (pivot: number) => Error,
): Elimination<S> {
  const elimination = eliminate(loops, matrix, size, "column");
  if (elimination.rank < size) throw singular(elimination.rank + 1);
  return elimination;
}

function singularError(
  operation: string,
  size: number,
  batch: Shape,
  entry: number,
): (pivot: number) => Error {
  return (pivot) =>
    matrixError(
      operation,
      `the matrix is singular (pivot ${pivot} of ${size} is zero); use pinv() where there is no inverse`,
      batch,
      entry,
    );
}

export const inverseOp: Op = defineOp({
  name: "inverse",
  inputs: ["x"],
  notation: {
    kind: "call",
    symbol: "inv",
    tex: "#0^{-1}",
    operandPrecedence: PRECEDENCE.atom,
    texPrecedence: PRECEDENCE.power,
  },
  samples: [
    {
      inputs: [
        [
          [2, 0],
          [-3, 4],
        ],
      ],
    },
    {
      inputs: [
        [
          [0, 2, 0],
          [4, 5, 0],
          [7, 8, 3],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [2, 3],
            [1, 0],
          ],
          [
            [1, 0],
            [0, 3],
          ],
        ],
      ],
    },
  ],
  infer: ([x]) => {
    const input = x as AbstractValue;
    squareSizes("inverse", input.shape);
    return [{ shape: input.shape, ...floatType([input]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[]) => {
    const input = x as NdArray<S>;
    const { batch, rows } = squareSizes("inverse", input.shape);
    const loops = loopsOf(arithmetic);
    const [data] = eachMatrix(loops, input, 1, (matrix, entry) => {
      const one = loops.zeros(rows * rows);
      for (let i = 0; i < rows; i++) one[i * (rows + 1)] = arithmetic.literal(1);
      const singular = singularError("inverse", rows, batch, entry);
      return [solveSquare(loops, matrix, rows, one, rows, singular)];
    });
    return [{ shape: input.shape, data: data as ArrayLike<S> }];
  },
  pullback: ({ outputs: [result] }, [cotangent]) => {
    if (cotangent === undefined) return [undefined];
    const turned = transposed(result as Tensor);
    return [negate(matmul(matmul(turned, cotangent), turned))];
  },
  pushforward: ({ outputs: [result] }, [tangent]) => [
    tangent && negate(matmul(matmul(result as Tensor, tangent), result as Tensor)),
  ],
  batch: "leading",
});

/**
 * The solutions for `count` right sides: by elimination, and for small matrices of symbols by Cramer's rule,
 * which divides by the determinant alone.
 */
export function solveSquare<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  right: Elements<S>,
  count: number,
  singular: (pivot: number) => Error,
): Elements<S> {
  if (!isExpandable(loops, matrix, size)) {
    const elimination = eliminateAll(loops, matrix, size, singular);
    return solveEliminated(loops, elimination, right, count);
  }
  const { add, multiply, divide, literal, numberOf } = loops.arithmetic;
  const determinant = expandDeterminant(loops, matrix, size);
  if (numberOf(determinant) === 0) throw singular(size);
  const cofactors = expandCofactors(loops, matrix, size);
  const solution = loops.zeros(size * count);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < count; k++) {
      let total: S | undefined;
      for (let j = 0; j < size; j++) {
        const factor = right[j * count + k] as S;
        const cofactor = cofactors[j * size + i] as S;
        if (numberOf(factor) === 0 || numberOf(cofactor) === 0) continue;
        const term = multiply(factor, cofactor);
        total = total === undefined ? term : add(total, term);
      }
      if (total !== undefined) solution[i * count + k] = divide(total, determinant);
      else solution[i * count + k] = literal(0);
    }
  }
  return solution;
}

/**
 * The inverse of a matrix, or of each matrix of a batch [..., n, n], by elimination with partial pivoting.
 * Where a product with an inverse is wanted, {@link solve} is faster and more accurate.
 *
 * @throws SymtapeError (shape) if the matrix is not square; (usage) naming the pivot that is zero, and the
 * batch entry, if a matrix is singular.
 * @example
 * inverse(tensor([[1, 2], [3, 4]])).toArray(); // [[-2, 1], [1.5, -0.5]]
 */
export function inverse(x: TensorLike): Tensor {
  return apply(inverseOp, [x]);
}

export const solveOp: Op = defineOp({
  name: "solve",
  inputs: ["a", "b"],
  notation: {
    kind: "call",
    tex: "#0^{-1} \u2062 #1",
    operandPrecedence: PRECEDENCE.atom,
    texPrecedence: PRECEDENCE.product,
  },
  samples: [
    {
      inputs: [
        [
          [2, 0],
          [-3, 4],
        ],
        [1, -2],
      ],
    },
    {
      inputs: [
        [
          [0, 2, 0],
          [4, 5, 0],
          [7, 8, 3],
        ],
        [
          [1, 2],
          [3, -4],
          [5, 6],
        ],
      ],
    },
    {
      inputs: [
        [
          [
            [2, 3],
            [1, 0],
          ],
          [
            [1, 0],
            [0, 3],
          ],
        ],
        [[2], [3]],
      ],
    },
  ],
  infer: ([a, b]) => {
    const left = a as AbstractValue;
    const right = b as AbstractValue;
    return [{ shape: solveSizes(left.shape, right.shape).shape, ...floatType([left, right]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, inputs: readonly NdArray<S>[]) => {
    const [a, b] = inputs as readonly [NdArray<S>, NdArray<S>];
    const sizes = solveSizes(a.shape, b.shape);
    return [
      eachSystem(arithmetic, inputs, sizes, (loops, { matrix, right, sides, batch, entry }) => {
        const singular = singularError("solve", sizes.rows, batch, entry);
        return solveSquare(loops, matrix, sizes.rows, right, sides, singular);
      }),
    ];
  },
  pullback: ({ inputs, outputs: [result] }, [cotangent], needs) => {
    if (cotangent === undefined) return [undefined, undefined];
    const right = solve(transposed(inputs[0] as Tensor), cotangent);
    return [needs[0] ? negate(timesTransposed(right, result as Tensor)) : undefined, right];
  },
  pushforward: ({ inputs: [a], outputs: [result] }, [da, db]) => {
    const moved = da && matmul(da, result as Tensor);
    if (moved === undefined) return [db && solve(a as Tensor, db)];
    return [solve(a as Tensor, db === undefined ? negate(moved) : subtract(db, moved))];
  },
  batch: (call) => batchSystems(call),
});

function solveSizes(left: Shape, right: Shape): SystemSizes {
  return systemSizes("solve", squareSizes("solve", left), left, right);
}

/**
 * The solution x of a·x = b by elimination with partial pivoting. As in NumPy, b is a vector [n] or has
 * columns [..., n, k], and leading axes are batches that broadcast.
 *
 * @throws SymtapeError (shape) if a is not square or b does not fit; (usage) naming the pivot that is zero,
 * and the batch entry, if a matrix is singular.
 * @example
 * solve(tensor([[2, 1], [1, 3]]), tensor([3, 5])).toArray(); // [0.8, 1.4]
 */
export function solve(a: TensorLike, b: TensorLike): Tensor {
  return withColumns(asTensor(a), asTensor(b), (left, right) => apply(solveOp, [left, right]));
}
