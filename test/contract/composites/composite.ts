// What a composition of operations states about itself for the contract suite.

import type { Tensor } from "../../../src/expr/index.ts";

/** A composition with operands to try it at. */
export interface Composite {
  readonly name: string;
  readonly cases: readonly CompositeCase[];
  /** The places of operands that hold whole numbers. */
  readonly discrete?: readonly number[];
}

export interface CompositeCase {
  readonly inputs: readonly (number | readonly unknown[])[];
  readonly call: (...operands: Tensor[]) => Tensor | readonly Tensor[];
}
