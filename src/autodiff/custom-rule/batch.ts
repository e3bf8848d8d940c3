// A function with its own derivative on a batch of examples.

import { SymtapeError } from "../../expr/errors.ts";
import { index, stack } from "../../expr/ops/movement/index.ts";
import { sum } from "../../expr/ops/reductions/index.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { vmap } from "../vmap.ts";
import { type List, type Rule, thirds } from "./trees.ts";

/** The same rule for arguments of which some hold a batch along their first axis, as all outputs then do. */
export function batchedRule(rule: Rule, batched: readonly boolean[]): Rule {
  const { name, pullback, pushforward } = rule;
  const count = batched.length;
  return {
    name,
    value: (inputs) => perExample((one) => rule.value(one), inputs, batched),
    ...(pullback && {
      pullback: (inputs, outputs, cotangents) => {
        let places: number[] = [];
        const one = (all: List): Tensor[] => {
          const found = pullback(...thirds(all, count, outputs.length));
          places = found.flatMap((cotangent, i) => (cotangent === undefined ? [] : [i]));
          return places.map((place) => found[place] as Tensor);
        };
        const all = [...inputs, ...outputs, ...cotangents];
        const results = perExample(one, all, [...batched, ...all.slice(count).map(() => true)]);
        const full: (Tensor | undefined)[] = inputs.map(() => undefined);
        places.forEach((place, i) => {
          const result = results[i] as Tensor;
          full[place] = batched[place] ? result : sum(result, { axis: 0 });
        });
        return full;
      },
    }),
    ...(pushforward && {
      pushforward: (inputs, outputs, tangents) =>
        perExample(
          (all) => pushforward(...thirds(all, count, outputs.length)),
          [...inputs, ...outputs, ...tangents],
          [...batched, ...outputs.map(() => true), ...batched],
        ),
    }),
  };
}

/** All examples at once; one by one where the function takes numbers out of its arguments. */
function perExample(
  f: (one: List) => Tensor[],
  values: List,
  batched: readonly boolean[],
): Tensor[] {
  const axes = batched.map((flag) => (flag ? 0 : null));
  try {
    return vmap((...one: Tensor[]) => f(one), { axes })(...values);
  } catch (error) {
    if (!(error instanceof SymtapeError) || error.kind !== "usage") throw error;
    return oneByOne(f, values, batched);
  }
}

export function oneByOne(
  f: (one: List) => List,
  values: List,
  batched: readonly boolean[],
): Tensor[] {
  const results = Array.from({ length: exampleCount(values, batched) }, (_, k) =>
    f(exampleAt(values, batched, k)),
  );
  const [first] = results as [List];
  return first.map((_, i) => stack(results.map((result) => result[i] as Tensor)));
}

export function exampleCount(values: List, batched: readonly boolean[]): number {
  return values[batched.indexOf(true)]?.shape[0] ?? 0;
}

/** The arguments of one example. */
export function exampleAt(values: List, batched: readonly boolean[], k: number): List {
  return values.map((value, i) => (batched[i] ? index(value, [k]) : value));
}
