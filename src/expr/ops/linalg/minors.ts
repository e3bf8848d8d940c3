// Determinants by expansion along rows: without division, so that small matrices of symbols give the
// textbook formulas, which hold whatever the symbols are.

import type { Elements, Loops } from "./loops.ts";
import { isSymbolic } from "./matrices.ts";

/** Above this size an expansion has more terms than elimination has steps. */
const MAXIMUM_SIZE = 4;

/** Whether a matrix holds symbols and is small enough to be expanded. */
export function isExpandable<S>(loops: Loops<S>, matrix: Elements<S>, size: number): boolean {
  return size <= MAXIMUM_SIZE && isSymbolic(loops, matrix);
}

/** The determinant of a matrix of symbols. */
export function expandDeterminant<S>(loops: Loops<S>, matrix: Elements<S>, size: number): S {
  const all = Array.from({ length: size }, (_, i) => i);
  return expandMinor(loops, matrix, size, all, all);
}

/** The matrix of cofactors: element (i, j) is ± the determinant without row i and column j. */
export function expandCofactors<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
): Elements<S> {
  const all = Array.from({ length: size }, (_, i) => i);
  const cofactors = loops.zeros(size * size);
  for (const i of all) {
    for (const j of all) {
      const minor = expandMinor(loops, matrix, size, all.toSpliced(i, 1), all.toSpliced(j, 1));
      cofactors[i * size + j] = (i + j) % 2 === 0 ? minor : negated(loops, minor);
    }
  }
  return cofactors;
}

/** The determinant of some rows and columns, along the first of the rows. */
function expandMinor<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  size: number,
  rows: readonly number[],
  columns: readonly number[],
): S {
  const { add, subtract, multiply, literal, numberOf } = loops.arithmetic;
  const [first, ...below] = rows;
  if (first === undefined) return literal(1);
  if (below.length === 0) return matrix[first * size + (columns[0] as number)] as S;
  let total: S | undefined;
  columns.forEach((column, k) => {
    const element = matrix[first * size + column] as S;
    if (numberOf(element) === 0) return;
    const minor = expandMinor(loops, matrix, size, below, columns.toSpliced(k, 1));
    if (numberOf(minor) === 0) return;
    const term = multiply(element, minor);
    if (total === undefined) total = k % 2 === 0 ? term : negated(loops, term);
    else total = k % 2 === 0 ? add(total, term) : subtract(total, term);
  });
  return total ?? literal(0);
}

function negated<S>({ arithmetic }: Loops<S>, value: S): S {
  const number = arithmetic.numberOf(value);
  return number === undefined ? arithmetic.negate(value) : arithmetic.literal(0 - number);
}
