// Elements of tensors in kernels: how each dtype is loaded, stored and turned into another.

import type { DType } from "../../../expr/shape.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import type { ValueType } from "../instructions.ts";

const TYPES: Readonly<Record<DType, ValueType>> = {
  float64: "f64",
  float32: "f32",
  int32: "i32",
  bool: "i32",
};

const LOADS: Readonly<Record<DType, string>> = {
  float64: "f64.load",
  float32: "f32.load",
  int32: "i32.load",
  bool: "i32.load8_u",
};

const STORES: Readonly<Record<DType, string>> = {
  float64: "f64.store",
  float32: "f32.store",
  int32: "i32.store",
  bool: "i32.store8",
};

/** Conversions by the value types on both sides. */
const CONVERSIONS: Readonly<Record<string, string>> = {
  "f64 f32": "f32.demote_f64",
  "f32 f64": "f64.promote_f32",
  "i32 f64": "f64.convert_i32_s",
  "i32 f32": "f32.convert_i32_s",
};

/** Whether elements of one dtype are elements of another without loss but rounding. */
export function isConvertible(from: DType, to: DType): boolean {
  if (from === to) return true;
  if (to === "bool") return false;
  return TYPES[from] === TYPES[to] || `${TYPES[from]} ${TYPES[to]}` in CONVERSIONS;
}

/** The element at an address, as an element of `to`. */
export function loadElement(b: FunctionBuilder, from: DType, to: DType, address: Value): Value {
  return convertElement(b, from, to, b.emit(LOADS[from], [address], [0]));
}

/** An element as one of another dtype. */
export function convertElement(b: FunctionBuilder, from: DType, to: DType, value: Value): Value {
  const conversion = CONVERSIONS[`${TYPES[from]} ${TYPES[to]}`];
  return conversion === undefined ? value : b.emit(conversion, [value]);
}

export function storeElement(b: FunctionBuilder, dtype: DType, address: Value, value: Value): void {
  b.effect(STORES[dtype], [address, value], [0]);
}

/** A number as an element. */
export function elementConstant(b: FunctionBuilder, dtype: DType, value: number): Value {
  return b.constant(TYPES[dtype] as "i32" | "f32" | "f64", value);
}

/** An operation of two elements, such as `add`, as it is called for a dtype. */
export function elementOperation(dtype: DType, name: "add" | "mul"): string {
  return `${TYPES[dtype]}.${name}`;
}
