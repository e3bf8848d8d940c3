// An operation that holds closed graphs. It lives as long as the call that made it.

import { applyAll } from "../../expr/apply.ts";
import { NO_PARAMS, type Op } from "../../expr/op.ts";
import { isSelected } from "../../expr/ops/gradient-control.ts";
import { isFloat } from "../../expr/shape.ts";
import type { ConcreteTensor, Tensor } from "../../expr/tensor.ts";
import { finish } from "../backward.ts";
import type { Body } from "./body.ts";

type Rules = Pick<
  Op,
  "name" | "infer" | "evaluate" | "reference" | "pullback" | "pushforward" | "batch"
>;

export function bodyOp(rules: Rules): Op {
  return {
    version: 0,
    inputs: ["x…"],
    notation: { kind: "call", symbol: rules.name },
    samples: [],
    nondifferentiable: false,
    discrete: [],
    ...rules,
  };
}

/** Applies an operation that has no settings. */
export function call(op: Op, inputs: readonly Tensor[]): readonly Tensor[] {
  return applyAll(op, inputs, NO_PARAMS);
}

/** The places of the float values: those that have derivatives. */
export function floatPlaces(values: readonly { readonly dtype: Tensor["dtype"] }[]): number[] {
  return values.flatMap(({ dtype }, place) => (isFloat(dtype) ? [place] : []));
}

/** The derivatives of the float values in full: zeros where there are none. */
export function filled(
  values: readonly Tensor[],
  derivatives: readonly (Tensor | undefined)[],
): Tensor[] {
  return floatPlaces(values).map((place) => finish(derivatives[place], values[place] as Tensor));
}

/** Derivatives of the values at some places, undefined at the others. */
export function atPlaces(
  count: number,
  places: readonly number[],
  derivatives: readonly Tensor[],
): (Tensor | undefined)[] {
  const result = new Array<Tensor | undefined>(count).fill(undefined);
  places.forEach((place, i) => {
    result[place] = derivatives[i];
  });
  return result;
}

/** The float inputs whose cotangents are asked for. */
export function neededPlaces(inputs: readonly Tensor[], needs: readonly boolean[]): number[] {
  return floatPlaces(inputs).filter((place) => needs[place]);
}

/** Computes a body. Its derivatives compute the body again: nothing in between is kept. */
export function callOp(body: Body): Op {
  return bodyOp({
    name: "checkpoint",
    infer: () => body.outputs,
    evaluate: (inputs) => body.evaluate(inputs) as ConcreteTensor[],
    reference: (arithmetic, inputs) => body.reference(arithmetic, inputs),
    pullback: ({ inputs, outputs }, cotangents, needs) => {
      const places = neededPlaces(inputs, needs);
      if (cotangents.some((cotangent) => cotangent !== undefined && isSelected(cotangent))) {
        return body.pull(inputs, cotangents);
      }
      const given = filled(outputs, cotangents);
      const found = call(callOp(body.pullback(places)), [...inputs, ...given]);
      return atPlaces(inputs.length, places, found);
    },
    pushforward: ({ inputs, outputs }, tangents) => {
      const found = call(callOp(body.pushforward()), [...inputs, ...filled(inputs, tangents)]);
      return atPlaces(outputs.length, floatPlaces(outputs), found.slice(outputs.length));
    },
    batch: ({ inputs, batched, size }) => call(callOp(body.batched(batched, size)), inputs),
  });
}
