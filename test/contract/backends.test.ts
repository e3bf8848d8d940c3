// Every operation and every composition, with its gradient, by every back end beside the reference interpreter.

import { describe, expect } from "vitest";
import { grad, type Tensor } from "../../src/autodiff/index.ts";
import { compile } from "../../src/compile/index.ts";
import { type ConcreteTensor, cast } from "../../src/expr/index.ts";
import {
  activeInputs,
  eachFunction,
  expectNear,
  isDiscrete,
  numbersIn,
  run,
  type Subject,
  weighted,
} from "./subjects.ts";

type List = readonly Tensor[];
type Backend = "interpret" | "js" | "wasm";

/** What one back end gives for `f`; undefined where it cannot. */
function compiled(
  f: (inputs: List) => List,
  inputs: readonly ConcreteTensor[],
  backend: Backend,
): number[] | undefined {
  try {
    const program = compile(f, [inputs], { backend });
    const results = numbersIn(program(inputs));
    program.dispose();
    return results;
  } catch (error) {
    if (backend === "js" && String(error).includes("too large")) return undefined;
    throw error;
  }
}

/** The results of all back ends agree: relative to the largest, since sums may cancel. */
function expectSame(
  f: (inputs: List) => List,
  inputs: readonly ConcreteTensor[],
  relative: number,
): void {
  const expected = compiled(f, inputs, "interpret") as number[];
  const size = Math.max(0, ...expected.filter(Number.isFinite).map(Math.abs));
  for (const backend of ["js", "wasm"] as const) {
    const found = compiled(f, inputs, backend);
    if (found === undefined) continue;
    expect(found.length).toBe(expected.length);
    found.forEach((value, i) => {
      expectNear(value, expected[i] as number, relative, size);
    });
  }
}

function single(subject: Subject): ConcreteTensor[] {
  return subject.inputs.map((input, i) =>
    isDiscrete(subject.op, i) ? input : (cast(input, "float32") as ConcreteTensor),
  );
}

describe("back ends", () => {
  eachFunction("all back ends give its value", (subject) => {
    expectSame((inputs) => run(subject, inputs), subject.inputs, 5e-14);
  });

  eachFunction("all back ends give its value in single precision", (subject) => {
    expectSame((inputs) => run(subject, inputs), single(subject), 1e-5);
  });

  eachFunction("all back ends give its gradient", (subject) => {
    if (subject.active.length === 0) return;
    const f = grad((at: List) => weighted(subject)(at));
    expectSame((inputs) => f(inputs), activeInputs(subject), 1e-13);
  });
});
