// Places that are data are checked before anything is read or written at them.

import { FunctionBuilder, type Value, type WasmFunction } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";

/**
 * A kernel that tells whether some of `count` places lie outside an axis of `length`; negative ones are counted from
 * `wrap`, which is the length, or 0 where they are never right.
 */
export const placesCheck: KernelSource = { key: "places check", write: writeCheck };

function writeCheck(): WasmFunction {
  const b = new FunctionBuilder();
  const indices = b.parameter("i32", "indices");
  const count = b.parameter("i32", "count");
  const length = b.parameter("i32", "length");
  const wrap = b.parameter("i32", "wrap");
  const two = b.constant("i32", 2);
  const end = b.emit("i32.add", [indices, b.emit("i32.shl", [count, two])]);
  const vectors = b.emit("i32.and", [count, b.constant("i32", -4)]);
  const vectorEnd = b.emit("i32.add", [indices, b.emit("i32.shl", [vectors, two])]);
  const lengths = b.emit("i32x4.splat", [length]);
  const wraps = b.emit("i32x4.splat", [wrap]);
  const outside = b.variable(b.splat("i32x4", 0));
  b.count(indices, vectorEnd, 16, (at) => {
    const place = b.emit("v128.load", [at], [0]);
    const negative = b.emit("i32x4.shr_s", [place, b.constant("i32", 31)]);
    const wrapped = b.emit("i32x4.add", [place, b.emit("v128.and", [negative, wraps])]);
    const bad = b.emit("i32x4.ge_u", [wrapped, lengths]);
    b.assign(outside, b.emit("v128.or", [outside, bad]));
  });
  const found = b.variable(b.emit("v128.any_true", [outside]));
  b.count(vectorEnd, end, 4, (at) => {
    const wrapped = wrappedPlace(b, b.emit("i32.load", [at], [0]), wrap);
    const bad = b.emit("i32.ge_u", [wrapped, length]);
    b.assign(found, b.emit("i32.or", [found, bad]));
  });
  return b.finish(found);
}

/** A place counted from the start. */
export function wrappedPlace(b: FunctionBuilder, place: Value, wrap: Value): Value {
  const negative = b.emit("i32.shr_s", [place, b.constant("i32", 31)]);
  return b.emit("i32.add", [place, b.emit("i32.and", [negative, wrap])]);
}
