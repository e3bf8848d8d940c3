// The rule that was not given: derivatives are linear in tangents and cotangents, so that each is the other's transpose.

import { SymtapeError } from "../../expr/errors.ts";
import { zerosLike } from "../../expr/ops/structured.ts";
import { isFloat } from "../../expr/shape.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { traceBody } from "../control/body.ts";
import { linearMapOf } from "../linear-map.ts";
import { type List, type Rule, withoutNumbers } from "./trees.ts";

/** A pullback from the pushforward. */
export function transposedPushforward(rule: Rule): NonNullable<Rule["pullback"]> {
  const words = { name: rule.name, given: "pushforward", missing: "pullback" };
  return (inputs, outputs, cotangents) => {
    const push = (tangents: List): List => rule.pushforward?.(inputs, outputs, tangents) ?? [];
    return transposed(words, push, inputs.map(zerosLike), cotangents);
  };
}

/** A pushforward from the pullback. */
export function transposedPullback(rule: Rule): NonNullable<Rule["pushforward"]> {
  const words = { name: rule.name, given: "pullback", missing: "pushforward" };
  return (inputs, outputs, tangents) => {
    const pull = (cotangents: List): List => {
      const found = rule.pullback?.(inputs, outputs, cotangents) ?? [];
      return inputs.map((input, i) => found[i] ?? zerosLike(input));
    };
    return transposed(words, pull, outputs.map(zerosLike), tangents);
  };
}

interface Words {
  readonly name: string;
  readonly given: string;
  readonly missing: string;
}

/** The transpose of a linear map is its reverse mode, at zero as everywhere. Whole numbers do not vary. */
function transposed(
  words: Words,
  linear: (values: List) => List,
  zeros: List,
  seeds: List,
): Tensor[] {
  const places = zeros.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []));
  const replaced = (values: List): Tensor[] => {
    const all = [...zeros];
    places.forEach((place, i) => {
      all[place] = values[i] as Tensor;
    });
    return all;
  };
  const varying = places.map((place) => zeros[place] as Tensor);
  const map = (values: List): List => linear(replaced(values));
  refuseNumbers(words, map, varying);
  const f = (values: unknown): unknown => map(values as List);
  return replaced(linearMapOf(words.name, f, varying).pull(seeds));
}

/** A rule that takes numbers out of what it maps would seem to be constant. */
function refuseNumbers(
  { name, given, missing }: Words,
  map: (values: List) => List,
  at: List,
): void {
  withoutNumbers(
    () => traceBody(name, at, map),
    (message) =>
      new SymtapeError(
        "gradient",
        `${name}: it has no ${missing}, and its ${given} cannot be transposed, since it takes numbers out of its ` +
          `arguments (${message}) Give a ${missing}, or write the ${given} in functions of tensors.`,
        { operation: name },
      ),
  );
}
