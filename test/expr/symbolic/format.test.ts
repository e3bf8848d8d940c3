// format() writes what parse() reads back as the same graph.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Graph, isSame, type SymbolicTensor, symbol } from "../../../src/expr/graph.ts";
import {
  add,
  exp,
  index,
  multiply,
  negate,
  pow,
  reshape,
  subtract,
  sum,
  transpose,
} from "../../../src/expr/index.ts";
import { NO_PARAMS } from "../../../src/expr/op.ts";
import { pointwiseFunctions } from "../../../src/expr/ops/tensor-arithmetic.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";
import { type Tensor, tensor } from "../../../src/expr/tensor.ts";

const SHAPES = { A: [2, 2], B: [2, 3], v: [2], u: [3], T: [2, 1, 3] };

describe("texts that come back as they are", () => {
  test.each([
    "x - (y - z)",
    "x - y - z",
    "x / (y * z)",
    "x / y / z",
    "x * (y * z)",
    "-x ^ 2",
    "(-x) ^ 2",
    "2 ^ -x",
    "x ^ y ^ z",
    "(x ^ y) ^ z",
    "-x * y",
    "-(x * y)",
    "x * -y",
    "--x",
    "x ^ -2",
    "x > 0 ? y : z",
    "x > 0 ? (y > 0 ? 1 : 2) : z > 0 ? 3 : 4",
    "(x > 0 ? y : z) * 2",
    "(x > 0 ? y : z) > 0 ? x : y",
    "not (x == y)",
    "not x and y or z",
    "x and (y or z)",
    "x xor y and z",
    "(x < y) == (y < z)",
    "1e-10 * x + 1e+300",
    "pi * x + e",
    "Infinity * x",
    "max(x, min(y, z))",
    "A * B",
    "A .* A",
    "2 * A",
    "x * A * v",
    "v' * v",
    "A'",
    "(A + A)'",
    "(A * A)' * v",
    "A''",
    "A .^ 2",
    "2 .^ v",
    "1 ./ v",
    "v / 2",
    "v ./ v",
    "A[1, 2]",
    "A[1, :]",
    "B[:, 2:3]",
    "B[2:2, 1:2:3]",
    "(A * v)[1]",
    "v[2:-1:1]",
    "T[1, 1, :]",
    "transpose(T, [3, 2, 1])",
    "reshape(B, [3, 2])",
    "broadcastTo(v, [3, 2])",
    "sum(A)",
    "sum(A, 1)",
    "sum(A, [1, 2], true)",
    "mean(v)",
    "outer(v, u)",
    "[x, y, 2]",
    "[1, 2; 3, 4] * v",
    "[[1, 2]] * v",
    "stopGradient(x) * x",
    'cast(x, "float32")',
  ])("%s", (text) => {
    const f = parse(text, { shapes: SHAPES, stable: false });
    expect(format(f)).toBe(text);
  });
});

test("random expressions come back as the same graph", () => {
  const ops = [...pointwiseFunctions().values()].map((f) => f.op);
  const steps = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), {
    minLength: 1,
    maxLength: 14,
  });
  fc.assert(
    fc.property(steps, fc.boolean(), (recipe, share) => {
      const graph = new Graph();
      const values: Tensor[] = [
        graph.input("x"),
        graph.input("v", [2]),
        graph.input("A", [2, 2]),
        ...[0, 1, 2, 0.5].map((value) => graph.constant(value)),
      ];
      for (const [choice, ...places] of recipe) {
        const op = ops[choice % ops.length] as (typeof ops)[number];
        const operands = op.inputs.map((_, i) => {
          const place = places[i] as number;
          const recent = values.length - 1 - (place % 3);
          return values[place % 2 === 0 ? recent : place % values.length] as Tensor;
        });
        values.push(graph.apply(op, operands, NO_PARAMS)[0] as SymbolicTensor);
      }
      const value = values.at(-1) as Tensor;
      const text = format(value, { share });
      const back = parse(text, { shapes: SHAPES, stable: false }).output;
      expect(isSame(back, value), text).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe("sharing", () => {
  const text = "h = sigmoid(w * x + b)\nloss = sum((h - t) .^ 2) / 2";
  const shapes = { w: [2, 3], x: [3], b: [2], t: [2] };

  test("definitions are written as assignments on request", () => {
    const f = parse(text, { shapes });
    expect(format(f, { share: true })).toBe(text);
    expect(format(f)).toBe("sum((sigmoid(w * x + b) - t) .^ 2) / 2");
  });

  test("unnamed parts are called t1, t2 … beside inputs of such names", () => {
    const [x, t1] = [symbol("x"), symbol("t1")];
    const part = exp(add(x, t1));
    expect(format(multiply(part, part), { share: true })).toBe("t2 = exp(x + t1)\nt2 * t2");
    expect(format(multiply(part, part), { share: false })).toBe("exp(x + t1) * exp(x + t1)");
  });

  test("a text that would be too long is shared by itself, and is the same graph", () => {
    let value: Tensor = symbol("x");
    for (let i = 0; i < 60; i++) value = multiply(add(value, 1), value);
    const shared = format(value);
    expect(shared.split("\n")).toHaveLength(60);
    expect(isSame(parse(shared, { stable: false }).output, value)).toBe(true);
    expect(() => format(value, { share: false })).toThrow(/share: true/);
  });

  test("a chain deeper than the parser allows is cut, and is the same graph", () => {
    let value: Tensor = symbol("x");
    for (let i = 0; i < 1000; i++) value = exp(value);
    expect(isSame(parse(format(value), { stable: false }).output, value)).toBe(true);
  });
});

describe("size", () => {
  test("a sum of 50,000 terms is one line", () => {
    let value: Tensor = symbol("x");
    const y = symbol("y");
    for (let i = 1; i < 50_000; i++) value = add(value, y);
    expect(format(value)).toHaveLength(4 * 50_000 - 3);
  });

  test("a chain of a million nodes does not overflow the stack", () => {
    const graph = new Graph();
    let value = graph.input("x");
    for (let i = 0; i < 1_000_000; i++) {
      value = graph.apply(exp.op, [value], NO_PARAMS)[0] as SymbolicTensor;
    }
    expect(format(value).startsWith("t1 = exp(exp(")).toBe(true);
  }, 60_000);
});

test("numbers have the shortest digits that give them back", () => {
  const x = symbol("x");
  expect(format(add(x, 0.1))).toBe("x + 0.1");
  expect(format(add(x, 1e21))).toBe("x + 1e+21");
  expect(format(add(x, Number.NaN))).toBe("x + NaN");
  expect(format(subtract(x, Number.NEGATIVE_INFINITY))).toBe("x - -Infinity");
  expect(format(multiply(x, -0))).toBe("x * -0");
  expect(format(pow(x, -2))).toBe("x ^ -2");
  expect(format(pow(-2, x))).toBe("(-2) ^ x");
  expect(
    format(
      tensor([
        [1, 2],
        [3, 4.5],
      ]),
    ),
  ).toBe("[1, 2; 3, 4.5]");
  expect(format(tensor([[[1], [2]]]))).toBe("[[[1], [2]]]");
});

test("places count from one, and a dropped axis is written as one place", () => {
  const a = symbol("A", { shape: [2, 3] });
  expect(format(index(a, [1, { start: 1 }]))).toBe("A[2, 2:3]");
  expect(format(index(a, [-1]))).toBe("A[2, :]");
  expect(format(reshape(a, [6]))).toBe("reshape(A, [6])");
  expect(format(transpose(a))).toBe("A'");
  expect(format(sum(a, { axis: 1 }))).toBe("sum(A, 2)");
  expect(format(negate(a))).toBe("-A");
});
