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
  sameShape,
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
  readonly wholeKernel?: (...operands: number[]) => number;
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
  let rule: CountedRule | undefined;
  const ownRule = (): CountedRule => {
    rule ??= counted(rules[spec.name as PointwiseName]);
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
    ...(spec.wholeKernel !== undefined && { wholeKernel: spec.wholeKernel }),
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
      const first = needs[0] ? chain(own, step, 0, cotangent) : undefined;
      if (needs.length === 1) return [first];
      const second = needs[1] ? chain(own, step, 1, cotangent) : undefined;
      if (needs.length === 2) return [first, second];
      return [first, second, needs[2] ? chain(own, step, 2, cotangent) : undefined];
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

/** A rule with the number of parameters that it has on numbers, for each operand. */
interface CountedRule extends PointwiseRule {
  readonly counts: readonly number[];
}

function counted(rule: PointwiseRule): CountedRule {
  return { ...rule, counts: rule.chainNumbers.map((numbers) => numbers?.length ?? 0) };
}

/**
 * One factor of the chain rule: the cotangent (or tangent) times the partial derivative by operand `i`.
 * Plain numbers take one loop; tensors that are followed take the same rule in public operations.
 */
function chain(rule: CountedRule, step: Step, i: number, cotangent: Tensor): Tensor | undefined {
  const factor = rule.chain[i];
  if (factor === undefined) return undefined;
  if (typeof factor === "string") throw noDerivative(step.op, i);
  const output = step.outputs[0] as Tensor;
  const branches = rule.selects[i] && output.rank === 0;
  const isPlain = isConcrete(output) && isConcrete(cotangent) && areConcrete(step.inputs);
  if (branches || !isPlain) return followChosen(rule, step, i, cotangent);
  const isFull = sameShape(cotangent.shape, output.shape);
  const typed = isTyped(cotangent, output);
  const chosen = cotangent instanceof SelectedTensor;
  if (isFull && typed && !chosen && rule.partials[i] === "1") return cotangent;
  const numbers = rule.chainNumbers[i] as NumberFunction;
  const count = isFull ? (rule.counts[i] as number) : step.inputs.length + 2;
  const operands = ruleOperands(step, cotangent, count);
  const { dtype, weak } = typed ? cotangent : promote([cotangent, output]);
  const f = chosen ? keepingZeros(numbers) : numbers;
  const result = mapNumbers(step.op.name, f, operands as ConcreteTensor[], dtype, weak);
  return chosen || rule.selects[i] ? SelectedTensor.of(result) : result;
}

/** Whether a value is data of the dtype of another, and no literal: then both together have this dtype. */
function isTyped({ dtype, weak }: Tensor, like: Tensor): boolean {
  return !weak && dtype === like.dtype;
}

/**
 * What a rule on numbers reads: the cotangent, the operands and the output. Of these the last may be left out where
 * the rule names fewer and the cotangent has the shape of the result.
 */
function ruleOperands(
  { inputs, outputs }: Step,
  cotangent: Tensor,
  count: number,
): readonly Tensor[] {
  const output = outputs[0] as Tensor;
  const first = inputs[0] as Tensor;
  const second = inputs[1] ?? output;
  if (count === 1) return [cotangent];
  if (count === 2) return [cotangent, first];
  if (count === 3) return [cotangent, first, second];
  return [cotangent, ...inputs, output];
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

function areConcrete(values: readonly Tensor[]): boolean {
  for (const value of values) if (value.tracer !== undefined) return false;
  return true;
}
