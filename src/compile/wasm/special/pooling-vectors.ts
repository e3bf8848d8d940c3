// Neighbouring windows of a pooling at once, each in a lane.

import type { DType } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";

/** What is found of a window: its largest element, the place where that stands, or the mean. */
export type Pooling = "largest" | "place" | "mean";

export interface PoolingKind {
  readonly pooling: Pooling;
  readonly from: DType;
  readonly to: DType;
  /** Windows that are computed several at once; undefined for none. */
  readonly whole: WholeWindows | undefined;
}

/** The size of windows, and the step from one to the next. */
interface WholeWindows {
  readonly rows: number;
  readonly columns: number;
  readonly step: 1 | 2;
}

/** The first element of the first window, how many rows of it are there, and where the results stand. */
interface WindowsAt {
  readonly address: Value;
  readonly place: Value;
  readonly present: Value;
  readonly result: Value;
}

/** How far it is from one element of a window to the next. */
interface Steps {
  readonly rowBytes: Value;
  readonly rowLength: Value;
  readonly rowStep: Value;
  readonly columnStep: Value;
}

/** An element of the first window. */
interface Element {
  readonly address: Value;
  readonly place: Value;
}

/** Writes as many windows as there are lanes; nothing behind the last of them is read. */
export function writeWindows(
  b: FunctionBuilder,
  kind: PoolingKind,
  whole: WholeWindows,
  at: WindowsAt,
  steps: Steps,
): void {
  const elements = elementsOf(b, kind.from, whole, at, steps);
  const found =
    kind.pooling === "mean"
      ? meanOf(b, kind.from, whole, elements)
      : largestOf(b, kind, whole, elements);
  b.effect("v128.store", [at.result, found], [0]);
}

/** The elements of the first window, row by row. */
function* elementsOf(
  b: FunctionBuilder,
  from: DType,
  whole: WholeWindows,
  { address, place, present }: WindowsAt,
  { rowBytes, rowLength, rowStep, columnStep }: Steps,
): Generator<Element> {
  const add = (left: Value, right: Value): Value => b.emit("i32.add", [left, right]);
  const downBytes = b.emit("i32.mul", [rowStep, rowBytes]);
  const downPlaces = b.emit("i32.mul", [rowStep, rowLength]);
  const acrossBytes = b.emit("i32.mul", [columnStep, b.constant("i32", BYTES[from])]);
  let row: Element = { address, place };
  for (let i = 0; i < whole.rows; i++) {
    if (i > 0) {
      // Behind the last row that is there, it comes once more, which changes nothing.
      const isThere = b.emit("i32.gt_s", [present, b.constant("i32", i)]);
      row = {
        address: b.select(isThere, add(row.address, downBytes), row.address),
        place: b.select(isThere, add(row.place, downPlaces), row.place),
      };
    }
    let element = row;
    for (let j = 0; j < whole.columns; j++) {
      if (j > 0) {
        element = {
          address: add(element.address, acrossBytes),
          place: add(element.place, columnStep),
        };
      }
      yield element;
    }
  }
}

function lanesOf(from: DType): "f64x2" | "f32x4" {
  return from === "float64" ? "f64x2" : "f32x4";
}

function meanOf(
  b: FunctionBuilder,
  from: DType,
  { rows, columns, step }: WholeWindows,
  elements: Iterable<Element>,
): Value {
  const name = lanesOf(from);
  let total: Value | undefined;
  for (const { address } of elements) {
    const next = loadApart(b, from, address, step);
    total = total === undefined ? next : b.emit(`${name}.add`, [total, next]);
  }
  return b.emit(`${name}.div`, [total as Value, b.splat(name, rows * columns)]);
}

/** The largest elements, or their places; NaN counts as the largest. */
function largestOf(
  b: FunctionBuilder,
  { pooling, from }: PoolingKind,
  { step }: WholeWindows,
  elements: Iterable<Element>,
): Value {
  const name = lanesOf(from);
  let largest: Value | undefined;
  let places: Value | undefined;
  for (const { address, place } of elements) {
    const next = loadApart(b, from, address, step);
    const here = pooling === "place" ? placesApart(b, place, step) : undefined;
    if (largest === undefined) {
      [largest, places] = [next, here];
      continue;
    }
    const nan = b.emit("v128.andnot", [
      b.emit(`${name}.ne`, [next, next]),
      b.emit(`${name}.ne`, [largest, largest]),
    ]);
    const isLarger = b.emit("v128.or", [b.emit(`${name}.gt`, [next, largest]), nan]);
    largest = b.emit("v128.bitselect", [next, largest, isLarger]);
    if (here !== undefined && places !== undefined) {
      places = b.emit("v128.bitselect", [here, places, isLarger]);
    }
  }
  return (places ?? largest) as Value;
}

/** Elements a step apart; nothing behind the last of them is read. */
function loadApart(b: FunctionBuilder, from: DType, address: Value, step: 1 | 2): Value {
  const first = b.emit("v128.load", [address], [0]);
  if (step === 1) return first;
  const isDouble = from === "float64";
  const second = b.emit("v128.load", [address], [isDouble ? 8 : 12]);
  const chosen = isDouble ? [0, 3] : [0, 2, 5, 7];
  const bytes = BYTES[from];
  const shuffle = chosen.flatMap((lane) =>
    Array.from({ length: bytes }, (_, i) => lane * bytes + i),
  );
  return b.emit("i8x16.shuffle", [first, second], shuffle);
}

/** Places a step apart. */
function placesApart(b: FunctionBuilder, place: Value, step: 1 | 2): Value {
  let steps = b.splat("i32x4", 0);
  for (let lane = 1; lane < 4; lane++) {
    steps = b.emit("i32x4.replace_lane", [steps, b.constant("i32", lane * step)], [lane]);
  }
  return b.emit("i32x4.add", [b.emit("i32x4.splat", [place]), steps]);
}
