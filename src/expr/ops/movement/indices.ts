// Places that are data: int32 tensors or arrays of whole numbers, which count from 0 or back from the end.

import type { Arithmetic, NdArray } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import { type AbstractValue, formatShape, type Shape, type TypedArray } from "../../shape.ts";
import { type NestedArray, Tensor, tensor } from "../../tensor.ts";
import { shapeError } from "../structured.ts";

/** Places along an axis: an int32 tensor, or whole numbers in arrays. Negative ones count from the end. */
export type Indices = Tensor | NestedArray;

/** The places as an int32 tensor. */
export function indicesOf(operation: string, indices: Indices): Tensor {
  if (indices instanceof Tensor) {
    checkIndices(operation, indices);
    return indices;
  }
  const odd = firstOdd(indices);
  if (odd === undefined) return tensor(indices, { dtype: "int32" });
  const remedy =
    typeof odd === "boolean"
      ? "A mask chooses with where(mask, x, y)."
      : "Pass numbers such as [0, 2].";
  throw new SymtapeError(
    "usage",
    `${operation}: places are whole numbers, got ${String(odd)}. ${remedy}`,
    {
      operation,
    },
  );
}

/** The first of nested entries that is no whole number. */
function firstOdd(entry: NestedArray): unknown {
  if (!Array.isArray(entry)) return Number.isInteger(entry) ? undefined : entry;
  for (const item of entry as readonly NestedArray[]) {
    const odd = firstOdd(item);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

/** Checks that places are whole numbers by their dtype. */
export function checkIndices(operation: string, { dtype }: AbstractValue): void {
  if (dtype === "int32") return;
  const remedy =
    dtype === "bool"
      ? "A mask chooses with where(mask, x, y)."
      : 'Make them of whole numbers with tensor([…], { dtype: "int32" }) or cast(indices, "int32").';
  throw new SymtapeError(
    "dtype",
    `${operation}: places are int32, but a tensor of ${dtype} was given for them. ${remedy}`,
    { operation, dtypes: [dtype] },
  );
}

/** The places as plain numbers. */
export function placesIn<S>(
  arithmetic: Arithmetic<S>,
  operation: string,
  { data }: NdArray<S>,
): ArrayLike<number> {
  if (ArrayBuffer.isView(data)) return data as unknown as TypedArray;
  return Array.from(data, (element) => {
    const place = arithmetic.numberOf(element);
    if (place !== undefined) return place;
    throw new SymtapeError(
      "unsupported",
      `${operation}: the places are symbols here, and which elements they name is not known without ` +
        "their numbers. Give the places as numbers.",
      { operation },
    );
  });
}

/** All places counted from the start, after a check that they lie on the axis. */
export function wrappedPlaces(
  operation: string,
  places: ArrayLike<number>,
  length: number,
  axis: number,
  shape: Shape,
): Int32Array {
  const result = new Int32Array(places.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = wrappedPlace(operation, places[i] as number, length, axis, shape);
  }
  return result;
}

/** A place counted from the start, after a check that it lies on the axis. */
export function wrappedPlace(
  operation: string,
  place: number,
  length: number,
  axis: number,
  shape: Shape,
): number {
  const found = place < 0 ? place + length : place;
  if (Number.isInteger(place) && found >= 0 && found < length) return found;
  throw shapeError(
    operation,
    `place ${place} lies outside axis ${axis} of ${formatShape(shape)}. ${rangeText(place, length)}`,
    shape,
  );
}

function rangeText(place: number, length: number): string {
  if (!Number.isInteger(place)) return "Places are whole numbers.";
  return length === 0 ? "That axis is empty." : `Places run from ${-length} to ${length - 1}.`;
}

/** Checks that values to write have the shape of their places, or one that broadcasts to it. */
export function checkValues(operation: string, values: Shape, places: Shape): void {
  const fits = values.every((length, i) => {
    const place = places[places.length - values.length + i];
    return place !== undefined && (length === 1 || length === place);
  });
  if (fits) return;
  throw shapeError(
    operation,
    `values of shape ${formatShape(values)} do not fill the places, which have shape ` +
      `${formatShape(places)}. Give that shape, or one that broadcasts to it.`,
    values,
    places,
  );
}
