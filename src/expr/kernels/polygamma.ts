// The digamma function and its derivatives: digamma factored at its positive root, the higher orders
// as sums of like-signed terms from the Hurwitz zeta function.
//
// The tables come from scripts/fixtures/kernel_coefficients.py.

import { polynomial } from "./polynomial.ts";

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
  let sum = 0;
  let at = a;
  for (; at < s + 12; at = at + 1) {
    const term = (a / at) ** s;
    sum += term;
    if (term < sum * 1e-19) return sum;
  }
  const first = (a / at) ** s;
  let factor = s / at;
  let series = 0.5;
  for (const [k, weight] of EULER_MACLAURIN.entries()) {
    const term = weight * factor;
    series += term;
    if (Math.abs(term) < 1e-19) break;
    factor *= ((s + 2 * k + 1) / at) * ((s + 2 * k + 2) / at);
  }
  return sum + first * (at / (s - 1) + series);
}

/** n! / a^(n + 1) * rest without overflow on the way: factors join on the side that keeps balance. */
function factorialOverPower(n: number, a: number, rest: number): number {
  let small = 1;
  let large = n;
  let value = rest;
  if (a < 1) {
    // Every factor k / a enlarges; only the result itself may overflow.
    for (; small <= n && value < Number.POSITIVE_INFINITY; small++) value *= small / a;
    return value / a;
  }
  value /= a;
  while (small <= large) {
    if (value > 1 ? small < a : large <= a) value *= small++ / a;
    else value *= large-- / a;
    if (value === 0 || value === Number.POSITIVE_INFINITY) return value;
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
