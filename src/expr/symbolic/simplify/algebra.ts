// Sums and products in normal form: what the nodes of a simplified graph consist of.

import type { SymbolicTensor } from "../../graph.ts";
import type { Rational } from "./rational.ts";

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
