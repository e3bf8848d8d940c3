// Gaussian elimination with pivoting, and the substitutions that solve with its triangles.

import { type Elements, type Loops, row } from "./loops.ts";
import { isSymbolic } from "./matrices.ts";

/** A matrix with its rows and columns put in another order, as the product of two triangles. */
export interface Elimination<S> {
  /** The lower triangle without its diagonal of ones, and the upper one. */
  readonly factors: Elements<S>;
  /** Which row of the matrix stands in each row of the product. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Whether the two orders together are an odd permutation, which changes the sign of the determinant. */
  readonly isOdd: boolean;
  /** How many pivots came before all that was left was zero. */
  readonly rank: number;
}

/** Where pivots are looked for: in one column, as usual, or in all that is left. */
type Search = "column" | "all";

/**
 * Eliminates below pivots of the largest size. Among symbols, whose sizes are not known, the first element
 * that is not known to be zero is taken. The matrix is overwritten.
 */
export function eliminate<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  search: Search,
): Elimination<S> {
  const { divide } = loops.arithmetic;
  const order = isSymbolic(loops, matrix) ? "first" : search;
  const rows = Array.from({ length: size }, (_, i) => i);
  const columns = [...rows];
  let isOdd = false;
  let rank = 0;
  for (; rank < size; rank++) {
    const pivot = findPivot(loops, matrix, size, rank, order);
    if (pivot === undefined) break;
    isOdd = exchange(rows, rank, pivot.row) !== isOdd;
    isOdd = exchange(columns, rank, pivot.column) !== isOdd;
    exchangeLines(matrix, rank * size, pivot.row * size, size, 1);
    exchangeLines(matrix, rank, pivot.column, size, size);
    const upper = rank * size + rank;
    for (let i = rank + 1; i < size; i++) {
      const at = i * size + rank;
      const factor = divide(matrix[at] as S, matrix[upper] as S);
      matrix[at] = factor;
      const count = size - rank - 1;
      loops.subtractMultiple(row(matrix, at + 1), row(matrix, upper + 1), count, factor);
    }
  }
  return { factors: matrix, rows, columns, isOdd, rank };
}

/** The place of the next pivot; a column of zeros is put off. None if all that is left is zero. */
function findPivot<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  from: number,
  search: Search | "first",
): { readonly row: number; readonly column: number } | undefined {
  const { numberOf } = loops.arithmetic;
  let best: { readonly row: number; readonly column: number } | undefined;
  let most = 0;
  for (let column = from; column < size; column++) {
    for (let i = from; i < size; i++) {
      const number = numberOf(matrix[i * size + column] as S);
      if (search === "first" && number !== 0) return { row: i, column };
      const length = Math.abs(number ?? 0);
      if (!(length > most || Number.isNaN(length))) continue;
      most = length;
      best = { row: i, column };
    }
    if (best !== undefined && search === "column") return best;
  }
  return best;
}

/** Exchanges two entries, and tells whether they were two. */
function exchange(list: number[], i: number, j: number): boolean {
  const moved = list[i] as number;
  list[i] = list[j] as number;
  list[j] = moved;
  return i !== j;
}

function exchangeLines<S>(
  matrix: Elements<S>,
  first: number,
  second: number,
  count: number,
  step: number,
): void {
  if (first === second) return;
  for (let i = 0; i < count * step; i += step) {
    const moved = matrix[first + i] as S;
    matrix[first + i] = matrix[second + i] as S;
    matrix[second + i] = moved;
  }
}

/** The determinant: the product of the pivots. */
export function productOfPivots<S>(loops: Loops<S>, elimination: Elimination<S>, size: number): S {
  const { multiply, negate, literal } = loops.arithmetic;
  let product: S | undefined;
  for (let i = 0; i < size; i++) {
    const pivot = elimination.factors[i * (size + 1)] as S;
    product = product === undefined ? pivot : multiply(product, pivot);
  }
  product ??= literal(1);
  return elimination.isOdd ? negate(product) : product;
}

/**
 * Solves with a matrix of full rank whose columns kept their order: `right` has `count` columns, and its
 * rows in the matrix's order.
 */
export function solveEliminated<S>(
  loops: Loops<S>,
  { factors, rows }: Elimination<S>,
  right: Elements<S>,
  count: number,
): Elements<S> {
  const size = rows.length;
  const solution = loops.zeros(size * count);
  rows.forEach((from, to) => {
    for (let k = 0; k < count; k++) solution[to * count + k] = right[from * count + k] as S;
  });
  solveTriangle(loops, factors, size, LOWER_OF_ONES, solution, count);
  solveTriangle(loops, factors, size, UPPER, solution, count);
  return solution;
}

/** Which triangle of a matrix is meant, and how. */
export interface Triangle {
  readonly lower: boolean;
  readonly transpose: boolean;
  /** Whether ones stand for the diagonal. */
  readonly unitDiagonal: boolean;
}

export const LOWER_OF_ONES: Triangle = { lower: true, transpose: false, unitDiagonal: true };
export const UPPER: Triangle = { lower: false, transpose: false, unitDiagonal: false };

/** Overwrites `count` right sides, the columns of `right`, by their solutions. */
export function solveTriangle<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  { lower, transpose, unitDiagonal }: Triangle,
  right: Elements<S>,
  count: number,
): void {
  const { divide } = loops.arithmetic;
  const forward = lower !== transpose;
  for (let step = 0; step < size; step++) {
    const i = forward ? step : size - 1 - step;
    for (let done = 0; done < step; done++) {
      const j = forward ? done : size - 1 - done;
      const factor = matrix[transpose ? j * size + i : i * size + j] as S;
      loops.subtractMultiple(row(right, i * count), row(right, j * count), count, factor);
    }
    if (unitDiagonal) continue;
    const diagonal = matrix[i * (size + 1)] as S;
    for (let k = i * count; k < (i + 1) * count; k++) {
      right[k] = divide(right[k] as S, diagonal);
    }
  }
}
