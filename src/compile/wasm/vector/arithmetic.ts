// Sums, products, quotients and choices by size: one instruction or a few for each, with the bits of the kernels on numbers.

import type { Value } from "../function-builder.ts";
import { vectorized } from "./lane-arithmetic.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

/** An operation that is one instruction of the lanes. */
export function direct(instruction: string): VectorFunction {
  return (b, lanes, operands) => b.emit(`${lanes}.${instruction}`, operands);
}

const square = vectorized((v, x) => v.multiply(x as Value, x as Value));

const reciprocal = vectorized((v, x) => v.divide(1, x as Value));

/** Zeros and NaN are their own sign. */
const sign = vectorized((v, operand) => {
  const x = operand as Value;
  const one = v.builder.splat(v.lanes, 1);
  return v.choose(v.isGreater(v.abs(x), 0), v.withSignOf(one, x), x);
});

const minimum = direct("min");
const maximum = direct("max");

const clip: VectorFunction = (b, lanes, [x, low, high]) =>
  minimum(b, lanes, [maximum(b, lanes, [x as Value, low as Value]), high as Value]);

/**
 * `min` and `max` of WebAssembly pass NaN on and put -0 below 0, as `Math.min` and `Math.max` do; `pmin` and `pmax` do
 * neither.
 */
export const arithmeticFunctions: VectorFunctions = {
  add: direct("add"),
  subtract: direct("sub"),
  multiply: direct("mul"),
  divide: direct("div"),
  negate: direct("neg"),
  abs: direct("abs"),
  sqrt: direct("sqrt"),
  minimum,
  maximum,
  square,
  reciprocal,
  sign,
  clip,
};
