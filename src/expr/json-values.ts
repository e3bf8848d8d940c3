// Values in stored graphs: numbers that JSON lacks, tensors, settings; and readers that check every field.

import { type SourcePosition, SymtapeError } from "./errors.ts";
import type { Params, ParamValue } from "./op.ts";
import {
  type AbstractValue,
  allocate,
  checkShape,
  type DType,
  roundTo,
  type Shape,
  sizeOf,
} from "./shape.ts";
import { ConcreteTensor, dataOf } from "./tensor.ts";

/** A number; JSON has no word for the four that stand as texts. */
export type NumberJSON = number | "NaN" | "Infinity" | "-Infinity" | "-0";

/** The type of an input, or with `data` the value of a constant in row-major order. */
export interface ValueJSON {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weak?: boolean;
  readonly data?: readonly NumberJSON[];
}

type Fields = Readonly<Record<string, unknown>>;

const DTYPES: readonly string[] = ["float64", "float32", "int32", "bool"] satisfies DType[];
const WORDS: readonly unknown[] = ["NaN", "Infinity", "-Infinity", "-0"];
const MAXIMUM_RANK = 32;
const MAXIMUM_DEPTH = 16;
const FORBIDDEN: readonly string[] = ["__proto__", "constructor", "prototype"];

export function formatError(path: string, problem: string): SymtapeError<"format"> {
  return new SymtapeError("format", `fromJSON: at ${path}: ${problem}.`, { path });
}

function numberToJSON(value: number): NumberJSON {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return Object.is(value, -0) ? "-0" : (String(value) as NumberJSON);
}

export function typeToJSON({ dtype, shape, weak }: AbstractValue): ValueJSON {
  return { dtype, shape: [...shape], ...(weak && { weak }) };
}

export function constantToJSON(value: ConcreteTensor): ValueJSON {
  return { ...typeToJSON(value), data: Array.from(dataOf(value), numberToJSON) };
}

/** The own fields of a plain object; it may have those named in `fields` and no others. */
export function objectAt(value: unknown, path: string, fields: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw formatError(path, `expected an object, got ${nameOfKind(value)}`);
  }
  for (const key of Object.keys(value)) {
    if (fields.includes(key)) continue;
    throw formatError(
      path,
      `there is no field ${JSON.stringify(key)}; known are ${fields.join(", ")}`,
    );
  }
  return Object.assign(Object.create(null) as object, value) as Fields;
}

export function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw formatError(path, `expected an array, got ${nameOfKind(value)}`);
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "" && !FORBIDDEN.includes(value)) return value;
  throw formatError(path, `expected a name, got ${nameOfKind(value)}`);
}

/** A whole number from 0 to `last`. */
export function wholeAt(
  value: unknown,
  path: string,
  last: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= last) {
    return value as number;
  }
  const range = last < 0 ? "there is none to name" : `expected a whole number from 0 to ${last}`;
  throw formatError(path, `${range}, got ${nameOfKind(value)}`);
}

function numberAt(value: unknown, path: string): number {
  if (typeof value === "number") return value;
  if (WORDS.includes(value)) return Number(value);
  throw formatError(path, `expected a number, got ${nameOfKind(value)}`);
}

/** A shape and a dtype that exist. */
export function checkType(value: AbstractValue, path: string): void {
  if (!DTYPES.includes(value.dtype)) {
    throw formatError(
      `${path}.dtype`,
      `expected one of ${DTYPES.join(", ")}, got ${nameOfKind(value.dtype)}`,
    );
  }
  if (value.shape.length > MAXIMUM_RANK) {
    throw formatError(`${path}.shape`, `a shape has at most ${MAXIMUM_RANK} axes`);
  }
  try {
    checkShape("fromJSON", value.shape);
  } catch (error) {
    throw formatError(`${path}.shape`, (error as Error).message.replace(/\.$/, ""));
  }
}

/** The type of an input. */
export function readType(value: unknown, path: string): AbstractValue {
  return typeOf(objectAt(value, path, ["dtype", "shape"]), path);
}

function typeOf(fields: Fields, path: string): AbstractValue {
  const shape = arrayAt(fields.shape, `${path}.shape`).map((length, axis) =>
    wholeAt(length, `${path}.shape[${axis}]`),
  );
  const { weak = false } = fields;
  if (typeof weak !== "boolean") {
    throw formatError(`${path}.weak`, `expected true or false, got ${nameOfKind(weak)}`);
  }
  const type = { dtype: fields.dtype as DType, shape, weak };
  checkType(type, path);
  return type;
}

/** The value of a constant: as many numbers as the shape says, each one that the dtype can hold. */
export function readConstant(value: unknown, path: string): ConcreteTensor {
  const fields = objectAt(value, path, ["dtype", "shape", "weak", "data"]);
  const { dtype, shape, weak } = typeOf(fields, path);
  const data = arrayAt(fields.data, `${path}.data`);
  if (data.length !== sizeOf(shape)) {
    throw formatError(
      `${path}.data`,
      `${data.length} numbers do not fill shape [${shape.join(",")}] (${sizeOf(shape)} elements)`,
    );
  }
  const elements = allocate(dtype, data.length);
  for (let i = 0; i < data.length; i++) {
    const place = `${path}.data[${i}]`;
    const number = numberAt(data[i], place);
    if (!Object.is(roundTo(dtype, number), number)) {
      throw formatError(place, `${number} is no ${dtype}`);
    }
    elements[i] = number;
  }
  return new ConcreteTensor(shape, dtype, elements, weak);
}

/** Settings of an operation: numbers, texts, truth values, null, and lists of them. */
export function readParams(value: unknown, path: string): Params {
  const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const fields = objectAt(value, path, names);
  return Object.fromEntries(
    names.map((name) => [
      stringAt(name, path),
      readParam(fields[name], `${path}.${name}`, MAXIMUM_DEPTH),
    ]),
  );
}

function readParam(value: unknown, path: string, depth: number): ParamValue {
  if (value === null || ["number", "string", "boolean"].includes(typeof value)) {
    return value as ParamValue;
  }
  if (depth === 0) throw formatError(path, `lists are nested more than ${MAXIMUM_DEPTH} deep`);
  return arrayAt(value, path).map((item, i) => readParam(item, `${path}[${i}]`, depth - 1));
}

export function readPosition(value: unknown, path: string): SourcePosition {
  const fields = objectAt(value, path, ["line", "column", "offset", "length"]);
  const at = (name: string): number => wholeAt(fields[name], `${path}.${name}`);
  return { line: at("line"), column: at("column"), offset: at("offset"), length: at("length") };
}

function nameOfKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "number") return String(value);
  return value === undefined ? "nothing" : typeof value === "object" ? "an object" : typeof value;
}
