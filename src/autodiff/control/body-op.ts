// An operation that holds closed graphs. It lives as long as the call that made it.

import { applyAll } from "../../expr/apply.ts";
import { NO_PARAMS, type Op } from "../../expr/op.ts";
import { isOfPart } from "../../expr/ops/choices.ts";
import { isSelected } from "../../expr/ops/gradient-control.ts";
import type { ConcreteTensor, Tensor } from "../../expr/tensor.ts";
import type { Body } from "./body.ts";
import { linkOf } from "./link.ts";
import { atPlaces, filled, floatPlaces, knownPlaces, neededPlaces } from "./places.ts";

type Rules = Pick<
  Op,
  "name" | "infer" | "evaluate" | "reference" | "pullback" | "pushforward" | "batch"
> &
  Pick<Partial<Op>, "control" | "lower">;

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

/** Whether zeros of a cotangent stand for what was not chosen. */
export function mayBeNothing(cotangent: Tensor): boolean {
  return isSelected(cotangent) || isOfPart(cotangent);
}

/** Computes a body. Its derivatives compute the body again: nothing in between is kept. */
export function callOp(body: Body): Op {
  return bodyOp({
    name: "checkpoint",
    infer: () => body.outputs,
    control: { kind: "call", graphs: [body] },
    evaluate: (inputs) => body.evaluate(inputs) as ConcreteTensor[],
    reference: (arithmetic, inputs) => body.reference(arithmetic, inputs),
    pullback: ({ inputs, outputs }, cotangents, needs) => {
      const link = linkOf(body, {
        inputs: neededPlaces(inputs, needs),
        outputs: knownPlaces(outputs, cotangents),
      });
      if (link.inputs.length === 0) return [];
      const arriving = link.outputs.map((place) => cotangents[place] as Tensor);
      const full = filled(outputs, cotangents, link.outputs);
      const found = arriving.some(mayBeNothing)
        ? body.pull(link, inputs, arriving)
        : call(callOp(body.pullback(link)), [...inputs, ...full]);
      return atPlaces(inputs.length, link.inputs, found);
    },
    pushforward: ({ inputs, outputs }, tangents) => {
      const link = linkOf(body, {
        inputs: knownPlaces(inputs, tangents),
        outputs: floatPlaces(outputs),
      });
      if (link.outputs.length === 0) return [];
      const given = filled(inputs, tangents, link.inputs);
      const found = call(callOp(body.pushforward(link)), [...inputs, ...given]);
      return atPlaces(outputs.length, link.outputs, found.slice(outputs.length));
    },
    batch: ({ inputs, batched, size }) => call(callOp(body.batched(batched, size)), inputs),
  });
}
