// The special kernels of movement and of running sums give what the operations give.

import { describe, test } from "vitest";
import type { DType, Shape } from "../../src/expr/shape.ts";
import { tensor } from "../../src/expr/tensor.ts";
import {
  DTYPES,
  expectEqual,
  expectSameError,
  generator,
  opNamed,
  pick,
  randomPlaces,
  randomTensor,
  samplesOf,
  someShape,
} from "./special-harness.ts";

describe("samples", () => {
  const names = [
    "gather scatter scatterAdd scatterSet takeAlongAxis scatterAlongAxis oneHot cumsum cumprod maxPool maxPoolPlaces",
  ].flatMap((list) => list.split(" "));
  test.each(names)("%s gives the same bits for its samples", (name) => {
    for (const dtype of DTYPES) {
      for (const { inputs, params } of samplesOf(opNamed(name), dtype)) {
        expectEqual(name, inputs, params);
      }
    }
  });
});

/** The shape of a slice layout with random ranks; batch axes are sometimes 1 on one side. */
function sliceCase(random: () => number, canBroadcast: boolean) {
  const batch = pick(random, 0, 1) * pick(random, 0, 2);
  const examples = someShape(random, batch, 3);
  const before = someShape(random, pick(random, 0, 2), 4);
  const length = pick(random, 1, 6);
  const after = someShape(random, pick(random, 0, 2), pick(random, 0, 4) === 0 ? 40 : 5);
  const picked = someShape(random, pick(random, 0, 2), 5);
  const ones = (shape: Shape): number[] =>
    shape.map((size) => (canBroadcast && random() < 0.2 ? 1 : size));
  return {
    source: [...ones(examples), ...before, length, ...after],
    indices: [...examples, ...picked],
    picked: [...examples, ...before, ...picked, ...after],
    length,
    params: { axis: batch + before.length, batch },
  };
}

/** A shape that broadcasts to another one. */
function narrowed(random: () => number, shape: Shape): Shape {
  if (random() < 0.5) return shape;
  return shape.slice(pick(random, 0, shape.length)).map((size) => (random() < 0.3 ? 1 : size));
}

describe("gather and scatter", () => {
  test("slices are taken from tensors of all shapes and dtypes", () => {
    const random = generator(1);
    for (let i = 0; i < 150; i++) {
      const { source, indices, length, params } = sliceCase(random, true);
      const x = randomTensor(random, source, DTYPES[i % 4] as DType);
      expectEqual("gather", [x, randomPlaces(random, indices, length)], params);
    }
  });

  test("long rows are taken whole", () => {
    const random = generator(2);
    for (const dtype of DTYPES) {
      const x = randomTensor(random, [7, 1001], dtype);
      expectEqual("gather", [x, randomPlaces(random, [12], 7)], { axis: 0, batch: 0 });
    }
  });

  test("values are added to zeros and written over tensors", () => {
    const random = generator(3);
    for (let i = 0; i < 200; i++) {
      const { source, indices, picked, length, params } = sliceCase(random, false);
      const dtype = DTYPES[i % 4] as DType;
      const places = randomPlaces(random, indices, length);
      const values = randomTensor(random, narrowed(random, picked), dtype);
      const x = randomTensor(random, source, dtype);
      const tolerance = dtype === "float32" ? 1e-6 : 0;
      expectEqual("scatter", [places, values], { ...params, shape: source }, tolerance);
      expectEqual("scatterAdd", [x, places, values], params, tolerance);
      expectEqual("scatterSet", [x, places, values], params);
    }
  });

  test("values of another dtype are rounded to that of the result", () => {
    const x = tensor([[1, 2, 3]], { dtype: "float32" });
    const places = tensor([0], { dtype: "int32" });
    const values = tensor([[0.1, 0.2, 0.3]]);
    for (const name of ["scatterAdd", "scatterSet"]) {
      expectEqual(name, [x, places, values], { axis: 0, batch: 0 });
      expectEqual(name, [values, places, x], { axis: 0, batch: 0 });
      expectEqual(name, [values, places, randomTensor(generator(1), [3], "int32")], {
        axis: 0,
        batch: 0,
      });
    }
  });

  test("elements are taken from lines and added to them", () => {
    const random = generator(4);
    for (let i = 0; i < 150; i++) {
      const rank = pick(random, 1, 4);
      const shape = someShape(random, rank, 5);
      const axis = pick(random, 0, rank - 1);
      const dtype = DTYPES[i % 4] as DType;
      const wide = shape.map((size) => (random() < 0.2 ? 1 : size));
      const places = randomPlaces(
        random,
        wide.with(axis, pick(random, 1, 7)),
        shape[axis] as number,
      );
      const x = randomTensor(random, shape, dtype);
      expectEqual("takeAlongAxis", [x, places], { axis });
      const values = randomTensor(random, shape.with(axis, places.shape[axis] as number), dtype);
      const tolerance = dtype === "float32" ? 1e-6 : 0;
      expectEqual("scatterAlongAxis", [places, values], { axis, shape }, tolerance);
    }
  });

  test("places outside the axis are refused in the words of the operation", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const params = { axis: 1, batch: 0 };
    for (const place of [3, -4, 2 ** 31 - 1, -(2 ** 31)]) {
      for (const count of [1, 6]) {
        const list = new Int32Array(count).with(count - 1, place);
        const places = tensor(list);
        expectSameError("gather", [x, places], params);
        const values = randomTensor(generator(1), [2, count], "float64");
        expectSameError("scatter", [places, values], { ...params, shape: [2, 3] });
        expectSameError("scatterAdd", [x, places, values], params);
        expectSameError("scatterSet", [x, places, values], params);
        const row = tensor(list, { shape: [1, count] });
        expectSameError("takeAlongAxis", [x, row], { axis: 1 });
        expectSameError("scatterAlongAxis", [row, values], { axis: 1, shape: [2, 3] });
        expectSameError("oneHot", [places], { classes: 3, dtype: "float64" });
      }
    }
    expectSameError("oneHot", [tensor([0, -1], { dtype: "int32" })], { classes: 3, dtype: "bool" });
  });
});

describe("oneHot", () => {
  test("every row has its one", () => {
    const random = generator(5);
    for (const dtype of DTYPES) {
      for (const shape of [[], [1], [7], [3, 5]]) {
        const places = new Int32Array(shape.reduce((a, b) => a * b, 1)).map(() =>
          pick(random, 0, 8),
        );
        expectEqual("oneHot", [tensor(places, { shape })], { classes: 9, dtype });
      }
    }
  });
});

describe("running sums, products and recurrences", () => {
  test("they have the bits of the operation along every axis, in both directions", () => {
    const random = generator(6);
    for (let i = 0; i < 200; i++) {
      const rank = pick(random, 1, 4);
      const shape = someShape(random, rank, 6);
      const axis = pick(random, 0, rank - 1);
      const params = { axis, reverse: random() < 0.5 };
      const x = randomTensor(random, shape, DTYPES[i % 4] as DType);
      expectEqual("cumsum", [x], params);
      expectEqual("cumprod", [x], params);
      const terms = randomTensor(random, shape, DTYPES[i % 2] as DType);
      const fewer = shape.with(axis, (shape[axis] as number) - 1);
      const factors = randomTensor(random, fewer, DTYPES[(i >> 1) % 2] as DType);
      if (!fewer.includes(0)) expectEqual("linearRecurrence", [factors, terms], params);
    }
  });

  test("a running sum keeps what additions round off, and stays infinite", () => {
    const list = [1e16, 1, -1e16, 3, 1e308, 1e308, -1e308, Number.NaN, 1, -0];
    const zeros = [-0, -0, 0, -0];
    for (const numbers of [list, list.toReversed(), zeros]) {
      for (const width of [1, 2, 3]) {
        const wide = numbers.flatMap((number) => new Array<number>(width).fill(number));
        const x = tensor(wide, { shape: [numbers.length, width] });
        expectEqual("cumsum", [x], { axis: 0, reverse: false });
        expectEqual("cumprod", [x], { axis: 0, reverse: true });
      }
    }
  });

  test("int32 wraps", () => {
    const x = tensor([2 ** 31 - 1, 2 ** 31 - 1, 3, -(2 ** 31)], { dtype: "int32" });
    for (const name of ["cumsum", "cumprod"]) expectEqual(name, [x], { axis: 0, reverse: false });
  });
});
