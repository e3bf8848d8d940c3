// Where the elements that places name stand in their source: the one thing that taking and writing share.

import { broadcastIndices, stridedIndices } from "../../arithmetic.ts";
import type { Params } from "../../op.ts";
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  formatShape,
  type Shape,
  sizeOf,
  stridesOf,
} from "../../shape.ts";
import { shapeError } from "../structured.ts";
import { wrappedPlaces } from "./indices.ts";

/** The elements that places name, as an array of their own. */
export interface Layout {
  /** The shape of that array. */
  readonly shape: Shape;
  /** The axes along which the source and the places go together and broadcast. */
  readonly batch: readonly number[];
  /** For each of its elements where in the source it stands, once the places are known. */
  sources(places: ArrayLike<number>): Int32Array;
}

/** Lays out the elements named by places of shape `indices` in a source. */
export type LayoutRule = (
  operation: string,
  source: Shape,
  indices: Shape,
  params: Params,
) => Layout;

/**
 * Every place names a whole slice across `axis`; the axes of the places stand in its stead. The first
 * `batch` axes of the source and of the places go together and broadcast.
 */
export function sliceLayout(
  operation: string,
  source: Shape,
  indices: Shape,
  params: Params,
): Layout {
  const axis = wholeNumber(operation, params, "axis", source.length - 1);
  const batch = wholeNumber(operation, params, "batch", Math.min(axis, indices.length));
  const examples = broadcastShapes(operation, [source.slice(0, batch), indices.slice(0, batch)]);
  const before = source.slice(batch, axis);
  const picked = indices.slice(batch);
  const after = source.slice(axis + 1);
  const shape = [...examples, ...before, ...picked, ...after];
  checkShape(operation, shape);
  const [outer, count, inner] = [sizeOf(before), sizeOf(picked), sizeOf(after)];
  const length = source[axis] as number;
  return {
    shape,
    batch: examples.map((_, place) => place),
    sources: (places) => {
      const starts = broadcastIndices(source.slice(0, batch), examples);
      const lists = broadcastIndices(indices.slice(0, batch), examples);
      const wrapped = wrappedPlaces(operation, places, length, axis, source);
      const result = new Int32Array(sizeOf(shape));
      let at = 0;
      for (const [example, start] of starts.entries()) {
        const list = (lists[example] as number) * count;
        for (let i = 0; i < outer; i++) {
          const row = (start * outer + i) * length;
          for (let k = list; k < list + count; k++) {
            const first = (row + (wrapped[k] as number)) * inner;
            for (let j = 0; j < inner; j++) result[at++] = first + j;
          }
        }
      }
      return result;
    },
  };
}

/** Every place names one element on its own line along `axis`; the other axes broadcast. */
export function lineLayout(
  operation: string,
  source: Shape,
  indices: Shape,
  params: Params,
): Layout {
  const axis = wholeNumber(operation, params, "axis", source.length - 1);
  if (indices.length !== source.length) {
    throw shapeError(
      operation,
      `the places need as many axes as the tensor: ${formatShape(indices)} beside ` +
        `${formatShape(source)}. Reshape the places, or use gather()?`,
      source,
      indices,
    );
  }
  const shape = broadcastShapes(operation, [source.with(axis, 1), indices]);
  checkShape(operation, shape);
  const length = source[axis] as number;
  const stride = stridesOf(source)[axis] as number;
  return {
    shape,
    batch: shape.map((_, place) => place).filter((place) => place !== axis),
    sources: (places) => {
      const result = stridedIndices(shape, broadcastStrides(source, shape).with(axis, 0), 0);
      const wrapped = wrappedPlaces(operation, places, length, axis, source);
      const chosen = broadcastIndices(indices, shape);
      for (let i = 0; i < result.length; i++) {
        result[i] = (result[i] as number) + (wrapped[chosen[i] as number] as number) * stride;
      }
      return result;
    },
  };
}

function wholeNumber(operation: string, params: Params, name: string, maximum: number): number {
  const value = params[name];
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum) {
    return value as number;
  }
  throw shapeError(
    operation,
    maximum < 0
      ? "a scalar has no axes to take places from."
      : `${name} must be a whole number from 0 to ${maximum}, got ${JSON.stringify(value)}.`,
  );
}

/** For every element of a grid where it stands, given the places of the source that each axis visits. */
export function gridIndices(source: Shape, along: readonly (readonly number[])[]): Int32Array {
  const strides = stridesOf(source);
  let places = Int32Array.of(0);
  for (const [axis, list] of along.entries()) {
    const stride = strides[axis] as number;
    const next = new Int32Array(places.length * list.length);
    let at = 0;
    for (const first of places) {
      for (const place of list) next[at++] = first + place * stride;
    }
    places = next;
  }
  return places;
}
