// toTex() writes LaTeX as a textbook sets it.

import { describe, expect, test } from "vitest";
import { symbol } from "../../../src/expr/graph.ts";
import { add, exp, multiply } from "../../../src/expr/index.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { toTex } from "../../../src/expr/symbolic/writing/tex.ts";
import { type Tensor, tensor } from "../../../src/expr/tensor.ts";

const SHAPES = { A: [2, 2], v: [2] };

describe("expressions", () => {
  test.each([
    ["x^2", "x^{2}"],
    ["x^(y+1)", "x^{y + 1}"],
    ["(x+1)^2", "\\left(x + 1\\right)^{2}"],
    ["1/(2*sqrt(x))", "\\frac{1}{2 \\sqrt{x}}"],
    ["(a/b)^2", "\\left(\\frac{a}{b}\\right)^{2}"],
    ["2*x", "2 x"],
    ["2*3*x", "2 \\cdot 3 x"],
    ["3*2^x", "3 \\cdot 2^{x}"],
    ["w*x + b", "w \\, x + b"],
    ["w1*x_2", "w_{1} \\, x_{2}"],
    ["w1_2_3", "w_{1,2,3}"],
    ["alpha*theta1", "\\alpha \\, \\theta_{1}"],
    ["loss", "\\mathrm{loss}"],
    ["b", "b"],
    ["a*-b", "a \\, \\left(-b\\right)"],
    ["-x^2", "-x^{2}"],
    ["a - (b - c)", "a - \\left(b - c\\right)"],
    [
      "sigmoid(x)*(1-sigmoid(x))",
      "\\sigma\\left(x\\right) \\, \\left(1 - \\sigma\\left(x\\right)\\right)",
    ],
    ["sin(x)^2", "\\sin^{2}\\left(x\\right)"],
    ["exp(-x)", "e^{-x}"],
    ["exp(x)^2", "\\left(e^{x}\\right)^{2}"],
    ["erf(x)", "\\operatorname{erf}\\left(x\\right)"],
    ["hypot(x, y)", "\\sqrt{x^{2} + y^{2}}"],
    ["abs(x)", "\\left|x\\right|"],
    ["softplus(x)", "\\operatorname{softplus}\\left(x\\right)"],
    ["1e-10*x", "10^{-10} \\, x"],
    ["2*pi", "2 \\pi"],
    [
      "x > 0 ? x : 0",
      "\\begin{cases} x & \\text{if } x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
    ],
    ["A * v", "A \\, v"],
    ["A'", "A^{\\top}"],
    ["A' .^ 2", "\\left(A^{\\top}\\right)^{2}"],
    ["A[1, 2]", "{A}_{1, 2}"],
    ["sum(v .^ 2)", "\\sum v^{2}"],
    ["sum(v + v)", "\\sum \\left(v + v\\right)"],
    ["[x, y]", "\\begin{bmatrix} x \\\\ y \\end{bmatrix}"],
    ["[1, 2; 3, 4]", "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}"],
  ])("%s", (text, expected) => {
    expect(toTex(parse(text, { shapes: SHAPES, stable: false }))).toBe(expected);
  });
});

test("definitions become lines of an aligned block on request", () => {
  const f = parse("h = sigmoid(w * x)\nloss = h ^ 2");
  expect(toTex(f, { share: true })).toBe(
    "\\begin{aligned} h &= \\sigma\\left(w \\, x\\right) \\\\ \\mathrm{loss} &= h^{2} \\end{aligned}",
  );
});

test("long chains and sums do not overflow the stack", () => {
  let chain: Tensor = symbol("x");
  for (let i = 0; i < 20_000; i++) chain = multiply(exp(chain), 2);
  expect(toTex(chain).startsWith("\\begin{aligned}")).toBe(true);
  let total: Tensor = symbol("x");
  for (let i = 0; i < 20_000; i++) total = add(total, symbol("y"));
  expect(toTex(total).startsWith("x + y + y")).toBe(true);
});

test("plain data is set as a matrix", () => {
  expect(toTex(tensor([1, -2]))).toBe("\\begin{bmatrix} 1 \\\\ -2 \\end{bmatrix}");
});
