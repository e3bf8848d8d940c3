// The largest element of every window; its gradient goes to the place where that element stands.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import type { NotedCall, Op, Params } from "../../op.ts";
import type { AbstractValue, TypedArray } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { selected } from "../gradient-control.ts";
import { scatterAlongAxisOp, takeAlongAxisOp } from "../movement/along-axis.ts";
import { reshape } from "../movement/reshape.ts";
import { defineOp, numbersOf, withShape } from "../structured.ts";
import { perAxis } from "./per-axis.ts";
import { mapWindows, type PoolOptions, poolParams, poolSettings, windowsOf } from "./windows.ts";
import { listText, withoutUsual } from "./written.ts";

/** Settings of a max pooling. */
export interface MaxPoolOptions extends PoolOptions {
  /** Steps between neighbouring places of a window, 1 unless given. */
  readonly dilation?: number | readonly number[];
}

const samples: Op["samples"] = [
  {
    inputs: [[[1, 3, 2, -1, 4, 0.5]]],
    params: { size: [3], strides: [1], padding: [1], dilation: [1] },
  },
  {
    inputs: [
      [
        [
          [1, 2, 6, 3],
          [-1, 5, 4, 0],
          [7, -2, 8, 9],
        ],
      ],
    ],
    params: { size: [2, 2], strides: [1, 2], padding: [0, 1], dilation: [2, 1] },
  },
  {
    inputs: [
      [
        [-3, -1, -2, -5],
        [-4, -7, -6, -8],
      ],
    ],
    params: { size: [2, 2], strides: [2, 2], padding: [1, 0], dilation: [1, 1] },
  },
  { inputs: [[2, 2, 1, 2]], params: { size: [2], strides: [2], padding: [0], dilation: [1] } },
];

export const maxPoolOp: Op = defineOp({
  name: "maxPool",
  inputs: ["x"],
  notation: { kind: "call", arguments: writtenArguments },
  samples,
  infer: ([x], params) => {
    const input = x as AbstractValue;
    return [withShape(input, windowsOf("maxPool", input.shape, params).shape)];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
    const { shape, data } = x as NdArray<S>;
    const windows = windowsOf("maxPool", shape, params);
    const results = mapWindows(windows, (places, plane) =>
      Array.from(places, (place) => data[plane + place] as S).reduce((largest, next) =>
        larger(arithmetic, largest, next),
      ),
    );
    return [{ shape: windows.shape, data: results }];
  },
  kernel: ([x], params) => {
    const { shape, data } = x as Numbers;
    const windows = windowsOf("maxPool", shape, params);
    const largest = (places: Int32Array, plane: number): number =>
      data[plane + largestPlace(data, places, plane)] as number;
    return [mapWindows(windows, largest)];
  },
  pullback: ({ inputs, params }, [cotangent]) => {
    const x = inputs[0] as Tensor;
    if (cotangent === undefined) return [undefined];
    const { planes, inputs: length, outputs } = windowsOf("maxPool", x.shape, params);
    const places = reshape(apply(maxPoolPlacesOp, [x], params), [planes, outputs]);
    const values = reshape(cotangent, [planes, outputs]);
    const scattering = { axis: 1, shape: [planes, length] };
    const scattered = apply(scatterAlongAxisOp, [places, values], scattering);
    return [selected(reshape(scattered, x.shape))];
  },
  pushforward: ({ inputs, params }, [tangent]) => {
    const x = inputs[0] as Tensor;
    if (tangent === undefined) return [undefined];
    const { planes, shape, inputs: length, outputs } = windowsOf("maxPool", x.shape, params);
    const chosen = reshape(apply(maxPoolPlacesOp, [x], params), [planes, outputs]);
    const flat = reshape(tangent, [planes, length]);
    return [reshape(apply(takeAlongAxisOp, [flat, chosen], { axis: 1 }), shape)];
  },
  batch: "leading",
  lower: (_, params) => ({ kind: "special", kernel: "maxPool", settings: params }),
});

/** Where in its plane, counted in row-major order, the largest element of every window stands. */
export const maxPoolPlacesOp: Op = defineOp({
  name: "maxPoolPlaces",
  inputs: ["x"],
  notation: { kind: "call", arguments: writtenArguments },
  samples,
  nondifferentiable: true,
  infer: ([x], params) => {
    const { shape } = x as AbstractValue;
    const result = windowsOf("maxPoolPlaces", shape, params).shape;
    return [{ shape: result, dtype: "int32", weak: false }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
    const { shape, data } = x as NdArray<S>;
    const windows = windowsOf("maxPoolPlaces", shape, params);
    const numbers = Float64Array.from(data, (element) => numberIn(arithmetic, element));
    const largest = (places: Int32Array, plane: number): S =>
      arithmetic.literal(largestPlace(numbers, places, plane));
    return [{ shape: windows.shape, data: mapWindows(windows, largest) }];
  },
  kernel: ([x], params) => {
    const { shape, data } = x as Numbers;
    const windows = windowsOf("maxPoolPlaces", shape, params);
    return [mapWindows(windows, (places, plane) => largestPlace(data, places, plane))];
  },
  batch: "leading",
  lower: (_, params) => ({ kind: "special", kernel: "maxPoolPlaces", settings: params }),
});

function writtenArguments(operands: readonly string[], { params }: NotedCall): readonly string[] {
  const dilation = numbersOf(params, "dilation");
  return withoutUsual(operands, [
    ...poolSettings(params),
    { text: listText(dilation), usual: dilation.every((step) => step === 1) },
  ]);
}

/** The place of the largest element of a window, the first of several; NaN counts as the largest. */
function largestPlace(data: TypedArray, places: Int32Array, plane: number): number {
  let found = places[0] as number;
  let largest = data[plane + found] as number;
  for (let i = 1; i < places.length; i++) {
    const next = data[plane + (places[i] as number)] as number;
    if (!isLarger(next, largest)) continue;
    found = places[i] as number;
    largest = next;
  }
  return found;
}

function isLarger(next: number, largest: number): boolean {
  return next > largest || (Number.isNaN(next) && !Number.isNaN(largest));
}

function larger<S>(arithmetic: Arithmetic<S>, largest: S, next: S): S {
  const left = arithmetic.numberOf(largest);
  const right = arithmetic.numberOf(next);
  if (left === undefined || right === undefined) return arithmetic.maximum(largest, next);
  return isLarger(right, left) ? next : largest;
}

function numberIn<S>(arithmetic: Arithmetic<S>, element: S): number {
  const number = arithmetic.numberOf(element);
  if (number !== undefined) return number;
  throw new SymtapeError(
    "unsupported",
    "maxPoolPlaces: the elements are symbols here, and which one is the largest is not known without their numbers.",
    { operation: "maxPoolPlaces" },
  );
}

function maxPool(
  operation: string,
  spatial: number,
  x: TensorLike,
  options: MaxPoolOptions,
): Tensor {
  const input = asTensor(x);
  const dilation = perAxis(operation, "dilation", options.dilation ?? 1, spatial, 1);
  const params = { ...poolParams(operation, spatial, options), dilation };
  windowsOf(operation, input.shape, params);
  return apply(maxPoolOp, [input], params);
}

/**
 * The largest element of every window along the last axis of x[…, L], such as [N, C, L]. Windows begin every
 * `stride` places; what the last of them does not cover is left out. Padding is never the largest. Where
 * several elements are the largest, the first gets the gradient; NaN counts as the largest.
 *
 * @throws SymtapeError (shape) if a window is larger than the padded axis, or the padding than half a window.
 * @example
 * maxPool1d(tensor([[[1, 3, 2, 5, 4, 0]]]), { size: 2 }).toArray(); // [[[3, 5, 4]]]
 */
export function maxPool1d(x: TensorLike, options: MaxPoolOptions): Tensor {
  return maxPool("maxPool1d", 1, x, options);
}

/**
 * The largest element of every window along the last two axes of x[…, H, W], such as [N, C, H, W], by the rules of
 * {@link maxPool1d}.
 *
 * @throws SymtapeError (shape) if a window is larger than the padded image, or the padding than half a window.
 * @example
 * maxPool2d(tensor([[1, 2, 3, 4], [5, 6, 7, 8]]), { size: 2 }).toArray(); // [[6, 8]]
 */
export function maxPool2d(x: TensorLike, options: MaxPoolOptions): Tensor {
  return maxPool("maxPool2d", 2, x, options);
}
