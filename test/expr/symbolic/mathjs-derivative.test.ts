// mathjs as an independent witness: its derivatives, its refusals, and its answers in sympy's spelling.

import { describe, expect, it } from "vitest";
import { type ErrorKind, SymtapeError, symbol } from "../../../src/expr/index.ts";
import { mathjsDerivative } from "../../../src/expr/symbolic/mathjs/mathjs-derivative.ts";
import { toMathjs } from "../../../src/expr/symbolic/mathjs/to-mathjs.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { sympyText } from "../../../src/expr/symbolic/writing/sympy-text.ts";

function refusal(run: () => unknown): { kind: ErrorKind; message: string; operation: unknown } {
  try {
    run();
  } catch (error) {
    if (!(error instanceof SymtapeError)) throw error;
    const operation = "operation" in error.data ? error.data.operation : undefined;
    return { kind: error.kind, message: error.message, operation };
  }
  throw new Error("nothing was refused");
}

describe("derivatives", () => {
  it.each([
    ["1 / (1 + exp(-x))", "exp(-x) / (1 + exp(-x)) ^ 2"],
    ["sigmoid(x)", "exp(-x) / (1 + exp(-x)) ^ 2"],
    [
      "1 / (1 + 2.718281828459045 ^ (-x))",
      "2.718281828459045 ^ (-x) * log(2.718281828459045) / (1 + 2.718281828459045 ^ (-x)) ^ 2",
    ],
    ["1 / (1 + e ^ (-x))", "e ^ (-x) / (1 + e ^ (-x)) ^ 2"],
    ["x ^ 2 + 3x + 1", "2 * x + 3"],
    ["x * x", "x + x"],
    ["u = x ^ 2; f(t) = t * y; f(u)", "y * 2 * x"],
    ["1 - x", "-1"],
    ["y", "1"],
  ])("%s", (text, expected) => {
    expect(mathjsDerivative(text, text === "y" ? "y" : "x").text).toBe(expected);
  });

  it("evaluates at a point", () => {
    const s = 1 / (1 + Math.exp(-0.5));
    const d = mathjsDerivative("sigmoid(w * x)", "w");
    expect(d.evaluate({ w: 0.25, x: 2 })).toBeCloseTo(2 * s * (1 - s), 14);
  });

  it("takes formulas and higher orders", () => {
    expect(mathjsDerivative(parse("x ^ 3"), "x", { order: 2 }).text).toBe("6 * x");
    const fourth = mathjsDerivative("sin(2x)", "x", { order: 4 });
    expect(fourth.evaluate({ x: 0.3 })).toBeCloseTo(16 * Math.sin(0.6), 12);
  });

  it("writes LaTeX with Greek letters and subscripts", () => {
    expect(mathjsDerivative("x_1 * theta ^ 2", "theta").tex).toBe("x_{1}\\cdot2\\cdot\\theta");
  });

  it("counts the nodes of the tree", () => {
    expect(mathjsDerivative("x ^ 2", "x").nodes).toBe(3);
  });

  it("mathjs's wrong answers are shown as they are", () => {
    expect(mathjsDerivative("acoth(x)", "x").evaluate({ x: 2 })).toBeCloseTo(1 / 3, 14);
    expect(mathjsDerivative("cbrt(x)", "x").evaluate({ x: -8 })).toBeNaN();
  });

  it("nothing is cancelled that is not equal on all reals", () => {
    expect(mathjsDerivative("(x ^ 2) ^ 0.5", "x").text).toBe("x * (x ^ 2) ^ (-0.5)");
    expect(mathjsDerivative("abs(x)", "x").text).toBe("abs(x) / x");
  });

  it("sigmoid nested eight deep takes no time", () => {
    let text = "x";
    for (let i = 0; i < 8; i++) text = `sigmoid(${text})`;
    expect(mathjsDerivative(text, "x").nodes).toBeLessThan(2000);
  });
});

describe("what mathjs refuses", () => {
  it.each([
    ["erf(x)", "erf"],
    ["gelu(x)", "erf"],
    ["floor(x)", "floor"],
    ["max(x, 0)", "max"],
    ["x!", "gamma"],
    ["x > 0 ? x : 0", "? :"],
    ["2 * lgamma(x) + 1", "lgamma"],
  ])("%s", (text, operation) => {
    const refused = refusal(() => mathjsDerivative(text, "x"));
    expect(refused.kind).toBe("unsupported");
    expect(refused.operation).toBe(operation);
    expect(refused.message).toMatch(/^mathjs: /);
  });

  it("says which input is missing", () => {
    expect(refusal(() => mathjsDerivative("x_one", "x_on")).message).toContain(
      "Did you mean x_one?",
    );
  });

  it("tensors and deep sums are refused, not crashed on", () => {
    const tensor = parse("sum(x)", { shapes: { x: [2] } });
    expect(refusal(() => mathjsDerivative(tensor, "x")).kind).toBe("unsupported");
    const long = Array(5000).fill("x").join(" + ");
    expect(refusal(() => mathjsDerivative(long, "x")).kind).toBe("limit");
  });
});

describe("trees", () => {
  it("share no node, however often a value is used", () => {
    const nodes = new Set<object>();
    let count = 0;
    toMathjs(parse("u = x + 1; u * u")).traverse((node) => {
      nodes.add(node);
      count++;
    });
    expect(nodes.size).toBe(count);
  });

  it.each([
    "a - (b - c)",
    "(a + b) * c / (a / b) ^ 2 ^ c",
    "-a ^ 2",
    "(-a) ^ 2",
    "a > b and b > 1 ? a : -b",
    "sigmoid(a) + max(b, c)",
    "not (a == b)",
  ])("%s reads back as it was", (text) => {
    const f = parse(text);
    const point = { a: 1.5, b: 0.25, c: 3 };
    expect(parse(toMathjs(f).toString())(point).item()).toBe(f(point).item());
  });

  it("an expression that is too large as a tree is refused at once", () => {
    const lines = Array.from({ length: 60 }, (_, i) => `x${i + 1} = x${i} + x${i}`).join("\n");
    expect(refusal(() => toMathjs(parse(lines))).kind).toBe("limit");
  });

  it("symbols made in TypeScript are raised too", () => {
    expect(toMathjs(symbol("x")).toString()).toBe("x");
  });
});

describe("sympy's spelling", () => {
  it.each([
    ["1 / (1 + exp(-x))", "exp(-x)/(1 + exp(-x))**2"],
    [
      "1 / (1 + 2.718281828459045 ^ (-x))",
      "1.0*2.71828182845905**(-x)/(1 + 2.71828182845905**(-x))**2",
    ],
    ["1 / (1 + e ^ (-x))", "exp(-x)/(1 + exp(-x))**2"],
    ["x ^ 3 - x", "3*x**2 - 1"],
    ["x - x ^ 2", "1 - 2*x"],
    ["0.3 * x ^ 3", "0.9*x**2"],
    ["sqrt(x)", "1/(2*sqrt(x))"],
    ["log(x)", "1/x"],
    ["(x ^ 2) ^ 0.25", "0.5*x*(x**2)**(-0.75)"],
  ])("%s", (text, expected) => {
    expect(sympyText(mathjsDerivative(text, "x"))).toBe(expected);
  });
});
