// expand() writes a network out in scalars, with the same value and the same derivatives.

import { expect, test } from "vitest";
import { derivative } from "../../../src/autodiff/derivative.ts";
import { expand, expandPoint } from "../../../src/expr/symbolic/expand.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { simplify } from "../../../src/expr/symbolic/simplify/simplify.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";

const NETWORK = "h = sigmoid(w1 * x + b1)\ny = sigmoid(w2 * h + b2)\nloss = sum((y - t) .^ 2) / 2";
const shapes = { w1: [2, 3], x: [3], b1: [2], w2: [2, 2], b2: [2], t: [2] };
const point = {
  x: [1, 2, 3],
  t: [0.5, 0.1],
  w1: [
    [0.1, 0.3, 0.5],
    [0.2, 0.4, 0.6],
  ],
  w2: [
    [0.7, 0.9],
    [0.8, 0.1],
  ],
  b1: [0.5, 0.5],
  b2: [0.3, 0.3],
};

test("a 3-2-2 network in scalars", () => {
  const f = expand(parse(NETWORK, { shapes }));
  expect(format(f, { share: true })).toMatchInlineSnapshot(`
    "h_1 = sigmoid(w1_1_1 * x_1 + w1_1_2 * x_2 + w1_1_3 * x_3 + b1_1)
    h_2 = sigmoid(w1_2_1 * x_1 + w1_2_2 * x_2 + w1_2_3 * x_3 + b1_2)
    y_1 = sigmoid(w2_1_1 * h_1 + w2_1_2 * h_2 + b2_1)
    y_2 = sigmoid(w2_2_1 * h_1 + w2_2_2 * h_2 + b2_2)
    loss = ((y_1 - t_1) ^ 2 + (y_2 - t_2) ^ 2) / 2"
  `);
  expect(f(expandPoint(point)).item()).toBe(0.2821757530435978);
});

test("the derivative by a weight is the product of factors along its path", () => {
  const f = expand(parse(NETWORK, { shapes }));
  const outer = simplify(derivative(f, "w2_1_1"));
  expect(format(outer, { share: true }).split("\n").at(-1)).toBe(
    "h_1 * y_1 * (y_1 - t_1) * (1 - y_1)",
  );
  expect(outer(expandPoint(point)).item()).toBeCloseTo(0.04047892032268895, 15);
  const inner = simplify(derivative(f, "w1_1_1"));
  expect(inner(expandPoint(point)).item()).toBeCloseTo(0.00747632669468897, 15);
});

test("every element is an input of its own, scalars keep their names", () => {
  const f = expand(parse("sum(w .* x) + b", { shapes: { w: [2], x: [2] } }));
  expect(f.names).toEqual(["w_1", "w_2", "x_1", "x_2", "b"]);
  expect(format(f)).toBe("w_1 * x_1 + w_2 * x_2 + b");
});

test("points are named in the same way", () => {
  expect(expandPoint({ w: [[1, 2]], b: 3 })).toEqual({ w_1_1: 1, w_1_2: 2, b: 3 });
});

test("a formula that is no scalar stays a stack of its elements", () => {
  const f = expand(parse("w * x", { shapes: { w: [2, 2], x: [2] } }));
  expect(format(f)).toBe("[w_1_1 * x_1 + w_1_2 * x_2, w_2_1 * x_1 + w_2_2 * x_2]");
  expect(f({ w_1_1: 1, w_1_2: 2, w_2_1: 3, w_2_2: 4, x_1: 5, x_2: 6 }).toArray()).toEqual([17, 39]);
});

test("large formulas and names that meet are refused", () => {
  expect(() => expand(parse("sum(x)", { shapes: { x: [20_000] } }))).toThrow(/more than 10000/);
  expect(() => expand(parse("sum(x) + x_1", { shapes: { x: [2] } }))).toThrow(/x_1/);
});
