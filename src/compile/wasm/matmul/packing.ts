// Copies a matrix into panels of a fixed width, in the order in which the micro-kernel reads them.

import { type FloatType, FORMATS, type Format } from "../floats.ts";
import { FunctionBuilder, type Value } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { add, advance, integer, less, scaled, times, transpose } from "../writing.ts";

/**
 * The kernel `(source, acrossStride, innerStride, across, inner, target)`, strides in bytes. The panel p holds, for
 * each k in turn, the elements `p · width … p · width + width − 1` across; zeros stand for those that are not there.
 */
export function packingKernel(dtype: FloatType, width: number): KernelSource {
  return {
    key: `matmul pack ${dtype} ${width}`,
    write: () => writePacking(FORMATS[dtype], width),
  };
}

interface Panel {
  readonly source: Value;
  readonly acrossStride: Value;
  readonly innerStride: Value;
  readonly inner: Value;
  readonly target: Value;
  /** How many elements across are there. */
  readonly present: Value;
}

function writePacking(format: Format, width: number) {
  const b = new FunctionBuilder();
  const firstSource = b.parameter("i32", "source");
  const acrossStride = b.parameter("i32", "acrossStride");
  const innerStride = b.parameter("i32", "innerStride");
  const across = b.parameter("i32", "across");
  const inner = b.parameter("i32", "inner");
  const firstTarget = b.parameter("i32", "target");
  const source = b.variable(firstSource);
  const target = b.variable(firstTarget);
  const one = integer(b, format.bytes);
  b.count(integer(b, 0), across, width, (start) => {
    const present = b.emit("i32.sub", [across, start]);
    const panel = { source, acrossStride, innerStride, inner, target, present };
    const scalar = (): void => packScalars(b, format, width, panel);
    b.when(
      less(b, present, integer(b, width)),
      scalar,
      width < format.count
        ? scalar
        : () =>
            b.when(
              b.emit("i32.eq", [acrossStride, one]),
              () => packContiguous(b, format, width, panel),
              () =>
                b.when(
                  b.emit("i32.eq", [innerStride, one]),
                  () => packTransposed(b, format, width, panel),
                  scalar,
                ),
            ),
    );
    advance(b, source, scaled(b, acrossStride, width));
    advance(b, target, scaled(b, inner, width * format.bytes));
  });
  return b.finish();
}

/** Element by element, with zeros behind those that are present. */
function packScalars(b: FunctionBuilder, format: Format, width: number, panel: Panel): void {
  const { scalar, bytes } = format;
  const from = b.variable(panel.source);
  const to = b.variable(panel.target);
  b.count(integer(b, 0), panel.inner, 1, () => {
    const at = b.variable(from);
    const end = integer(b, width);
    const last = b.select(less(b, panel.present, end), panel.present, end);
    b.count(integer(b, 0), last, 1, (i) => {
      const place = add(b, to, scaled(b, i, bytes));
      b.effect(`${scalar}.store`, [place, b.emit(`${scalar}.load`, [at], [0])], [0]);
      advance(b, at, panel.acrossStride);
    });
    b.count(last, end, 1, (i) => {
      const place = add(b, to, scaled(b, i, bytes));
      b.effect(`${scalar}.store`, [place, b.constant(scalar, 0)], [0]);
    });
    advance(b, from, panel.innerStride);
    advance(b, to, integer(b, width * bytes));
  });
}

/** Places of the vectors that make up a width: the last one overlaps the one before where they do not fit evenly. */
function vectorPlaces(width: number, count: number): number[] {
  const places: number[] = [];
  for (let at = 0; at + count <= width; at += count) places.push(at);
  if (width % count !== 0) places.push(width - count);
  return places;
}

/** Vectors of neighbours across. */
function packContiguous(b: FunctionBuilder, format: Format, width: number, panel: Panel): void {
  const { bytes, count } = format;
  const from = b.variable(panel.source);
  const to = b.variable(panel.target);
  b.count(integer(b, 0), panel.inner, 1, () => {
    for (const at of vectorPlaces(width, count)) {
      b.effect("v128.store", [to, b.emit("v128.load", [from], [at * bytes])], [at * bytes]);
    }
    advance(b, from, panel.innerStride);
    advance(b, to, integer(b, width * bytes));
  });
}

/** Vectors of neighbours along k, turned as squares. */
function packTransposed(b: FunctionBuilder, format: Format, width: number, panel: Panel): void {
  const { bytes, count } = format;
  const square = integer(b, count);
  const end = b.emit("i32.and", [panel.inner, integer(b, -count)]);
  for (const at of vectorPlaces(width, count)) {
    const rows = [b.variable(add(b, panel.source, scaled(b, panel.acrossStride, at)))];
    for (let i = 1; i < count; i++) {
      rows.push(b.variable(add(b, rows[i - 1] as Value, panel.acrossStride)));
    }
    const to = b.variable(panel.target);
    b.count(integer(b, 0), end, count, () => {
      const columns = transpose(
        b,
        format,
        rows.map((row) => b.emit("v128.load", [row], [0])),
      );
      columns.forEach((column, k) => {
        b.effect("v128.store", [to, column], [(k * width + at) * bytes]);
      });
      for (const row of rows) advance(b, row, scaled(b, square, bytes));
      advance(b, to, integer(b, count * width * bytes));
    });
  }
  const done = times(b, end, integer(b, bytes));
  packScalars(b, format, width, {
    ...panel,
    source: add(b, panel.source, done),
    target: add(b, panel.target, scaled(b, done, width)),
    inner: b.emit("i32.sub", [panel.inner, end]),
  });
}
