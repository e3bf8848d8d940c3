// The exponentials of elements in proportion to their sum, and the logarithms of these proportions.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import type { NotedCall, Op, Params, Sample, Step } from "../../op.ts";
import { type AbstractValue, normalizeAxes, type TypedArray } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { divide, multiply, subtract } from "../arithmetic.ts";
import { where } from "../comparison.ts";
import { exp, log1p } from "../exponential.ts";
import { defineOp, numbersOf } from "../structured.ts";
import { asFloat, axesText, batchReduction, checkAxes, floatType } from "./axes.ts";
import { largest, placeOfLargest } from "./extremes.ts";
import { type LineWriter, mapLines, mapNumbersInLines } from "./lines.ts";
import {
  finite,
  logSumExpOf,
  otherPowers,
  otherPowersOfNumbers,
  powersBeside,
  shiftPlace,
} from "./log-sum-exp.ts";
import { pairwiseNumbers, pairwiseSum } from "./pairwise.ts";
import { broadcasting, sum } from "./sum.ts";

/** The axes along which the elements make up one distribution; the last unless given. */
export interface SoftmaxOptions {
  readonly axis?: number | readonly number[];
}

const table = [
  [1, 2, -0.5],
  [0.25, -1, 3],
];

const samples: readonly Sample[] = [
  { inputs: [[1, 2, -0.5]], params: { axes: [0] } },
  { inputs: [table], params: { axes: [0] } },
  { inputs: [[table]], params: { axes: [0, 2] } },
  { inputs: [[300, 301, 299.5]], params: { axes: [0] } },
];

export const softmaxOp: Op = defineOp({
  name: "softmax",
  inputs: ["x"],
  notation: { kind: "call", arguments: (x, call) => distributionArguments(x, call) },
  samples,
  infer: ([x], params) => [distributed("softmax", x as AbstractValue, params)],
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    mapLines(x as NdArray<S>, numbersOf(params, "axes"), (line) => softmaxOf(arithmetic, line)),
  ],
  kernel: ([x], params) => [
    mapNumbersInLines(x as Numbers, numbersOf(params, "axes"), writeSoftmax),
  ],
  lower: (_, params) =>
    composite((x) => {
      const input = asFloat(x);
      const options = { axis: numbersOf(params, "axes"), keepDims: true };
      const powers = exp(subtract(input, largest(input, options)));
      return divide(powers, sum(powers, options));
    }),
  pullback: (step, [cotangent]) => [cotangent && alongSoftmax(step, cotangent)],
  pushforward: (step, [tangent]) => [tangent && alongSoftmax(step, tangent)],
  batch: (call) => batchReduction(call),
});

export const logSoftmaxOp: Op = defineOp({
  name: "logSoftmax",
  inputs: ["x"],
  notation: { kind: "call", arguments: (x, call) => distributionArguments(x, call) },
  samples,
  infer: ([x], params) => [distributed("logSoftmax", x as AbstractValue, params)],
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    mapLines(x as NdArray<S>, numbersOf(params, "axes"), (line) => logSoftmaxOf(arithmetic, line)),
  ],
  kernel: ([x], params) => [
    mapNumbersInLines(x as Numbers, numbersOf(params, "axes"), logSoftmaxWriter()),
  ],
  lower: (_, params) =>
    composite((x) => {
      const input = asFloat(x);
      const axis = numbersOf(params, "axes");
      const shift = largest(input, { axis, keepDims: true });
      const rest = log1p(powersBeside(input, shift, axis));
      return subtract(subtract(input, shift), where(finite(shift), rest, Number.NaN));
    }),
  pullback: (step, [cotangent]) => {
    if (cotangent === undefined) return [undefined];
    const total = sum(cotangent, broadcasting(cotangent, step.params));
    return [subtract(cotangent, multiply(softmaxOfStep(step), total))];
  },
  pushforward: (step, [tangent]) => {
    if (tangent === undefined) return [undefined];
    const average = sum(multiply(softmaxOfStep(step), tangent), broadcasting(tangent, step.params));
    return [subtract(tangent, average)];
  },
  batch: (call) => batchReduction(call),
});

/** The derivative of softmax, a symmetric matrix, times a vector: s · (v − Σ s·v). */
function alongSoftmax(step: Step, vector: Tensor): Tensor {
  const proportions = step.outputs[0] as Tensor;
  const average = sum(multiply(proportions, vector), broadcasting(vector, step.params));
  return multiply(proportions, subtract(vector, average));
}

function softmaxOfStep({ inputs, params }: Step): Tensor {
  return apply(softmaxOp, inputs, params);
}

function distributed(operation: string, x: AbstractValue, params: Params): AbstractValue {
  checkAxes(operation, x.shape, params);
  return { shape: x.shape, ...floatType(x) };
}

/** The axes are left out where they are the last one. */
function distributionArguments(
  [x]: readonly string[],
  { params, shapes }: NotedCall,
): readonly string[] {
  const axes = numbersOf(params, "axes");
  const last = (shapes[0]?.length ?? 0) - 1;
  return axes.length === 1 && axes[0] === last ? [x as string] : [x as string, axesText(params)];
}

function softmaxOf<S>(arithmetic: Arithmetic<S>, line: readonly S[]): readonly S[] {
  const place = shiftPlace(arithmetic, line);
  const shift = place === undefined ? undefined : (line[place] as S);
  const powers = line.map((element) =>
    arithmetic.exp(shift === undefined ? element : arithmetic.subtract(element, shift)),
  );
  const total = pairwiseSum(arithmetic, powers);
  return powers.map((power) => arithmetic.divide(power, total));
}

function writeSoftmax(data: TypedArray, start: number, stop: number, result: Float64Array): void {
  const shift = data[start + placeOfLargest(data, start, stop)] as number;
  for (let i = start; i < stop; i++) result[i] = Math.exp((data[i] as number) - shift);
  const total = pairwiseNumbers(result, start, stop);
  for (let i = start; i < stop; i++) result[i] = (result[i] as number) / total;
}

function logSoftmaxOf<S>(arithmetic: Arithmetic<S>, line: readonly S[]): readonly S[] {
  const place = shiftPlace(arithmetic, line);
  if (place === undefined) {
    const whole = logSumExpOf(arithmetic, line);
    return line.map((element) => arithmetic.subtract(element, whole));
  }
  if (line.length === 0) return line;
  const shift = line[place] as S;
  const rest = Number.isFinite(arithmetic.numberOf(shift))
    ? arithmetic.log1p(otherPowers(arithmetic, line, place))
    : arithmetic.literal(Number.NaN);
  return line.map((element) => arithmetic.subtract(arithmetic.subtract(element, shift), rest));
}

function logSoftmaxWriter(): LineWriter {
  const others = otherPowersOfNumbers();
  return (data, start, stop, result) => {
    if (stop === start) return;
    const place = start + placeOfLargest(data, start, stop);
    const shift = data[place] as number;
    const rest = Number.isFinite(shift) ? Math.log1p(others(data, start, stop, place)) : Number.NaN;
    for (let i = start; i < stop; i++) result[i] = (data[i] as number) - shift - rest;
  };
}

/**
 * Positive numbers that add up to 1 along `axis`, the last unless given: exp(x) / Σ exp(x). The largest element
 * is taken off first, so nothing overflows. An element that is -Infinity gets 0.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * softmax(tensor([0, 0])).toArray(); // [0.5, 0.5]
 * softmax(tensor([[1000, 1000], [0, -Infinity]])).toArray(); // [[0.5, 0.5], [1, 0]]
 */
export function softmax(x: TensorLike, options: SoftmaxOptions = {}): Tensor {
  return distribute(softmaxOp, x, options);
}

/**
 * The logarithm of the {@link softmax}, x − log Σ exp(x), along `axis`, the last unless given.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * logSoftmax(tensor([0, -1000])).toArray(); // [0, -1000]
 */
export function logSoftmax(x: TensorLike, options: SoftmaxOptions = {}): Tensor {
  return distribute(logSoftmaxOp, x, options);
}

function distribute(op: Op, x: TensorLike, options: SoftmaxOptions): Tensor {
  const input = asTensor(x);
  return apply(op, [input], { axes: normalizeAxes(op.name, options.axis ?? -1, input.rank) });
}
