// Copies the rows of channels into a padded image; the zeros around them stand there already.

import { type FloatType, FORMATS } from "../../floats.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../../function-builder.ts";
import type { KernelSource } from "../../heap.ts";
import { parametersOf } from "../../parameters.ts";

/** Words of the table for one plane of columns: bytes to its first element, bytes to the one copied there, and how many. */
export const COLUMN_WORDS = 3;

/**
 * Parameters: the first channel of the image and of the input; how many channels; bytes from one channel of the image
 * to the next, and of the input; the first row of the image that is copied to, how many are, and the first row of the
 * input that is copied; bytes of a row of the input; the step of the rows of a plane; bytes of a row of a plane, and
 * those from one plane of rows to the next; the table of planes of columns, and its end; and bytes from one copied
 * element of the input to the next.
 */
export function padSource(dtype: FloatType): KernelSource {
  return { key: `convolution padding ${dtype}`, write: () => writePadding(dtype) };
}

const PARAMETERS = [
  "image",
  "input",
  "channels",
  "imageChannel",
  "inputChannel",
  "firstRow",
  "rows",
  "inputRow",
  "inputRowBytes",
  "rowStep",
  "rowBytes",
  "planeBytes",
  "columns",
  "columnsEnd",
  "step",
] as const;

function writePadding(dtype: FloatType): WasmFunction {
  const b = new FunctionBuilder();
  const p = parametersOf(b, PARAMETERS);
  const add = (left: Value, right: Value): Value => b.emit("i32.add", [left, right]);
  const multiply = (left: Value, right: Value): Value => b.emit("i32.mul", [left, right]);
  const zero = b.constant("i32", 0);
  const image = b.variable(p.image);
  const input = b.variable(add(p.input, multiply(p.inputRow, p.inputRowBytes)));
  const isDense = b.emit("i32.eq", [p.step, b.constant("i32", FORMATS[dtype].bytes)]);
  b.count(zero, p.channels, 1, () => {
    const source = b.variable(input);
    b.count(p.firstRow, add(p.firstRow, p.rows), 1, (row) => {
      const inPlane = b.emit("i32.div_u", [row, p.rowStep]);
      const plane = b.emit("i32.sub", [row, multiply(inPlane, p.rowStep)]);
      const target = add(image, add(multiply(inPlane, p.rowBytes), multiply(plane, p.planeBytes)));
      b.count(p.columns, p.columnsEnd, 4 * COLUMN_WORDS, (entry) => {
        const to = add(target, b.emit("i32.load", [entry], [0]));
        const from = add(source, b.emit("i32.load", [entry], [4]));
        const count = b.emit("i32.load", [entry], [8]);
        copyRow(b, dtype, { to, from, count, step: p.step, isDense });
      });
      b.assign(source, add(source, p.inputRowBytes));
    });
    b.assign(image, add(image, p.imageChannel));
    b.assign(input, add(input, p.inputChannel));
  });
  return b.finish();
}

interface RowCopy {
  readonly to: Value;
  readonly from: Value;
  readonly count: Value;
  readonly step: Value;
  readonly isDense: Value;
}

/** Copies elements that stand a step apart; by vectors where they are neighbours. */
function copyRow(b: FunctionBuilder, dtype: FloatType, row: RowCopy): void {
  const { bytes, scalar } = FORMATS[dtype];
  const end = b.emit("i32.add", [row.to, b.emit("i32.mul", [row.count, b.constant("i32", bytes)])]);
  const lanes = 16 / bytes;
  const vectors = b.emit("i32.and", [row.count, b.constant("i32", -lanes)]);
  const to = b.variable(row.to);
  const from = b.variable(row.from);
  b.when(row.isDense, () => {
    const vectorBytes = b.emit("i32.mul", [vectors, b.constant("i32", bytes)]);
    b.count(row.to, b.emit("i32.add", [row.to, vectorBytes]), 16, (place) => {
      b.effect("v128.store", [place, b.emit("v128.load", [from], [0])], [0]);
      b.assign(from, b.emit("i32.add", [from, b.constant("i32", 16)]));
    });
    b.assign(to, b.emit("i32.add", [row.to, vectorBytes]));
  });
  b.count(to, end, bytes, (place) => {
    b.effect(`${scalar}.store`, [place, b.emit(`${scalar}.load`, [from], [0])], [0]);
    b.assign(from, b.emit("i32.add", [from, row.step]));
  });
}
