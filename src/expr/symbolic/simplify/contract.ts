// Applies the table of contractions to a product until none of them fits.

import type { SymbolicTensor } from "../../graph.ts";
import type { FactorMap } from "./algebra.ts";
import { assemble } from "./assemble.ts";
import { CONTRACTIONS, type Exchange } from "./contractions.ts";
import { addFactor, productOf } from "./factors.ts";
import { power, type Rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/** A product while it is being contracted. */
export interface ProductState {
  coefficient: Rational;
  readonly factors: FactorMap;
}

const MOST_ROUNDS = 12;
const MOST_FACTORS = 64;

/** Applies the rules until none fires; undefined where a number leaves the exact range. */
export function contract(rewriter: Rewriter, state: ProductState): ProductState | undefined {
  if (state.factors.size > MOST_FACTORS) return state;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fired = fire(rewriter, state);
    if (fired === undefined) return state;
    if (!fired) return undefined;
  }
  return state;
}

/** Lets the first rule fire that can: undefined if none can, false if its numbers are not exact. */
function fire(rewriter: Rewriter, state: ProductState): boolean | undefined {
  for (const factor of state.factors.values()) {
    for (const rule of CONTRACTIONS) {
      const exchange = rule.apply(rewriter, factor, state.factors);
      if (exchange === undefined || !isCovered(state.factors, exchange)) continue;
      const observed = rewriter.observe && nodeOf(rewriter, state);
      const exact = replace(rewriter, state, exchange);
      const after = rewriter.observe && exact ? nodeOf(rewriter, state) : undefined;
      if (observed && after) rewriter.report(rule.name, () => observed, after);
      return exact;
    }
  }
  return undefined;
}

/** Whether the factors have all powers that an exchange takes, also where it names one base twice. */
function isCovered(factors: FactorMap, { taken }: Exchange): boolean {
  const left = new Map<SymbolicTensor, { up: number; down: number }>();
  return taken.every(([base, exponent]) => {
    const { up, down } = left.get(base) ?? factors.get(base) ?? { up: 0, down: 0 };
    const rest = { up: up - Math.max(exponent, 0), down: down + Math.min(exponent, 0) };
    left.set(base, rest);
    return rest.up >= 0 && rest.down >= 0;
  });
}

function nodeOf(rewriter: Rewriter, { coefficient, factors }: ProductState): SymbolicTensor {
  return assemble(rewriter, coefficient, [...factors.values()]);
}

function replace(rewriter: Rewriter, state: ProductState, { taken, given }: Exchange): boolean {
  for (const [base, exponent] of taken) {
    const known = state.factors.get(base);
    if (known === undefined || exponent === 0) continue;
    const { up, down } = known;
    const above = exponent > 0 ? up - exponent : up;
    const below = exponent < 0 ? down + exponent : down;
    if (above === 0 && below === 0) state.factors.delete(base);
    else state.factors.set(base, { base, up: above, down: below });
  }
  return given.every(
    ([value, exponent]) => exponent === 0 || multiplyIn(rewriter, state, value, exponent),
  );
}

/** Multiplies a value's power into the product; false where a number leaves the exact range. */
export function multiplyIn(
  rewriter: Rewriter,
  state: ProductState,
  value: SymbolicTensor,
  exponent: number,
): boolean {
  const product = productOf(rewriter, value);
  const scale = power(product.coefficient, exponent);
  const coefficient = scale && times(state.coefficient, scale);
  if (coefficient === undefined) return false;
  state.coefficient = coefficient;
  const count = Math.abs(exponent);
  for (const { base, up, down } of product.factors) {
    const [above, below] = exponent > 0 ? [up, down] : [down, up];
    addFactor(rewriter, state.factors, base, above * count, below * count);
  }
  return true;
}
