// Shapes and data types: how sizes broadcast and which type two operands share.

import { SymtapeError } from "./errors.ts";

/** Sizes along each axis; `[]` is a scalar. */
export type Shape = readonly number[];

/** The element types that a tensor may have. */
export type DType = "float64" | "float32" | "int32" | "bool";

/** What is known of a value before it is computed. A weak value takes the other side's dtype. */
export interface AbstractValue {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly weak: boolean;
}

/** The typed arrays that hold a tensor's elements; a bool is a byte that is 0 or 1. */
export type TypedArray = Float64Array | Float32Array | Int32Array | Uint8Array;

export const SCALAR: Shape = [];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(left: Shape, right: Shape): boolean {
  if (left === right) return true;
  if (left.length !== right.length) return false;
  for (let axis = 0; axis < left.length; axis++) if (left[axis] !== right[axis]) return false;
  return true;
}

/** Row-major strides of a contiguous array. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Strides that walk `shape` as if it had been broadcast to `target`: 0 along repeated axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) =>
    axis < lead || shape[axis - lead] === 1 ? 0 : (own[axis - lead] as number),
  );
}

/** NumPy's rule: align at the right; sizes must be equal or 1. */
export function broadcastShapes(operation: string, shapes: readonly Shape[]): Shape {
  let result: Shape = shapes[0] ?? SCALAR;
  for (let i = 1; i < shapes.length; i++)
    result = broadcastPair(operation, result, shapes[i] as Shape);
  return result;
}

/** The same for two shapes. */
export function broadcastPair(operation: string, left: Shape, right: Shape): Shape {
  if (right.length === 0 || sameShape(left, right)) return left;
  if (left.length === 0) return right;
  const rank = Math.max(left.length, right.length);
  const result = new Array<number>(rank);
  for (let axis = 1; axis <= rank; axis++) {
    const a = left[left.length - axis] ?? 1;
    const b = right[right.length - axis] ?? 1;
    if (a !== b && a !== 1 && b !== 1) {
      throw new SymtapeError(
        "shape",
        `${operation}: shapes ${formatShape(left)} and ${formatShape(right)} do not broadcast ` +
          `(${a} ≠ ${b}). Sizes must be equal or 1, aligned at the right; reshape one operand?`,
        { operation, shapes: [left, right] },
      );
    }
    result[rank - axis] = a === 1 ? b : a;
  }
  return result;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** Axes as non-negative numbers in rising order; all axes when none are named. */
export function normalizeAxes(
  operation: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): readonly number[] {
  if (axes === undefined) return rank === 1 ? [0] : Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  const normalized = list.slice();
  for (let i = 0; i < normalized.length; i++) {
    normalized[i] = positiveAxis(operation, normalized[i] as number, rank);
  }
  sortAxes(normalized);
  for (let i = 1; i < normalized.length; i++) {
    if (normalized[i - 1] !== normalized[i]) continue;
    throw new SymtapeError("shape", `${operation}: axes [${list.join(",")}] name one axis twice.`, {
      operation,
      shapes: [],
    });
  }
  return normalized;
}

/** Puts axes into rising order by insertion: they are few, and mostly in order already. */
function sortAxes(axes: number[]): void {
  for (let end = 1; end < axes.length; end++) {
    const axis = axes[end] as number;
    let place = end;
    for (; place > 0 && (axes[place - 1] as number) > axis; place--) {
      axes[place] = axes[place - 1] as number;
    }
    axes[place] = axis;
  }
}

/** An axis counted from 0. */
function positiveAxis(operation: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new SymtapeError(
      "shape",
      `${operation}: axis ${axis} is outside a tensor of rank ${rank}. ` +
        (rank === 0 ? "A scalar has no axes." : `Axes run from ${-rank} to ${rank - 1}.`),
      { operation, shapes: [] },
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Checks that a shape consists of non-negative whole numbers. */
export function checkShape(operation: string, shape: Shape): void {
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 0) {
      throw new SymtapeError(
        "shape",
        `${operation}: a shape holds non-negative whole numbers, got [${shape.join(",")}].`,
        { operation, shapes: [shape] },
      );
    }
  }
  if (shape.length > MAXIMUM_RANK) {
    throw new SymtapeError(
      "limit",
      `${operation}: a tensor has at most ${MAXIMUM_RANK} axes, got ${shape.length}.`,
      { limit: "rank", maximum: MAXIMUM_RANK },
    );
  }
  if (sizeOf(shape) > MAXIMUM_SIZE) {
    throw new SymtapeError(
      "limit",
      `${operation}: shape ${formatShape(shape)} has more than ${MAXIMUM_SIZE} elements.`,
      { limit: "elements", maximum: MAXIMUM_SIZE },
    );
  }
}

const MAXIMUM_SIZE = 2 ** 31;

/** As many as NumPy has. */
const MAXIMUM_RANK = 64;

const RANK: Record<DType, number> = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** The dtype that two strong operands share; int32 with float32 gives float64, as in NumPy. */
function promotePair(left: DType, right: DType): DType {
  if (left === right) return left;
  const [low, high] = RANK[left] < RANK[right] ? [left, right] : [right, left];
  return low === "int32" && high === "float32" ? "float64" : high;
}

const STRONG_DOUBLE = { dtype: "float64", weak: false } as const;

function areStrongDoubles(values: readonly AbstractValue[]): boolean {
  for (const { dtype, weak } of values) if (dtype !== "float64" || weak) return false;
  return true;
}

const WEAK_FLOAT = { dtype: "float64", weak: true } as const;

/**
 * The common dtype of operands. Literals among themselves compute in float64 and stay weak. Weak operands (literals) take the dtype of the strong ones;
 * a literal that an int32 or bool cannot hold makes the result float64.
 */
export function promote(values: readonly AbstractValue[]): { dtype: DType; weak: boolean } {
  if (areStrongDoubles(values)) return STRONG_DOUBLE;
  let strong: DType | undefined;
  let weak: DType | undefined;
  for (const value of values) {
    if (value.weak) weak = weak === undefined ? value.dtype : promotePair(weak, value.dtype);
    else strong = strong === undefined ? value.dtype : promotePair(strong, value.dtype);
  }
  if (strong === undefined) return WEAK_FLOAT;
  if (weak === undefined) return { dtype: strong, weak: false };
  const takesWeak = strong === "float64" || strong === "float32" || RANK[weak] <= RANK[strong];
  return { dtype: takesWeak ? strong : weak, weak: false };
}

export function isFloat(dtype: DType): boolean {
  return dtype === "float64" || dtype === "float32";
}

/** Zeros of a dtype. */
export function allocate(dtype: DType, size: number): TypedArray {
  const ArrayOf = ARRAYS[dtype];
  if (ArrayOf === undefined) {
    throw new SymtapeError(
      "dtype",
      `${JSON.stringify(dtype)} is no dtype. There are float64, float32, int32 and bool.`,
      { operation: "tensor", dtypes: [String(dtype)] },
    );
  }
  try {
    return new ArrayOf(size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SymtapeError(
      "limit",
      `a tensor of ${size} elements of ${dtype} does not fit into memory.`,
      { limit: "elements", maximum: MAXIMUM_SIZE },
    );
  }
}

/** Whether elements are held in the kind of array that a tensor of the dtype has. */
export function isArrayOf(dtype: DType, data: ArrayLike<number>): data is TypedArray {
  return data.constructor === ARRAYS[dtype];
}

const ARRAYS: Readonly<Record<DType, new (size: number) => TypedArray>> = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/** A number as an element of the given dtype holds it. */
export function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case "float64":
      return value;
    case "float32":
      return Math.fround(value);
    case "int32":
      return value | 0;
    case "bool":
      return value !== 0 ? 1 : 0;
  }
}
