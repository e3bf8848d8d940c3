// Polynomials on vectors.

import type { Value } from "../function-builder.ts";
import type { LaneArithmetic } from "./lane-arithmetic.ts";

/** Horner's rule; the coefficients begin with the constant one. */
export function horner(v: LaneArithmetic, x: Value, coefficients: readonly number[]): Value {
  const last = coefficients.length - 1;
  let result: Value | undefined;
  for (let i = last - 1; i >= 0; i--) {
    const above = result ?? (coefficients[last] as number);
    result = v.add(v.multiply(x, above), coefficients[i] as number);
  }
  return result as Value;
}

/** The coefficients of even powers, or of odd ones. */
export function everyOther(coefficients: readonly number[], first: 0 | 1): readonly number[] {
  return coefficients.filter((_, i) => i % 2 === first);
}

/** Pairs of terms, then pairs of pairs: the shortest chain (G. Estrin, 1960), for a few products more. */
export function estrin(
  v: LaneArithmetic,
  x: Value,
  coefficients: readonly number[],
  square: Value = v.multiply(x, x),
): Value {
  let terms: readonly (Value | number)[] = coefficients;
  let power = x;
  while (terms.length > 1) {
    const next: (Value | number)[] = [];
    for (let i = 0; i < terms.length; i += 2) {
      const [low, high] = [terms[i] as Value | number, terms[i + 1]];
      next.push(high === undefined ? low : v.add(v.multiply(power, high), low));
    }
    terms = next;
    if (terms.length > 1) power = power === x ? square : v.multiply(power, power);
  }
  return terms[0] as Value;
}
