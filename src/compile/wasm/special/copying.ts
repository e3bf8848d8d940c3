// Whole arrays filled, copied, or turned into another dtype.

import type { DType } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { loadElement, storeElement } from "./elements.ts";

/** What is done: bytes are filled or copied, or elements of one dtype become elements of another. */
type Copying = "fill" | "copy" | readonly [from: DType, to: DType];

/** Parameters: the address written to; the byte filled with, or the address read from; the number of bytes, or of elements. */
export function copySource(copying: Copying): KernelSource {
  const name = typeof copying === "string" ? copying : copying.join(" ");
  return { key: `copying ${name}`, write: () => writeCopying(copying) };
}

function writeCopying(copying: Copying): WasmFunction {
  const b = new FunctionBuilder();
  const to = b.parameter("i32", "to");
  const from = b.parameter("i32", "from");
  const count = b.parameter("i32", "count");
  if (typeof copying === "string") b.effect(`memory.${copying}`, [to, from, count]);
  else convertAll(b, copying, to, from, count);
  return b.finish();
}

function convertAll(
  b: FunctionBuilder,
  [from, to]: readonly [DType, DType],
  target: Value,
  source: Value,
  count: Value,
): void {
  const at = b.variable(target);
  const step = b.constant("i32", BYTES[to]);
  const bytes = b.emit("i32.mul", [count, b.constant("i32", BYTES[from])]);
  b.count(source, b.emit("i32.add", [source, bytes]), BYTES[from], (place) => {
    storeElement(b, to, at, loadElement(b, from, to, place));
    b.assign(at, b.emit("i32.add", [at, step]));
  });
}
