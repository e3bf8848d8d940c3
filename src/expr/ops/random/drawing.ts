// What the random operations share: reading keys and shapes, and drawing numbers for them.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import type { BatchCall, NotedCall, Op, Params, Sample } from "../../op.ts";
import {
  type AbstractValue,
  broadcastShapes,
  checkShape,
  type DType,
  formatShape,
  type Shape,
  sameShape,
  sizeOf,
} from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { repeated } from "../batching.ts";
import { reshape } from "../movement/reshape.ts";
import { defineOp, numbersOf, shapeError } from "../structured.ts";
import { drawNumbers, type FromWords } from "./threefry.ts";

/** The axes before the two words of a key, after a check that it is one. */
export function keyBatch(operation: string, key: AbstractValue): Shape {
  const remedy = "Make a key with random.key(seed), and more of them with random.split(key, n).";
  if (key.dtype !== "int32") {
    throw new SymtapeError(
      "dtype",
      `${operation}: a key holds two int32 words, got ${key.dtype}. ${remedy}`,
      { operation, dtypes: [key.dtype] },
    );
  }
  if (key.shape.at(-1) !== 2) {
    throw shapeError(
      operation,
      `a key has shape [2], and a batch of keys [..., 2]; got ${formatShape(key.shape)}. ${remedy}`,
      key.shape,
    );
  }
  return key.shape.slice(0, -1);
}

/** The shape that is drawn for every key, after a check. */
function drawnShape(operation: string, params: Params): Shape {
  const { shape } = params;
  if (!Array.isArray(shape)) {
    throw shapeError(operation, "the shape to draw must be a list of whole numbers.");
  }
  checkShape(operation, shape);
  return shape;
}

/** How many things are drawn for every key, after a check. */
export function drawnCount(operation: string, params: Params): number {
  const { count } = params;
  if (typeof count === "number") {
    checkShape(operation, [count]);
    return count;
  }
  throw shapeError(operation, `the count must be a whole number, got ${String(count)}.`);
}

/** The dtype of drawn numbers, after a check. */
function floatType(operation: string, params: Params): "float64" | "float32" {
  const { dtype } = params;
  if (dtype === "float64" || dtype === "float32") return dtype;
  throw new SymtapeError(
    "dtype",
    `${operation}: numbers are drawn as float64 or float32, not as ${JSON.stringify(dtype)}.`,
    { operation, dtypes: [String(dtype)] },
  );
}

/** Checks that what is made of drawn numbers has their shape, so that each element has a number of its own. */
export function requireDrawn(operation: string, result: Tensor, drawn: Tensor): Tensor {
  if (sameShape(result.shape, drawn.shape)) return result;
  throw tooSmall(operation, result.shape, drawn.shape);
}

function tooSmall(operation: string, wanted: Shape, drawn: Shape): SymtapeError<"shape"> {
  return shapeError(
    operation,
    `${formatShape(wanted)} does not broadcast to the smaller ${formatShape(drawn)} that is drawn. Name a ` +
      "larger shape: every element needs a number of its own.",
    wanted,
    drawn,
  );
}

/** The words of keys; a key that is still a symbol has none. */
export function wordsOf<S>(
  operation: string,
  arithmetic: Arithmetic<S>,
  keys: NdArray<S> | undefined,
): Int32Array {
  return Int32Array.from(knownNumbers(operation, arithmetic, keys, "the key"));
}

/** The numbers behind elements, for operations that look at them. */
export function knownNumbers<S>(
  operation: string,
  arithmetic: Arithmetic<S>,
  array: NdArray<S> | undefined,
  what: string,
): number[] {
  return Array.from((array as NdArray<S>).data, (element) => {
    const number = arithmetic.numberOf(element);
    if (number !== undefined) return number;
    throw new SymtapeError(
      "unsupported",
      `${operation}: ${what} must be known before what is drawn can be written out in scalars. Give numbers in ` +
        "place of the symbol, or draw outside of the formula.",
      { operation },
    );
  });
}

/** What an operation whose one operand is a key states about itself. */
interface DrawSpec {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** What is written after the key: `randomUniform(key, [3])`. */
  readonly settings: (params: Params) => readonly string[];
  /** Shape and dtype of what is drawn for one key; throws where the settings do not fit. */
  readonly drawn: (params: Params) => { readonly shape: Shape; readonly dtype: DType };
  readonly draw: (keys: ArrayLike<number>, params: Params) => ArrayLike<number>;
}

/** Defines an operation that draws something for every key. */
export function defineDraw({ name, samples, settings, drawn, draw }: DrawSpec): Op {
  return defineOp({
    name,
    inputs: ["key"],
    discrete: ["key"],
    nondifferentiable: true,
    notation: {
      kind: "call",
      arguments: ([key], { params }: NotedCall) => [key as string, ...settings(params)],
    },
    samples,
    infer: ([key], params) => {
      const { shape, dtype } = drawn(params);
      const full = [...keyBatch(name, key as AbstractValue), ...shape];
      checkShape(name, full);
      return [{ shape: full, dtype, weak: false }];
    },
    reference: (arithmetic, [key], params) => {
      const numbers = draw(wordsOf(name, arithmetic, key), params);
      const shape = [
        ...(key as NonNullable<typeof key>).shape.slice(0, -1),
        ...drawn(params).shape,
      ];
      return [{ shape, data: Array.from(numbers, (number) => arithmetic.literal(number)) }];
    },
    kernel: ([key], params) => [draw((key as Numbers).data, params)],
    batch: "leading",
  });
}

/** The dtype of the numbers that are drawn. */
export interface DrawOptions {
  readonly dtype?: "float64" | "float32";
}

/** Defines an operation that draws numbers of a shape and a dtype, each from two random words. */
export function defineNumbers(
  name: string,
  fromWords: (dtype: "float64" | "float32") => FromWords,
): Op {
  const shape = [2, 3];
  const keys = [
    [0, 1],
    [2, 3],
  ];
  return defineDraw({
    name,
    samples: [
      { inputs: [[0, 42]], params: { shape: [], dtype: "float64" } },
      { inputs: [[3, -4]], params: { shape, dtype: "float32" } },
      { inputs: [keys], params: { shape, dtype: "float64" } },
    ],
    settings: (params) => {
      const drawn = listText(numbersOf(params, "shape"));
      return params.dtype === "float64" ? [drawn] : [drawn, `"${params.dtype}"`];
    },
    drawn: (params) => ({ shape: drawnShape(name, params), dtype: floatType(name, params) }),
    draw: (keys, params) => {
      const dtype = floatType(name, params);
      return drawNumbers(keys, sizeOf(numbersOf(params, "shape")), dtype, fromWords(dtype));
    },
  });
}

/** The shape of what is drawn for all keys where an operand broadcasts to it, after a check that it does. */
export function broadcastDrawn(
  operation: string,
  keys: AbstractValue,
  operand: Shape,
  params: Params,
): Shape {
  const full = [...keyBatch(operation, keys), ...drawnShape(operation, params)];
  checkShape(operation, full);
  if (sameShape(broadcastShapes(operation, [operand, full]), full)) return full;
  throw tooSmall(operation, operand, full);
}

/**
 * A draw with a second operand for each example of a batch. That operand broadcasts to what is drawn, all
 * but its last `kept` axes; an example with the same key as the others gets the same numbers.
 */
export function batchDrawn(call: BatchCall, kept: number): readonly Tensor[] {
  const { op, params, batched, size } = call;
  const [key, operand] = call.inputs as readonly [Tensor, Tensor];
  const keys = batched[0] === true ? key : repeated(key, size);
  if (batched[1] !== true) return [apply(op, [keys, operand], params)];
  const own = operand.shape.slice(1);
  const rank = keys.rank - 1 + numbersOf(params, "shape").length + kept;
  const ones = new Array<number>(Math.max(0, rank - 1 - own.length)).fill(1);
  return [apply(op, [keys, reshape(operand, [size, ...ones, ...own])], params)];
}

export function listText(values: readonly number[]): string {
  return `[${values.join(", ")}]`;
}
