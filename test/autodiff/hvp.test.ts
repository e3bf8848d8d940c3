// Products of a Hessian with a vector.

import { describe, expect, it } from "vitest";
import {
  add,
  exp,
  grad,
  hessian,
  hvp,
  index,
  jvp,
  matmul,
  multiply,
  scalar,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  vmap,
} from "../../src/autodiff/index.ts";
import { parse } from "../../src/expr/symbolic/index.ts";

const x = tensor([0.3, -0.7, 1.1]);
const v = tensor([2, 1, -3]);
const weights = tensor([
  [1, 2, 3],
  [-1, 0.5, 2],
  [0, 1, -2],
]);

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  quadratic: (x) => sum(multiply(x, matmul(weights, x))),
  "a network": (x) => sum(square(tanh(matmul(weights, tanh(matmul(weights, x)))))),
  "a product": (x) => multiply(index(x, [0]), sin(multiply(index(x, [1]), index(x, [2])))),
  linear: (x) => sum(x),
  constant: () => scalar(1),
};

describe("hvp", () => {
  it.each(Object.entries(functions))("of %s is the Hessian times the vector", (_, f) => {
    const product = matmul(hessian(f)(x), v).toArray() as number[];
    const found = hvp(f)(x, v).toArray() as number[];
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(product[i] as number, 12);
    });
  });

  it("of a tree is the same tree", () => {
    const f = (p: { w: Tensor; rest: readonly [Tensor] }): Tensor =>
      multiply(sum(square(p.w)), exp(p.rest[0]));
    const found = hvp(f)({ w: x, rest: [0] }, { w: v, rest: [1] });
    expect(Object.keys(found)).toEqual(["w", "rest"]);
    expect(found.w.toArray()).toEqual(add(multiply(v, 2), multiply(x, 2)).toArray());
    const squares = 0.09 + 0.49 + 1.21;
    expect(found.rest[0]).toBeCloseTo(2 * (0.3 * 2 - 0.7 - 3.3) + squares, 13);
  });

  it("of a formula has the form of the point", () => {
    const f = parse("sum(w .^ 3) * x", { shapes: { w: [2] } });
    expect(hvp(f)({ w: [1, 2], x: 5 }, { w: [1, 0], x: 0 })).toEqual({ w: [30, 0], x: 3 });
  });

  it("passes further arguments on, and nests", () => {
    const f = (y: Tensor, scale: number): Tensor => multiply(scale, sum(multiply(y, square(y))));
    expect(hvp(f)(tensor([1, 2]), tensor([1, 1]), 10).toArray()).toEqual([60, 120]);
    const along = (y: Tensor): Tensor => sum(hvp((z: Tensor) => f(z, 1))(y, tensor([1, 1])));
    expect(grad(along)(tensor([1, 2])).toArray()).toEqual([6, 6]);
    expect(jvp(along)(tensor([1, 2]), tensor([1, 0])).tangent.item()).toBe(6);
    const batch = vmap((y: Tensor) => hvp((z: Tensor) => f(z, 1))(y, tensor([1, 1])));
    expect(
      batch(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).toArray(),
    ).toEqual([
      [6, 12],
      [18, 24],
    ]);
  });

  it("refuses a vector of another tree and a value that is no scalar", () => {
    expect(() => hvp((y: Tensor) => sum(y))(x, tensor([1]))).toThrow(
      /^hvp: expected \[3\] at the root, got \[1\]/,
    );
    expect(() => hvp((y: Tensor) => y)(x, v)).toThrow(/must return a scalar/);
  });
});
