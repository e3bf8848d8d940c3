// whileLoop: a loop that ends when its state says so.

import { SymtapeError } from "../../expr/errors.ts";
import type { Op } from "../../expr/op.ts";
import { repeated } from "../../expr/ops/batching.ts";
import { isData } from "../../expr/ops/gradient-control.ts";
import { any } from "../../expr/ops/reductions/index.ts";
import type { ConcreteTensor, Tensor } from "../../expr/tensor.ts";
import {
  leafTensor,
  leavesOf,
  rebuildTree,
  type Traced as TracedLeaves,
  type Tree,
  type TreeLike,
} from "../tree.ts";
import { type Body, makeBody, type Traced, traceBody } from "./body.ts";
import { bodyOp, call } from "./body-op.ts";
import { eachChosen, onlyWhere } from "./examples.ts";
import { type Link, loopLinkOf } from "./link.ts";
import { atPlaces, filled, floatPlaces, knownPlaces, neededPlaces } from "./places.ts";
import { conformed } from "./state.ts";

/**
 * Repeats `step` on a state for as long as `condition` holds, and returns the last state. With plain numbers it is a
 * JavaScript loop, under every transformation. In a graph and inside `vmap`, where each example stops by itself, it is
 * one operation with forward-mode derivatives only: the number of steps is not known beforehand, so there is no
 * memory for a way back; use `scan` for gradients there.
 *
 * @throws SymtapeError (gradient) for a reverse-mode derivative inside `vmap` or of a graph.
 * @example
 * const root = (a: Tensor) =>
 *   whileLoop(
 *     (x: Tensor) => greater(abs(subtract(multiply(x, x), a)), 1e-12),
 *     (x: Tensor) => divide(add(x, divide(a, x)), 2),
 *     1,
 *   );
 * jvp(root)(9, 1).value.item(); // 3
 */
export function whileLoop<Start extends TreeLike>(
  condition: (state: TracedLeaves<Start>) => Tensor,
  step: (state: TracedLeaves<Start>) => TracedLeaves<Start>,
  init: Start,
): TracedLeaves<Start> {
  const start = init as Tree;
  const first = leavesOf(start, "whileLoop").map(leafTensor);
  const tree = (values: readonly Tensor[]): TracedLeaves<Start> =>
    rebuildTree(start, values) as TracedLeaves<Start>;
  const next = (values: readonly Tensor[]): Tensor[] =>
    leavesOf(conformed("whileLoop", step(tree(values)) as Tree, start, first), "whileLoop").map(
      leafTensor,
    );
  let state = first;
  for (;;) {
    const test = checkedCondition(condition(tree(state)));
    if (!isData(test)) break;
    if (test.concrete("whileLoop").at(0) === 0) return tree(state);
    state = next(state);
  }
  const test = traceBody("whileLoop", state, (values) => [condition(tree(values))]);
  const repeat = traceBody("whileLoop", state, (values) => next(values));
  const { condition: until, body, captures } = together(state, test, repeat);
  return tree(call(whileOp(until, body, state.length), [...state, ...captures]));
}

function checkedCondition(test: Tensor): Tensor {
  if (test.rank === 0) return test;
  throw new SymtapeError(
    "shape",
    `whileLoop: the condition must be a scalar, got shape [${test.shape.join(",")}]. Combine it with any() or all().`,
    { operation: "whileLoop", shapes: [test.shape] },
  );
}

/** Condition and step over the state and all that either of them captured. */
function together(
  state: readonly Tensor[],
  test: Traced,
  repeat: Traced,
): { condition: Body; body: Body; captures: readonly Tensor[] } {
  const captures = [...new Set([...test.captures, ...repeat.captures])];
  const widened = ({ body, captures: own }: Traced): Body =>
    makeBody([...state, ...captures], (inputs) =>
      body.evaluate([
        ...inputs.slice(0, state.length),
        ...own.map((capture) => inputs[state.length + captures.indexOf(capture)] as Tensor),
      ]),
    );
  return { condition: widened(test), body: widened(repeat), captures };
}

/** The inputs of both bodies are the state and the captures. */
function whileOp(condition: Body, body: Body, states: number): Op {
  return bodyOp({
    name: "whileLoop",
    infer: () => body.outputs,
    control: { kind: "while", graphs: [condition, body], states },
    evaluate: (inputs) => {
      const captures = inputs.slice(states);
      let state: readonly Tensor[] = inputs.slice(0, states);
      while ((condition.evaluate([...state, ...captures])[0] as ConcreteTensor).at(0) !== 0) {
        state = body.evaluate([...state, ...captures]);
      }
      return state as readonly ConcreteTensor[];
    },
    reference: (arithmetic, inputs) => {
      const captures = inputs.slice(states);
      let state = inputs.slice(0, states);
      for (;;) {
        const test = condition.reference(arithmetic, [...state, ...captures])[0];
        const known = arithmetic.numberOf(test?.data[0] as never);
        if (known === undefined) throw withoutNumbers();
        if (known === 0) return state;
        state = body.reference(arithmetic, [...state, ...captures]);
      }
    },
    pullback: ({ inputs, outputs }, cotangents, needs) => {
      const link = loopLinkOf(body, states, {
        inputs: neededPlaces(inputs, needs),
        outputs: knownPlaces(outputs, cotangents),
      });
      if (link.inputs.length === 0) return [];
      throw new SymtapeError(
        "gradient",
        "whileLoop: it has no reverse mode here, since its number of steps is not known beforehand. " +
          "Use scan() with a fixed number of steps, or jvp().",
        { operation: "whileLoop" },
      );
    },
    pushforward: ({ inputs, outputs }, tangents) => {
      const link = loopLinkOf(body, states, {
        inputs: knownPlaces(inputs, tangents),
        outputs: floatPlaces(outputs),
      });
      if (link.outputs.length === 0) return [];
      const captures = link.inputs.filter((place) => place >= states);
      const found = call(dualOp(condition, body, link), [
        ...inputs.slice(0, states),
        ...filled(inputs, tangents, link.outputs),
        ...inputs.slice(states),
        ...filled(inputs, tangents, captures),
      ]);
      return atPlaces(states, link.outputs, found.slice(states));
    },
    batch: ({ inputs, batched, size }) => {
      const flags = [...inputs.slice(0, states).map(() => true), ...batched.slice(states)];
      const operands = inputs.map((input, i) =>
        flags[i] && !batched[i] ? repeated(input, size) : input,
      );
      const each = condition.batched(flags, size);
      const all = body.batched(flags, size);
      const some = makeBody(operands, (values) => [any(each.evaluate(values)[0] as Tensor)]);
      const step = makeBody(operands, (values) => {
        const test = each.evaluate(values)[0] as Tensor;
        const running = onlyWhere(test, values, flags);
        return all
          .evaluate(running)
          .map((value, i) => eachChosen(test, value, values[i] as Tensor));
      });
      return call(whileOp(some, step, states), operands);
    },
  });
}

/** The loop over the state and the tangents of those parts of it that move. */
function dualOp(condition: Body, body: Body, link: Link): Op {
  const states = body.outputs.length;
  const known = states + link.outputs.length;
  const captures = body.inputs.length - states;
  const moving = link.inputs.map((place) => body.inputs[place] as Tensor);
  const types = [
    ...body.inputs.slice(0, states),
    ...moving.slice(0, link.outputs.length),
    ...body.inputs.slice(states),
    ...moving.slice(link.outputs.length),
  ];
  const own = (all: readonly Tensor[]): Tensor[] => [
    ...all.slice(0, states),
    ...all.slice(known, known + captures),
  ];
  const pushed = body.pushforward(link);
  const step = makeBody(types, (all) =>
    pushed.evaluate([...own(all), ...all.slice(states, known), ...all.slice(known + captures)]),
  );
  return whileOp(
    makeBody(types, (all) => condition.evaluate(own(all))),
    step,
    known,
  );
}

function withoutNumbers(): SymtapeError {
  return new SymtapeError("unsupported", "whileLoop: its condition has no number here.", {
    operation: "whileLoop",
  });
}
