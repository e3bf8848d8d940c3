// What cannot be 0 because something beside it would be undefined: in x / x · log(x), x is positive.

import type { SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import { sqrt } from "../../ops/arithmetic.ts";
import { log, log2, log10 } from "../../ops/exponential.ts";
import { cos, cot, csc, sec, sin, tan } from "../../ops/trigonometric.ts";
import { addTerm, type Factor, type FactorMap, type TermMap } from "./algebra.ts";
import { withoutCoefficient } from "./assemble.ts";
import { productOf } from "./factors.ts";
import { ONE, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/** f(u) is undefined where u is 0. */
const UNDEFINED_AT_ZERO: ReadonlySet<Op> = new Set([log.op, log2.op, log10.op]);
/** f(u) is undefined where g(u) is 0. */
const POLES: ReadonlyMap<Op, Op> = new Map([
  [tan.op, cos.op],
  [sec.op, cos.op],
  [cot.op, sin.op],
  [csc.op, sin.op],
]);

/** Values that are not 0 wherever all of the factors are defined. */
export function impliedNonzero(
  rewriter: Rewriter,
  factors: Iterable<Factor>,
): ReadonlySet<SymbolicTensor> {
  const found = new Set<SymbolicTensor>();
  for (const { base, up, down } of factors) {
    const { op, inputs } = base.node;
    const operand = inputs[0] as SymbolicTensor;
    if (down > 0 && up === 0) found.add(base);
    if (UNDEFINED_AT_ZERO.has(op) || (op === sqrt.op && down > 0)) found.add(operand);
    const pole = POLES.get(op);
    if (pole !== undefined) found.add(rewriter.plain(pole, [operand]));
  }
  return found;
}

/** Cancels powers of values that are not 0. */
export function cancelNonzero(factors: FactorMap, nonzero: ReadonlySet<SymbolicTensor>): void {
  for (const { base, up, down } of [...factors.values()]) {
    if (up === 0 || down === 0 || !nonzero.has(base)) continue;
    if (up === down) factors.delete(base);
    else factors.set(base, { base, up: Math.max(up - down, 0), down: Math.max(down - up, 0) });
  }
}

/** Cancels in each term what the other terms keep from being 0. */
export function cancelBesideTerms(rewriter: Rewriter, terms: TermMap): void {
  const open = [...terms.keys()].filter(
    (value) =>
      value !== undefined &&
      productOf(rewriter, value).factors.some(({ up, down }) => up > 0 && down > 0),
  );
  if (open.length === 0) return;
  for (const value of open as readonly SymbolicTensor[]) {
    const others = [...terms.keys()].filter((other) => other !== undefined && other !== value);
    const all = others.flatMap((other) => productOf(rewriter, other as SymbolicTensor).factors);
    const factors = new Map(
      productOf(rewriter, value).factors.map((factor) => [factor.base, factor]),
    );
    cancelNonzero(factors, impliedNonzero(rewriter, all));
    const cancelled = rewriter.powers([...factors.values()]);
    if (cancelled === undefined || cancelled === value) continue;
    const rest = withoutCoefficient(rewriter, cancelled);
    const coefficient = times(rest.coefficient, terms.get(value) ?? ONE);
    if (coefficient === undefined) continue;
    terms.delete(value);
    addTerm(terms, rest.value, coefficient);
    rewriter.report("x / x = 1 where x is not 0", () => value, cancelled);
  }
}
