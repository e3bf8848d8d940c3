// Choices in products and sums: a factor or term goes into the branches where they are plain enough.

import type { SymbolicTensor } from "../../graph.ts";
import { where } from "../../ops/comparison.ts";
import { addTerm, type Factor, type FactorPart, partsOf, type TermMap } from "./algebra.ts";
import { withoutCoefficient } from "./assemble.ts";
import { exactValue } from "./forms.ts";
import { ONE, type Rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/** Nothing goes into choices nested deeper than this: each level may double the work. */
const MOST_CHOICES = 3;

function isShallow({ node }: SymbolicTensor, depth: number): boolean {
  if (node.op !== where.op) return true;
  return depth > 0 && node.inputs.slice(1).every((branch) => isShallow(branch, depth - 1));
}

/** a · (c ? 1 : 0) is c ? a : 0, where a is defined everywhere or no branch is 0. */
export function multiplyChoice(
  rewriter: Rewriter,
  coefficient: Rational,
  factors: readonly Factor[],
): SymbolicTensor | undefined {
  const first = factors.find(({ base, down }) => base.node.op === where.op && down === 0);
  const condition = first?.base.node.inputs[0];
  if (condition === undefined) return undefined;
  const single = factors.length === 1 && first?.up === 1;
  if (single && coefficient.n === 1 && coefficient.d === 1) return undefined;
  const chosen = factors.filter(
    ({ base, down }) =>
      base.node.op === where.op && down === 0 && base.node.inputs[0] === condition,
  );
  if (!chosen.every(({ base }) => isShallow(base, MOST_CHOICES))) return undefined;
  const rest = factors.filter((factor) => !chosen.includes(factor));
  const numbers = chosen.flatMap(({ base }) => base.node.inputs.slice(1).map(exactValue));
  if (numbers.every((number) => number === undefined)) return undefined;
  const zero = numbers.some((number) => number?.n === 0);
  if (zero && !chosen.every(bothNumbersOrTotal(rewriter))) return undefined;
  const total = rest.every(({ base, down }) => down === 0 && rewriter.facts.of(base).total);
  if (zero && !total) return undefined;
  const branches = [1, 2].map((index) =>
    rewriter.product([
      { value: rewriter.number(coefficient.n), exponent: 1 },
      { value: rewriter.number(coefficient.d), exponent: -1 },
      ...rest.flatMap(partsOf),
      ...chosen.map(({ base, up }): FactorPart => {
        const value = base.node.inputs[index] as SymbolicTensor;
        return { value, exponent: up };
      }),
    ]),
  );
  const [yes, no] = branches;
  return yes && no && rewriter.make(where.op, [condition, yes, no]);
}

function bothNumbersOrTotal(rewriter: Rewriter): (factor: Factor) => boolean {
  return ({ base }) => base.node.inputs.slice(1).every((branch) => rewriter.facts.of(branch).total);
}

/** (c ? a : b) + (c ? p : q) is c ? a + p : b + q. */
export function addChoices(rewriter: Rewriter, terms: TermMap): void {
  const groups = new Map<SymbolicTensor, SymbolicTensor[]>();
  for (const value of terms.keys()) {
    const condition = value?.node.op === where.op ? value.node.inputs[0] : undefined;
    if (value === undefined || condition === undefined) continue;
    if (!isShallow(value, MOST_CHOICES)) continue;
    groups.set(condition, [...(groups.get(condition) ?? []), value]);
  }
  for (const [condition, group] of groups) {
    if (group.length < 2) continue;
    const [yes, no] = [1, 2].map((index) =>
      rewriter.sum(
        group.map((value) => ({
          value: value.node.inputs[index] as SymbolicTensor,
          coefficient: terms.get(value) ?? ONE,
        })),
      ),
    );
    if (yes === undefined || no === undefined) continue;
    const result = withoutCoefficient(rewriter, rewriter.make(where.op, [condition, yes, no]));
    const scale = times(result.coefficient, ONE);
    if (scale === undefined) continue;
    for (const value of group) terms.delete(value);
    addTerm(terms, result.value, scale);
  }
}
