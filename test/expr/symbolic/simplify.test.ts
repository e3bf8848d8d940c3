// simplify(): textbook forms of expressions and derivatives, and what must not be simplified.

import { describe, expect, test } from "vitest";
import { derivative, gradient } from "../../../src/autodiff/derivative.ts";
import { Graph, isSame, type SymbolicTensor, symbol } from "../../../src/expr/graph.ts";
import {
  add,
  exp,
  multiply,
  negate,
  reshape,
  sigmoid,
  sum,
  transpose,
} from "../../../src/expr/index.ts";
import { broadcastTo } from "../../../src/expr/ops/movement/reshape.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { simplify } from "../../../src/expr/symbolic/simplify/simplify.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";
import { type Tensor, tensor } from "../../../src/expr/tensor.ts";

function simplified(text: string): string {
  return format(simplify(parse(text)));
}

function derived(text: string, by = "x", order = 1): string {
  return format(simplify(derivative(parse(text), by, order)));
}

const DERIVATIVES: readonly (readonly [text: string, expected: string])[] = [
  ["x^2", "2 * x"],
  ["x^3", "3 * x ^ 2"],
  ["x^10", "10 * x ^ 9"],
  ["x^n", "n * x ^ (n - 1)"],
  ["x^3 + x^2 + x + 1", "3 * x ^ 2 + 2 * x + 1"],
  ["x^2*y + y", "2 * x * y"],
  ["1/x", "-1 / x ^ 2"],
  ["1/x^2", "-2 / x ^ 3"],
  ["sqrt(x)", "1 / (2 * sqrt(x))"],
  ["cbrt(x)", "1 / (3 * cbrt(x) ^ 2)"],
  ["x^(1/3)", "x ^ (-2 / 3) / 3"],
  ["log(x)", "1 / x"],
  ["log(x^2)", "2 / x"],
  ["log(x)/x", "(1 - log(x)) / x ^ 2"],
  ["log(log(x))", "1 / (x * log(x))"],
  ["log2(x)", "1 / (x * log(2))"],
  ["log10(x)", "1 / (x * log(10))"],
  ["x*log(x)", "log(x) + 1"],
  ["x*log(x) - x", "log(x)"],
  ["exp(x)", "exp(x)"],
  ["exp(-x)", "-exp(-x)"],
  ["x*exp(x)", "exp(x) * (x + 1)"],
  ["x^2*exp(x)", "x * exp(x) * (x + 2)"],
  ["exp(-x^2/2)", "-x * exp(-x ^ 2 / 2)"],
  ["exp(sin(x))", "cos(x) * exp(sin(x))"],
  ["2^x", "log(2) * 2 ^ x"],
  ["x^x", "x ^ x * (log(x) + 1)"],
  ["sin(x)", "cos(x)"],
  ["cos(x)", "-sin(x)"],
  ["tan(x)", "sec(x) ^ 2"],
  ["sec(x)", "sec(x) * tan(x)"],
  ["sin(x)^2", "2 * sin(x) * cos(x)"],
  ["sin(x^2)", "2 * x * cos(x ^ 2)"],
  ["cos(3*x)", "-3 * sin(3 * x)"],
  ["sin(x)/x", "(x * cos(x) - sin(x)) / x ^ 2"],
  ["sin(x)*cos(x)", "cos(x) ^ 2 - sin(x) ^ 2"],
  ["sin(x)^2 + cos(x)^2", "0"],
  ["a*sin(b*x + c)", "a * b * cos(b * x + c)"],
  ["log(sin(x))", "cot(x)"],
  ["asin(x)", "1 / sqrt(1 - x ^ 2)"],
  ["acos(x)", "-1 / sqrt(1 - x ^ 2)"],
  ["atan(x)", "1 / (x ^ 2 + 1)"],
  ["atan2(y, x)", "-y / (x ^ 2 + y ^ 2)"],
  ["sinh(x)", "cosh(x)"],
  ["cosh(x)", "sinh(x)"],
  ["tanh(x)", "1 - tanh(x) ^ 2"],
  ["sech(x)", "-sech(x) * tanh(x)"],
  ["asinh(x)", "1 / sqrt(x ^ 2 + 1)"],
  ["atanh(x)", "1 / (1 - x ^ 2)"],
  ["erf(x)", "2 * exp(-x ^ 2) / sqrt(pi)"],
  ["gamma(x)", "gamma(x) * digamma(x)"],
  ["x/(1 + x)", "1 / (x + 1) ^ 2"],
  ["(1 + x)/(1 - x)", "2 / (1 - x) ^ 2"],
  ["1/(1 + x^2)", "-2 * x / (x ^ 2 + 1) ^ 2"],
  ["(x^2 + 1)^3", "6 * x * (x ^ 2 + 1) ^ 2"],
  ["((x - a)/s)^2", "2 * (x - a) / s ^ 2"],
  ["sqrt(1 - x^2)", "-x / sqrt(1 - x ^ 2)"],
  ["abs(x)", "sign(x)"],
  ["relu(x)", "x > 0 ? 1 : 0"],
  ["x > 0 ? x^2 : -x", "x > 0 ? 2 * x : -1"],
  ["sigmoid(x)", "sigmoid(x) * (1 - sigmoid(x))"],
  ["1/(1 + exp(-x))", "sigmoid(x) * (1 - sigmoid(x))"],
  ["1/(1 + e^-x)", "sigmoid(x) * (1 - sigmoid(x))"],
  ["exp(x)/(1 + exp(x))", "sigmoid(x) * (1 - sigmoid(x))"],
  ["sigmoid(-x)", "-sigmoid(x) * (1 - sigmoid(x))"],
  ["sigmoid(w*x + b)", "w * sigmoid(w * x + b) * (1 - sigmoid(w * x + b))"],
  ["sigmoid(x)^2", "2 * sigmoid(x) ^ 2 * (1 - sigmoid(x))"],
  ["logSigmoid(x)", "1 - sigmoid(x)"],
  ["softplus(x)", "sigmoid(x)"],
  ["log(1 + exp(x))", "sigmoid(x)"],
  ["silu(x)", "sigmoid(x) + silu(x) * (1 - sigmoid(x))"],
  ["-t*log(x) - (1 - t)*log(1 - x)", "(1 - t) / (1 - x) - t / x"],
];

describe("derivatives read as in a textbook", () => {
  test.each(DERIVATIVES)("d/dx %s is %s", (text, expected) => {
    expect(derived(text)).toBe(expected);
  });

  test.each([
    ["1/(1 + exp(-x))", "sigmoid(x) * (1 - sigmoid(x))"],
    ["exp(x)/(1 + exp(x))", "sigmoid(x) * (1 - sigmoid(x))"],
    ["log(1 + exp(x))", "sigmoid(x)"],
  ])("also where %s is computed as it is written", (text, expected) => {
    expect(format(simplify(derivative(parse(text, { stable: false }), "x")))).toBe(expected);
  });

  test.each([
    ["sigmoid(x)", "sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x))"],
    ["softplus(x)", "sigmoid(x) * (1 - sigmoid(x))"],
    ["tanh(x)", "-2 * tanh(x) * (1 - tanh(x) ^ 2)"],
    ["x^3", "6 * x"],
    ["exp(-x^2/2)", "exp(-x ^ 2 / 2) * (x ^ 2 - 1)"],
    ["asin(x)", "x / sqrt(1 - x ^ 2) ^ 3"],
    ["sqrt(1 - x^2)", "-1 / sqrt(1 - x ^ 2) ^ 3"],
    ["1/(1 + x^2)", "(6 * x ^ 2 - 2) / (x ^ 2 + 1) ^ 3"],
    ["x/(1 + x)", "-2 / (x + 1) ^ 3"],
  ])("second derivative of %s", (text, expected) => {
    expect(derived(text, "x", 2)).toBe(expected);
  });

  test("half the squared error gives the error", () => {
    expect(derived("(y - t)^2 / 2", "y")).toBe("y - t");
  });
});

describe("expressions", () => {
  test.each([
    ["2 / 4", "1 / 2"],
    ["2 * 3 + 4", "10"],
    ["2^3", "8"],
    ["sqrt(8)", "sqrt(8)"],
    ["sqrt(9)", "3"],
    ["pi / 3", "pi / 3"],
    ["log(2)", "log(2)"],
    ["x + x", "2 * x"],
    ["2*x + 3*x - x", "4 * x"],
    ["x * x", "x ^ 2"],
    ["x^2 * x^3", "x ^ 5"],
    ["(x^2)^3", "x ^ 6"],
    ["x * 3 * y * 2", "6 * x * y"],
    ["--x", "x"],
    ["a + -b", "a - b"],
    ["a - -b", "a + b"],
    ["-(a - b)", "b - a"],
    ["a * (1 / b)", "a / b"],
    ["a / (b / c)", "a * c / b"],
    ["a / b / c", "a / (b * c)"],
    ["0.5 * x", "x / 2"],
    ["0.1 * x + 0.1 * x", "2 * 0.1 * x"],
    ["1 + 2*x + 3*x^2", "3 * x ^ 2 + 2 * x + 1"],
    ["-x + 1", "1 - x"],
    ["x - x", "0"],
    ["exp(x) * exp(y)", "exp(x + y)"],
    ["exp(x) * exp(-x)", "1"],
    ["exp(x) / exp(x)", "1"],
    ["log(exp(x))", "x"],
    ["sqrt(x^2)", "abs(x)"],
    ["(x^2)^(1/2)", "abs(x)"],
    ["abs(-x)", "abs(x)"],
    ["abs(x)^2", "x ^ 2"],
    ["sin(-x)", "-sin(x)"],
    ["cos(-x)", "cos(x)"],
    ["sin(x)/cos(x)", "tan(x)"],
    ["3*sin(y)^2 + 3*cos(y)^2", "3"],
    ["cosh(x)^2 - sinh(x)^2", "1"],
    ["sigmoid(x) * sigmoid(-x)", "sigmoid(x) * (1 - sigmoid(x))"],
    ["sech(x)^2", "1 - tanh(x) ^ 2"],
    ["1 > 0 ? x : y", "x"],
    ["x > 0 ? y : y", "y"],
    ["w * x + b", "w * x + b"],
    ["x / x * log(x)", "log(x)"],
  ])("%s becomes %s", (text, expected) => {
    expect(simplified(text)).toBe(expected);
  });
});

describe("what is not valid on the reals is left alone", () => {
  test.each([
    ["x / x", "x / x"],
    ["x^2 / x", "x ^ 2 / x"],
    ["sqrt(x)^2", "sqrt(x) ^ 2"],
    ["sqrt(x * y)", "sqrt(x * y)"],
    ["exp(log(x))", "exp(log(x))"],
    ["0 * log(x)", "0 * log(x)"],
    ["log(x) - log(x)", "0 * log(x)"],
    ["log(x * y)", "log(x * y)"],
    ["(x^y)^z", "(x ^ y) ^ z"],
    ["sqrt(x) * sqrt(x)", "sqrt(x) ^ 2"],
  ])("%s stays %s", (text, expected) => {
    expect(simplified(text)).toBe(expected);
  });
});

describe("tensors", () => {
  const x = symbol("x", { shape: [3] });
  const matrix = symbol("A", { shape: [2, 3] });

  test("the shape stays when a broadcasting operand goes away", () => {
    const result = simplify(add(multiply(x, 0), 2)) as Tensor;
    expect(result.shape).toEqual([3]);
    expect(format(result)).toBe("2 * ones(3)");
  });

  test("broadcasts go where the operation broadcasts by itself", () => {
    const scalar = symbol("s");
    expect(format(simplify(multiply(broadcastTo(scalar, [3]), x)))).toBe("s * x");
    expect(format(simplify(sum(broadcastTo(scalar, [3]))))).toBe("3 * s");
  });

  test("transposes and reshapes of their like", () => {
    expect(isSame(simplify(transpose(transpose(matrix))), matrix)).toBe(true);
    expect(isSame(simplify(reshape(reshape(matrix, [6]), [2, 3])), matrix)).toBe(true);
  });

  test("matrix products keep their order", () => {
    const f = parse("A * B * A", { shapes: { A: [2, 2], B: [2, 2] } });
    expect(format(simplify(f))).toBe("A * B * A");
  });

  test("the gradient of a network names its parts", () => {
    const f = parse("h = sigmoid(w * x + b)\nsum((h - t) .^ 2) / 2", {
      shapes: { w: [2, 3], x: [3], b: [2], t: [2] },
    });
    const { b } = gradient(f);
    expect(format(simplify(b as NonNullable<typeof b>), { share: true })).toBe(
      "h = sigmoid(w * x + b)\nh .* (h - t) .* (1 - h)",
    );
  });

  test("a float32 expression stays float32", () => {
    const single = symbol("x", { dtype: "float32" });
    expect((simplify(add(single, negate(single))) as Tensor).dtype).toBe("float32");
    expect((simplify(multiply(2, add(single, single))) as Tensor).dtype).toBe("float32");
  });

  test("whole numbers are left alone", () => {
    const count = symbol("n", { dtype: "int32" });
    const value = multiply(count, count);
    expect(isSame(simplify(value), value)).toBe(true);
  });
});

describe("the engine", () => {
  test("a simplified formula is called with the same names", () => {
    const f = parse("x * y - x * y");
    const g = simplify(f);
    expect(g.names).toEqual(["x", "y"]);
    expect(g({ x: 1, y: 2 }).item()).toBe(0);
    expect(g.withShapes({ x: [2] }).output.shape).toEqual([2]);
  });

  test("simplifying twice changes nothing", () => {
    for (const [text] of DERIVATIVES) {
      const once = simplify(derivative(parse(text), "x"));
      expect(format(simplify(once))).toBe(format(once));
    }
  });

  test("an observer hears which rule fired on what", () => {
    const heard: string[] = [];
    const x = symbol("x");
    simplify(multiply(sigmoid(x), sigmoid(negate(x))), {
      observe: (rule, before, after) =>
        heard.push(`${rule}: ${format(before)} -> ${format(after)}`),
    });
    expect(heard).toContain("sigmoid(-x) = 1 - sigmoid(x): sigmoid(-x) -> 1 - sigmoid(x)");
  });

  test("long sums, long products and deep chains take time in proportion", () => {
    const graph = new Graph();
    const inputs = Array.from({ length: 500 }, (_, i) => graph.input(`x${i}`));
    let total: Tensor = inputs[0] as SymbolicTensor;
    let product: Tensor = inputs[0] as SymbolicTensor;
    for (let i = 1; i < 50_000; i++) total = add(total, inputs[i % 500] as Tensor);
    for (let i = 1; i < 5000; i++) product = multiply(product, inputs[i % 500] as Tensor);
    let chain: Tensor = inputs[0] as SymbolicTensor;
    for (let i = 0; i < 50_000; i++) chain = exp(negate(chain));
    expect(format(simplify(total)).startsWith("100 * x0 + 100 * x1")).toBe(true);
    expect(format(simplify(product)).startsWith("x0 ^ 10 * x1 ^ 10")).toBe(true);
    simplify(chain);
  }, 60_000);

  test("plain data is returned as it is", () => {
    const data = tensor([1, 2]);
    expect(simplify(data)).toBe(data);
  });
});
