// Derivatives of derivatives: every mode inside every other, and no perturbation confused with another.

import { describe, expect, it } from "vitest";
import {
  add,
  derivative,
  exp,
  grad,
  hessian,
  jacobian,
  jvp,
  log,
  matmul,
  multiply,
  pow,
  scalar,
  sin,
  square,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  vjp,
} from "../../src/autodiff/index.ts";

type Scalar = (x: Tensor) => Tensor;

/** The derivative of a scalar function at a tensor that an outer derivative may follow, in each mode. */
const modes: Readonly<Record<string, (f: Scalar) => Scalar>> = {
  grad: (f) => (x) => grad((y: Tensor) => f(y))(x),
  jvp: (f) => (x) => jvp((y: Tensor) => f(y))(x, scalar(1)).tangent,
  vjp: (f) => (x) => vjp((y: Tensor) => f(y))(x).pullback(scalar(1)),
  jacobian: (f) => (x) => jacobian((y: Tensor) => f(y))(x),
};

const pairs = Object.keys(modes).flatMap((outer) =>
  Object.keys(modes).map((inner) => [outer, inner] as const),
);

describe.each(pairs)("%s of %s", (outer, inner) => {
  const d = modes[outer] as (f: Scalar) => Scalar;
  const e = modes[inner] as (f: Scalar) => Scalar;
  const at = (f: Scalar, x: number): number => d(f)(scalar(x)).item();

  it("keeps the perturbations apart: d/dx (x · d/dy (x + y)) is 1", () => {
    expect(at((x) => multiply(x, e((y) => add(x, y))(scalar(1))), 1)).toBe(1);
    expect(at((x) => multiply(x, e((y) => add(x, y))(x)), 5)).toBe(1);
  });

  it("keeps the perturbations apart: d/dx (x · d/dy (x · y)) is 2x", () => {
    expect(at((x) => multiply(x, e((y) => multiply(x, y))(scalar(7))), 3)).toBe(6);
    expect(at((x) => multiply(x, e((y) => multiply(x, y))(x)), 3)).toBe(6);
  });

  it("of d/dx d/dy x·y² at y = x is 2x, the inner derivative following x", () => {
    expect(at((x) => e((y) => multiply(x, square(y)))(x), 3)).toBe(12);
    expect(at((x) => e(() => square(x))(x), 3)).toBe(0);
  });

  it("is the second derivative", () => {
    expect(
      at(
        e((x) => pow(x, 3)),
        2,
      ),
    ).toBe(12);
    expect(
      at(
        e((x) => sin(x)),
        1,
      ),
    ).toBe(-Math.sin(1));
    expect(
      at(
        e((x) => exp(multiply(x, x))),
        0.5,
      ),
    ).toBeCloseTo(3 * Math.exp(0.25), 13);
  });

  it("goes to the third order, whichever mode comes first", () => {
    for (const third of Object.values(modes)) {
      expect(third(d(e((x) => pow(x, 5))))(scalar(2)).item()).toBe(240);
      expect(d(third(e((x) => log(x))))(scalar(2)).item()).toBe(0.25);
    }
  });
});

describe("mixed derivatives", () => {
  const f = (p: { x: Tensor; y: Tensor }): Tensor => multiply(pow(p.x, p.y), sin(p.y));

  it.each([
    [2, 0],
    [2, 1],
    [2, 2],
    [1.5, 2.5],
  ])("of x^y · sin(y) at (%d, %d) are symmetric and right", (x, y) => {
    const found = hessian(f)({ x, y });
    const logarithm = Math.log(x);
    const mixed = x ** (y - 1) * (Math.sin(y) * (1 + y * logarithm) + y * Math.cos(y));
    expect(found.x.y).toBeCloseTo(mixed, 12);
    expect(found.y.x).toBeCloseTo(mixed, 12);
    expect(found.x.x).toBeCloseTo(y * (y - 1) * x ** (y - 2) * Math.sin(y), 12);
  });

  it("of a tensor function have the axes of the value, then those of the argument", () => {
    const w = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const found = jacobian((x: Tensor) => matmul(w, x))(tensor([1, 1]));
    expect(found.toArray()).toEqual(w.toArray());
    const quadratic = (x: Tensor): Tensor =>
      sum(
        multiply(
          x,
          matmul(
            tensor([
              [1, 2],
              [2, 5],
            ]),
            x,
          ),
        ),
      );
    expect(hessian(quadratic)(tensor([3, 4])).toArray()).toEqual([
      [2, 4],
      [4, 10],
    ]);
    const third = jacobian(hessian((x: Tensor) => sum(pow(x, 3))))(tensor([1, 2]));
    expect(third.shape).toEqual([2, 2, 2]);
    expect(third.toArray()).toEqual([
      [
        [6, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 6],
      ],
    ]);
  });

  it("of trees are trees of trees", () => {
    const found = jacobian((p: { a: Tensor; b: Tensor }) => ({
      s: add(p.a, p.b),
      t: multiply(p.a, p.b),
    }))({
      a: 2,
      b: tensor([3, 4]),
    });
    expect((found.s.a as Tensor).toArray()).toEqual([1, 1]);
    expect((found.t.a as Tensor).toArray()).toEqual([3, 4]);
    expect(found.t.b.toArray()).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });
});

describe("derivatives and graphs together", () => {
  it("grad of a function that meets a symbol gives an expression", () => {
    const a = symbol("a");
    const slope = grad((x: Tensor) => multiply(a, square(x)))(scalar(3));
    expect(toFormula(slope)({ a: 5 }).item()).toBe(30);
  });

  it("a formula inside a tape is differentiated like any function", () => {
    const f = toFormula(multiply(symbol("x"), sin(symbol("x"))));
    const slope = derivative(f, "x");
    const eager = grad((x: Tensor) => f({ x }))(0.7);
    expect(eager).toBe(slope({ x: 0.7 }).item());
    expect(grad((x: Tensor) => slope({ x }))(0.7)).toBeCloseTo(
      derivative(f, "x", 2)({ x: 0.7 }).item(),
      14,
    );
  });
});
