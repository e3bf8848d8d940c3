// Vectors of each dtype and the conversions between them. A vector of 4 lanes holds 32 bits each; one of 2 lanes
// holds float64 and masks in 64 bits each, and float32 and int32 in its lower half.

import { type DType, roundTo } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { FunctionBuilder, HostFunction, Value } from "../function-builder.ts";

/** How many elements a vector holds. */
export type LaneCount = 2 | 4;

/** What vectors are written with. */
export interface Lanes {
  readonly b: FunctionBuilder;
  readonly count: LaneCount;
}

/** The same number in all lanes. */
export function constantLanes({ b }: Lanes, dtype: DType, value: number): Value {
  const number = roundTo(dtype, value);
  switch (dtype) {
    case "float64":
      return b.splat("f64x2", number);
    case "float32":
      return b.splat("f32x4", number);
    case "int32":
      return b.splat("i32x4", number);
    case "bool":
      return b.splat("i32x4", number === 0 ? 0 : -1);
  }
}

/** Masks of 64 bits as masks of 32 bits in the lower half. */
export function narrowMask({ b, count }: Lanes, mask: Value): Value {
  if (count === 4) return mask;
  return b.emit(
    "i8x16.shuffle",
    [mask, mask],
    [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11],
  );
}

/** Masks of 32 bits in the lower half as masks of the loop. */
export function widenMask({ b, count }: Lanes, mask: Value): Value {
  return count === 4 ? mask : b.emit("i64x2.extend_low_i32x4_s", [mask]);
}

/** The elements in another dtype, as `roundTo` has it. */
export function convertLanes(lanes: Lanes, value: Value, from: DType, to: DType): Value {
  if (from === to) return value;
  const { b } = lanes;
  if (to === "bool") return truthOf(lanes, value, from);
  if (from === "bool") {
    const one = constantLanes(lanes, to, 1);
    return b.emit("v128.and", [to === "float64" ? value : narrowMask(lanes, value), one]);
  }
  if (to === "int32") return wholeOf(lanes, value, from);
  if (to === "float32") {
    return b.emit(from === "float64" ? "f32x4.demote_f64x2_zero" : "f32x4.convert_i32x4_s", [
      value,
    ]);
  }
  return b.emit(from === "float32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s", [
    value,
  ]);
}

function truthOf(lanes: Lanes, value: Value, from: DType): Value {
  const { b } = lanes;
  const zero = constantLanes(lanes, from, 0);
  if (from === "float64") return b.emit("f64x2.ne", [value, zero]);
  return widenMask(lanes, b.emit(from === "float32" ? "f32x4.ne" : "i32x4.ne", [value, zero]));
}

const truncate: HostFunction = {
  name: "int32",
  parameters: ["f64"],
  result: "i32",
  call: (x) => x as number,
};

/**
 * The instructions of vectors saturate where `x | 0` wraps, so that numbers beyond int32 are taken one by one.
 */
function wholeOf(lanes: Lanes, value: Value, from: DType): Value {
  const { b, count } = lanes;
  const type = from === "float64" ? "f64x2" : "f32x4";
  const name = from === "float64" ? "i32x4.trunc_sat_f64x2_s_zero" : "i32x4.trunc_sat_f32x4_s";
  const result = b.variable(b.emit(name, [value]));
  const small = b.emit(`${type}.lt`, [b.emit(`${type}.abs`, [value]), b.splat(type, 2 ** 31)]);
  const mask = b.emit(from === "float64" ? "i64x2.bitmask" : "i32x4.bitmask", [small]);
  const all = b.constant("i32", 2 ** count - 1);
  b.when(b.emit("i32.ne", [b.emit("i32.and", [mask, all]), all]), () => {
    for (let lane = 0; lane < count; lane++) {
      const whole = b.call(truncate, [extractNumber(lanes, value, from, lane)]);
      b.assign(result, b.emit("i32x4.replace_lane", [result, whole], [lane]));
    }
  });
  return result;
}

/** One lane as float64. */
export function extractNumber(
  { b, count }: Lanes,
  value: Value,
  dtype: DType,
  lane: number,
): Value {
  switch (dtype) {
    case "float64":
      return b.emit("f64x2.extract_lane", [value], [lane]);
    case "float32":
      return b.emit("f64.promote_f32", [b.emit("f32x4.extract_lane", [value], [lane])]);
    case "int32":
      return b.emit("f64.convert_i32_s", [b.emit("i32x4.extract_lane", [value], [lane])]);
    case "bool": {
      const mask = b.emit("i32x4.extract_lane", [value], [count === 2 ? 2 * lane : lane]);
      return b.emit("f64.convert_i32_s", [b.emit("i32.and", [mask, b.constant("i32", 1)])]);
    }
  }
}

/** A vector of single elements: f64, f32 or i32 by the dtype; those of bool are 0 or not. */
export function joinNumbers(lanes: Lanes, elements: readonly Value[], dtype: DType): Value {
  const { b } = lanes;
  const type = dtype === "float64" ? "f64x2" : dtype === "float32" ? "f32x4" : "i32x4";
  let vector = b.emit(`${type}.splat`, [elements[0] as Value]);
  for (let lane = 1; lane < elements.length; lane++) {
    vector = b.emit(`${type}.replace_lane`, [vector, elements[lane] as Value], [lane]);
  }
  return dtype === "bool" ? truthOf(lanes, vector, "int32") : vector;
}

/** The first lanes of a vector, and those of another behind them. */
export function keepFirst(
  { b, count }: Lanes,
  value: Value,
  other: Value,
  dtype: DType,
  kept: number,
): Value {
  const width = dtype === "bool" ? 16 / count : BYTES[dtype];
  const bytes = Array.from({ length: 16 }, (_, i) => (i < kept * width ? i : i + 16));
  return b.emit("i8x16.shuffle", [value, other], bytes);
}

/** The dtype of vectors that stand for float lanes in the table of functions. */
export function floatLanes(dtype: DType): "f64x2" | "f32x4" {
  return dtype === "float64" ? "f64x2" : "f32x4";
}

/** The halves of a vector exchanged. */
export function swapHalves({ b }: Lanes, vector: Value): Value {
  const order = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
  return b.emit("i8x16.shuffle", [vector, vector], order);
}

/** The neighbours among lanes of 32 bits exchanged. */
export function swapPairs({ b }: Lanes, vector: Value): Value {
  const order = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11];
  return b.emit("i8x16.shuffle", [vector, vector], order);
}
