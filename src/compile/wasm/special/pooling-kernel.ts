// The kernel of poolings: windows at the edges one by one, those that lie wholly inside several at once.

import { BYTES } from "../../bytes.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { parametersOf } from "../parameters.ts";
import { elementConstant, elementOperation, loadElement, storeElement } from "./elements.ts";
import { type PoolingKind, writeWindows } from "./pooling-vectors.ts";

const PARAMETERS = [
  "input",
  "results",
  "planes",
  "planeBytes",
  "rows",
  "rowsEnd",
  "columns",
  "firstWhole",
  "wholeEnd",
  "columnsEnd",
  "rowBytes",
  "rowLength",
  "rowStep",
  "columnStep",
  "wholeRows",
  "divisor",
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Value>>;

/** Words of the tables for one row or column of windows: its first place in the input, and how many there are. */
export const WINDOW_WORDS = 2;
const ENTRY_BYTES = 4 * WINDOW_WORDS;

/**
 * Parameters: input and results; how many planes, and bytes of one; the table of rows of windows and its end; that of
 * columns, where those begin and end that are computed several at once, and its end; bytes and length of a row of the
 * input; steps from one element of a window to the next along rows and columns, in elements; how many rows a whole
 * window has; and what means are divided by, or 0 for the number of elements.
 */
export function poolingSource(kind: PoolingKind): KernelSource {
  const { pooling, from, to, whole } = kind;
  const size = whole === undefined ? "" : ` ${whole.rows} ${whole.columns} ${whole.step}`;
  return {
    key: `pooling ${pooling} ${from} ${to}${size}`,
    write: () => new PoolingWriter(kind).write(),
  };
}

class PoolingWriter {
  readonly #b = new FunctionBuilder();
  readonly #kind: PoolingKind;

  constructor(kind: PoolingKind) {
    this.#kind = kind;
  }

  write(): WasmFunction {
    const b = this.#b;
    const p = parametersOf(b, PARAMETERS);
    const plane = b.variable(p.input);
    const results = b.variable(p.results);
    const resultRow = this.#resultOf(b.emit("i32.sub", [p.columnsEnd, p.columns]));
    b.count(b.constant("i32", 0), p.planes, 1, () => {
      b.count(p.rows, p.rowsEnd, ENTRY_BYTES, (row) => {
        this.#row(p, { plane, row, results });
        b.assign(results, this.#add(results, resultRow));
      });
      b.assign(plane, this.#add(plane, p.planeBytes));
    });
    return b.finish();
  }

  /** Bytes of so many results as the entries of so many bytes of a table stand for. */
  #resultOf(entries: Value): Value {
    const b = this.#b;
    const count = b.emit("i32.div_u", [entries, b.constant("i32", ENTRY_BYTES)]);
    return this.#multiply(count, b.constant("i32", BYTES[this.#kind.to]));
  }

  /** One row of windows. */
  #row(p: Parameters, at: { plane: Value; row: Value; results: Value }): void {
    const b = this.#b;
    const windowAt = (column: Value): WindowAt => {
      const before = this.#resultOf(b.emit("i32.sub", [column, p.columns]));
      return { plane: at.plane, row: at.row, column, result: this.#add(at.results, before) };
    };
    const oneByOne = (start: Value, end: Value): void =>
      b.count(start, end, ENTRY_BYTES, (column) => this.#window(p, windowAt(column)));
    const { whole, pooling } = this.#kind;
    if (whole === undefined) {
      oneByOne(p.columns, p.columnsEnd);
      return;
    }
    const rows = b.emit("i32.load", [at.row], [4]);
    // Rows outside count for nothing among the largest, but for the mean they do.
    const isServed =
      pooling === "mean"
        ? b.emit("i32.eq", [rows, p.wholeRows])
        : b.emit("i32.gt_s", [rows, b.constant("i32", 0)]);
    const end = b.select(isServed, p.wholeEnd, p.firstWhole);
    oneByOne(p.columns, p.firstWhole);
    const width = ENTRY_BYTES * this.lanes;
    const last = b.emit("i32.sub", [p.wholeEnd, b.constant("i32", width)]);
    b.count(p.firstWhole, end, width, (column) => {
      const isPast = b.emit("i32.gt_s", [column, last]);
      const at = windowAt(b.select(isPast, last, column));
      const corner = this.#corner(p, at);
      const present = b.emit("i32.load", [at.row], [4]);
      writeWindows(b, this.#kind, whole, { ...corner, present, result: at.result }, p);
    });
    oneByOne(end, p.columnsEnd);
  }

  /** Windows that are computed at once. */
  get lanes(): number {
    return 16 / BYTES[this.#kind.from];
  }

  #add(left: Value, right: Value): Value {
    return this.#b.emit("i32.add", [left, right]);
  }

  #multiply(left: Value, right: Value): Value {
    return this.#b.emit("i32.mul", [left, right]);
  }

  /** The first element of a window: its address, and its place in the plane. */
  #corner(p: Parameters, at: WindowAt): { address: Value; place: Value } {
    const b = this.#b;
    const row = b.emit("i32.load", [at.row], [0]);
    const column = b.emit("i32.load", [at.column], [0]);
    const place = this.#add(this.#multiply(row, p.rowLength), column);
    const bytes = b.constant("i32", BYTES[this.#kind.from]);
    return { address: this.#add(at.plane, this.#multiply(place, bytes)), place };
  }

  /** One window, of which parts may lie outside. */
  #window(p: Parameters, at: WindowAt): void {
    const b = this.#b;
    const { pooling, from, to } = this.#kind;
    const { address, place } = this.#corner(p, at);
    const heights = b.emit("i32.load", [at.row], [4]);
    const widths = b.emit("i32.load", [at.column], [4]);
    const bytes = b.constant("i32", BYTES[from]);
    const found =
      pooling === "mean" ? this.#meanOf(p, heights, widths) : this.#largestOf(address, place);
    const [zero, row] = [b.constant("i32", 0), b.variable(address)];
    const rowPlace = b.variable(place);
    b.count(zero, heights, 1, () => {
      const element = b.variable(row);
      const elementPlace = b.variable(rowPlace);
      b.count(zero, widths, 1, () => {
        found.visit(loadElement(b, from, pooling === "mean" ? to : from, element), elementPlace);
        b.assign(element, this.#add(element, this.#multiply(p.columnStep, bytes)));
        b.assign(elementPlace, this.#add(elementPlace, p.columnStep));
      });
      b.assign(row, this.#add(row, this.#multiply(p.rowStep, p.rowBytes)));
      b.assign(rowPlace, this.#add(rowPlace, this.#multiply(p.rowStep, p.rowLength)));
    });
    storeElement(b, to, at.result, found.result());
  }

  #meanOf(p: Parameters, heights: Value, widths: Value): Found {
    const b = this.#b;
    const { to } = this.#kind;
    // Minus zero changes no sum, not even one of minus zeros.
    const total = b.variable(elementConstant(b, to, -0));
    const type = to === "float64" ? "f64" : "f32";
    return {
      visit: (element) => b.assign(total, b.emit(elementOperation(to, "add"), [total, element])),
      result: () => {
        const count = b.select(p.divisor, p.divisor, this.#multiply(heights, widths));
        return b.emit(`${type}.div`, [total, b.emit(`${type}.convert_i32_s`, [count])]);
      },
    };
  }

  #largestOf(address: Value, first: Value): Found {
    const b = this.#b;
    const { from, pooling } = this.#kind;
    const largest = b.variable(loadElement(b, from, from, address));
    const place = b.variable(first);
    return {
      visit: (element, at) => {
        const isLarger = this.#isLarger(element, largest);
        if (pooling === "place") b.assign(place, b.select(isLarger, at, place));
        b.assign(largest, b.select(isLarger, element, largest));
      },
      result: () => (pooling === "place" ? place : largest),
    };
  }

  /** NaN counts as the largest. */
  #isLarger(next: Value, largest: Value): Value {
    const b = this.#b;
    if (next.type === "i32") return b.emit("i32.gt_s", [next, largest]);
    const { type } = next;
    const isNan = b.emit("i32.and", [
      b.emit(`${type}.ne`, [next, next]),
      b.emit(`${type}.eq`, [largest, largest]),
    ]);
    return b.emit("i32.or", [b.emit(`${type}.gt`, [next, largest]), isNan]);
  }
}

interface WindowAt {
  readonly plane: Value;
  readonly row: Value;
  readonly column: Value;
  readonly result: Value;
}

/** What is gathered while the elements of a window are visited. */
interface Found {
  visit(element: Value, place: Value): void;
  result(): Value;
}
