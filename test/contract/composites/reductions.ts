// Compositions in src/expr/ops/reductions.

import { cumprod, cumsum, diff, norm, type Tensor, topK } from "../../../src/expr/index.ts";
import type { Composite } from "./composite.ts";

const matrix = [
  [1, 5, 2],
  [0.5, -3, 4],
];

export const reductions: readonly Composite[] = [
  {
    name: "topK",
    cases: [
      {
        inputs: [[3, -1, 4, 0.5]],
        call: (x) => Object.values(topK(x as Tensor, 2)),
      },
      {
        inputs: [matrix],
        call: (x) => Object.values(topK(x as Tensor, 1, { axis: 0 })),
      },
    ],
  },
  {
    name: "norm of matrices",
    cases: [
      { inputs: [matrix], call: (x) => norm(x as Tensor, { ord: "fro" }) },
      {
        inputs: [[matrix]],
        call: (x) => norm(x as Tensor, { ord: "fro", axis: [0, -1], keepDims: true }),
      },
      { inputs: [matrix], call: (x) => norm(x as Tensor, { ord: "nuc" }) },
      {
        inputs: [
          [
            matrix,
            [
              [1, 0.5, -1],
              [3, 2, 0.25],
            ],
          ],
        ],
        call: (x) => norm(x as Tensor, { ord: "nuc", axis: [-1, 0], keepDims: true }),
      },
    ],
  },
  {
    name: "cumulation of all elements",
    cases: [
      { inputs: [matrix], call: (x) => cumsum(x as Tensor) },
      { inputs: [matrix], call: (x) => cumprod(x as Tensor, { reverse: true }) },
    ],
  },
  {
    name: "diff",
    cases: [
      { inputs: [matrix], call: (x) => diff(x as Tensor, { n: 2 }) },
      { inputs: [matrix], call: (x) => diff(x as Tensor, { axis: 0 }) },
    ],
  },
];
