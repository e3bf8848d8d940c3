// The largest and smallest elements along axes, and their places.

import type { Arithmetic } from "../../arithmetic.ts";
import { type Composite, composite } from "../../lowering.ts";
import type { NotedCall, Op, Params, Sample, Step } from "../../op.ts";
import type { AbstractValue, Shape } from "../../shape.ts";
import { type Tensor, type TensorLike, tensor } from "../../tensor.ts";
import { add, divide, multiply } from "../arithmetic.ts";
import { equal, notEqual, or, where } from "../comparison.ts";
import { numbersOf } from "../structured.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import {
  countReduced,
  foldOf,
  isWhole,
  keepAxes,
  optionsOf,
  type ReduceOptions,
  reduce,
  totalType,
} from "./axes.ts";
import type { LineFunction } from "./lines.ts";
import { defineReduction } from "./reduction.ts";
import { broadcasting, sum } from "./sum.ts";

const samples: readonly Sample[] = [
  { inputs: [[1, 4, -3.5, 2]], params: { axes: [0], keepDims: false } },
  {
    inputs: [
      [
        [1, -2, 3],
        [6, 5, 4],
      ],
    ],
    params: { axes: [1], keepDims: true },
  },
  {
    inputs: [
      [
        [
          [1, 2],
          [8, 4],
        ],
        [
          [-5, 6],
          [7, 3],
        ],
      ],
    ],
    params: { axes: [0, 2], keepDims: false },
  },
];

const withTies: readonly Sample[] = [
  ...samples,
  {
    inputs: [
      [
        [3, 1, 3],
        [2, 2, 2],
      ],
    ],
    params: { axes: [1], keepDims: false },
  },
];

function extremeTex(name: string): ([x]: readonly string[], call: NotedCall) => string {
  return ([x], call) => {
    const axes = numbersOf(call.params, "axes").map((axis) => axis + 1);
    const below = isWhole(call) ? "" : `_{${axes.join(", ")}}`;
    return `${name}${below}\\left(${x}\\right)`;
  };
}

export const maxOp: Op = defineReduction({
  name: "max",
  notation: { kind: "call", symbol: "amax", tex: extremeTex("\\max"), texEncloses: true },
  samples: withTies,
  nonempty: () => true,
  type: (input) => totalType(input),
  line: (arithmetic, line) => line.reduce((x, y) => arithmetic.maximum(x, y)),
  numbers: () => (data, start, stop) => {
    let largest = data[start] as number;
    for (let i = start + 1; i < stop; i++) largest = Math.max(largest, data[i] as number);
    return largest;
  },
  lower: ([x], params) => foldOf("maximum", maxOp, x as AbstractValue, params),
  slope: (step) => shareOfTies(step),
  selects: () => true,
});

export const minOp: Op = defineReduction({
  name: "min",
  notation: { kind: "call", symbol: "amin", tex: extremeTex("\\min"), texEncloses: true },
  samples: withTies,
  nonempty: () => true,
  type: (input) => totalType(input),
  line: (arithmetic, line) => line.reduce((x, y) => arithmetic.minimum(x, y)),
  numbers: () => (data, start, stop) => {
    let smallest = data[start] as number;
    for (let i = start + 1; i < stop; i++) smallest = Math.min(smallest, data[i] as number);
    return smallest;
  },
  lower: ([x], params) => foldOf("minimum", minOp, x as AbstractValue, params),
  slope: (step) => shareOfTies(step),
  selects: () => true,
});

function shareOfTies({ inputs, outputs, params }: Step): Tensor {
  const input = inputs[0] as Tensor;
  return evenShares(equal(input, keepAxes(outputs[0] as Tensor, input, params)), params);
}

/**
 * One, divided evenly among the chosen elements on each line. Of numbers it is a quotient, and NaN where none is
 * chosen because the result is NaN; in graphs it is a choice.
 */
export function evenShares(chosen: Tensor, params: Params): Tensor {
  const arithmetic = tensorArithmetic();
  const count = sum(chosen, broadcasting(chosen, params));
  return arithmetic.guard(
    [count],
    () => arithmetic.literal(1),
    () => divide(chosen, count),
    () => where(chosen, divide(1, count), 0),
  );
}

/** The largest elements along axes; `max` with one operand. */
export function largest(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(maxOp, x, options);
}

/** The smallest elements along axes; `min` with one operand. */
export function smallest(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return reduce(minOp, x, options);
}

/** The place of the first largest of plain numbers; NaN counts as the largest. */
export const placeOfLargest: LineFunction = (data, start, stop) => {
  let place = start;
  for (let i = start + 1; i < stop; i++) {
    const best = data[place] as number;
    const element = data[i] as number;
    if (element > best || (Number.isNaN(element) && !Number.isNaN(best))) place = i;
  }
  return place - start;
};

/** The place of the first smallest of plain numbers; NaN counts as the smallest. */
const placeOfSmallest: LineFunction = (data, start, stop) => {
  let place = start;
  for (let i = start + 1; i < stop; i++) {
    const best = data[place] as number;
    const element = data[i] as number;
    if (element < best || (Number.isNaN(element) && !Number.isNaN(best))) place = i;
  }
  return place - start;
};

/** The numbers behind scalars; undefined where one of them is a symbol. */
export function numbersBehind<S>(
  arithmetic: Arithmetic<S>,
  line: readonly S[],
): Float64Array | undefined {
  const numbers = line.map((element) => arithmetic.numberOf(element));
  return numbers.includes(undefined) ? undefined : Float64Array.from(numbers as number[]);
}

/** The first place that no other exceeds, of scalars of any kind: symbols are compared one by one. */
function firstPlace<S>(
  arithmetic: Arithmetic<S>,
  line: readonly S[],
  exceeds: "greater" | "less",
): S {
  const numbers = numbersBehind(arithmetic, line);
  if (numbers !== undefined) {
    const find = exceeds === "greater" ? placeOfLargest : placeOfSmallest;
    return arithmetic.literal(find(numbers, 0, numbers.length));
  }
  let best = line[0] as S;
  let place = arithmetic.literal(0);
  line.slice(1).forEach((element, i) => {
    const condition = arithmetic[exceeds](element, best);
    const [oldBest, oldPlace] = [best, place];
    best = arithmetic.where(condition, element, oldBest);
    place = arithmetic.where(condition, arithmetic.literal(i + 1), oldPlace);
  });
  return place;
}

/** The least of the places where the extreme stands, or NaN if there is any: it equals nothing, itself included. */
function placesOf(extreme: typeof largest, { shape }: AbstractValue, params: Params): Composite {
  const count = countReduced(shape, params);
  return composite((x) => {
    const best = extreme(x, { ...optionsOf(params), keepDims: true });
    const isBest = or(equal(x, best), notEqual(x, x));
    return smallest(where(isBest, placesAlong(shape, params), count), optionsOf(params));
  });
}

/** The place of every element among those that are reduced together, in a shape that broadcasts. */
function placesAlong(shape: Shape, params: Params): Tensor {
  let places: Tensor = tensor(0, { dtype: "int32" });
  for (const axis of numbersOf(params, "axes")) {
    const length = shape[axis] as number;
    const own = Int32Array.from({ length }, (_, place) => place);
    const spread = shape.map((_, other) => (other === axis ? length : 1));
    places = add(multiply(places, length), tensor(own, { shape: spread }));
  }
  return places;
}

export const argmaxOp: Op = defineReduction({
  name: "argmax",
  notation: { kind: "call", tex: extremeTex("\\operatorname{arg\\,max}"), texEncloses: true },
  samples: withTies,
  nonempty: () => true,
  nondifferentiable: true,
  type: () => ({ dtype: "int32", weak: false }),
  line: (arithmetic, line) => firstPlace(arithmetic, line, "greater"),
  numbers: () => placeOfLargest,
  lower: ([x], params) => placesOf(largest, x as AbstractValue, params),
});

export const argminOp: Op = defineReduction({
  name: "argmin",
  notation: { kind: "call", tex: extremeTex("\\operatorname{arg\\,min}"), texEncloses: true },
  samples: withTies,
  nonempty: () => true,
  nondifferentiable: true,
  type: () => ({ dtype: "int32", weak: false }),
  line: (arithmetic, line) => firstPlace(arithmetic, line, "less"),
  numbers: () => placeOfSmallest,
  lower: ([x], params) => placesOf(smallest, x as AbstractValue, params),
});

/** One axis, or all of them as one long line. */
export interface PlaceOptions {
  readonly axis?: number;
  readonly keepDims?: boolean;
}

/**
 * The place of the largest element along `axis`, or among all elements in row-major order, as int32. The first
 * of several wins, and NaN counts as the largest. There is no derivative.
 *
 * @throws SymtapeError (shape) for an axis that is not there, and where there are no elements.
 * @example
 * argmax(tensor([3, 7, 7])).item(); // 1
 * argmax(tensor([[1, 2], [4, 3]]), { axis: 1 }).toArray(); // [1, 0]
 */
export function argmax(x: TensorLike, options: PlaceOptions = {}): Tensor {
  return reduce(argmaxOp, x, options);
}

/**
 * The place of the smallest element along `axis`, or among all elements in row-major order, as int32. The
 * first of several wins, and NaN counts as the smallest. There is no derivative.
 *
 * @throws SymtapeError (shape) for an axis that is not there, and where there are no elements.
 * @example
 * argmin(tensor([3, 1, 2])).item(); // 1
 */
export function argmin(x: TensorLike, options: PlaceOptions = {}): Tensor {
  return reduce(argminOp, x, options);
}
