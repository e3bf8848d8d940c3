// Tensors of numbers: making them, reading them, and what they refuse.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { grad } from "../../src/autodiff/index.ts";
import {
  add,
  arange,
  cast,
  clip,
  e,
  exp,
  multiply,
  pi,
  reshape,
  SymtapeError,
  scalar,
  type Tensor,
  tensor,
} from "../../src/expr/index.ts";

describe("tensor", () => {
  it("takes its shape from nested arrays and gives them back", () => {
    const rows = [[[1, 2]], [[3, 4]], [[5, 6]]];
    expect(tensor(rows).shape).toEqual([3, 1, 2]);
    expect(tensor(rows).toArray()).toEqual(rows);
    expect(tensor(7 as never).shape).toEqual([]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([[], []]).toArray()).toEqual([[], []]);
  });

  it("takes its dtype from a typed array unless told", () => {
    expect(tensor(new Float32Array([1, 2])).dtype).toBe("float32");
    expect(tensor(new Int32Array([1, 2])).dtype).toBe("int32");
    expect(tensor(new Float64Array([1, 2])).dtype).toBe("float64");
    expect(tensor([1.7, -1.7], { dtype: "int32" }).toArray()).toEqual([1, -1]);
    expect(tensor([0, 0.5, -2], { dtype: "bool" }).toArray()).toEqual([0, 1, 1]);
    expect(tensor([0.1], { dtype: "float32" }).toArray()).toEqual([Math.fround(0.1)]);
  });

  it("copies what it is made of and gives out copies", () => {
    const source = new Float64Array([1, 2]);
    const made = tensor(source);
    source[0] = 9;
    (made.toArray() as number[])[1] = 9;
    expect(made.toArray()).toEqual([1, 2]);
  });

  it("refuses ragged rows, texts and shapes that do not fit", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(/ragged rows: \[2\] beside \[1\]/);
    expect(() => tensor(["1"] as never)).toThrow(/got string/);
    expect(() => tensor(null as never)).toThrow(/got null/);
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(/do not fill shape \[2,2\]/);
    expect(() => tensor([1], { shape: [-1] })).toThrow(/non-negative whole numbers/);
    expect(() => tensor([1], { shape: [0.5] })).toThrow(/non-negative whole numbers/);
  });

  it("refuses what int32 cannot hold", () => {
    const int32 = (value: number) => () => tensor([value], { dtype: "int32" });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 31) - 1]) {
      expect(int32(value)).toThrow(/is no int32. These run from -2147483648 to 2147483647/);
    }
    expect(tensor([-(2 ** 31), 2 ** 31 - 1], { dtype: "int32" }).toArray()).toEqual([
      -2147483648, 2147483647,
    ]);
  });

  it("refuses tensors in arrays, naming stack()", () => {
    expect(() => tensor([scalar(1)] as never)).toThrow(/got a Tensor. .*stack\(\[x, y\]\)/);
  });

  it("gives a flat copy of its elements in the array of its dtype", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.toTypedArray()).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(tensor([1, 0], { dtype: "bool" }).toTypedArray()).toEqual(Uint8Array.of(1, 0));
    expect(scalar(3, "int32").toTypedArray()).toEqual(Int32Array.of(3));
    x.toTypedArray()[0] = 9;
    expect(x.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(grad((y: Tensor) => multiply(y, y.toTypedArray()[0] as number))(3)).toBe(3);
  });

  it("gives its number by item() when it holds one", () => {
    expect(tensor([[5]]).item()).toBe(5);
    expect(() => tensor([1, 2]).item()).toThrow(/expected a tensor of one element/);
  });

  it("refuses JavaScript operators, naming the remedy", () => {
    const x = scalar(2) as unknown as number;
    expect(() => x * 2).toThrow(SymtapeError);
    expect(() => x < 3).toThrow(/less\(x, y\)/);
    expect(() => Math.exp(x)).toThrow(/Math function/);
    expect(`${scalar(2)}`).toBe("Tensor(2, shape [], float64)");
    expect(JSON.stringify({ w: tensor([1, 2]) })).toBe('{"w":[1,2]}');
  });

  it("refuses arrays where it wants tensors, and says how to make one", () => {
    expect(() => add([1, 2] as never, 1)).toThrow(/tensor\(\[...\]\)/);
    expect(() => exp(new Float64Array(2) as never)).toThrow(/got Float64Array/);
    expect(() => exp("1" as never)).toThrow(/^exp: .*got string 1/);
    expect(() => clip(5, 2, undefined as never)).toThrow(
      /^clip: .*got undefined. Is an argument missing/,
    );
    expect(() => add(1, undefined as never)).toThrow(
      /^add: .*got undefined. Is an argument missing/,
    );
  });
});

describe("the text of a tensor", () => {
  it("holds all elements of a small one, NaN and infinities as such", () => {
    const x = tensor([
      [Number.NaN, Number.POSITIVE_INFINITY],
      [-0, 0.1],
    ]);
    expect(String(x)).toBe("Tensor([[NaN,Infinity],[-0,0.1]], shape [2,2], float64)");
    expect(String(tensor([[], []]))).toBe("Tensor([[],[]], shape [2,0], float64)");
  });

  it("holds the ends of a large one", () => {
    expect(String(arange(1000, { dtype: "int32" }))).toBe(
      "Tensor([0,1,2,…,997,998,999], shape [1000], int32)",
    );
    expect(String(reshape(arange(200), [2, 100]))).toBe(
      "Tensor([[0,1,2,…,97,98,99],[100,101,102,…,197,198,199]], shape [2,100], float64)",
    );
  });

  it("is what console.log() shows, also inside grad", () => {
    expect(inspect([scalar(2)])).toBe("[ Tensor(2, shape [], float64) ]");
    grad((x: Tensor) => {
      expect(inspect(x)).toBe("Tensor(3, shape [], float64)");
      return x;
    })(3);
  });
});

describe("number types", () => {
  const float32 = tensor([1], { dtype: "float32" });
  const int32 = tensor([3], { dtype: "int32" });

  it("literals take the dtype of what they meet", () => {
    expect(multiply(float32, 0.1).dtype).toBe("float32");
    expect(multiply(float32, pi).dtype).toBe("float32");
    expect(add(int32, 1).dtype).toBe("int32");
    expect(add(int32, 0.5).dtype).toBe("float64");
    expect(multiply(2, 3).dtype).toBe("float64");
    expect(multiply(float32, multiply(2, e)).dtype).toBe("float32");
  });

  it("a cast to bool asks whether the number is zero", () => {
    expect(cast(tensor([0, -0, 0.5, -3, Number.NaN]), "bool").toArray()).toEqual([0, 0, 1, 1, 1]);
    expect(cast(tensor([2, 0], { dtype: "int32" }), "bool").toArray()).toEqual([1, 0]);
  });

  it("a cast to int32 drops the fraction", () => {
    expect(cast(tensor([1.9, -1.9]), "int32").toArray()).toEqual([1, -1]);
    expect(cast(scalar(2.5), "int32").item()).toBe(2);
  });
});
