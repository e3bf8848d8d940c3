// Whether any or all elements along axes are nonzero.

import type { Op } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { foldOf, type ReduceOptions, reduce } from "./axes.ts";
import { defineReduction } from "./reduction.ts";

const samples: Op["samples"] = [
  { inputs: [[0, 2, -1]], params: { axes: [0], keepDims: false } },
  {
    inputs: [
      [
        [0, 0, 0],
        [1, 0.5, -3],
        [0, 1, 0],
      ],
    ],
    params: { axes: [1], keepDims: true },
  },
  {
    inputs: [
      [
        [[0], [0]],
        [[1], [2]],
      ],
    ],
    params: { axes: [0, 2], keepDims: false },
  },
];

export const anyOp: Op = defineReduction({
  name: "any",
  samples,
  nondifferentiable: true,
  type: () => ({ dtype: "bool", weak: false }),
  line: (arithmetic, line) => {
    const zero = arithmetic.literal(0);
    const nonzero = line.map((element) => arithmetic.notEqual(element, zero));
    return nonzero.length === 0 ? zero : nonzero.reduce((x, y) => arithmetic.or(x, y));
  },
  numbers: () => (data, start, stop) => {
    for (let i = start; i < stop; i++) if (data[i] !== 0) return 1;
    return 0;
  },
  lower: ([x], params) => foldOf("any", anyOp, x as AbstractValue, params),
});

export const allOp: Op = defineReduction({
  name: "all",
  samples,
  nondifferentiable: true,
  type: () => ({ dtype: "bool", weak: false }),
  line: (arithmetic, line) => {
    const zero = arithmetic.literal(0);
    const nonzero = line.map((element) => arithmetic.notEqual(element, zero));
    return nonzero.length === 0
      ? arithmetic.literal(1)
      : nonzero.reduce((x, y) => arithmetic.and(x, y));
  },
  numbers: () => (data, start, stop) => {
    for (let i = start; i < stop; i++) if (data[i] === 0) return 0;
    return 1;
  },
  lower: ([x], params) => foldOf("all", allOp, x as AbstractValue, params),
});

/**
 * Whether any element is nonzero, of all or along `axis`, as bool. NaN is nonzero; of nothing it is false.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * any(tensor([[0, 2], [0, 0]]), { axis: 1 }).toArray(); // [1, 0]
 */
export function any(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(anyOp, x, options);
}

/**
 * Whether all elements are nonzero, or those along `axis`, as bool. NaN is nonzero; of nothing it is true.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * all(tensor([[1, 2], [3, 0]]), { axis: 1 }).toArray(); // [1, 0]
 */
export function all(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(allOp, x, options);
}
