// The kernel that moves elements between an array and the places of another one that indices name.

import type { DType } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { elementOperation, loadElement, storeElement } from "./elements.ts";
import { wrappedPlace } from "./places-check.ts";

/** What happens at a place: its element is taken, another one is added to it, or is written over it. */
export type PickingMode = "take" | "add" | "set";

export interface PickingKind {
  readonly mode: PickingMode;
  /** How many axes are walked through. */
  readonly rank: number;
  /** The dtypes of the elements that come and of those that are written. */
  readonly from: DType;
  readonly to: DType;
  /** What stands at each step of the walk: one element, or a row of them that is copied as a whole or by vectors. */
  readonly step: "element" | "copy" | "vectors";
}

/** The pointers of the walk: into the picked elements, into their source, and into the indices. */
interface Pointers {
  readonly picked: Value;
  readonly source: Value;
  readonly indices: Value;
}

/** Where one step of the walk reads and writes. */
interface Move {
  readonly from: Value;
  readonly to: Value;
}

/**
 * Parameters: the addresses of the picked elements, the source and the indices; how many bytes one place moves; the
 * length of the axis; the bytes of a row; and for each axis its extent and the bytes that it moves each pointer.
 */
export function pickingSource(kind: PickingKind): KernelSource {
  const { mode, rank, from, to, step } = kind;
  return { key: `picking ${mode} ${rank} ${from} ${to} ${step}`, write: () => writePicking(kind) };
}

function writePicking(kind: PickingKind): WasmFunction {
  const b = new FunctionBuilder();
  const parameter = (name: string): Value => b.parameter("i32", name);
  const start = {
    picked: parameter("picked"),
    source: parameter("source"),
    indices: parameter("indices"),
  };
  const stride = parameter("stride");
  const length = parameter("length");
  const row = parameter("row");
  const axes = Array.from({ length: kind.rank }, (_, axis) =>
    ["extent", "picked", "source", "indices"].map((name) => parameter(`${name}${axis}`)),
  );
  const visit = (axis: number, { picked, source, indices }: Pointers): void => {
    const entry = axes[axis];
    if (entry === undefined) {
      const place = wrappedPlace(b, b.emit("i32.load", [indices], [0]), length);
      const there = b.emit("i32.add", [source, b.emit("i32.mul", [place, stride])]);
      const move = kind.mode === "take" ? { from: there, to: picked } : { from: picked, to: there };
      writeStep(b, kind, move, row);
      return;
    }
    const [extent, ...steps] = entry as [Value, Value, Value, Value];
    const pointers = [picked, source, indices].map((pointer) => b.variable(pointer));
    const [p, s, i] = pointers as [Value, Value, Value];
    b.count(b.constant("i32", 0), extent, 1, () => {
      visit(axis + 1, { picked: p, source: s, indices: i });
      pointers.forEach((pointer, k) => {
        b.assign(pointer, b.emit("i32.add", [pointer, steps[k] as Value]));
      });
    });
  };
  visit(0, start);
  return b.finish();
}

function writeStep(b: FunctionBuilder, kind: PickingKind, { from, to }: Move, row: Value): void {
  if (kind.step === "copy") {
    b.effect("memory.copy", [to, from, row]);
    return;
  }
  if (kind.step === "element") {
    moveElement(b, kind, { from, to });
    return;
  }
  const whole = b.emit("i32.and", [row, b.constant("i32", -16)]);
  const at = (offset: Value): Move => ({
    from: b.emit("i32.add", [from, offset]),
    to: b.emit("i32.add", [to, offset]),
  });
  b.count(b.constant("i32", 0), whole, 16, (offset) => moveVector(b, kind, at(offset)));
  const bytes = BYTES[kind.to];
  b.count(whole, row, bytes, (offset) => moveElement(b, kind, at(offset)));
}

function moveElement(b: FunctionBuilder, { mode, from, to }: PickingKind, move: Move): void {
  const element = loadElement(b, from, to, move.from);
  if (mode !== "add") {
    storeElement(b, to, move.to, element);
    return;
  }
  const sum = b.emit(elementOperation(to, "add"), [loadElement(b, to, to, move.to), element]);
  storeElement(b, to, move.to, sum);
}

const ADDITIONS: Readonly<Record<DType, string>> = {
  float64: "f64x2.add",
  float32: "f32x4.add",
  int32: "i32x4.add",
  bool: "i32x4.add",
};

function moveVector(b: FunctionBuilder, { mode, to }: PickingKind, move: Move): void {
  const element = b.emit("v128.load", [move.from], [0]);
  const result =
    mode === "add"
      ? b.emit(ADDITIONS[to], [b.emit("v128.load", [move.to], [0]), element])
      : element;
  b.effect("v128.store", [move.to, result], [0]);
}
