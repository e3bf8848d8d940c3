// Sums and products in normal form: what the nodes of a simplified graph consist of.

import type { SymbolicTensor } from "../../graph.ts";
import { plus, type Rational } from "./rational.ts";

/** base ^ up / base ^ down. Both are kept where their cancelling would hide a division by zero. */
export interface Factor {
  readonly base: SymbolicTensor;
  readonly up: number;
  readonly down: number;
}

export interface Product {
  readonly coefficient: Rational;
  readonly factors: readonly Factor[];
}

/** A multiple of a value that has no coefficient of its own; the value 1 is undefined. */
export interface Term {
  readonly coefficient: Rational;
  readonly value: SymbolicTensor | undefined;
}

/** An operand of a product before it is collected. */
export interface FactorPart {
  readonly value: SymbolicTensor;
  readonly exponent: number;
}

/** An operand of a sum before it is collected. */
export interface TermPart {
  readonly value: SymbolicTensor;
  readonly coefficient: Rational;
}

/** The numerator and the denominator of a factor. */
export function partsOf({ base, up, down }: Factor): readonly FactorPart[] {
  return [
    ...(up > 0 ? [{ value: base, exponent: up }] : []),
    ...(down > 0 ? [{ value: base, exponent: -down }] : []),
  ];
}

/** Factors by their base, in the order in which they came. */
export type FactorMap = Map<SymbolicTensor, Factor>;

/** Coefficients by value; the number's own stands under undefined. */
export type TermMap = Map<SymbolicTensor | undefined, Rational>;

/** Adds a multiple of a value to the terms; false where the number is not exact any more. */
export function addTerm(
  terms: TermMap,
  value: SymbolicTensor | undefined,
  coefficient: Rational,
): boolean {
  const known = terms.get(value);
  const total = known === undefined ? coefficient : plus(known, coefficient);
  if (total !== undefined) terms.set(value, total);
  return total !== undefined;
}
