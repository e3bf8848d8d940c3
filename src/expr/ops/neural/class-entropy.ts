// The cross entropy of scores against one class for each example, as one operation on the scores.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import type { BatchCall, Op, Params, Step } from "../../op.ts";
import { type AbstractValue, formatShape, type Shape, sameShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { multiply, negate, subtract } from "../arithmetic.ts";
import { repeated } from "../batching.ts";
import { less, where } from "../comparison.ts";
import { expm1, log1p } from "../exponential.ts";
import { takeAlongAxis } from "../movement/along-axis.ts";
import { expandDims, squeeze } from "../movement/axes.ts";
import { checkIndices, placesIn } from "../movement/indices.ts";
import { oneHot } from "../movement/one-hot.ts";
import { moveAxis } from "../movement/reshape.ts";
import { asFloat, checkAxis, floatType } from "../reductions/axes.ts";
import { largest, numbersBehind, placeOfLargest } from "../reductions/extremes.ts";
import { reduceLines, reduceNumbers } from "../reductions/lines.ts";
import { powersBeside } from "../reductions/log-sum-exp.ts";
import { pairwiseNumbers, pairwiseSum } from "../reductions/pairwise.ts";
import { softmax } from "../reductions/softmax.ts";
import { sum } from "../reductions/sum.ts";
import { defineOp, shapeError } from "../structured.ts";
import { withoutUsual } from "./written.ts";

const NAME = "crossEntropy";

/** `log Σ exp(x) − x[class]` on every line along an axis. */
export const crossEntropyOp: Op = defineOp({
  name: NAME,
  inputs: ["x", "classes"],
  discrete: ["classes"],
  notation: {
    kind: "call",
    symbol: "classEntropy",
    arguments: (operands, { params, shapes }) => {
      const axis = (params.axis as number) + 1;
      return withoutUsual(operands, [{ text: String(axis), usual: axis === shapes[0]?.length }]);
    },
  },
  samples: [
    {
      inputs: [
        [
          [1, 2, -0.5],
          [0.25, -1, 3],
        ],
        [2, 0],
      ],
      params: { axis: 1 },
    },
    { inputs: [[1, -2, 0.5, 3], 3], params: { axis: 0 } },
    {
      inputs: [
        [
          [
            [1, 2],
            [3, 0.5],
            [-1, 4],
          ],
        ],
        [[1, 0]],
      ],
      params: { axis: 1 },
    },
    { inputs: [[[700, 0, -700]], [0]], params: { axis: 1 } },
  ],
  infer: ([x, classes], params) => {
    const scores = x as AbstractValue;
    const { shape } = classes as AbstractValue;
    checkAxis(NAME, scores.shape, params);
    checkIndices(NAME, classes as AbstractValue);
    if (!sameShape(shape, withoutAxis(scores.shape, params))) {
      throw shapeError(
        NAME,
        `classes ${formatShape(shape)} are not one for each example of ${formatShape(scores.shape)}.`,
        scores.shape,
        shape,
      );
    }
    return [{ shape, ...floatType(scores) }];
  },
  reference: <S>(
    arithmetic: Arithmetic<S>,
    [x, classes]: readonly NdArray<S>[],
    params: Params,
  ) => {
    const chosen = placesIn(arithmetic, NAME, classes as NdArray<S>);
    let example = 0;
    const lossOfNext = (line: readonly S[]): S =>
      lossOf(arithmetic, line, checkedClass(chosen[example++] as number, line.length));
    return [reduceLines(x as NdArray<S>, asReduction(params), lossOfNext)];
  },
  kernel: ([x, classes], params) => {
    const chosen = (classes as Numbers).data;
    return [
      reduceNumbers(x as Numbers, asReduction(params), (data, start, stop) => {
        const length = stop - start;
        const place = checkedClass(chosen[start / length] as number, length);
        return lossOfNumbers(data.subarray(start, stop), place);
      }),
    ];
  },
  lower: (_, { axis }) => composite((x, classes) => entropyOf(asFloat(x), classes, axis as number)),
  pullback: (step, [cotangent]) => {
    const axis = step.params.axis as number;
    return [cotangent && multiply(expandDims(cotangent, axis), slopeOf(step)), undefined];
  },
  pushforward: (step, [tangent]) => {
    const axis = step.params.axis as number;
    return [tangent && sum(multiply(slopeOf(step), tangent), { axis })];
  },
  batch: batchEntropy,
});

function withoutAxis(shape: Shape, { axis }: Params): Shape {
  return shape.filter((_, other) => other !== axis);
}

function asReduction({ axis }: Params): Params {
  return { axes: [axis as number], keepDims: false };
}

function checkedClass(place: number, classes: number): number {
  if (Number.isInteger(place) && place >= 0 && place < classes) return place;
  throw shapeError(
    NAME,
    `class ${place} is none of the ${classes} that there are scores for. Classes run from 0 to ${classes - 1}; ` +
      "leave out examples without a class.",
  );
}

/**
 * With m the largest score it is `log1p(Σ exp(x − m)) − (x[class] − m)`, where the sum leaves m out: nothing
 * overflows, and a loss near 0 keeps all its digits. Symbols stay as they are.
 */
function lossOf<S>(arithmetic: Arithmetic<S>, line: readonly S[], chosen: number): S {
  const own = line[chosen] as S;
  const numbers = numbersBehind(arithmetic, line);
  if (numbers === undefined) {
    const powers = line.map((score) => arithmetic.exp(score));
    return arithmetic.subtract(arithmetic.log(pairwiseSum(arithmetic, powers)), own);
  }
  const place = placeOfLargest(numbers, 0, numbers.length);
  const shift = line[place] as S;
  const powers = line.map((score, i) =>
    i === place ? arithmetic.literal(0) : arithmetic.exp(arithmetic.subtract(score, shift)),
  );
  const rest = arithmetic.log1p(pairwiseSum(arithmetic, powers));
  return arithmetic.subtract(rest, arithmetic.subtract(own, shift));
}

function lossOfNumbers(line: ArrayLike<number>, chosen: number): number {
  const scores = Float64Array.from(line);
  const place = placeOfLargest(scores, 0, scores.length);
  const shift = scores[place] as number;
  const powers = scores.map((score) => Math.exp(score - shift));
  powers[place] = 0;
  return (
    Math.log1p(pairwiseNumbers(powers, 0, powers.length)) - ((scores[chosen] as number) - shift)
  );
}

/** The same for tensors. A class below 0 stands behind the last, where there is no score either. */
function entropyOf(scores: Tensor, classes: Tensor, axis: number): Tensor {
  const shift = largest(scores, { axis, keepDims: true });
  const rest = log1p(powersBeside(scores, shift, [axis]));
  const places = where(less(classes, 0), scores.shape[axis] as number, classes);
  const own = takeAlongAxis(scores, expandDims(places, axis), { axis });
  return squeeze(subtract(rest, subtract(own, shift)), { axis });
}

/**
 * The derivative by the scores: their softmax, less 1 at the class. There it is expm1(−loss), which keeps all its
 * digits where the softmax is close to 1.
 */
function slopeOf({ inputs, outputs, params }: Step): Tensor {
  const [scores, classes] = inputs as readonly [Tensor, Tensor];
  const axis = params.axis as number;
  const rows = oneHot(classes, scores.shape[axis] as number, { dtype: "bool" });
  const own = expandDims(expm1(negate(outputs[0] as Tensor)), axis);
  return where(moveAxis(rows, -1, axis), own, softmax(scores, { axis }));
}

function batchEntropy({ inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const operands = inputs.map((input, i) => (batched[i] ? input : repeated(input, size)));
  return [apply(crossEntropyOp, operands, { axis: (params.axis as number) + 1 })];
}
