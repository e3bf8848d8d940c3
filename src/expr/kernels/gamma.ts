// Gamma, log|gamma| and the polygamma functions of real arguments: short expansions on one unit
// interval, carried elsewhere by the recurrence in doubled precision or by an asymptotic series.
//
// The tables come from scripts/fixtures/kernel_coefficients.py.

import { productError, sumError } from "./exact.ts";
import { polynomial } from "./polynomial.ts";

/** (1/gamma(1 + f) - 1) / f for |f| <= 1/2 (DLMF 5.7.1 gives the series it approximates). */
const RECIPROCAL_GAMMA: readonly number[] = [
  0.5772156649015329, -0.6558780715202539, -0.042002635034095515, 0.16653861138229156,
  -0.042197734555520845, -0.009621971527881244, 0.007218943245911219, -0.0011651675917515748,
  -0.0002152416622963602, 0.00012805028095268952, -2.0134955675158432e-5, -1.250482599887007e-6,
  1.1335045193083941e-6, -2.0568090001178425e-7, 4.939613004327888e-9, 5.110395864243105e-9,
];

/** log(gamma(1 + f)) / f for |f| <= 1/2. */
const LOG_GAMMA_AT_ONE: readonly number[] = [
  -0.5772156649015329, 0.8224670334241131, -0.40068563438653065, 0.2705808084278366,
  -0.20738555102889636, 0.1695571769888392, -0.14404989674293042, 0.12550967018227932,
  -0.11133426744819344, 0.10009942900736879, -0.09095395937948512, 0.08335461458595932,
  -0.07693389168797567, 0.07141895655769624, -0.06664634848826916, 0.06267540247447202,
  -0.05907935115771443, 0.05402684381687545, -0.05055361916461507, 0.05945369312534371,
  -0.05967209611450288, 0.00471934060040921, 0.005627198134008818, 0.1597915748331983,
  -0.17545100195447957, -0.17487580734478056, 0.19662943603137412, 0.23325420200258892,
  -0.24134519253805736,
];

/** log(gamma(2 + f)) / f for |f| <= 1/2. */
const LOG_GAMMA_AT_TWO: readonly number[] = [
  0.42278433509846713, 0.32246703342411326, -0.06735230105319814, 0.020580808427780335,
  -0.007385551028668096, 0.002890510331036772, -0.0011927539120033873, 0.0005096695153484373,
  -0.00022315475069647703, 9.945767440096764e-5, -4.492635166770342e-5, 2.0505584372896933e-5,
  -9.438454884054723e-6, 4.3847319318293745e-6, -2.044935323180052e-6, 9.199898075671394e-7,
  -4.303234692956732e-7, 2.7880013392491846e-7, -1.341570273460026e-7,
];

/** B(2k) / (2k (2k - 1)), Stirling's series (DLMF 5.11.1). */
const STIRLING_TERMS: readonly number[] = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242,
];

/** log(2 pi) / 2 - 1/2 */
const STIRLING_CONSTANT = 0.4189385332046727;
const STIRLING_START = 32;

/** start * (f + from)(f + from + 1)...(f + to) as the unevaluated sum of two doubles. */
function product(start: number, f: number, from: number, to: number): [number, number] {
  let high = start;
  let low = 0;
  for (let k = from; k <= to; k++) {
    const factor = f + k;
    const rest = sumError(f, k, factor);
    const value = high * factor;
    const lost = productError(high, factor, value);
    const correction = lost + (high * rest + low * factor);
    high = value + correction;
    low = correction - (high - value);
  }
  return [high, low];
}

function isPole(x: number): boolean {
  return x <= 0 && Math.floor(x) === x;
}

/**
 * The gamma function (DLMF 5.2.1); ±Infinity at ±0, NaN at the negative integers.
 *
 * With n the integer nearest to x and f = x - n, gamma(x) is gamma(1 + f) times or over a product
 * of at most 185 factors (DLMF 5.5.1). No power and no sine is taken: nothing amplifies an error.
 */
export function gamma(x: number): number {
  if (x === 0) return 1 / x;
  if (Number.isNaN(x) || isPole(x)) return Number.NaN;
  if (x > 172) return Number.POSITIVE_INFINITY;
  if (x < -184) return Math.floor(x) % 2 === 0 ? 0 : -0;
  const n = Math.round(x);
  const f = x - n;
  // Far out the product is kept near 1 by a power of two, which the last step takes back exactly.
  const scale = Math.abs(n) > 100 ? 2 ** -500 : 1;
  const reciprocal = 1 + f * polynomial(RECIPROCAL_GAMMA, f);
  if (n >= 1) return product(scale, f, 1, n - 1)[0] / reciprocal / scale;
  return (1 / (product(scale, f, n, 0)[0] * reciprocal)) * scale;
}

function logGammaNearOne(f: number): number {
  return f * polynomial(LOG_GAMMA_AT_ONE, f);
}

function logOfSum(high: number, low: number): number {
  const size = Math.abs(high);
  const rest = high < 0 ? -low : low;
  if (size > 0.5 && size < 2) return Math.log1p(size - 1 + rest);
  return Math.log(size) + rest / size;
}

/** log|gamma(x)| to full relative precision at its zeros 1 and 2; +Infinity at the poles. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (isPole(x) || Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x >= STIRLING_START) {
    const series = polynomial(STIRLING_TERMS, 1 / (x * x)) / x;
    return (x - 0.5) * (Math.log(x) - 1) + (STIRLING_CONSTANT + series);
  }
  const n = Math.round(x);
  const f = x - n;
  if (x <= -STIRLING_START) {
    // Reflection (DLMF 5.5.3); both terms but the last are small against it.
    return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * f))) - lgamma(-x);
  }
  if (n === 2) return f * polynomial(LOG_GAMMA_AT_TWO, f);
  if (n === 1) return logGammaNearOne(f) + 0;
  if (n === 0) return logGammaNearOne(f) - Math.log(Math.abs(x));
  if (n > 0) return logOfSum(...product(1, f, 1, n - 1)) + logGammaNearOne(f);
  return logGammaNearOne(f) - logOfSum(...product(1, f, n, 0));
}

/** digamma(x) / (x - root) in powers of x - 3/2, for 1 <= x <= 2. */
const DIGAMMA_SLOPE: readonly number[] = [
  0.9510558760318328, -0.4236274212814606, 0.24054248424078736, -0.14840492305388006,
  0.09498872445282817, -0.06192213327556183, 0.040760833944741226, -0.02697579665686472,
  0.01790724819228875, -0.011908220169786002, 0.007927024136843637, -0.0052799364178857415,
  0.0035180792717028125, -0.0023455016279107115, 0.0015635739915515125, -0.0010364227247828023,
  0.0006899428514219089, -0.00048606417050412354, 0.00032689316473621455, -0.00014460384609240088,
  9.158816882117e-5, -0.00017837342400462423, 0.00012241591000024265,
];

/** The root of digamma, less 1, as two doubles. */
const ROOT_HIGH = 0.46163214496836236;
const ROOT_LOW = -1.5522348162858677e-17;

/** B(2k) / 2k (DLMF 5.11.2). */
const DIGAMMA_TERMS: readonly number[] = [
  0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667,
  0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686,
  3.0539543302701198, -26.456212121212122,
];

/** B(2k) / (2k)!, the weights of the Euler-Maclaurin formula (DLMF 2.10.1). */
const EULER_MACLAURIN: readonly number[] = [
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-5, -8.267195767195768e-7,
  2.08767569878681e-8, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
  8.586062056277845e-15, -2.174868698558062e-16, 5.5090028283602295e-18, -1.3954464685812522e-19,
  3.534707039629467e-21,
];

/** digamma(1 + t) for 0 <= t <= 1. */
function digammaAboveOne(t: number): number {
  return (t - ROOT_HIGH - ROOT_LOW) * polynomial(DIGAMMA_SLOPE, t - 0.5);
}

/** The digamma function (DLMF 5.2.2); ∓Infinity at ±0, NaN at the negative integers. */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x < 0) {
    const f = x - Math.round(x);
    if (f === 0) return Number.NaN;
    // Reflection (DLMF 5.5.4); above -1 the argument 1 - x is taken without rounding.
    const other = x > -1 ? digammaAboveOne(-x) : digamma(1 - x);
    return other - Math.PI / Math.tan(Math.PI * f);
  }
  if (x < 1) return digammaAboveOne(x) - 1 / x;
  if (x < 10) {
    let sum = 0;
    let t = x - 1;
    // Every t here is exact, and from the smallest term up the sum is kindest to rounding.
    const steps = Math.floor(t);
    for (let k = 0; k < steps; k++) {
      sum += 1 / t;
      t -= 1;
    }
    return sum + digammaAboveOne(t);
  }
  const inverse = 1 / x;
  const square = inverse * inverse;
  return Math.log(x) - (0.5 * inverse + square * polynomial(DIGAMMA_TERMS, square));
}

/**
 * a^s times the Hurwitz zeta function of s >= 2 and a > 0 (DLMF 25.11.1): a direct sum, then the
 * Euler-Maclaurin formula (DLMF 25.11.5) for the rest. The factor a^s keeps every term in range.
 */
function scaledZeta(s: number, a: number): number {
  const untilSmooth = s + 12 - a;
  const untilNothing = a * (10 ** (20 / s) - 1);
  const count = Math.ceil(Math.max(0, Math.min(untilSmooth, untilNothing)));
  let sum = untilSmooth <= untilNothing ? zetaRest(s, a, a + count) : 0;
  // From the smallest term up, for the least rounding.
  for (let k = count - 1; k >= 0; k--) sum += (a / (a + k)) ** s;
  return sum;
}

/** The terms of scaledZeta from the one at `at` on. */
function zetaRest(s: number, a: number, at: number): number {
  let factor = s / at;
  let series = 0;
  for (const [k, weight] of EULER_MACLAURIN.entries()) {
    series += weight * factor;
    factor *= ((s + 2 * k + 1) / at) * ((s + 2 * k + 2) / at);
  }
  return (a / at) ** s * (at / (s - 1) + (0.5 + series));
}

/** n! / a^(n + 1) * rest; where a factor leaves the range, in an order that keeps the balance. */
function factorialOverPower(n: number, a: number, rest: number): number {
  const factorial = gamma(n + 1);
  const power = a ** (n + 1);
  if (factorial < 1e300 && power > 1e-300 && power < 1e300) return (factorial / power) * rest;
  let small = 1;
  let large = n;
  let value = rest / a;
  while (small <= large && value !== 0 && value !== Number.POSITIVE_INFINITY) {
    // The next factor that brings the product towards 1, if there is one.
    if (value > 1 ? small < a : large <= a) value *= small++ / a;
    else value *= large-- / a;
  }
  return value;
}

/** n! zeta(n + 1, a) for n >= 1, a > 0. */
function positiveSum(n: number, a: number): number {
  return factorialOverPower(n, a, scaledZeta(n + 1, a));
}

/**
 * The n-th derivative of digamma (DLMF 5.15.1), n a whole number >= 0, else NaN. At the poles the
 * odd orders are +Infinity; the even ones are ∓Infinity at ±0 and NaN at the negative integers.
 */
export function polygamma(n: number, x: number): number {
  if (!Number.isInteger(n) || n < 0 || Number.isNaN(x)) return Number.NaN;
  if (n === 0) return digamma(x);
  const sign = n % 2 === 1 ? 1 : -1;
  if (x === Number.POSITIVE_INFINITY) return sign * 0;
  if (x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x > 0) return sign * positiveSum(n, x);
  if (x === 0) return sign === 1 ? Number.POSITIVE_INFINITY : -1 / x;
  const above = x - Math.floor(x);
  if (above === 0) return sign === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  // The sum of (x + k)^-(n + 1) over all whole k has period 1; take back the terms with k < 0.
  const below = Math.ceil(x) - x;
  // Between -1/2 and 0 the distance above -1 is rounded; (a + e)^-s = a^-s (1 - s e / a + ...).
  const lost = x > -0.5 ? x - (above - 1) : 0;
  const fromAbove = positiveSum(n, above);
  const corrected = fromAbove - fromAbove * (((n + 1) * lost) / above);
  const all = corrected + sign * positiveSum(n, below);
  return sign * (all - sign * positiveSum(n, 1 - x));
}
