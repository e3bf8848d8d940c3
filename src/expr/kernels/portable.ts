// The logarithm and the exponential with the same bits on every platform: Math.log and Math.exp may differ
// in the last place from engine to engine, while + - * / and the bits of a float64 may not.
//
// Both reduce their argument by a power of two and add what a polynomial gives for the rest, as fdlibm does
// (K. C. Ng, "fdlibm", Sun Microsystems, 1993; J.-M. Muller, "Elementary Functions", ch. 11). The tables
// come from scripts/fixtures/random_portable.py. Errors stay below 1 ulp.

import { polynomial } from "./polynomial.ts";

/** log(2) in 32 bits, so that its products with exponents are exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** (2 atanh(s) / s - 2) / s^2 in powers of s^2, for |s| up to (sqrt(2) - 1) / (sqrt(2) + 1). */
const ATANH_REST: readonly number[] = [
  0.6666666666666666, 0.4000000000000088, 0.2857142857080323, 0.2222222239180047,
  0.18181795630884753, 0.15386240205813478, 0.13268759668560612, 0.13086767009948175,
];

/** (e^r - 1 - r) / r^2 in powers of r, for |r| up to log(2) / 2. */
const EXP_REST: readonly number[] = [
  0.5, 0.16666666666666666, 0.04166666666666668, 0.008333333333333333, 0.0013888888888879073,
  0.00019841269841263298, 2.4801587336442236e-5, 2.755731924721873e-6, 2.75572632790885e-7,
  2.505207109429355e-8, 2.0918137737642736e-9, 1.608662795678037e-10,
];

const LEAST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18014398509481984;
const MANTISSA = 0x000fffff;

/** The words of one float64. A DataView has the same byte order everywhere. */
const words = new DataView(new ArrayBuffer(8));

/** The natural logarithm. */
export function portableLog(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  const subnormal = x < LEAST_NORMAL;
  words.setFloat64(0, subnormal ? x * TWO_TO_54 : x);
  const high = words.getInt32(0);
  // x = 2^exponent m with m between sqrt(1/2) and sqrt(2); the mantissa of sqrt(2) begins with 0x6a09e.
  const upper = (high & MANTISSA) > 0x6a09e ? 1 : 0;
  words.setInt32(0, (high & MANTISSA) | ((1023 - upper) << 20));
  const exponent = (high >> 20) - 1023 + upper - (subnormal ? 54 : 0);
  // log(m) = 2 atanh(s) = f - (f^2 / 2 - s (f^2 / 2 + rest)): f, the large part, is exact.
  const f = words.getFloat64(0) - 1;
  const s = f / (2 + f);
  const square = s * s;
  const half = 0.5 * f * f;
  const rest = square * polynomial(ATANH_REST, square);
  return exponent * LN2_HIGH - (half - (s * (half + rest) + exponent * LN2_LOW) - f);
}

/** The exponential. */
export function portableExp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  // x = k log(2) + r; k is no larger than 11 bits, so that k LN2_HIGH is exact.
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const power = 1 - (low - r * r * polynomial(EXP_REST, r) - high);
  return timesPowerOfTwo(power, k);
}

/** x 2^k for x between 1/2 and 2, with one rounding where the result is subnormal. */
function timesPowerOfTwo(x: number, k: number): number {
  if (k > 1000) return x * powerOfTwo(1000) * powerOfTwo(k - 1000);
  if (k < -1000) return x * powerOfTwo(k + 200) * powerOfTwo(-200);
  return x * powerOfTwo(k);
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  words.setInt32(0, (k + 1023) << 20);
  words.setInt32(4, 0);
  return words.getFloat64(0);
}
