// Products along axes. The derivative by an element is the product of all others, without any division.

import { type Op, PRECEDENCE } from "../../op.ts";
import { type AbstractValue, type Shape, sizeOf } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { reshape, transpose } from "../movement/reshape.ts";
import { numbersOf } from "../structured.ts";
import { foldOf, isWhole, type ReduceOptions, reduce, totalType } from "./axes.ts";
import { cumprod, exclusive } from "./cumulative.ts";
import { defineReduction } from "./reduction.ts";

export const prodOp: Op = defineReduction({
  name: "prod",
  notation: {
    kind: "call",
    tex: ([x], call) => {
      const axes = numbersOf(call.params, "axes").map((axis) => axis + 1);
      return isWhole(call) ? `\\prod ${x}` : `\\prod_{${axes.join(", ")}} ${x}`;
    },
    operandPrecedence: PRECEDENCE.product,
    texPrecedence: PRECEDENCE.product,
  },
  samples: [
    { inputs: [[2, -3, 0.5]], params: { axes: [0], keepDims: false } },
    {
      inputs: [
        [
          [1.5, 0, -2],
          [0, 3, 0],
        ],
      ],
      params: { axes: [1], keepDims: true },
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [0, -1],
          ],
          [
            [0.5, 3],
            [2, 1.5],
          ],
        ],
      ],
      params: { axes: [0, 2], keepDims: false },
    },
  ],
  type: (input) => totalType(input),
  line: (arithmetic, line) =>
    line.length === 0
      ? arithmetic.literal(1)
      : line.reduce((product, element) => arithmetic.multiply(product, element)),
  numbers: () => (data, start, stop) => {
    const wraps = data instanceof Int32Array;
    let product = 1;
    for (let i = start; i < stop; i++) {
      const element = data[i] as number;
      product = wraps ? Math.imul(product, element) : product * element;
    }
    return product;
  },
  lower: ([x], params) => foldOf("product", prodOp, x as AbstractValue, params),
  slope: ({ inputs, params }) => {
    const input = inputs[0] as Tensor;
    return alongOneAxis(input, numbersOf(params, "axes"), productsOfOthers);
  },
});

/** For every element the product of all others on its line: of those before it and those behind it. */
function productsOfOthers(x: Tensor, axis: number): Tensor {
  return multiply(
    exclusive(cumprod(x, { axis }), axis, false),
    exclusive(cumprod(x, { axis, reverse: true }), axis, true),
  );
}

/** Applies a function along one axis to all lines along several axes. */
function alongOneAxis(
  x: Tensor,
  axes: readonly number[],
  f: (x: Tensor, axis: number) => Tensor,
): Tensor {
  if (axes.length === 1) return f(x, axes[0] as number);
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const moved = transpose(x, order);
  const sizes = (list: readonly number[]): Shape => list.map((axis) => x.shape[axis] as number);
  const lines = reshape(moved, [...sizes(others), sizeOf(sizes(axes))]);
  const result = reshape(f(lines, others.length), moved.shape);
  return transpose(
    result,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

/**
 * The product of all elements, or along `axis`. Whole numbers and booleans give int32; the product of nothing
 * is 1. The derivative by each element is the product of the others, also where elements are 0.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * prod(tensor([2, 3, 4])).item(); // 24
 * grad((x) => prod(x))(tensor([2, 0, 4])); // [0, 8, 0]
 */
export function prod(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(prodOp, x, options);
}
