// Losses, pooling, normalization and attention at their edges.

import {
  averagePool1d,
  batchNorm,
  crossEntropy,
  dropout,
  embedding,
  layerNorm,
  maxPool1d,
  random,
  rmsNorm,
  scaledDotProductAttention,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/autodiff/index.ts";
import { bool, type Convention, INFINITY, int32, NAN, slope, value, vector } from "./convention.ts";

const tokens = vector([
  [1, 2],
  [3, 4],
]);
const firstMasked = bool([
  [0, 0],
  [1, 0],
]);

function masked(queries: Tensor): Tensor {
  return scaledDotProductAttention(queries, tokens, tokens, { mask: firstMasked });
}

export const layers: readonly Convention[] = [
  [
    "`maxPool1d`, `maxPool2d` of equal extremes, derivative",
    "to the first of the window",
    [slope((x) => maxPool1d(x, { size: 2 }), [[[3, 3, 1, 1]]]), [[[1, 0, 1, 0]]]],
  ],
  [
    "`maxPool1d` beside NaN",
    "NaN",
    [value((x) => maxPool1d(x, { size: 2 }), [[[NAN, 3]]]), [[[NAN]]]],
  ],
  [
    "padding of pools",
    "-Infinity for maxPool; averagePool counts its zeros",
    [value((x) => maxPool1d(x, { size: 2, padding: 1 }), [[[-3, -4]]]), [[[-3, -4]]]],
    [value((x) => averagePool1d(x, { size: 2, padding: 1 }), [[[2, 4]]]), [[[1, 2]]]],
  ],
  [
    "`scaledDotProductAttention` of a row that is masked in full",
    "0, derivative 0",
    [
      () => masked(tokens),
      [
        [0, 0],
        [1, 2],
      ],
    ],
    [
      slope(masked, [
        [1, 2],
        [3, 4],
      ]),
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ],
  [
    "`crossEntropy` of a class with score -Infinity",
    "Infinity",
    [value((x) => crossEntropy(x, 1), [0, -INFINITY]), INFINITY],
    [value((x) => crossEntropy(x, 0), [0, -INFINITY]), 0],
  ],
  [
    "`crossEntropy` of a probability 0 beside a score -Infinity",
    "NaN, derivative finite",
    [value((x) => crossEntropy(x, tensor([1, 0])), [0, -INFINITY]), NAN],
    [slope((x) => crossEntropy(x, tensor([1, 0])), [0, -INFINITY]), [0, 0]],
  ],
  [
    "a class that there is no score for, -1 and -100 included",
    "an error",
    [value((x) => crossEntropy(x, 2), [0, 1]), /crossEntropy: class 2 is none of the 2/],
    [value((x) => crossEntropy(x, -100), [0, 1]), /crossEntropy: class -100 is none of the 2/],
  ],
  [
    "`crossEntropy` of no examples, mean",
    "NaN",
    [() => crossEntropy(zeros([0, 2]), int32([])), NAN],
  ],
  [
    "`embedding` of an index outside",
    "an error",
    [() => embedding(vector([[1, 2]]), [1]), /place 1 lies outside axis 0 of \[1,2\]/],
  ],
  [
    "`dropout` with rate 0 and rate 1",
    "the same numbers; zeros",
    [() => dropout(vector([1, 2]), random.key(0), { rate: 0 }), [1, 2]],
    [() => dropout(vector([1, 2]), random.key(0), { rate: 1 }), [0, 0]],
  ],
  [
    "`layerNorm`, `batchNorm` of equal numbers",
    "0, derivative 0",
    [value((x) => layerNorm(x), [3, 3]), [0, 0]],
    [slope((x) => layerNorm(x), [3, 3]), [0, 0]],
    [value((x) => batchNorm(x), [[3], [3]]), [[0], [0]]],
  ],
  [
    "variance inside normalizations",
    "divided by the count (ddof 0)",
    [value((x) => batchNorm(x, { epsilon: 0 }), [[1], [3]]), [[-1], [1]]],
  ],
  [
    "`rmsNorm(x)` of zeros",
    "0, derivative 1 / √epsilon",
    [value((x) => rmsNorm(x, { epsilon: 0.25 }), [0, 0]), [0, 0]],
    [slope((x) => rmsNorm(x, { epsilon: 0.25 }), [0, 0]), [2, 2]],
  ],
];
