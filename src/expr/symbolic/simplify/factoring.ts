// Taking the common factors out of a sum, where a textbook would.

import type { SymbolicTensor } from "../../graph.ts";
import { inputOp } from "../../ops/leaves.ts";
import {
  type Factor,
  type FactorMap,
  type FactorPart,
  type Product,
  partsOf,
  type Term,
} from "./algebra.ts";
import { assembleSum } from "./assemble.ts";
import { addFactor, productOf } from "./factors.ts";
import { gcd, ONE, type Rational, rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/**
 * a·f + b·f as f·(a + b), where f is more than powers of symbols: x²·e^x + e^x is e^x·(x² + 1), but x² + x
 * stays a polynomial.
 */
export function factorSum(rewriter: Rewriter, terms: readonly Term[]): SymbolicTensor | undefined {
  const products: Product[] = [];
  for (const { coefficient, value } of terms) {
    if (value === undefined) return undefined;
    const { factors } = productOf(rewriter, value);
    products.push({ coefficient, factors });
  }
  const common = commonFactors(products.map(({ factors }) => factors));
  if (!common.some(isWorthwhile)) return undefined;
  const divisor = commonDivisor(products.map(({ coefficient }) => coefficient));
  const rest: Term[] = [];
  for (const { coefficient, factors } of products) {
    const own = times(coefficient, rational(1, divisor) ?? ONE);
    const value = own && rewriter.powers(without(rewriter, factors, common));
    if (own === undefined || value === undefined) return undefined;
    rest.push({ coefficient: own, value });
  }
  const sum = rewriter.sum(
    rest.map(({ coefficient, value }) => ({ coefficient, value: value as SymbolicTensor })),
  );
  if (sum === undefined) return undefined;
  const parts: FactorPart[] = common.flatMap(partsOf);
  parts.push({ value: sum, exponent: 1 }, { value: rewriter.number(divisor), exponent: 1 });
  const result = rewriter.product(parts);
  return (
    result && rewriter.report("take out common factors", () => assembleSum(rewriter, terms), result)
  );
}

/** A factor that is no symbol; below the fraction line any factor is worth taking out. */
function isWorthwhile({ base, down }: Factor): boolean {
  return down > 0 || (base.node.op !== inputOp && base.node.value === undefined);
}

/** Powers that all products have; a denominator only where all have the same. */
function commonFactors(products: readonly (readonly Factor[])[]): readonly Factor[] {
  const [first, ...others] = products.map(
    (factors) => new Map(factors.map((factor) => [factor.base, factor])),
  );
  const common: Factor[] = [];
  for (const { base, up, down } of first?.values() ?? []) {
    const found = others.map((factors) => factors.get(base));
    const above = Math.min(up, ...found.map((factor) => factor?.up ?? 0));
    const below = found.every((factor) => factor?.down === down) ? down : 0;
    if (above > 0 || below > 0) common.push({ base, up: above, down: below });
  }
  return common;
}

function without(
  rewriter: Rewriter,
  factors: readonly Factor[],
  common: readonly Factor[],
): readonly Factor[] {
  const rest: FactorMap = new Map();
  for (const { base, up, down } of factors) {
    const taken = common.find((factor) => factor.base === base);
    const above = up - (taken?.up ?? 0);
    const below = down - (taken?.down ?? 0);
    if (above > 0 || below > 0) addFactor(rewriter, rest, base, above, below);
  }
  return [...rest.values()];
}

/** The largest whole number that divides all coefficients, with their sign where they share one. */
function commonDivisor(coefficients: readonly Rational[]): number {
  const sign = coefficients.every(({ n }) => n < 0) ? -1 : 1;
  let divisor = 0;
  for (const { n, d } of coefficients) {
    if (d !== 1) return sign;
    divisor = gcd(divisor, Math.abs(n));
  }
  return sign * (divisor || 1);
}
