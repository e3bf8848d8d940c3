// Shapes and dtypes: how sizes broadcast and which type operands share.

import { describe, expect, it } from "vitest";
import {
  add,
  broadcastTo,
  divide,
  equal,
  exp,
  index,
  matmul,
  mean,
  outer,
  reshape,
  stack,
  sum,
  tensor,
  transpose,
} from "../../src/expr/index.ts";
import {
  type AbstractValue,
  broadcastShapes,
  type DType,
  normalizeAxes,
  promote,
} from "../../src/expr/shape.ts";

const of = (dtype: DType, weak = false): AbstractValue => ({ shape: [], dtype, weak });

describe("broadcasting", () => {
  it.each([
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [[], [4], [4]],
    [[1], [0], [0]],
    [
      [5, 1, 2],
      [3, 1],
      [5, 3, 2],
    ],
  ])("%j with %j is %j", (left, right, result) => {
    expect(broadcastShapes("add", [left, right])).toEqual(result);
    expect(broadcastShapes("add", [right, left])).toEqual(result);
  });

  it("names the sizes that do not fit", () => {
    expect(() => add(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(
      /add: shapes \[2\] and \[3\] do not broadcast \(2 ≠ 3\)/,
    );
  });
});

describe("axes", () => {
  it("count from the end when negative and come in rising order", () => {
    expect(normalizeAxes("sum", [-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes("sum", undefined, 2)).toEqual([0, 1]);
    expect(() => normalizeAxes("sum", 2, 2)).toThrow(/axis 2 is outside a tensor of rank 2/);
    expect(() => normalizeAxes("sum", [0, -2], 2)).toThrow(/name one axis twice/);
    expect(() => normalizeAxes("sum", 0, 0)).toThrow(/A scalar has no axes/);
  });
});

describe("the common dtype", () => {
  it.each([
    ["float32", "float64", "float64"],
    ["int32", "float32", "float64"],
    ["bool", "float32", "float32"],
    ["bool", "int32", "int32"],
  ] as const)("of %s and %s is %s", (left, right, result) => {
    expect(promote([of(left), of(right)]).dtype).toBe(result);
    expect(promote([of(right), of(left)]).dtype).toBe(result);
  });

  it("is that of the strong operand beside a literal that it can hold", () => {
    expect(promote([of("float32"), of("float64", true)])).toEqual({
      dtype: "float32",
      weak: false,
    });
    expect(promote([of("int32"), of("int32", true)]).dtype).toBe("int32");
    expect(promote([of("int32"), of("float64", true)]).dtype).toBe("float64");
    expect(promote([of("int32", true), of("int32", true)])).toEqual({
      dtype: "float64",
      weak: true,
    });
  });

  it("of a comparison is bool, of a quotient and a mean of whole numbers float64", () => {
    const whole = tensor([1, 2], { dtype: "int32" });
    const flags = tensor([1, 0], { dtype: "bool" });
    expect(equal(whole, whole).dtype).toBe("bool");
    expect(divide(whole, 2).dtype).toBe("float64");
    expect(exp(whole).dtype).toBe("float64");
    expect(mean(whole).dtype).toBe("float64");
    expect(sum(flags).dtype).toBe("int32");
    expect(sum(flags).item()).toBe(1);
    expect(add(flags, flags).toArray()).toEqual([2, 0]);
  });

  it("of a product of booleans is int32, which counts", () => {
    const flags = tensor(
      [
        [1, 1],
        [0, 1],
      ],
      { dtype: "bool" },
    );
    expect(matmul(flags, flags).dtype).toBe("int32");
    expect(matmul(flags, flags).toArray()).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(outer(index(flags, [0]), index(flags, [1])).dtype).toBe("int32");
  });
});

describe("shape errors", () => {
  const matrix = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  it("say what came, what was expected and what may help", () => {
    expect(() => matmul(matrix, matrix)).toThrow(
      "matmul: inner sizes differ: [2,3] × [2,3] (3 ≠ 2). Transpose one operand?",
    );
    expect(() => reshape(matrix, [4])).toThrow(/\[2,3\] has 6 elements and \[4\] has 4/);
    expect(() => reshape(matrix, [-1, -1])).toThrow();
    expect(() => reshape(matrix, [4, -1])).toThrow();
    expect(() => transpose(matrix, [0, 0])).toThrow(/twice|every axis/);
    expect(() => broadcastTo(matrix, [3])).toThrow(/broadcast/);
    expect(() => index(matrix, [2])).toThrow(/place 2 lies outside axis 0/);
    expect(() => index(matrix, [0, 0, 0])).toThrow(/has 2 axes/);
    expect(() => index(matrix, [{ step: 0 }])).toThrow(/other than 0/);
    expect(() => stack([matrix, tensor([1])])).toThrow(/one shape/);
    expect(() => stack([])).toThrow(/at least one/);
  });
});
