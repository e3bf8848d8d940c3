// cond: one of two functions, chosen by a truth value that may be a symbol or differ between examples.

import { SymtapeError } from "../../expr/errors.ts";
import type { Op } from "../../expr/op.ts";
import { repeated } from "../../expr/ops/batching.ts";
import { where } from "../../expr/ops/comparison.ts";
import { isData } from "../../expr/ops/gradient-control.ts";
import { cast, concat, gather, reshape } from "../../expr/ops/movement/index.ts";
import { promote, sameShape } from "../../expr/shape.ts";
import {
  asTensor,
  type ConcreteTensor,
  dataOf,
  type Tensor,
  type TensorLike,
} from "../../expr/tensor.ts";
import {
  leafTensor,
  leavesOf,
  rebuildTree,
  type Traced as TracedLeaves,
  type Tree,
} from "../tree.ts";
import { type Body, makeBody, resultOf, type Traced, traceBody } from "./body.ts";
import { atPlaces, bodyOp, call, callOp, filled, floatPlaces, neededPlaces } from "./body-op.ts";

/** The operands as the functions receive them. */
type TracedAll<Operands extends readonly unknown[]> = {
  [K in keyof Operands]: TracedLeaves<Operands[K]>;
};

/**
 * `yes(...operands)` where the condition holds, else `no(...operands)`. With plain numbers only the chosen function
 * runs. For a symbol both become part of the graph, of which evaluation runs one; inside `vmap` both run and
 * each example takes its own.
 *
 * @throws SymtapeError (shape) if the functions return different trees, shapes or dtypes.
 * @example
 * const f = (x: Tensor) => cond(greater(x, 0), (x) => sqrt(x), (x) => multiply(x, 0), x);
 * grad(f)(4); // 0.25
 * grad(f)(-4); // 0
 */
export function cond<Operands extends readonly unknown[], Result>(
  condition: TensorLike,
  yes: (...operands: TracedAll<Operands>) => Result,
  no: (...operands: TracedAll<Operands>) => Result,
  ...operands: Operands
): Result {
  const test = asTensor(condition);
  if (test.rank !== 0) {
    throw new SymtapeError(
      "shape",
      `cond: the condition must be a scalar, got shape [${test.shape.join(",")}]. Use where() to choose element by element.`,
      { operation: "cond", shapes: [test.shape] },
    );
  }
  const trees = operands as unknown as Tree;
  const leaves = leavesOf(trees, "cond").map(leafTensor);
  const apply = (f: typeof yes, values: readonly Tensor[]): Result =>
    f(...(rebuildTree(trees, values) as TracedAll<Operands>));
  if (isData(test)) return apply(test.concrete("cond").at(0) !== 0 ? yes : no, leaves);
  const first = traceBody("cond", leaves, (inputs) => apply(yes, inputs));
  const second = traceBody("cond", leaves, (inputs) => apply(no, inputs));
  const { bodies, captures } = together(leaves, first, second);
  const outputs = call(condOp(...bodies), [test, ...leaves, ...captures]);
  return resultOf(first, outputs) as Result;
}

/** Both bodies with the same inputs: the operands and what either of them captured. */
function together(
  leaves: readonly Tensor[],
  first: Traced,
  second: Traced,
): { bodies: [Body, Body]; captures: readonly Tensor[] } {
  const types = checkSame(first, second);
  const captures = [...new Set([...first.captures, ...second.captures])];
  const widened = ({ body, captures: own }: Traced): Body =>
    makeBody([...leaves, ...captures], (inputs) => {
      const taken = own.map(
        (capture) => inputs[leaves.length + captures.indexOf(capture)] as Tensor,
      );
      const outputs = body.evaluate([...inputs.slice(0, leaves.length), ...taken]);
      return outputs.map((output, i) => inType(output, types[i] as Tensor["dtype"]));
    });
  return { bodies: [widened(first), widened(second)], captures };
}

function inType(value: Tensor, dtype: Tensor["dtype"]): Tensor {
  return value.weak || value.dtype !== dtype ? cast(value, dtype) : value;
}

/** The dtypes of the results, which both functions must agree on but for literals. */
function checkSame(first: Traced, second: Traced): readonly Tensor["dtype"][] {
  const paths = (traced: Traced): string =>
    leavesOf(traced.result, "cond")
      .map(({ path }) => path)
      .join();
  const results = [first.body.outputs, second.body.outputs] as const;
  const same =
    paths(first) === paths(second) &&
    results[0].every((output, i) => {
      const other = results[1][i] as Tensor;
      const kind = output.weak || other.weak || output.dtype === other.dtype;
      return kind && sameShape(output.shape, other.shape);
    });
  if (same) return results[0].map((output, i) => promote([output, results[1][i] as Tensor]).dtype);
  const text = (outputs: readonly Tensor[]): string =>
    outputs.map(({ shape, dtype }) => `${dtype}[${shape.join(",")}]`).join(", ");
  throw new SymtapeError(
    "shape",
    `cond: both functions must return the same tree, shapes and dtypes: ${text(results[0])} beside ${text(results[1])}.`,
    { operation: "cond", shapes: [...results[0], ...results[1]].map(({ shape }) => shape) },
  );
}

function condOp(yes: Body, no: Body): Op {
  return bodyOp({
    name: "cond",
    infer: () => yes.outputs,
    evaluate: ([test, ...inputs]) =>
      ((test as ConcreteTensor).at(0) !== 0 ? yes : no).evaluate(inputs) as ConcreteTensor[],
    reference: (arithmetic, [test, ...inputs]) => {
      const condition = test?.data[0] as Parameters<typeof arithmetic.numberOf>[0];
      const known = arithmetic.numberOf(condition);
      if (known !== undefined) return (known !== 0 ? yes : no).reference(arithmetic, inputs);
      const others = no.reference(arithmetic, inputs);
      return yes.reference(arithmetic, inputs).map(({ shape, data }, i) => ({
        shape,
        data: Array.from(data, (value, k) =>
          arithmetic.choose(
            condition,
            () => value,
            () => others[i]?.data[k] as typeof value,
          ),
        ),
      }));
    },
    pullback: ({ inputs: [test, ...inputs], outputs }, cotangents, needs) => {
      const places = neededPlaces(inputs, needs.slice(1));
      const op = condOp(yes.pullback(places), no.pullback(places));
      const found = call(op, [test as Tensor, ...inputs, ...filled(outputs, cotangents)]);
      return [undefined, ...atPlaces(inputs.length, places, found)];
    },
    pushforward: ({ inputs: [test, ...inputs], outputs }, tangents) => {
      const op = condOp(yes.pushforward(), no.pushforward());
      const found = call(op, [test as Tensor, ...inputs, ...filled(inputs, tangents.slice(1))]);
      return atPlaces(outputs.length, floatPlaces(outputs), found.slice(outputs.length));
    },
    batch: ({ inputs: [test, ...inputs], batched: [differs, ...batched], size }) => {
      if (differs !== true) {
        const op = condOp(yes.batched(batched, size), no.batched(batched, size));
        return call(op, [test as Tensor, ...inputs]);
      }
      const choice: Choice = { test: test as Tensor, inputs, batched, size };
      return isData(choice.test) ? apart(yes, no, choice) : both(yes, no, choice);
    },
  });
}

/** A condition that differs between the examples of a batch, and what the functions are applied to. */
interface Choice {
  readonly test: Tensor;
  readonly inputs: readonly Tensor[];
  readonly batched: readonly boolean[];
  readonly size: number;
}

/** Each function on its own examples only. */
function apart(yes: Body, no: Body, { test, inputs, batched, size }: Choice): readonly Tensor[] {
  const holds = dataOf(test.concrete("cond"));
  const places = Array.from({ length: size }, (_, place) => place);
  const groups = [
    { body: yes, own: places.filter((place) => holds[place] !== 0) },
    { body: no, own: places.filter((place) => holds[place] === 0) },
  ].filter(({ own }) => own.length > 0);
  const results = groups.map(({ body, own }) =>
    onExamples(
      body,
      inputs.map((input, i) => (batched[i] ? gather(input, own) : input)),
      batched,
      own.length,
    ),
  );
  const order = groups.flatMap(({ own }) => own);
  const back = new Array<number>(size);
  order.forEach((place, k) => {
    back[place] = k;
  });
  return yes.outputs.map((_, i) =>
    gather(concat(results.map((outputs) => outputs[i] as Tensor)), back),
  );
}

/** Both functions on all examples, where the condition is not known yet. */
function both(yes: Body, no: Body, { test, inputs, batched, size }: Choice): readonly Tensor[] {
  const chosen = onExamples(yes, inputs, batched, size);
  const others = onExamples(no, inputs, batched, size);
  return chosen.map((value, i) => eachChosen(test, value, others[i] as Tensor));
}

function onExamples(
  body: Body,
  inputs: readonly Tensor[],
  batched: readonly boolean[],
  size: number,
): readonly Tensor[] {
  if (batched.includes(true)) return call(callOp(body.batched(batched, size)), inputs);
  return call(callOp(body), inputs).map((output) => repeated(output, size));
}

/** For every example the value that its own condition chose. */
export function eachChosen(test: Tensor, yes: Tensor, no: Tensor): Tensor {
  const aligned = reshape(test, [test.size, ...new Array<number>(yes.rank - 1).fill(1)]);
  return where(aligned, yes, no);
}
