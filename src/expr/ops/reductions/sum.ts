// Sums and means along axes.

import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import { type Op, type Params, PRECEDENCE, type Sample } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { divide } from "../arithmetic.ts";
import { reshape } from "../movement/reshape.ts";
import { defineOp, numbersOf } from "../structured.ts";
import {
  asFloat,
  batchReduction,
  checkAxes,
  countReduced,
  floatType,
  foldOf,
  isWhole,
  optionsOf,
  type ReduceOptions,
  reduce,
  reducedShape,
  reductionArguments,
  spread,
  totalType,
} from "./axes.ts";
import { reduceLines, reduceNumbers } from "./lines.ts";
import { pairwiseNumbers, pairwiseSum } from "./pairwise.ts";

export type { ReduceOptions } from "./axes.ts";

const samples: readonly Sample[] = [
  { inputs: [[1, 2, 3.5]], params: { axes: [0], keepDims: false } },
  {
    inputs: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    params: { axes: [1], keepDims: true },
  },
  {
    inputs: [
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    ],
    params: { axes: [0, 2], keepDims: false },
  },
];

export const sumOp: Op = defineOp({
  name: "sum",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: (x, call) => reductionArguments(x, call),
    tex: ([x], call) => {
      const axes = numbersOf(call.params, "axes").map((axis) => axis + 1);
      return isWhole(call) ? `\\sum ${x}` : `\\sum_{${axes.join(", ")}} ${x}`;
    },
    operandPrecedence: PRECEDENCE.product,
    texPrecedence: PRECEDENCE.product,
  },
  samples,
  infer: ([x], params) => {
    const input = x as AbstractValue;
    checkAxes("sum", input.shape, params);
    const { dtype, weak } = totalType(input);
    return [{ shape: reducedShape(input.shape, params), dtype, weak }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    reduceLines(x as NdArray<S>, params, (line) => pairwiseSum(arithmetic, line)),
  ],
  kernel: ([x], params) => [reduceNumbers(x as Numbers, params, pairwiseNumbers)],
  lower: ([x], params) => foldOf("sum", sumOp, x as AbstractValue, params),
  pullback: ({ inputs, params }, [cotangent]) => [
    cotangent && spread(cotangent, inputs[0] as Tensor, params),
  ],
  pushforward: "linear",
  batch: (call) => batchReduction(call),
});

export const meanOp: Op = defineOp({
  name: "mean",
  inputs: ["x"],
  notation: { kind: "call", arguments: (x, call) => reductionArguments(x, call) },
  samples,
  infer: ([x], params) => {
    const input = x as AbstractValue;
    checkAxes("mean", input.shape, params);
    return [{ shape: reducedShape(input.shape, params), ...floatType(input) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
    const input = x as NdArray<S>;
    const count = arithmetic.literal(countReduced(input.shape, params));
    return [
      reduceLines(input, params, (line) => arithmetic.divide(pairwiseSum(arithmetic, line), count)),
    ];
  },
  kernel: ([x], params) => {
    const input = x as Numbers;
    const count = countReduced(input.shape, params);
    return [reduceNumbers(input, params, pairwiseNumbers).map((total) => total / count)];
  },
  lower: ([x], params) => {
    const count = countReduced((x as AbstractValue).shape, params);
    return composite((input) => divide(sum(asFloat(input), optionsOf(params)), count));
  },
  pullback: ({ inputs, params }, [cotangent]) => {
    const input = inputs[0] as Tensor;
    return [
      cotangent && spread(divide(cotangent, countReduced(input.shape, params)), input, params),
    ];
  },
  pushforward: "linear",
  batch: (call) => batchReduction(call),
});

/**
 * The sum over all elements, or along `axis`. Added in pairs, so that its error grows with the logarithm
 * of the length. Whole numbers and booleans give int32; the sum of nothing is 0.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * sum(tensor([[1, 2], [3, 4]])).item(); // 10
 * sum(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(); // [4, 6]
 */
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(sumOp, x, options);
}

/**
 * The mean over all elements, or along `axis`. Whole numbers and booleans give float64; the mean of nothing
 * is NaN.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * mean(tensor([1, 2, 6])).item(); // 3
 */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(meanOp, x, options);
}

/** How to reduce along the axes of a reduction so that the result broadcasts to its operand. */
export function broadcasting({ rank }: Tensor, params: Params): ReduceOptions {
  const axis = numbersOf(params, "axes");
  return { axis, keepDims: axis.length < rank };
}

/** Sums a value down to a shape that broadcasts to its own. */
export function sumTo(value: Tensor, shape: Shape): Tensor {
  const lead = value.rank - shape.length;
  const axes = value.shape.flatMap((length, axis) =>
    axis < lead || (shape[axis - lead] === 1 && length !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return value;
  return reshape(sum(value, { axis: axes }), shape);
}
