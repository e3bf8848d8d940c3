// The table of operations, and promises that every definition keeps.

import { describe, expect, it } from "vitest";
import {
  add,
  grad,
  maximum,
  multiply,
  polygamma,
  symbol,
  type Tensor,
} from "../../src/autodiff/index.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { type PointwiseName, rules } from "../../src/expr/ops/pointwise.gen.ts";
import type { PointwiseOp } from "../../src/expr/ops/pointwise.ts";
import { numberArithmetic, pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";

const operations = [...allOps()];
const pointwise = operations.filter(([name]) => pointwiseFunctions().has(name)) as [
  string,
  PointwiseOp,
][];

describe("the table of operations", () => {
  it("holds every operation under its own name, with a version", () => {
    for (const [name, op] of operations) {
      expect(op.name).toBe(name);
      expect(op.version).toBeGreaterThanOrEqual(1);
    }
    expect(operations.length).toBeGreaterThan(85);
  });

  it("holds every pointwise function, and a rule for each", () => {
    expect(pointwise.map(([name]) => name).sort()).toEqual(Object.keys(rules).sort());
  });

  it.each(pointwise)("%s states a derivative by each operand", (name, op) => {
    const rule = rules[name as PointwiseName];
    expect(rule.partials).toHaveLength(op.inputs.length);
    if (typeof op.derivative !== "object") return;
    expect(Object.keys(op.derivative).sort()).toEqual([...op.inputs].sort());
  });

  it.each(pointwise)("%s has samples of as many operands as it takes", (_, op) => {
    expect(op.samples.length).toBeGreaterThan(0);
    for (const { inputs } of op.samples) expect(inputs).toHaveLength(op.inputs.length);
  });

  it.each(pointwise)("%s hands a NaN on, or says by its definition why not", (name, op) => {
    const chooses = ["where", "pow", "hypot"].includes(name) || op.nondifferentiable;
    if (chooses) return;
    const kernel = numberArithmetic()[name as PointwiseName] as (...operands: number[]) => number;
    for (const place of op.inputs.keys()) {
      const operands = op.inputs.map((_, i) => (i === place ? Number.NaN : 1));
      const found = kernel(...operands);
      const ignored = ["leakyRelu", "elu"].includes(name) && place === 1;
      expect([name, place, found]).toEqual([name, place, ignored ? 1 : Number.NaN]);
    }
  });
});

describe("an operand without a derivative", () => {
  it("is refused by name when it is differentiated", () => {
    expect(grad((x: Tensor) => polygamma(1, x))(1)).toBeLessThan(0);
    expect(() => grad((n: Tensor) => polygamma(n, 2))(1)).toThrow(
      /polygamma: there is no derivative by n.*stopGradient/,
    );
  });
});

describe("functions", () => {
  it("carry their operation", () => {
    expect(add.op.name).toBe("add");
    expect(maximum.op.notation.symbol).toBe("max");
  });

  it("apply to numbers, tensors and symbols alike", () => {
    expect(multiply(2, 3).item()).toBe(6);
    expect(multiply(2, 3).tracer).toBeUndefined();
    expect(multiply(symbol("x"), 3).tracer).toBeDefined();
  });
});
