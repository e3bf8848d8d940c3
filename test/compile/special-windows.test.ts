// The special kernels of convolutions and poolings give what the operations give.

import { describe, expect, test } from "vitest";
import { hasFma } from "../../src/compile/wasm/engine.ts";
import { correlationPlan } from "../../src/compile/wasm/special/convolution/correlation.ts";
import { correlationCost } from "../../src/compile/wasm/special/convolution/correlation-layout.ts";
import { pixelPlan } from "../../src/compile/wasm/special/convolution/pixels.ts";
import type { ConvolutionSizes } from "../../src/compile/wasm/special/convolution/sizes.ts";
import type { Params } from "../../src/expr/op.ts";
import { planOf, rowsAndColumns } from "../../src/expr/ops/neural/convolution-plan.ts";
import type { DType, Shape } from "../../src/expr/shape.ts";
import { ConcreteTensor, dataOf, tensor } from "../../src/expr/tensor.ts";
import {
  DTYPES,
  expectEqual,
  expectEqualBy,
  generator,
  opNamed,
  pick,
  planFor,
  randomTensor,
  samplesOf,
  someShape,
} from "./special-harness.ts";

/** The settings of a convolution; those that are not named change nothing. */
function convolutionSettings(rank: number, params: Params): Params {
  const all = (value: number): readonly number[] => new Array<number>(rank).fill(value);
  return {
    strides: all(1),
    low: all(0),
    high: all(0),
    inputDilation: all(1),
    kernelDilation: all(1),
    groups: 1,
    ...params,
  };
}

/** A convolution with random settings that fits. */
function convolutionCase(random: () => number, largest: number) {
  const rank = pick(random, 1, 2);
  const groups = pick(random, 1, 3);
  const [batch, channels, filters] = [1, 2, 3].map(() => pick(random, 1, 6)) as [
    number,
    number,
    number,
  ];
  const sizes = someShape(random, rank, largest);
  const kernel = sizes.map((size) => pick(random, 1, Math.min(random() < 0.3 ? size : 4, size)));
  const some = (low: number, high: number): number[] => sizes.map(() => pick(random, low, high));
  const inputDilation = random() < 0.3 ? some(1, 3) : some(1, 1);
  const kernelDilation = random() < 0.3 ? some(1, 3) : some(1, 1);
  const spans = kernel.map((size, i) => (size - 1) * (kernelDilation[i] as number) + 1);
  const low = some(-1, 3);
  const high = sizes.map((size, i) => {
    const room = (size - 1) * (inputDilation[i] as number) + 1 + (low[i] as number);
    return Math.max(pick(random, -1, 3), (spans[i] as number) - room);
  });
  return {
    x: [batch, groups * channels, ...sizes],
    w: [groups * filters, channels, ...kernel],
    params: { strides: some(1, 3), low, high, inputDilation, kernelDilation, groups },
  };
}

/** How far sums of so many terms may be off, relative to the largest. */
function tolerance(dtype: DType, terms: number): number {
  return dtype === "float64" ? 1e-13 : 2e-6 * Math.sqrt(terms);
}

describe("convolution", () => {
  test("the samples are right", () => {
    for (const dtype of ["float64", "float32"] as const) {
      for (const { inputs, params } of samplesOf(opNamed("convolution"), dtype)) {
        expectEqual("convolution", inputs, params, tolerance(dtype, 10));
      }
    }
  });

  test.each(["float64", "float32"] as const)(
    "both plans are right for all settings in %s",
    (dtype) => {
      const random = generator(7);
      const served = { rows: 0, packed: 0, tiles: 0 };
      for (let i = 0; i < 250; i++) {
        const { x, w, params } = convolutionCase(random, i % 3 === 0 ? 40 : 9);
        const inputs = [randomTensor(random, x, dtype), randomTensor(random, w, dtype)];
        const plan = planOf("convolution", x, w, params);
        const [rows, columns] = rowsAndColumns(plan);
        const fma = i % 2 === 0 && hasFma();
        const sizes: ConvolutionSizes = { ...plan, dtype, weights: dtype, rows, columns, fma };
        const off = tolerance(
          dtype,
          w.slice(1).reduce((a, b) => a * b),
        );
        expectEqualBy(pixelPlan(sizes), "convolution", inputs, params, off);
        served.tiles++;
        if (correlationCost(sizes) === Number.POSITIVE_INFINITY) continue;
        expectEqualBy(correlationPlan(sizes), "convolution", inputs, params, off);
        if (columns.kernel % 4 === 0) served.rows++;
        else served.packed++;
      }
      expect(Math.min(served.rows, served.packed, served.tiles)).toBeGreaterThan(10);
    },
  );

  test("the memory beside the operands does not grow with the image", () => {
    const weights = { shape: [32, 32, 3, 3], dtype: "float32", weak: false } as const;
    for (const strides of [
      [1, 1],
      [2, 2],
    ]) {
      const scratch = [256, 4096].map((side) => {
        const image = { shape: [1, 32, side, side], dtype: "float32", weak: false } as const;
        const params = convolutionSettings(2, { low: [1, 1], high: [1, 1], strides });
        return planFor(opNamed("convolution"), [image, weights], params)?.scratch as number;
      });
      expect(Math.max(...scratch)).toBeLessThan(2 ** 20);
    }
  });

  test("kernels can be read", () => {
    const x = { shape: [1, 2, 9, 9], dtype: "float32", weak: false } as const;
    for (const side of [3, 9]) {
      const w = { shape: [1, 2, side, side], dtype: "float32", weak: false } as const;
      const plan = planFor(opNamed("convolution"), [x, w], convolutionSettings(2, {}));
      expect(plan?.listing()).toContain("f32x4.mul");
      expect(plan?.label).toBe(
        `convolution 1×2→1 ${side}×${side} to ${10 - side}×${10 - side} float32`,
      );
    }
  });

  test("many channels and wide images are summed in blocks and bands", () => {
    const random = generator(8);
    const cases: [Shape, Shape, Params][] = [
      [[2, 150, 9, 30], [9, 150, 3, 3], { low: [1, 1], high: [1, 1] }],
      [[1, 70, 40, 67], [5, 70, 3, 3], { low: [1, 1], high: [1, 1], strides: [2, 2] }],
      [[1, 600, 5, 5], [6, 600, 1, 1], {}],
      [[1, 3, 300, 40], [4, 3, 7, 7], { low: [3, 3], high: [3, 3], strides: [2, 2] }],
      [[1, 60, 21, 21], [4, 60, 4, 4], { low: [2, 2], high: [2, 2], inputDilation: [2, 2] }],
      [[1, 2, 3000], [3, 2, 25], { low: [12], high: [12] }],
      [[1, 9, 40001], [3, 9, 5], { low: [2], high: [2], strides: [2] }],
      [[1, 2, 90000], [3, 2, 1], {}],
      [[1, 2, 3, 70000], [3, 2, 3, 1], { low: [1, 0], high: [1, 0] }],
    ];
    for (const [x, w, params] of cases) {
      const inputs = [randomTensor(random, x, "float32"), randomTensor(random, w, "float32")];
      const terms = w.slice(1).reduce((a, b) => a * b);
      expectEqual(
        "convolution",
        inputs,
        convolutionSettings(x.length - 2, params),
        tolerance("float32", terms),
      );
    }
  });

  test("wide kernels with few results, as the gradients of kernels are, are summed along rows", () => {
    const random = generator(9);
    const cases: [Shape, Shape, Params][] = [
      [[6, 4, 12, 12], [5, 4, 12, 12], { low: [1, 1], high: [1, 1] }],
      [[3, 2, 15, 15], [4, 2, 7, 7], { low: [1, 1], high: [1, 1], kernelDilation: [2, 2] }],
      [[2, 3, 40, 45], [3, 3, 38, 43], {}],
      [[2, 1, 90, 70], [3, 1, 88, 70], { low: [0, 2], high: [0, 3] }],
      [[2, 6, 9, 9], [8, 3, 9, 9], { low: [1, 2], high: [1, 2], strides: [1, 2], groups: 2 }],
      [[2, 3, 2100], [7, 3, 2100], { low: [3], high: [2] }],
    ];
    for (const dtype of ["float64", "float32"] as const) {
      for (const [x, w, params] of cases) {
        const inputs = [randomTensor(random, x, dtype), randomTensor(random, w, dtype)];
        const terms = w.slice(1).reduce((a, b) => a * b);
        const all = convolutionSettings(x.length - 2, params);
        expectEqual("convolution", inputs, all, tolerance(dtype, terms));
      }
    }
  });
});

/** The settings of a pooling that fits its tensor. */
function poolCase(random: () => number) {
  const rank = pick(random, 1, 2);
  const sizes = someShape(random, rank, pick(random, 0, 1) === 0 ? 7 : 40);
  const size = sizes.map((length) => pick(random, 1, Math.min(5, length)));
  const dilation = size.map((places, i) =>
    (places - 1) * 2 < (sizes[i] as number) && random() < 0.3 ? 2 : 1,
  );
  const strides = size.map(() => pick(random, 1, 3));
  const padding = size.map((places, i) =>
    dilation[i] === 1 && random() < 0.5 ? Math.floor(places / 2) : 0,
  );
  const shape = [...someShape(random, pick(random, 0, 2), 3), ...sizes];
  return { shape, params: { size, strides, padding }, dilation };
}

test("weights of a convolution may be whole numbers", () => {
  const random = generator(12);
  for (const dtype of ["float64", "float32"] as const) {
    for (const weights of ["int32", "bool"] as const) {
      const x = randomTensor(random, [3, 2, 9, 9], dtype);
      const strong = randomTensor(random, [5, 2, 8, 8], weights);
      const w = new ConcreteTensor(strong.shape, weights, dataOf(strong), true);
      const params = convolutionSettings(2, { low: [1, 1] });
      expectEqual("convolution", [x, w], params, tolerance(dtype, 128));
    }
  }
});

describe("pooling", () => {
  test("largest elements, their places and means are right for all settings", () => {
    const random = generator(10);
    for (let i = 0; i < 300; i++) {
      const { shape, params, dilation } = poolCase(random);
      const dtype = DTYPES[i % 4] as DType;
      const x = randomTensor(random, shape, dtype);
      expectEqual("maxPool", [x], { ...params, dilation });
      expectEqual("maxPoolPlaces", [x], { ...params, dilation });
      for (const countPadding of [true, false]) {
        const off = dtype === "float32" ? 1e-6 : 0;
        expectEqual("averagePool", [x], { ...params, countPadding }, off);
      }
    }
  });

  test("the first of equal elements is the largest, and NaN is larger than all", () => {
    const random = generator(11);
    const values = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0, 0, 1];
    for (const dtype of ["float64", "float32"] as const) {
      for (const stride of [1, 2]) {
        const list = Array.from(
          { length: 2 * 19 * 21 },
          () => values[pick(random, 0, 5)] as number,
        );
        const x = tensor(list, { shape: [2, 19, 21], dtype });
        const params = { size: [3, 2], strides: [1, stride], padding: [1, 0], dilation: [1, 1] };
        expectEqual("maxPool", [x], params);
        expectEqual("maxPoolPlaces", [x], params);
      }
    }
  });
});
