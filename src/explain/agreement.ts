// How many digits two numbers share, and whether that is enough.

/** All that a double can show. */
const FULL_DIGITS = 16;

/** Significant decimal digits in which two numbers agree, from 0 to 16. */
export function agreeingDigits(x: number, y: number, scale: number): number {
  if (Object.is(x, y) || x === y) return FULL_DIGITS;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return 0;
  const size = Math.max(Math.abs(x), Math.abs(y), scale);
  const digits = -Math.log10(Math.abs(x - y) / size);
  return Math.max(0, Math.min(FULL_DIGITS, Math.round(digits * 10) / 10));
}

/** Whether two numbers are equal up to a relative tolerance and an absolute error; NaN equals NaN. */
export function agrees(x: number, y: number, tolerance: number, error: number): boolean {
  if (Object.is(x, y) || x === y) return true;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y)) + error;
}
