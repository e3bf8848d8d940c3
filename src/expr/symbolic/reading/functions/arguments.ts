// The arguments of a call, read one by one as what each of them stands for: a tensor, an axis, a setting.

import { SymtapeError } from "../../../errors.ts";
import { type DType, formatShape } from "../../../shape.ts";
import { dataOf, type Tensor, tensor } from "../../../tensor.ts";
import {
  constantNumber,
  constantOf,
  Text,
  tensorOf,
  type Value,
  wholeNumber,
  wholeNumbers,
} from "../values.ts";

/** Which argument an error is about. */
const PLACES = new WeakMap<object, number>();

/** The argument that an error is about, counted from 0; undefined if it is about the whole call. */
export function argumentOf(error: unknown): number | undefined {
  return typeof error === "object" && error !== null ? PLACES.get(error) : undefined;
}

/** The arguments of one call. Axes count from one in the text, and from zero where they are read. */
export class Arguments {
  readonly operation: string;
  readonly #values: readonly Value[];

  constructor(operation: string, values: readonly Value[]) {
    this.operation = operation;
    this.#values = values;
  }

  get count(): number {
    return this.#values.length;
  }

  /** Whether an argument stands there and is no text. */
  hasValue(place: number): boolean {
    return this.has(place) && !this.isText(place);
  }

  has(place: number): boolean {
    return place < this.#values.length;
  }

  isText(place: number): boolean {
    return this.#values[place] instanceof Text;
  }

  tensor(place: number): Tensor {
    return this.#read(place, tensorOf);
  }

  /** All arguments from `start` up to `stop` as tensors. */
  tensors(start = 0, stop: number = this.count): Tensor[] {
    return Array.from({ length: Math.max(0, stop - start) }, (_, i) => this.tensor(start + i));
  }

  /** A tensor that may be left out. */
  optional(place: number): Tensor | undefined {
    return this.has(place) ? this.tensor(place) : undefined;
  }

  /** The numbers of an argument that depends on no input. */
  known(place: number): Tensor | undefined {
    return this.#read(place, (value) =>
      value instanceof Text ? undefined : constantOf(tensorOf(value)),
    );
  }

  number(place: number, what: string): number | undefined {
    return this.#optional(place, (value) => constantNumber(value, `${this.operation}: ${what}`));
  }

  whole(place: number, what: string): number | undefined {
    return this.#optional(place, (value) => wholeNumber(value, `${this.operation}: ${what}`));
  }

  /** A list of whole numbers such as `[2, 3]`, or one of them. */
  wholes(place: number, what: string): readonly number[] | undefined {
    return this.#optional(place, (value) => wholeNumbers(value, `${this.operation}: ${what}`));
  }

  /** The same, where one number is told from a list of one. */
  wholeOrWholes(place: number, what: string): number | readonly number[] | undefined {
    const list = this.wholes(place, what);
    return list !== undefined && this.tensor(place).rank === 0 ? list[0] : list;
  }

  flag(place: number, what: string): boolean | undefined {
    return this.#optional(place, (value) => {
      const known = value instanceof Text ? undefined : constantOf(tensorOf(value));
      const number = known?.rank === 0 ? known.at(0) : undefined;
      if (number === 0 || number === 1) return number === 1;
      throw this.#unsupported(`${what} is true or false.`);
    });
  }

  /** One of several texts in quotation marks. */
  text<T extends string>(place: number, what: string, choices: readonly T[]): T | undefined {
    return this.#optional(place, (value) => {
      const found = choices.find((choice) => value instanceof Text && value.text === choice);
      if (found !== undefined) return found;
      const got = value instanceof Text ? `, got "${value.text.slice(0, 40)}"` : "";
      throw this.#unsupported(`${what} is one of "${choices.join('", "')}"${got}.`);
    });
  }

  anyText(place: number, what: string): string {
    return this.#read(place, (value) => {
      if (value instanceof Text) return value.text;
      throw this.#unsupported(`${what} is a text in quotation marks.`);
    });
  }

  dtype(place: number): DType | undefined {
    return this.text(place, "the dtype", ["float64", "float32", "int32", "bool"]);
  }

  /** One axis of a tensor of the given rank. */
  axis(place: number, rank: number): number | undefined {
    const axes = this.axes(place, rank);
    if (axes === undefined || axes.length === 1) return axes?.[0];
    throw this.#fault(place, this.#unsupported("one axis is named here, not a list of them."));
  }

  axes(place: number, rank: number): readonly number[] | undefined {
    const axes = this.wholes(place, "an axis");
    return axes?.map((axis) => {
      if (axis >= 1 && axis <= rank) return axis - 1;
      const message =
        `${this.operation}: axis ${axis} is outside a tensor of rank ${rank}; ` +
        (rank === 0 ? "a scalar has no axes." : `axes count from 1 to ${rank}.`);
      const data = { operation: this.operation, shapes: [] };
      throw this.#fault(place, new SymtapeError("shape", message, data));
    });
  }

  /** Axes and whether they stay, as the reductions have them. */
  reduction(place: number, rank: number): { axis?: readonly number[]; keepDims?: boolean } {
    return given({
      axis: this.axes(place, rank),
      keepDims: this.flag(place + 1, "whether the axes stay"),
    });
  }

  /**
   * Places, classes or keys: whole numbers that count from 0, as everywhere in data. Numbers in the text become
   * int32; an input must be declared as such.
   */
  indices(place: number): Tensor {
    return this.#read(place, (value) => {
      const found = tensorOf(value);
      if (found.dtype === "int32" && !found.weak) return found;
      const known = constantOf(found);
      if (known !== undefined && Array.from(dataOf(known)).every(isInt32)) {
        return tensor(Int32Array.from(dataOf(known)), { shape: known.shape });
      }
      const got =
        known === undefined
          ? `got ${found.dtype} of shape ${formatShape(found.shape)}`
          : "got others";
      const message =
        `${this.operation}: whole numbers of dtype int32 are wanted here, ${got}. Declare an input as ` +
        '{ dtypes: { i: "int32" } }, or write cast(i, "int32").';
      const data = { operation: this.operation, dtypes: [found.dtype] };
      throw new SymtapeError("dtype", message, data);
    });
  }

  #unsupported(message: string): SymtapeError {
    const { operation } = this;
    return new SymtapeError("unsupported", `${operation}: ${message}`, { operation });
  }

  #optional<T>(place: number, read: (value: Value) => T): T | undefined {
    return this.has(place) ? this.#read(place, read) : undefined;
  }

  #read<T>(place: number, read: (value: Value) => T): T {
    try {
      return read(this.#values[place] as Value);
    } catch (error) {
      throw this.#fault(place, error as object);
    }
  }

  #fault<E extends object>(place: number, error: E): E {
    PLACES.set(error, place);
    return error;
  }
}

function isInt32(value: number): boolean {
  return (value | 0) === value;
}

/** Options without those that are undefined. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
