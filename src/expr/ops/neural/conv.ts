// Convolution layers as users call them: strides, padding by number or by name, and a bias.

import { apply } from "../../apply.ts";
import { formatShape, type Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { add } from "../arithmetic.ts";
import { shapeError } from "../structured.ts";
import { along } from "./along.ts";
import { convolutionOp, transposedKernel } from "./convolution.ts";
import { type AxisPlan, convolutionParams, dilated, planOf } from "./convolution-plan.ts";
import { perAxis } from "./per-axis.ts";

/** Settings of a convolution; a number holds for every spatial axis. */
export interface ConvolutionOptions {
  /** Added to each filter's results: shape [O]. */
  readonly bias?: TensorLike;
  /** Steps between neighbouring results, 1 unless given. */
  readonly stride?: number | readonly number[];
  /**
   * Zeros on both sides of each spatial axis. `"valid"` (the default) adds none; `"same"` adds as many as
   * keep the sizes, one more at the end where the number is odd, and needs a stride of 1.
   */
  readonly padding?: number | readonly number[] | "same" | "valid";
  /** Steps between neighbouring places of the kernel, 1 unless given. */
  readonly dilation?: number | readonly number[];
  /** Into how many groups channels and filters fall, each convolved by itself; 1 unless given. */
  readonly groups?: number;
}

/** Settings of a transposed convolution. */
export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "padding"> {
  /** How many places are cut from both sides of the result, 0 unless given. */
  readonly padding?: number | readonly number[];
  /** How many places are added at the end of the result, 0 unless given: fewer than the stride or the dilation. */
  readonly outputPadding?: number | readonly number[];
}

function convolve(
  operation: string,
  spatial: number,
  x: TensorLike,
  w: TensorLike,
  options: ConvolutionOptions,
): Tensor {
  const input = asTensor(x);
  const weights = asTensor(w);
  checkRanks(operation, spatial, input.shape, weights.shape, "[O, C / groups, …]");
  const strides = perAxis(operation, "stride", options.stride ?? 1, spatial, 1);
  const dilation = perAxis(operation, "dilation", options.dilation ?? 1, spatial, 1);
  const kernel = weights.shape.slice(2);
  const padding = paddingOf(operation, options.padding ?? 0, kernel, strides, dilation);
  const axes = strides.map((stride, axis) => ({
    stride,
    ...(padding[axis] as { low: number; high: number }),
    inputDilation: 1,
    kernelDilation: dilation[axis] as number,
  }));
  const params = convolutionParams(axes, options.groups ?? 1);
  planOf(operation, input.shape, weights.shape, params);
  return withBias(operation, apply(convolutionOp, [input, weights], params), options.bias);
}

function paddingOf(
  operation: string,
  padding: NonNullable<ConvolutionOptions["padding"]>,
  kernel: Shape,
  strides: readonly number[],
  dilation: readonly number[],
): readonly { readonly low: number; readonly high: number }[] {
  if (padding === "same") {
    if (strides.some((stride) => stride !== 1)) {
      throw shapeError(
        operation,
        `padding "same" keeps the sizes and needs a stride of 1, got ${strides.join(" and ")}. ` +
          "Give the padding as a number.",
      );
    }
    return kernel.map((length, axis) => {
      const total = dilated(length, dilation[axis] as number) - 1;
      return { low: Math.floor(total / 2), high: Math.ceil(total / 2) };
    });
  }
  const list = perAxis(operation, "padding", padding === "valid" ? 0 : padding, kernel.length, 0);
  return list.map((places) => ({ low: places, high: places }));
}

function checkRanks(operation: string, spatial: number, x: Shape, w: Shape, form: string): void {
  if (x.length === spatial + 2 && w.length === spatial + 2) return;
  throw shapeError(
    operation,
    `expected x[N, C, ${spatial === 1 ? "L" : "H, W"}] and w${form}, both of rank ${spatial + 2}; got ` +
      `${formatShape(x)} and ${formatShape(w)}. Reshape so that both have all of these axes.`,
    x,
    w,
  );
}

function withBias(operation: string, result: Tensor, bias: TensorLike | undefined): Tensor {
  return bias === undefined
    ? result
    : add(result, along(operation, "bias", bias, result.shape, [1]));
}

/**
 * The convolution of sequences x[N, C, L] with filters w[O, C / groups, K]:
 * `y[n, o, i] = bias[o] + Σ_c Σ_k w[o, c, k] · x[n, c, stride · i + dilation · k − padding]`, of shape [N, O, L'] with
 * `L' = ⌊(L + 2 · padding − dilation · (K − 1) − 1) / stride⌋ + 1`. As in all neural network libraries the kernel
 * is not mirrored. With groups, filter o sees the channels of its own group only.
 *
 * @throws SymtapeError (shape) if ranks, channels or groups do not fit, or the kernel is larger than the padded input.
 * @example
 * conv1d(tensor([[[1, 2, 3, 4]]]), tensor([[[1, 10]]])).toArray(); // [[[21, 32, 43]]]
 * conv1d(tensor([[[1, 2, 3, 4]]]), tensor([[[1, 1, 1]]]), { padding: "same" }).toArray(); // [[[3, 6, 9, 7]]]
 */
export function conv1d(x: TensorLike, w: TensorLike, options: ConvolutionOptions = {}): Tensor {
  return convolve("conv1d", 1, x, w, options);
}

/**
 * The convolution of images x[N, C, H, W] with filters w[O, C / groups, K, M], by the formula of {@link conv1d} along
 * both spatial axes. The result has the shape [N, O, H', W'].
 *
 * @throws SymtapeError (shape) if ranks, channels or groups do not fit, or the kernel is larger than the padded input.
 * @example
 * const image = tensor([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]);
 * conv2d(image, tensor([[[[1, 0], [0, 1]]]])).toArray(); // [[[[6, 8], [12, 14]]]]
 * conv2d(image, tensor([[[[1]]]]), { stride: 2, bias: tensor([0.5]) }).toArray(); // [[[[1.5, 3.5], [7.5, 9.5]]]]
 */
export function conv2d(x: TensorLike, w: TensorLike, options: ConvolutionOptions = {}): Tensor {
  return convolve("conv2d", 2, x, w, options);
}

/**
 * The transposed convolution of x[N, C, H, W] with w[C, O / groups, K, M]: the adjoint of `conv2d` with the same
 * weights and settings, which spreads every element over the places that it would have come from. The result
 * has the shape [N, O, H', W'] with `H' = (H − 1) · stride − 2 · padding + dilation · (K − 1) + outputPadding + 1`.
 *
 * @throws SymtapeError (shape) if ranks, channels or groups do not fit, or nothing is left of the result.
 * @example
 * const x = tensor([[[[1, 2]]]]);
 * convTranspose2d(x, tensor([[[[1, 10, 100]]]]), { stride: [1, 2] }).toArray(); // [[[[1, 10, 102, 20, 200]]]]
 */
export function convTranspose2d(
  x: TensorLike,
  w: TensorLike,
  options: TransposedConvolutionOptions = {},
): Tensor {
  const operation = "convTranspose2d";
  const input = asTensor(x);
  const weights = asTensor(w);
  checkRanks(operation, 2, input.shape, weights.shape, "[C, O / groups, …]");
  const groups = checkTransposed(operation, input.shape, weights.shape, options.groups ?? 1);
  const strides = perAxis(operation, "stride", options.stride ?? 1, 2, 1);
  const dilation = perAxis(operation, "dilation", options.dilation ?? 1, 2, 1);
  const padding = perAxis(operation, "padding", options.padding ?? 0, 2, 0);
  const added = perAxis(operation, "outputPadding", options.outputPadding ?? 0, 2, 0);
  const axes = strides.map((stride, axis) =>
    transposedSettings(operation, input.shape, axis + 2, {
      stride,
      kernel: weights.shape[axis + 2] as number,
      dilation: dilation[axis] as number,
      padding: padding[axis] as number,
      added: added[axis] as number,
    }),
  );
  const params = convolutionParams(axes, groups);
  const kernel = transposedKernel(weights, groups);
  planOf(operation, input.shape, kernel.shape, params);
  return withBias(operation, apply(convolutionOp, [input, kernel], params), options.bias);
}

/** One axis of a transposed convolution as that of a convolution whose input has gaps. */
function transposedSettings(
  operation: string,
  x: Shape,
  axis: number,
  settings: Readonly<Record<"stride" | "kernel" | "dilation" | "padding" | "added", number>>,
): Omit<AxisPlan, "input" | "kernel" | "output"> {
  const { stride, kernel, dilation, padding, added } = settings;
  if (added >= Math.max(stride, dilation)) {
    throw shapeError(
      operation,
      `outputPadding ${added} must be smaller than the stride ${stride} or the dilation ${dilation}.`,
    );
  }
  const low = dilated(kernel, dilation) - 1 - padding;
  if (dilated(x[axis] as number, stride) + 2 * low + added < dilated(kernel, dilation)) {
    throw shapeError(
      operation,
      `a padding of ${padding} cuts away all of the result along axis ${axis} of ${formatShape(x)}. ` +
        "Take less padding.",
      x,
    );
  }
  return { stride: 1, low, high: low + added, inputDilation: stride, kernelDilation: dilation };
}

function checkTransposed(operation: string, x: Shape, w: Shape, groups: number): number {
  const channels = x[1] as number;
  const fits = Number.isInteger(groups) && groups >= 1 && channels % groups === 0;
  if (fits && w[0] === channels && !w.includes(0)) return groups;
  throw shapeError(
    operation,
    `x${formatShape(x)} with its ${channels} channels in ${groups} groups does not fit w${formatShape(w)}. ` +
      "w needs the shape [channels, filters / groups, …], and the groups must divide the channels.",
    x,
    w,
  );
}
