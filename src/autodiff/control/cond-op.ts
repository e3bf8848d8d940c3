// The operation of a cond: two closed graphs with the same inputs and outputs, of which it computes one.

import type { BatchCall, Op } from "../../expr/op.ts";
import { repeated } from "../../expr/ops/batching.ts";
import { not, notEqual, or } from "../../expr/ops/comparison.ts";
import { isData } from "../../expr/ops/gradient-control.ts";
import { concat, gather } from "../../expr/ops/movement/index.ts";
import { any } from "../../expr/ops/reductions/index.ts";
import { zerosLike } from "../../expr/ops/structured.ts";
import { type ConcreteTensor, dataOf, type Tensor } from "../../expr/tensor.ts";
import { type Body, makeBody } from "./body.ts";
import { bodyOp, call, callOp, mayBeNothing } from "./body-op.ts";
import { eachChosen, onlyWhere } from "./examples.ts";
import { type Link, linkOf, union } from "./link.ts";
import { atPlaces, filled, floatPlaces, knownPlaces, neededPlaces } from "./places.ts";

export function condOp(yes: Body, no: Body): Op {
  return bodyOp({
    name: "cond",
    infer: () => yes.outputs,
    control: { kind: "cond", graphs: [yes, no] },
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
      const link = eitherLink(yes, no, {
        inputs: neededPlaces(inputs, needs.slice(1)),
        outputs: knownPlaces(outputs, cotangents),
      });
      if (link.inputs.length === 0) return [];
      const op = condOp(yes.pullback(link), no.pullback(link));
      const given = filled(outputs, cotangents, link.outputs);
      const arriving = link.outputs.map((place) => cotangents[place] as Tensor);
      const found = whereChosen(op, [test as Tensor, ...inputs, ...given], arriving);
      return [undefined, ...atPlaces(inputs.length, link.inputs, found)];
    },
    pushforward: ({ inputs: [test, ...inputs], outputs }, tangents) => {
      const moving = tangents.slice(1);
      const link = eitherLink(yes, no, {
        inputs: knownPlaces(inputs, moving),
        outputs: floatPlaces(outputs),
      });
      if (link.outputs.length === 0) return [];
      const op = condOp(yes.pushforward(link), no.pushforward(link));
      const given = filled(inputs, moving, link.inputs);
      const found = call(op, [test as Tensor, ...inputs, ...given]);
      return atPlaces(outputs.length, link.outputs, found.slice(outputs.length));
    },
    batch: (batch) => batchedCond(yes, no, batch),
  });
}

/** Applies the derivative of an operation, or gives zeros where nothing of its outputs was chosen. */
export function whereChosen(
  op: Op,
  operands: readonly Tensor[],
  cotangents: readonly Tensor[],
): readonly Tensor[] {
  if (!cotangents.every(mayBeNothing)) return call(op, operands);
  const tests = cotangents.map((cotangent) => any(notEqual(cotangent, 0)));
  const run = makeBody(operands, (values) => call(op, values));
  const skip = makeBody(operands, () => run.outputs.map(zerosLike));
  return call(condOp(run, skip), [tests.reduce((left, right) => or(left, right)), ...operands]);
}

/** What is linked in either of two bodies. */
function eitherLink(yes: Body, no: Body, places: Link): Link {
  const first = linkOf(yes, places);
  const second = linkOf(no, places);
  return {
    inputs: union(first.inputs, second.inputs),
    outputs: union(first.outputs, second.outputs),
  };
}

function batchedCond(
  yes: Body,
  no: Body,
  { inputs: [test, ...inputs], batched: [differs, ...flags], size }: BatchCall,
): readonly Tensor[] {
  const condition = test as Tensor;
  if (differs !== true) {
    return call(condOp(yes.batched(flags, size), no.batched(flags, size)), [condition, ...inputs]);
  }
  const examples: Examples = { inputs, flags, size };
  return (isData(condition) ? apart : both)(yes, no, condition, examples);
}

/** What the functions are applied to: operands of which some hold a batch. */
interface Examples {
  readonly inputs: readonly Tensor[];
  readonly flags: readonly boolean[];
  readonly size: number;
}

/** Each function on its own examples only. */
function apart(yes: Body, no: Body, test: Tensor, examples: Examples): readonly Tensor[] {
  const { inputs, flags, size } = examples;
  const holds = dataOf(test.concrete("cond"));
  const places = Array.from({ length: size }, (_, place) => place);
  const groups = [
    { body: yes, own: places.filter((place) => holds[place] !== 0) },
    { body: no, own: places.filter((place) => holds[place] === 0) },
  ].filter(({ own }) => own.length > 0);
  const results = groups.map(({ body, own }) =>
    onExamples(body, {
      inputs: inputs.map((input, i) => (flags[i] ? gather(input, own) : input)),
      flags,
      size: own.length,
    }),
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

/**
 * Both functions, where the condition is not known yet. Each of them runs if any example is its own, and in the place of
 * another's examples it is given one of its own: it never sees what it was not chosen for.
 */
function both(yes: Body, no: Body, test: Tensor, examples: Examples): readonly Tensor[] {
  const chosen = onOwn(yes, test, examples);
  const others = onOwn(no, not(test), examples);
  return chosen.map((value, i) => eachChosen(test, value, others[i] as Tensor));
}

function onOwn(body: Body, test: Tensor, { inputs, flags, size }: Examples): readonly Tensor[] {
  const run = makeBody(inputs, (values) => onExamples(body, { inputs: values, flags, size }));
  const skip = makeBody(inputs, () => run.outputs.map(zerosLike));
  return call(condOp(run, skip), [any(test), ...onlyWhere(test, inputs, flags)]);
}

function onExamples(body: Body, { inputs, flags, size }: Examples): readonly Tensor[] {
  if (flags.includes(true)) return call(callOp(body.batched(flags, size)), inputs);
  return call(callOp(body), inputs).map((output) => repeated(output, size));
}
