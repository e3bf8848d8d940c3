// Functions that work element by element, and mathjs's names for operators.

import { cbrt, divide, multiply, pow, sqrt } from "../../../ops/arithmetic.ts";
import { abs, ceil, floor, less, sign, where } from "../../../ops/comparison.ts";
import { log, logBase } from "../../../ops/exponential.ts";
import { pointwiseFunctions } from "../../../ops/tensor-arithmetic.ts";
import type { Tensor, TensorLike } from "../../../tensor.ts";
import { factorial, power, product, quotient } from "../operators.ts";
import { constantNumber } from "../values.ts";
import { type Builtin, builtinOf } from "./builtin.ts";

type OnTensors = (...operands: Tensor[]) => Tensor;

/** Every operation that works element by element, by its own name and by the one it is written with. */
export function pointwiseEntries(): (readonly [string, Builtin])[] {
  return [...pointwiseFunctions()].flatMap(([name, f]) => {
    const { inputs, notation } = f.op;
    const defaults = "defaults" in f && Array.isArray(f.defaults) ? f.defaults.length : 0;
    const builtin = builtinOf(inputs.length - defaults, inputs.length, f);
    const symbol = notation.kind === "call" ? notation.symbol : name;
    return [[name, builtin] as const, ...(symbol === name ? [] : [[symbol, builtin] as const])];
  });
}

/** Folds a function of two operands over any number of them from two on. */
function folded(f: (x: Tensor, y: Tensor) => Tensor): Builtin {
  return builtinOf(2, Number.POSITIVE_INFINITY, (...operands) =>
    operands.reduce((x, y) => f(x, y)),
  );
}

function pointwise(name: string): OnTensors {
  return pointwiseFunctions().get(name) as OnTensors;
}

/** mathjs's other spellings, and its functions that are short for something. */
export function spellings(): (readonly [string, Builtin])[] {
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
      ([name, same]) => [name, builtinOf(...arity(same), pointwise(same))] as const,
    ),
    ["add", folded((x, y) => pointwise("add")(x, y))],
    ["multiply", folded(product)],
    ["divide", builtinOf(2, 2, quotient)],
    ["pow", builtinOf(2, 2, power)],
    ["dotMultiply", builtinOf(2, 2, multiply)],
    ["dotDivide", builtinOf(2, 2, divide)],
    ["dotPow", builtinOf(2, 2, pow)],
    ["unaryPlus", builtinOf(1, 1, (x) => x)],
    ["hypot", folded((x, y) => pointwise("hypot")(x, y))],
    ["factorial", builtinOf(1, 1, factorial)],
    ["cube", builtinOf(1, 1, (x) => pow(x, 3))],
    ["fix", builtinOf(1, 1, (x) => where(less(x, 0), ceil(x), floor(x)))],
    ["log", builtinOf(1, 2, (x, base) => (base === undefined ? log(x) : logBase(x, base)))],
    ["nthRoot", builtinOf(1, 2, nthRoot)],
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
