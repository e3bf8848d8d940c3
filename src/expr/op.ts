// What an operation is: its shape rule, its evaluation, its derivative and its notation, in one object.

import type { Arithmetic, NdArray } from "./arithmetic.ts";
import type { AbstractValue } from "./shape.ts";
import type { ConcreteTensor, Tensor } from "./tensor.ts";

/** A setting of an operation that is no operand: an axis, a shape, a list of them. */
export type ParamValue = number | string | boolean | null | readonly ParamValue[];
export type Params = Readonly<Record<string, ParamValue>>;

export const NO_PARAMS: Params = {};

/** One application of an operation, as differentiation sees it. */
export interface Step {
  readonly op: Op;
  readonly params: Params;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** How an operation is written in formulas and in LaTeX. */
export interface Notation {
  /**
   * `infix`, `prefix` and `postfix` operators carry a symbol and a precedence, `conditional` is
   * `a ? b : c`, `call` is `name(a, b)`, and `custom` writes itself by `text`.
   */
  readonly kind: "infix" | "prefix" | "postfix" | "conditional" | "call" | "custom";
  /** The operator, or the name of the function. */
  readonly symbol: string;
  /** The operator between two tensors that are no scalars, such as `.*`. */
  readonly elementwise?: string;
  /** How tightly an operator binds, on the scale of {@link PRECEDENCE}. */
  readonly precedence?: number;
  /** `right` for `^`; every other operator groups to the left. */
  readonly associative?: "left" | "right";
  /** Arguments of a call; the default is the operands alone. */
  readonly arguments?: (operands: readonly string[], call: NotedCall) => readonly string[];
  /** The whole text of a `custom` notation, from operands already in brackets where they need them. */
  readonly text?: (operands: readonly string[], call: NotedCall) => string;
  /** A LaTeX template in which `#0`, `#1` stand for the operands, such as `\\sqrt{#0}`. */
  readonly tex?: string | ((operands: readonly string[], call: NotedCall) => string);
  /** Whether the LaTeX template puts brackets around its operands by itself. */
  readonly texEncloses?: boolean;
}

/** What a notation may look at: the settings of the operation and the shapes of its operands. */
export interface NotedCall {
  readonly params: Params;
  readonly shapes: readonly (readonly number[])[];
}

/** Binding strength of the operators, loosest first; an atom such as `x` or `f(x)` binds tightest. */
export const PRECEDENCE = {
  conditional: 1,
  or: 2,
  xor: 3,
  and: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  prefix: 8,
  power: 9,
  postfix: 10,
  atom: 11,
} as const;

/** Sample operands for the contract suite: numbers for scalars, nested arrays for tensors. */
export interface Sample {
  readonly inputs: readonly (number | readonly unknown[])[];
  readonly params?: Params;
}

/** An operation. There is one definition per operation, in `ops/`; nothing else knows it by name. */
export interface Op {
  readonly name: string;
  /** Counts changes of meaning, for stored graphs. */
  readonly version: number;
  /** Names of the operands; one name ending in "…" stands for any number of them. */
  readonly inputs: readonly string[];
  readonly notation: Notation;
  readonly samples: readonly Sample[];
  /** The mathematical definition in the formula language, where there is one. */
  readonly formula?: string;
  /** Partial derivatives in the formula language, by operand, where there are any. */
  readonly partials?: Readonly<Record<string, string>>;
  /** True where the derivative is zero or undefined everywhere. */
  readonly nondifferentiable: boolean;
  /** Shapes and dtypes of the outputs; throws a SymtapeError when the operands do not fit. */
  infer(inputs: readonly AbstractValue[], params: Params): readonly AbstractValue[];
  evaluate(inputs: readonly ConcreteTensor[], params: Params): readonly ConcreteTensor[];
  /** The same evaluation over any scalar arithmetic. */
  reference<S>(
    arithmetic: Arithmetic<S>,
    inputs: readonly NdArray<S>[],
    params: Params,
  ): readonly NdArray<S>[];
  /**
   * Cotangents of the inputs from those of the outputs (undefined is zero). `needs` tells which inputs
   * are asked for. Results may have the broadcast shape: `backward` sums them to the input's.
   */
  pullback(
    step: Step,
    cotangents: readonly (Tensor | undefined)[],
    needs: readonly boolean[],
  ): readonly (Tensor | undefined)[];
  /** Tangents of the outputs from those of the inputs (undefined is zero). */
  pushforward(
    step: Step,
    tangents: readonly (Tensor | undefined)[],
  ): readonly (Tensor | undefined)[];
  /** Shorter equal graphs that this application may be replaced with when text is simplified. */
  readonly rewrites?: readonly Rewrite[];
}

/** An equation of the formula language that holds on all reals: `from` may be replaced with `to`. */
export interface Rewrite {
  readonly from: string;
  readonly to: string;
}
