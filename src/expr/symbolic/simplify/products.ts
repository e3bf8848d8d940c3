// Products: factors are collected by base, cancelled where that is exact, contracted, ordered and built.

import type { SymbolicTensor } from "../../graph.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import { ConcreteTensor } from "../../tensor.ts";
import type { Factor, FactorPart, Product } from "./algebra.ts";
import { multiplyChoice } from "./choices.ts";
import { contract } from "./contractions.ts";
import { cancelNonzero, impliedNonzero } from "./domain.ts";
import { mayBe, NULL } from "./facts.ts";
import { orderFactors } from "./order.ts";
import { MINUS_ONE, ONE, power, type Rational, times } from "./rational.ts";
import { exactValue, type Rewriter, unspread } from "./rewriter.ts";
import { buildSum } from "./sums.ts";

/** Factors by their base, in the order in which they came. */
export type FactorMap = Map<SymbolicTensor, Factor>;

/** The normal form of a value: of a product its factors, of anything else the value itself. */
export function productOf(rewriter: Rewriter, value: SymbolicTensor): Product {
  const known = rewriter.products.get(value);
  if (known !== undefined) return known;
  const coefficient = exactValue(value);
  if (coefficient !== undefined) return { coefficient, factors: [] };
  const constant = value.node.value;
  if (constant?.rank === 0 && constant.at(0) < 0) {
    // −0.1 is −1 times the number 0.1, which stays as it is written.
    const base = rewriter.graph.constant(
      new ConcreteTensor([], constant.dtype, -constant.at(0), constant.weak),
    );
    return { coefficient: MINUS_ONE, factors: [{ base, up: 1, down: 0 }] };
  }
  return { coefficient: ONE, factors: [{ base: value, up: 1, down: 0 }] };
}

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
  if (contracted === undefined) return undefined;
  cancelNonzero(contracted.factors, impliedNonzero(rewriter, contracted.factors.values()));
  return fromFactors(rewriter, contracted.coefficient, [...contracted.factors.values()]);
}

/** Multiplies base^up / base^down into `factors`, cancelling what cancels exactly. */
export function addFactor(
  rewriter: Rewriter,
  factors: FactorMap,
  base: SymbolicTensor,
  up: number,
  down: number,
): void {
  const known = factors.get(base);
  const above = up + (known?.up ?? 0);
  const below = down + (known?.down ?? 0);
  const cancelled = cancel(rewriter, base, above, below);
  if (cancelled.up === 0 && cancelled.down === 0) factors.delete(base);
  else factors.set(base, cancelled);
}

/**
 * x^a / x^b. Where x cannot be 0 and is defined everywhere it is x^(a−b). Otherwise only a smaller power may
 * be cancelled against a larger one below it: x / x² is 1 / x, both undefined at 0, but x² / x is not x.
 */
function cancel(rewriter: Rewriter, base: SymbolicTensor, up: number, down: number): Factor {
  if (up === 0 || down === 0) return { base, up, down };
  const fact = rewriter.facts.of(base);
  if (fact.total && !mayBe(fact, NULL)) {
    return { base, up: Math.max(up - down, 0), down: Math.max(down - up, 0) };
  }
  return down > up ? { base, up: 0, down: down - up } : { base, up, down };
}

/** The node of a product in normal form. */
export function fromFactors(
  rewriter: Rewriter,
  coefficient: Rational,
  factors: readonly Factor[],
): SymbolicTensor | undefined {
  if (coefficient.n === 0 && factors.every((factor) => isTotal(rewriter, factor))) {
    return rewriter.number(0);
  }
  return (
    distributed(rewriter, coefficient, factors) ??
    multiplyChoice(rewriter, coefficient, factors) ??
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
  return buildSum(
    rewriter,
    terms.flatMap(({ coefficient: own, value }) => {
      const scaled = times(own, coefficient);
      return scaled ? [{ value: value ?? rewriter.number(1), coefficient: scaled }] : [];
    }),
  );
}

function assemble(
  rewriter: Rewriter,
  coefficient: Rational,
  factors: readonly Factor[],
): SymbolicTensor {
  const key = productKey(coefficient, factors);
  const known = rewriter.byKey.get(key);
  if (known !== undefined) return known;
  const ordered = orderFactors(rewriter, factors);
  const above = ordered.flatMap(({ base, up }) => (up > 0 ? [raised(rewriter, base, up)] : []));
  const below = ordered.flatMap(({ base, down }) =>
    down > 0 ? [raised(rewriter, base, down)] : [],
  );
  const top = chain(rewriter, signedFactors(rewriter, coefficient.n, above));
  if (coefficient.d !== 1) below.unshift(rewriter.number(coefficient.d));
  const result =
    below.length === 0 ? top : rewriter.plain(arithmetic.divide.op, [top, chain(rewriter, below)]);
  const [only] = factors;
  const isBase = only !== undefined && result === only.base;
  if (!isBase) rewriter.products.set(result, { coefficient, factors: ordered });
  rewriter.byKey.set(key, result);
  return result;
}

function productKey(coefficient: Rational, factors: readonly Factor[]): string {
  const parts = factors.map(({ base, up, down }) => `${base.slot}^${up}/${down}`).sort();
  return `* ${coefficient.n}/${coefficient.d} ${parts.join(" ")}`;
}

/** The factors with the number n before them; a bare sign goes to the first factor. */
function signedFactors(
  rewriter: Rewriter,
  n: number,
  factors: SymbolicTensor[],
): readonly SymbolicTensor[] {
  const [first, ...rest] = factors;
  if (n === 1 && first !== undefined) return factors;
  const number = first?.node.value;
  if (n === -1 && number?.rank === 0 && first?.node.params.name === undefined) {
    const minus = new ConcreteTensor([], number.dtype, -number.at(0), number.weak);
    return [rewriter.graph.constant(minus), ...rest];
  }
  if (n === -1 && first !== undefined) {
    return [rewriter.plain(arithmetic.negate.op, [first]), ...rest];
  }
  return [rewriter.number(n), ...factors];
}

function raised(rewriter: Rewriter, base: SymbolicTensor, exponent: number): SymbolicTensor {
  if (exponent === 1) return base;
  return rewriter.plain(arithmetic.pow.op, [base, rewriter.number(exponent)]);
}

function chain(rewriter: Rewriter, factors: readonly SymbolicTensor[]): SymbolicTensor {
  return factors.reduce((product, factor) =>
    rewriter.plain(arithmetic.multiply.op, [product, factor]),
  );
}

/** The value of a product without its coefficient; undefined for a mere number. */
export function withoutCoefficient(
  rewriter: Rewriter,
  value: SymbolicTensor,
): { coefficient: Rational; value: SymbolicTensor | undefined } {
  const { coefficient, factors } = productOf(rewriter, value);
  if (factors.length === 0) return { coefficient, value: undefined };
  if (coefficient.n === 1 && coefficient.d === 1) return { coefficient, value };
  return { coefficient, value: assemble(rewriter, ONE, factors) };
}

/** A multiple of a value, as a node. */
export function multiple(
  rewriter: Rewriter,
  coefficient: Rational,
  value: SymbolicTensor | undefined,
): SymbolicTensor {
  if (value === undefined) return assemble(rewriter, coefficient, []);
  const product = productOf(rewriter, value);
  const total = times(product.coefficient, coefficient);
  if (total !== undefined) return assemble(rewriter, total, product.factors);
  const number = assemble(rewriter, coefficient, []);
  return rewriter.plain(arithmetic.multiply.op, [number, value]);
}
