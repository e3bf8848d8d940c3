// Sorting along an axis: the values, their places, and the largest few of them.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import type { NotedCall, Op, Params, Sample, Step } from "../../op.ts";
import { type AbstractValue, formatShape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { takeAlongAxis } from "../movement/along-axis.ts";
import type { AxisOption } from "../movement/gather.ts";
import { index } from "../movement/indexing.ts";
import { defineOp, shapeError } from "../structured.ts";
import { batchAlongAxis, checkAxis, normalizeAxis } from "./axes.ts";
import { numbersBehind } from "./extremes.ts";
import { mapLines, mapNumbersInLines } from "./lines.ts";
import { sortedPlaces } from "./order.ts";
import { pairwiseSum } from "./pairwise.ts";

/** The axis to sort along, the last unless given, and whether the largest comes first. */
export interface SortOptions {
  readonly axis?: number;
  readonly descending?: boolean;
}

const samples: readonly Sample[] = [
  { inputs: [[3, -1, 2, 0.5]], params: { axis: 0, descending: false } },
  {
    inputs: [
      [
        [3, 1, 2],
        [-4, 5, 6],
      ],
    ],
    params: { axis: 1, descending: true },
  },
  {
    inputs: [
      [
        [
          [3, 9],
          [7, 8],
        ],
        [
          [5, 1],
          [2, 4],
        ],
        [
          [-5, 6],
          [0, 10],
        ],
      ],
    ],
    params: { axis: 0, descending: false },
  },
];

const withTies: Sample = {
  inputs: [[2, 1, 2, 1, 2]],
  params: { axis: 0, descending: true },
};

export const sortOp: Op = defineOp({
  name: "sort",
  inputs: ["x"],
  notation: { kind: "call", arguments: (x, call) => sortArguments(x, call) },
  samples,
  infer: ([x], params) => {
    const input = x as AbstractValue;
    checkAxis("sort", input.shape, params);
    return [input];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    mapLines(x as NdArray<S>, [params.axis as number], (line) => {
      const places = placesIn(arithmetic, line, params);
      if (places !== undefined) return Array.from(places, (place) => line[place] as S);
      return sortedByPairs(arithmetic, line, params.descending === true);
    }),
  ],
  kernel: ([x], params) => [
    mapNumbersInLines(x as Numbers, [params.axis as number], (data, start, stop, result) => {
      const places = sortedPlaces(data, start, stop, params.descending === true);
      for (let i = 0; i < places.length; i++) {
        result[start + i] = data[start + (places[i] as number)] as number;
      }
    }),
  ],
  pullback: (step, [cotangent]) => {
    if (cotangent === undefined) return [undefined];
    const axis = step.params.axis as number;
    const back = argsort(placesOf(step), { axis });
    return [takeAlongAxis(cotangent, back, { axis })];
  },
  pushforward: (step, [tangent]) => [
    tangent && takeAlongAxis(tangent, placesOf(step), { axis: step.params.axis as number }),
  ],
  batch: (call) => batchAlongAxis(call),
});

export const argsortOp: Op = defineOp({
  name: "argsort",
  inputs: ["x"],
  notation: { kind: "call", arguments: (x, call) => sortArguments(x, call) },
  samples: [...samples, withTies],
  nondifferentiable: true,
  infer: ([x], params) => {
    const { shape } = x as AbstractValue;
    checkAxis("argsort", shape, params);
    return [{ shape, dtype: "int32", weak: false }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    mapLines(x as NdArray<S>, [params.axis as number], (line) => {
      const places = placesIn(arithmetic, line, params);
      if (places !== undefined) return Array.from(places, (place) => arithmetic.literal(place));
      return placesByRanks(arithmetic, line, params.descending === true);
    }),
  ],
  kernel: ([x], params) => [
    mapNumbersInLines(x as Numbers, [params.axis as number], (data, start, stop, result) => {
      result.set(sortedPlaces(data, start, stop, params.descending === true), start);
    }),
  ],
  batch: (call) => batchAlongAxis(call),
});

/** The places of the sorted elements of a step, which are constants for its derivative. */
function placesOf({ inputs, params }: Step): Tensor {
  return apply(argsortOp, inputs, params);
}

function placesIn<S>(
  arithmetic: Arithmetic<S>,
  line: readonly S[],
  { descending }: Params,
): Int32Array | undefined {
  const numbers = numbersBehind(arithmetic, line);
  return numbers && sortedPlaces(numbers, 0, numbers.length, descending === true);
}

/** Sorts symbols: neighbours are put in order by min and max until all are, as in a bubble sort. */
function sortedByPairs<S>(
  arithmetic: Arithmetic<S>,
  line: readonly S[],
  descending: boolean,
): readonly S[] {
  const sorted = [...line];
  const [former, latter] = descending
    ? [arithmetic.maximum, arithmetic.minimum]
    : [arithmetic.minimum, arithmetic.maximum];
  for (let last = sorted.length - 1; last > 0; last--) {
    for (let i = 0; i < last; i++) {
      const [x, y] = [sorted[i] as S, sorted[i + 1] as S];
      sorted[i] = former(x, y);
      sorted[i + 1] = latter(x, y);
    }
  }
  return sorted;
}

/** Places of sorted symbols: how many stand before an element is its rank, and the ranks say who comes when. */
function placesByRanks<S>(
  arithmetic: Arithmetic<S>,
  line: readonly S[],
  descending: boolean,
): readonly S[] {
  const strictly = descending ? arithmetic.greater : arithmetic.less;
  const orEqual = descending ? arithmetic.greaterEqual : arithmetic.lessEqual;
  const ranks = line.map((element, i) =>
    pairwiseSum(
      arithmetic,
      line.flatMap((other, j) => (i === j ? [] : [(j < i ? orEqual : strictly)(other, element)])),
    ),
  );
  return line.map((_, place) =>
    pairwiseSum(
      arithmetic,
      ranks.map((rank, i) =>
        arithmetic.multiply(
          arithmetic.literal(i),
          arithmetic.equal(rank, arithmetic.literal(place)),
        ),
      ),
    ),
  );
}

/** The axis is left out where it is the last and nothing follows. */
function sortArguments([x]: readonly string[], { params, shapes }: NotedCall): readonly string[] {
  const axis = params.axis as number;
  const last = axis === (shapes[0]?.length ?? 0) - 1;
  if (params.descending === true) return [x as string, String(axis + 1), "true"];
  return last ? [x as string] : [x as string, String(axis + 1)];
}

function sortWith(op: Op, x: TensorLike, { axis = -1, descending = false }: SortOptions): Tensor {
  const input = asTensor(x);
  return apply(op, [input], { axis: normalizeAxis(op.name, axis, input.rank), descending });
}

/**
 * The elements in rising order along `axis`, the last unless given, or in falling order. NaN counts as the
 * largest. The derivative goes back to where each element came from; among equal ones the first comes first.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * sort(tensor([3, 1, 2])).toArray(); // [1, 2, 3]
 * sort(tensor([[3, 1, 2], [0, 5, 4]]), { axis: 1, descending: true }).toArray(); // [[3, 2, 1], [5, 4, 0]]
 */
export function sort(x: TensorLike, options: SortOptions = {}): Tensor {
  return sortWith(sortOp, x, options);
}

/**
 * The places of the elements in rising (or falling) order along `axis`, the last unless given, as int32. Equal
 * elements keep their order, and NaN counts as the largest. There is no derivative.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * argsort(tensor([3, 1, 2])).toArray(); // [1, 2, 0]
 */
export function argsort(x: TensorLike, options: SortOptions = {}): Tensor {
  return sortWith(argsortOp, x, options);
}

/**
 * The k largest elements along `axis`, the last unless given, in falling order, and their places as int32.
 * Of equal elements the first comes first, and NaN counts as the largest. Only the elements that were
 * taken get a gradient.
 *
 * @throws SymtapeError (shape) for an axis that is not there, or a k that is not from 0 to its length.
 * @example
 * const { values, indices } = topK(tensor([3, 1, 4, 1, 5]), 2);
 * values.toArray(); // [5, 4]
 * indices.toArray(); // [4, 2]
 */
export function topK(
  x: TensorLike,
  k: number,
  options: AxisOption = {},
): { readonly values: Tensor; readonly indices: Tensor } {
  const input = asTensor(x);
  const axis = normalizeAxis("topK", options.axis ?? -1, input.rank);
  const length = input.shape[axis] as number;
  if (!Number.isInteger(k) || k < 0 || k > length) {
    throw shapeError(
      "topK",
      `k is a whole number from 0 to ${length}, the length of axis ${axis} of ` +
        `${formatShape(input.shape)}; got ${k}.`,
      input.shape,
    );
  }
  const places = argsort(input, { axis, descending: true });
  const indices = index(places, [...new Array<object>(axis).fill({}), { stop: k }]);
  return { values: takeAlongAxis(input, indices, { axis }), indices };
}
