// compare(): the reason names what really separates the methods, and every input has a name of its own.

import { describe, expect, it } from "vitest";
import {
  add,
  compare,
  multiply,
  type Point,
  sigmoid,
  square,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.ts";

function reasonAt(text: string, x: number): string {
  return compare(text, { x }).variables.x?.reason ?? "";
}

describe("the reason", () => {
  it("says that the derivative cancels where the finite difference alone is right", () => {
    const reason = reasonAt("sin(x)/x", 1e-8);
    expect(reason).toContain("cancellation: the derivative itself cancels");
    expect(reason).toContain("-100000000 + 100000000 = 0");
    expect(reason).toContain("the finite difference is right to about 1.7e-14");
    expect(reasonAt("(1-cos(x))/x^2", 1e-8)).toContain("cancellation: the derivative itself");
  });

  it.each([
    ["tan(x)", Math.PI / 2, /^pole: the value grows without bound/],
    ["1/x", 0, /^outside the domain: 1 \/ 0 is infinite, a pole\.$/],
    ["x == 2 ? 5 : x", 2, /^isolated value: at this x alone the value is 5, .* near 2;/],
    ["x^2", 1e200, /^overflow: 1e\+200 \^ 2 is beyond the range of doubles\.$/],
    ["exp(x)", 710, /^overflow: exp\(710\) is beyond/],
    ["sqrt(abs(x))", 0, /^infinite slope: the derivative of sqrt\(0\)/],
    ["log(x)", -1, /^outside the domain: log\(-1\) has no real value/],
    ["floor(x)", 2, /^jump of floor\(2\)/],
    ["abs(x)", 0, /^kink of abs\(0\)/],
  ])("%s at %d", (text, x, expected) => {
    expect(reasonAt(text, x)).toMatch(expected);
  });

  it("is no reason to disagree where the function overflows and all methods say the same", () => {
    for (const [text, x] of [
      ["exp(x)", 710],
      ["x^2", 1e200],
    ] as const) {
      const { agree, variables } = compare(text, { x });
      expect({ text, agree }).toEqual({ text, agree: true });
      expect(variables.x?.methods).not.toHaveProperty("finiteDifference");
    }
    for (const [text, x] of [
      ["1/(1+exp(-x))", -800],
      ["abs(x)", 0],
      ["log(x)", -1],
    ] as const) {
      expect({ text, agree: compare(text, { x }).agree }).toEqual({ text, agree: false });
    }
  });
});

describe("names of a function's inputs", () => {
  type Params = Readonly<Record<string, Tensor>>;

  it("are different for different inputs", () => {
    const f = (p: { a: readonly Tensor[]; a_1: Tensor }): Tensor =>
      add(multiply(p.a[0] as Tensor, 10), p.a_1);
    const result = compare(f, { a: [3], a_1: 2 });
    expect(result).toMatchObject({ value: 32, agree: true, point: { a_1: 3, a_1_: 2 } });
    const g = (p: Params): Tensor => add(sum(p.w as Tensor), p.w_1 as Tensor);
    const found = compare(g, { w: tensor([1, 2]), w_1: 5 });
    expect(found.value).toBe(8);
    expect(Object.keys(found.variables)).toHaveLength(3);
  });

  it("are names that a formula can have", () => {
    const f = (p: Params): Tensor =>
      multiply(multiply(p["b c"] as Tensor, square(p.pi as Tensor)), sigmoid(p.sin as Tensor));
    const result = compare(f, { "b c": 3, pi: 2, sin: 0 });
    expect(result.point).toEqual({ b_c: 3, x_pi: 2, x_sin: 0 });
    expect(compare(result.expression, result.point as Point).value).toBe(result.value);
  });
});

describe("a point", () => {
  it("declares its names as variables", () => {
    expect(compare("E * x", { E: 2, x: 3 }).value).toBe(6);
  });
});
