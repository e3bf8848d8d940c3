// Slices as walks: over a source whose elements are taken, and over zeros among which they are laid.

import { alongAxis, guarded, type Lowering, type Walk } from "../../lowering.ts";
import type { Params } from "../../op.ts";
import { type Shape, stridesOf } from "../../shape.ts";
import { numbersOf } from "../structured.ts";

/** Where the elements of a slice stand in its source. */
export function sliceWalk(source: Shape, params: Params): Walk {
  const strides = stridesOf(source);
  const starts = numbersOf(params, "starts");
  return {
    offset: starts.reduce((sum, place, axis) => sum + place * (strides[axis] as number), 0),
    strides: numbersOf(params, "steps").map((step, axis) => step * (strides[axis] as number)),
  };
}

/** Whether a slice visits places twice. Then the order of writing counts, which programs do not keep. */
export function repeatsPlaces(params: Params): boolean {
  const steps = numbersOf(params, "steps");
  return numbersOf(params, "sizes").some((size, axis) => size > 1 && steps[axis] === 0);
}

/** Zeros with an operand of the given shape at the places of a slice. */
export function placed(shape: Shape, params: Params): Lowering | undefined {
  if (repeatsPlaces(params)) return undefined;
  const start = numbersOf(params, "starts");
  const steps = numbersOf(params, "steps").map((step, axis) => (shape[axis] === 1 ? 1 : step));
  if (steps.some((step) => Math.abs(step) !== 1)) {
    return { kind: "pieces", background: 0, pieces: [{ operand: 0, start, steps }] };
  }
  const whole = numbersOf(params, "shape");
  const own = stridesOf(shape);
  const strides = steps.map((step, axis) => step * (own[axis] as number));
  const offset = strides.reduce((sum, stride, axis) => sum - stride * (start[axis] as number), 0);
  const guards = steps.flatMap((step, axis) => {
    const length = shape[axis] as number;
    if (length === whole[axis]) return [];
    const before = 0 - step * (start[axis] as number);
    return [{ offset: before, strides: alongAxis(shape.length, axis, step), length }];
  });
  return guarded({ offset, strides }, guards);
}
