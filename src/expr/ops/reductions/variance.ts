// Variance and standard deviation along axes, in two passes: first the mean, then the deviations from it.

import { apply } from "../../apply.ts";
import type { Arithmetic } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import { composite } from "../../lowering.ts";
import type { NotedCall, Op, Params, Sample } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { divide, multiply, sqrt, square, subtract } from "../arithmetic.ts";
import { equal } from "../comparison.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import {
  asFloat,
  countReduced,
  floatType,
  keepAxes,
  optionsOf,
  type ReduceOptions,
  reduce,
  reductionArguments,
} from "./axes.ts";
import { type LineFunction, scratchLine } from "./lines.ts";
import { pairwiseNumbers, pairwiseSum } from "./pairwise.ts";
import { defineReduction } from "./reduction.ts";
import { broadcasting, mean, sum } from "./sum.ts";

/** Which axes to reduce, and by how much the divisor is smaller than the number of elements. */
export interface SpreadOptions extends ReduceOptions {
  readonly ddof?: number;
}

const samples: readonly Sample[] = [
  { inputs: [[1, 2, 4.5, -1]], params: { axes: [0], keepDims: false, ddof: 0 } },
  {
    inputs: [
      [
        [1, 2, 6],
        [4, 9, -3],
      ],
    ],
    params: { axes: [1], keepDims: true, ddof: 1 },
  },
  {
    inputs: [
      [
        [
          [1, 2],
          [3, 5],
        ],
        [
          [-5, 6],
          [7, 2.5],
        ],
      ],
    ],
    params: { axes: [0, 2], keepDims: false, ddof: 0.5 },
  },
];

function checkDdof(operation: string, { ddof }: Params): void {
  if (typeof ddof === "number" && Number.isFinite(ddof)) return;
  throw new SymtapeError(
    "usage",
    `${operation}: ddof is a finite number, such as 1 for a sample of a population; got ${String(ddof)}.`,
    { operation },
  );
}

/** What the sum of squares is divided by; never less than 0, as in NumPy. */
function divisor(count: number, { ddof }: Params): number {
  return Math.max(count - (ddof as number), 0);
}

/** Arguments of a call: ddof comes last and is left out where it is 0. */
function spreadArguments(operands: readonly string[], call: NotedCall): readonly string[] {
  const { ddof } = call.params;
  return reductionArguments(operands, call, ddof === 0 ? [] : [String(ddof)]);
}

/** The sum of the squares about the mean. */
function squaresAbout<S>(arithmetic: Arithmetic<S>, line: readonly S[]): S {
  const count = arithmetic.literal(line.length);
  const lessMean = (elements: readonly S[]): readonly S[] => {
    const average = arithmetic.divide(pairwiseSum(arithmetic, elements), count);
    return elements.map((element) => arithmetic.subtract(element, average));
  };
  const once = lessMean(line);
  const known = line.every((element) => arithmetic.numberOf(element) !== undefined);
  const deviations = known ? lessMean(once) : once;
  return pairwiseSum(
    arithmetic,
    deviations.map((deviation) => arithmetic.square(deviation)),
  );
}

/**
 * The same for plain numbers. The mean is rounded; the mean of the deviations from it says by how much, so
 * that nothing is lost where the mean is large beside the spread.
 */
function squaresOfNumbers(): LineFunction {
  const scratch = scratchLine();
  return (data, start, stop) => {
    const count = stop - start;
    const deviations = scratch(count);
    const average = pairwiseNumbers(data, start, stop) / count;
    for (let i = 0; i < count; i++) deviations[i] = (data[start + i] as number) - average;
    const rest = pairwiseNumbers(deviations, 0, count) / count;
    for (let i = 0; i < count; i++) deviations[i] = ((deviations[i] as number) - rest) ** 2;
    return pairwiseNumbers(deviations, 0, count);
  };
}

/** The same for tensors. */
function sumOfSquares(x: Tensor, params: Params): Tensor {
  const lessMean = (values: Tensor): Tensor =>
    subtract(values, mean(values, broadcasting(x, params)));
  return sum(square(lessMean(lessMean(asFloat(x)))), optionsOf(params));
}

/** Each element less the mean of its line; of numbers also less what rounding left of it. */
function centered(input: Tensor, params: Params): Tensor {
  const arithmetic = tensorArithmetic();
  const lessMean = (x: Tensor): Tensor => subtract(x, mean(x, broadcasting(x, params)));
  const once = lessMean(input);
  return arithmetic.guard(
    [once],
    () => arithmetic.literal(1),
    () => lessMean(once),
    () => once,
  );
}

export const varianceOp: Op = defineReduction({
  name: "variance",
  notation: { kind: "call", arguments: spreadArguments, texName: "\\operatorname{Var}" },
  samples,
  type: (input) => floatType(input),
  check: (params) => checkDdof("variance", params),
  line: (arithmetic, line, params) =>
    arithmetic.divide(
      squaresAbout(arithmetic, line),
      arithmetic.literal(divisor(line.length, params)),
    ),
  numbers: (params) => {
    const squares = squaresOfNumbers();
    return (data, start, stop) => squares(data, start, stop) / divisor(stop - start, params);
  },
  lower: ([x], params) => {
    const count = divisor(countReduced((x as AbstractValue).shape, params), params);
    return composite((input) => divide(sumOfSquares(input, params), count));
  },
  slope: ({ inputs, params }) => {
    const input = inputs[0] as Tensor;
    const factor = 2 / divisor(countReduced(input.shape, params), params);
    return multiply(factor, centered(input, params));
  },
});

export const stdOp: Op = defineReduction({
  name: "std",
  notation: { kind: "call", arguments: spreadArguments, texName: "\\operatorname{sd}" },
  samples,
  type: (input) => floatType(input),
  check: (params) => checkDdof("std", params),
  line: (arithmetic, line, params) =>
    arithmetic.sqrt(
      arithmetic.divide(
        squaresAbout(arithmetic, line),
        arithmetic.literal(divisor(line.length, params)),
      ),
    ),
  numbers: (params) => {
    const squares = squaresOfNumbers();
    return (data, start, stop) =>
      Math.sqrt(squares(data, start, stop) / divisor(stop - start, params));
  },
  lower: (_, params) => composite((x) => sqrt(apply(varianceOp, [x], params))),
  slope: ({ inputs, outputs, params }) => {
    const input = inputs[0] as Tensor;
    const deviation = keepAxes(outputs[0] as Tensor, input, params);
    const arithmetic = tensorArithmetic();
    return arithmetic.guard(
      [deviation],
      () => equal(deviation, 0),
      () => arithmetic.literal(0),
      () => {
        const count = divisor(countReduced(input.shape, params), params);
        return divide(centered(input, params), multiply(count, deviation));
      },
    );
  },
});

/**
 * The variance of all elements, or along `axis`: the sum of squares about the mean, divided by n − ddof. Its
 * default ddof = 0 takes the elements for the whole population, 1 for a sample of it. Computed in two passes.
 * As in NumPy it is NaN or infinite where n − ddof is not positive. Whole numbers give float64.
 *
 * @throws SymtapeError (shape) for an axis that is not there; (usage) for a ddof that is no finite number.
 * @example
 * variance(tensor([1, 2, 3, 4])).item(); // 1.25
 * variance(tensor([[1, 3], [2, 6]]), { axis: 1, ddof: 1 }).toArray(); // [2, 8]
 */
export function variance(x: TensorLike, options: SpreadOptions = {}): Tensor {
  return reduce(varianceOp, x, options, { ddof: options.ddof ?? 0 });
}

/**
 * The standard deviation of all elements, or along `axis`: the root of the {@link variance}. Where all elements
 * are equal the derivative is taken to be 0, as that of a norm at 0 is.
 *
 * @throws SymtapeError (shape) for an axis that is not there; (usage) for a ddof that is no finite number.
 * @example
 * std(tensor([2, 4, 4, 4, 5, 5, 7, 9])).item(); // 2
 */
export function std(x: TensorLike, options: SpreadOptions = {}): Tensor {
  return reduce(stdOp, x, options, { ddof: options.ddof ?? 0 });
}
