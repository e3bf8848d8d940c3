// A function with its own derivative as an operation: evaluated, traced, transposed and batched.

import { applyAll } from "../../expr/apply.ts";
import { SymtapeError } from "../../expr/errors.ts";
import type { BatchCall, Op, Params } from "../../expr/op.ts";
import { type AbstractValue, type DType, formatShape } from "../../expr/shape.ts";
import type { ConcreteTensor, Tensor } from "../../expr/tensor.ts";
import { finish } from "../backward.ts";
import { type Body, traceBody } from "../control/body.ts";
import { batchedRule, exampleAt, exampleCount } from "./batch.ts";
import { guarded } from "./opaque.ts";
import { transposedPullback, transposedPushforward } from "./transpose.ts";
import { type List, type Rule, thirds, withoutNumbers } from "./trees.ts";

/** The operation of a rule. `inspect` sees the arguments of every evaluation. */
export function customOp(rule: Rule, inspect: (inputs: List) => void): Op {
  const { name } = rule;
  const bodyOf = tracing(rule);
  const pullGuarded = guarded(`${name}: its pullback`);
  const pushGuarded = guarded(`${name}: its pushforward`);
  const batchedOps = new Map<string, Op>();
  const op: Op = {
    name,
    version: 0,
    inputs: ["x…"],
    notation: { kind: "call", symbol: name },
    samples: [],
    nondifferentiable: false,
    discrete: [],
    infer: (inputs) => bodyOf(inputs).outputs,
    evaluate: (inputs) => {
      const outputs = rule.value(inputs).map((output) => plain(name, output));
      inspect(inputs);
      return outputs;
    },
    reference: (arithmetic, inputs, params) =>
      bodyOf(
        inputs.map(({ shape }, i) => ({ shape, dtype: dtypeAt(params, i), weak: false })),
      ).reference(arithmetic.forOwnRules ?? arithmetic, inputs),
    pullback: ({ inputs, outputs }, cotangents) => {
      const full = outputs.map((output, i) => finish(cotangents[i], output));
      const pull = rule.pullback ?? transposedPushforward(rule);
      return pullGuarded(
        (all) => pull(...thirds(all, inputs.length, outputs.length)),
        [...inputs, ...outputs, ...full],
        (all) => all.slice(0, inputs.length),
      );
    },
    pushforward: ({ inputs, outputs }, tangents) => {
      if (tangents.every((tangent) => tangent === undefined)) return [];
      const full = inputs.map((input, i) => finish(tangents[i], input));
      const push = rule.pushforward ?? transposedPullback(rule);
      return pushGuarded(
        (all) => push(...thirds(all, inputs.length, outputs.length)),
        [...inputs, ...outputs, ...full],
        (all) => all.slice(inputs.length, inputs.length + outputs.length),
      );
    },
    batch: ({ inputs, batched, params }: BatchCall) => {
      const key = batched.join();
      const own =
        batchedOps.get(key) ??
        customOp(batchedRule(rule, batched), (all) => {
          if (exampleCount(all, batched) > 0) inspect(exampleAt(all, batched, 0));
        });
      batchedOps.set(key, own);
      return applyAll(own, inputs, params);
    },
  };
  return op;
}

function dtypeAt(params: Params, i: number): DType {
  return (params.dtypes as readonly DType[])[i] as DType;
}

/** A value must not depend on anything that is followed except through its arguments. */
function plain(name: string, output: Tensor): ConcreteTensor {
  if (output.tracer === undefined) return output as ConcreteTensor;
  throw new SymtapeError(
    "usage",
    `${name}: its value uses a tensor from outside that a derivative or a graph follows. Pass it as an argument.`,
    { operation: name },
  );
}

/** The value as a graph, for arguments of given types; the last one is kept. */
function tracing(rule: Rule): (inputs: readonly AbstractValue[]) => Body {
  let last: { readonly key: string; readonly body: Body } | undefined;
  return (inputs) => {
    const key = inputs.map(({ shape, dtype }) => `${dtype}${formatShape(shape)}`).join();
    if (last?.key !== key) last = { key, body: traced(rule, inputs) };
    return last.body;
  };
}

function traced(rule: Rule, inputs: readonly AbstractValue[]): Body {
  const { name } = rule;
  const { body, captures } = withoutNumbers(
    () => traceBody(name, inputs, (symbols) => rule.value(symbols)),
    (message) =>
      new SymtapeError(
        "unsupported",
        `${name}: its value takes numbers out of its arguments, so that it has no graph and no complex step ` +
          `(${message}) Write it in functions of tensors.`,
        { operation: name },
      ),
  );
  for (const capture of captures) plain(name, capture);
  return body;
}
