// Lines of elements brought to mean 0 and variance 1, or to mean square 1: what all normalizations share.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import type { NotedCall, Op, Params, Sample, Step } from "../../op.ts";
import type { AbstractValue } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { add, divide, multiply, sqrt, square, subtract } from "../arithmetic.ts";
import { asFloat, axesText, batchReduction, checkAxes, floatType } from "../reductions/axes.ts";
import { type LineWriter, mapLines, mapNumbersInLines } from "../reductions/lines.ts";
import { pairwiseNumbers, pairwiseSum } from "../reductions/pairwise.ts";
import { mean } from "../reductions/sum.ts";
import { variance } from "../reductions/variance.ts";
import { defineOp, numbersOf, shapeError } from "../structured.ts";
import { withoutUsual } from "./written.ts";

/** What is added to the variance unless the user says otherwise. */
export const EPSILON = 1e-5;

const samples: readonly Sample[] = [
  {
    inputs: [
      [
        [1, 2, 4],
        [0.5, -1, 3],
      ],
    ],
    params: { axes: [1], epsilon: EPSILON },
  },
  { inputs: [[1, -2, 0.5, 3]], params: { axes: [0], epsilon: 0.5 } },
  {
    inputs: [
      [
        [
          [1, 2],
          [3, -1],
        ],
        [
          [0.5, 4],
          [-2, 1],
        ],
      ],
    ],
    params: { axes: [0, 2], epsilon: 0.01 },
  },
];

/** `(x − mean) / √(variance + epsilon)` along axes. */
export const standardizeOp: Op = normalization("standardize", true);

/** `x / √(mean square + epsilon)` along axes. */
export const rmsNormOp: Op = normalization("rmsNorm", false);

function normalization(name: string, centered: boolean): Op {
  const derivative = (step: Step, change: Tensor | undefined): readonly (Tensor | undefined)[] => [
    change && derivativeOf(centered, step, change),
  ];
  return defineOp({
    name,
    inputs: ["x"],
    notation: { kind: "call", arguments: writtenArguments },
    samples,
    infer: ([x], params) => {
      const input = x as AbstractValue;
      checkAxes(name, input.shape, params);
      const { epsilon } = params;
      if (!(typeof epsilon === "number" && epsilon >= 0)) {
        throw shapeError(
          name,
          `epsilon must be a number of at least 0, got ${epsilon}.`,
          input.shape,
        );
      }
      return [{ shape: input.shape, ...floatType(input) }];
    },
    reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
      const epsilon = arithmetic.literal(params.epsilon as number);
      const line = (elements: readonly S[]): readonly S[] =>
        normalizedLine(arithmetic, elements, centered, epsilon);
      return [mapLines(x as NdArray<S>, numbersOf(params, "axes"), line)];
    },
    kernel: ([x], params) => {
      const write = lineWriter(centered, params.epsilon as number);
      return [mapNumbersInLines(x as Numbers, numbersOf(params, "axes"), write)];
    },
    lower: (_, params) => composite((x) => normalized(asFloat(x), centered, params)),
    pullback: (step, [cotangent]) => derivative(step, cotangent),
    pushforward: (step, [tangent]) => derivative(step, tangent),
    batch: (call) => batchReduction(call),
  });
}

function writtenArguments(operands: readonly string[], { params }: NotedCall): readonly string[] {
  const { epsilon } = params;
  return [
    ...operands,
    ...withoutUsual([axesText(params)], [{ text: String(epsilon), usual: epsilon === EPSILON }]),
  ];
}

function normalizedLine<S>(
  arithmetic: Arithmetic<S>,
  line: readonly S[],
  centered: boolean,
  epsilon: S,
): readonly S[] {
  const count = arithmetic.literal(line.length);
  const average = (values: readonly S[]): S =>
    arithmetic.divide(pairwiseSum(arithmetic, values), count);
  const less = (values: readonly S[], center: S): readonly S[] =>
    values.map((element) => arithmetic.subtract(element, center));
  let parts = line;
  if (centered && line.length > 0) {
    parts = less(line, average(line));
    const isKnown = arithmetic.numberOf(parts[0] as S) !== undefined;
    if (isKnown) parts = less(parts, average(parts));
  }
  const squares = parts.map((part) => arithmetic.square(part));
  const size = arithmetic.sqrt(arithmetic.add(average(squares), epsilon));
  return parts.map((part) => arithmetic.divide(part, size));
}

/**
 * The same for plain numbers. The mean is rounded; the mean of the deviations from it says by how much, so that
 * nothing is lost where the mean is large beside the deviations.
 */
function lineWriter(centered: boolean, epsilon: number): LineWriter {
  return (data, start, stop, result) => {
    const count = stop - start;
    const parts = Float64Array.from(data.subarray(start, stop));
    for (let pass = 0; centered && pass < 2; pass++) {
      const center = pairwiseNumbers(parts, 0, count) / count;
      for (let i = 0; i < count; i++) parts[i] = (parts[i] as number) - center;
    }
    const squares = parts.map((part) => part * part);
    const size = Math.sqrt(pairwiseNumbers(squares, 0, count) / count + epsilon);
    for (let i = 0; i < count; i++) result[start + i] = (parts[i] as number) / size;
  };
}

/** The same for tensors. */
function normalized(x: Tensor, centered: boolean, params: Params): Tensor {
  const options = { axis: numbersOf(params, "axes"), keepDims: true };
  const lessMean = (values: Tensor): Tensor => subtract(values, mean(values, options));
  const parts = centered ? lessMean(lessMean(x)) : x;
  const size = sqrt(add(mean(square(parts), options), params.epsilon as number));
  return divide(parts, size);
}

/**
 * The derivative is its own adjoint. With the result y and any change g of x it is
 * `(g − mean(g) − y · mean(g · y)) / √(variance + epsilon)`, without mean(g) where the mean stays.
 */
function derivativeOf(centered: boolean, { inputs, outputs, params }: Step, g: Tensor): Tensor {
  const [x] = inputs as readonly [Tensor];
  const [y] = outputs as readonly [Tensor];
  const options = { axis: numbersOf(params, "axes"), keepDims: true };
  const average = (value: Tensor): Tensor => mean(value, options);
  const spread = centered ? variance(x, options) : average(square(x));
  const size = sqrt(add(spread, params.epsilon as number));
  const moved = centered ? subtract(g, average(g)) : g;
  return divide(subtract(moved, multiply(y, average(multiply(g, y)))), size);
}

/** Applies one of the two along axes that are counted from 0 and rise. */
export function normalize(op: Op, x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  return apply(op, [x], { axes: [...axes], epsilon });
}
