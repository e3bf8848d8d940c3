// The table of conventions: what the derivative is at kinks, ties, bounds, jumps and edges of domains.

import { describe, expect, it } from "vitest";
import {
  abs,
  acos,
  atan2,
  cbrt,
  ceil,
  checkGradients,
  clip,
  derivative,
  elu,
  floor,
  grad,
  gradient,
  hypot,
  index,
  leakyRelu,
  log,
  max,
  maximum,
  min,
  minimum,
  mod,
  multiply,
  pow,
  relu,
  round,
  sign,
  sqrt,
  square,
  stack,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  where,
  xlogy,
} from "../../src/autodiff/index.ts";

type Scalar = (x: Tensor) => Tensor;
type Row = readonly [title: string, f: Scalar, at: number, expected: number];

const one: readonly Row[] = [
  ["abs at 0 is 0", (x) => abs(x), 0, 0],
  ["abs at −0 is 0", (x) => abs(x), -0, 0],
  ["relu at 0 is 0", (x) => relu(x), 0, 0],
  ["leakyRelu at 0 is the slope", (x) => leakyRelu(x, 0.1), 0, 0.1],
  ["elu at 0 is α", (x) => elu(x, 1.5), 0, 1.5],
  ["maximum(x, 0) at 0 is a half, as its tie says", (x) => maximum(x, 0), 0, 0.5],
  ["maximum(x, x) is 1", (x) => maximum(x, x), 3, 1],
  ["minimum(x, 2) at 2 is a half", (x) => minimum(x, 2), 2, 0.5],
  ["clip at its lower bound is 1", (x) => clip(x, -1, 1), -1, 1],
  ["clip at its upper bound is 1", (x) => clip(x, -1, 1), 1, 1],
  ["clip outside is 0", (x) => clip(x, -1, 1), 1.5, 0],
  ["sign at 0 is 0", (x) => sign(x), 0, 0],
  ["floor at a whole number is 0", (x) => floor(x), 2, 0],
  ["ceil at a whole number is 0", (x) => ceil(x), 2, 0],
  ["round at a half is 0", (x) => round(x), 2.5, 0],
  ["x mod 3 at a multiple of 3 is 1", (x) => mod(x, 3), 6, 1],
  ["sqrt at 0 is infinite", (x) => sqrt(x), 0, Number.POSITIVE_INFINITY],
  ["cbrt at 0 is infinite", (x) => cbrt(x), 0, Number.POSITIVE_INFINITY],
  ["log at 0 is infinite", (x) => log(x), 0, Number.POSITIVE_INFINITY],
  ["acos at 1 is −infinite", (x) => acos(x), 1, Number.NEGATIVE_INFINITY],
  ["sqrt of a negative number is NaN", (x) => sqrt(x), -1, Number.NaN],
  ["sqrt(x²) at 0 is NaN, since 0 · ∞ is", (x) => sqrt(square(x)), 0, Number.NaN],
  ["hypot(x, 0) at 0 is 0", (x) => hypot(x, 0), 0, 0],
  ["hypot(x, x) at 0 is 0", (x) => hypot(x, x), 0, 0],
  ["atan2(x, 0) at 0 is NaN", (x) => atan2(x, 0), 0, Number.NaN],
  ["x^0 at 0 is 0", (x) => pow(x, 0), 0, 0],
  ["x^1 at 0 is 1", (x) => pow(x, 1), 0, 1],
  ["x^2 at 0 is 0", (x) => pow(x, 2), 0, 0],
  ["x^3 at a negative number", (x) => pow(x, 3), -2, 12],
  ["x^0.5 at 0 is infinite", (x) => pow(x, 0.5), 0, Number.POSITIVE_INFINITY],
  ["0^x at 0 is 0", (x) => pow(0, x), 0, 0],
  ["0^x at 2 is 0", (x) => pow(0, x), 2, 0],
  ["(−2)^x is NaN", (x) => pow(-2, x), 3, Number.NaN],
  ["x^x at 0 is 0", (x) => pow(x, x), 0, 0],
  ["x·log(y) by x at 0, 0 is 0", (x) => xlogy(x, 0), 0, 0],
  ["x·log(y) by y at 0, 0 is 0", (y) => xlogy(0, y), 0, 0],
];

describe("the derivative of", () => {
  it.each(one)("%s", (_, f, at, expected) => {
    expect(grad(f)(at)).toEqual(expected === 0 ? expect.closeTo(0, 300) : expected);
  });
});

describe("ties", () => {
  const pair = (f: (x: Tensor, y: Tensor) => Tensor, x: number, y: number): number[] =>
    grad((p: readonly Tensor[]) => f(p[0] as Tensor, p[1] as Tensor))([x, y]);

  it("the gradient of maximum splits evenly on a tie", () => {
    expect(pair(maximum, 2, 2)).toEqual([0.5, 0.5]);
    expect(pair(maximum, 2, 1)).toEqual([1, 0]);
    expect(pair(maximum, 1, 2)).toEqual([0, 1]);
    expect(pair(maximum, 0, -0)).toEqual([0.5, 0.5]);
    expect(pair(maximum, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual([0.5, 0.5]);
  });

  it("the gradient of minimum splits evenly on a tie", () => {
    expect(pair(minimum, 2, 2)).toEqual([0.5, 0.5]);
    expect(pair(minimum, 2, 1)).toEqual([0, 1]);
  });

  it("max and min of several values share by pairs, from the left", () => {
    const f = (p: readonly Tensor[]): Tensor => max(...(p as [Tensor, Tensor, Tensor]));
    expect(grad(f)([1, 1, 1])).toEqual([0.25, 0.25, 0.5]);
    expect(grad(f)([1, 2, 2])).toEqual([0, 0.5, 0.5]);
    expect(grad((p: readonly Tensor[]) => min(...(p as [Tensor, Tensor])))([1, 1])).toEqual([
      0.5, 0.5,
    ]);
  });

  it("where gives the gradient to the chosen side alone, even beside a NaN", () => {
    const f = (c: number) => (x: Tensor, y: Tensor) => where(c, multiply(x, 3), multiply(y, 5));
    expect(pair(f(1), 2, 2)).toEqual([3, 0]);
    expect(pair(f(0), 2, 2)).toEqual([0, 5]);
    expect(pair(f(Number.NaN), 2, 2)).toEqual([3, 0]);
    const x = tensor([-1, 4]);
    const masked = grad((v: Tensor) => sum(where(tensor([0, 1]), multiply(v, 2), 0)))(x);
    expect(masked.toArray()).toEqual([0, 2]);
  });

  it("clip gives its gradient to the bound that holds", () => {
    const f = (p: readonly Tensor[]): Tensor =>
      clip(p[0] as Tensor, p[1] as Tensor, p[2] as Tensor);
    expect(grad(f)([-3, -1, 1])).toEqual([0, 1, 0]);
    expect(grad(f)([3, -1, 1])).toEqual([0, 0, 1]);
    expect(grad(f)([-1, -1, 1])).toEqual([1, 0, 0]);
    expect(grad(f)([0, 2, 1])).toEqual([0, 0, 1]);
    expect(grad(f)([0, 2, 2])).toEqual([0, 1, 0]);
    expect(grad(f)([3, 2, 2])).toEqual([0, 0, 1]);
  });

  it("hypot at the origin has the gradient 0, 0", () => {
    expect(pair(hypot, 0, 0)).toEqual([0, 0]);
    expect(pair(hypot, 3, 4)).toEqual([0.6, 0.8]);
  });
});

describe("rounding", () => {
  it("goes to the even number at a half", () => {
    const found = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5].map((x) => round(x).item());
    expect(found).toEqual([-2, -2, -0, 0, 2, 2]);
  });
});

describe("the conventions hold", () => {
  it.each(one.filter(([title]) => !title.startsWith("x^0 ")))(
    "in vectors: %s",
    (_, f, at, expected) => {
      const found = grad((v: Tensor) => sum(stack([f(index(v, [0])), f(index(v, [1]))])))(
        tensor([at, at]),
      );
      const same = expected === 0 ? expect.closeTo(0, 300) : expected;
      expect(found.toArray()).toEqual([same, same]);
    },
  );

  it.each(one)("element by element: %s", (_, f, at, expected) => {
    const found = grad((v: Tensor) => sum(f(v)))(tensor([at, at]));
    const same = expected === 0 ? expect.closeTo(0, 300) : expected;
    expect(found.toArray()).toEqual([same, same]);
  });

  it("in formulas, save for powers and hypot at 0, whose derivative in symbols is the textbook's", () => {
    const textbook = ["0^x at 0", "0^x at 2", "x^x at 0", "hypot(x, 0) at 0", "hypot(x, x) at 0"];
    for (const [title, f, at, expected] of one) {
      const slope = derivative(toFormula(f(symbol("x"))), "x")({ x: at }).item();
      if (textbook.includes(title.replace(" is 0", ""))) {
        expect([title, Number.isFinite(slope)]).toEqual([title, false]);
      } else {
        const same = expected === 0 ? expect.closeTo(0, 300) : expected;
        expect([title, slope]).toEqual([title, same]);
      }
    }
  });

  it("in formulas of two inputs", () => {
    const tie = gradient(toFormula(maximum(symbol("x"), symbol("y"))));
    expect([tie.x, tie.y].map((f) => f?.({ x: 1, y: 1 }).item())).toEqual([0.5, 0.5]);
    const origin = gradient(toFormula(hypot(symbol("x"), symbol("y"))));
    expect([origin.x, origin.y].map((f) => f?.({ x: 0, y: 0 }).item())).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe("checkGradients", () => {
  it("names kinks, jumps and edges instead of calling the convention wrong", () => {
    const verdict = (f: Scalar, at: number): string | undefined =>
      checkGradients(f, at).elements[0]?.verdict;
    expect(verdict((x) => abs(x), 0)).toBe("kink");
    expect(verdict((x) => relu(x), 0)).toBe("kink");
    expect(verdict((x) => floor(x), 2)).toBe("kink");
    expect(verdict((x) => sqrt(x), 0)).toBe("undefined");
    expect(verdict((x) => log(x), -1)).toBe("undefined");
    expect(verdict((x) => square(x), 0)).toBe("agrees");
    expect(verdict((x) => multiply(x, abs(x)), 0)).toBe("agrees");
  });
});
