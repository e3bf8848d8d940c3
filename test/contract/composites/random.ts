// Compositions in src/expr/ops/random.

import { random as draw, type Tensor } from "../../../src/expr/index.ts";
import type { Composite } from "./composite.ts";

type Operands = readonly [key: Tensor, first: Tensor, second: Tensor];

const keys = [
  [0, 1],
  [2, 3],
];

export const random: readonly Composite[] = [
  {
    name: "uniform",
    discrete: [0],
    cases: [
      {
        inputs: [[0, 42], -1.5, 2.25],
        call: (...operands) => {
          const [key, low, high] = operands as unknown as Operands;
          return draw.uniform(key, [3], { low, high });
        },
      },
      {
        inputs: [keys, [[1], [2]], [[3, 4, 5]]],
        call: (...operands) => {
          const [key, low, high] = operands as unknown as Operands;
          return draw.uniform(key, [2, 3], { low, high });
        },
      },
      {
        inputs: [[0, 42], 1, [2, 3]],
        call: (...operands) => {
          const [key, , high] = operands as unknown as Operands;
          return draw.uniform(key, [2], { high });
        },
      },
    ],
  },
  {
    name: "normal",
    discrete: [0],
    cases: [
      {
        inputs: [[0, 42], 0.5, 2.25],
        call: (...operands) => {
          const [key, mean, std] = operands as unknown as Operands;
          return draw.normal(key, [3], { mean, std });
        },
      },
      {
        inputs: [keys, [[1], [2]], [[3, 4, 5]]],
        call: (...operands) => {
          const [key, mean, std] = operands as unknown as Operands;
          return draw.normal(key, [2, 3], { mean, std });
        },
      },
    ],
  },
  {
    name: "integers",
    discrete: [0],
    cases: [
      {
        inputs: [keys],
        call: (key) => draw.integers(key as Tensor, [4], { low: -2, high: 3 }),
      },
    ],
  },
  {
    name: "categorical",
    discrete: [0],
    cases: [
      {
        inputs: [
          [0, 42],
          [
            [0.5, -1],
            [2, 0.25],
            [1, 0],
          ],
        ],
        call: (key, logits) =>
          draw.categorical(key as Tensor, logits as Tensor, { axis: 0, shape: [4, 2] }),
      },
    ],
  },
  {
    name: "permutation",
    discrete: [0],
    cases: [
      {
        inputs: [
          [0, 42],
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ],
        call: (key, x) => draw.permutation(key as Tensor, x as Tensor),
      },
    ],
  },
];
