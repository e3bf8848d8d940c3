// Exact fractions of whole numbers; what does not fit in 53 bits is undefined, never rounded.

export interface Rational {
  readonly n: number;
  /** Positive; the fraction is in lowest terms. */
  readonly d: number;
}

export const ONE: Rational = { n: 1, d: 1 };
export const MINUS_ONE: Rational = { n: -1, d: 1 };

/** n / d in lowest terms. */
export function rational(n: number, d = 1): Rational | undefined {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d) || d === 0) return undefined;
  const divisor = gcd(Math.abs(n), Math.abs(d)) * Math.sign(d);
  return { n: n / divisor + 0, d: d / divisor };
}

/** The greatest common divisor; that of 0 and b is b. */
export function gcd(first: number, second: number): number {
  let [a, b] = [first, second];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

export function plus(x: Rational, y: Rational): Rational | undefined {
  return rational(x.n * y.d + y.n * x.d, x.d * y.d);
}

export function times(x: Rational, y: Rational): Rational | undefined {
  return rational(x.n * y.n, x.d * y.d);
}

/** x to a whole power; undefined for a negative power of 0. */
export function power(x: Rational, exponent: number): Rational | undefined {
  const top = exponent < 0 ? x.d : x.n;
  const bottom = exponent < 0 ? x.n : x.d;
  return rational(top ** Math.abs(exponent), bottom ** Math.abs(exponent));
}

export function negated(x: Rational): Rational {
  return { n: 0 - x.n, d: x.d };
}

/** Decimals such as 0.5 and 0.125 are fractions of a small power of two; others, like 0.1, are none. */
const LARGEST_DENOMINATOR = 64;

/** The number as an exact fraction, if it is a simple one. Negative zero is none: 1 / -0 differs. */
export function exactly(value: number): Rational | undefined {
  if (Object.is(value, -0)) return undefined;
  const scaled = value * LARGEST_DENOMINATOR;
  return Number.isInteger(scaled) ? rational(scaled, LARGEST_DENOMINATOR) : undefined;
}
