// What may stand in an index: a place, a range of places, or places that are data. Here they are resolved.

import { SymtapeError } from "../../errors.ts";
import { formatShape, type Shape } from "../../shape.ts";
import { ConcreteTensor, dataOf, type NestedArray, Tensor } from "../../tensor.ts";
import { shapeError } from "../structured.ts";
import { indicesOf, wrappedPlace } from "./indices.ts";

/** A range of places, which keeps its axis. Negative places count from the end. */
export interface IndexRange {
  readonly start?: number;
  readonly stop?: number;
  readonly step?: number;
}

/**
 * What may stand for one axis in an index: a number drops the axis, a range keeps it, and an int32 tensor or an
 * array of whole numbers puts its own axes in its stead. Negative places count from the end.
 */
export type AxisIndex = number | IndexRange | Tensor | readonly NestedArray[];

/** For every axis a first place, how many there are, and the step from one to the next. */
export interface SlicePlaces {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
}

/** Places along one axis that are data. */
export interface IndexArray {
  readonly axis: number;
  readonly indices: Tensor;
}

/** An index resolved for a shape: first a slice, then places that are data. */
export interface Selection {
  /** Axes with arrays are whole in it, those with a number have length 1. */
  readonly slice: SlicePlaces;
  /** The axes that a number drops. */
  readonly dropped: readonly number[];
  readonly arrays: readonly IndexArray[];
}

interface Stretch {
  readonly start: number;
  readonly size: number;
  readonly step: number;
}

/** Resolves places for a tensor of a shape; axes without an entry are taken whole. */
export function selection(
  operation: string,
  shape: Shape,
  places: readonly AxisIndex[],
): Selection {
  checkForm(operation, places);
  if (places.length > shape.length) {
    throw shapeError(
      operation,
      `${places.length} places were given for ${formatShape(shape)}, which has ${shape.length} axes.`,
      shape,
    );
  }
  const arrays: IndexArray[] = [];
  const dropped: number[] = [];
  const stretches = shape.map((length, axis) => {
    const place = places[axis] ?? {};
    if (typeof place === "number") {
      dropped.push(axis);
      return { start: wrappedPlace(operation, place, length, axis, shape), size: 1, step: 1 };
    }
    if (!isArray(place)) return stretch(operation, place, length, shape);
    const indices = indicesOf(operation, place);
    if (indices instanceof ConcreteTensor) {
      dataOf(indices).forEach((at: number) => {
        wrappedPlace(operation, at, length, axis, shape);
      });
    }
    arrays.push({ axis, indices });
    return { start: 0, size: length, step: 1 };
  });
  const slice = {
    starts: stretches.map(({ start }) => start),
    sizes: stretches.map(({ size }) => size),
    steps: stretches.map(({ step }) => step),
  };
  return { slice, dropped, arrays };
}

/** Checks that there is a list, and that nothing but the known forms stands in it. */
function checkForm(operation: string, places: readonly AxisIndex[]): void {
  const odd: unknown = Array.isArray(places) ? places.find(isNoPlace) : places;
  if (odd === undefined) return;
  const remedy =
    odd === null
      ? "A new axis is made by expandDims(x, axis)."
      : "Write a list with a number, a range such as { start: 1 } or an array for each axis, as in [0, {}].";
  throw new SymtapeError("usage", `${operation}: ${JSON.stringify(odd)} is no place. ${remedy}`, {
    operation,
  });
}

function isNoPlace(place: unknown): boolean {
  return (
    place !== undefined &&
    typeof place !== "number" &&
    (typeof place !== "object" || place === null)
  );
}

function isArray(place: AxisIndex): place is Tensor | readonly NestedArray[] {
  return place instanceof Tensor || Array.isArray(place);
}

/** A range as JavaScript's slice() and Python's slices read it: ends outside the axis are moved to its ends. */
function stretch(operation: string, range: IndexRange, length: number, shape: Shape): Stretch {
  const step = range.step ?? 1;
  if (!Number.isInteger(step) || step === 0) {
    throw shapeError(operation, `a step is a whole number other than 0, got ${step}.`, shape);
  }
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamped = (at: number | undefined, otherwise: number): number => {
    if (at === undefined) return otherwise;
    if (Number.isNaN(at) || !Number.isInteger(at)) {
      if (at !== Number.POSITIVE_INFINITY && at !== Number.NEGATIVE_INFINITY) {
        throw shapeError(operation, `a range starts and stops at whole numbers, got ${at}.`, shape);
      }
    }
    return Math.min(Math.max(at < 0 ? at + length : at, low), high);
  };
  const start = clamped(range.start, step > 0 ? 0 : length - 1);
  const stop = clamped(range.stop, step > 0 ? length : -1);
  return { start, size: Math.max(0, Math.ceil((stop - start) / step)), step };
}

/** Whether a slice is the whole tensor as it stands. */
export function isWhole({ starts, sizes, steps }: SlicePlaces, shape: Shape): boolean {
  return shape.every(
    (length, axis) =>
      sizes[axis] === length && (length === 0 || (starts[axis] === 0 && steps[axis] === 1)),
  );
}
