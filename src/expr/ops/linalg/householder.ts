// Orthogonal triangularization by reflections (A. S. Householder, 1958), with LAPACK's signs.

import { SymtapeError } from "../../errors.ts";
import { type Elements, isPlain, type Loops, type Row, row } from "./loops.ts";
import { needsNumbers, numbersBehind } from "./matrices.ts";

/** Q with orthonormal columns and an upper triangular R, both in row-major order. */
export interface OrthogonalTriangular<S> {
  readonly q: Elements<S>;
  readonly r: Elements<S>;
}

/** The reduced factors of a matrix: Q has min(rows, columns) columns and R as many rows. */
export function orthogonalTriangular<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
): OrthogonalTriangular<S> {
  const inner = Math.min(rows, columns);
  const work = transposedElements(loops, matrix, rows, columns);
  const factors = Array.from({ length: inner }, (_, j) => {
    const factor = makeReflection(loops, work, rows, j);
    for (let c = j + 1; c < columns; c++)
      reflect(loops, work, rows, j, row(work, c * rows), factor);
    return factor;
  });
  const q = loops.zeros(inner * rows);
  for (let c = inner - 1; c >= 0; c--) q[c * rows + c] = loops.arithmetic.literal(1);
  for (let j = inner - 1; j >= 0; j--) {
    for (let c = j; c < inner; c++)
      reflect(loops, work, rows, j, row(q, c * rows), factors[j] as Reflection<S>);
  }
  const r = loops.zeros(inner * columns);
  for (let i = 0; i < inner; i++) {
    r[i * columns + i] = (factors[i] as Reflection<S>).diagonal;
    for (let c = i + 1; c < columns; c++) r[i * columns + c] = work[c * rows + i] as S;
  }
  return { q: transposedElements(loops, q, inner, rows), r };
}

export function transposedElements<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  rows: number,
  columns: number,
): Elements<S> {
  const result = loops.copy(matrix, 0, rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j] as S;
  }
  return result;
}

/** The reflection I − weight·v·vᵀ that leaves `diagonal` and zeros in a column. */
interface Reflection<S> {
  /** Undefined where the column has zeros already, and the reflection is the identity. */
  readonly weight: S | undefined;
  readonly diagonal: S;
}

/** Makes the reflection for column j and leaves its vector v there, from the diagonal on; v begins with 1. */
function makeReflection<S>(
  loops: Loops<S>,
  work: Elements<S>,
  rows: number,
  j: number,
): Reflection<S> {
  const { add, subtract, divide, negate, literal, numberOf } = loops.arithmetic;
  const at = j * rows + j;
  const count = rows - j;
  const first = work[at] as S;
  const below = numbersBehind(loops, loops.copy(work, at + 1, count - 1));
  const sign = numberOf(first);
  if (below === undefined || sign === undefined) throw needsNumbers("qr");
  if (below.every((number) => number === 0)) {
    if (below.length > 0 && !isPlain(loops)) throw atFlip();
    return { weight: undefined, diagonal: first };
  }
  const length = lengthOf(loops, row(work, at), count);
  const diagonal = sign < 0 ? length : negate(length);
  const lead = sign < 0 ? subtract(first, length) : add(first, length);
  work[at] = literal(1);
  for (let i = at + 1; i < at + count; i++) work[i] = divide(work[i] as S, lead);
  return { weight: divide(lead, negate(diagonal)), diagonal };
}

/** At a column of zeros below the diagonal the signs of LAPACK flip, and there is no complex step. */
function atFlip(): SymtapeError<"unsupported"> {
  return new SymtapeError(
    "unsupported",
    "qr: a column with nothing but zeros below the diagonal has no complex step; the signs flip there.",
    { operation: "qr" },
  );
}

function reflect<S>(
  loops: Loops<S>,
  work: Elements<S>,
  rows: number,
  j: number,
  { of, at }: Row<S>,
  { weight }: Reflection<S>,
): void {
  if (weight === undefined) return;
  const vector = row(work, j * rows + j);
  const target = row(of, at + j);
  const product = loops.dot(vector, target, rows - j);
  const factor = loops.arithmetic.multiply(weight, product);
  loops.subtractMultiple(target, vector, rows - j, factor);
}

/** The largest and the least size whose squares are ordinary numbers. */
const HUGE = 1e140;
const TINY = 1e-140;

/** The Euclidean length, also where squares would overflow or vanish. */
export function lengthOf<S>(loops: Loops<S>, { of, at }: Row<S>, count: number): S {
  const { sqrt, multiply, literal } = loops.arithmetic;
  const part = loops.copy(of, at, count);
  const most = largest(numbersBehind(loops, part) ?? []);
  if (most === 0 || (most > TINY && most < HUGE)) {
    return sqrt(loops.dot(row(of, at), row(of, at), count));
  }
  const scale = powerOfTwo(most);
  for (let i = 0; i < count; i++) part[i] = multiply(part[i] as S, literal(1 / scale));
  return multiply(sqrt(loops.dot(row(part, 0), row(part, 0), count)), literal(scale));
}

/** The largest size among numbers, NaN if one of them is. */
export function largest(numbers: readonly number[]): number {
  let most = 0;
  for (const number of numbers) {
    const size = Math.abs(number);
    if (size > most || Number.isNaN(size)) most = size;
  }
  return most;
}

/** The power of two at or below a number, by which numbers are scaled without rounding. */
export function powerOfTwo(size: number): number {
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return 1;
  return 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(size))));
}
