// Ties, zeros and nothing at all under reductions; orders.

import {
  all,
  any,
  argmax,
  argmin,
  argsort,
  cumprod,
  logSoftmax,
  logSumExp,
  max,
  mean,
  min,
  multiply,
  norm,
  prod,
  softmax,
  sort,
  std,
  sum,
  topK,
  variance,
} from "../../../src/autodiff/index.ts";
import { type Convention, INFINITY, NAN, slope, value, vector } from "./convention.ts";

const weights = vector([1, 2]);

export const reductions: readonly Convention[] = [
  [
    "`max`, `min` of a tensor with equal extremes, derivative",
    "split evenly among them",
    [slope((x) => max(x), [2, 2, 1, 2]), [1 / 3, 1 / 3, 0, 1 / 3]],
    [
      slope(
        (x) => min(x, { axis: 1 }),
        [
          [2, 2],
          [1, 3],
        ],
      ),
      [
        [0.5, 0.5],
        [1, 0],
      ],
    ],
  ],
  [
    "`max`, `min` beside a NaN",
    "NaN",
    [value((x) => max(x), [1, NAN, 2]), NAN],
    [value((x) => min(x), [1, NAN]), NAN],
  ],
  [
    "`argmax`, `argmin` of equal extremes",
    "the first place",
    [value((x) => argmax(x), [1, 3, 3]), 1],
    [value((x) => argmin(x), [1, 0, 0]), 1],
  ],
  [
    "`argmax`, `argmin` beside NaN",
    "the place of the first NaN",
    [value((x) => argmax(x), [1, NAN, 2, NAN]), 1],
    [value((x) => argmin(x), [1, NAN, -2]), 1],
  ],
  [
    "`sort`, `argsort`, `topK` of equal numbers",
    "they keep their order, descending too; so does the derivative",
    [value((x) => argsort(x), [1, 0, 1, 0]), [1, 3, 0, 2]],
    [value((x) => argsort(x, { descending: true }), [1, 0, 1, 0]), [0, 2, 1, 3]],
    [value((x) => topK(x, 2).indices, [1, 3, 3, 2]), [1, 2]],
    [slope((x) => multiply(sort(x), vector([1, 2, 3])), [1, 0, 1]), [2, 1, 3]],
  ],
  [
    "`sort` of NaN",
    "as the largest number",
    [value((x) => sort(x), [2, NAN, 1, INFINITY]), [1, 2, INFINITY, NAN]],
    [value((x) => sort(x, { descending: true }), [2, NAN, 1]), [NAN, 2, 1]],
  ],
  [
    "`norm(x)` of zeros, any order",
    "0, derivative 0",
    [value((x) => norm(x), [0, 0]), 0],
    [slope((x) => norm(x), [0, 0]), [0, 0]],
    [slope((x) => norm(x, { ord: 1 }), [0, 0]), [0, 0]],
    [slope((x) => norm(x, { ord: INFINITY }), [0, 0]), [0, 0]],
    [slope((x) => norm(x, { ord: 0.5 }), [0, 0]), [0, 0]],
    [
      slope(
        (x) => norm(x, { ord: "fro" }),
        [
          [0, 0],
          [0, 0],
        ],
      ),
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ],
  [
    '`norm(x, { ord: "nuc" })` of a zero matrix, derivative',
    "0",
    [
      slope(
        (x) => norm(x, { ord: "nuc" }),
        [
          [0, 0],
          [0, 0],
        ],
      ),
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ],
  [
    "`norm(x, { ord: Infinity })` of equal sizes, derivative",
    "split evenly, with the signs",
    [slope((x) => norm(x, { ord: INFINITY }), [0, 2, -2]), [0, 0.5, -0.5]],
  ],
  [
    "`std(x)` of equal numbers",
    "0, derivative 0",
    [value((x) => std(x), [3, 3]), 0],
    [slope((x) => std(x), [3, 3]), [0, 0]],
  ],
  [
    "`variance(x, { ddof: 1 })` of one number",
    "NaN",
    [value((x) => variance(x, { ddof: 1 }), [3]), NAN],
  ],
  [
    "`prod(x)` with zeros, derivative",
    "the product of the others",
    [slope((x) => prod(x), [2, 0, 3]), [0, 6, 0]],
    [slope((x) => prod(x), [2, 0, 0]), [0, 0, 0]],
  ],
  [
    "`cumprod(x)` with zeros, derivative",
    "exact, no division",
    [slope((x) => cumprod(x), [2, 0, 3]), [1, 8, 0]],
    [slope((x) => cumprod(x), [2, 0, 0, 5]), [1, 2, 0, 0]],
  ],
  [
    "`softmax(x)` of -Infinity alone",
    "NaN: nothing can be chosen",
    [value((x) => softmax(x), [-INFINITY, -INFINITY]), [NAN, NAN]],
  ],
  [
    "`softmax(x)` with an element -Infinity",
    "0 there, derivative 0",
    [value((x) => softmax(x), [0, -INFINITY]), [1, 0]],
    [slope((x) => multiply(softmax(x), weights), [0, -INFINITY]), [0, 0]],
  ],
  [
    "`softmax(x)` with an element Infinity",
    "NaN",
    [value((x) => softmax(x), [0, INFINITY]), [NAN, NAN]],
  ],
  [
    "`logSoftmax(x)` with an element -Infinity",
    "-Infinity there, derivative finite",
    [value((x) => logSoftmax(x), [0, -INFINITY]), [0, -INFINITY]],
    [slope((x) => logSoftmax(x), [0, -INFINITY]), [-1, 1]],
  ],
  [
    "`logSumExp(x)` of -Infinity alone",
    "-Infinity, derivative 0",
    [value((x) => logSumExp(x), [-INFINITY, -INFINITY]), -INFINITY],
    [slope((x) => logSumExp(x), [-INFINITY, -INFINITY]), [0, 0]],
  ],
  [
    "`logSumExp(x)` with an element Infinity",
    "Infinity, derivative 1 there and 0 elsewhere",
    [value((x) => logSumExp(x), [0, INFINITY]), INFINITY],
    [slope((x) => logSumExp(x), [0, INFINITY]), [0, 1]],
  ],
  [
    "`sum`, `prod`, `norm`, `any`, `all` of nothing",
    "0, 1, 0, false, true",
    [value((x) => sum(x), []), 0],
    [value((x) => prod(x), []), 1],
    [value((x) => norm(x), []), 0],
    [value((x) => any(x), []), 0],
    [value((x) => all(x), []), 1],
  ],
  [
    "`mean`, `variance`, `std` of nothing",
    "NaN",
    [value((x) => mean(x), []), NAN],
    [value((x) => variance(x), []), NAN],
    [value((x) => std(x), []), NAN],
  ],
  ["`logSumExp` of nothing", "-Infinity", [value((x) => logSumExp(x), []), -INFINITY]],
  [
    "`max`, `min`, `argmax`, `argmin` of nothing",
    "an error",
    [value((x) => max(x), []), /max: there is no max of no elements/],
    [value((x) => min(x), []), /min: there is no min of no elements/],
    [value((x) => argmax(x), []), /argmax: there is no argmax of no elements/],
    [value((x) => argmin(x), []), /argmin: there is no argmin of no elements/],
  ],
];
