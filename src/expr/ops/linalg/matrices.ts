// What every operation on matrices needs: sizes, batches, results, and errors that name the batch entry.

import { apply } from "../../apply.ts";
import type { NdArray } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import {
  type AbstractValue,
  checkShape,
  type DType,
  formatShape,
  isFloat,
  promote,
  type Shape,
  sizeOf,
} from "../../shape.ts";
import { ConcreteTensor, type Tensor } from "../../tensor.ts";
import { add, divide, multiply } from "../arithmetic.ts";
import { diagonalMatrixOp, diagonalOp } from "../movement/diagonal.ts";
import { reshape, transpose } from "../movement/reshape.ts";
import { sum } from "../reductions/sum.ts";
import { shapeError } from "../structured.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import { type Elements, isPlain, type Loops } from "./loops.ts";

/** The sizes of matrices and of the batch that they stand in. */
export interface MatrixSizes {
  readonly batch: Shape;
  readonly rows: number;
  readonly columns: number;
}

export function matrixSizes(operation: string, shape: Shape): MatrixSizes {
  if (shape.length < 2) {
    throw shapeError(
      operation,
      `expected a matrix or a batch of matrices, got ${formatShape(shape)}. ` +
        "Reshape it to two axes?",
      shape,
    );
  }
  checkShape(operation, shape);
  return {
    batch: shape.slice(0, -2),
    rows: shape.at(-2) as number,
    columns: shape.at(-1) as number,
  };
}

/** The same for matrices that must be square. */
export function squareSizes(operation: string, shape: Shape): MatrixSizes {
  const sizes = matrixSizes(operation, shape);
  if (sizes.rows === sizes.columns) return sizes;
  throw shapeError(
    operation,
    `expected square matrices, got ${formatShape(shape)} (${sizes.rows} ≠ ${sizes.columns}). ` +
      "For other shapes there are lstsq() and pinv().",
    shape,
  );
}

/** The dtype of results that are no whole numbers: that of the operands, and float64 for int32 and bool. */
export function floatType(values: readonly AbstractValue[]): {
  readonly dtype: DType;
  readonly weak: boolean;
} {
  const { dtype, weak } = promote(values);
  return { dtype: isFloat(dtype) ? dtype : "float64", weak };
}

/** Applies an algorithm with `count` results to every matrix of a batch, and joins each of the results. */
export function eachMatrix<S>(
  loops: Loops<S>,
  x: NdArray<S>,
  count: number,
  algorithm: (matrix: Elements<S>, entry: number) => readonly ArrayLike<S>[],
): readonly ArrayLike<S>[] {
  const size = sizeOf(x.shape.slice(-2));
  const results = Array.from({ length: sizeOf(x.shape.slice(0, -2)) }, (_, entry) =>
    algorithm(loops.copy(x.data, entry * size, size), entry),
  );
  return Array.from({ length: count }, (_, i) =>
    loops.join(results.map((arrays) => arrays[i] as ArrayLike<S>)),
  );
}

/** An error about one matrix of a batch. */
export function matrixError(
  operation: string,
  message: string,
  batch: Shape,
  entry: number,
): SymtapeError<"usage"> {
  return new SymtapeError("usage", `${operation}: ${message}${entryName(batch, entry)}.`, {
    operation,
  });
}

/** Which matrix of a batch: nothing where there is only one. */
function entryName(batch: Shape, entry: number): string {
  const places: number[] = [];
  let rest = entry;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    const length = batch[axis] as number;
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return batch.length === 0 ? "" : `, in batch entry [${places.join(",")}]`;
}

/** The refusal of operands that are no numbers yet. */
export function needsNumbers(operation: string): SymtapeError<"unsupported"> {
  return new SymtapeError(
    "unsupported",
    `${operation}: it is computed step by step from numbers and has no form in symbols. ` +
      "Evaluate it with numbers.",
    { operation },
  );
}

/** The numbers behind scalars, undefined if one of them is a symbol. */
export function numbersBehind<S>(loops: Loops<S>, data: ArrayLike<S>): number[] | undefined {
  const numbers: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const number = loops.arithmetic.numberOf(data[i] as S);
    if (number === undefined) return undefined;
    numbers.push(number);
  }
  return numbers;
}

/** Whether one of the elements is a symbol. */
export function isSymbolic<S>(loops: Loops<S>, data: ArrayLike<S>): boolean {
  return !isPlain(loops) && numbersBehind(loops, data) === undefined;
}

/** Every matrix with rows and columns exchanged. */
export function transposed(x: Tensor): Tensor {
  if (x.rank === 2) return transpose(x);
  const last = x.rank - 1;
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, axes.with(last, last - 1).with(last - 1, last));
}

/** A number for each matrix of a batch, so that it broadcasts over the elements. */
export function overMatrix(x: Tensor): Tensor {
  return x.rank === 0 ? x : reshape(x, [...x.shape, 1, 1]);
}

/** Each matrix times its number; a literal 1 is left out. */
export function scaledMatrix(scale: Tensor, matrix: Tensor): Tensor {
  return tensorArithmetic().multiply(overMatrix(scale), matrix);
}

/** A constant matrix, by the rule for its elements. */
export function constantMatrix(
  rows: number,
  columns: number,
  dtype: DType,
  element: (row: number, column: number) => number,
): ConcreteTensor {
  const numbers = Array.from({ length: rows * columns }, (_, i) =>
    element(Math.floor(i / columns), i % columns),
  );
  const data = dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  return new ConcreteTensor([rows, columns], dtype === "float32" ? "float32" : "float64", data);
}

export function identity(size: number, dtype: DType): ConcreteTensor {
  return constantMatrix(size, size, dtype, (row, column) => (row === column ? 1 : 0));
}

/** A vector along the last axis as the rows, and as the columns, of something it broadcasts with. */
export function asRow(x: Tensor): Tensor {
  return reshape(x, [...x.shape.slice(0, -1), 1, x.shape.at(-1) as number]);
}

export function asColumn(x: Tensor): Tensor {
  return reshape(x, [...x.shape, 1]);
}

/** The main diagonal of each matrix. */
export function diagonal(x: Tensor): Tensor {
  return apply(diagonalOp, [x], { k: 0 });
}

/** The square matrix with a vector on its diagonal, for each vector along the last axis. */
export function diagonalMatrix(x: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  return apply(diagonalMatrixOp, [x], { k: 0, rows: size, columns: size });
}

/** The mean of each matrix and its transpose. */
export function symmetric(x: Tensor): Tensor {
  return divide(add(x, transposed(x)), 2);
}

/** The sum over each matrix of the products with the elements of another. */
export function sumOfProducts(x: Tensor, y: Tensor): Tensor {
  return sum(multiply(x, y), { axis: [-2, -1] });
}
