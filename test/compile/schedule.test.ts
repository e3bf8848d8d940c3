// Schedules are legal, and compute what eager evaluation does, for every operation and its gradient.

import { describe, expect } from "vitest";
import { makeBody } from "../../src/autodiff/control/body.ts";
import { grad, type Tensor } from "../../src/autodiff/index.ts";
import { checkMemory, checkSchedule } from "../../src/compile/check-schedule.ts";
import { lower } from "../../src/compile/lowered-graph.ts";
import { planMemory } from "../../src/compile/memory-plan.ts";
import { makeSchedule } from "../../src/compile/scheduler.ts";
import { joinTails } from "../../src/compile/tails.ts";
import type { ConcreteTensor } from "../../src/expr/tensor.ts";
import {
  activeInputs,
  eachFunction,
  expectNear,
  numbersIn,
  run,
  weighted,
} from "../contract/subjects.ts";
import { runSchedule } from "./naive-schedule.ts";

/** The numbers that the schedule of `f` gives. */
function scheduled(
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  inputs: readonly ConcreteTensor[],
): number[] {
  const body = makeBody(inputs, f);
  const lowered = lower(body.inputs, body.outputs, { fastMath: false });
  const schedule = joinTails(makeSchedule(lowered.inputs, lowered.outputs));
  checkSchedule(schedule);
  checkMemory(schedule, planMemory(schedule));
  const results = runSchedule(
    schedule,
    inputs.map((input) => input.toTypedArray()),
  );
  return results.flatMap((result) => Array.from(result));
}

function expectAllNear(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  const size = Math.max(0, ...expected.filter(Number.isFinite).map(Math.abs));
  found.forEach((value, i) => {
    expectNear(value, expected[i] as number, 1e-13, size);
  });
}

describe("schedules", () => {
  eachFunction("its schedule computes its value", (subject) => {
    const expected = numbersIn(run(subject, subject.inputs));
    expectAllNear(
      scheduled((inputs) => run(subject, inputs), subject.inputs),
      expected,
    );
  });

  eachFunction("its schedule computes its gradient", (subject) => {
    if (subject.active.length === 0) return;
    const f = grad((at: readonly Tensor[]) => weighted(subject)(at));
    const at = activeInputs(subject);
    expectAllNear(
      scheduled((inputs) => f(inputs), at),
      numbersIn(f(at)),
    );
  });
});
