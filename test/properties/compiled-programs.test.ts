// Random programs with loops, choices and rules of their own, compiled by every back end, beside eager evaluation.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grad, hvp, jvp, multiply, sum, type Tensor, tensor } from "../../src/autodiff/index.ts";
import { compile } from "../../src/compile/index.ts";
import { programs, rich } from "./programs.ts";

const numbers = fc.integer({ min: -1500, max: 1500 }).map((n) => n / 1000 + 0.000_123);
const vectors = fc.tuple(numbers, numbers, numbers).map((list) => tensor(list));
const weights = tensor([0.7, -1.1, 0.4]);

type Both = (x: Tensor, p: Tensor) => Tensor;

const ways: Readonly<Record<string, (f: Both) => Both>> = {
  "the value": (f) => f,
  "the gradient": (f) => (x, p) => grad((at: Tensor) => sum(multiply(weights, f(at, p))))(x),
  "the tangent": (f) => (x, p) => jvp((at: Tensor) => f(at, p))(x, weights).tangent,
  "the product with the Hessian": (f) => (x, p) =>
    hvp((at: Tensor) => sum(multiply(weights, f(at, p))))(x, weights),
};

function expectClose(found: Tensor, expected: Tensor): void {
  const truth = Array.from(expected.toTypedArray());
  fc.pre(truth.every((value) => Math.abs(value) < 1e12));
  const size = Math.max(1e-3, ...truth.map(Math.abs));
  found.toTypedArray().forEach((value, i) => {
    expect(Math.abs(value - (truth[i] as number)) / size).toBeLessThanOrEqual(1e-9);
  });
}

describe("random programs, compiled", () => {
  it.each(Object.entries(ways))("%s is that of eager evaluation", (_, way) => {
    fc.assert(
      fc.property(programs(2, 3), vectors, vectors, (program, x, p) => {
        const f = way(rich(program));
        let expected: Tensor;
        try {
          expected = f(x, p);
        } catch {
          return;
        }
        for (const backend of ["wasm", "auto"] as const) {
          const compiled = compile(f, undefined, { backend });
          expectClose(compiled(x, p), expected);
          compiled.dispose();
        }
      }),
      { seed: 11, numRuns: Number(process.env["RUNS"] ?? 40) },
    );
  });
});
