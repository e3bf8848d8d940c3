// Normalization, attention, tables and dropout at cases small enough to compute by hand.

import { describe, expect, it } from "vitest";
import {
  averagePool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  crossEntropy,
  type DType,
  dropout,
  embedding,
  grad,
  groupNorm,
  layerNorm,
  maxPool2d,
  meanSquaredError,
  random,
  rmsNorm,
  scaledDotProductAttention,
  square,
  sum,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from "../../src/autodiff/index.ts";
import { expectNumbers, expectRefused } from "./expectations.ts";

describe("normalization by hand", () => {
  it("keeps its digits where the mean is large beside the deviations", () => {
    const small = layerNorm(tensor([1, 2, 4]), { epsilon: 0 });
    const large = layerNorm(tensor([1e12 + 1, 1e12 + 2, 1e12 + 4]), { epsilon: 0 });
    expectNumbers(large, small.toArray());
  });

  it("normalizes channels with their own or given statistics", () => {
    const x = tensor([
      [1, 10],
      [3, 50],
    ]);
    const own = batchNorm(x, { scale: tensor([1, 2]), shift: tensor([0, 1]), epsilon: 0 });
    expectNumbers(own, [
      [-1, -1],
      [1, 3],
    ]);
    const given = { mean: tensor([2, 30]), variance: tensor([1, 400]), epsilon: 0 };
    expectNumbers(batchNorm(x, given), [
      [-1, -1],
      [1, 1],
    ]);
    const slopes = grad((y: Tensor) => sum(batchNorm(y, given)))(x);
    expectNumbers(slopes, [
      [1, 0.05],
      [1, 0.05],
    ]);
  });

  it("gives zeros for rows of one value, with a finite gradient", () => {
    const x = tensor([5, 5, 5]);
    expect(layerNorm(x).toArray()).toEqual([0, 0, 0]);
    expect(groupNorm(tensor([[1, 1, 2, 2]]), 2).toArray()).toEqual([[0, 0, 0, 0]]);
    const slope = grad((y: Tensor) => sum(square(layerNorm(y))))(x);
    expect(slope.toArray()).toEqual([0, 0, 0]);
  });

  it("refuses parameters that do not fit", () => {
    expectRefused(() => batchNorm(zeros([1, 3])), "shape", "one element each", "mean and variance");
    expectRefused(() => batchNorm(zeros([2, 3]), { mean: zeros([3]) }), "usage", "both");
    expectRefused(() => batchNorm(zeros([2, 3]), { scale: zeros([2]) }), "shape", "[3]", "[2]");
    expectRefused(() => layerNorm(zeros([2, 3]), { shift: zeros([1, 3]) }), "shape", "shift");
    expectRefused(() => rmsNorm(zeros([3]), { epsilon: -1 }), "usage", "epsilon");
    expectRefused(() => groupNorm(zeros([2, 3]), 2), "shape", "2 groups", "[2,3]");
  });
});

describe("attention by hand", () => {
  const [q, k, v] = [
    tensor([[1], [2]]),
    tensor([[0], [1]]),
    tensor([
      [1, 0],
      [0, 1],
    ]),
  ];

  it("weighs values by the exponentials of scores", () => {
    const weight = Math.E / (1 + Math.E);
    const second = Math.E ** 2 / (1 + Math.E ** 2);
    expectNumbers(scaledDotProductAttention(q, k, v), [
      [1 - weight, weight],
      [1 - second, second],
    ]);
    expectNumbers(scaledDotProductAttention(q, k, v, { causal: true, scale: 0 }), [
      [1, 0],
      [0.5, 0.5],
    ]);
  });

  it("gives zeros and no gradient to a query that sees nothing", () => {
    const mask = tensor([[1], [0]], { dtype: "bool" });
    const options = { mask, scale: 0 };
    expectNumbers(scaledDotProductAttention(q, k, v, options), [
      [0.5, 0.5],
      [0, 0],
    ]);
    const f = (a: Tensor, b: Tensor, c: Tensor): Tensor =>
      sum(square(scaledDotProductAttention(a, b, c, { mask })));
    expect(grad((a: Tensor) => f(a, k, v))(q).toArray()).toEqual([[expect.any(Number)], [0]]);
    const hidden = { mask: tensor([[0], [Number.NEGATIVE_INFINITY]]) };
    expect(scaledDotProductAttention(q, k, v, hidden).toArray()).toEqual(
      scaledDotProductAttention(q, k, v, { mask }).toArray(),
    );
  });

  it("refuses masks of whole numbers and shapes that do not fit", () => {
    const whole = tensor([[1, 0]], { dtype: "int32" });
    expectRefused(() => scaledDotProductAttention(q, k, v, { mask: whole }), "dtype", "bool");
    const large = zeros([3, 2, 2]);
    expectRefused(() => scaledDotProductAttention(q, k, v, { mask: large }), "shape", "[3,2,2]");
    expectRefused(() => scaledDotProductAttention(q, zeros([2, 3]), v), "shape", "[2,1]", "[2,3]");
  });
});

describe("tables and dropout", () => {
  it("sums the gradients of a row over its uses", () => {
    const table = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const uses = grad((x: Tensor) => sum(embedding(x, [2, 0, 2])))(table);
    expect(uses.toArray()).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
    expectRefused(() => embedding(zeros([3]), 1), "shape", "[3]");
  });

  it("leaves out or enlarges, by the key alone", () => {
    const x = tensor(Array.from({ length: 1000 }, () => 3));
    const key = random.key(5);
    const found = dropout(x, key, { rate: 0.25 }).toArray() as number[];
    expect(new Set(found)).toEqual(new Set([0, 4]));
    const left = found.filter((value) => value === 0).length;
    expect(left).toBeGreaterThan(200);
    expect(left).toBeLessThan(300);
    expect(dropout(x, key, { rate: 0.25 }).toArray()).toEqual(found);
    expect(dropout(x, random.key(6), { rate: 0.25 }).toArray()).not.toEqual(found);
    const slope = grad((y: Tensor) => sum(dropout(y, key, { rate: 0.25 })))(x);
    expect(slope.toArray()).toEqual(found.map((value) => value / 3));
    expectRefused(() => dropout(x, key, { rate: -0.1 }), "usage", "-0.1");
  });

  it("draws for each example that has a key", () => {
    const rows = vmap((key: Tensor) => dropout(tensor([1, 1, 1, 1, 1, 1, 1, 1]), key))(
      random.split(random.key(1), 2),
    ).toArray() as number[][];
    expect(rows[0]).not.toEqual(rows[1]);
  });
});

describe("number types", () => {
  const of = (dtype: DType, ...shape: number[]): Tensor =>
    tensor(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
      { shape, dtype },
    );

  it("stay float32", () => {
    const image = of("float32", 1, 2, 2, 2);
    const vector = of("float32", 2);
    const results = [
      conv2d(image, of("float32", 2, 2, 1, 1), { bias: vector }),
      convTranspose2d(image, of("float32", 2, 1, 2, 2)),
      maxPool2d(image, { size: 2 }),
      averagePool2d(image, { size: 2, countPadding: false }),
      batchNorm(image, { scale: vector, shift: vector }),
      layerNorm(image),
      groupNorm(image, 2),
      rmsNorm(image),
      scaledDotProductAttention(image, image, image, { causal: true }),
      embedding(of("float32", 2, 2), [1]),
      dropout(image, random.key(0)),
      crossEntropy(of("float32", 2, 2), [0, 1], { smoothing: 0.1, weights: vector }),
      meanSquaredError(image, image),
    ];
    expect(results.map(({ dtype }) => dtype)).toEqual(results.map(() => "float32"));
    const slope = grad((x: Tensor) => sum(averagePool2d(x, { size: 2, countPadding: false })))(
      image,
    );
    expect(slope.dtype).toBe("float32");
  });

  it("of whole numbers stay whole in sums and choices, and become float64 in means", () => {
    const image = of("int32", 1, 1, 2, 2);
    expect(conv2d(image, of("int32", 1, 1, 1, 1)).dtype).toBe("int32");
    expect(maxPool2d(image, { size: 2 }).dtype).toBe("int32");
    expect(averagePool2d(image, { size: 2 }).item()).toBe(1.5);
    expect(layerNorm(image).dtype).toBe("float64");
    expect(crossEntropy(of("int32", 2, 2), [0, 1]).dtype).toBe("float64");
  });
});
