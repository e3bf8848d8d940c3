// What a value demands of its inputs: wherever it is defined, everything below it is, and no divisor is 0.

import type { SymbolicTensor } from "../../graph.ts";
import { pow, sqrt } from "../../ops/arithmetic.ts";
import { where } from "../../ops/comparison.ts";
import { exp, log, log2, log10 } from "../../ops/exponential.ts";
import { sameShape } from "../../shape.ts";
import type { Factor, FactorMap } from "./algebra.ts";
import { productOf } from "./factors.ts";
import { isTotalOp, mayBe, NULL, wholeNumber } from "./facts.ts";
import type { Rewriter } from "./rewriter.ts";

/** Values beyond this number are not looked at: what is demanded is then not known. */
const MOST_VALUES = 200;
const DEEPEST = 12;

/** Values that are defined, and values that are not 0, wherever some expression is defined. */
export class Demands {
  readonly #rewriter: Rewriter;
  readonly #defined = new Set<SymbolicTensor>();
  readonly #nonzero = new Set<SymbolicTensor>();
  readonly #work: SymbolicTensor[] = [];

  constructor(rewriter: Rewriter) {
    this.#rewriter = rewriter;
  }

  /** Demands that a value is defined, and so all that it is computed from. */
  define(value: SymbolicTensor): void {
    this.#work.push(value);
    while (this.#work.length > 0 && this.#defined.size < MOST_VALUES) {
      const next = this.#work.pop() as SymbolicTensor;
      if (this.#defined.has(next)) continue;
      this.#defined.add(next);
      this.#look(next);
    }
    this.#work.length = 0;
  }

  defineFactor({ base, down }: Factor): void {
    this.define(base);
    if (down > 0) this.#excludeZero(base);
  }

  #look(value: SymbolicTensor): void {
    const { op, inputs } = value.node;
    const product = this.#rewriter.products.get(value);
    for (const { base, down } of product?.factors ?? []) if (down > 0) this.#excludeZero(base);
    if (op === log.op || op === log2.op || op === log10.op) this.#excludeZero(inputs[0]);
    // Operations that are not pointwise may need other elements, or only some of them.
    if (op.formula === undefined) return;
    for (const [i, input] of inputs.entries()) {
      // Only one branch of a choice is needed; NaN ^ 0 is 1.
      if (op === where.op && i > 0) continue;
      if (op === pow.op && i === 0 && this.#mayBeZero(inputs[1] as SymbolicTensor)) continue;
      if (input.rank === 0 || sameShape(input.shape, value.shape)) this.#work.push(input);
    }
  }

  #mayBeZero(value: SymbolicTensor): boolean {
    return mayBe(this.#rewriter.facts.of(value), NULL);
  }

  /** √u, and a product, is 0 where u, or a factor, is. */
  #excludeZero(value: SymbolicTensor | undefined): void {
    let current = value;
    while (current !== undefined && !this.#nonzero.has(current)) {
      this.#nonzero.add(current);
      const factors = this.#rewriter.products.get(current)?.factors ?? [];
      for (const { base } of factors) if (base !== current) this.#nonzero.add(base);
      current = current.node.op === sqrt.op ? current.node.inputs[0] : undefined;
    }
  }

  /** Whether the value must be defined where all that was demanded is. */
  implies(value: SymbolicTensor, depth = 0): boolean {
    if (this.#defined.has(value) || this.#rewriter.facts.of(value).total) return true;
    if (depth > DEEPEST) return false;
    const product = this.#rewriter.products.get(value);
    if (product !== undefined) {
      return product.factors.every((factor) => this.impliesFactor(factor, depth + 1));
    }
    const { op, inputs } = value.node;
    const exponent = op === pow.op ? wholeNumber(inputs[1] as SymbolicTensor) : undefined;
    if (op.formula === undefined) return false;
    if (!isTotalOp(op) && !(exponent !== undefined && exponent > 0)) return false;
    return inputs.every((input) => this.implies(input, depth + 1));
  }

  impliesFactor({ base, down }: Factor, depth = 0): boolean {
    const nonzero =
      down === 0 || this.#nonzero.has(base) || !mayBe(this.#rewriter.facts.of(base), NULL);
    return nonzero && this.implies(base, depth);
  }
}

/** Everything that a product's factors demand, without those of `except`. */
export function demandsOf(rewriter: Rewriter, factors: Iterable<Factor>, except?: Factor): Demands {
  const demands = new Demands(rewriter);
  for (const factor of factors) if (factor !== except) demands.defineFactor(factor);
  return demands;
}

/**
 * The factors of a product that is 0, less what does not matter: 0·√x·x/√x² is 0/√x, and of 0·exp(u) there
 * remains 0·u. What is left says where the product is undefined, and is empty where it never is.
 */
export function zeroFactors(rewriter: Rewriter, factors: readonly Factor[]): readonly Factor[] {
  const kept: FactorMap = new Map();
  for (const factor of factors) {
    for (const { base, up, down } of bared(rewriter, factor)) {
      const below = down > 0 || (kept.get(base)?.down ?? 0) > 0;
      kept.set(base, { base, up: up > 0 && !below ? 1 : 0, down: below ? 1 : 0 });
    }
  }
  for (const factor of [...kept.values()].reverse()) {
    const rest = demandsOf(rewriter, kept.values(), factor);
    if (rest.impliesFactor(factor)) kept.delete(factor.base);
  }
  return [...kept.values()];
}

/** The factor with exp(u) as u, which is defined where it is. */
function bared(rewriter: Rewriter, factor: Factor): readonly Factor[] {
  if (factor.base.node.op !== exp.op) return [factor];
  const [operand] = factor.base.node.inputs;
  return productOf(rewriter, operand as SymbolicTensor).factors;
}
