// Sums: like terms are collected, identities applied, common factors taken out, and the rest ordered.

import type { SymbolicTensor } from "../../graph.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import type { Term, TermPart } from "./algebra.ts";
import { addChoices } from "./choices.ts";
import { cancelBesideTerms } from "./domain.ts";
import { factorSum } from "./factoring.ts";
import { combineFractions, expandSum } from "./fractions.ts";
import { orderTerms } from "./order.ts";
import { multiple, withoutCoefficient } from "./products.ts";
import { negated, plus, type Rational, times } from "./rational.ts";
import { type Rewriter, unspread } from "./rewriter.ts";
import { applySumIdentities } from "./sum-identities.ts";

/** Sums of up to this many terms are taken apart when they stand in another sum. */
const LARGEST_NESTED_SUM = 16;

/** Coefficients by value; the number's own stands under undefined. */
export type TermMap = Map<SymbolicTensor | undefined, Rational>;

/** The simplified sum of multiples; undefined where its numbers leave the exact range. */
export function buildSum(
  rewriter: Rewriter,
  parts: readonly TermPart[],
): SymbolicTensor | undefined {
  const terms: TermMap = new Map();
  for (const part of parts) if (!addPart(rewriter, terms, part)) return undefined;
  applySumIdentities(rewriter, terms);
  cancelBesideTerms(rewriter, terms);
  addChoices(rewriter, terms);
  for (const [value, coefficient] of terms) {
    const total = value === undefined || rewriter.facts.of(value).total;
    if (coefficient.n === 0 && total) terms.delete(value);
  }
  return fromTerms(
    rewriter,
    [...terms].map(([value, coefficient]) => ({ value, coefficient })),
  );
}

/** Adds a part to the terms; a small sum is taken apart. False where a number is not exact any more. */
function addPart(rewriter: Rewriter, terms: TermMap, part: TermPart): boolean {
  const operand = unspread(part.value);
  const { coefficient, value } = withoutCoefficient(rewriter, operand);
  const scale = times(coefficient, part.coefficient);
  if (scale === undefined) return false;
  const nested = value === undefined ? undefined : rewriter.sums.get(value);
  const unit = scale.d === 1 && Math.abs(scale.n) === 1;
  if (nested === undefined || !unit || nested.length > LARGEST_NESTED_SUM) {
    return addTerm(terms, value, scale);
  }
  return nested.every((term) => {
    const scaled = times(term.coefficient, scale);
    return scaled !== undefined && addTerm(terms, term.value, scaled);
  });
}

/** Adds a multiple of a value to the terms. */
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

/** The node of a sum in normal form. */
export function assembleSum(rewriter: Rewriter, terms: readonly Term[]): SymbolicTensor {
  const key = sumKey(terms);
  const known = rewriter.byKey.get(key);
  if (known !== undefined) return known;
  const ordered = orderTerms(rewriter, terms);
  let result: SymbolicTensor | undefined;
  for (const { coefficient, value } of ordered) {
    if (result === undefined) {
      result = multiple(rewriter, coefficient, value);
      continue;
    }
    const minus = coefficient.n < 0;
    const term = multiple(rewriter, minus ? negated(coefficient) : coefficient, value);
    const op = minus ? arithmetic.subtract.op : arithmetic.add.op;
    result = rewriter.plain(op, [result, term]);
  }
  rewriter.sums.set(result as SymbolicTensor, ordered);
  rewriter.byKey.set(key, result as SymbolicTensor);
  return result as SymbolicTensor;
}

/** The same text for the same terms in any order. */
export function sumKey(terms: readonly Term[]): string {
  const parts = terms.map(
    ({ coefficient, value }) => `${value?.slot ?? "n"}:${coefficient.n}/${coefficient.d}`,
  );
  return `+ ${parts.sort().join(" ")}`;
}
