// Formulas: graphs with named inputs that can be called.

import { describe, expect, it } from "vitest";
import {
  add,
  isFormula,
  matmul,
  multiply,
  type SymbolicTensor,
  scalar,
  sin,
  sum,
  symbol,
  tensor,
  toFormula,
} from "../../src/expr/index.ts";

const x = symbol("x");
const w = symbol("w", { shape: [2, 2] });

describe("a formula of an expression", () => {
  it("has the symbols of the expression as inputs, in their order", () => {
    const f = toFormula(add(multiply(x, symbol("y")), x));
    expect(f.names).toEqual(["x", "y"]);
    expect(f({ x: 2, y: 3 }).item()).toBe(8);
    expect(isFormula(f)).toBe(true);
    expect(isFormula(() => x)).toBe(false);
  });

  it("takes numbers, nested arrays and tensors for its inputs", () => {
    const f = toFormula(sum(matmul(w, symbol("v", { shape: [2] }))));
    expect(
      f({
        w: [
          [1, 2],
          [3, 4],
        ],
        v: tensor([1, 1]),
      }).item(),
    ).toBe(10);
    expect(
      f({
        w: [
          [1, 2],
          [3, scalar(4)],
        ],
        v: [1, 1],
      }).item(),
    ).toBe(10);
  });

  it("fits itself to the shapes of the point", () => {
    const f = toFormula(multiply(x, sin(x)));
    expect(f({ x: [0, 1] }).toArray()).toEqual([0, Math.sin(1)]);
    expect(f.withShapes({ x: [3] }).output.shape).toEqual([3]);
    expect(f.withShapes({ x: [] })).toBe(f);
    expect(f.withShapes({ x: [3] })).toBe(f.withShapes({ x: [3] }));
  });

  it("names the input that a point leaves out", () => {
    expect(() => toFormula(x)({ y: 1 })).toThrow(/no value for x: it gives y/);
    expect(() => toFormula(x)({})).toThrow(/it gives nothing/);
  });

  it("lists the values that have names", () => {
    const h = sin(x) as SymbolicTensor;
    h.node.graph.name(h, "h");
    expect([...toFormula(multiply(h, 2)).definitions.keys()]).toEqual(["h"]);
  });

  it("allows inputs that are called like members of Object", () => {
    const f = toFormula(multiply(symbol("constructor"), symbol("valueOf")));
    expect(f.names).toEqual(["constructor", "valueOf"]);
    expect(f({ constructor: 2, valueOf: 4 } as never).item()).toBe(8);
    expect(() => f({ constructor: 2 } as never)).toThrow(/no value for valueOf/);
    expect(f({ constructor: [1, 2], valueOf: 3 } as never).toArray()).toEqual([3, 6]);
  });

  it("refuses plain data, which has no symbols", () => {
    expect(() => toFormula(tensor([1]))).toThrow(/got plain data/);
  });
});
