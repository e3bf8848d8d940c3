// Rules that take numbers out of their arguments: they have no derivative of their own, and no batch.

import { applyAll } from "../../expr/apply.ts";
import { SymtapeError } from "../../expr/errors.ts";
import { NO_PARAMS, type Op } from "../../expr/op.ts";
import type { ConcreteTensor, Tensor } from "../../expr/tensor.ts";
import { finish } from "../backward.ts";
import { traceBody } from "../control/body.ts";
import { oneByOne } from "./batch.ts";
import type { List } from "./trees.ts";

/** A function of lists; an undefined result is a tensor of zeros. */
export type ListRule = (values: List) => (Tensor | undefined)[];

/** Which of the values the results are like. */
export type LikeRule = <T>(values: readonly T[]) => readonly T[];

/**
 * The rule for values that may be followed. One that takes numbers out of them would seem to be constant to
 * an outer derivative, and cannot see a batch: it becomes an operation that refuses the former and takes the
 * examples of the latter one by one.
 */
export function guarded(
  name: string,
): (rule: ListRule, values: List, like: LikeRule) => readonly (Tensor | undefined)[] {
  let opaque: boolean | undefined;
  return (rule, values, like) => {
    if (values.every(({ tracer }) => tracer === undefined)) return rule(values);
    const full = (all: List): Tensor[] => {
      const types = like(all);
      return rule(all).map((found, i) => finish(found, types[i] as Tensor));
    };
    opaque ??= takesNumbers(name, full, values);
    return opaque ? applyAll(ruleOp(name, full, like), values, NO_PARAMS) : rule(values);
  };
}

/** Whether a function asks symbols for numbers. */
function takesNumbers(name: string, f: (values: List) => Tensor[], values: List): boolean {
  try {
    traceBody(name, values, f);
    return false;
  } catch (error) {
    if (error instanceof SymtapeError && error.kind === "usage") return true;
    throw error;
  }
}

/** A function as an operation without derivatives. */
function ruleOp(name: string, f: (values: List) => Tensor[], like: LikeRule): Op {
  const refuse = (): never => {
    throw new SymtapeError(
      "gradient",
      `${name} takes numbers out of its arguments, so that it has no further derivative. Write it ` +
        "in functions of tensors.",
      { operation: name },
    );
  };
  const op: Op = {
    name,
    version: 0,
    inputs: ["x…"],
    notation: { kind: "call", symbol: name },
    samples: [],
    nondifferentiable: false,
    discrete: [],
    infer: (inputs) => like(inputs).map(({ shape, dtype }) => ({ shape, dtype, weak: false })),
    evaluate: (inputs) => f(inputs) as ConcreteTensor[],
    reference: refuse,
    pullback: refuse,
    pushforward: (_, tangents) =>
      tangents.some((tangent) => tangent !== undefined) ? refuse() : [],
    batch: ({ inputs, batched }) =>
      oneByOne((one) => applyAll(op, one, NO_PARAMS), inputs, batched),
  };
  return op;
}
