// Factors of a product: what a value consists of, and what cancels when powers of one base meet.

import type { SymbolicTensor } from "../../graph.ts";
import { ConcreteTensor } from "../../tensor.ts";
import type { Factor, FactorMap, Product } from "./algebra.ts";
import { mayBe, NULL } from "./facts.ts";
import { exactValue } from "./forms.ts";
import { MINUS_ONE, ONE } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

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
 * be cancelled against a larger one below it: x / x² is 1 / x, both undefined at 0, but x² / x is not x, and
 * x⁴ / x³ is x² / x.
 */
function cancel(rewriter: Rewriter, base: SymbolicTensor, up: number, down: number): Factor {
  if (up === 0 || down === 0) return { base, up, down };
  const fact = rewriter.facts.of(base);
  if (fact.total && !mayBe(fact, NULL)) {
    return { base, up: Math.max(up - down, 0), down: Math.max(down - up, 0) };
  }
  return down > up ? { base, up: 0, down: down - up } : { base, up: up - down + 1, down: 1 };
}
