// The error function and its complement: a short series near 0, elsewhere a Chebyshev expansion of
// (1 + 2x) exp(x^2) erfc(x) times a Gaussian whose exponent keeps the digits that x * x loses.
//
// The cut at 0.46875 follows W. J. Cody, "Rational Chebyshev approximations for the error
// function", Math. Comp. 23 (1969); the expanded function follows M. M. Shepherd and
// J. G. Laframboise, Math. Comp. 36 (1981). The tables come from
// scripts/fixtures/kernel_coefficients.py.

import { productError } from "./exact.ts";
import { polynomial } from "./polynomial.ts";

const SERIES_END = 0.46875;
const TAIL_WIDTH = 3;

/** erf(x) / x - 1 in powers of x^2, for |x| <= SERIES_END. */
const ERF_SERIES: readonly number[] = [
  0.1283791670955126, -0.37612638903183654, 0.11283791670942954, -0.026866170639433317,
  0.005223977491742516, -0.0008548309383093522, 0.00012053963380671578, -1.486345766022013e-5,
  1.4925754103988456e-6,
];

/** (1 + 2x) exp(x^2) erfc(x) in T_k((t - 3) / (t + 3)), t = x - SERIES_END >= 0. */
const SCALED_TAIL: readonly number[] = [
  1.214907253564239, -0.06793733374048001, -0.033202955866076043, 0.019032612135657212,
  -0.00516722469577806, 0.000789183719757734, -3.1867064932649445e-5, -1.2569067575116744e-5,
  1.950389344679541e-6, 1.8236159499532228e-7, -6.330668983385482e-8, -3.4329372804902665e-9,
  2.0565600311485483e-9, 1.1723014608559268e-10, -7.079941835910373e-11, -6.363527120663885e-12,
  2.473028376468476e-12, 3.8603516719063684e-13, -7.855095601107982e-14, -2.2480393627915236e-14,
  1.6158755941880505e-15, 1.1839272335748737e-15, 4.461299796656912e-17, -5.2588412986506166e-17,
  -8.481602865808612e-18,
];

/** exp(x^2) erfc(x) for x >= 0.46875. */
export function scaledErfc(x: number): number {
  if (x > 1e15) return 1 / (x * Math.sqrt(Math.PI));
  const shifted = x - SERIES_END;
  const twice = (2 * (shifted - TAIL_WIDTH)) / (shifted + TAIL_WIDTH);
  // Clenshaw's recurrence.
  let next = 0;
  let current = 0;
  for (let k = SCALED_TAIL.length - 1; k > 0; k--) {
    const sum = twice * current - next + SCALED_TAIL[k]!;
    next = current;
    current = sum;
  }
  return ((twice / 2) * current - next + SCALED_TAIL[0]!) / (1 + 2 * x);
}

/**
 * factor * exp(-share * x^2), share a power of two. The rounding error of x * x is put back, and
 * far out the exponential enters as two equal factors, so that only the last product meets the
 * subnormal range.
 */
export function timesGaussian(factor: number, x: number, share: number): number {
  const square = x * x;
  const lost = share * productError(x, x, square);
  const exponent = share * square;
  // Not factor * (1 - lost): the difference from 1 would be rounded away.
  const corrected = factor - factor * lost;
  if (exponent < 690) return corrected * Math.exp(-exponent);
  const half = Math.exp(-exponent / 2);
  return corrected * half * half;
}

function erfSeries(x: number): number {
  return x + x * polynomial(ERF_SERIES, x * x);
}

/** erfc(x) for x >= 0.46875; 0 from where it is below the least subnormal. */
function erfcTail(x: number): number {
  return x > 27.3 ? 0 : timesGaussian(scaledErfc(x), x, 1);
}

/** The error function (DLMF 7.2.1). */
export function erf(x: number): number {
  if (Math.abs(x) < SERIES_END) return erfSeries(x);
  if (Number.isNaN(x)) return x;
  const size = 1 - erfcTail(Math.abs(x));
  return x < 0 ? -size : size;
}

/** The complementary error function 1 - erf(x) (DLMF 7.2.2), to full relative precision. */
export function erfc(x: number): number {
  if (Math.abs(x) < SERIES_END) return 1 - erfSeries(x);
  if (Number.isNaN(x)) return x;
  return x < 0 ? 2 - erfcTail(-x) : erfcTail(x);
}
