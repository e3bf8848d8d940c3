// Singular values and vectors by rotating pairs of rows until all are orthogonal (M. R. Hestenes, 1958).

import { lengthOf } from "./householder.ts";
import { type Elements, isPlain, type Loops, type Row, row } from "./loops.ts";
import {
  isRepeated,
  notNumbers,
  orderOf,
  repeatedError,
  rotationFor,
  rounds,
  scaleAll,
  scaleOf,
  unitRows,
} from "./rotations.ts";

/** The singular values of a matrix in falling order, with their vectors as rows. */
export interface Singular<S> {
  readonly values: readonly S[];
  /** Orthonormal rows as long as those of the matrix. */
  readonly along: Elements<S>;
  /** Orthonormal rows of as many elements as the matrix has rows: matrix = acrossᵀ·diag(values)·along. */
  readonly across: Elements<S>;
}

/** A matrix whose rows become orthogonal, and the rotations so far. */
interface Work<S> {
  readonly matrix: Elements<S>;
  readonly rotations: Elements<S>;
  readonly count: number;
  readonly length: number;
}

/** For a matrix with no more rows than columns, which is overwritten. */
export function singularValues<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  count: number,
  length: number,
): Singular<S> {
  const { multiply, literal, numberOf } = loops.arithmetic;
  const scale = scaleOf(loops, matrix, "svd");
  if (scale === undefined) {
    const nothing = (size: number): Elements<S> => notNumbers(loops, size);
    const values = notNumbers(loops, count);
    return { values, along: nothing(count * length), across: nothing(count * count) };
  }
  scaleAll(loops, matrix, 1 / scale);
  const rotations = unitRows(loops, count);
  const work = { matrix, rotations, count, length };
  rounds(loops, count, (p, q, settles) => turn(loops, work, p, q, settles));
  const found = Array.from({ length: count }, (_, k) =>
    lengthOf(loops, row(matrix, k * length), length),
  );
  const order = orderOf(found.map((value) => -(numberOf(value) as number)));
  const along = loops.zeros(count * length);
  const across = loops.zeros(count * count);
  order.forEach((k, to) => {
    const size = found[k] as S;
    if (!isPlain(loops) && isRepeated(loops, size, size, 1)) throw repeatedError("svd");
    for (let i = 0; i < count; i++) across[to * count + i] = rotations[k * count + i] as S;
    for (let i = 0; i < length; i++) along[to * length + i] = matrix[k * length + i] as S;
    if (numberOf(size) === 0) setOrthogonal(loops, along, length, to);
    else divideRow(loops, row(along, to * length), length, size);
  });
  return { values: order.map((k) => multiply(found[k] as S, literal(scale))), along, across };
}

/** Rotates rows p and q so that they become orthogonal. */
function turn<S>(
  loops: Loops<S>,
  { matrix, rotations, count, length }: Work<S>,
  p: number,
  q: number,
  settles: boolean,
): boolean {
  const { subtract, numberOf } = loops.arithmetic;
  const [x, y] = [row(matrix, p * length), row(matrix, q * length)];
  const low = loops.dot(x, x, length);
  const high = loops.dot(y, y, length);
  const product = loops.dot(x, y, length);
  const gap = subtract(high, low);
  const [a, b] = [numberOf(low) as number, numberOf(high) as number];
  const rounding = Number.EPSILON * Math.sqrt(length) * Math.sqrt(a) * Math.sqrt(b);
  const turns = Math.abs(numberOf(product) as number) > rounding;
  if (!turns && !settles) return false;
  if (!isPlain(loops) && isRepeated(loops, gap, product, a + b)) {
    if (settles) throw repeatedError("svd");
    return false;
  }
  const { cosine, sine } = rotationFor(loops, gap, product);
  loops.rotate(x, y, length, cosine, sine);
  loops.rotate(row(rotations, p * count), row(rotations, q * count), count, cosine, sine);
  return turns;
}

function divideRow<S>(loops: Loops<S>, { of, at }: Row<S>, length: number, size: S): void {
  for (let i = at; i < at + length; i++) of[i] = loops.arithmetic.divide(of[i] as S, size);
}

/** Makes row `place`, which is zero, a direction orthogonal to the rows above it. */
function setOrthogonal<S>(loops: Loops<S>, rows: Elements<S>, length: number, place: number): void {
  const target = row(rows, place * length);
  rows[target.at + leastCovered(loops, rows, length, place)] = loops.arithmetic.literal(1);
  // Once more for the rounding of the first time.
  for (let time = 0; time < 2; time++) {
    for (let k = 0; k < place; k++) {
      const other = row(rows, k * length);
      loops.subtractMultiple(target, other, length, loops.dot(other, target, length));
    }
  }
  divideRow(loops, target, length, lengthOf(loops, target, length));
}

/** The axis that the first `count` rows point along the least. */
function leastCovered<S>(
  { arithmetic }: Loops<S>,
  rows: Elements<S>,
  length: number,
  count: number,
): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    let covered = 0;
    for (let k = 0; k < count; k++) {
      covered += (arithmetic.numberOf(rows[k * length + i] as S) as number) ** 2;
    }
    if (covered >= least) continue;
    least = covered;
    best = i;
  }
  return best;
}
