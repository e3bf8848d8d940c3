// Movements and products come apart as they are evaluated, whatever the axes, steps and dtypes.

import { describe, expect, it } from "vitest";
import * as linalg from "../../src/expr/ops/linalg/ops.ts";
import * as movement from "../../src/expr/ops/movement/ops.ts";
import * as reductions from "../../src/expr/ops/reductions/ops.ts";
import { literal } from "../../src/expr/tensor.ts";
import { expectSame, kindAt, made, randomTensor } from "./lowering-expectations.ts";

describe("moving elements", () => {
  const cube = randomTensor([2, 3, 4]);

  it("axes of any number are reordered and repeated", () => {
    for (const axes of [
      [1, 2, 0],
      [0, 2, 1],
      [2, 1, 0],
      [0, 1, 2],
    ]) {
      expectSame(movement.transposeOp, [cube], { axes });
    }
    expectSame(movement.transposeOp, [randomTensor([1, 5, 1])], { axes: [1, 2, 0] });
    expectSame(movement.broadcastToOp, [randomTensor([3, 1])], { shape: [2, 3, 4] });
    expectSame(movement.broadcastToOp, [randomTensor([1, 4])], { shape: [1, 1, 4] });
    expectSame(movement.broadcastToOp, [randomTensor([])], { shape: [2, 1] });
  });

  it("what changes no order is no walk", () => {
    expect(kindAt(movement.transposeOp, [randomTensor([1, 5, 1])], { axes: [1, 2, 0] })).toBe(
      "same",
    );
    const whole = { starts: [0, 0], sizes: [2, 3], steps: [1, 1] };
    expect(kindAt(movement.sliceOp, [randomTensor([2, 3])], whole)).toBe("same");
    const part = { starts: [0, 0], sizes: [1, 3], steps: [1, 1] };
    expect(kindAt(movement.sliceOp, [randomTensor([2, 3])], part)).toBe("view");
    expect(kindAt(reductions.sumOp, [randomTensor([2, 1])], { axes: [1] })).toBe("same");
  });

  it.each([
    { starts: [1, 2, 0], sizes: [2, 1, 2], steps: [-1, 1, 3] },
    { starts: [0, 0, 3], sizes: [1, 2, 4], steps: [5, 2, -1] },
    { starts: [1, 1, 1], sizes: [1, 1, 1], steps: [1, 1, 1] },
    { starts: [1, 1, 1], sizes: [1, 1, 1], steps: [0, -1, 4] },
    { starts: [1, 0, 2], sizes: [1, 3, 2], steps: [1, 0, 1] },
    { starts: [0, 0, 0], sizes: [2, 3, 4], steps: [1, 1, 1] },
    { starts: [1, 2, 3], sizes: [2, 3, 4], steps: [-1, -1, -1] },
    { starts: [0, 1, 2], sizes: [2, 2, 2], steps: [1, 1, 1] },
  ])("slices are taken, laid into zeros and written over: %o", (places) => {
    const part = randomTensor(places.sizes);
    expectSame(movement.sliceOp, [cube], places);
    expectSame(movement.placeOp, [part], { ...places, shape: cube.shape });
    expectSame(movement.setSliceOp, [cube, part], places);
    expectSame(movement.setSliceOp, [cube, literal(7)], places);
    expectSame(movement.setSliceOp, [randomTensor(cube.shape, "int32"), part], places);
    expectSame(
      movement.setSliceOp,
      [cube, randomTensor([places.sizes[2] as number], "float32")],
      places,
    );
  });

  it("tensors of several dtypes are joined", () => {
    const whole = randomTensor([2, 2, 3], "int32");
    const single = randomTensor([2, 1, 3], "float32");
    expectSame(movement.concatOp, [whole, single, randomTensor([2, 4, 3])], { axis: 1 });
    expectSame(movement.concatOp, [single, single], { axis: 2 });
    expectSame(movement.stackOp, [single, randomTensor([2, 1, 3])]);
    expectSame(movement.stackOp, [literal(1), literal(2.5), made(3, "float32")]);
  });

  it("borders hold a known or an unknown number or the elements themselves", () => {
    const widths = [
      [0, 0],
      [2, 1],
      [0, 3],
    ];
    const borders = [literal(0), literal(-0), literal(2), made(0.1), made(0), made(1.5, "float32")];
    for (const dtype of ["float64", "float32", "int32"] as const) {
      for (const border of borders) {
        expectSame(movement.padOp, [randomTensor([2, 3, 4], dtype), border], { widths });
      }
    }
    for (const mode of ["edge", "reflect", "wrap"]) {
      expectSame(movement.extendOp, [cube], { widths, mode });
      expectSame(movement.extendOp, [randomTensor([3])], { widths: [[2, 2]], mode });
    }
    expectSame(movement.extendOp, [randomTensor([2])], { widths: [[7, 9]], mode: "wrap" });
    expectSame(movement.extendOp, [randomTensor([1, 1])], {
      widths: [
        [3, 0],
        [1, 2],
      ],
      mode: "edge",
    });
  });

  it("elements are rolled by any number of places", () => {
    for (const shifts of [
      [0, 0, 0],
      [-5, 1, 0],
      [1, 7, -2],
    ]) {
      expectSame(movement.rollOp, [cube], { shifts });
    }
  });

  it("diagonals and triangles of batches lie anywhere in the matrices and beside them", () => {
    for (const k of [-7, -2, -1, 0, 1, 3, 9]) {
      expectSame(movement.trilOp, [cube], { k });
      expectSame(movement.triuOp, [cube], { k });
      if (k >= -2 && k <= 3) expectSame(movement.diagonalOp, [cube], { k });
    }
    const vectors = randomTensor([2, 2]);
    expectSame(movement.diagonalMatrixOp, [vectors], { k: -1, rows: 3, columns: 4 });
    expectSame(movement.diagonalMatrixOp, [vectors], { k: 2, rows: 5, columns: 4 });
    expectSame(linalg.traceOp, [cube]);
  });
});

describe("products", () => {
  it.each([
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    [[4], [4]],
    [[3, 4], [4]],
    [[4], [4, 2]],
    [[4], [2, 4, 3]],
    [[2, 3, 4], [4]],
    [
      [1, 1],
      [1, 1],
    ],
    [
      [2, 3, 1],
      [2, 1, 3],
    ],
  ])("matrices %j and %j are multiplied", (left, right) => {
    expectSame(linalg.matmulOp, [randomTensor(left), randomTensor(right)]);
    expectSame(linalg.matmulOp, [randomTensor(left, "float32"), randomTensor(right, "float32")]);
    expectSame(linalg.matmulOp, [randomTensor(left, "float32"), randomTensor(right, "int32")]);
    expectSame(linalg.matmulOp, [randomTensor(left, "int32"), randomTensor(right, "bool")]);
    expectSame(linalg.matmulOp, [randomTensor(left, "bool"), randomTensor(right, "bool")]);
  });

  it("outer products of truth values are whole numbers", () => {
    expectSame(linalg.outerOp, [randomTensor([3], "bool"), randomTensor([2], "bool")]);
    expectSame(linalg.outerOp, [randomTensor([3], "int32"), randomTensor([2], "float32")]);
  });
});
