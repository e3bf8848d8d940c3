// Compositions in src/expr/ops/neural.

import {
  averagePool2d,
  batchNorm,
  binaryCrossEntropy,
  conv1d,
  conv2d,
  convTranspose2d,
  crossEntropy,
  dropout,
  embedding,
  groupNorm,
  layerNorm,
  maxPool1d,
  meanSquaredError,
  rmsNorm,
  scaledDotProductAttention,
  type Tensor,
  tensor,
} from "../../../src/expr/index.ts";
import type { Composite } from "./composite.ts";

type Three = readonly [first: Tensor, second: Tensor, third: Tensor];

/** Small numbers that differ, in the given shape. */
function filled(shape: readonly number[], seed: number): readonly unknown[] {
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from({ length: size }, (_, i) => (((i + seed) * 37) % 41) / 10 - 2);
  return tensor(numbers, { shape }).toArray() as readonly unknown[];
}

const mask = [
  [1, 0, 1],
  [0, 0, 0],
];
const bias = [
  [0.5, Number.NEGATIVE_INFINITY, -1],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

const convolutions: readonly Composite[] = [
  {
    name: "conv1d with a bias",
    cases: [
      {
        inputs: [filled([2, 2, 4], 1), filled([3, 2, 3], 2), [1, -2, 0.5]],
        call: (...operands) => {
          const [x, w, shift] = operands as unknown as Three;
          return conv1d(x, w, { bias: shift, padding: "same" });
        },
      },
    ],
  },
  {
    name: "conv2d",
    cases: [
      {
        inputs: [filled([1, 2, 3, 3], 1), filled([2, 1, 2, 2], 2)],
        call: (x, w) => conv2d(x as Tensor, w as Tensor, { stride: [1, 2], padding: 1, groups: 2 }),
      },
    ],
  },
  {
    name: "convTranspose2d",
    cases: [
      {
        inputs: [filled([1, 2, 2, 2], 1), filled([2, 2, 2, 1], 2), [1, 2, 3, 4]],
        call: (...operands) => {
          const [x, w, shift] = operands as unknown as Three;
          const options = { stride: 2, padding: [1, 0], outputPadding: [0, 1], groups: 2 };
          return convTranspose2d(x, w, { bias: shift, ...options });
        },
      },
    ],
  },
  {
    name: "pooling",
    cases: [
      {
        inputs: [filled([1, 2, 5], 3)],
        call: (x) => maxPool1d(x as Tensor, { size: 2, stride: 1, dilation: 2 }),
      },
      {
        inputs: [filled([2, 3, 3], 3)],
        call: (x) => averagePool2d(x as Tensor, { size: 2, padding: 1, countPadding: false }),
      },
    ],
  },
];

const normalizations: readonly Composite[] = [
  {
    name: "batchNorm",
    cases: [
      {
        inputs: [filled([3, 2, 2], 1), [2, -1], [0.5, 1]],
        call: (...operands) => {
          const [x, scale, shift] = operands as unknown as Three;
          return batchNorm(x, { scale, shift });
        },
      },
      {
        inputs: [filled([2, 2], 1), [2, -1], [0.5, 1.5]],
        call: (...operands) => {
          const [x, center, spread] = operands as unknown as Three;
          return batchNorm(x, { mean: center, variance: spread, axis: -1 });
        },
      },
    ],
  },
  {
    name: "layerNorm",
    cases: [
      {
        inputs: [filled([2, 2, 3], 1), filled([2, 3], 4), filled([2, 3], 5)],
        call: (...operands) => {
          const [x, scale, shift] = operands as unknown as Three;
          return layerNorm(x, { scale, shift, axis: [1, 2], epsilon: 0.1 });
        },
      },
    ],
  },
  {
    name: "groupNorm",
    cases: [
      {
        inputs: [filled([1, 4, 3], 1), [1, 2, 3, 4], [0.5, 1, 1.5, 2]],
        call: (...operands) => {
          const [x, scale, shift] = operands as unknown as Three;
          return groupNorm(x, 2, { scale, shift });
        },
      },
    ],
  },
  {
    name: "rmsNorm with a scale",
    cases: [
      {
        inputs: [filled([2, 3], 1), [1, 2, 3]],
        call: (x, scale) => rmsNorm(x as Tensor, { scale: scale as Tensor }),
      },
    ],
  },
];

const queries = [filled([2, 2], 1), filled([3, 2], 2), filled([3, 1], 3)];

const attention: readonly Composite[] = [
  {
    name: "scaledDotProductAttention",
    cases: [
      {
        inputs: queries,
        call: (...operands) => scaledDotProductAttention(...(operands as unknown as Three)),
      },
      {
        inputs: [filled([2, 2, 2], 1), filled([1, 3, 2], 2), filled([2, 3, 1], 3)],
        call: (...operands) =>
          scaledDotProductAttention(...(operands as unknown as Three), {
            causal: true,
            scale: 0.7,
          }),
      },
      {
        inputs: queries,
        call: (...operands) =>
          scaledDotProductAttention(...(operands as unknown as Three), {
            mask: tensor(mask, { dtype: "bool" }),
          }),
      },
      {
        inputs: queries,
        call: (...operands) =>
          scaledDotProductAttention(...(operands as unknown as Three), {
            mask: tensor(bias),
            causal: true,
          }),
      },
    ],
  },
  {
    name: "attention with a learned bias",
    cases: [
      {
        inputs: [filled([2, 2], 1), filled([2, 2], 6)],
        call: (x, added) =>
          scaledDotProductAttention(x as Tensor, x as Tensor, x as Tensor, {
            mask: added as Tensor,
          }),
      },
    ],
  },
];

const tables: readonly Composite[] = [
  {
    name: "embedding",
    discrete: [1],
    cases: [
      {
        inputs: [
          filled([3, 2], 1),
          [
            [2, 0],
            [2, 1],
          ],
        ],
        call: (table, places) => embedding(table as Tensor, places as Tensor),
      },
    ],
  },
  {
    name: "dropout",
    discrete: [1],
    cases: [
      {
        inputs: [filled([2, 3], 1), [0, 7]],
        call: (x, key) => dropout(x as Tensor, key as Tensor, { rate: 0.4 }),
      },
    ],
  },
];

const losses: readonly Composite[] = [
  {
    name: "crossEntropy against classes",
    discrete: [1],
    cases: [
      {
        inputs: [filled([2, 3], 1), [2, 0]],
        call: (x, classes) => crossEntropy(x as Tensor, classes as Tensor, { smoothing: 0.1 }),
      },
      {
        inputs: [
          filled([2, 3, 2], 1),
          [
            [2, 1],
            [0, 2],
          ],
          [1, 2, 0.5],
        ],
        call: (...operands) => {
          const [x, classes, weights] = operands as unknown as Three;
          return crossEntropy(x, classes, { weights, axis: 1, smoothing: 0.2 });
        },
      },
      {
        inputs: [filled([2, 3], 1), [1, 2], [1, 2, 0.5]],
        call: (...operands) => {
          const [x, classes, weights] = operands as unknown as Three;
          return crossEntropy(x, classes, { weights, reduction: "none" });
        },
      },
    ],
  },
  {
    name: "crossEntropy against probabilities",
    cases: [
      {
        inputs: [
          filled([2, 2], 1),
          [
            [0.25, 0.75],
            [1, 0],
          ],
          [1, 2],
        ],
        call: (...operands) => {
          const [x, target, weights] = operands as unknown as Three;
          return crossEntropy(x, target, { weights, smoothing: 0.1, reduction: "sum" });
        },
      },
    ],
  },
  {
    name: "meanSquaredError",
    cases: [
      {
        inputs: [
          [1, 2, 3],
          [2, 0, 5],
        ],
        call: (x, y) => meanSquaredError(x as Tensor, y as Tensor),
      },
    ],
  },
  {
    name: "binaryCrossEntropy",
    cases: [
      {
        inputs: [
          [1, -2, 0.5],
          [0.25, 0.5, 0.75],
        ],
        call: (x, y) => binaryCrossEntropy(x as Tensor, y as Tensor),
      },
      {
        inputs: [
          [
            [1, -2],
            [0.5, 3],
          ],
          [
            [0.25, 0.5],
            [0.75, 0.125],
          ],
          [2, 3],
        ],
        call: (...operands) => {
          const [x, target, positiveWeight] = operands as unknown as Three;
          return binaryCrossEntropy(x, target, { positiveWeight, reduction: "none" });
        },
      },
    ],
  },
];

export const neural: readonly Composite[] = [
  ...convolutions,
  ...normalizations,
  ...attention,
  ...tables,
  ...losses,
];
