// The witnesses that share no rule with symtape: mathjs's own derivative and the complex step.

import { orRefused, tryComplexStep } from "../autodiff/check.ts";
import type { Formula } from "../expr/formula.ts";
import { mathjsDerivative } from "../expr/symbolic/index.ts";
import { scalar, type Tensor } from "../expr/tensor.ts";
import type { Refused, TextAndValue } from "./comparison.ts";
import type { ScalarProblem } from "./scalars.ts";

export function mathjsWitness(
  { source, point }: ScalarProblem,
  name: string,
): TextAndValue | Refused {
  const answer = orRefused(() => {
    const derived = mathjsDerivative(source, name);
    return { text: derived.text, value: derived.evaluate(point) };
  });
  return "refused" in answer ? { refused: readable(answer.refused) } : answer;
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/derivative of \? :|ConditionalNode,/, "has no rule for a conditional."],
  [/derivative of RelationalNode/, "has no rule for a chain of comparisons."],
  [/derivative of ArrayNode/, "has no rule for a matrix."],
  [/derivative of AccessorNode/, "has no rule for an index."],
];

/** mathjs's refusal without what it says of its own types. */
function readable(refusal: string): string {
  const known = KINDS.find(([pattern]) => pattern.test(refusal));
  if (known !== undefined) return known[1];
  return refusal.replace(/^(has no rule for the derivative of [^.]*\.).*$/, "$1");
}

export function complexWitness(
  formula: Formula,
  point: Readonly<Record<string, number>>,
  name: string,
): number | Refused {
  const { names } = formula;
  const leaves = names.map((input) => scalar(point[input] as number));
  const call = (...values: Tensor[]): Tensor =>
    formula(Object.fromEntries(names.map((input, i) => [input, values[i] as Tensor])));
  const answer = tryComplexStep(call, leaves, names.indexOf(name), 0);
  return "value" in answer ? answer.value : answer;
}
