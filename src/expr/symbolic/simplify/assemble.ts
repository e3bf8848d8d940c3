// From the normal form of a sum or product to its nodes; equal ones are built once, in the order first met.

import type { SymbolicTensor } from "../../graph.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import { ConcreteTensor } from "../../tensor.ts";
import type { Factor, Term } from "./algebra.ts";
import { productOf } from "./factors.ts";
import { orderFactors, orderTerms } from "./order.ts";
import { negated, ONE, type Rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/** The node of a product in normal form. */
export function assemble(
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
