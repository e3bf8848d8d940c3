// Products: factors are collected by base, cancelled where that is exact, contracted, ordered and built.

import type { SymbolicTensor } from "../../graph.ts";
import { inputOp } from "../../ops/leaves.ts";
import type { Factor, FactorMap, FactorPart } from "./algebra.ts";
import { assemble, assembleSum } from "./assemble.ts";
import { multiplyChoice } from "./choices.ts";
import { contract } from "./contract.ts";
import { zeroFactors } from "./demands.ts";
import { cancelNonzero, impliedNonzero } from "./domain.ts";
import { addFactor, productOf } from "./factors.ts";
import { mayBe, NULL } from "./facts.ts";
import { unspread } from "./forms.ts";
import { MINUS_ONE, negated, ONE, power, type Rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";
import { dropZerosInFactors } from "./zeros.ts";

/** The simplified product of powers; undefined where its numbers leave the exact range. */
export function buildProduct(
  rewriter: Rewriter,
  parts: readonly FactorPart[],
): SymbolicTensor | undefined {
  const factors: FactorMap = new Map();
  let coefficient = ONE;
  for (const { value, exponent } of parts) {
    const product = productOf(rewriter, unspread(value));
    const scaled = power(product.coefficient, exponent);
    const next = scaled && times(coefficient, scaled);
    if (next === undefined) {
      if (product.factors.length > 0) return undefined;
      addFactor(rewriter, factors, unspread(value), Math.max(exponent, 0), Math.max(-exponent, 0));
      continue;
    }
    coefficient = next;
    const count = Math.abs(exponent);
    for (const { base, up, down } of product.factors) {
      const [above, below] = exponent > 0 ? [up, down] : [down, up];
      addFactor(rewriter, factors, base, above * count, below * count);
    }
  }
  const contracted = contract(rewriter, { coefficient, factors });
  if (contracted === undefined || !dropZerosInFactors(rewriter, contracted)) return undefined;
  cancelNonzero(contracted.factors, impliedNonzero(rewriter, contracted.factors.values()));
  return fromFactors(rewriter, contracted.coefficient, [...contracted.factors.values()]);
}

/** The node of a product in normal form. */
function fromFactors(
  rewriter: Rewriter,
  coefficient: Rational,
  factors: readonly Factor[],
): SymbolicTensor | undefined {
  if (coefficient.n === 0) {
    const open = factors.every((factor) => isTotal(rewriter, factor))
      ? []
      : zeroFactors(rewriter, factors);
    return open.length === 0 ? rewriter.number(0) : assemble(rewriter, coefficient, open);
  }
  return (
    distributed(rewriter, coefficient, factors) ??
    multiplyChoice(rewriter, coefficient, factors) ??
    turned(rewriter, coefficient, factors) ??
    assemble(rewriter, coefficient, factors)
  );
}

function isTotal(rewriter: Rewriter, { base, down }: Factor): boolean {
  const fact = rewriter.facts.of(base);
  return fact.total && (down === 0 || !mayBe(fact, NULL));
}

/** −(a − b) is b − a, and (2a + 2b) / 2 is a + b. */
function distributed(
  rewriter: Rewriter,
  coefficient: Rational,
  factors: readonly Factor[],
): SymbolicTensor | undefined {
  const [factor] = factors;
  if (factors.length !== 1 || factor?.up !== 1 || factor.down !== 0) return undefined;
  const terms = rewriter.sums.get(factor.base);
  if (terms === undefined || terms.length > 100) return undefined;
  const whole = terms.every((term) => times(term.coefficient, coefficient)?.d === 1);
  const minus = coefficient.n === MINUS_ONE.n && coefficient.d === 1;
  if (!minus && !(coefficient.d > 1 && whole)) return undefined;
  return rewriter.sum(
    terms.flatMap(({ coefficient: own, value }) => {
      const scaled = times(own, coefficient);
      return scaled ? [{ value: value ?? rewriter.number(1), coefficient: scaled }] : [];
    }),
  );
}

/** −u·(2 − x) is u·(x − 2), where the sum consists of numbers and symbols. */
function turned(
  rewriter: Rewriter,
  coefficient: Rational,
  factors: readonly Factor[],
): SymbolicTensor | undefined {
  if (coefficient.n >= 0 || factors.length < 2) return undefined;
  const factor = factors.find(
    ({ base, up, down }) => up % 2 === 1 && down === 0 && isPolynomial(rewriter, base),
  );
  const terms = factor && rewriter.sums.get(factor.base);
  const mixed = terms?.some((term) => term.coefficient.n < 0);
  if (factor === undefined || terms === undefined || mixed !== true) return undefined;
  const opposite = assembleSum(
    rewriter,
    terms.map((term) => ({ ...term, coefficient: negated(term.coefficient) })),
  );
  const others = factors.filter((other) => other !== factor && other.base !== opposite);
  if (others.length !== factors.length - 1) return undefined;
  return assemble(rewriter, negated(coefficient), [...others, { ...factor, base: opposite }]);
}

function isPolynomial(rewriter: Rewriter, value: SymbolicTensor): boolean {
  const terms = rewriter.sums.get(value);
  if (terms === undefined || terms.length > 4) return false;
  return terms.every(
    ({ value: term }) =>
      term === undefined ||
      productOf(rewriter, term).factors.every(
        ({ base, down }) => down === 0 && base.node.op === inputOp,
      ),
  );
}
