// Sparse matrices as results: places and values, as plain data.

import { SymtapeError } from "../../expr/errors.ts";
import { reshape, scatterAdd } from "../../expr/ops/movement/index.ts";
import { allocate } from "../../expr/shape.ts";
import { ConcreteTensor, type Tensor } from "../../expr/tensor.ts";
import { heightOf, type Rows, rowsOf } from "./coloring.ts";

/** Places of a matrix, counted from 0. */
export interface SparsityPattern {
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
}

/** A matrix by the places that may differ from zero, row by row. */
export interface SparseMatrix extends SparsityPattern {
  readonly shape: readonly [rows: number, columns: number];
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** The entries at those places, a vector. */
  readonly values: Tensor;
  /** How many products with the derivative it took to compute them. */
  readonly products: number;
  /** The matrix as a tensor, with its zeros. */
  toDense(): Tensor;
}

/** The row of each place. */
export function rowOfEach(rows: Rows): Int32Array {
  const result = new Int32Array(rows.columns.length);
  for (let i = 0; i < heightOf(rows); i++) result.fill(i, rows.starts[i], rows.starts[i + 1]);
  return result;
}

export function sparseMatrix(pattern: Rows, values: Tensor, products: number): SparseMatrix {
  const shape = [heightOf(pattern), pattern.width] as const;
  const rows = rowOfEach(pattern);
  const { columns } = pattern;
  return {
    shape,
    rows,
    columns,
    values,
    products,
    toDense: () => {
      const size = shape[0] * shape[1];
      const zeros = new ConcreteTensor([size], values.dtype, allocate(values.dtype, size));
      if (columns.length === 0) return reshape(zeros, shape);
      const places = rows.map((row, k) => row * shape[1] + (columns[k] as number));
      return reshape(scatterAdd(zeros, wholeNumbers(places), values), shape);
    },
  };
}

/** A vector of whole numbers. */
export function wholeNumbers(data: Int32Array): ConcreteTensor {
  return new ConcreteTensor([data.length], "int32", data);
}

/** A pattern given by hand, checked: each place once, sorted; for a symmetric matrix with the opposite places. */
export function readPattern(
  operation: string,
  pattern: SparsityPattern,
  shape: readonly [number, number],
  symmetric: boolean,
): Rows {
  const { rows, columns } = pattern;
  const refuse = (problem: string): SymtapeError =>
    new SymtapeError("usage", `${operation}: the pattern ${problem}.`, { operation });
  if (rows.length !== columns.length) {
    throw refuse(
      `names ${rows.length} rows and ${columns.length} columns; each place has one of both`,
    );
  }
  const sets = Array.from({ length: shape[0] }, () => new Set<number>());
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number;
    const column = columns[k] as number;
    if (!isPlace(row, shape[0]) || !isPlace(column, shape[1])) {
      throw refuse(
        `names row ${row}, column ${column} of a matrix of ${shape[0]} × ${shape[1]}, counted from 0`,
      );
    }
    sets[row]?.add(column);
    if (symmetric) sets[column]?.add(row);
  }
  return rowsOf(
    sets.map((set) => Int32Array.from(set).sort()),
    shape[1],
  );
}

function isPlace(place: number, length: number): boolean {
  return Number.isInteger(place) && place >= 0 && place < length;
}
