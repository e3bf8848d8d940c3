// The convolution of neural networks (a cross-correlation); its derivatives are convolutions again.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { type BatchCall, type NotedCall, type Op, type Params, PRECEDENCE } from "../../op.ts";
import { type AbstractValue, checkShape, promote } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { mayRound, wrappingArithmetic } from "../int32.ts";
import { index } from "../movement/indexing.ts";
import { moveAxis, reshape, transpose } from "../movement/reshape.ts";
import { defineOp, numbersOf } from "../structured.ts";
import { convolveNumbers, convolveReference } from "./convolution-kernel.ts";
import {
  convolutionParams,
  dilated,
  outputShape,
  planOf,
  transposedAxis,
} from "./convolution-plan.ts";
import { listText, type Setting, withoutUsual } from "./written.ts";

/** Settings of a sample; those that are not named change nothing. */
function settings(rank: 1 | 2, params: Params): Params {
  const all = (value: number): readonly number[] => new Array<number>(rank).fill(value);
  return {
    strides: all(1),
    low: all(0),
    high: all(0),
    inputDilation: all(1),
    kernelDilation: all(1),
    groups: 1,
    ...params,
  };
}

const samples: Op["samples"] = [
  {
    inputs: [[[[1, 2, -1, 3, 0.5]]], [[[1, -2]], [[0.5, 3]]]],
    params: settings(1, { strides: [2], low: [1], high: [2], kernelDilation: [2] }),
  },
  {
    inputs: [
      [
        [
          [1, 2, 3],
          [0.5, -2, 4],
        ],
        [
          [-1, 5, 2],
          [3, 1, -0.5],
        ],
      ],
      [[[2, -1]], [[1, 3]], [[-0.5, 1.5]], [[4, 1]]],
    ],
    params: settings(1, { groups: 2 }),
  },
  {
    inputs: [
      [
        [
          [
            [1, 2, 3],
            [-1, 0.5, 4],
          ],
          [
            [0.5, 1, -2],
            [3, 2, 1],
          ],
        ],
      ],
      [
        [
          [
            [1, -1],
            [2, 0.5],
          ],
          [
            [3, 1],
            [-2, 1],
          ],
        ],
      ],
    ],
    params: settings(2, { strides: [1, 2], low: [1, 0], high: [0, 1] }),
  },
  {
    inputs: [
      [
        [
          [
            [1, 2],
            [3, -1],
          ],
        ],
      ],
      [
        [
          [
            [1, 2, 0.5],
            [-1, 3, 2],
          ],
        ],
      ],
    ],
    params: settings(2, { low: [1, 2], high: [1, -1], inputDilation: [2, 3] }),
  },
];

export const convolutionOp: Op = defineOp({
  name: "convolution",
  inputs: ["x", "w"],
  notation: {
    kind: "call",
    arguments: writtenArguments,
    tex: "#1 \\star #0",
    operandPrecedence: PRECEDENCE.product,
    texPrecedence: PRECEDENCE.product,
  },
  samples,
  infer: ([x, w], params) => {
    const input = x as AbstractValue;
    const weights = w as AbstractValue;
    const shape = outputShape(planOf("convolution", input.shape, weights.shape, params));
    checkShape("convolution", shape);
    const { dtype, weak } = promote([input, weights]);
    return [{ shape, dtype: dtype === "bool" ? "int32" : dtype, weak }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [x, w]: readonly NdArray<S>[], params: Params) => {
    const input = x as NdArray<S>;
    const weights = w as NdArray<S>;
    const plan = planOf("convolution", input.shape, weights.shape, params);
    return [convolveReference(arithmetic, input, weights, plan)];
  },
  kernel: ([x, w], params) => {
    const input = x as Numbers;
    const weights = w as Numbers;
    const plan = planOf("convolution", input.shape, weights.shape, params);
    if (!mayRound(input, weights, weights.data.length)) {
      return [convolveNumbers(input, weights, plan)];
    }
    return [convolveReference(wrappingArithmetic(), input, weights, plan).data];
  },
  pullback: ({ inputs, params }, [cotangent], needs) => {
    const [x, w] = inputs as readonly [Tensor, Tensor];
    if (cotangent === undefined) return [undefined, undefined];
    return [
      needs[0] ? inputCotangent(cotangent, x, w, params) : undefined,
      needs[1] ? weightCotangent(cotangent, x, w, params) : undefined,
    ];
  },
  pushforward: "multilinear",
  batch: batchConvolution,
  lower: (_, params) => ({ kind: "special", kernel: "convolution", settings: params }),
});

/** The settings in the order stride, padding, dilation, groups, input dilation. */
function writtenArguments(operands: readonly string[], { params }: NotedCall): readonly string[] {
  const low = numbersOf(params, "low");
  const high = numbersOf(params, "high");
  const padding = low.map((first, axis) => listText([first, high[axis] as number]));
  const ones = (name: string): Setting => {
    const values = numbersOf(params, name);
    return { text: listText(values), usual: values.every((value) => value === 1) };
  };
  return withoutUsual(operands, [
    ones("strides"),
    { text: listText(padding), usual: [...low, ...high].every((places) => places === 0) },
    ones("kernelDilation"),
    { text: String(params.groups), usual: params.groups === 1 },
    ones("inputDilation"),
  ]);
}

/** The cotangent, with gaps of the stride, convolved with the mirrored kernel. */
function inputCotangent(cotangent: Tensor, x: Tensor, w: Tensor, params: Params): Tensor {
  const { axes, groups } = planOf("convolution", x.shape, w.shape, params);
  return apply(
    convolutionOp,
    [cotangent, transposedKernel(w, groups)],
    convolutionParams(axes.map(transposedAxis), groups),
  );
}

/** The kernel mirrored along its spatial axes, with filters and channels swapped within each group. */
export function transposedKernel(w: Tensor, groups: number): Tensor {
  const [filters, channels, ...sizes] = w.shape as readonly [number, number, ...number[]];
  const mirrored = index(w, [{}, {}, ...sizes.map((length) => (length > 1 ? { step: -1 } : {}))]);
  if (groups === 1) return swapAxes(mirrored, 0, 1);
  const grouped = reshape(mirrored, [groups, filters / groups, channels, ...sizes]);
  return reshape(swapAxes(grouped, 1, 2), [groups * channels, filters / groups, ...sizes]);
}

/** The input convolved with the cotangent: channels stand for examples and examples for channels. */
function weightCotangent(cotangent: Tensor, x: Tensor, w: Tensor, params: Params): Tensor {
  const { axes, groups, channels, batch } = planOf("convolution", x.shape, w.shape, params);
  const correlated = axes.map((axis) => {
    const needed =
      dilated(axis.output, axis.stride) + dilated(axis.kernel, axis.kernelDilation) - 1;
    return {
      stride: axis.kernelDilation,
      low: axis.low,
      high: needed - dilated(axis.input, axis.inputDilation) - axis.low,
      inputDilation: axis.inputDilation,
      kernelDilation: axis.stride,
    };
  });
  const sizes = x.shape.slice(2);
  const grouped = reshape(x, [batch, groups, channels, ...sizes]);
  const images =
    groups === 1
      ? swapAxes(x, 0, 1)
      : reshape(swapAxes(grouped, 0, 2), [channels, groups * batch, ...sizes]);
  const filters = swapAxes(cotangent, 0, 1);
  const result = apply(convolutionOp, [images, filters], convolutionParams(correlated, groups));
  return swapAxes(result, 0, 1);
}

function swapAxes(x: Tensor, first: number, second: number): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, axes.with(first, second).with(second, first));
}

/** Examples of x join its batch; examples of w join the filters; examples of both are groups. */
function batchConvolution({ inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const [x, w] = inputs as readonly [Tensor, Tensor];
  const groups = params.groups as number;
  if (!batched[1]) {
    const [, images, ...rest] = x.shape as readonly [number, number, ...number[]];
    const result = apply(convolutionOp, [reshape(x, [size * images, ...rest]), w], params);
    return [reshape(result, [size, images, ...result.shape.slice(1)])];
  }
  const [, filters, ...kernel] = w.shape as readonly [number, number, ...number[]];
  if (!batched[0]) {
    const byGroup = moveAxis(reshape(w, [size, groups, filters / groups, ...kernel]), 0, 1);
    const result = apply(convolutionOp, [x, reshape(byGroup, [size * filters, ...kernel])], params);
    const [images, , ...places] = result.shape as readonly [number, number, ...number[]];
    const apart = reshape(result, [images, groups, size, filters / groups, ...places]);
    return [reshape(moveAxis(apart, 2, 0), [size, images, filters, ...places])];
  }
  const [, images, channels, ...places] = x.shape as readonly [number, number, number, ...number[]];
  const joined = reshape(moveAxis(x, 0, 1), [images, size * channels, ...places]);
  const result = apply(convolutionOp, [joined, reshape(w, [size * filters, ...kernel])], {
    ...params,
    groups: size * groups,
  });
  const apart = reshape(result, [images, size, filters, ...result.shape.slice(2)]);
  return [moveAxis(apart, 1, 0)];
}
