// The logarithm of a sum of exponentials, without overflow.

import { apply } from "../../apply.ts";
import type { Arithmetic } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import { type Op, PRECEDENCE, type Step } from "../../op.ts";
import type { TypedArray } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { add, divide, subtract } from "../arithmetic.ts";
import { abs, equal, less, maximum, or, where } from "../comparison.ts";
import { exp, log1p } from "../exponential.ts";
import { cast, reshape } from "../movement/reshape.ts";
import { numbersOf } from "../structured.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import {
  asFloat,
  floatType,
  isWhole,
  keepAxes,
  type ReduceOptions,
  reduce,
  reducedShape,
} from "./axes.ts";
import { largest, numbersBehind, placeOfLargest } from "./extremes.ts";
import { type LineFunction, scratchLine } from "./lines.ts";
import { pairwiseNumbers, pairwiseSum } from "./pairwise.ts";
import { defineReduction } from "./reduction.ts";
import { softmaxOp } from "./softmax.ts";
import { broadcasting, sum } from "./sum.ts";

const table = [
  [1, 2, -0.5],
  [0.25, -1, 3],
];

export const logSumExpOp: Op = defineReduction({
  name: "logSumExp",
  notation: {
    kind: "call",
    tex: ([x], call) => {
      const axes = numbersOf(call.params, "axes").map((axis) => axis + 1);
      return `\\log \\sum${isWhole(call) ? "" : `_{${axes.join(", ")}}`} e^{${x}}`;
    },
    texPrecedence: PRECEDENCE.product,
    texEncloses: true,
  },
  samples: [
    { inputs: [[1, 2, -0.5]], params: { axes: [0], keepDims: false } },
    { inputs: [table], params: { axes: [1], keepDims: true } },
    { inputs: [[table]], params: { axes: [0, 2], keepDims: false } },
    { inputs: [[800, 801, -900]], params: { axes: [0], keepDims: false } },
  ],
  type: (input) => floatType(input),
  line: (arithmetic, line) => logSumExpOf(arithmetic, line),
  numbers: () => logSumExpNumbers(),
  lower: (_, params) =>
    composite((x) => {
      const input = asFloat(x);
      const axis = numbersOf(params, "axes");
      const shift = largest(input, { axis, keepDims: true });
      const whole = add(shift, log1p(powersBeside(input, shift, axis)));
      return reshape(where(finite(shift), whole, shift), reducedShape(x.shape, params));
    }),
  slope: (step) => logSumExpSlope(step),
});

/** The largest element and log(1 + the sum of the other exponentials beside its own); symbols as they are. */
export function logSumExpOf<S>(arithmetic: Arithmetic<S>, line: readonly S[]): S {
  const place = shiftPlace(arithmetic, line);
  if (place === undefined) {
    const powers = line.map((element) => arithmetic.exp(element));
    return arithmetic.log(pairwiseSum(arithmetic, powers));
  }
  const shift = line[place];
  if (shift === undefined) return arithmetic.literal(Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(arithmetic.numberOf(shift))) return shift;
  return arithmetic.add(shift, arithmetic.log1p(otherPowers(arithmetic, line, place)));
}

/** Where the largest element stands; undefined where that is not known of symbols. */
export function shiftPlace<S>(arithmetic: Arithmetic<S>, line: readonly S[]): number | undefined {
  const numbers = numbersBehind(arithmetic, line);
  return numbers && placeOfLargest(numbers, 0, numbers.length);
}

/** The sum of the exponentials of all elements but one, less that one. */
export function otherPowers<S>(arithmetic: Arithmetic<S>, line: readonly S[], place: number): S {
  const shift = line[place] as S;
  const powers = line.map((element, i) =>
    i === place ? arithmetic.literal(0) : arithmetic.exp(arithmetic.subtract(element, shift)),
  );
  return pairwiseSum(arithmetic, powers);
}

function logSumExpNumbers(): LineFunction {
  const others = otherPowersOfNumbers();
  return (data, start, stop) => {
    if (stop === start) return Number.NEGATIVE_INFINITY;
    const place = start + placeOfLargest(data, start, stop);
    const shift = data[place] as number;
    return Number.isFinite(shift) ? shift + Math.log1p(others(data, start, stop, place)) : shift;
  };
}

/**
 * The same sum on every line of a tensor, whose largest elements are given; the axes stay. Several largest are
 * counted, so that nothing is lost where the others are small, and NaN where they are infinite.
 */
export function powersBeside(x: Tensor, shift: Tensor, axis: readonly number[]): Tensor {
  const options = { axis, keepDims: true };
  const isLargest = equal(x, shift);
  const others = sum(where(isLargest, 0, exp(subtract(x, shift))), options);
  const count = sum(cast(isLargest, x.dtype), options);
  const isKnown = or(equal(count, 1), finite(shift));
  return where(isKnown, add(others, subtract(count, 1)), Number.NaN);
}

/** Whether numbers are neither infinite nor NaN. */
export function finite(x: Tensor): Tensor {
  return less(abs(x), Number.POSITIVE_INFINITY);
}

/** The same sum for plain numbers. */
export function otherPowersOfNumbers(): (
  data: TypedArray,
  start: number,
  stop: number,
  place: number,
) => number {
  const scratch = scratchLine();
  return (data, start, stop, place) => {
    const shift = data[place] as number;
    const powers = scratch(stop - start);
    for (let i = start; i < stop; i++) powers[i - start] = Math.exp((data[i] as number) - shift);
    powers[place - start] = 0;
    return pairwiseNumbers(powers, 0, powers.length);
  };
}

/** The softmax. Where the result is infinite, +Infinity shares 1 evenly as in max, and -Infinity has 0. */
function logSumExpSlope({ inputs, outputs, params }: Step): Tensor {
  const input = inputs[0] as Tensor;
  const result = keepAxes(outputs[0] as Tensor, input, params);
  return tensorArithmetic().guard(
    [result],
    () => equal(abs(result), Number.POSITIVE_INFINITY),
    () => {
      const infinite = equal(input, Number.POSITIVE_INFINITY);
      return divide(infinite, maximum(sum(infinite, broadcasting(infinite, params)), 1));
    },
    () => apply(softmaxOp, [input], { axes: numbersOf(params, "axes") }),
  );
}

/**
 * The logarithm of the sum of exponentials, log Σ exp(x), of all elements or along `axis`. The largest element is
 * taken out first, so nothing overflows. Of nothing, or of -Infinity alone, it is -Infinity, and with
 * +Infinity among the elements it is +Infinity. Its derivative is the {@link softmax}.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * logSumExp(tensor([1000, 1000])).item(); // 1000.6931471805599
 */
export function logSumExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(logSumExpOp, x, options);
}
