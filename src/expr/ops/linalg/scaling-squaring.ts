// The exponential of one matrix: a Padé approximant for a scaled matrix, squared again as often as it was
// halved. How often is chosen by the sizes of powers instead of powers of sizes, so that matrices far from
// normal are not scaled too much (A. Al-Mohy and N. Higham, "A new scaling and squaring algorithm for the
// matrix exponential", 2009).

import { numberArithmetic } from "../tensor-arithmetic.ts";
import { eliminate, solveEliminated } from "./elimination.ts";
import { type Elements, type Loops, loopsOf, row } from "./loops.ts";
import { needsNumbers, numbersBehind } from "./matrices.ts";
import { notNumbers, scaleAll } from "./rotations.ts";

/** Coefficients of the numerator of degree 13. */
const PADE: readonly number[] = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
  10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
const DEGREE = 13;

/** The largest size for which the approximant errs by no more than rounding. */
const THETA = 4.25;

/** The coefficient of x²⁷ in its relative error, 13!·13! / (26!·27!), in units of rounding. */
const LEADING_ERROR = 8.829961602018678e-36 / 2 ** -53;

/** Larger matrices are halved beforehand, so that their powers do not overflow. */
const MOST_BITS = 100;

export function exponential<S>(loops: Loops<S>, matrix: Elements<S>, size: number): ArrayLike<S> {
  const numbers = numbersBehind(loops, matrix);
  if (numbers === undefined) throw needsNumbers("expm");
  if (!numbers.every(Number.isFinite)) return notNumbers(loops, size * size);
  const before = Math.max(0, Math.ceil(Math.log2(norm(numbers, size))) - MOST_BITS);
  scaleAll(loops, matrix, 2 ** -before);
  const square = product(loops, matrix, matrix, size);
  const fourth = product(loops, square, square, size);
  const sixth = product(loops, fourth, square, size);
  const halvings = halvingsFor(loops, matrix, fourth, sixth, size);
  [matrix, square, fourth, sixth].forEach((power, i) => {
    scaleAll(loops, power, 2 ** (-halvings * Math.max(1, 2 * i)));
  });
  let result = approximant(loops, matrix, [square, fourth, sixth], size);
  for (let i = 0; i < before + halvings; i++) result = product(loops, result, result, size);
  return result;
}

function product<S>(loops: Loops<S>, x: Elements<S>, y: Elements<S>, size: number): Elements<S> {
  const result = loops.zeros(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = loops.arithmetic.negate(x[i * size + k] as S);
      loops.subtractMultiple(row(result, i * size), row(y, k * size), size, factor);
    }
  }
  return result;
}

/** The largest sum of sizes in a column. */
function norm(matrix: ArrayLike<number>, size: number): number {
  let most = 0;
  for (let j = 0; j < size; j++) {
    let total = 0;
    for (let i = 0; i < size; i++) total += Math.abs(matrix[i * size + j] as number);
    most = Math.max(most, total);
  }
  return most;
}

/** How often the matrix is to be halved before its approximant is good enough. */
function halvingsFor<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  fourth: Elements<S>,
  sixth: Elements<S>,
  size: number,
): number {
  const plain = loopsOf(numberArithmetic());
  const [numbers, four, six] = [matrix, fourth, sixth].map((power) =>
    Float64Array.from(numbersBehind(loops, power) as number[]),
  ) as [Float64Array, Float64Array, Float64Array];
  const ofFour = norm(four, size) ** (1 / 4);
  const ofSix = norm(six, size) ** (1 / 6);
  let least = Math.max(ofFour, ofSix);
  if (least > THETA) {
    const ofEight = norm(product(plain, four, four, size), size) ** (1 / 8);
    const ofTen = norm(product(plain, four, six, size), size) ** (1 / 10);
    least = Math.min(Math.max(ofSix, ofEight), Math.max(ofEight, ofTen));
  }
  const halvings = Math.max(0, Math.ceil(Math.log2(least / THETA)));
  return halvings + extraHalvings(numbers, halvings, size);
}

/** More halvings where large elements cancel in the powers but not in the error of the approximant. */
function extraHalvings(numbers: Float64Array, halvings: number, size: number): number {
  const own = Math.log2(norm(numbers, size)) - halvings;
  if (own === Number.NEGATIVE_INFINITY) return 0;
  const terms = 2 * DEGREE + 1;
  const bits = bitsOfPower(numbers, terms, size) - terms * halvings - own;
  return Math.max(0, Math.ceil((Math.log2(LEADING_ERROR) + bits) / (terms - 1)));
}

/** The logarithm of the norm of a power of the matrix of sizes, by products with a vector. */
function bitsOfPower(numbers: Float64Array, exponent: number, size: number): number {
  let sums = new Float64Array(size).fill(1);
  let bits = 0;
  for (let time = 0; time < exponent; time++) {
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        next[j] =
          (next[j] as number) + Math.abs(numbers[i * size + j] as number) * (sums[i] as number);
      }
    }
    const most = next.reduce((a, b) => Math.max(a, b), 0);
    bits += Math.log2(most);
    if (most === 0) return bits;
    sums = next.map((value) => value / most);
  }
  return bits;
}

/** The quotient of the two polynomials at a matrix with the given second, fourth and sixth powers. */
function approximant<S>(
  loops: Loops<S>,
  matrix: Elements<S>,
  powers: readonly Elements<S>[],
  size: number,
): Elements<S> {
  const odd = product(loops, matrix, everySecondTerm(loops, powers, 1, size), size);
  const even = everySecondTerm(loops, powers, 0, size);
  const minus = sum(loops, even, odd, -1);
  const plus = sum(loops, even, odd, 1);
  return solveEliminated(loops, eliminate(loops, minus, size, "column"), plus, size);
}

/** The terms of even or, divided by the matrix, of odd degree: x⁶·(b₈x² + b₁₀x⁴ + b₁₂x⁶) + b₀ + … + b₆x⁶. */
function everySecondTerm<S>(
  loops: Loops<S>,
  powers: readonly Elements<S>[],
  parity: number,
  size: number,
): Elements<S> {
  const pick = (start: number): readonly number[] =>
    [0, 2, 4].map((step) => PADE[start + step + parity] as number);
  const upper = product(loops, powers[2] as Elements<S>, combined(loops, powers, pick(8)), size);
  const result = sum(loops, upper, combined(loops, powers, pick(2)), 1);
  const { add, literal } = loops.arithmetic;
  for (let i = 0; i < result.length; i += size + 1) {
    result[i] = add(result[i] as S, literal(PADE[parity] as number));
  }
  return result;
}

/** The sum of the powers, each times its coefficient. */
function combined<S>(
  loops: Loops<S>,
  powers: readonly Elements<S>[],
  coefficients: readonly number[],
): Elements<S> {
  const total = loops.zeros((powers[0] as Elements<S>).length);
  powers.forEach((power, i) => {
    const factor = loops.arithmetic.literal(-(coefficients[i] as number));
    loops.subtractMultiple(row(total, 0), row(power, 0), total.length, factor);
  });
  return total;
}

/** x + factor·y */
function sum<S>(loops: Loops<S>, x: Elements<S>, y: Elements<S>, factor: number): Elements<S> {
  const total = loops.copy(x, 0, x.length);
  const opposite = loops.arithmetic.literal(-factor);
  loops.subtractMultiple(row(total, 0), row(y, 0), y.length, opposite);
  return total;
}
