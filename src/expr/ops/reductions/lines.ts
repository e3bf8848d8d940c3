// Tensors as lines: the elements that are combined with each other stand one after another.

import { type NdArray, type Numbers, stridedIndices } from "../../arithmetic.ts";
import type { Params } from "../../op.ts";
import { type Shape, sizeOf, stridesOf, type TypedArray } from "../../shape.ts";
import { numbersOf } from "../structured.ts";
import { reducedShape } from "./axes.ts";

/** A function of the elements from `start` to before `stop`. */
export type LineFunction = (data: TypedArray, start: number, stop: number) => number;

/** Writes the results for the elements from `start` to before `stop` to the same places of `result`. */
export type LineWriter = (
  data: TypedArray,
  start: number,
  stop: number,
  result: Float64Array,
) => void;

/** Room for the numbers of one line, used again for the next, since all lines have one length. */
export function scratchLine(): (length: number) => Float64Array {
  let room = new Float64Array(0);
  return (length) => {
    if (room.length !== length) room = new Float64Array(length);
    return room;
  };
}

/** How the lines along some axes lie in a tensor. */
interface Lines {
  readonly count: number;
  readonly length: number;
  /** Where each line starts, and how far behind that its elements stand; undefined if they stand in a row. */
  readonly places: { readonly starts: Int32Array; readonly offsets: Int32Array } | undefined;
}

function linesOf(shape: Shape, axes: readonly number[]): Lines {
  if (isEveryAxis(axes, shape)) return { count: 1, length: sizeOf(shape), places: undefined };
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const longer = [...others, ...axes].filter((axis) => shape[axis] !== 1);
  const inRow = longer.every((axis, i) => i === 0 || axis > (longer[i - 1] as number));
  return {
    count: sizeOf(others.map((axis) => shape[axis] as number)),
    length: sizeOf(axes.map((axis) => shape[axis] as number)),
    places: inRow
      ? undefined
      : { starts: placesAlong(shape, others), offsets: placesAlong(shape, axes) },
  };
}

function isEveryAxis(axes: readonly number[], shape: Shape): boolean {
  for (let axis = 0; axis < shape.length; axis++) if (axes[axis] !== axis) return false;
  return true;
}

/** Where the elements along some axes stand that are first along the others. */
function placesAlong(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = stridesOf(shape);
  const lengths = axes.map((axis) => shape[axis] as number);
  const walk = axes.map((axis) => strides[axis] as number);
  return stridedIndices(lengths, walk, 0);
}

/** The place in the tensor of element `i` of line `k`. */
function placeOf({ length, places }: Lines, k: number, i: number): number {
  if (places === undefined) return k * length + i;
  return (places.starts[k] as number) + (places.offsets[i] as number);
}

function lineAt<S>(data: ArrayLike<S>, lines: Lines, k: number): S[] {
  return Array.from({ length: lines.length }, (_, i) => data[placeOf(lines, k, i)] as S);
}

/** Combines the elements along the axes of a reduction. */
export function reduceLines<S>(
  { shape, data }: NdArray<S>,
  params: Params,
  f: (line: readonly S[]) => S,
): NdArray<S> {
  const lines = linesOf(shape, numbersOf(params, "axes"));
  const results = Array.from({ length: lines.count }, (_, k) => f(lineAt(data, lines, k)));
  return { shape: reducedShape(shape, params), data: results };
}

/** The same for plain numbers. */
export function reduceNumbers(
  { shape, data }: Numbers,
  params: Params,
  f: LineFunction,
): Float64Array {
  const lines = linesOf(shape, numbersOf(params, "axes"));
  const { count, length } = lines;
  const inRows = numbersInRows(data, lines);
  const result = new Float64Array(count);
  for (let k = 0; k < count; k++) result[k] = f(inRows, k * length, (k + 1) * length);
  return result;
}

/** Replaces every line along the axes by another one of its length. */
export function mapLines<S>(
  { shape, data }: NdArray<S>,
  axes: readonly number[],
  f: (line: readonly S[]) => readonly S[],
): NdArray<S> {
  const lines = linesOf(shape, axes);
  const result = new Array<S>(data.length);
  for (let k = 0; k < lines.count; k++) {
    f(lineAt(data, lines, k)).forEach((element, i) => {
      result[placeOf(lines, k, i)] = element;
    });
  }
  return { shape, data: result };
}

/** The same for plain numbers. */
export function mapNumbersInLines(
  { shape, data }: Numbers,
  axes: readonly number[],
  f: LineWriter,
): Float64Array {
  const lines = linesOf(shape, axes);
  const { count, length } = lines;
  const inRows = numbersInRows(data, lines);
  const result = new Float64Array(data.length);
  for (let k = 0; k < count; k++) f(inRows, k * length, (k + 1) * length, result);
  return numbersInPlace(result, lines);
}

/** So many lines are copied together, since their elements are often neighbours in memory. */
const TILE = 16;

/** The elements of each line in a row. */
function numbersInRows(data: TypedArray, { count, length, places }: Lines): TypedArray {
  if (places === undefined) return data;
  const { starts, offsets } = places;
  const rows = new (data.constructor as new (size: number) => TypedArray)(data.length);
  for (let first = 0; first < count; first += TILE) {
    const last = Math.min(first + TILE, count);
    for (let i = 0; i < length; i++) {
      const offset = offsets[i] as number;
      for (let k = first; k < last; k++) {
        rows[k * length + i] = data[(starts[k] as number) + offset] as number;
      }
    }
  }
  return rows;
}

/** The way back from rows to where the elements belong. */
function numbersInPlace(rows: Float64Array, { count, length, places }: Lines): Float64Array {
  if (places === undefined) return rows;
  const { starts, offsets } = places;
  const data = new Float64Array(rows.length);
  for (let first = 0; first < count; first += TILE) {
    const last = Math.min(first + TILE, count);
    for (let i = 0; i < length; i++) {
      const offset = offsets[i] as number;
      for (let k = first; k < last; k++) {
        data[(starts[k] as number) + offset] = rows[k * length + i] as number;
      }
    }
  }
  return data;
}
