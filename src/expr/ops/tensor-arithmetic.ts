// All pointwise operations in one table, as arithmetic on tensors and on plain numbers.

import type { Arithmetic } from "../arithmetic.ts";
import { SymbolicTensor } from "../graph.ts";
import { ConcreteTensor, FollowedTensor, literal, namedConstants, type Tensor } from "../tensor.ts";
import * as activations from "./activations.ts";
import * as arithmetic from "./arithmetic.ts";
import { isChoice, isLiteral, withinChoice } from "./choices.ts";
import * as comparison from "./comparison.ts";
import * as exponential from "./exponential.ts";
import * as hyperbolic from "./hyperbolic.ts";
import type { PointwiseName } from "./pointwise.gen.ts";
import type { OpFunction } from "./pointwise.ts";
import * as special from "./special.ts";
import * as trigonometric from "./trigonometric.ts";

type PointwiseFunction = OpFunction<Tensor[]>;

let functions: ReadonlyMap<string, PointwiseFunction> | undefined;

/** Every pointwise operation by name. Built on first use, since the modules of `ops` import each other. */
export function pointwiseFunctions(): ReadonlyMap<string, PointwiseFunction> {
  functions ??= new Map(
    [arithmetic, exponential, trigonometric, hyperbolic, comparison, activations, special]
      .flatMap((module): readonly unknown[] => Object.values(module))
      .filter(isPointwiseFunction)
      .map((value) => [value.op.name, value]),
  );
  return functions;
}

function isPointwiseFunction(value: unknown): value is PointwiseFunction {
  return typeof value === "function" && "op" in value;
}

let onTensors: Arithmetic<Tensor> | undefined;

/**
 * Arithmetic for rules: every operation is the public function on tensors, except that a product with the
 * literal 1, which derivatives begin with, is the other factor.
 */
export function tensorArithmetic(): Arithmetic<Tensor> {
  onTensors ??= {
    ...table((f) => f as (...operands: Tensor[]) => Tensor),
    multiply: product as (...operands: Tensor[]) => Tensor,
    divide: quotient as (...operands: Tensor[]) => Tensor,
    negate: negative as (...operands: Tensor[]) => Tensor,
    literal,
    constant: (name) => namedConstants[name],
    nothing: NOTHING,
    choose: chooseTensor,
    guard: (operands, condition, yes, no) =>
      operands.every(isComparable) ? chooseTensor(condition(), yes, no) : no(),
    fixed: (x) => literal(x.tracer === undefined ? 1 : 0),
    numberOf: (x) => (hasNumbers(x) ? x.item() : undefined),
  };
  return onTensors;
}

function chooseTensor(condition: Tensor, yes: () => Tensor, no: () => Tensor): Tensor {
  if (isKnownScalar(condition)) return (condition.at(0) !== 0 ? yes : no)();
  return comparison.where(condition, yes(), no());
}

/** Whether a condition on the value can be decided: it is data, whoever follows it. */
function hasNumbers(value: Tensor): boolean {
  return innermost(value) instanceof ConcreteTensor;
}

/** Whether a condition on the value may be formed: it is data, or will be when a graph runs that nobody reads. */
function isComparable(value: Tensor): boolean {
  const inner = innermost(value);
  return !(inner instanceof SymbolicTensor && inner.node.graph.isRead);
}

function innermost(value: Tensor): Tensor {
  let inner = value;
  while (inner instanceof FollowedTensor) inner = inner.value;
  return inner;
}

/** The result of a rule whose branch does not apply. */
export const NOTHING: Tensor = literal(0);

function product(x: Tensor, y: Tensor): Tensor {
  if (x === NOTHING) return x;
  if (isLiteral(x, 1)) return y;
  if (isLiteral(y, 1)) return x;
  if (!isChoice(x)) return arithmetic.multiply(x, y);
  return withinChoice(
    x,
    (chosen) => product(chosen, y),
    (whole) => arithmetic.multiply(whole, y),
  );
}

function quotient(x: Tensor, y: Tensor): Tensor {
  if (x === NOTHING) return x;
  if (!isChoice(x)) return arithmetic.divide(x, y);
  return withinChoice(
    x,
    (chosen) => quotient(chosen, y),
    (whole) => arithmetic.divide(whole, y),
  );
}

function negative(x: Tensor): Tensor {
  if (x === NOTHING) return x;
  return isChoice(x) ? withinChoice(x, negative, arithmetic.negate) : arithmetic.negate(x);
}

function isKnownScalar(condition: Tensor): condition is ConcreteTensor {
  return condition instanceof ConcreteTensor && condition.rank === 0;
}

let onNumbers: Arithmetic<number> | undefined;

/** Arithmetic on float64 numbers. */
export function numberArithmetic(): Arithmetic<number> {
  const choose = (condition: number, yes: () => number, no: () => number): number =>
    condition !== 0 ? yes() : no();
  onNumbers ??= {
    ...table((f) => f.op.kernel),
    literal: (value) => value,
    constant: (name) => namedConstants[name].at(0),
    nothing: 0,
    choose,
    guard: (_, condition, yes, no) => choose(condition(), yes, no),
    fixed: () => 1,
    numberOf: (x) => x,
  };
  return onNumbers;
}

function table<F>(make: (f: PointwiseFunction) => F): Record<PointwiseName, F> {
  const entries = [...pointwiseFunctions()].map(([name, f]) => [name, make(f)] as const);
  return Object.fromEntries(entries) as Record<PointwiseName, F>;
}
