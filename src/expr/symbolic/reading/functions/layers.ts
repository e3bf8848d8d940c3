// Functions of neural networks. Settings come first and parameters that may be left out last.

import { apply } from "../../../apply.ts";
import type { Op } from "../../../op.ts";
import { type AttentionOptions, scaledDotProductAttention } from "../../../ops/neural/attention.ts";
import { averagePool1d, averagePool2d, averagePoolOp } from "../../../ops/neural/average-pool.ts";
import { crossEntropyOp } from "../../../ops/neural/class-entropy.ts";
import { conv1d, conv2d, convTranspose2d } from "../../../ops/neural/conv.ts";
import { convolutionOp } from "../../../ops/neural/convolution.ts";
import { crossEntropy } from "../../../ops/neural/cross-entropy.ts";
import { dropout } from "../../../ops/neural/dropout.ts";
import { meanSquaredError } from "../../../ops/neural/losses.ts";
import { maxPool1d, maxPool2d, maxPoolOp, maxPoolPlacesOp } from "../../../ops/neural/max-pool.ts";
import { batchNorm, groupNorm, layerNorm, rmsNorm } from "../../../ops/neural/normalization.ts";
import { EPSILON, standardizeOp } from "../../../ops/neural/standardize.ts";
import { isFloat } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import { type Arguments, given } from "./arguments.ts";
import { type Called, type FunctionTable, takes } from "./builtin.ts";
import { refuseLarge } from "./creation.ts";

type PerAxis = number | readonly number[];

const REDUCTIONS = ["mean", "sum", "none"] as const;

export const layers: FunctionTable = {
  conv1d: convolution(conv1d),
  conv2d: convolution(conv2d),
  convTranspose2d: takes(2, 8, (args) => {
    const options = given({
      stride: perAxis(args, 2, "the stride"),
      padding: perAxis(args, 3, "the padding"),
      outputPadding: perAxis(args, 4, "the padding of the output"),
      dilation: perAxis(args, 5, "the dilation"),
      groups: args.whole(6, "the number of groups"),
      bias: args.optional(7),
    });
    return convTranspose2d(args.tensor(0), args.tensor(1), options);
  }),
  convolution: takes(2, 7, written),
  maxPool1d: pooling((x, size, options) => maxPool1d(x, { size, ...options })),
  maxPool2d: pooling((x, size, options) => maxPool2d(x, { size, ...options })),
  averagePool1d: averaging((x, size, options) => averagePool1d(x, { size, ...options })),
  averagePool2d: averaging((x, size, options) => averagePool2d(x, { size, ...options })),
  maxPool: windows(maxPoolOp, (args, axes) => ({
    dilation: listOr(args, 4, "the dilation", axes, 1),
  })),
  maxPoolPlaces: windows(maxPoolPlacesOp, (args, axes) => ({
    dilation: listOr(args, 4, "the dilation", axes, 1),
  })),
  averagePool: windows(averagePoolOp, (args) => ({
    countPadding: args.flag(4, "whether padding counts") ?? true,
  })),
  layerNorm: takes(1, 5, (args) => {
    const x = args.tensor(0);
    const affine = { scale: args.optional(3), shift: args.optional(4) };
    return layerNorm(x, given({ ...normalization(args, x), ...affine }));
  }),
  rmsNorm: takes(1, 4, (args) => {
    const x = args.tensor(0);
    return rmsNorm(x, given({ ...normalization(args, x), scale: args.optional(3) }));
  }),
  batchNorm: takes(1, 7, (args) => {
    const x = args.tensor(0);
    const axis = args.axis(1, x.rank);
    const epsilon = args.number(2, "epsilon");
    const [scale, shift, mean, variance] = [3, 4, 5, 6].map((place) => args.optional(place));
    return batchNorm(x, given({ axis, epsilon, scale, shift, mean, variance }));
  }),
  groupNorm: takes(2, 5, (args) => {
    const groups = args.whole(1, "the number of groups") as number;
    const epsilon = args.number(2, "epsilon");
    const affine = { scale: args.optional(3), shift: args.optional(4) };
    return groupNorm(args.tensor(0), groups, given({ epsilon, ...affine }));
  }),
  standardize: takes(2, 3, (args) => {
    const x = args.tensor(0);
    const axes = args.axes(1, x.rank) as readonly number[];
    return apply(standardizeOp, [x], { axes, epsilon: args.number(2, "epsilon") ?? EPSILON });
  }),
  scaledDotProductAttention: takes(3, 6, attention),
  dropout: takes(2, 3, (args) =>
    dropout(args.tensor(0), args.indices(1), given({ rate: args.number(2, "the rate") })),
  ),
  crossEntropy: takes(2, 6, (args) => {
    const logits = args.tensor(0);
    const target = isClasses(args, logits) ? args.indices(1) : args.tensor(1);
    const options = given({
      axis: args.axis(2, logits.rank),
      smoothing: args.number(3, "the smoothing"),
      reduction: args.text(4, "the reduction", REDUCTIONS),
      weights: args.optional(5),
    });
    return crossEntropy(logits, target, options);
  }),
  classEntropy: takes(2, 3, (args) => {
    const logits = args.tensor(0);
    const axis = args.axis(2, logits.rank) ?? logits.rank - 1;
    return apply(crossEntropyOp, [logits, args.indices(1)], { axis });
  }),
  meanSquaredError: takes(2, 3, (args) => {
    const reduction = args.text(2, "the reduction", REDUCTIONS);
    return meanSquaredError(args.tensor(0), args.tensor(1), given({ reduction }));
  }),
};

/** A number for all spatial axes, or one for each. */
function perAxis(args: Arguments, place: number, what: string): PerAxis | undefined {
  return args.wholeOrWholes(place, what);
}

function convolution(f: typeof conv2d): Called {
  return takes(2, 7, (args) => {
    const padding = args.isText(3)
      ? args.text(3, "the padding", ["same", "valid"])
      : perAxis(args, 3, "the padding");
    const options = given({
      stride: perAxis(args, 2, "the stride"),
      padding,
      dilation: perAxis(args, 4, "the dilation"),
      groups: args.whole(5, "the number of groups"),
      bias: args.optional(6),
    });
    return f(args.tensor(0), args.tensor(1), options);
  });
}

/** A convolution as derivatives are written: the padding before and after along each axis, gaps in the input last. */
function written(args: Arguments): Tensor {
  const [x, w] = args.tensors(0, 2) as [Tensor, Tensor];
  const axes = Math.max(0, x.rank - 2);
  const padding = (args.has(3) ? args.known(3) : undefined)?.concrete("convolution").toArray();
  const pairs = Array.isArray(padding) ? (padding as readonly (readonly number[])[]) : [];
  const side = (place: 0 | 1): number[] =>
    Array.from({ length: axes }, (_, axis) => pairs[axis]?.[place] ?? 0);
  return apply(convolutionOp, [x, w], {
    strides: listOr(args, 2, "the strides", axes, 1),
    low: side(0),
    high: side(1),
    inputDilation: listOr(args, 6, "the gaps of the input", axes, 1),
    kernelDilation: listOr(args, 4, "the dilation", axes, 1),
    groups: args.whole(5, "the number of groups") ?? 1,
  });
}

interface Windows {
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
}

function windowsOf(args: Arguments): Windows {
  const stride = perAxis(args, 2, "the stride");
  return given({ stride, padding: perAxis(args, 3, "the padding") });
}

type Pool<Options> = (x: Tensor, size: PerAxis, options: Options) => Tensor;

function pooling(pool: Pool<Windows & { readonly dilation?: PerAxis }>): Called {
  return takes(2, 5, (args) => {
    const size = perAxis(args, 1, "the size") as PerAxis;
    const dilation = perAxis(args, 4, "the dilation");
    return pool(args.tensor(0), size, { ...windowsOf(args), ...given({ dilation }) });
  });
}

function averaging(pool: Pool<Windows & { readonly countPadding?: boolean }>): Called {
  return takes(2, 5, (args) => {
    const size = perAxis(args, 1, "the size") as PerAxis;
    const countPadding = args.flag(4, "whether padding counts");
    return pool(args.tensor(0), size, { ...windowsOf(args), ...given({ countPadding }) });
  });
}

/** A pooling as derivatives are written: with a list for each setting. */
function windows(
  op: Op,
  further: (args: Arguments, axes: number) => Readonly<Record<string, boolean | readonly number[]>>,
): Called {
  return takes(2, 5, (args) => {
    const size = args.wholes(1, "the size") as readonly number[];
    const strides = args.wholes(2, "the stride") ?? size;
    const padding = listOr(args, 3, "the padding", size.length, 0);
    const params = { size, strides, padding, ...further(args, size.length) };
    return apply(op, [args.tensor(0)], params);
  });
}

function listOr(
  args: Arguments,
  place: number,
  what: string,
  count: number,
  usual: number,
): readonly number[] {
  return args.wholes(place, what) ?? new Array<number>(count).fill(usual);
}

function normalization(
  args: Arguments,
  x: Tensor,
): { axis: readonly number[] | undefined; epsilon: number | undefined } {
  return { axis: args.axes(1, x.rank), epsilon: args.number(2, "epsilon") };
}

function attention(args: Arguments): Tensor {
  const [q, k, v] = args.tensors(0, 3) as [Tensor, Tensor, Tensor];
  const causal = args.flag(3, "whether later places are hidden");
  if (causal) refuseLarge([q.shape.at(-2) ?? 1, k.shape.at(-2) ?? 1]);
  const options = { causal, scale: args.number(4, "the scale"), mask: args.optional(5) };
  return scaledDotProductAttention(q, k, v, given(options) as AttentionOptions);
}

/** Whether a target names classes: whole numbers, one for each example. */
function isClasses(args: Arguments, logits: Tensor): boolean {
  const target = args.tensor(1);
  return !isFloat(target.dtype) || target.rank < logits.rank;
}
