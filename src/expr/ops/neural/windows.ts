// The windows of a pooling: which places of each plane belong to which result.

import type { Params } from "../../op.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../../shape.ts";
import { shapeError } from "../structured.ts";
import { type AxisPlan, axisPlan, runsByOutput } from "./convolution-plan.ts";
import { perAxis, wholeNumbersFrom } from "./per-axis.ts";
import { listText, type Setting } from "./written.ts";

/** Settings of a pooling; a number holds for every spatial axis. */
export interface PoolOptions {
  /** The size of a window. */
  readonly size: number | readonly number[];
  /** Steps between neighbouring windows: the size, unless given. */
  readonly stride?: number | readonly number[];
  /** Places added on both sides of each spatial axis, at most half of the size; 0 unless given. */
  readonly padding?: number | readonly number[];
}

/** The options as parameters of an operation. */
export function poolParams(operation: string, spatial: number, options: PoolOptions): Params {
  const size = perAxis(operation, "size", options.size, spatial, 1);
  return {
    size,
    strides: perAxis(operation, "stride", options.stride ?? size, spatial, 1),
    padding: perAxis(operation, "padding", options.padding ?? 0, spatial, 0),
  };
}

/** The windows along the last axes of a tensor; all axes before them are batches. */
export interface Windows {
  readonly axes: readonly AxisPlan[];
  /** The shape of the result. */
  readonly shape: Shape;
  /** How many planes there are, and how many elements in each before and after. */
  readonly planes: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Checks shape and settings, and returns the sizes. */
export function windowsOf(operation: string, shape: Shape, params: Params): Windows {
  const spatial = Array.isArray(params.size) ? params.size.length : 0;
  if ((spatial !== 1 && spatial !== 2) || shape.length < spatial) {
    throw shapeError(
      operation,
      `expected ${spatial === 1 ? "x[…, L]" : "x[…, H, W]"} and windows along its last one or two axes, got ` +
        `${formatShape(shape)}.`,
      shape,
    );
  }
  const whole = (name: string, minimum: number): readonly number[] =>
    wholeNumbersFrom(operation, params, name, spatial, minimum);
  const size = whole("size", 1);
  const strides = whole("strides", 1);
  const padding = whole("padding", 0);
  const dilation = params.dilation === undefined ? size.map(() => 1) : whole("dilation", 1);
  const lead = shape.length - spatial;
  const axes = size.map((kernel, i) => {
    const low = padding[i] as number;
    return axisPlan(operation, shape, lead + i, {
      input: shape[lead + i] as number,
      kernel,
      stride: strides[i] as number,
      low,
      high: low,
      inputDilation: 1,
      kernelDilation: dilation[i] as number,
    });
  });
  const result = [...shape.slice(0, lead), ...axes.map(({ output }) => output)];
  checkShape(operation, result);
  for (const plan of axes) checkPadding(operation, shape, plan);
  return {
    axes,
    shape: result,
    planes: sizeOf(shape.slice(0, lead)),
    inputs: sizeOf(shape.slice(lead)),
    outputs: sizeOf(result.slice(lead)),
  };
}

/** Every window must hold something. */
function checkPadding(operation: string, shape: Shape, plan: AxisPlan): void {
  if (2 * plan.low <= plan.kernel && runsByOutput(plan).runs.every(({ count }) => count > 0))
    return;
  throw shapeError(
    operation,
    `a padding of ${plan.low} leaves windows of ${plan.kernel} places on ${formatShape(shape)} without elements. ` +
      "Pad by half of a window at most.",
    shape,
  );
}

/** A value for every window of every plane. `f` gets the places of the window and where its plane begins. */
export function mapWindows<T>(
  windows: Windows,
  f: (places: Int32Array, plane: number, window: number) => T,
): T[] {
  const places = placesOf(windows);
  const results = new Array<T>(windows.planes * places.length);
  let at = 0;
  for (let plane = 0; plane < windows.planes; plane++) {
    for (const [window, list] of places.entries()) {
      results[at++] = f(list, plane * windows.inputs, window);
    }
  }
  return results;
}

/** The places within a plane of every window, in row-major order. */
export function placesOf({ axes }: Windows): readonly Int32Array[] {
  let windows: readonly Int32Array[] = [Int32Array.of(0)];
  for (const axis of axes) {
    const { runs, inputStep } = runsByOutput(axis);
    windows = windows.flatMap((outer) =>
      runs.map(({ input, count }) =>
        Int32Array.from({ length: outer.length * count }, (_, k) => {
          const place = outer[Math.floor(k / count)] as number;
          return place * axis.input + input + (k % count) * inputStep;
        }),
      ),
    );
  }
  return windows;
}

/** The settings in the order size, stride, padding. */
export function poolSettings(params: Params): readonly Setting[] {
  const { size, strides, padding } = params as Readonly<Record<string, readonly number[]>>;
  const list = (values: readonly number[] = []): string => listText(values);
  return [
    { text: list(size), usual: false },
    { text: list(strides), usual: list(strides) === list(size) },
    { text: list(padding), usual: padding?.every((places) => places === 0) === true },
  ];
}
