// A pointwise operation on vectors: by vector code where there is some, else lane by lane by its kernel on numbers.

import { wholePower } from "../../../expr/ops/int32.ts";
import { pointwiseFunctions } from "../../../expr/ops/tensor-arithmetic.ts";
import type { DType } from "../../../expr/shape.ts";
import type { FunctionBuilder, HostFunction, Value } from "../function-builder.ts";
import { vectorFunction } from "../vector/table.ts";
import {
  convertLanes,
  extractNumber,
  floatLanes,
  joinNumbers,
  type Lanes,
  narrowMask,
  widenMask,
} from "./lanes.ts";

/** A value with its dtype. */
export interface Operand {
  readonly value: Value;
  readonly dtype: DType;
  /** The number that it is everywhere, as it was written. */
  readonly number?: number;
}

const LOGIC: ReadonlySet<string> = new Set(["and", "or", "xor", "not"]);

/** Whether an operation takes an operand, by its place, as a truth value. */
export function takesTruth(name: string, operand: number): boolean {
  return LOGIC.has(name) || (name === "where" && operand === 0);
}

/** Whether the operation is one of numbers that can be computed element by element. */
export function isPointwise(name: string): boolean {
  return pointwiseFunctions().has(name);
}

/**
 * The dtype in which an operation computes, given the dtypes of its operands: its own, but for comparisons, which
 * compare in a dtype that holds both sides exactly.
 */
export function computingDType(name: string, dtype: DType, operands: readonly DType[]): DType {
  if (dtype !== "bool" || LOGIC.has(name) || name === "where") return dtype;
  if (operands.includes("float64")) return "float64";
  const floats = operands.includes("float32");
  if (floats) return operands.includes("int32") ? "float64" : "float32";
  return "int32";
}

/** Writes the operation. The result has the dtype given. */
export function applyLanes(
  lanes: Lanes,
  name: string,
  dtype: DType,
  operands: readonly Operand[],
): Value {
  const computing = computingDType(
    name,
    dtype,
    operands.map((operand) => operand.dtype),
  );
  if (name === "where") return choose(lanes, dtype, operands);
  if (LOGIC.has(name)) return logic(lanes, name, operands);
  const converted = (): Value[] =>
    operands.map((operand) => convertLanes(lanes, operand.value, operand.dtype, computing));
  if (computing === "float64" || computing === "float32") {
    const f = vectorFunction(name);
    if (f === undefined) return byKernel(lanes, name, dtype, operands);
    const result = f(lanes.b, floatLanes(computing), converted());
    return dtype === "bool" && computing === "float32" ? widenMask(lanes, result) : result;
  }
  const whole = WHOLE[name];
  const areWhole = operands.every(
    (operand) => operand.dtype === "int32" || operand.dtype === "bool",
  );
  if (whole === undefined || !areWhole) return byKernel(lanes, name, dtype, operands);
  const result = whole(lanes.b, converted());
  return dtype === "bool" ? widenMask(lanes, result) : result;
}

function truth(lanes: Lanes, { value, dtype }: Operand): Value {
  return convertLanes(lanes, value, dtype, "bool");
}

function choose(lanes: Lanes, dtype: DType, operands: readonly Operand[]): Value {
  const [condition, yes, no] = operands as readonly [Operand, Operand, Operand];
  const mask = truth(lanes, condition);
  const isNarrow = dtype === "float32" || dtype === "int32";
  return lanes.b.emit("v128.bitselect", [
    convertLanes(lanes, yes.value, yes.dtype, dtype),
    convertLanes(lanes, no.value, no.dtype, dtype),
    isNarrow ? narrowMask(lanes, mask) : mask,
  ]);
}

function logic(lanes: Lanes, name: string, operands: readonly Operand[]): Value {
  return lanes.b.emit(
    `v128.${name}`,
    operands.map((operand) => truth(lanes, operand)),
  );
}

type WholeFunction = (b: FunctionBuilder, operands: readonly Value[]) => Value;

function whole(instruction: string): WholeFunction {
  return (b, operands) => b.emit(`i32x4.${instruction}`, operands);
}

function same(_: FunctionBuilder, [x]: readonly Value[]): Value {
  return x as Value;
}

/** Operations on int32, which wrap; comparisons give masks of 32 bits. */
const WHOLE: Readonly<Record<string, WholeFunction>> = {
  add: whole("add"),
  subtract: whole("sub"),
  multiply: whole("mul"),
  negate: whole("neg"),
  abs: whole("abs"),
  minimum: whole("min_s"),
  maximum: whole("max_s"),
  square: (b, [x]) => b.emit("i32x4.mul", [x as Value, x as Value]),
  relu: (b, [x]) => b.emit("i32x4.max_s", [x as Value, b.splat("i32x4", 0)]),
  sign: (b, [x]) => {
    const above = b.emit("i32x4.max_s", [x as Value, b.splat("i32x4", -1)]);
    return b.emit("i32x4.min_s", [above, b.splat("i32x4", 1)]);
  },
  clip: (b, [x, low, high]) =>
    b.emit("i32x4.min_s", [b.emit("i32x4.max_s", [x as Value, low as Value]), high as Value]),
  floor: same,
  ceil: same,
  round: same,
  equal: whole("eq"),
  notEqual: whole("ne"),
  less: whole("lt_s"),
  lessEqual: whole("le_s"),
  greater: whole("gt_s"),
  greaterEqual: whole("ge_s"),
};

const hosts = new Map<string, HostFunction>();

const RESULTS = { float64: "f64", float32: "f32", int32: "i32", bool: "i32" } as const;

/** The kernel of an operation as a function of the host. Its result wraps or rounds as it passes to the type. */
function hostOf(name: string, dtype: DType, count: number): HostFunction {
  const key = `${name} ${dtype} ${count}`;
  const known = hosts.get(key);
  if (known !== undefined) return known;
  const kernel = kernelOf(name, dtype);
  const host: HostFunction = {
    name,
    parameters: Array.from({ length: count }, () => "f64"),
    result: RESULTS[dtype],
    call: dtype === "bool" ? (...numbers) => (kernel(...numbers) !== 0 ? 1 : 0) : kernel,
  };
  hosts.set(key, host);
  return host;
}

function kernelOf(name: string, dtype: DType): (...numbers: number[]) => number {
  const f = pointwiseFunctions().get(name);
  if (f === undefined) throw new Error(`there is no pointwise operation ${name}`);
  if (name === "pow" && dtype === "int32") return (x, y) => wholePower(x as number, y as number);
  return f.op.kernel;
}

function byKernel(lanes: Lanes, name: string, dtype: DType, operands: readonly Operand[]): Value {
  const host = hostOf(name, dtype, operands.length);
  const elements = Array.from({ length: lanes.count }, (_, lane) =>
    lanes.b.call(
      host,
      operands.map(({ value, dtype: own, number }) =>
        number === undefined
          ? extractNumber(lanes, value, own, lane)
          : lanes.b.constant("f64", number),
      ),
    ),
  );
  return joinNumbers(lanes, elements, dtype);
}
