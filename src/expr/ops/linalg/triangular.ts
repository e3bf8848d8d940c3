// Solutions of triangular equations by substitution.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import type { NotedCall, Op, Params, Step } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { negate, subtract } from "../arithmetic.ts";
import { tril, triu } from "../movement/triangle.ts";
import { defineOp, shapeError } from "../structured.ts";
import { solveTriangle, type Triangle } from "./elimination.ts";
import type { Loops } from "./loops.ts";
import { matmul } from "./matmul.ts";
import { floatType, matrixError, squareSizes, transposed } from "./matrices.ts";
import {
  batchSystems,
  eachSystem,
  type System,
  type SystemSizes,
  systemSizes,
  timesTransposed,
  withColumns,
} from "./systems.ts";

/** Which triangle of the matrix {@link triangularSolve} uses, and how. */
export interface TriangularOptions {
  /** Whether the lower triangle is used, as it is unless told, or the upper one. */
  readonly lower?: boolean;
  /** Whether its transpose is meant: aᵀ·x = b. */
  readonly transpose?: boolean;
  /** Whether ones stand for the diagonal, which is then not looked at. */
  readonly unitDiagonal?: boolean;
}

const lowerMatrix = [
  [2, 0, 0],
  [4, 5, 0],
  [7, 8, 3],
];

const upperMatrix = [
  [2, 5],
  [-9, 4],
];

export const triangularSolveOp: Op = defineOp({
  name: "triangularSolve",
  inputs: ["a", "b"],
  notation: { kind: "call", arguments: triangularArguments },
  samples: [
    { inputs: [lowerMatrix, [1, -2, 3]], params: params(true, false, false) },
    { inputs: [lowerMatrix, [[1], [-2], [3]]], params: params(true, true, true) },
    {
      inputs: [
        upperMatrix,
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: params(false, true, false),
    },
    {
      inputs: [
        [upperMatrix, upperMatrix],
        [
          [[1], [2]],
          [[-3], [4]],
        ],
      ],
      params: params(false, false, true),
    },
  ],
  infer: ([a, b], settings) => {
    triangleOf(settings);
    const left = a as AbstractValue;
    const right = b as AbstractValue;
    return [{ shape: sizesOf(left.shape, right.shape).shape, ...floatType([left, right]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, inputs: readonly NdArray<S>[], settings: Params) => {
    const [a, b] = inputs as readonly [NdArray<S>, NdArray<S>];
    const sizes = sizesOf(a.shape, b.shape);
    const triangle = triangleOf(settings);
    return [
      eachSystem(arithmetic, inputs, sizes, (loops, system) => {
        if (!triangle.unitDiagonal) checkDiagonal(loops, system, sizes.rows);
        solveTriangle(loops, system.matrix, sizes.rows, triangle, system.right, system.sides);
        return system.right;
      }),
    ];
  },
  pullback: (step, [cotangent], needs) => {
    if (cotangent === undefined) return [undefined, undefined];
    const triangle = triangleOf(step.params);
    const [a] = step.inputs as readonly [Tensor, Tensor];
    const x = step.outputs[0] as Tensor;
    const right = triangularSolve(a, cotangent, { ...triangle, transpose: !triangle.transpose });
    if (!needs[0]) return [undefined, right];
    const whole = triangle.transpose ? timesTransposed(x, right) : timesTransposed(right, x);
    return [usedPart(negate(whole), triangle), right];
  },
  pushforward: (step, tangents) => [movedSolution(step, tangents)],
  batch: (call) => batchSystems(call),
});

function params(lower: boolean, transpose: boolean, unitDiagonal: boolean): Params {
  return { lower, transpose, unitDiagonal };
}

/** The settings that are not the default ones, with those before them. */
function triangularArguments(
  operands: readonly string[],
  { params: { lower, transpose, unitDiagonal } }: NotedCall,
): readonly string[] {
  const settings = [lower, transpose, unitDiagonal];
  const count = unitDiagonal ? 3 : transpose ? 2 : lower ? 0 : 1;
  return [...operands, ...settings.slice(0, count).map(String)];
}

/** The settings, checked: stored graphs may hold anything. */
function triangleOf({ lower, transpose, unitDiagonal }: Params): Triangle {
  if (
    typeof lower === "boolean" &&
    typeof transpose === "boolean" &&
    typeof unitDiagonal === "boolean"
  ) {
    return { lower, transpose, unitDiagonal };
  }
  throw shapeError("triangularSolve", "lower, transpose and unitDiagonal are true or false.");
}

function sizesOf(left: Shape, right: Shape): SystemSizes {
  return systemSizes("triangularSolve", squareSizes("triangularSolve", left), left, right);
}

function checkDiagonal<S>(
  loops: Loops<S>,
  { matrix, batch, entry }: System<S>,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    if (loops.arithmetic.numberOf(matrix[i * (rows + 1)] as S) !== 0) continue;
    const message = `the triangle is singular (diagonal element ${i + 1} of ${rows} is zero)`;
    throw matrixError("triangularSolve", message, batch, entry);
  }
}

/** The elements of a matrix that the solution depends on; zero for the others. */
function usedPart(x: Tensor, { lower, unitDiagonal }: Triangle): Tensor {
  const beside = unitDiagonal ? 1 : 0;
  return lower ? tril(x, { k: -beside }) : triu(x, { k: beside });
}

function movedSolution(
  { params: settings, inputs, outputs }: Step,
  [da, db]: readonly (Tensor | undefined)[],
): Tensor | undefined {
  const triangle = triangleOf(settings);
  const a = inputs[0] as Tensor;
  if (da === undefined) return db && triangularSolve(a, db, triangle);
  const part = usedPart(da, triangle);
  const moved = matmul(triangle.transpose ? transposed(part) : part, outputs[0] as Tensor);
  return triangularSolve(a, db === undefined ? negate(moved) : subtract(db, moved), triangle);
}

/**
 * The solution x of a·x = b (aᵀ·x = b with `transpose`) by substitution, where only the lower or upper
 * triangle of a counts and the rest is not looked at. As in {@link solve}, b is a vector [n] or has columns
 * [..., n, k], and leading axes are batches that broadcast.
 *
 * @throws SymtapeError (shape) if a is not square or b does not fit; (usage) naming the element, and the
 * batch entry, if the diagonal holds a zero.
 * @example
 * triangularSolve(tensor([[2, 0], [1, 4]]), tensor([2, 9])).toArray(); // [1, 2]
 * triangularSolve(tensor([[2, 1], [0, 4]]), tensor([4, 8]), { lower: false }).toArray(); // [1, 2]
 */
export function triangularSolve(
  a: TensorLike,
  b: TensorLike,
  options: TriangularOptions = {},
): Tensor {
  const { lower = true, transpose = false, unitDiagonal = false } = options;
  return withColumns(asTensor(a), asTensor(b), (left, right) =>
    apply(triangularSolveOp, [left, right], params(lower, transpose, unitDiagonal)),
  );
}
