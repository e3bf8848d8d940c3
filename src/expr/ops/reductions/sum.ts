// Operations that combine the elements along axes.

import { apply, applyAll } from "../../apply.ts";
import { type Arithmetic, type NdArray, type Numbers, stridedIndices } from "../../arithmetic.ts";
import { type BatchCall, type NotedCall, type Op, type Params, PRECEDENCE } from "../../op.ts";
import {
  type AbstractValue,
  isFloat,
  normalizeAxes,
  type Shape,
  stridesOf,
  type TypedArray,
} from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { divide } from "../arithmetic.ts";
import { broadcastTo, reshape } from "../movement/reshape.ts";
import { defineOp, numbersOf, shapeError, wholeNumbersOf, withShape } from "../structured.ts";

/** Which axes a reduction combines, and whether they stay with length 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Shape of the result: without the reduced axes, or with length 1 there. */
function reducedShape(
  shape: Shape,
  params: Params,
  keep: boolean = params.keepDims === true,
): Shape {
  const axes = numbersOf(params, "axes");
  if (keep) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** The shape of the result, after a check that the axes are there. */
function inferredShape(operation: string, shape: Shape, params: Params): Shape {
  const { axes } = params;
  const count = Array.isArray(axes) ? axes.length : 0;
  const list = wholeNumbersOf(operation, params, "axes", count);
  normalizeAxes(operation, list, shape.length);
  if (list.some((axis) => axis < 0)) throw shapeError(operation, "axes count from 0.", shape);
  return reducedShape(shape, params);
}

/** Where the elements of each result stand: first places of the results and offsets within one. */
function reductionPlaces(
  shape: Shape,
  params: Params,
): { firsts: Int32Array; offsets: Int32Array } {
  const axes = numbersOf(params, "axes");
  const strides = stridesOf(shape);
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const walk = (list: readonly number[]): Int32Array =>
    stridedIndices(
      list.map((axis) => shape[axis] as number),
      list.map((axis) => strides[axis] as number),
      0,
    );
  return { firsts: walk(kept), offsets: walk(axes) };
}

/** Sums in halves, so that the rounding error grows with the logarithm of the length. */
function pairwise<S>(
  arithmetic: Arithmetic<S>,
  element: (i: number) => S,
  start: number,
  stop: number,
): S {
  if (stop - start > 8) {
    const middle = start + ((stop - start) >> 1);
    return arithmetic.add(
      pairwise(arithmetic, element, start, middle),
      pairwise(arithmetic, element, middle, stop),
    );
  }
  if (stop === start) return arithmetic.literal(0);
  let total = element(start);
  for (let i = start + 1; i < stop; i++) total = arithmetic.add(total, element(i));
  return total;
}

function pairwiseNumbers(
  data: TypedArray,
  first: number,
  offsets: Int32Array,
  start: number,
  stop: number,
): number {
  if (stop - start > 8) {
    const middle = start + ((stop - start) >> 1);
    return (
      pairwiseNumbers(data, first, offsets, start, middle) +
      pairwiseNumbers(data, first, offsets, middle, stop)
    );
  }
  if (stop === start) return 0;
  let total = data[first + (offsets[start] as number)] as number;
  for (let i = start + 1; i < stop; i++) total += data[first + (offsets[i] as number)] as number;
  return total;
}

function sumReference<S>(arithmetic: Arithmetic<S>, input: NdArray<S>, params: Params): NdArray<S> {
  const { firsts, offsets } = reductionPlaces(input.shape, params);
  const data = Array.from(firsts, (first) =>
    pairwise(arithmetic, (i) => input.data[first + (offsets[i] as number)] as S, 0, offsets.length),
  );
  return { shape: reducedShape(input.shape, params), data };
}

function sumNumbers(input: Numbers, params: Params): Float64Array {
  const { firsts, offsets } = reductionPlaces(input.shape, params);
  const { data } = input;
  return Float64Array.from(firsts, (first) =>
    pairwiseNumbers(data, first, offsets, 0, offsets.length),
  );
}

function countReduced(shape: Shape, params: Params): number {
  return numbersOf(params, "axes").reduce((count, axis) => count * (shape[axis] as number), 1);
}

/** The cotangent of a reduction, spread over the shape that was reduced. */
function spread(cotangent: Tensor, input: Tensor, params: Params): Tensor {
  return broadcastTo(reshape(cotangent, reducedShape(input.shape, params, true)), input.shape);
}

function reductionArguments(
  [x]: readonly string[],
  { params, shapes }: NotedCall,
): readonly string[] {
  const axes = numbersOf(params, "axes");
  const whole = axes.length === (shapes[0] as Shape).length;
  const named =
    axes.length === 1 ? String((axes[0] as number) + 1) : `[${axes.map((a) => a + 1).join(", ")}]`;
  if (params.keepDims === true) return [x as string, named, "true"];
  return whole ? [x as string] : [x as string, named];
}

/** A reduction of each example: its axes stand one place further. */
export function batchReduction({ op, inputs, params }: BatchCall): readonly Tensor[] {
  return applyAll(op, inputs, {
    ...params,
    axes: numbersOf(params, "axes").map((axis) => axis + 1),
  });
}

const samples: Op["samples"] = [
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
    arguments: reductionArguments,
    tex: ([x], { params, shapes }) => {
      const axes = numbersOf(params, "axes");
      const whole = axes.length === shapes[0]?.length;
      return whole ? `\\sum ${x}` : `\\sum_{${axes.map((axis) => axis + 1).join(", ")}} ${x}`;
    },
    operandPrecedence: PRECEDENCE.product,
    texPrecedence: PRECEDENCE.product,
  },
  samples,
  infer: ([x], params) => {
    const { dtype, weak, shape } = x as AbstractValue;
    const type = dtype === "bool" ? "int32" : dtype;
    return [{ shape: inferredShape("sum", shape, params), dtype: type, weak }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    sumReference(arithmetic, x as NdArray<S>, params),
  ],
  kernel: ([x], params) => [sumNumbers(x as Numbers, params)],
  pullback: ({ inputs, params }, [cotangent]) => [
    cotangent && spread(cotangent, inputs[0] as Tensor, params),
  ],
  pushforward: "linear",
  batch: batchReduction,
});

export const meanOp: Op = defineOp({
  name: "mean",
  inputs: ["x"],
  notation: { kind: "call", arguments: reductionArguments },
  samples,
  infer: ([x], params) => {
    const input = x as AbstractValue;
    const dtype = isFloat(input.dtype) ? input.dtype : "float64";
    return [{ ...withShape(input, inferredShape("mean", input.shape, params)), dtype }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
    const input = x as NdArray<S>;
    const { shape, data } = sumReference(arithmetic, input, params);
    const count = arithmetic.literal(countReduced(input.shape, params));
    return [{ shape, data: Array.from(data, (total) => arithmetic.divide(total, count)) }];
  },
  kernel: ([x], params) => {
    const input = x as Numbers;
    const count = countReduced(input.shape, params);
    return [sumNumbers(input, params).map((total) => total / count)];
  },
  pullback: ({ inputs, params }, [cotangent]) => {
    const input = inputs[0] as Tensor;
    return [
      cotangent && spread(divide(cotangent, countReduced(input.shape, params)), input, params),
    ];
  },
  pushforward: "linear",
  batch: batchReduction,
});

function reduce(op: Op, x: TensorLike, options: ReduceOptions): Tensor {
  const input = asTensor(x);
  const axes = normalizeAxes(op.name, options.axis, input.rank);
  return apply(op, [input], { axes, keepDims: options.keepDims ?? false });
}

/**
 * The sum over all elements, or along `axis`. Added in pairs, so that its error grows with the logarithm
 * of the length. Whole numbers and booleans give int32.
 *
 * @example
 * sum(tensor([[1, 2], [3, 4]])).item(); // 10
 * sum(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(); // [4, 6]
 */
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(sumOp, x, options);
}

/**
 * The mean over all elements, or along `axis`. Whole numbers and booleans give float64.
 *
 * @example
 * mean(tensor([1, 2, 6])).item(); // 3
 */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(meanOp, x, options);
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
