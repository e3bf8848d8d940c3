// Places: named twice, outside, counted from the end.

import {
  at,
  concat,
  gather,
  index,
  multiply,
  oneHot,
  pad,
  scatterAdd,
  split,
  stack,
  take,
} from "../../../src/autodiff/index.ts";
import { type Convention, int32, slope, value, vector } from "./convention.ts";

const twice = [[0, 0]] as const;

export const pieces: readonly Convention[] = [
  [
    "`at(x, places).set(v)` with a place named twice",
    "the last value stays, and it alone gets the derivative",
    [value((x) => at(x, twice).set(vector([7, 8])), [1, 2, 3]), [8, 2, 3]],
    [
      slope((v) => multiply(at(vector([1, 2, 3]), twice).set(v), vector([10, 20, 30])), [7, 8]),
      [0, 10],
    ],
    [slope((x) => at(x, twice).set(5), [1, 2, 3]), [0, 1, 1]],
  ],
  [
    "`at(x, places).add(v)`, `scatterAdd` with a place named twice",
    "both are added",
    [value((x) => at(x, twice).add(vector([7, 8])), [1, 2, 3]), [16, 2, 3]],
    [() => scatterAdd(vector([0, 0]), [1, 1], vector([3, 4])), [0, 7]],
  ],
  [
    "`gather`, `take` with a place named twice, derivative",
    "added up",
    [slope((x) => gather(x, [0, 0, 1]), [1, 2, 3]), [2, 1, 0]],
  ],
  [
    "a negative place",
    "counts from the end",
    [value((x) => index(x, [-1]), [1, 2]), 2],
    [value((x) => take(x, [-2]), [1, 2]), [1]],
  ],
  [
    "a place outside",
    "an error",
    [value((x) => index(x, [2]), [1, 2]), /index: place 2 lies outside axis 0 of \[2\]/],
    [value((x) => gather(x, [-3]), [1, 2]), /gather: place -3 lies outside axis 0 of \[2\]/],
    [() => oneHot(int32([3]), 2), /oneHot: 3 is none of 2 classes/],
  ],
  [
    "a range that ends outside",
    "is cut off",
    [value((x) => index(x, [{ start: 1, stop: 9 }]), [1, 2, 3]), [2, 3]],
  ],
  [
    "places that are floats",
    "an error",
    [value((x) => take(x, vector([0, 1])), [1, 2]), /places are int32/],
  ],
  [
    "`split(x, n)` into parts that do not come out even",
    "an error",
    [
      () => split(vector([1, 2, 3]), 2),
      /split: axis 0 of \[3\] does not divide into 2 equal parts/,
    ],
  ],
  [
    "`pad` by reflection",
    "without the edge itself; at most as wide as the rest",
    [value((x) => pad(x, [[1, 1]], { mode: "reflect" }), [1, 2, 3]), [2, 1, 2, 3, 2]],
    [value((x) => pad(x, [[2, 2]], { mode: "reflect" }), [1, 2]), /cannot be reflected/],
  ],
  [
    "`stack([])`, `concat([])`",
    "an error",
    [() => stack([]), /expected at least one tensor/],
    [() => concat([]), /expected at least one tensor/],
  ],
];
