// What the two methods of C. G. J. Jacobi (1846) share: rounds of plane rotations. They find even small
// values to nearly full precision (J. Demmel and K. Veselić, "Jacobi's method is more accurate than QR", 1992).
//
// The rotations are smooth in the elements, so the same steps on complex numbers carry a derivative along:
// after the real parts have converged, two more rounds settle the imaginary ones.

import { SymtapeError } from "../../errors.ts";
import { largest, powerOfTwo } from "./householder.ts";
import { type Elements, isPlain, type Loops, type Row } from "./loops.ts";
import { needsNumbers, numbersBehind } from "./matrices.ts";

const MOST_ROUNDS = 60;
const ROUNDS_AFTER = 2;

/**
 * Rotates a pair if its real parts ask for it, and tells whether they did. While `settles`, pairs are rotated
 * for the sake of their imaginary parts.
 */
type Turn = (p: number, q: number, settles: boolean) => boolean;

/** Runs rounds over all pairs p < q until one rotates nothing. */
export function rounds<S>(loops: Loops<S>, size: number, turn: Turn): void {
  let after = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let turned = false;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) turned = turn(p, q, after > 0) || turned;
    }
    if (after > 0 || !turned) after++;
    if (after > (isPlain(loops) ? 0 : ROUNDS_AFTER)) return;
  }
}

/** The rotation that makes a symmetric matrix of two rows diagonal. */
interface Rotation<S> {
  readonly tangent: S;
  readonly cosine: S;
  readonly sine: S;
}

/** The smaller rotation for diagonal elements that differ by `gap` and the element `beside` them. */
export function rotationFor<S>({ arithmetic }: Loops<S>, gap: S, beside: S): Rotation<S> {
  const { add, subtract, multiply, divide, sqrt, hypot, literal, numberOf } = arithmetic;
  const twice = multiply(literal(2), beside);
  const radius = hypot(gap, twice);
  const isBelow = (numberOf(gap) as number) < 0;
  const tangent = divide(twice, isBelow ? subtract(gap, radius) : add(gap, radius));
  const secant = sqrt(add(literal(1), multiply(tangent, tangent)));
  const cosine = divide(literal(1), secant);
  return { tangent, cosine, sine: multiply(tangent, cosine) };
}

/** How near two values may come, beside the largest, before their derivatives are lost. */
const CLOSE = 2 ** -44;

/** Whether two values are one, as far as their derivatives go. */
export function isRepeated<S>({ arithmetic }: Loops<S>, gap: S, beside: S, size: number): boolean {
  const { numberOf } = arithmetic;
  return Math.hypot(numberOf(gap) as number, numberOf(beside) as number) <= CLOSE * size;
}

/** The refusal of a complex step where values are repeated. */
export function repeatedError(operation: string): SymtapeError<"unsupported"> {
  return new SymtapeError(
    "unsupported",
    `${operation}: values that are equal or zero have no complex step.`,
    { operation },
  );
}

/** Elements this near to the largest, in proportion, count as equal to it. */
const NEARLY = 1 - 1e-8;

/**
 * Whether the sign of a vector is to be changed: the first of its largest elements shall be positive. Those
 * that are equal to eight digits count as one size, so that rounding does not choose.
 */
export function pointsDown<S>(
  { arithmetic }: Loops<S>,
  { of, at }: Row<S>,
  count: number,
): boolean {
  const numbers = Array.from(
    { length: count },
    (_, i) => arithmetic.numberOf(of[at + i] as S) as number,
  );
  const most = largest(numbers);
  return (numbers.find((number) => Math.abs(number) >= NEARLY * most) ?? 0) < 0;
}

export function unitRows<S>(loops: Loops<S>, size: number): Elements<S> {
  const rows = loops.zeros(size * size);
  for (let i = 0; i < size; i++) rows[i * (size + 1)] = loops.arithmetic.literal(1);
  return rows;
}

/**
 * A power of two near the largest element: divided by it, elements have squares that neither overflow nor
 * vanish. None if an element is NaN or infinite.
 */
export function scaleOf<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  operation: string,
): number | undefined {
  const numbers = numbersBehind(loops, matrix);
  if (numbers === undefined) throw needsNumbers(operation);
  const most = largest(numbers);
  return Number.isFinite(most) ? powerOfTwo(most) : undefined;
}

/** Multiplies all elements by a number. */
export function scaleAll<S>({ arithmetic }: Loops<S>, elements: Elements<S>, factor: number): void {
  for (let i = 0; i < elements.length; i++) {
    elements[i] = arithmetic.multiply(elements[i] as S, arithmetic.literal(factor));
  }
}

export function notNumbers<S>({ arithmetic }: Loops<S>, length: number): S[] {
  return Array.from({ length }, () => arithmetic.literal(Number.NaN));
}

/** The places of the numbers in rising order; equal ones stay in theirs. */
export function orderOf(numbers: readonly number[]): number[] {
  return numbers
    .map((_, i) => i)
    .sort((left, right) => (numbers[left] as number) - (numbers[right] as number));
}
