// What a convolution combines: along each spatial axis, which places of input and kernel meet in which result.

import type { Params } from "../../op.ts";
import { formatShape, type Shape } from "../../shape.ts";
import { shapeError, wholeNumbersOf } from "../structured.ts";
import { wholeNumbersFrom } from "./per-axis.ts";

/**
 * One spatial axis. Result `o` sums over the places `k` of the kernel and `i` of the input for which
 * `o * stride + k * kernelDilation - low = i * inputDilation`.
 */
export interface AxisPlan {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  /** How many places are added before and after the input; negative ones are taken away. */
  readonly low: number;
  readonly high: number;
  readonly inputDilation: number;
  readonly kernelDilation: number;
}

/** The sizes of a convolution of x[N, C, …] with w[O, C / groups, …]. */
export interface ConvolutionPlan {
  readonly batch: number;
  readonly groups: number;
  /** Channels and filters within one group. */
  readonly channels: number;
  readonly filters: number;
  readonly axes: readonly AxisPlan[];
}

/** An axis along which nothing happens. */
export const POINT: AxisPlan = {
  input: 1,
  kernel: 1,
  output: 1,
  stride: 1,
  low: 0,
  high: 0,
  inputDilation: 1,
  kernelDilation: 1,
};

/** The settings of axes as parameters of the operation. */
export function convolutionParams(
  axes: readonly Pick<AxisPlan, "stride" | "low" | "high" | "inputDilation" | "kernelDilation">[],
  groups: number,
): Params {
  return {
    strides: axes.map(({ stride }) => stride),
    low: axes.map(({ low }) => low),
    high: axes.map(({ high }) => high),
    inputDilation: axes.map(({ inputDilation }) => inputDilation),
    kernelDilation: axes.map(({ kernelDilation }) => kernelDilation),
    groups,
  };
}

/** The length of an axis after `dilation - 1` gaps are put between neighbours. */
export function dilated(length: number, dilation: number): number {
  return (length - 1) * dilation + 1;
}

/** Checks shapes and settings, and returns the sizes. */
export function planOf(operation: string, x: Shape, w: Shape, params: Params): ConvolutionPlan {
  const rank = x.length - 2;
  if ((rank !== 1 && rank !== 2) || w.length !== x.length) {
    throw shapeError(
      operation,
      `expected x[N, C, L] with w[O, C / groups, K], or x[N, C, H, W] with w[O, C / groups, K, M]; got ` +
        `${formatShape(x)} with ${formatShape(w)}. Reshape so that both have batch and channel axes.`,
      x,
      w,
    );
  }
  const groups = params.groups as number;
  checkChannels(operation, x, w, groups);
  const [strides, inputDilation, kernelDilation] = (
    ["strides", "inputDilation", "kernelDilation"] as const
  ).map((name) => wholeNumbersFrom(operation, params, name, rank, 1)) as [Shape, Shape, Shape];
  const low = wholeNumbersOf(operation, params, "low", rank);
  const high = wholeNumbersOf(operation, params, "high", rank);
  const axes = strides.map((stride, axis) =>
    axisPlan(operation, x, axis + 2, {
      input: x[axis + 2] as number,
      kernel: w[axis + 2] as number,
      stride,
      low: low[axis] as number,
      high: high[axis] as number,
      inputDilation: inputDilation[axis] as number,
      kernelDilation: kernelDilation[axis] as number,
    }),
  );
  const [batch] = x as readonly [number, ...number[]];
  const [filters, channels] = w as readonly [number, number, ...number[]];
  return { batch, groups, channels, filters: filters / groups, axes };
}

function checkChannels(operation: string, x: Shape, w: Shape, groups: number): void {
  if (!Number.isInteger(groups) || groups < 1) {
    throw shapeError(operation, `groups must be a whole number above 0, got ${groups}.`, x, w);
  }
  const [, channels] = x as readonly [number, number];
  const [filters, own] = w as readonly [number, number];
  if (channels !== own * groups) {
    throw shapeError(
      operation,
      `x${formatShape(x)} has ${channels} channels, and w${formatShape(w)} is made for ${own}` +
        `${groups === 1 ? "" : ` in each of ${groups} groups`}. ` +
        `w needs the shape [filters, channels / groups, …].`,
      x,
      w,
    );
  }
  if (filters % groups !== 0) {
    throw shapeError(
      operation,
      `the ${filters} filters of w${formatShape(w)} do not divide into ${groups} groups.`,
      x,
      w,
    );
  }
}

/** The plan of one axis of a tensor, after a check that the kernel fits into it. */
export function axisPlan(
  operation: string,
  shape: Shape,
  axis: number,
  settings: Omit<AxisPlan, "output">,
): AxisPlan {
  const { input, kernel, stride, low, high, inputDilation, kernelDilation } = settings;
  const padded = dilated(input, inputDilation) + low + high;
  const needed = dilated(kernel, kernelDilation);
  if (input === 0 || kernel === 0 || padded < needed) {
    throw shapeError(
      operation,
      `a window of ${kernel} places${kernelDilation === 1 ? "" : ` that spans ${needed}`} does not fit into ` +
        `the ${input} places${low + high === 0 ? "" : ` (${padded} with padding)`} along axis ${axis} of ` +
        `${formatShape(shape)}. Take a smaller window or more padding.`,
      shape,
    );
  }
  return { ...settings, output: Math.floor((padded - needed) / stride) + 1 };
}

/** The axis of the adjoint, which takes results back to the places of the input. */
export function transposedAxis(axis: AxisPlan): Omit<AxisPlan, "output"> {
  const span = dilated(axis.kernel, axis.kernelDilation);
  const low = span - 1 - axis.low;
  const padded = dilated(axis.input, axis.inputDilation) + span - 1;
  return {
    input: axis.output,
    kernel: axis.kernel,
    stride: axis.inputDilation,
    low,
    high: padded - dilated(axis.output, axis.stride) - low,
    inputDilation: axis.stride,
    kernelDilation: axis.kernelDilation,
  };
}

/** The shape of the result: [N, O, …]. */
export function outputShape({ batch, groups, filters, axes }: ConvolutionPlan): Shape {
  return [batch, groups * filters, ...axes.map(({ output }) => output)];
}

/**
 * Rows and columns. A convolution along one axis has one row, and so has one that takes each place by itself,
 * for which all rows can stand behind each other.
 */
export function rowsAndColumns({ axes }: ConvolutionPlan): readonly [AxisPlan, AxisPlan] {
  const [first, second] = axes as readonly [AxisPlan, AxisPlan?];
  if (second === undefined) return [POINT, first];
  if (!isPlaceByPlace(first) || !isPlaceByPlace(second)) return [first, second];
  const size = first.input * second.input;
  return [POINT, { ...POINT, input: size, output: size }];
}

function isPlaceByPlace({ kernel, stride, low, high, inputDilation }: AxisPlan): boolean {
  return kernel === 1 && stride === 1 && low === 0 && high === 0 && inputDilation === 1;
}

/** Pairs of places that advance evenly: of results (or of the kernel) and of the input. */
export interface Run {
  readonly place: number;
  readonly input: number;
  readonly count: number;
}

/** For every place of one side the run of the other side's places that meet it. */
export interface Runs {
  readonly runs: readonly Run[];
  readonly placeStep: number;
  readonly inputStep: number;
}

/** For each place of the kernel: the results that it goes into, and the places of the input it meets there. */
export function runsByKernel(axis: AxisPlan): Runs {
  return meetings(axis, axis.kernel, axis.kernelDilation, axis.output, axis.stride);
}

/** For each result: the places of the kernel and of the input that it is made of. */
export function runsByOutput(axis: AxisPlan): Runs {
  return meetings(axis, axis.output, axis.stride, axis.kernel, axis.kernelDilation);
}

/** Solves `fixed * fixedStep + place * step - low = input * dilation` for each fixed place. */
function meetings(
  { input: inputs, low, inputDilation }: AxisPlan,
  fixedCount: number,
  fixedStep: number,
  count: number,
  step: number,
): Runs {
  const divisor = greatestCommonDivisor(step, inputDilation);
  const placeStep = inputDilation / divisor;
  const inputStep = step / divisor;
  const runs = Array.from({ length: fixedCount }, (_, fixed) => {
    const offset = fixed * fixedStep - low;
    let place = 0;
    const candidates = Math.min(placeStep, count);
    while (place < candidates && (place * step + offset) % inputDilation !== 0) place++;
    if (place === candidates) return { place: 0, input: 0, count: 0 };
    const input = (place * step + offset) / inputDilation;
    const skipped = Math.max(0, Math.ceil(-input / inputStep));
    const first = place + skipped * placeStep;
    const firstInput = input + skipped * inputStep;
    const available = Math.min(
      Math.ceil((count - first) / placeStep),
      Math.ceil((inputs - firstInput) / inputStep),
    );
    return { place: first, input: firstInput, count: Math.max(0, available) };
  });
  return { runs, placeStep, inputStep };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
