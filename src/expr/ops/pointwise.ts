// pointwise(): how an operation that works element by element is written down.

import { apply } from "../apply.ts";
import { mapElements } from "../arithmetic.ts";
import { SymtapeError } from "../errors.ts";
import { SymbolicTensor } from "../graph.ts";
import type { Notation, Op, Step } from "../op.ts";
import {
  type AbstractValue,
  broadcastShapes,
  type DType,
  isFloat,
  promote,
  SCALAR,
} from "../shape.ts";
import { type ConcreteTensor, SelectedTensor, type Tensor, type TensorLike } from "../tensor.ts";
import { batchAligned } from "./batching.ts";
import { equal, where } from "./comparison.ts";
import { mapNumbers, type NumberFunction } from "./element-loops.ts";
import { isData, isSelected, selected } from "./gradient-control.ts";
import { type ChainRule, type PointwiseName, type PointwiseRule, rules } from "./pointwise.gen.ts";
import { NOTHING, tensorArithmetic } from "./tensor-arithmetic.ts";

/** A function of the library together with the operation that it applies. */
export interface OpFunction<Operands extends readonly TensorLike[]> {
  (...operands: Operands): Tensor;
  readonly op: PointwiseOp;
}

export type Unary = OpFunction<[x: TensorLike]>;
export type Binary = OpFunction<[x: TensorLike, y: TensorLike]>;
export type Ternary = OpFunction<[x: TensorLike, y: TensorLike, z: TensorLike]>;

type Operands<Names extends readonly string[]> = { [K in keyof Names]: TensorLike };

/** What a pointwise operation states about itself. */
export interface PointwiseSpec<Name extends string> {
  readonly name: string;
  /** Counts changes of meaning, for stored graphs. */
  readonly version?: number;
  /** The definition in the formula language; a primitive is defined by itself, as in `exp(x)`. */
  readonly formula: string;
  /** The same function in a form without overflow or cancellation, where `formula` has them. */
  readonly stable?: string;
  /** The same function on float64 numbers. */
  readonly kernel: (...operands: number[]) => number;
  /** The same function on int32 numbers, where float64 would round the result before it wraps. */
  readonly wholeKernel?: (...operands: number[]) => number;
  /**
   * The partial derivative by each operand in the formula language, in which `result` is the output.
   * `"mathjs"` has mathjs derive it from `formula`; `"none"` says that the output is no smooth number.
   */
  readonly derivative: "mathjs" | "none" | Readonly<Record<Name, string>>;
  /**
   * The dtype of the output: `arithmetic` keeps whole numbers whole, `float` (the default) makes them
   * float64, `bool` is a truth value, and `branches` is the common dtype of all operands but the first.
   */
  readonly type?: "arithmetic" | "float" | "bool" | "branches";
  readonly notation?: Omit<Notation, "symbol"> & { readonly symbol?: string };
  /** Operands at which the contract suite tries the operation: hard values and kinks included. */
  readonly samples: readonly (number | readonly number[])[];
}

/** A pointwise operation: an {@link Op} with the particulars that its kind has. */
export interface PointwiseOp extends Op {
  readonly kernel: (...operands: number[]) => number;
  readonly formula: string;
  readonly stable: string;
  readonly derivative: PointwiseSpec<string>["derivative"];
}

/**
 * Defines an operation that works element by element with broadcasting.
 *
 * @example
 * export const square: Unary = pointwise(["x"], {
 *   name: "square",
 *   formula: "x^2",
 *   kernel: (x) => x * x,
 *   derivative: { x: "2 * x" },
 *   samples: [-3, 0, 1.5],
 * });
 * square(-3).item(); // 9
 */
export function pointwise<const Names extends readonly string[]>(
  inputs: Names,
  spec: PointwiseSpec<Names[number]>,
): OpFunction<Operands<Names>> {
  const op = pointwiseOp(inputs, spec);
  const call =
    inputs.length === 1
      ? (x: TensorLike): Tensor => apply(op, [x])
      : inputs.length === 2
        ? (x: TensorLike, y: TensorLike): Tensor => apply(op, [x, y])
        : (x: TensorLike, y: TensorLike, z: TensorLike): Tensor => apply(op, [x, y, z]);
  return Object.assign(call as (...operands: Operands<Names>) => Tensor, { op });
}

function pointwiseOp(inputs: readonly string[], spec: PointwiseSpec<string>): PointwiseOp {
  const { kernel, derivative } = spec;
  const type = spec.type ?? "float";
  const infer = (values: readonly AbstractValue[]): readonly AbstractValue[] => {
    const { dtype, weak } = outputType(type, values);
    if (!values.every(isScalar)) {
      return [{ shape: broadcastShapes(spec.name, values.map(shapeOf)), dtype, weak }];
    }
    return dtype === "float64" && !weak ? DOUBLE_SCALAR : [{ shape: SCALAR, dtype, weak }];
  };
  let rule: PointwiseRule | undefined;
  const ownRule = (): PointwiseRule => {
    rule ??= rules[spec.name as PointwiseName];
    return rule;
  };
  const evaluate = (operands: readonly ConcreteTensor[]): readonly ConcreteTensor[] => {
    const { dtype, weak } = outputType(type, operands);
    const f = dtype === "int32" ? (spec.wholeKernel ?? kernel) : kernel;
    return [mapNumbers(spec.name, f, operands, dtype, weak)];
  };
  return {
    name: spec.name,
    version: spec.version ?? 1,
    inputs,
    notation: { kind: "call", symbol: spec.name, ...spec.notation },
    samples: spec.samples.map((sample) => ({
      inputs: typeof sample === "number" ? [sample] : sample,
    })),
    formula: spec.formula,
    stable: spec.stable ?? spec.formula,
    kernel,
    derivative,
    ...(typeof derivative === "object" && { partials: derivative }),
    nondifferentiable: derivative === "none",
    discrete: [],
    batch: (call) => batchAligned(call),
    infer,
    evaluate,
    reference: (arithmetic, operands) => {
      const shape = broadcastShapes(spec.name, operands.map(shapeOf));
      return [mapElements(operands, shape, arithmetic[spec.name as PointwiseName])];
    },
    pullback: (step, cotangents, needs) => {
      const cotangent = cotangents[0];
      if (cotangent === undefined) return [];
      const own = ownRule();
      const contributions: (Tensor | undefined)[] = [];
      for (let i = 0; i < needs.length; i++) {
        contributions.push(needs[i] ? chain(own, step, i, cotangent) : undefined);
      }
      return contributions;
    },
    pushforward: (step, tangents) => {
      let total: Tensor | undefined;
      tangents.forEach((tangent, i) => {
        const term = tangent === undefined ? undefined : chain(ownRule(), step, i, tangent);
        if (term === undefined) return;
        total = total === undefined ? term : tensorArithmetic().add(total, term);
      });
      return [total];
    },
  };
}

function isScalar(value: { readonly shape: readonly number[] }): boolean {
  return value.shape.length === 0;
}

function shapeOf(value: { readonly shape: readonly number[] }): readonly number[] {
  return value.shape;
}

/** What most nodes of most formulas are, made once. */
const DOUBLE_SCALAR: readonly AbstractValue[] = [{ shape: SCALAR, dtype: "float64", weak: false }];

const WEAK_FLOAT = { dtype: "float64", weak: true } as const;
const STRONG_FLOAT = { dtype: "float64", weak: false } as const;

function outputType(
  type: NonNullable<PointwiseSpec<string>["type"]>,
  values: readonly AbstractValue[],
): { dtype: DType; weak: boolean } {
  if (type === "bool") return { dtype: "bool", weak: false };
  const common = promote(type === "branches" ? values.slice(1) : values);
  if (type === "branches" || isFloat(common.dtype)) return common;
  if (type === "arithmetic") {
    return common.dtype === "bool" ? { dtype: "int32", weak: common.weak } : common;
  }
  return common.weak ? WEAK_FLOAT : STRONG_FLOAT;
}

/**
 * One factor of the chain rule: the cotangent (or tangent) times the partial derivative by operand `i`.
 * Plain numbers take one loop; tensors that are followed take the same rule in public operations.
 */
function chain(rule: PointwiseRule, step: Step, i: number, cotangent: Tensor): Tensor | undefined {
  const factor = rule.chain[i];
  if (factor === undefined) return undefined;
  if (factor === "none") throw noDerivative(step.op, i);
  const output = step.outputs[0] as Tensor;
  const branches = rule.selects[i] && output.rank === 0;
  if (branches || output.tracer !== undefined) return followChosen(rule, step, i, cotangent);
  const operands = [cotangent, ...step.inputs, output];
  if (!operands.every(isConcrete)) return followChosen(rule, step, i, cotangent);
  const { dtype, weak } = promote([cotangent, output]);
  const numbers = rule.chainNumbers[i] as NumberFunction;
  const chosen = cotangent instanceof SelectedTensor;
  const f = chosen ? keepingZeros(numbers) : numbers;
  const result = mapNumbers(step.op.name, f, operands as ConcreteTensor[], dtype, weak);
  return chosen || rule.selects[i] ? SelectedTensor.of(result) : result;
}

/** The rule for a cotangent whose zeros stand for nothing. */
function keepingZeros(rule: NumberFunction): NumberFunction {
  return (...operands) => (operands[0] === 0 ? 0 : rule(...operands));
}

/** The rule in public operations; what a choice left out stays zero, whoever follows it. */
function followChosen(
  rule: PointwiseRule,
  { inputs, outputs }: Step,
  i: number,
  cotangent: Tensor,
): Tensor | undefined {
  const result = follow(rule.chain[i] as ChainRule, cotangent, inputs, outputs[0] as Tensor);
  if (result === undefined || result instanceof SymbolicTensor) return result;
  if (!isSelected(cotangent)) {
    const isDecided = !rule.selects[i] || (result.rank === 0 && isData(result));
    return isDecided ? result : selected(result);
  }
  return selected(where(equal(cotangent, 0), 0, result));
}

/** The rule in public operations, without an argument list made for each call. */
function follow(
  factor: ChainRule,
  cotangent: Tensor,
  inputs: readonly Tensor[],
  output: Tensor,
): Tensor | undefined {
  const result = callRule(factor, cotangent, inputs, output);
  return result === NOTHING ? undefined : result;
}

function callRule(
  factor: ChainRule,
  cotangent: Tensor,
  inputs: readonly Tensor[],
  output: Tensor,
): Tensor {
  const a = tensorArithmetic();
  const x = inputs[0] as Tensor;
  const y = inputs[1] as Tensor;
  if (inputs.length === 1) return factor(a, cotangent, x, output);
  if (inputs.length === 2) return factor(a, cotangent, x, y, output);
  return factor(a, cotangent, ...inputs, output);
}

function noDerivative(op: Op, i: number): SymtapeError {
  return new SymtapeError(
    "gradient",
    `${op.name}: there is no derivative by ${op.inputs[i]}. Keep it a constant, or stop the gradient there ` +
      "with stopGradient().",
    { operation: op.name },
  );
}

function isConcrete(value: Tensor): boolean {
  return value.tracer === undefined;
}
