// The mean of every window. It is linear, and its adjoint is a convolution with ones.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import type { NotedCall, Op, Params } from "../../op.ts";
import { type AbstractValue, isFloat, sizeOf } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike, tensor } from "../../tensor.ts";
import { divide } from "../arithmetic.ts";
import { broadcastTo, cast, reshape } from "../movement/reshape.ts";
import { defineOp, numbersOf } from "../structured.ts";
import { convolutionOp } from "./convolution.ts";
import { convolutionParams, transposedAxis } from "./convolution-plan.ts";
import {
  mapWindows,
  type PoolOptions,
  placesOf,
  poolParams,
  poolSettings,
  type Windows,
  windowsOf,
} from "./windows.ts";
import { withoutUsual } from "./written.ts";

/** Settings of an average pooling. */
export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as zeros, true unless given; otherwise each mean is over the elements that are there. */
  readonly countPadding?: boolean;
}

export const averagePoolOp: Op = defineOp({
  name: "averagePool",
  inputs: ["x"],
  notation: { kind: "call", arguments: writtenArguments },
  samples: [
    {
      inputs: [[[1, 3, 2, -1, 4, 0.5]]],
      params: { size: [3], strides: [2], padding: [1], countPadding: true },
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
      params: { size: [2, 2], strides: [1, 2], padding: [1, 0], countPadding: false },
    },
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 7],
        ],
      ],
      params: { size: [2, 2], strides: [2, 2], padding: [0, 0], countPadding: true },
    },
  ],
  infer: ([x], params) => {
    const { shape, dtype, weak } = x as AbstractValue;
    const result = windowsOf("averagePool", shape, params).shape;
    return [{ shape: result, dtype: isFloat(dtype) ? dtype : "float64", weak }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => {
    const { shape, data } = x as NdArray<S>;
    const windows = windowsOf("averagePool", shape, params);
    const counts = countsOf(windows, params);
    const results = mapWindows(windows, (places, plane, window) => {
      const elements = Array.from(places, (place) => data[plane + place] as S);
      const total = elements.reduce((left, right) => arithmetic.add(left, right));
      return arithmetic.divide(total, arithmetic.literal(counts[window] as number));
    });
    return [{ shape: windows.shape, data: results }];
  },
  kernel: ([x], params) => {
    const { shape, data } = x as Numbers;
    const windows = windowsOf("averagePool", shape, params);
    const counts = countsOf(windows, params);
    const mean = (places: Int32Array, plane: number, window: number): number => {
      let total = data[plane + (places[0] as number)] as number;
      for (let i = 1; i < places.length; i++)
        total += data[plane + (places[i] as number)] as number;
      return total / (counts[window] as number);
    };
    return [mapWindows(windows, mean)];
  },
  pullback: ({ inputs, params }, [cotangent]) => [
    cotangent && spreadOverWindows(cotangent, inputs[0] as Tensor, params),
  ],
  pushforward: "linear",
  batch: "leading",
  lower: (_, params) => ({ kind: "special", kernel: "averagePool", settings: params }),
});

/** By how much the total of each window is divided. */
function countsOf(windows: Windows, params: Params): readonly number[] {
  const size = sizeOf(numbersOf(params, "size"));
  return placesOf(windows).map((places) => (params.countPadding === false ? places.length : size));
}

/** Every element gets its part of the windows that it belongs to. */
function spreadOverWindows(cotangent: Tensor, x: Tensor, params: Params): Tensor {
  const windows = windowsOf("averagePool", x.shape, params);
  const { axes, planes } = windows;
  const outputs = axes.map(({ output }) => output);
  const counts = countsOf(windows, params);
  const divisor =
    params.countPadding === false
      ? cast(tensor(counts, { shape: outputs }), cotangent.dtype)
      : (counts[0] as number);
  const shares = reshape(divide(cotangent, divisor), [planes, 1, ...outputs]);
  const ones = broadcastTo(1, [1, 1, ...axes.map(({ kernel }) => kernel)]);
  const transposed = convolutionParams(axes.map(transposedAxis), 1);
  return reshape(apply(convolutionOp, [shares, ones], transposed), x.shape);
}

function writtenArguments(operands: readonly string[], { params }: NotedCall): readonly string[] {
  return withoutUsual(operands, [
    ...poolSettings(params),
    { text: String(params.countPadding), usual: params.countPadding !== false },
  ]);
}

function averagePool(
  operation: string,
  spatial: number,
  x: TensorLike,
  options: AveragePoolOptions,
): Tensor {
  const input = asTensor(x);
  const countPadding = options.countPadding ?? true;
  const params = { ...poolParams(operation, spatial, options), countPadding };
  windowsOf(operation, input.shape, params);
  return apply(averagePoolOp, [input], params);
}

/**
 * The mean of every window along the last axis of x[…, L], such as [N, C, L]. Windows begin every `stride` places;
 * what the last of them does not cover is left out. Padding counts as zeros, as in PyTorch, unless `countPadding`
 * is false. Whole numbers give float64.
 *
 * @throws SymtapeError (shape) if a window is larger than the padded axis, or the padding than half a window.
 * @example
 * averagePool1d(tensor([[[1, 3, 2, 6]]]), { size: 2 }).toArray(); // [[[2, 4]]]
 * averagePool1d(tensor([[[1, 3]]]), { size: 2, padding: 1, countPadding: false }).toArray(); // [[[1, 3]]]
 */
export function averagePool1d(x: TensorLike, options: AveragePoolOptions): Tensor {
  return averagePool("averagePool1d", 1, x, options);
}

/**
 * The mean of every window along the last two axes of x[…, H, W], such as [N, C, H, W], by the rules of
 * {@link averagePool1d}.
 *
 * @throws SymtapeError (shape) if a window is larger than the padded image, or the padding than half a window.
 * @example
 * averagePool2d(tensor([[1, 2, 3, 4], [5, 6, 7, 8]]), { size: 2 }).toArray(); // [[3.5, 5.5]]
 */
export function averagePool2d(x: TensorLike, options: AveragePoolOptions): Tensor {
  return averagePool("averagePool2d", 2, x, options);
}
