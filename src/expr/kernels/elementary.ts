// Real functions that Math lacks, each arranged so that nothing overflows, cancels or underflows on
// the way to a result that a float64 can hold.

import { erfc, scaledErfc, timesGaussian } from "./erf.ts";
import { productError, sumError } from "./exact.ts";

/** factor * e^x for x <= 0; deep down as two equal factors, so that underflow rounds only once. */
function timesExp(factor: number, x: number): number {
  if (x > -690) return factor * Math.exp(x);
  const half = Math.exp(x / 2);
  return factor * half * half;
}

/** The size with the sign of x. */
function withSign(size: number, x: number): number {
  return x < 0 || Object.is(x, -0) ? -size : size;
}

export function sec(x: number): number {
  return 1 / Math.cos(x);
}

export function csc(x: number): number {
  return 1 / Math.sin(x);
}

export function cot(x: number): number {
  return 1 / Math.tan(x);
}

/** tan(asec(x)) for x >= 1: exact differences near 1, and no overflow of x * x. */
function legOverOne(x: number): number {
  return Math.sqrt(x - 1) * Math.sqrt(x + 1);
}

export function asec(x: number): number {
  if (x >= 1) return Math.atan(legOverOne(x));
  return x <= -1 ? Math.PI - Math.atan(legOverOne(-x)) : Number.NaN;
}

export function acsc(x: number): number {
  const size = Math.abs(x);
  if (size >= 1.5) return Math.asin(1 / x);
  return withSign(Math.atan(1 / legOverOne(size)), x);
}

/** atan(1/x), odd and with a jump at 0, the convention of mathjs. */
export function acot(x: number): number {
  return Math.atan(1 / x);
}

export function sech(x: number): number {
  const size = Math.abs(x);
  return size > 690 ? timesExp(2, -size) : 1 / Math.cosh(x);
}

export function csch(x: number): number {
  const size = Math.abs(x);
  return size > 690 ? withSign(timesExp(2, -size), x) : 1 / Math.sinh(x);
}

export function coth(x: number): number {
  return 1 / Math.tanh(x);
}

export function asech(x: number): number {
  if (!(x >= 0 && x <= 1)) return Number.NaN;
  if (x < 1e-300) return Math.LN2 - Math.log(x);
  return Math.asinh(Math.sqrt((1 - x) * (1 + x)) / x);
}

export function acsch(x: number): number {
  const size = Math.abs(x);
  // Below this 1/x overflows before the logarithm is taken.
  if (size < 1e-300) return withSign(Math.LN2 - Math.log(size), x);
  return Math.asinh(1 / x);
}

export function acoth(x: number): number {
  const size = Math.abs(x);
  if (!(size >= 1)) return Number.NaN;
  return withSign(0.5 * Math.log1p(2 / (size - 1)), x);
}

/** x - y * floor(x / y): the remainder that takes the sign of y; NaN where y is 0. */
export function mod(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return withSign(0, y);
  return rest < 0 === y < 0 || Number.isNaN(rest) ? rest : rest + y;
}

/** Nearest integer, halves to the even one. */
export function round(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

export function sign(x: number): number {
  return Math.sign(x);
}

/** The bound nearest to x where x lies outside; NaN where any argument is NaN. */
export function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const power = Math.exp(x);
  return power / (1 + power);
}

/** log(1 + e^x). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** log(sigmoid(x)). */
export function logSigmoid(x: number): number {
  return -softplus(-x);
}

export function relu(x: number): number {
  return Math.max(x, 0);
}

export function leakyRelu(x: number, slope: number): number {
  return x > 0 ? x : slope * x;
}

/** x above 0, alpha (e^x - 1) below (Clevert, Unterthiner and Hochreiter, 2015). */
export function elu(x: number, alpha: number): number {
  return x > 0 ? x : alpha * Math.expm1(x);
}

/** The scale, and scale times alpha (Klambauer et al., "Self-normalizing networks", 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

export function selu(x: number): number {
  return x > 0 ? SELU_SCALE * x : SELU_SCALE_ALPHA * Math.expm1(x);
}

/** x times the normal distribution function at x (Hendrycks and Gimpel, 2016). */
export function gelu(x: number): number {
  if (x > -0.67) return 0.5 * x * erfc(-x * Math.SQRT1_2);
  if (x < -39) return -0;
  return timesGaussian(0.5 * x * scaledErfc(-x * Math.SQRT1_2), x, 0.5);
}

/** 2 sqrt(2/pi), what that double lacks of it, and 0.044715 times it. */
const TANH_SLOPE = 1.5957691216057308;
const TANH_SLOPE_LOW = -9.96930880911092e-17;
const TANH_CUBIC = 0.07135481627260025;

/** x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, as x times a sigmoid: no 1 - 1 on the left. */
export function geluTanh(x: number): number {
  if (x < -25) return -0;
  const linear = TANH_SLOPE * x;
  const cubic = TANH_CUBIC * x * x * x;
  const inner = linear + cubic;
  if (x >= 0) return x / (1 + Math.exp(-inner));
  // On the left the exponential magnifies the rounding of its argument, so that is put back.
  const slopeLost = productError(TANH_SLOPE, x, linear) + TANH_SLOPE_LOW * x;
  const lost = slopeLost + sumError(linear, cubic, inner);
  const rest = 1 + Math.exp(inner);
  const factor = x / rest;
  return timesExp(factor + factor * (lost / rest), inner);
}

/** x sigmoid(x). */
export function silu(x: number): number {
  if (x >= 0) return x / (1 + Math.exp(-x));
  return x < -800 ? -0 : timesExp(x / (1 + Math.exp(x)), x);
}

/** x tanh(log(1 + e^x)) = x w (w + 2) / (w (w + 2) + 2) with w = e^x (Misra, 2019). */
export function mish(x: number): number {
  // The quotient is 1 to the last bit above 20.
  if (x > 20) return x;
  if (x < -800) return -0;
  const power = Math.exp(x);
  const part = power * (power + 2);
  if (x > 0) return (x * part) / (part + 2);
  return timesExp((x * (power + 2)) / (part + 2), x);
}

/** log(e^x + e^y). */
export function logaddexp(x: number, y: number): number {
  // Equal infinities have no difference.
  if (x === y) return x + Math.LN2;
  return Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

/** log(cosh(x)): near 0 through cosh(x) - 1 = 2 sinh(x / 2)^2, far out without cosh, which overflows. */
export function logCosh(x: number): number {
  const size = Math.abs(x);
  if (size >= 1) return size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
  const root = Math.sinh(size / 2);
  return Math.log1p(2 * root * root);
}

/** x log(y), continued by 0 at x = 0. */
export function xlogy(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);
}

export function hypot(x: number, y: number): number {
  return Math.hypot(x, y);
}

export function pow(x: number, y: number): number {
  return x ** y;
}
