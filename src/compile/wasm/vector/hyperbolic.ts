// Hyperbolic functions of vectors.

import type { Value } from "../function-builder.ts";
import { decayOfSize, hyperbolicParts } from "./exponential-kernel.ts";
import { inverseHyperbolicFunctions } from "./inverse-hyperbolic.ts";
import { type LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import { horner } from "./polynomial.ts";
import type { VectorFunctions } from "./vector-function.ts";

/** Below this, where the tangent is about 1/2, it is a fraction in x². */
const NEAR = 0.55;

/*
 * p and q with tanh(x) = x - x z p(z) / q(z), z = x², up to NEAR: error 3.5e-19 of the tangent for float64 and 5.6e-9
 * for float32. Made by scripts/fixtures/vector_coefficients.py.
 */
const DOUBLE_ABOVE = [0.3333333333333333, 0.020501964963793903, 0.0001993183245513845];
const DOUBLE_BELOW = [1, 0.4615058948913807, 0.02329555102548231, 0.0002066839880815247];
const SINGLE_ABOVE = [0.3333333134651184, 0.0015591251431033015];
const SINGLE_BELOW = [1, 0.4046735465526581];

/**
 * tanh |x| as a number less a quotient: |x| - |x| z p / q near 0 and 1 - 2 E / (1 + E) with E = e^(-2|x|) far out, by
 * one division. What is taken away is small, so its errors are too.
 */
function tangentOfSize(v: LaneArithmetic, x: Value): Value {
  const size = v.abs(x);
  // The square of e^-|x|, since that is what the functions beside this one in a kernel begin with.
  const { value } = decayOfSize(v, x);
  // Products that underflow take processors long. Squares of float64 numbers do so too seldom to mind.
  const root = v.isDouble ? value : v.greater(value, 2 ** -30);
  const power = v.multiply(root, root);
  const square = v.multiply(size, size);
  const isNear = v.isLess(size, NEAR);
  const near = v.multiply(
    v.multiply(size, square),
    horner(v, square, v.pick(DOUBLE_ABOVE, SINGLE_ABOVE)),
  );
  const above = v.choose(isNear, near, v.add(power, power));
  const nearBelow = horner(v, square, v.pick(DOUBLE_BELOW, SINGLE_BELOW));
  const below = v.choose(isNear, nearBelow, v.add(power, 1));
  return v.subtract(v.choose(isNear, size, 1), v.divide(above, below));
}

function hyperbolicTangent(v: LaneArithmetic, x: Value): Value {
  return v.withSignOf(tangentOfSize(v, x), x);
}

function hyperbolicCotangent(v: LaneArithmetic, x: Value): Value {
  return v.withSignOf(v.divide(1, tangentOfSize(v, x)), x);
}

/** Below this the next term of the series, x³ / 6, is less than the last bit of x. */
function tiny(v: LaneArithmetic): number {
  return v.pick(2 ** -27, 2 ** -12);
}

function hyperbolicSine(v: LaneArithmetic, x: Value): Value {
  const size = v.abs(x);
  const { sine } = hyperbolicParts(v, size);
  const isTiny = v.isLess(size, tiny(v));
  return v.choose(isTiny, x, v.withSignOf(v.add(sine, sine), x));
}

function hyperbolicCosine(v: LaneArithmetic, x: Value): Value {
  const { cosine } = hyperbolicParts(v, v.abs(x));
  return v.add(cosine, cosine);
}

/** 2 E / (1 + E²) with E = e^-|x|. */
function hyperbolicSecant(v: LaneArithmetic, x: Value): Value {
  const { value } = decayOfSize(v, x);
  return v.divide(v.add(value, value), v.add(v.multiply(value, value), 1));
}

/** The reciprocal of the sine, and 2 e^-|x| where only that is in the range. */
function hyperbolicCosecant(v: LaneArithmetic, x: Value): Value {
  const { value } = decayOfSize(v, x);
  const isFar = v.isGreater(v.abs(x), v.pick(40, 20));
  const far = v.withSignOf(v.add(value, value), x);
  return v.choose(isFar, far, v.divide(1, hyperbolicSine(v, x)));
}

export const hyperbolicFunctions: VectorFunctions = {
  tanh: vectorized(hyperbolicTangent),
  coth: vectorized(hyperbolicCotangent),
  sinh: vectorized(hyperbolicSine),
  cosh: vectorized(hyperbolicCosine),
  sech: vectorized(hyperbolicSecant),
  csch: vectorized(hyperbolicCosecant),
  ...inverseHyperbolicFunctions,
};
