// Every operation on a batch against the loop over its examples.

import { describe, expect } from "vitest";
import { grad, stack, type Tensor, vmap } from "../../src/autodiff/index.ts";
import {
  activeInputs,
  directionOf,
  eachFunction,
  expectNear,
  moved,
  numbersIn,
  run,
  type Subject,
  weighted,
  withActive,
} from "./subjects.ts";

type List = readonly Tensor[];

/** Steps away from the sample, one for each example. */
const STEPS = [0, 1e-3, -2e-3];

/** The operands of each example: those of the sample, moved a little. */
function examplesOf(subject: Subject): List[] {
  const at = activeInputs(subject);
  const direction = directionOf(subject);
  return STEPS.map((step) => withActive(subject, moved(at, direction, step)));
}

/** Which operands hold a batch: all of them, and each by itself. */
function patternsOf({ inputs }: Subject): boolean[][] {
  const one = inputs.map((_, place) => inputs.map((_, i) => i === place));
  return inputs.length === 1 ? one : [inputs.map(() => true), ...one];
}

function stacked(examples: readonly List[]): Tensor[] {
  return (examples[0] as List).map((_, i) => stack(examples.map((list) => list[i] as Tensor)));
}

function expectSame(found: Tensor, expected: readonly Tensor[]): void {
  const one = expected[0] as Tensor;
  expect(found.shape).toEqual([expected.length, ...one.shape]);
  expect(found.dtype).toBe(one.dtype);
  const numbers = numbersIn(expected);
  const size = Math.max(0, ...numbers.map(Math.abs).filter(Number.isFinite));
  numbersIn([found]).forEach((value, k) => {
    expectNear(value, numbers[k] as number, 1e-13, size);
  });
}

describe("batches", () => {
  eachFunction("its batch is the loop", (subject) => {
    for (const batched of patternsOf(subject)) {
      const examples = examplesOf(subject).map((list) =>
        list.map((value, i) => (batched[i] ? value : (subject.inputs[i] as Tensor))),
      );
      const whole = stacked(examples).map((value, i) =>
        batched[i] ? value : (subject.inputs[i] as Tensor),
      );
      const f = vmap((...operands: Tensor[]) => run(subject, operands), {
        axes: batched.map((is) => (is ? 0 : null)),
      });
      const found = f(...whole);
      const loop = examples.map((operands) => run(subject, operands));
      found.forEach((output, k) => {
        expectSame(
          output,
          loop.map((outputs) => outputs[k] as Tensor),
        );
      });
    }
  });

  eachFunction(
    "the gradients of its batch are the loop",
    (subject) => {
      const at = activeInputs(subject);
      if (at.length === 0) return;
      const direction = directionOf(subject);
      const examples = STEPS.map((step) => moved(at, direction, step));
      const gradient = grad((varying: List) => weighted(subject)(varying));
      const found = vmap((varying: List) => gradient(varying))(stacked(examples));
      const loop = examples.map((varying) => gradient(varying));
      found.forEach((output, k) => {
        expectSame(
          output as Tensor,
          loop.map((list) => list[k] as Tensor),
        );
      });
    },
    (op) => !op.nondifferentiable,
  );
});
