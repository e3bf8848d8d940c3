// Terms 0·u: kept for where u is undefined, and dropped where something beside them is undefined there too.

import type { SymbolicTensor } from "../../graph.ts";
import { addTerm, partsOf, type TermMap } from "./algebra.ts";
import { withoutCoefficient } from "./assemble.ts";
import { multiplyIn, type ProductState } from "./contract.ts";
import { Demands, demandsOf, zeroFactors } from "./demands.ts";
import { productOf } from "./factors.ts";
import type { Rewriter } from "./rewriter.ts";

const ZERO = { n: 0, d: 1 };
/** Longer sums and products keep all their zeros. */
const MOST_TERMS = 64;

/** Drops what is 0 and defined wherever the other terms are; of other zeros, only their domain is kept. */
export function dropZeroTerms(rewriter: Rewriter, terms: TermMap): void {
  for (const [value, coefficient] of [...terms]) {
    if (coefficient.n !== 0) continue;
    if (value === undefined || rewriter.facts.of(value).total) terms.delete(value);
    else if (terms.size <= MOST_TERMS) reduceZero(rewriter, terms, value);
  }
}

function reduceZero(rewriter: Rewriter, terms: TermMap, value: SymbolicTensor): void {
  const { factors } = productOf(rewriter, value);
  const demands = new Demands(rewriter);
  for (const other of terms.keys()) {
    if (other !== undefined && other !== value) demands.define(other);
  }
  const open = zeroFactors(rewriter, factors).filter((factor) => !demands.impliesFactor(factor));
  const reduced = open.length === 0 ? undefined : rewriter.powers(open);
  if (open.length > 0 && (reduced === undefined || reduced === value)) return;
  terms.delete(value);
  const rest = reduced && withoutCoefficient(rewriter, reduced).value;
  if (rest !== undefined) addTerm(terms, rest, ZERO);
}

/** In u·(v + 0·w), drops 0·w where u demands what it needs; false where a number is not exact any more. */
export function dropZerosInFactors(rewriter: Rewriter, state: ProductState): boolean {
  const { factors } = state;
  if (factors.size < 2 || factors.size > MOST_TERMS) return true;
  for (const factor of [...factors.values()]) {
    const terms = rewriter.sums.get(factor.base);
    if (!terms?.some(({ coefficient }) => coefficient.n === 0)) continue;
    const demands = demandsOf(rewriter, factors.values(), factor);
    const kept = terms.filter(
      ({ coefficient, value }) =>
        coefficient.n !== 0 ||
        (value !== undefined &&
          !productOf(rewriter, value).factors.every((part) => demands.impliesFactor(part))),
    );
    if (kept.length === terms.length) continue;
    const sum = rewriter.sum(
      kept.map(({ coefficient, value }) => ({ coefficient, value: value ?? rewriter.number(1) })),
    );
    if (sum === undefined) continue;
    factors.delete(factor.base);
    for (const { exponent } of partsOf(factor)) {
      if (!multiplyIn(rewriter, state, sum, exponent)) return false;
    }
  }
  return true;
}
