// The functions that formulas may call, by name: every operation, and the other spellings that mathjs has.

import { apply } from "../../apply.ts";
import { SymtapeError } from "../../errors.ts";
import { cbrt, divide, multiply, pow, sqrt, square } from "../../ops/arithmetic.ts";
import { abs, ceil, floor, less, max, min, sign, where } from "../../ops/comparison.ts";
import { log, logBase } from "../../ops/exponential.ts";
import { stopGradient } from "../../ops/gradient-control.ts";
import { matmul, outer } from "../../ops/linalg/matmul.ts";
import { placeOp, sliceOp, stack } from "../../ops/movement/indexing.ts";
import { broadcastTo, cast, reshape, transpose } from "../../ops/movement/reshape.ts";
import { mean, type ReduceOptions, sum } from "../../ops/reductions/sum.ts";
import { pointwiseFunctions } from "../../ops/tensor-arithmetic.ts";
import { checkShape, type DType } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { factorial, power, product, quotient } from "./operators.ts";
import { constantNumber, constantOf, Text, tensorOf, type Value, wholeNumbers } from "./values.ts";

/** A function of the language: how many arguments it takes and what it builds of them. */
export interface Builtin {
  readonly minimum: number;
  readonly maximum: number;
  build(args: readonly Value[]): Tensor;
}

let builtins: ReadonlyMap<string, Builtin> | undefined;

/** All functions by name. */
export function builtinFunctions(): ReadonlyMap<string, Builtin> {
  builtins ??= new Map([...pointwiseEntries(), ...aliases(), ...Object.entries(structured)]);
  return builtins;
}

type OnTensors = (...operands: Tensor[]) => Tensor;

function onTensors(minimum: number, maximum: number, f: OnTensors): Builtin {
  return { minimum, maximum, build: (args) => f(...args.map(tensorOf)) };
}

/** Every operation that works element by element, by its own name and by the one it is written with. */
function pointwiseEntries(): (readonly [string, Builtin])[] {
  return [...pointwiseFunctions()].flatMap(([name, f]) => {
    const { inputs, notation } = f.op;
    const defaults = "defaults" in f && Array.isArray(f.defaults) ? f.defaults.length : 0;
    const builtin = onTensors(inputs.length - defaults, inputs.length, f);
    const symbol = notation.kind === "call" ? notation.symbol : name;
    return [[name, builtin] as const, ...(symbol === name ? [] : [[symbol, builtin] as const])];
  });
}

/** Folds a function of two operands over any number of them from two on. */
function folded(f: (x: Tensor, y: Tensor) => Tensor): Builtin {
  return onTensors(2, Number.POSITIVE_INFINITY, (...operands) =>
    operands.reduce((x, y) => f(x, y)),
  );
}

function pointwise(name: string): OnTensors {
  return pointwiseFunctions().get(name) as OnTensors;
}

/** mathjs's other spellings, and its functions that are short for something. */
function aliases(): (readonly [string, Builtin])[] {
  const sameAs = {
    unaryMinus: "negate",
    unequal: "notEqual",
    smaller: "less",
    smallerEq: "lessEqual",
    larger: "greater",
    largerEq: "greaterEqual",
    ln: "log",
  };
  return [
    ...Object.entries(sameAs).map(
      ([name, same]) => [name, onTensors(...arity(same), pointwise(same))] as const,
    ),
    ["add", folded((x, y) => pointwise("add")(x, y))],
    ["multiply", folded(product)],
    ["divide", onTensors(2, 2, quotient)],
    ["pow", onTensors(2, 2, power)],
    ["dotMultiply", onTensors(2, 2, multiply)],
    ["dotDivide", onTensors(2, 2, divide)],
    ["dotPow", onTensors(2, 2, pow)],
    ["unaryPlus", onTensors(1, 1, (x) => x)],
    ["max", folded(max)],
    ["min", folded(min)],
    ["hypot", folded((x, y) => pointwise("hypot")(x, y))],
    ["factorial", onTensors(1, 1, factorial)],
    ["cube", onTensors(1, 1, (x) => pow(x, 3))],
    ["fix", onTensors(1, 1, (x) => where(less(x, 0), ceil(x), floor(x)))],
    ["log", onTensors(1, 2, (x, base) => (base === undefined ? log(x) : logBase(x, base)))],
    ["nthRoot", onTensors(1, 2, nthRoot)],
    ["norm", onTensors(1, 1, (x) => sqrt(sum(square(x))))],
  ];
}

function arity(name: string): [number, number] {
  const count = pointwiseFunctions().get(name)?.op.inputs.length ?? 1;
  return [count, count];
}

function nthRoot(x: Tensor, degree?: Tensor): Tensor {
  const n = degree === undefined ? 2 : constantNumber(degree, "the degree of nthRoot");
  if (n === 2) return sqrt(x);
  if (n === 3) return cbrt(x);
  const root = (value: TensorLike): Tensor => pow(value, divide(1, n));
  return Math.abs(n % 2) === 1 ? multiply(sign(x), root(abs(x))) : root(x);
}

/** Functions of whole tensors. Axes and places count from one. */
const structured: Readonly<Record<string, Builtin>> = {
  sum: reduction(sum),
  mean: reduction(mean),
  ctranspose: onTensors(1, 1, (x) => transpose(x)),
  matmul: onTensors(2, 2, matmul),
  dot: onTensors(2, 2, matmul),
  outer: onTensors(2, 2, outer),
  stopGradient: onTensors(1, 1, stopGradient),
  stack: onTensors(1, Number.POSITIVE_INFINITY, (...operands) => stack(operands)),
  transpose: {
    minimum: 1,
    maximum: 2,
    build: ([x, axes]) =>
      axes === undefined ? transpose(first(x)) : transpose(first(x), fromOne(axes, "transpose")),
  },
  reshape: {
    minimum: 2,
    maximum: 2,
    build: ([x, shape]) => reshape(first(x), wholeNumbers(shape as Value, "the shape of reshape")),
  },
  broadcastTo: {
    minimum: 2,
    maximum: 2,
    build: ([x, shape]) =>
      broadcastTo(first(x), wholeNumbers(shape as Value, "the shape of broadcastTo")),
  },
  slice: { minimum: 4, maximum: 4, build: ([x, ...lists]) => slice(first(x), lists) },
  place: { minimum: 5, maximum: 5, build: ([x, ...lists]) => place(first(x), lists) },
  cast: { minimum: 2, maximum: 2, build: ([x, dtype]) => cast(first(x), dtypeOf(dtype)) },
};

function first(value: Value | undefined): Tensor {
  return tensorOf(value as Value);
}

function reduction(reduce: (x: Tensor, options: ReduceOptions) => Tensor): Builtin {
  return {
    minimum: 1,
    maximum: 3,
    build: ([x, axis, keep]) =>
      reduce(first(x), {
        ...(axis !== undefined && { axis: fromOne(axis, "an axis") }),
        ...(keep !== undefined && { keepDims: constantOf(tensorOf(keep))?.at(0) === 1 }),
      }),
  };
}

/** Axes or places that count from one, as they count from zero. */
function fromOne(value: Value, what: string): readonly number[] {
  return wholeNumbers(value, what).map((number) => {
    if (number > 0) return number - 1;
    throw new SymtapeError("unsupported", `${what} counts from 1, got ${number}.`, {
      operation: what,
    });
  });
}

function sliceParams(name: string, lists: readonly Value[]): Record<string, readonly number[]> {
  const [starts, sizes, steps, shape] = lists as readonly Value[];
  const params: Record<string, readonly number[]> = {
    starts: wholeNumbers(starts as Value, `the starts of ${name}`).map((start) => start - 1),
    sizes: wholeNumbers(sizes as Value, `the sizes of ${name}`),
    steps: wholeNumbers(steps as Value, `the steps of ${name}`),
  };
  if (shape !== undefined) params.shape = wholeNumbers(shape, `the shape of ${name}`);
  return params;
}

function checkRank(name: string, rank: number, params: Record<string, readonly number[]>): void {
  for (const list of Object.values(params)) {
    checkShape(name, params.sizes as readonly number[]);
    if (list.length === rank) continue;
    throw new SymtapeError(
      "unsupported",
      `${name}: every list needs ${rank} numbers, one per axis.`,
      {
        operation: name,
      },
    );
  }
}

function slice(x: Tensor, lists: readonly Value[]): Tensor {
  const params = sliceParams("slice", lists);
  checkRank("slice", x.rank, params);
  return apply(sliceOp, [x], params);
}

/** The pieces must lie inside: `place` is only written for what `slice` could have taken. */
function place(x: Tensor, lists: readonly Value[]): Tensor {
  const { shape, ...params } = sliceParams("place", lists);
  const whole = shape as readonly number[];
  checkShape("place", whole);
  checkRank("place", x.rank, { ...params, shape: whole });
  sliceOp.infer([{ shape: whole, dtype: x.dtype, weak: false }], params);
  return apply(placeOp, [x], { ...params, shape: whole });
}

function dtypeOf(value: Value | undefined): DType {
  const name = value instanceof Text ? value.text : undefined;
  const known: readonly DType[] = ["float64", "float32", "int32", "bool"];
  const dtype = known.find((candidate) => candidate === name);
  if (dtype !== undefined) return dtype;
  throw new SymtapeError("unsupported", `cast: the dtype is one of "${known.join('", "')}".`, {
    operation: "cast",
  });
}
