// A matrix product with its batch brought to as few axes as its walks allow, and all strides in bytes.

import type { Walk } from "../../../expr/lowering.ts";
import { FORMATS, type Format } from "../floats.ts";
import type { Tail } from "./epilogue.ts";
import type { MatmulSpec } from "./spec.ts";

/** The strides of a matrix within one of the buffers. */
export interface Matrix {
  readonly row: number;
  readonly column: number;
}

/** One number for each buffer: left, right, the operands of the tail, and the result. */
export type PerBuffer = readonly number[];

export interface Product {
  readonly format: Format;
  readonly fma: boolean;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** In the order of the buffers. */
  readonly matrices: readonly Matrix[];
  /** How often the product is repeated with the strides `repeat`, for each of `starts`. */
  readonly count: number;
  readonly repeat: PerBuffer;
  readonly starts: readonly PerBuffer[];
  readonly tail: Tail | undefined;
  /** The end of what is read of the right buffer. */
  readonly rightEnd: number;
}

export function toProduct(spec: MatmulSpec): Product {
  const { batch, rows, inner, columns, dtype } = spec;
  const format = FORMATS[dtype];
  const walks = [
    spec.left,
    spec.right,
    ...(spec.epilogue?.operands ?? []).map(({ walk }) => walk),
    contiguous([...batch, rows, columns]),
  ].map((walk) => inBytes(walk, format.bytes));
  const axes = mergeAxes(
    batch,
    walks.map(({ strides }) => strides.slice(0, -2)),
  );
  const still = walks.map(() => 0);
  const last = axes.pop() ?? { size: 1, strides: still };
  return joinRows({
    format,
    fma: spec.fma,
    rows,
    inner,
    columns,
    matrices: walks.map(({ strides }) => ({
      row: strides.at(-2) as number,
      column: strides.at(-1) as number,
    })),
    count: last.size,
    repeat: last.strides,
    starts: startsOf(
      axes,
      walks.map(({ offset }) => offset),
    ),
    tail: tailOf(spec),
    rightEnd: endOf(spec.right, [...batch, inner, columns]) * format.bytes,
  });
}

/** Products by the same right matrix, whose rows follow each other, are one product of more rows. */
function joinRows(product: Product): Product {
  const { rows, columns, count, repeat, matrices } = product;
  const joins =
    rows > 1 &&
    columns > 1 &&
    repeat[1] === 0 &&
    matrices.every(({ row }, i) => i === 1 || repeat[i] === row * rows);
  if (!joins) return product;
  return { ...product, rows: rows * count, count: 1, repeat: repeat.map(() => 0) };
}

function contiguous(shape: readonly number[]): Walk {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return { offset: 0, strides };
}

function inBytes({ offset, strides }: Walk, bytes: number): Walk {
  return { offset: offset * bytes, strides: strides.map((stride) => stride * bytes) };
}

function endOf({ offset, strides }: Walk, shape: readonly number[]): number {
  let end = offset + 1;
  strides.forEach((stride, i) => {
    end += Math.max(0, stride * ((shape[i] as number) - 1));
  });
  return end;
}

interface Axis {
  readonly size: number;
  /** For each walk. */
  readonly strides: PerBuffer;
}

/** Axes of size 1 fall away, and those along which every walk goes on evenly become one. */
function mergeAxes(sizes: readonly number[], walks: readonly (readonly number[])[]): Axis[] {
  const merged: Axis[] = [];
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const strides = walks.map((walk) => walk[axis] as number);
    const outer = merged.at(-1);
    if (outer?.strides.every((stride, i) => stride === (strides[i] as number) * size)) {
      merged[merged.length - 1] = { size: outer.size * size, strides };
    } else {
      merged.push({ size, strides });
    }
  });
  return merged;
}

function startsOf(axes: readonly Axis[], offsets: PerBuffer): PerBuffer[] {
  let starts: PerBuffer[] = [offsets];
  for (const { size, strides } of axes) {
    starts = starts.flatMap((start) =>
      Array.from({ length: size }, (_, i) => start.map((at, j) => at + i * (strides[j] as number))),
    );
  }
  return starts;
}

function tailOf({ epilogue }: MatmulSpec): Tail | undefined {
  if (epilogue === undefined) return undefined;
  const steps = epilogue.operands.map(({ walk }) => walk.strides.at(-1) as number);
  return { key: epilogue.key, steps, write: epilogue.write };
}
