// The order in which a textbook writes factors and terms.

import { nameOf } from "../../evaluation.ts";
import type { SymbolicTensor } from "../../graph.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import * as comparison from "../../ops/comparison.ts";
import { inputOp } from "../../ops/leaves.ts";
import type { Factor, Term } from "./algebra.ts";
import { productOf } from "./factors.ts";
import type { Rewriter } from "./rewriter.ts";

/** Numbers, named constants, symbols by the alphabet, functions from short to long, then sums. */
export function orderFactors(rewriter: Rewriter, factors: readonly Factor[]): readonly Factor[] {
  const keyed = factors.map((factor) => ({ factor, rank: rankOf(rewriter, factor.base) }));
  return keyed
    .sort((left, right) => {
      const difference = left.rank - right.rank;
      if (difference !== 0) return difference;
      if (left.rank === SYMBOL) {
        return compareNames(nameOf(left.factor.base), nameOf(right.factor.base));
      }
      const sizes = rewriter.facts.of(left.factor.base).size;
      return sizes - rewriter.facts.of(right.factor.base).size;
    })
    .map(({ factor }) => factor);
}

const SYMBOL = 2;

function rankOf(rewriter: Rewriter, base: SymbolicTensor): number {
  const { node } = base;
  if (node.value !== undefined) return node.params.name === undefined ? 0 : 1;
  if (node.op === inputOp) return SYMBOL;
  if (
    rewriter.sums.has(base) ||
    node.op === arithmetic.add.op ||
    node.op === arithmetic.subtract.op
  )
    return 4;
  return node.op === comparison.where.op ? 5 : 3;
}

function compareNames(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Terms as they came, with three exceptions: the number stands last, powers of one value fall, and a term
 * with a plus goes before a leading minus.
 */
export function orderTerms(rewriter: Rewriter, terms: readonly Term[]): readonly Term[] {
  const numbers = terms.filter(({ value }) => value === undefined);
  const others = terms.filter(({ value }) => value !== undefined);
  const degrees = degreesOf(rewriter, others);
  if (degrees !== undefined) {
    const sorted = others
      .map((term, i) => ({ term, degree: degrees[i] as number }))
      .sort((left, right) => right.degree - left.degree)
      .map(({ term }) => term);
    return [...sorted, ...numbers];
  }
  const ordered = [...others, ...numbers];
  if ((ordered[0] as Term).coefficient.n >= 0) return ordered;
  const first = ordered.findIndex(({ coefficient }) => coefficient.n > 0);
  if (first < 0) return ordered;
  const [positive] = ordered.splice(first, 1);
  return [positive as Term, ...ordered];
}

/** The exponents of several terms that are whole powers of one value. */
function degreesOf(rewriter: Rewriter, terms: readonly Term[]): readonly number[] | undefined {
  if (terms.length < 2) return undefined;
  const degrees: number[] = [];
  let common: SymbolicTensor | undefined;
  for (const { value } of terms) {
    const { factors } = productOf(rewriter, value as SymbolicTensor);
    const [factor] = factors;
    if (factors.length !== 1 || factor === undefined || factor.down > 0) return undefined;
    common ??= factor.base;
    if (factor.base !== common) return undefined;
    degrees.push(factor.up);
  }
  return degrees;
}
