// What an operation is: its shape rule, its evaluation, its derivative and its notation, in one object.

import type { Arithmetic, NdArray } from "./arithmetic.ts";
import type { SymbolicTensor } from "./graph.ts";
import type { Lowering } from "./lowering.ts";
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

/** An operation applied to a batch: along the first axis of every batched operand stand the examples. */
export interface BatchCall {
  readonly op: Op;
  readonly params: Params;
  readonly inputs: readonly Tensor[];
  /** Which operands hold a batch; the others are the same for every example. */
  readonly batched: readonly boolean[];
  /** How many examples there are. */
  readonly size: number;
}

/** Computes all examples at once. Every output has the examples along its first axis. */
export type BatchRule = (call: BatchCall) => readonly Tensor[];

/** How an operation is written in formulas and in LaTeX. In all texts `#0`, `#1` stand for the operands. */
export interface Notation {
  /**
   * `infix`, `prefix` and `postfix` operators carry a symbol and a precedence, `conditional` is
   * `a ? b : c`, `call` is `name(a, b)`, and `custom` writes itself by `text`.
   */
  readonly kind: "infix" | "prefix" | "postfix" | "conditional" | "call" | "custom";
  /** The operator, or the name of the function. */
  readonly symbol: string;
  /** The operator where `elementwiseFor` operands are no scalars, such as `.*`. */
  readonly elementwise?: string;
  readonly elementwiseFor?: "both" | "right" | "either";
  /** How tightly an operator binds, on the scale of {@link PRECEDENCE}. */
  readonly precedence?: number;
  /** `right` for `^`, `none` for comparisons; every other operator groups to the left. */
  readonly associative?: "left" | "right" | "none";
  /** Arguments of a call; the default is the operands alone. */
  readonly arguments?: (operands: readonly string[], call: NotedCall) => readonly string[];
  /** The whole text of a `custom` notation. */
  readonly text?: (operands: readonly string[], call: NotedCall) => string;
  /** How tightly the operands of a `custom` text must bind to stand there without brackets. */
  readonly operandPrecedence?: number;
  /** LaTeX, such as `\\sqrt{#0}`. */
  readonly tex?: string | ((operands: readonly string[], call: NotedCall) => string);
  /** The LaTeX name of a function that is written `name(x)`, such as `\\sin`; its powers are `\\sin^{2}(x)`. */
  readonly texName?: string;
  /** Whether the LaTeX keeps its operands apart by itself, so that they need no brackets. */
  readonly texEncloses?: boolean;
  /** How tightly the LaTeX binds where this differs from `precedence`. */
  readonly texPrecedence?: number;
  /**
   * How it is written together with the operation that makes its first operand: a reshape of a slice is
   * `x[2]`. The operands are then those of the inner operation.
   */
  readonly fused?: (call: NotedCall, inner: Op, innerCall: NotedCall) => Notation | undefined;
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

/**
 * Sample operands for the contract suite: numbers for scalars, nested arrays for tensors. They are float64,
 * those of discrete operands int32.
 */
export interface Sample {
  readonly inputs: readonly (number | readonly unknown[])[];
  readonly params?: Params;
}

/** A graph that an operation holds: its outputs depend on its inputs and constants alone. */
export interface ClosedGraph {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
}

/**
 * How an operation runs the graphs that it holds, for programs, which compile them. A `call` computes its graph; `cond`
 * the first one where its first operand holds and else the second, from the other operands; `while` computes the
 * second for as long as the first gives true; `scan` computes its graph for each element of sequences.
 */
export type Control =
  | { readonly kind: "call" | "cond"; readonly graphs: readonly ClosedGraph[] }
  | { readonly kind: "while"; readonly graphs: readonly ClosedGraph[]; readonly states: number }
  | { readonly kind: "scan"; readonly graphs: readonly ClosedGraph[]; readonly form: ScanForm };

/**
 * The inputs of the graph are the state, an element of each sequence and the captures; its outputs are the next
 * state and results.
 */
export interface ScanForm {
  readonly carries: number;
  readonly sequences: number;
  readonly length: number;
  readonly reverse: boolean;
}

/** An operation. There is one definition per operation, in `ops/`; nothing else knows it by name. */
export interface Op {
  readonly name: string;
  /** Counts changes of meaning, for stored graphs; 0 where it holds functions and cannot be stored. */
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
  /** True where the outputs are linear in all operands together but the discrete ones. */
  readonly linear?: boolean;
  /** Names of operands that hold places, classes or keys: whole numbers, by which there is no derivative. */
  readonly discrete: readonly string[];
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
  /** The operation on a batch of examples, for `vmap`. */
  readonly batch: BatchRule;
  /** The graphs that it holds and how it runs them, so that programs can compile them. */
  readonly control?: Control;
  /** How programs compute it; without it, or where it gives undefined, they call `evaluate`. */
  lower?(inputs: readonly AbstractValue[], params: Params): Lowering | undefined;
}
