// Tensors from nothing but their shape: constants, the identity, and evenly spaced numbers.

import { SymtapeError } from "./errors.ts";
import { zerosLike as zerosOf } from "./ops/structured.ts";
import { allocate, checkShape, type DType, roundTo, type Shape, sizeOf } from "./shape.ts";
import { asTensor, ConcreteTensor, type Tensor, type TensorLike } from "./tensor.ts";

/** The dtype of a new tensor. */
export interface DTypeOption {
  readonly dtype?: DType;
}

/**
 * Zeros of a shape, float64 unless given.
 *
 * @throws SymtapeError (shape) for sizes that are no whole numbers from 0.
 * @example
 * zeros([2, 2]).toArray(); // [[0, 0], [0, 0]]
 */
export function zeros(shape: Shape, options: DTypeOption = {}): ConcreteTensor {
  return filled("zeros", shape, options.dtype ?? "float64", () => 0);
}

/**
 * Ones of a shape, float64 unless given.
 *
 * @throws SymtapeError (shape) for sizes that are no whole numbers from 0.
 * @example
 * ones([3], { dtype: "int32" }).toArray(); // [1, 1, 1]
 */
export function ones(shape: Shape, options: DTypeOption = {}): ConcreteTensor {
  return filled("ones", shape, options.dtype ?? "float64", () => 1);
}

/**
 * One number everywhere, float64 unless given; `true` and `false` give bool. A tensor is repeated with
 * `broadcastTo`.
 *
 * @throws SymtapeError (shape) for sizes that are no whole numbers from 0.
 * @example
 * full([2], 7).toArray(); // [7, 7]
 */
export function full(
  shape: Shape,
  value: number | boolean,
  options: DTypeOption = {},
): ConcreteTensor {
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw usageError(
      "full",
      "the value is one number. A tensor is repeated with broadcastTo(x, shape).",
    );
  }
  const dtype = options.dtype ?? (typeof value === "boolean" ? "bool" : "float64");
  return filled("full", shape, dtype, () => Number(value));
}

/**
 * The identity matrix, or ones on another diagonal `k` (1 is the one above the main one) of a matrix with so
 * many rows and, unless given, as many columns. float64 unless given.
 *
 * @throws SymtapeError (shape) for sizes that are no whole numbers from 0.
 * @example
 * eye(2).toArray(); // [[1, 0], [0, 1]]
 * eye(2, { columns: 3, k: 1 }).toArray(); // [[0, 1, 0], [0, 0, 1]]
 */
export function eye(
  rows: number,
  options: DTypeOption & { readonly columns?: number; readonly k?: number } = {},
): ConcreteTensor {
  const { columns = rows, k = 0, dtype = "float64" } = options;
  if (!Number.isInteger(k)) {
    throw usageError("eye", `k is the whole number of a diagonal, got ${k}.`);
  }
  return filled("eye", [rows, columns], dtype, (i) =>
    (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
  );
}

/**
 * Evenly spaced numbers from `start`, 0 unless given, up to `stop`, which is not among them; `step` is 1
 * unless given and may be negative. float64 unless given; places want `{ dtype: "int32" }`.
 *
 * @throws SymtapeError (usage) for a step of 0 and for numbers that are not finite.
 * @example
 * arange(3).toArray(); // [0, 1, 2]
 * arange(5, 0, { step: -2 }).toArray(); // [5, 3, 1]
 */
export function arange(stop: number, options?: RangeOptions): ConcreteTensor;
export function arange(start: number, stop: number, options?: RangeOptions): ConcreteTensor;
export function arange(
  first: number,
  second?: number | RangeOptions,
  third?: RangeOptions,
): ConcreteTensor {
  const [start, stop] = typeof second === "number" ? [first, second] : [0, first];
  const { step = 1, dtype = "float64" } = (typeof second === "number" ? third : second) ?? {};
  if (step === 0 || ![start, stop, step].every(Number.isFinite)) {
    throw usageError(
      "arange",
      `expected finite numbers and a step other than 0, got ${start} to ${stop} by ${step}.`,
    );
  }
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return filled("arange", [count], dtype, (i) => start + i * step);
}

/** How the numbers of `arange` follow one another. */
export interface RangeOptions extends DTypeOption {
  readonly step?: number;
}

/**
 * So many evenly spaced numbers from `start` to `stop`, 50 unless given. Both are among them; with
 * `endpoint: false` the last is left out. float64 unless given.
 *
 * @throws SymtapeError (shape) if the count is no whole number from 0.
 * @example
 * linspace(0, 1, 5).toArray(); // [0, 0.25, 0.5, 0.75, 1]
 * linspace(0, 1, 4, { endpoint: false }).toArray(); // [0, 0.25, 0.5, 0.75]
 */
export function linspace(
  start: number,
  stop: number,
  count = 50,
  options: DTypeOption & { readonly endpoint?: boolean } = {},
): ConcreteTensor {
  const { dtype = "float64", endpoint = true } = options;
  const last = endpoint ? count - 1 : count;
  const step = (stop - start) / last;
  return filled("linspace", [count], dtype, (i) => {
    if (i === 0) return start;
    return i === last ? stop : start + i * step;
  });
}

/**
 * Zeros of the shape and dtype of x.
 *
 * @example
 * zerosLike(tensor([[1, 2]])).toArray(); // [[0, 0]]
 */
export function zerosLike(x: TensorLike, options: DTypeOption = {}): ConcreteTensor {
  const input = asTensor(x);
  const { shape, size } = input;
  return zerosOf({ shape, size, dtype: options.dtype ?? strongDType(input), weak: false });
}

/**
 * Ones of the shape and dtype of x.
 *
 * @example
 * onesLike(tensor([[1, 2]])).toArray(); // [[1, 1]]
 */
export function onesLike(x: TensorLike, options: DTypeOption = {}): ConcreteTensor {
  const input = asTensor(x);
  return full(input.shape, 1, { dtype: options.dtype ?? strongDType(input) });
}

/** The dtype of a value; a literal number by itself is float64. */
function strongDType({ dtype, weak }: Tensor): DType {
  return weak && dtype !== "bool" ? "float64" : dtype;
}

function filled(
  operation: string,
  shape: Shape,
  dtype: DType,
  element: (i: number) => number,
): ConcreteTensor {
  if (!Array.isArray(shape)) {
    throw usageError(operation, `a shape is a list of sizes such as [2, 3], got ${String(shape)}.`);
  }
  checkShape(operation, shape);
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = roundTo(dtype, element(i));
  return new ConcreteTensor([...shape], dtype, data);
}

function usageError(operation: string, message: string): SymtapeError<"usage"> {
  return new SymtapeError("usage", `${operation}: ${message}`, { operation });
}
