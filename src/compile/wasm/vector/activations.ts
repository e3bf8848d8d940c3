// Activation functions of vectors.

import type { Value } from "../function-builder.ts";
import { errorFunctionFunctions } from "./error-function.ts";
import { decayLessOne, decayOfSize } from "./exponential-kernel.ts";
import { type LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import { logarithmOfOnePlusFraction } from "./logarithm-kernel.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

/** 1 / (1 + e^-x), and e^x / (1 + e^x) below 0. */
function logisticSigmoid(v: LaneArithmetic, x: Value): Value {
  const { value } = decayOfSize(v, x);
  const above = v.choose(v.isLess(x, 0), value, 1);
  return v.divide(above, v.add(value, 1));
}

/** log(1 + e^x). */
function softPlus(v: LaneArithmetic, x: Value): Value {
  return v.add(v.greater(x, 0), logarithmOfOnePlusFraction(v, decayOfSize(v, x).value));
}

/** -log(1 + e^-x), which is -0 far to the right. */
function logarithmOfSigmoid(v: LaneArithmetic, x: Value): Value {
  return v.subtract(v.lesser(x, -0), logarithmOfOnePlusFraction(v, decayOfSize(v, x).value));
}

/**
 * x sigmoid(gate), x and the gate having the same sign. Far to the left the product is taken before e^gate loses
 * digits.
 */
function gated(v: LaneArithmetic, x: Value, gate: Value): Value {
  const { value, scaled, scale } = decayOfSize(v, gate);
  const isNegative = v.isLess(x, 0);
  const within = v.greater(x, v.pick(-800, -115));
  const above = v.multiply(within, v.choose(isNegative, scaled, 1));
  const quotient = v.divide(above, v.add(value, 1));
  return v.multiply(quotient, v.choose(isNegative, 1 / scale, 1));
}

/** 2 sqrt(2/pi), and 0.044715 times it. */
const TANH_SLOPE = 1.5957691216057308;
const TANH_CUBIC = 0.07135481627260025;

/** x sigmoid(2 sqrt(2/pi) (x + 0.044715 x³)). */
function gaussianLinearByTangent(v: LaneArithmetic, x: Value): Value {
  const square = v.multiply(x, x);
  const slope = v.add(v.multiply(square, TANH_CUBIC), TANH_SLOPE);
  return gated(v, x, v.multiply(x, slope));
}

/**
 * x tanh(log(1 + e^x)): x w (w + 2) / (w (w + 2) + 2) with w = e^x below 0, and the same times w^-2 above and below
 * the line elsewhere (Misra, 2019).
 */
function misra(v: LaneArithmetic, x: Value): Value {
  const { value, scaled, scale } = decayOfSize(v, x);
  const isNegative = v.isLess(x, 0);
  const within = v.greater(x, v.pick(-800, -115));
  const sum = v.add(value, 2);
  const twice = v.add(v.add(value, value), 1);
  const above = v.multiply(within, v.choose(isNegative, v.multiply(scaled, sum), twice));
  const square = v.multiply(value, value);
  const below = v.choose(
    isNegative,
    v.add(v.multiply(value, sum), 2),
    v.add(v.add(square, square), twice),
  );
  return v.multiply(v.divide(above, below), v.choose(isNegative, 1 / scale, 1));
}

const erfc = errorFunctionFunctions.erfc as VectorFunction;

/** x erfc(-x / sqrt(2)) / 2. Below the bound that is -0, but for -Infinity it would be no number. */
function gaussianLinear(v: LaneArithmetic, x: Value): Value {
  const within = v.greater(x, v.pick(-40, -20));
  const tail = erfc(v.builder, v.lanes, [v.multiply(within, -Math.SQRT1_2)]);
  return v.multiply(v.multiply(within, 0.5), tail);
}

/** max(x, 0); the sum makes 0 of -0. */
function rectified(v: LaneArithmetic, x: Value): Value {
  return v.add(v.greater(x, 0), 0);
}

function leakyRectified(v: LaneArithmetic, x: Value, slope: Value): Value {
  return v.choose(v.isGreater(x, 0), x, v.multiply(slope, x));
}

/** e^x - 1 for x <= 0, with the sign of -0; the results for x > 0 mean nothing. */
function lessOneBelow(v: LaneArithmetic, x: Value): Value {
  return v.or(decayLessOne(v, v.lesser(x, 0)), v.and(x, -0));
}

function exponentialLinear(v: LaneArithmetic, x: Value, alpha: Value): Value {
  return v.choose(v.isGreater(x, 0), x, v.multiply(alpha, lessOneBelow(v, x)));
}

/** The scale, and scale times alpha (Klambauer et al., "Self-normalizing networks", 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

function scaledExponentialLinear(v: LaneArithmetic, x: Value): Value {
  const below = v.multiply(lessOneBelow(v, x), SELU_SCALE_ALPHA);
  return v.choose(v.isGreater(x, 0), v.multiply(x, SELU_SCALE), below);
}

export const activationsFunctions: VectorFunctions = {
  sigmoid: vectorized(logisticSigmoid),
  softplus: vectorized(softPlus),
  logSigmoid: vectorized(logarithmOfSigmoid),
  silu: vectorized((v, x) => gated(v, x, x)),
  mish: vectorized(misra),
  gelu: vectorized(gaussianLinear),
  geluTanh: vectorized(gaussianLinearByTangent),
  relu: vectorized(rectified),
  leakyRelu: vectorized(leakyRectified),
  elu: vectorized(exponentialLinear),
  selu: vectorized(scaledExponentialLinear),
};
