// Losses at cases small enough to compute by hand, and what they refuse.

import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropy,
  crossEntropy,
  grad,
  greater,
  meanSquaredError,
  requireSameShape,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autodiff/index.ts";
import { expectNumbers, expectRefused } from "./expectations.ts";

describe("losses by hand", () => {
  it("keep their digits where the loss is tiny or large", () => {
    const logits = tensor([
      [50, 0],
      [-1000, 1000],
    ]);
    const each = crossEntropy(logits, [0, 0], { reduction: "none" });
    expect(each.toArray()).toEqual([Math.log1p(Math.exp(-50)), 2000]);
    const slope = grad((x: Tensor) => crossEntropy(x, 0))(tensor([50, 0])).toArray() as number[];
    expect(slope[0]).toBe(Math.expm1(-Math.log1p(Math.exp(-50))));
    expect(slope[0]).toBeLessThan(0);
    expect(slope[1]).toBeCloseTo(-(slope[0] as number), 30);
  });

  it("of yes and no keep their digits and take truth values", () => {
    const loss = (z: Tensor): Tensor => binaryCrossEntropy(z, 1);
    expectNumbers(loss(tensor(50)), Math.log1p(Math.exp(-50)));
    expectNumbers(loss(tensor(-1000)), 1000);
    expect(grad(loss)(50) * (1 + Math.exp(50))).toBeCloseTo(-1, 14);
    const logits = tensor([0, 0], { dtype: "float32" });
    const found = binaryCrossEntropy(logits, greater(tensor([1, 0]), 0), {
      positiveWeight: 3,
      reduction: "none",
    });
    expect(found.dtype).toBe("float32");
    expectNumbers(found, [Math.fround(3 * Math.log(2)), Math.fround(Math.log(2))]);
    expect(() => binaryCrossEntropy(zeros([3]), zeros([3, 1]))).toThrow(/does not broadcast/);
  });

  it("allow classes that are impossible", () => {
    const logits = tensor([0, Number.NEGATIVE_INFINITY, 0]);
    expectNumbers(crossEntropy(logits, 2), Math.log(2));
    expectNumbers(grad((x: Tensor) => crossEntropy(x, 2))(logits), [0.5, 0, -0.5]);
  });

  it("divide the mean by the weights of the classes", () => {
    const logits = zeros([3, 2]);
    const weights = tensor([1, 3]);
    const [one, loss] = [Math.log(2), crossEntropy(logits, [0, 1, 1], { weights })];
    expectNumbers(loss, one);
    expectNumbers(crossEntropy(logits, [0, 1, 1], { weights, reduction: "sum" }), 7 * one);
    expectNumbers(meanSquaredError(tensor([1, 2]), tensor([3, 5]), { reduction: "sum" }), 13);
  });

  it("refuse to broadcast, with both shapes and the remedy", () => {
    const [row, column] = [zeros([3]), zeros([3, 1])];
    expectRefused(
      () => meanSquaredError(row, column),
      "shape",
      "[3]",
      "[3,1]",
      "reshape(target, [3])",
    );
    expectRefused(() => meanSquaredError(column, row), "shape", "reshape(target, [3,1])");
    expectRefused(
      () => meanSquaredError(zeros([2, 3]), row),
      "shape",
      "broadcastTo(target, [2,3])",
    );
    expectRefused(
      () => requireSameShape("ownLoss", zeros([2, 3]), zeros([3, 2])),
      "shape",
      "ownLoss",
    );
    requireSameShape("ownLoss", zeros([2, 3]), zeros([2, 3]));
    const logits = zeros([3, 2]);
    expectRefused(() => crossEntropy(logits, [[1], [0], [1]]), "shape", "reshape(target, [3])");
    expectRefused(() => crossEntropy(logits, zeros([1, 2])), "shape", "[3,2]", "[1,2]");
  });

  it("refuse classes that are not there, or no classes", () => {
    const logits = zeros([2, 3]);
    expectRefused(() => crossEntropy(logits, [0, -1]), "shape", "class -1", "0 to 2");
    expectRefused(() => crossEntropy(logits, [0, 3]), "shape", "class 3");
    expectRefused(() => crossEntropy(logits, tensor([0, 1])), "dtype", 'cast(target, "int32")');
    const rows = tensor(
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      { dtype: "int32" },
    );
    expectRefused(() => crossEntropy(logits, rows), "shape", 'cast(target, "float64")');
    const truth = tensor([1, 0], { dtype: "bool" });
    expectRefused(() => crossEntropy(logits, truth), "dtype", "bool");
    expectRefused(() => crossEntropy(logits, [0, 1], { weights: zeros([2]) }), "shape", "weights");
    expectRefused(() => crossEntropy(logits, [0, 1], { smoothing: 2 }), "usage", "[0, 1]");
    const reduction = "average" as "mean";
    expectRefused(() => crossEntropy(logits, [0, 1], { reduction }), "usage", '"average"');
  });
});
