// What is carried along a line: one number, two numbers side by side, or a whole number that wraps.

import type { DType } from "../../../expr/shape.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { convertElement, loadElement, storeElement } from "./elements.ts";

/** The arithmetic of a carry. Floats are carried in float64, whatever dtype they come from. */
export interface Carrier {
  /** How many lines go side by side. */
  readonly width: number;
  /** Whether sums are rounded. */
  readonly rounds: boolean;
  readonly zero: Value;
  load(dtype: DType, address: Value): Value;
  store(dtype: DType, address: Value, value: Value): void;
  add(left: Value, right: Value): Value;
  subtract(left: Value, right: Value): Value;
  multiply(left: Value, right: Value): Value;
  isFinite(value: Value): Value;
  choose(condition: Value, yes: Value, no: Value): Value;
}

export function carrierOf(b: FunctionBuilder, type: "f64" | "f64x2" | "i32"): Carrier {
  const common = {
    add: (left: Value, right: Value) => b.emit(`${type}.add`, [left, right]),
    subtract: (left: Value, right: Value) => b.emit(`${type}.sub`, [left, right]),
    multiply: (left: Value, right: Value) => b.emit(`${type}.mul`, [left, right]),
  };
  return { ...common, ...(type === "f64x2" ? pair(b) : single(b, type)) };
}

type Rest = Omit<Carrier, "add" | "subtract" | "multiply">;

function single(b: FunctionBuilder, type: "f64" | "i32"): Rest {
  const dtype = type === "f64" ? "float64" : "int32";
  return {
    width: 1,
    rounds: type === "f64",
    zero: b.constant(type, 0),
    load: (from, address) => loadElement(b, from, dtype, address),
    store: (to, address, value) =>
      storeElement(b, to, address, convertElement(b, dtype, to, value)),
    isFinite: (value) =>
      b.emit("f64.lt", [b.emit("f64.abs", [value]), b.constant("f64", Number.POSITIVE_INFINITY)]),
    choose: (condition, yes, no) => b.select(condition, yes, no),
  };
}

function pair(b: FunctionBuilder): Rest {
  return {
    width: 2,
    rounds: true,
    zero: b.splat("f64x2", 0),
    load: (from, address) =>
      from === "float64"
        ? b.emit("v128.load", [address], [0])
        : b.emit("f64x2.promote_low_f32x4", [b.emit("v128.load64_zero", [address], [0])]),
    store: (to, address, value) => {
      if (to === "float64") b.effect("v128.store", [address, value], [0]);
      else {
        const rounded = b.emit("f32x4.demote_f64x2_zero", [value]);
        b.effect("v128.store64_lane", [address, rounded], [0, 0]);
      }
    },
    isFinite: (value) =>
      b.emit("f64x2.lt", [
        b.emit("f64x2.abs", [value]),
        b.splat("f64x2", Number.POSITIVE_INFINITY),
      ]),
    choose: (condition, yes, no) => b.emit("v128.bitselect", [yes, no, condition]),
  };
}
