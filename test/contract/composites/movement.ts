// Compositions in src/expr/ops/movement.

import {
  at,
  diag,
  expandDims,
  flip,
  index,
  moveAxis,
  pad,
  repeat,
  split,
  squeeze,
  stack,
  type Tensor,
  take,
  tile,
  unstack,
} from "../../../src/expr/index.ts";
import type { Composite, CompositeCase } from "./composite.ts";

type OfOne = (x: Tensor) => Tensor | readonly Tensor[];
type OfTwo = (x: Tensor, y: Tensor) => Tensor;

const vector = [1, 2, 3.5];
const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];
const cube = [
  [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  [
    [7, 8],
    [9, 10],
    [11, 12],
  ],
];

function of(input: readonly unknown[], call: OfOne): CompositeCase {
  return { inputs: [input], call: (x) => call(x as Tensor) };
}

function withValues(input: readonly unknown[], values: unknown, call: OfTwo): CompositeCase {
  return {
    inputs: [input, values as readonly unknown[]],
    call: (x, y) => call(x as Tensor, y as Tensor),
  };
}

/** Writing at places, some of them named twice. */
function writing(name: "set" | "add"): Composite {
  return {
    name: `at ${name}`,
    cases: [
      withValues(vector, 7, (x, y) => at(x, [1])[name](y)),
      withValues(matrix, [7, 8], (x, y) => at(x, [-1, { step: -2 }])[name](y)),
      withValues(vector, [7, 8, 9], (x, y) => at(x, [[2, 0, -1]])[name](y)),
      withValues(matrix, [7, 8, 9], (x, y) =>
        at(x, [
          [1, 0, 1],
          [2, 0, 2],
        ])[name](y),
      ),
      withValues(cube, [[7, 8]], (x, y) => at(x, [1, { start: 1 }, [0, 1]])[name](y)),
      withValues(cube, [[[7], [8]]], (x, y) => at(x, [[0, 0], {}, [[1], [0]]])[name](y)),
    ],
  };
}

export const movement: readonly Composite[] = [
  {
    name: "moveAxis",
    cases: [{ inputs: [[[[1, 2, 3]]]], call: (x) => moveAxis(x as Tensor, -1, 0) }],
  },
  {
    name: "stack along an axis",
    cases: [withValues([1, 2], [3, 4], (x, y) => stack([x, y, x], { axis: -1 }))],
  },
  {
    name: "unstack",
    cases: [of(matrix, (x) => unstack(x)), of(cube, (x) => unstack(x, { axis: -1 }))],
  },
  {
    name: "split",
    cases: [of(matrix, (x) => split(x, 3, { axis: 1 })), of(vector, (x) => split(x, [1, 0, 2]))],
  },
  {
    name: "squeeze and expandDims",
    cases: [
      of([[[1], [2]]], (x) => squeeze(x, { axis: -1 })),
      of([[[1], [2]]], (x) => squeeze(x)),
      of([1, 2], (x) => expandDims(x, [0, -1])),
    ],
  },
  {
    name: "flip",
    cases: [of(matrix, (x) => flip(x)), of(matrix, (x) => flip(x, { axis: -1 }))],
  },
  {
    name: "tile",
    cases: [of(vector, (x) => tile(x, [2, 2])), of(matrix, (x) => tile(x, 2))],
  },
  {
    name: "repeat",
    cases: [
      of(matrix, (x) => repeat(x, 2)),
      of(matrix, (x) => repeat(x, 2, { axis: 0 })),
      of(matrix, (x) => repeat(x, [1, 0, 2], { axis: 1 })),
    ],
  },
  {
    name: "diag",
    cases: [of([1, 2], (x) => diag(x, { k: 1 })), of(matrix, (x) => diag(x, { k: -1 }))],
  },
  { name: "pad by tensor", cases: [withValues(vector, 7, (x, y) => pad(x, 1, { value: y }))] },
  {
    name: "take",
    discrete: [1],
    cases: [
      withValues(matrix, [[5, 0, -1]], (x, y) => take(x, y)),
      withValues(matrix, [1, 1], (x, y) => take(x, y, { axis: -1 })),
    ],
  },
  {
    name: "index by arrays",
    discrete: [1],
    cases: [
      withValues(cube, [1, 0, 1], (x, y) => index(x, [y])),
      withValues(cube, [[1], [0]], (x, y) => index(x, [y, [2, 0, 2], { step: -1 }])),
      withValues(cube, [1, 0, 1], (x, y) => index(x, [y, { start: 1 }, [1, 0, 0]])),
      withValues(cube, [1, 0, 1], (x, y) => index(x, [1, {}, y])),
      withValues(cube, 2, (x, y) => index(x, [{}, y])),
    ],
  },
  writing("set"),
  writing("add"),
];
