// Linear recurrences y_j = b_j + a_j · y_(j−1): what the derivatives of products along an axis are made of.
//
// The pullback of a recurrence is the same recurrence run backwards, without any division. So products have
// right derivatives of every order where elements are 0.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import type { Op, Params } from "../../op.ts";
import { type AbstractValue, formatShape, promote, type Shape, sameShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { add, multiply } from "../arithmetic.ts";
import { repeated } from "../batching.ts";
import { concat } from "../movement/concat.ts";
import { index } from "../movement/indexing.ts";
import { defineOp, shapeError, withShape, zerosLike } from "../structured.ts";
import { batchAlongAxis, checkAxis } from "./axes.ts";

export const linearRecurrenceOp: Op = defineOp({
  name: "linearRecurrence",
  inputs: ["factors", "terms"],
  notation: {
    kind: "call",
    arguments: (operands, { params }) => [
      ...operands,
      String((params.axis as number) + 1),
      ...(params.reverse === true ? ["true"] : []),
    ],
  },
  samples: [
    {
      inputs: [
        [2, -0.5],
        [1, 3, 4],
      ],
      params: { axis: 0, reverse: false },
    },
    {
      inputs: [
        [
          [2, 0],
          [-1, 3],
        ],
        [
          [1, 2, 3],
          [4, 5, -6],
        ],
      ],
      params: { axis: 1, reverse: true },
    },
    { inputs: [[[[1.5, 2]]], [[[1, 2]], [[3, 4]]]], params: { axis: 0, reverse: false } },
  ],
  infer: ([factors, terms], params) => {
    const [a, b] = [factors as AbstractValue, terms as AbstractValue];
    checkAxis("linearRecurrence", b.shape, params);
    checkFactors(a.shape, b.shape, params.axis as number);
    const { dtype, weak } = promote([a, b]);
    return [{ shape: b.shape, dtype: dtype === "bool" ? "int32" : dtype, weak }];
  },
  reference: recurrenceReference,
  kernel: ([factors, terms], params) => [
    recurrenceNumbers(factors as Numbers, terms as Numbers, params),
  ],
  pullback: ({ inputs, outputs, params }, [cotangent], needs) => {
    if (cotangent === undefined) return [undefined, undefined];
    const [axis, reverse] = [params.axis as number, params.reverse === true];
    const flow = linearRecurrence(inputs[0] as Tensor, cotangent, axis, !reverse);
    const earlier = allButLast(outputs[0] as Tensor, axis, reverse);
    const later = allButLast(flow, axis, !reverse);
    return [needs[0] ? multiply(earlier, later) : undefined, needs[1] ? flow : undefined];
  },
  pushforward: ({ inputs, outputs, params }, [factor, term]) => {
    const [axis, reverse] = [params.axis as number, params.reverse === true];
    let terms = term;
    if (factor !== undefined) {
      const earlier = allButLast(outputs[0] as Tensor, axis, reverse);
      const added = after(firstZeros(inputs[1] as Tensor, axis), multiply(factor, earlier), params);
      terms = term === undefined ? added : add(term, added);
    }
    return [terms && linearRecurrence(inputs[0] as Tensor, terms, axis, reverse)];
  },
  batch: (call) => {
    const inputs = call.inputs.map((input, i) =>
      call.batched[i] ? input : repeated(input, call.size),
    );
    return batchAlongAxis({ ...call, inputs });
  },
  lower: (_, params) => ({ kind: "special", kernel: "linearRecurrence", settings: params }),
});

function checkFactors(factors: Shape, terms: Shape, axis: number): void {
  const expected = terms.with(axis, Math.max((terms[axis] as number) - 1, 0));
  if (sameShape(factors, expected)) return;
  throw shapeError(
    "linearRecurrence",
    `terms of shape ${formatShape(terms)} need factors of shape ${formatShape(expected)}, one for each ` +
      `step along axis ${axis}; got ${formatShape(factors)}.`,
    factors,
    terms,
  );
}

/** The steps along an axis: outer and inner counts, and the lines' length. */
function walkOf(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  const size = (part: Shape): number => part.reduce((product, length) => product * length, 1);
  return {
    outer: size(shape.slice(0, axis)),
    length: shape[axis] as number,
    inner: size(shape.slice(axis + 1)),
  };
}

function recurrenceReference<S>(
  arithmetic: Arithmetic<S>,
  [factors, terms]: readonly NdArray<S>[],
  params: Params,
): readonly NdArray<S>[] {
  const { shape, data } = terms as NdArray<S>;
  const a = (factors as NdArray<S>).data;
  const result = Array.from(data);
  forSteps(shape, params, (place, before, factor) => {
    const carried = arithmetic.multiply(a[factor] as S, result[before] as S);
    result[place] = arithmetic.add(result[place] as S, carried);
  });
  return [{ shape, data: result }];
}

function recurrenceNumbers(
  factors: Numbers,
  { shape, data }: Numbers,
  params: Params,
): Float64Array {
  const a = factors.data;
  const result = Float64Array.from(data);
  forSteps(shape, params, (place, before, factor) => {
    result[place] = (result[place] as number) + (a[factor] as number) * (result[before] as number);
  });
  return result;
}

/** Visits the steps in order: the place of an element, that of the one before it, and that of the factor. */
function forSteps(
  shape: Shape,
  params: Params,
  visit: (place: number, before: number, factor: number) => void,
): void {
  const { outer, length, inner } = walkOf(shape, params.axis as number);
  const reverse = params.reverse === true;
  for (let i = 0; i < outer; i++) {
    for (let step = 0; step < length - 1; step++) {
      const link = reverse ? length - 2 - step : step;
      for (let j = 0; j < inner; j++) {
        const earlier = (i * length + link) * inner + j;
        const factor = (i * (length - 1) + link) * inner + j;
        if (reverse) visit(earlier, earlier + inner, factor);
        else visit(earlier + inner, earlier, factor);
      }
    }
  }
}

/**
 * The solution of y_0 = b_0, y_j = b_j + a_(j−1) · y_(j−1) along an axis for factors a and terms b, of which there is
 * one more; in reverse y_(n−1) = b_(n−1), y_j = b_j + a_j · y_(j+1).
 */
export function linearRecurrence(
  factors: Tensor,
  terms: Tensor,
  axis: number,
  reverse: boolean,
): Tensor {
  return apply(linearRecurrenceOp, [factors, terms], { axis, reverse });
}

/** Everything along an axis but the element that comes last in the given direction. */
export function allButLast(x: Tensor, axis: number, reverse: boolean): Tensor {
  const before = new Array<object>(axis).fill({});
  return index(x, [...before, reverse ? { start: 1 } : { stop: -1 }]);
}

/** `first` followed by `rest` in the direction of the settings. */
export function after(first: Tensor, rest: Tensor, params: Params): Tensor {
  const order = params.reverse === true ? [rest, first] : [first, rest];
  return concat(order, { axis: params.axis as number });
}

function firstZeros(x: Tensor, axis: number): Tensor {
  const shape = x.shape.with(axis, Math.min(x.shape[axis] as number, 1));
  const size = shape.reduce((product, length) => product * length, 1);
  return zerosLike({ ...withShape(x, shape), size });
}
