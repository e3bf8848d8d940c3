// A Tensor is the one type in a user's hands: concrete data, or a value that some transformation follows.

import { SymtapeError } from "./errors.ts";
import { explainArrayAccess } from "./immutable.ts";
import type { Op, Params } from "./op.ts";
import {
  type AbstractValue,
  allocate,
  checkShape,
  type DType,
  formatShape,
  roundTo,
  SCALAR,
  type Shape,
  sameShape,
  sizeOf,
  type TypedArray,
} from "./shape.ts";
import { nestedText } from "./tensor-text.ts";

/** Numbers nested in arrays to any depth: how a tensor is written and read in JavaScript. */
export type NestedArray = number | readonly NestedArray[];

/** What an operation accepts: a tensor, or a number or boolean as a literal. */
export type TensorLike = Tensor | number | boolean;

/**
 * Who follows a tensor: a graph under construction, a tape, a forward-mode pass.
 * Where operands have several, the one with the highest level takes the operation.
 */
export interface Tracer {
  readonly level: number;
  /** Whether the transformation has ended, so that its tensors have no meaning any more. */
  readonly closed?: boolean;
  apply(op: Op, inputs: readonly Tensor[], params: Params): readonly Tensor[];
}

/**
 * A value of some shape and dtype. Tensors are immutable; functions such as `add(x, y)` compute with
 * them. `.item()` and `.toArray()` are the ways out to JavaScript numbers.
 */
export abstract class Tensor implements AbstractValue {
  static {
    // What console.log() shows in Node.
    Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Tensor): string {
        return this.toString();
      },
    });
  }

  static {
    explainArrayAccess(Tensor.prototype);
  }

  // biome-ignore lint/complexity/noUselessConstructor: V8 looks for an implicit one anew for every tensor.
  constructor() {}

  abstract readonly shape: Shape;
  abstract readonly dtype: DType;
  abstract readonly weak: boolean;
  /** The transformation that follows this value; undefined for plain data. */
  abstract readonly tracer: Tracer | undefined;
  /** The data, or an explanation why there is none yet. */
  abstract concrete(operation: string): ConcreteTensor;

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * The number that a tensor of one element holds.
   *
   * @example
   * add(1, 2).item(); // 3
   */
  item(): number {
    if (this.size !== 1) {
      throw new SymtapeError(
        "shape",
        `item: expected a tensor of one element, got shape ${formatShape(this.shape)}. Use toArray()?`,
        { operation: "item", shapes: [this.shape] },
      );
    }
    return this.concrete("item").at(0);
  }

  /**
   * A copy of the elements as nested arrays (a number for a scalar).
   *
   * @example
   * multiply(tensor([[1, 2], [3, 4]]), 10).toArray(); // [[10, 20], [30, 40]]
   */
  toArray(): NestedArray {
    const data = dataOf(this.concrete("toArray"));
    if (data.length !== this.size) throw shapeWritten(this.shape, data.length);
    return nest(data, this.shape);
  }

  /**
   * A copy of the elements in row-major order: a Float64Array, Float32Array or Int32Array, or bytes for bool.
   *
   * @example
   * multiply(tensor([[1, 2], [3, 4]]), 10).toTypedArray(); // Float64Array.of(10, 20, 30, 40)
   */
  toTypedArray(): TypedArray {
    return dataOf(this.concrete("toTypedArray")).slice();
  }

  /** Operators such as `+` and `<` cannot see into a tensor, so they are refused with the remedy. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new SymtapeError(
      "usage",
      "a Tensor was used with a JavaScript operator or a Math function. " +
        "Write add(x, y), multiply(x, y), less(x, y), exp(x) …, or take the number out with x.item().",
      { operation: "toPrimitive" },
    );
  }
}

/** A tensor that stands for another one which a transformation follows. */
export abstract class FollowedTensor extends Tensor {
  abstract override readonly tracer: Tracer;
  abstract readonly value: Tensor;

  get shape(): Shape {
    return this.value.shape;
  }

  get dtype(): DType {
    return this.value.dtype;
  }

  get weak(): boolean {
    return this.value.weak;
  }

  concrete(operation: string): ConcreteTensor {
    return this.value.concrete(operation);
  }

  override toString(): string {
    return this.value.toString();
  }
}

/** Throws if the transformation that follows a value has ended. */
export function requireOpen(value: Tensor, operation: string): void {
  if (value.tracer?.closed !== true) return;
  throw new SymtapeError(
    "usage",
    `${operation}: a tensor from inside grad, vmap, scan or another such function is used after it returned. ` +
      "Return what you need from the function, or, in grad and jvp, take numbers out inside it with item() or toArray().",
    { operation },
  );
}

let elementsOf: (tensor: ConcreteTensor) => TypedArray;

/** The elements of a tensor in row-major order. They are shared and must not be written. */
export function dataOf(tensor: ConcreteTensor): TypedArray {
  return elementsOf(tensor);
}

/** A tensor whose elements are known: contiguous, row-major. */
export class ConcreteTensor extends Tensor {
  static {
    elementsOf = (tensor) => tensor.#array();
  }

  readonly shape: Shape;
  readonly dtype: DType;
  readonly weak: boolean;
  #elements: TypedArray | number;

  constructor(shape: Shape, dtype: DType, elements: TypedArray | number, weak = false) {
    super();
    this.shape = shape;
    this.dtype = dtype;
    this.weak = weak;
    this.#elements = elements;
  }

  get tracer(): undefined {
    return undefined;
  }

  /** The elements. A scalar makes its array when it is first asked for. */
  #array(): TypedArray {
    if (typeof this.#elements === "number") {
      const data = allocate(this.dtype, 1);
      data[0] = this.#elements;
      this.#elements = data;
    }
    return this.#elements;
  }

  at(index: number): number {
    const elements = this.#elements;
    return typeof elements === "number" ? elements : (elements[index] as number);
  }

  concrete(): ConcreteTensor {
    return this;
  }

  /** A copy in which element `index`, in row-major order, is another number. */
  withElement(index: number, value: number): ConcreteTensor {
    const data = this.#array().slice();
    data[index] = value;
    return new ConcreteTensor(this.shape, this.dtype, data, this.weak);
  }

  override toString(): string {
    const shown = nestedText(this.#array(), this.shape);
    return `Tensor(${shown}, shape ${formatShape(this.shape)}, ${this.dtype})`;
  }

  toJSON(): NestedArray {
    return this.toArray();
  }
}

/**
 * Numbers of which some were not chosen: a zero in them stands for nothing, and stays zero whatever it is
 * multiplied with. So the derivative of `x > 0 ? sqrt(x) : 0` at −1 is 0 and not 0·NaN.
 */
export class SelectedTensor extends ConcreteTensor {
  static of(tensor: ConcreteTensor): SelectedTensor {
    const { shape, dtype, weak } = tensor;
    return new SelectedTensor(shape, dtype, dataOf(tensor), weak);
  }
}

/** Sizes are not frozen, since frozen arrays slow down every operation; a change of them is noticed here. */
function shapeWritten(shape: Shape, count: number): SymtapeError {
  return new SymtapeError(
    "shape",
    `toArray: shape ${formatShape(shape)} does not hold the tensor's ${count} elements: its sizes were written. ` +
      "They are read-only; reshape(x, shape) gives the same numbers in another shape.",
    { operation: "toArray", shapes: [shape] },
  );
}

function nest(data: TypedArray, shape: Shape): NestedArray {
  if (shape.length === 0) return data[0] as number;
  let level: NestedArray[] = Array.from(data);
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const length = shape[axis] as number;
    const count = sizeOf(shape.slice(0, axis));
    level = Array.from({ length: count }, (_, i) => level.slice(i * length, (i + 1) * length));
  }
  return level;
}

/** A scalar of the given dtype, float64 unless told. */
export function scalar(value: number, dtype: DType = "float64"): ConcreteTensor {
  return new ConcreteTensor(SCALAR, dtype, roundTo(dtype, value));
}

/** A number written in a program or a formula: it takes the dtype of what it meets. */
export function literal(value: number): ConcreteTensor {
  const whole = (value | 0) === value && !Object.is(value, -0);
  return new ConcreteTensor(SCALAR, whole ? "int32" : "float64", value, true);
}

/** The constants that formulas know by name; a graph that takes them up keeps the name. */
export const pi: ConcreteTensor = new ConcreteTensor(SCALAR, "float64", Math.PI, true);
export const e: ConcreteTensor = new ConcreteTensor(SCALAR, "float64", Math.E, true);
export const namedConstants: Readonly<Record<ConstantName, ConcreteTensor>> = { pi, e };
export type ConstantName = "pi" | "e";

/** Makes an operand of what the user passed to an operation. */
export function asTensor(value: TensorLike, operation?: string): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === "number") return literal(value);
  if (typeof value === "boolean") return new ConcreteTensor(SCALAR, "bool", value ? 1 : 0, true);
  const expected = `${operation === undefined ? "" : `${operation}: `}expected a Tensor, number or boolean`;
  const remedy =
    value === undefined ? "Is an argument missing?" : "Arrays become tensors with tensor([...]).";
  throw new SymtapeError("usage", `${expected}, got ${describe(value)}. ${remedy}`, {
    operation: operation ?? "asTensor",
  });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Tensor) return "a Tensor";
  if (Array.isArray(value)) return "an array";
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  return typeof value === "object" ? "an object" : `${typeof value} ${String(value).slice(0, 40)}`;
}

/**
 * A tensor of the given numbers, float64 unless `dtype` says otherwise. Nested arrays give the shape; a
 * flat array or typed array may be given a `shape`. The numbers are copied.
 *
 * @throws SymtapeError (shape) for ragged arrays or a shape that does not fit.
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // [2, 3]
 * tensor([1, 2, 3, 4], { shape: [2, 2] }).toArray(); // [[1, 2], [3, 4]]
 */
export function tensor(
  values: NestedArray | TypedArray,
  options: { readonly shape?: Shape; readonly dtype?: DType } = {},
): ConcreteTensor {
  const flat: number[] = [];
  const found = ArrayBuffer.isView(values) ? [values.length] : shapeOfNested(values, flat);
  const source = ArrayBuffer.isView(values) ? values : flat;
  const shape = options.shape ?? found;
  checkShape("tensor", shape);
  if (sizeOf(shape) !== source.length) {
    throw new SymtapeError(
      "shape",
      `tensor: ${source.length} numbers do not fill shape ${formatShape(shape)} (${sizeOf(shape)} elements).`,
      { operation: "tensor", shapes: [found, shape] },
    );
  }
  const dtype = options.dtype ?? (ArrayBuffer.isView(values) ? dtypeOf(values) : "float64");
  const data = allocate(dtype, source.length);
  for (let i = 0; i < source.length; i++) {
    const value = source[i] as number;
    if (dtype === "int32" && !(Math.abs(value) < TWO_TO_31 || value === -TWO_TO_31)) {
      throw outsideInt32(value);
    }
    data[i] = roundTo(dtype, value);
  }
  return new ConcreteTensor([...shape], dtype, data);
}

const TWO_TO_31 = 2147483648;

function outsideInt32(value: number): SymtapeError {
  return new SymtapeError(
    "dtype",
    `tensor: ${value} is no int32. These run from -2147483648 to 2147483647; others are held by float64.`,
    { operation: "tensor", dtypes: ["int32"] },
  );
}

function dtypeOf(values: TypedArray): DType {
  if (values instanceof Float32Array) return "float32";
  return values instanceof Int32Array ? "int32" : "float64";
}

/** Collects the numbers of nested arrays into `flat` and returns their shape. */
function shapeOfNested(values: NestedArray, flat: number[]): number[] {
  if (typeof values === "number" || typeof values === "boolean") {
    flat.push(Number(values));
    return [];
  }
  if (!Array.isArray(values)) {
    throw new SymtapeError(
      "usage",
      `tensor: expected numbers in arrays, got ${describe(values)}.${values instanceof Tensor ? " Tensors are joined with stack([x, y])." : ""}`,
      {
        operation: "tensor",
      },
    );
  }
  let inner: number[] | undefined;
  for (const value of values) {
    const shape = shapeOfNested(value, flat);
    if (inner !== undefined && !sameShape(inner, shape)) {
      throw new SymtapeError(
        "shape",
        `tensor: ragged rows: ${formatShape(inner)} beside ${formatShape(shape)}. All rows need one length.`,
        { operation: "tensor", shapes: [inner, shape] },
      );
    }
    inner = shape;
  }
  return [values.length, ...(inner ?? [])];
}
