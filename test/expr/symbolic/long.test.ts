// Texts of 50,000 terms or factors go through everything, in time and memory that grow with their length; a step that does not runs into the tests' time limit.

import { describe, expect, it } from "vitest";
import { derivative, gradient } from "../../../src/autodiff/index.ts";
import { evaluate, type Formula, reachable } from "../../../src/expr/index.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { simplify } from "../../../src/expr/symbolic/simplify/simplify.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";

const COUNT = 50_000;

function joined(part: (i: number) => string, operator: string): Formula {
  return parse(Array.from({ length: COUNT }, (_, i) => part(i)).join(operator));
}

describe("one text of 50,000 parts is read, derived, computed, written and simplified", () => {
  it("a sum", () => {
    const f = joined(() => "x", " + ");
    const slope = derivative(f, "x");
    expect([f({ x: 2 }).item(), slope({ x: 2 }).item()]).toEqual([2 * COUNT, COUNT]);
    expect(format(f)).toHaveLength(4 * COUNT - 3);
    expect(format(simplify(f))).toBe("50000 * x");
    expect(format(simplify(slope))).toBe("50000");
  });

  it("a product", () => {
    const f = joined(() => "x", " * ");
    const slope = derivative(f, "x");
    expect([f({ x: 1 }).item(), slope({ x: 1 }).item()]).toEqual([1, COUNT]);
    expect(format(slope).length).toBeLessThan(100 * COUNT);
    expect(format(simplify(f))).toBe("x ^ 50000");
    expect(format(simplify(slope))).toBe("50000 * x ^ 49999");
  });

  it("a sum over 1,000 variables with its whole gradient", () => {
    const f = joined((i) => `${i} * x${i % 1000}`, " + ");
    const point = Object.fromEntries(f.names.map((name) => [name, 1]));
    expect(f(point).item()).toBe((COUNT * (COUNT - 1)) / 2);
    const slopes = evaluate(gradient(f), point);
    expect(slopes.x0?.item()).toBe((1000 * 50 * 49) / 2);
    expect(simplify(f)(point).item()).toBe((COUNT * (COUNT - 1)) / 2);
  });
});

it("the derivative of a long product has a number of nodes that grows with its length", () => {
  const sizeOf = (count: number): number =>
    derivative(parse(Array(count).fill("x").join(" * ")), "x").graph.nodes.length;
  expect(sizeOf(4000)).toBeLessThan(2.2 * sizeOf(2000));
});

describe("choices in choices", () => {
  it("the derivative of a maximum of 1,000 equal operands grows linearly and simplifies", () => {
    const sizes = [100, 1000].map((n) => {
      const slope = derivative(parse(`max(${Array(n).fill("x").join(", ")})`), "x");
      expect(simplify(slope)({ x: 2 }).item()).toBe(1);
      return reachable([slope.output]).length;
    });
    expect(sizes[1]).toBeLessThanOrEqual(11 * (sizes[0] as number));
  });
});
