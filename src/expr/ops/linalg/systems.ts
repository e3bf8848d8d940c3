// Equations a·x = b for many right sides: how the shapes of a and b go together.

import { apply } from "../../apply.ts";
import { type Arithmetic, broadcastIndices, type NdArray } from "../../arithmetic.ts";
import type { BatchCall } from "../../op.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { reshape } from "../movement/reshape.ts";
import { shapeError } from "../structured.ts";
import { type Elements, type Loops, loopsOf } from "./loops.ts";
import { matmul, outer } from "./matmul.ts";
import { asColumn, type MatrixSizes, transposed } from "./matrices.ts";
import { broadcastBatches } from "./product-sizes.ts";

/** The sizes of a system of equations. A vector on the right is one column. */
export interface SystemSizes {
  readonly batch: Shape;
  readonly rows: number;
  readonly columns: number;
  /** How many right sides each system has. */
  readonly sides: number;
  /** The shape of the solution. */
  readonly shape: Shape;
}

/** The sizes, after a check that `right` fits to matrices of the given sizes. */
export function systemSizes(
  operation: string,
  matrix: MatrixSizes,
  left: Shape,
  right: Shape,
): SystemSizes {
  const { rows, columns } = matrix;
  const isVector = right.length === 1;
  const length = isVector ? right[0] : right.at(-2);
  if (length !== rows || (isVector && left.length > 2)) {
    throw shapeError(
      operation,
      `${formatShape(left)} with the right side ${formatShape(right)}: expected ${rows} rows, ` +
        `as in [${rows}] or [...,${rows},k]. A batch of vectors needs a last axis of length 1.`,
      left,
      right,
    );
  }
  const batch = broadcastBatches(operation, left, right);
  const sides = isVector ? 1 : (right.at(-1) as number);
  const shape = isVector ? [columns] : [...batch, columns, sides];
  checkShape(operation, shape);
  return { batch, rows, columns, sides, shape };
}

/** Equations with one matrix. */
export interface System<S> {
  readonly matrix: Elements<S>;
  /** The right sides as columns. */
  readonly right: Elements<S>;
  readonly sides: number;
  /** The batch that it stands in, and where; both empty where the matrix is the same for all. */
  readonly batch: Shape;
  readonly entry: number;
}

type Solver<S> = (loops: Loops<S>, system: System<S>) => ArrayLike<S>;

/** Solves every system of a batch. */
export function eachSystem<S>(
  arithmetic: Arithmetic<S>,
  [a, b]: readonly NdArray<S>[],
  sizes: SystemSizes,
  solveOne: Solver<S>,
): NdArray<S> {
  const left = a as NdArray<S>;
  const right = b as NdArray<S>;
  const { batch, rows, columns, sides, shape } = sizes;
  const loops = loopsOf(arithmetic);
  if (left.shape.length === 2 && batch.length > 0) {
    return { shape, data: withOneMatrix(loops, left, right, sizes, solveOne) };
  }
  const matrices = broadcastIndices(left.shape.slice(0, -2), batch);
  const rights = broadcastIndices(right.shape.slice(0, -2), batch);
  const size = rows * columns;
  const length = rows * sides;
  const solutions = Array.from({ length: sizeOf(batch) }, (_, entry) =>
    solveOne(loops, {
      matrix: loops.copy(left.data, (matrices[entry] as number) * size, size),
      right: loops.copy(right.data, (rights[entry] as number) * length, length),
      sides,
      batch,
      entry,
    }),
  );
  return { shape, data: loops.join(solutions) };
}

/** All right sides of a batch beside one another, so that their common matrix is factored once. */
function withOneMatrix<S>(
  loops: Loops<S>,
  left: NdArray<S>,
  right: NdArray<S>,
  { batch, rows, columns, sides }: SystemSizes,
  solveOne: Solver<S>,
): ArrayLike<S> {
  const count = sizeOf(batch);
  const solution = solveOne(loops, {
    matrix: loops.copy(left.data, 0, rows * columns),
    right: exchanged(loops, right.data, count, rows, sides),
    sides: count * sides,
    batch: [],
    entry: 0,
  });
  return exchanged(loops, solution, columns, count, sides);
}

/** Elements of shape [first, second, length] with the first two axes exchanged. */
function exchanged<S>(
  loops: Loops<S>,
  data: ArrayLike<S>,
  first: number,
  second: number,
  length: number,
): Elements<S> {
  const result = loops.copy(data, 0, data.length);
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      const [from, to] = [(i * second + j) * length, (j * first + i) * length];
      for (let k = 0; k < length; k++) result[to + k] = data[from + k] as S;
    }
  }
  return result;
}

/** x·yᵀ, of two vectors or of matrices. */
export function timesTransposed(x: Tensor, y: Tensor): Tensor {
  return x.rank === 1 ? outer(x, y) : matmul(x, transposed(y));
}

/** Calls with a vector on the right of a batch of matrices: it stands as a column. */
export function withColumns(
  a: Tensor,
  b: Tensor,
  solveMatrices: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  if (b.rank !== 1 || a.rank <= 2) return solveMatrices(a, b);
  const solution = solveMatrices(a, asColumn(b));
  return reshape(solution, solution.shape.slice(0, -1));
}

/** The systems of all examples: vectors become columns, and the batches of both operands align. */
export function batchSystems({ op, inputs, batched, params }: BatchCall): readonly Tensor[] {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const isVector = b.rank === (batched[1] ? 2 : 1);
  const operands = [a, isVector ? asColumn(b) : b];
  const ranks = operands.map(({ rank }, i) => rank - (batched[i] ? 1 : 0));
  const rank = Math.max(...ranks);
  const aligned = operands.map((operand, i) => {
    if (!batched[i]) return operand;
    const [size, ...rest] = operand.shape as [number, ...number[]];
    const ones = new Array<number>(rank - (ranks[i] as number)).fill(1);
    return reshape(operand, [size, ...ones, ...rest]);
  });
  const solution = apply(op, aligned, params);
  return [isVector ? reshape(solution, solution.shape.slice(0, -1)) : solution];
}
