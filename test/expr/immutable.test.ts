// A tensor is no array: reading and writing it like one explains the functional form.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  add,
  grad,
  multiply,
  SymtapeError,
  scalar,
  sum,
  symbol,
  type Tensor,
  tensor,
} from "../../src/autodiff/index.ts";

/** A tensor as a program without types sees it. */
type Untyped = {
  [place: number]: unknown;
  data: number[];
  shape: number[];
  set: (...values: unknown[]) => void;
};

function untyped(value: Tensor): Untyped {
  return value as unknown as Untyped;
}

describe("a write", () => {
  const attempts: readonly (readonly [string, (x: Untyped) => unknown, RegExp])[] = [
    ["x[0] = 1", (x) => (x[0] = 1), /x\[0\] cannot be written.*at\(x, \[0\]\)\.set\(1\)/],
    ["x[2] = 7", (x) => (x[2] = 7), /at\(x, \[2\]\)\.set\(7\)/],
    ["x[100] = y", (x) => (x[100] = scalar(1)), /at\(x, \[100\]\)\.set\(value\)/],
    ["x.data[0] = 1", (x) => (x.data[0] = 1), /at\(x, \[0\]\)\.set\(value\)/],
    ["x.data = []", (x) => (x.data = []), /cannot be replaced.*at\(x, \[0\]\)\.set\(value\)/],
    ["x.set([1])", (x) => x.set([1]), /no set\(\).*at\(x, \[0\]\)\.set\(value\)/],
  ];

  it.each(attempts)("%s shows the functional form", (_, attempt, message) => {
    for (const x of [tensor([1, 2, 3]), scalar(1), symbol("x", { shape: [3] })]) {
      expect(() => attempt(untyped(x))).toThrow(SymtapeError);
      expect(() => attempt(untyped(x))).toThrow(message);
    }
  });

  it("is refused inside grad too, and leaves the tensor as it was", () => {
    const x = tensor([1, 2, 3]);
    const f = (v: Tensor): Tensor => {
      untyped(v)[0] = 5;
      return sum(v);
    };
    expect(() => grad(f)(x)).toThrow(/Tensors are immutable/);
    expect(x.toArray()).toEqual([1, 2, 3]);
  });

  it("of a size is noticed when the numbers are read", () => {
    const x = add(tensor([1, 2, 3]), 1);
    untyped(x).shape[0] = 9;
    expect(() => x.toArray()).toThrow(/its sizes were written.*reshape\(x, shape\)/);
  });

  it("of an array that a tensor was made of or gave out does not reach it", () => {
    const rows = [1, 2, 3, 4];
    const shape = [2, 2];
    const x = tensor(rows, { shape });
    rows[0] = 9;
    shape[0] = 9;
    (x.toArray() as number[][])[0] = [];
    expect(x.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe("a read", () => {
  it("like that of an array names index() and toArray()", () => {
    const x = tensor([1, 2, 3]);
    expect(() => untyped(x)[0]).toThrow(/index\(x, \[0\]\).*toArray\(\)/);
    expect(() => untyped(x).data).toThrow(/toArray\(\).*index\(x, \[0\]\).*immutable/);
  });
});

describe("what tools ask of an object is answered as before", () => {
  const x = tensor([1, 2]);

  it("printing, JSON and copies", () => {
    expect(inspect({ x })).toBe("{ x: Tensor([1,2], shape [2], float64) }");
    expect(inspect(x, { showHidden: true, getters: true })).toContain("float64");
    expect(JSON.stringify({ x })).toBe('{"x":[1,2]}');
    expect(`${x}`).toBe("Tensor([1,2], shape [2], float64)");
    expect(structuredClone(x)).toEqual({ shape: [2], dtype: "float64", weak: false });
    expect({ ...x }).toEqual({ shape: [2], dtype: "float64", weak: false });
  });

  it("keys, comparison and promises", async () => {
    const keys: string[] = [];
    for (const key in x) keys.push(key);
    expect(keys).toEqual(["shape", "dtype", "weak"]);
    expect(Object.keys(x)).toEqual(["shape", "dtype", "weak"]);
    expect(x).toEqual(tensor([1, 2]));
    expect(await x).toBe(x);
    expect(await Promise.all([x])).toEqual([x]);
  });

  it("iteration, which there is none of", () => {
    expect(Symbol.iterator in x).toBe(false);
    expect(() => [...(x as unknown as number[])]).toThrow(TypeError);
    expect(Array.from(x as unknown as ArrayLike<number>)).toEqual([]);
    expect([x, x].map((value) => multiply(value, 2).toArray())).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });
});
