// jvp, and derivatives of formulas as formulas.

import { describe, expect, it } from "vitest";
import {
  add,
  derivative,
  divide,
  exp,
  gradient,
  greater,
  hessian,
  index,
  jacobian,
  jvp,
  matmul,
  multiply,
  pow,
  scalar,
  sin,
  square,
  stopGradient,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  transpose,
} from "../../src/autodiff/index.ts";

describe("jvp", () => {
  it("gives the value and the derivative in a direction", () => {
    const f = (p: { a: Tensor; b: Tensor }): Tensor => sum(multiply(p.a, p.b));
    const at = { a: tensor([1, 2]), b: tensor([3, 4]) };
    const { value, tangent } = jvp(f)(at, { a: tensor([1, 0]), b: tensor([0, 10]) });
    expect([value.item(), tangent.item()]).toEqual([11, 23]);
  });

  it("gives a tangent for each of several outputs, in full shape", () => {
    const { tangent } = jvp((x: Tensor) => ({
      wide: add(tensor([[1], [2]]), x),
      still: scalar(7),
      stopped: stopGradient(x),
    }))(tensor([1, 2]), tensor([1, 5]));
    expect(tangent.wide.toArray()).toEqual([
      [1, 5],
      [1, 5],
    ]);
    expect(tangent.still.toArray()).toBe(0);
    expect(tangent.stopped.toArray()).toEqual([0, 0]);
  });

  it("keeps float32 and follows ifs", () => {
    const { tangent } = jvp((x: Tensor) => multiply(x, 0.1))(
      scalar(1, "float32"),
      scalar(1, "float32"),
    );
    expect(tangent.dtype).toBe("float32");
    expect(tangent.item()).toBe(Math.fround(0.1));
    const f = (x: Tensor): Tensor => (greater(x, 0).item() === 1 ? square(x) : x);
    expect(jvp(f)(3, 1).tangent.item()).toBe(6);
    expect(jvp(f)(-3, 1).tangent.item()).toBe(1);
  });

  it("refuses tangents of another tree, and tensors that leak out", () => {
    expect(() => jvp((x: Tensor) => x)(1, tensor([1]) as never)).toThrow(
      /expected \[\] at the root/,
    );
    let leaked: Tensor = scalar(0);
    jvp((x: Tensor) => {
      leaked = x;
      return x;
    })(1, 1);
    expect(() => add(leaked, 1)).toThrow(/used after it returned/);
  });

  it("needs no stack for a chain of 300,000 operations", () => {
    const { tangent } = jvp((x: Tensor) => {
      let value = x;
      for (let i = 0; i < 300_000; i++) value = add(value, 1);
      return value;
    })(0, 1);
    expect(tangent.item()).toBe(1);
  }, 60_000);
});

const x = symbol("x");
const y = symbol("y");
const v = symbol("v", { shape: [2] });

describe("derivatives of formulas", () => {
  it("are formulas, of any order", () => {
    const f = toFormula(pow(x, 5));
    const values = [0, 1, 2, 3, 4, 5, 6].map((order) => derivative(f, "x", order)({ x: 2 }).item());
    expect(values).toEqual([32, 80, 160, 240, 240, 120, 0]);
    expect(() => derivative(f, "x", -1)).toThrow(/whole number from 0/);
    expect(() => derivative(f, "z")).toThrow(/no input "z"; it has x. Did you mean "x"/);
  });

  it("of tensor formulas by a scalar go element by element", () => {
    const f = toFormula(multiply(v, sin(x)));
    expect(derivative(f, "x")({ v: [1, 2], x: 0 }).toArray()).toEqual([1, 2]);
    expect(() => derivative(f, "v")).toThrow(/Use jacobian/);
    expect(() => gradient(f)).toThrow(/needs a scalar/);
  });

  it("gradient, jacobian and hessian give one formula for each input", () => {
    const f = toFormula(add(multiply(square(x), y), exp(y)));
    const first = gradient(f);
    expect(Object.keys(first)).toEqual(["x", "y"]);
    expect(first.x?.({ x: 3, y: 2 }).item()).toBe(12);
    const second = hessian(f);
    const values = ["x", "y"].flatMap((a) =>
      ["x", "y"].map((b) => second[a]?.[b]?.({ x: 3, y: 0 }).item()),
    );
    expect(values).toEqual([0, 6, 6, 1]);
    const w = tensor([
      [1, 2],
      [3, 4],
    ]);
    const map = jacobian(toFormula(multiply(matmul(w, v), x)));
    expect(map.v?.({ v: [1, 1], x: 2 }).toArray()).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(map.x?.({ v: [1, 1], x: 2 }).toArray()).toEqual([3, 7]);
  });

  it("fit themselves to the shapes of the point", () => {
    const f = toFormula(sum(square(divide(v, 2))));
    expect(
      gradient(f)
        .v?.({ v: [4, 8] })
        .toArray(),
    ).toEqual([2, 4]);
    expect(
      gradient(f)
        .v?.({ v: [4, 8, 6] })
        .toArray(),
    ).toEqual([2, 4, 3]);
    const slope = derivative(toFormula(multiply(square(x), y)), "y");
    expect(slope({ x: [[4], [8]], y: 1 }).toArray()).toEqual([[16], [64]]);
  });

  it("by an input that is not used, or only moved, have the right shape", () => {
    const f = toFormula(
      add(index(transpose(symbol("w", { shape: [2, 3] })), [2, 0]), multiply(y, 0)),
    );
    const { w, y: slope } = gradient(f);
    expect(
      w?.({
        w: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        y: 1,
      }).toArray(),
    ).toEqual([
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(
      slope?.({
        w: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        y: 1,
      }).item(),
    ).toBe(0);
    const unused = derivative(derivative(toFormula(multiply(x, y)), "x"), "x");
    expect(unused({ x: 1, y: 2 }).item()).toBe(0);
  });
});
