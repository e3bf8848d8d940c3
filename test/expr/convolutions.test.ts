// Convolutions and pooling at cases small enough to compute by hand, and what they refuse.

import { describe, expect, it } from "vitest";
import {
  averagePool1d,
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose2d,
  grad,
  hessian,
  maxPool1d,
  maxPool2d,
  square,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autodiff/index.ts";
import { expectRefused } from "./expectations.ts";

describe("convolutions by hand", () => {
  const sequence = tensor([[[1, 2, 3, 4, 5]]]);
  const image = tensor([
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ]);

  it("step, spread and pad", () => {
    const w = tensor([[[1, 10]]]);
    expect(conv1d(sequence, w).toArray()).toEqual([[[21, 32, 43, 54]]]);
    expect(conv1d(sequence, w, { stride: 2 }).toArray()).toEqual([[[21, 43]]]);
    expect(conv1d(sequence, w, { dilation: 3 }).toArray()).toEqual([[[41, 52]]]);
    expect(conv1d(sequence, w, { padding: 1 }).toArray()).toEqual([[[10, 21, 32, 43, 54, 5]]]);
    expect(conv1d(sequence, w, { padding: [1], stride: [3] }).toArray()).toEqual([[[10, 43]]]);
    expect(conv1d(sequence, w, { padding: "valid" }).toArray()).toEqual([[[21, 32, 43, 54]]]);
  });

  it("keep the length with same, one more place at the end", () => {
    const found = conv1d(sequence, tensor([[[1, 10]]]), { padding: "same" });
    expect(found.toArray()).toEqual([[[21, 32, 43, 54, 5]]]);
    const wide = conv1d(sequence, tensor([[[1, 10, 100]]]), { padding: "same", dilation: 2 });
    expect(wide.toArray()).toEqual([[[310, 420, 531, 42, 53]]]);
  });

  it("add up channels, and keep groups apart", () => {
    const x = tensor([
      [
        [1, 2],
        [10, 20],
      ],
    ]);
    expect(conv1d(x, tensor([[[1], [3]]]), { bias: tensor([0.5]) }).toArray()).toEqual([
      [[31.5, 62.5]],
    ]);
    expect(conv1d(x, tensor([[[1]], [[3]]]), { groups: 2 }).toArray()).toEqual([
      [
        [1, 2],
        [30, 60],
      ],
    ]);
  });

  it("are not mirrored", () => {
    const kernel = tensor([
      [
        [
          [1, 10],
          [100, 1000],
        ],
      ],
    ]);
    expect(conv2d(image, kernel).toArray()).toEqual([[[[4321]]]]);
    expect(conv2d(image, kernel, { padding: [0, 1] }).toArray()).toEqual([[[[3010, 4321, 402]]]]);
  });

  it("spread every element over the result when transposed", () => {
    const kernel = tensor([
      [
        [
          [1, 10],
          [100, 1000],
        ],
      ],
    ]);
    expect(convTranspose2d(image, kernel).toArray()).toEqual([
      [
        [
          [1, 12, 20],
          [103, 1234, 2040],
          [300, 3400, 4000],
        ],
      ],
    ]);
    expect(convTranspose2d(image, kernel, { padding: 1 }).toArray()).toEqual([[[[1234]]]]);
    const apart = convTranspose2d(tensor([[[[1, 2]]]]), tensor([[[[1, 10]]]]), {
      stride: [1, 3],
      outputPadding: [0, 2],
      bias: tensor([0.5]),
    });
    expect(apart.toArray()).toEqual([[[[1.5, 10.5, 0.5, 2.5, 20.5, 0.5, 0.5]]]]);
  });

  it("give nothing for no images", () => {
    const none = zeros([0, 2, 4]);
    const w = tensor([[[1], [2]]]);
    expect(conv1d(none, w).shape).toEqual([0, 1, 4]);
    expect(grad((k: Tensor) => sum(conv1d(none, k)))(w).toArray()).toEqual([[[0], [0]]]);
  });

  it("refuse what does not fit", () => {
    const x = zeros([1, 2, 4, 4]);
    expectRefused(() => conv2d(x, zeros([3, 1, 2, 2])), "shape", "conv2d", "2 channels", "for 1");
    expectRefused(() => conv2d(x, zeros([3, 1, 2, 2]), { groups: 2 }), "shape", "3 filters");
    expectRefused(() => conv2d(x, zeros([1, 2, 5, 1])), "shape", "5 places", "axis 2");
    expectRefused(() => conv1d(x, zeros([1, 2, 2])), "shape", "conv1d", "rank 3", "[1,2,4,4]");
    const w = zeros([1, 2, 2, 2]);
    const back = zeros([2, 1, 2, 2]);
    expectRefused(() => conv2d(x, w, { padding: "same", stride: 2 }), "shape", "stride of 1");
    expectRefused(() => conv2d(x, w, { stride: 0 }), "shape", "stride", "at least 1");
    expectRefused(() => conv2d(x, w, { dilation: [1] }), "shape", "list of 2");
    expectRefused(() => conv2d(x, w, { bias: zeros([2]) }), "shape", "bias", "[1]");
    expectRefused(() => convTranspose2d(x, zeros([3, 1, 2, 2])), "shape", "2 channels");
    expectRefused(() => convTranspose2d(x, back, { outputPadding: 1 }), "shape", "outputPadding 1");
    expectRefused(() => convTranspose2d(x, back, { padding: 3 }), "shape", "cuts away");
  });
});

describe("pooling by hand", () => {
  it("gives the gradient to the first of several largest", () => {
    const gradient = grad((x: Tensor) => sum(maxPool1d(x, { size: 2, stride: 1 })));
    expect(gradient(tensor([2, 2, 1, 3, 3])).toArray()).toEqual([1, 1, 0, 2, 0]);
    const plane = tensor([
      [4, 4],
      [4, 4],
    ]);
    const first = grad((x: Tensor) => sum(maxPool2d(x, { size: 2 })))(plane);
    expect(first.toArray()).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  it("has second derivatives at the largest places", () => {
    const f = (x: Tensor): Tensor => sum(square(maxPool1d(x, { size: 2 })));
    expect(hessian(f)(tensor([1, 3, 5, 2])).toArray()).toEqual([
      [0, 0, 0, 0],
      [0, 2, 0, 0],
      [0, 0, 2, 0],
      [0, 0, 0, 0],
    ]);
  });

  it("lets no padding be the largest, and NaN be", () => {
    const x = tensor([-3, -1, -2]);
    expect(maxPool1d(x, { size: 2, padding: 1 }).toArray()).toEqual([-3, -1]);
    expect(maxPool1d(tensor([1, Number.NaN, 2, 3]), { size: 2 }).toArray()).toEqual([
      Number.NaN,
      3,
    ]);
    expect(
      maxPool1d(tensor([1, 5, 2, 4, 3]), { size: 2, dilation: 3, stride: 1 }).toArray(),
    ).toEqual([4, 5]);
  });

  it("counts padding in means as asked", () => {
    const x = tensor([2, 4, 6]);
    const padded = { size: 2, padding: 1 };
    expect(averagePool1d(x, padded).toArray()).toEqual([1, 5]);
    expect(averagePool1d(x, { ...padded, countPadding: false }).toArray()).toEqual([2, 5]);
    const each = grad((y: Tensor) => sum(averagePool1d(y, { ...padded, countPadding: false })))(x);
    expect(each.toArray()).toEqual([1, 0.5, 0.5]);
  });

  it("refuses windows that do not fit", () => {
    expectRefused(() => maxPool2d(zeros([3, 3]), { size: 4 }), "shape", "maxPool2d", "4 places");
    expectRefused(() => maxPool2d(zeros([3]), { size: 2 }), "shape", "[3]");
    expectRefused(() => maxPool1d(zeros([3]), { size: 2, padding: 2 }), "shape", "padding of 2");
    expectRefused(() => averagePool2d(zeros([3, 3]), { size: [1, 2, 3] }), "shape", "list of 2");
  });
});
