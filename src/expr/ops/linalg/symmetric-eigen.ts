// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's method.

import { type Elements, isPlain, type Loops, row } from "./loops.ts";
import {
  isRepeated,
  notNumbers,
  orderOf,
  pointsDown,
  repeatedError,
  rotationFor,
  rounds,
  scaleAll,
  scaleOf,
  unitRows,
} from "./rotations.ts";

/** Eigenvalues in rising order, and eigenvectors as the columns of a matrix. */
export interface Eigen<S> {
  readonly values: readonly S[];
  readonly vectors: ArrayLike<S>;
}

/** A symmetric matrix on its way to a diagonal one, and the rotations so far. */
interface Work<S> {
  readonly matrix: Elements<S>;
  /** The eigenvectors as rows. */
  readonly vectors: Elements<S>;
  readonly size: number;
}

/** Eigenvalues and eigenvectors of a symmetric matrix, which is overwritten. */
export function symmetricEigen<S>(loops: Loops<S>, matrix: Elements<S>, size: number): Eigen<S> {
  const { multiply, negate, literal, numberOf } = loops.arithmetic;
  const scale = scaleOf(loops, matrix, "eigh");
  if (scale === undefined) {
    return { values: notNumbers(loops, size), vectors: notNumbers(loops, size * size) };
  }
  scaleAll(loops, matrix, 1 / scale);
  const vectors = unitRows(loops, size);
  const work = { matrix, vectors, size };
  rounds(loops, size, (p, q, settles) => turn(loops, work, p, q, settles));
  const found = Array.from({ length: size }, (_, k) => matrix[k * (size + 1)] as S);
  const order = orderOf(found.map((value) => numberOf(value) as number));
  const sorted = loops.zeros(size * size);
  order.forEach((k, to) => {
    const flips = pointsDown(loops, row(vectors, k * size), size);
    for (let i = 0; i < size; i++) {
      const element = vectors[k * size + i] as S;
      sorted[i * size + to] = flips ? negate(element) : element;
    }
  });
  return { values: order.map((k) => multiply(found[k] as S, literal(scale))), vectors: sorted };
}

/** Rotates rows and columns p and q, so that the elements beside the diagonal become zero. */
function turn<S>(
  loops: Loops<S>,
  { matrix, vectors, size }: Work<S>,
  p: number,
  q: number,
  settles: boolean,
): boolean {
  const { add, subtract, multiply, literal, numberOf } = loops.arithmetic;
  const [first, second, beside] = [p * (size + 1), q * (size + 1), p * size + q];
  const [low, high, off] = [matrix[first] as S, matrix[second] as S, matrix[beside] as S];
  const gap = subtract(high, low);
  const length = Math.abs(numberOf(off) as number);
  const [a, b] = [numberOf(low) as number, numberOf(high) as number];
  const turns = !isLost(length, a) || !isLost(length, b);
  if (!turns && !settles) return false;
  if (!isPlain(loops) && isRepeated(loops, gap, off, 1)) {
    if (settles) throw repeatedError("eigh");
    return false;
  }
  const { tangent, cosine, sine } = rotationFor(loops, gap, off);
  loops.rotate(row(matrix, p * size), row(matrix, q * size), size, cosine, sine);
  for (let i = 0; i < size; i++) {
    matrix[i * size + p] = matrix[p * size + i] as S;
    matrix[i * size + q] = matrix[q * size + i] as S;
  }
  matrix[first] = subtract(low, multiply(tangent, off));
  matrix[second] = add(high, multiply(tangent, off));
  matrix[beside] = literal(0);
  matrix[q * size + p] = literal(0);
  loops.rotate(row(vectors, p * size), row(vectors, q * size), size, cosine, sine);
  return turns;
}

/** Whether a number vanishes when it is added to another. */
function isLost(small: number, large: number): boolean {
  return Math.abs(large) + small === Math.abs(large);
}
