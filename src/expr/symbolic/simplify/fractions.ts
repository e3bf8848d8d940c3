// Fractions over one denominator, and products multiplied out where that makes a sum shorter.

import type { SymbolicTensor } from "../../graph.ts";
import { sqrt } from "../../ops/arithmetic.ts";
import { type Factor, partsOf, type Term, type TermPart } from "./algebra.ts";
import { assembleSum, withoutCoefficient } from "./assemble.ts";
import { productOf } from "./factors.ts";
import { plus, type Rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

const MOST_FRACTIONS = 6;
const LONGEST_FACTOR = 4;

/** a/u + b/u² = (a·u + b)/u², where the result has no more terms than before. */
export function combineFractions(
  rewriter: Rewriter,
  terms: readonly Term[],
): SymbolicTensor | undefined {
  if (terms.length > MOST_FRACTIONS) return undefined;
  const all = terms.map(({ value }) => (value ? productOf(rewriter, value).factors : []));
  for (const { base, down } of all[0] ?? []) {
    if (down === 0) continue;
    const downs = all.map((factors) => factors.find((factor) => factor.base === base));
    if (downs.some((factor) => factor === undefined || factor.down === 0 || factor.up > 0))
      continue;
    const most = Math.max(...downs.map((factor) => factor?.down ?? 0));
    const numerator = rewriter.sum(
      terms.flatMap((term, i) => {
        const missing = most - (downs[i]?.down ?? 0);
        const value = multipliedBy(rewriter, all[i] as readonly Factor[], base, missing);
        return value ? [{ coefficient: term.coefficient, value }] : [];
      }),
    );
    if (numerator === undefined) continue;
    if ((rewriter.sums.get(numerator)?.length ?? 1) > terms.length) continue;
    const result = rewriter.product([
      { value: numerator, exponent: 1 },
      { value: base, exponent: -most },
    ]);
    if (result === undefined) continue;
    return rewriter.report("common denominator", () => assembleSum(rewriter, terms), result);
  }
  return undefined;
}

/** The factors without the denominator's base, times that base to a power. Where √u divides, (√u)² is u. */
function multipliedBy(
  rewriter: Rewriter,
  factors: readonly Factor[],
  base: SymbolicTensor,
  exponent: number,
): SymbolicTensor | undefined {
  const parts = factors.filter((factor) => factor.base !== base).flatMap(partsOf);
  const root = base.node.op === sqrt.op;
  const whole = root ? Math.floor(exponent / 2) : 0;
  if (whole > 0) parts.push({ value: base.node.inputs[0] as SymbolicTensor, exponent: whole });
  if (exponent > 2 * whole) parts.push({ value: base, exponent: exponent - 2 * whole });
  return rewriter.product(parts.length > 0 ? parts : [{ value: rewriter.number(1), exponent: 1 }]);
}

/** Multiplies out c·(a + b) and f·(a + b) where the sum then has no more terms than before. */
export function expandSum(rewriter: Rewriter, terms: readonly Term[]): SymbolicTensor | undefined {
  let changed = false;
  const parts: TermPart[] = [];
  const counts = new Map<SymbolicTensor | undefined, Rational>();
  for (const term of terms) {
    const expanded = expandTerm(rewriter, term);
    changed ||= expanded !== undefined;
    const plain = { coefficient: term.coefficient, value: term.value ?? rewriter.number(1) };
    for (const part of expanded ?? [plain]) {
      parts.push(part);
      const { coefficient, value } = withoutCoefficient(rewriter, part.value);
      const scale = times(coefficient, part.coefficient);
      const total = scale && plus(scale, counts.get(value) ?? { n: 0, d: 1 });
      if (total === undefined) return undefined;
      counts.set(value, total);
    }
  }
  if (!changed) return undefined;
  const left = [...counts.values()].filter(({ n }) => n !== 0).length;
  if (left > terms.length) return undefined;
  const result = rewriter.sum(parts);
  return result && rewriter.report("multiply out", () => assembleSum(rewriter, terms), result);
}

function expandTerm(
  rewriter: Rewriter,
  { coefficient, value }: Term,
): readonly TermPart[] | undefined {
  if (value === undefined) return undefined;
  const { factors } = productOf(rewriter, value);
  const sum = factors.find(
    ({ base, up, down }) =>
      up === 1 && down === 0 && (rewriter.sums.get(base)?.length ?? 99) <= LONGEST_FACTOR,
  );
  const nested = sum && rewriter.sums.get(sum.base);
  if (nested === undefined) return undefined;
  const rest = factors.filter((factor) => factor !== sum).flatMap(partsOf);
  const parts: TermPart[] = [];
  for (const term of nested) {
    const own = term.value ? [{ value: term.value, exponent: 1 }] : [];
    const product = rewriter.product([...rest, ...own, { value: rewriter.number(1), exponent: 1 }]);
    const scale = times(coefficient, term.coefficient);
    if (product === undefined || scale === undefined) return undefined;
    parts.push({ value: product, coefficient: scale });
  }
  return parts;
}
