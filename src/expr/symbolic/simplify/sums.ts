// Sums: like terms are collected, identities applied, common factors taken out, and the rest ordered.

import type { SymbolicTensor } from "../../graph.ts";
import { addTerm, type Term, type TermMap, type TermPart } from "./algebra.ts";
import { assembleSum, multiple, withoutCoefficient } from "./assemble.ts";
import { addChoices } from "./choices.ts";
import { cancelBesideTerms } from "./domain.ts";
import { factorSum } from "./factoring.ts";
import { productOf } from "./factors.ts";
import { unspread } from "./forms.ts";
import { combineFractions, expandSum } from "./fractions.ts";
import { times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";
import { applySumIdentities } from "./sum-identities.ts";
import { dropZeroTerms } from "./zeros.ts";

/** Sums of up to this many terms are taken apart when they stand in another sum. */
const LARGEST_NESTED_SUM = 16;

/** The simplified sum of multiples; undefined where its numbers leave the exact range. */
export function buildSum(
  rewriter: Rewriter,
  parts: readonly TermPart[],
): SymbolicTensor | undefined {
  const terms: TermMap = new Map();
  const kept = sharedSums(rewriter, parts);
  for (const part of parts) if (!addPart(rewriter, terms, part, kept)) return undefined;
  applySumIdentities(rewriter, terms);
  cancelBesideTerms(rewriter, terms);
  addChoices(rewriter, terms);
  dropZeroTerms(rewriter, terms);
  return fromTerms(
    rewriter,
    [...terms].map(([value, coefficient]) => ({ value, coefficient })),
  );
}

/** Sums that are factors of other parts: taken apart they would not be found as common factors. */
function sharedSums(rewriter: Rewriter, parts: readonly TermPart[]): ReadonlySet<SymbolicTensor> {
  const shared = new Set<SymbolicTensor>();
  if (parts.length > LARGEST_NESTED_SUM) return shared;
  for (const { value } of parts) {
    const { factors } = productOf(rewriter, unspread(value));
    if (factors.length < 2 && (factors[0]?.up ?? 0) < 2) continue;
    for (const { base, up } of factors) if (up > 0 && rewriter.sums.has(base)) shared.add(base);
  }
  return shared;
}

/** Adds a part to the terms; a small sum is taken apart. False where a number is not exact any more. */
function addPart(
  rewriter: Rewriter,
  terms: TermMap,
  part: TermPart,
  kept: ReadonlySet<SymbolicTensor>,
): boolean {
  const operand = unspread(part.value);
  const { coefficient, value } = withoutCoefficient(rewriter, operand);
  const scale = times(coefficient, part.coefficient);
  if (scale === undefined) return false;
  const nested = value === undefined || kept.has(value) ? undefined : rewriter.sums.get(value);
  const unit = scale.d === 1 && Math.abs(scale.n) === 1;
  if (nested === undefined || !unit || nested.length > LARGEST_NESTED_SUM) {
    return addTerm(terms, value, scale);
  }
  return nested.every((term) => {
    const scaled = times(term.coefficient, scale);
    return scaled !== undefined && addTerm(terms, term.value, scaled);
  });
}

function fromTerms(rewriter: Rewriter, terms: readonly Term[]): SymbolicTensor | undefined {
  const [only] = terms;
  if (only === undefined) return rewriter.number(0);
  if (terms.length === 1) return multiple(rewriter, only.coefficient, only.value);
  if (terms.length <= MOST_TERMS && rewriter.enter()) {
    try {
      const result =
        factorSum(rewriter, terms) ??
        combineFractions(rewriter, terms) ??
        expandSum(rewriter, terms);
      if (result !== undefined) return result;
    } finally {
      rewriter.leave();
    }
  }
  return assembleSum(rewriter, terms);
}

/** Longer sums are only collected and ordered. */
const MOST_TERMS = 32;
