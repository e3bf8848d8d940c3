// defineOp(): how an operation that moves, reduces or combines whole tensors is written down.

import { apply, applyAll } from "../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../arithmetic.ts";
import { SymtapeError } from "../errors.ts";
import type { Lowering } from "../lowering.ts";
import type { BatchRule, Notation, Op, Params, Sample, Step } from "../op.ts";
import {
  type AbstractValue,
  allocate,
  type DType,
  isArrayOf,
  roundTo,
  type TypedArray,
} from "../shape.ts";
import { ConcreteTensor, dataOf, SelectedTensor, type Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { batchRule } from "./batching.ts";
import { numberArithmetic } from "./tensor-arithmetic.ts";

/** What a structured operation states about itself. */
export interface StructuredSpec {
  readonly name: string;
  readonly version?: number;
  /** Operand names; a single name ending in "…" takes any number of operands. */
  readonly inputs: readonly string[];
  readonly notation?: Omit<Notation, "symbol"> & { readonly symbol?: string };
  readonly samples: readonly Sample[];
  /** Operands that hold places, classes or keys: whole numbers, by which there is no derivative. */
  readonly discrete?: readonly string[];
  /** True where the outputs are whole numbers, truth values or random. */
  readonly nondifferentiable?: boolean;
  infer(inputs: readonly AbstractValue[], params: Params): readonly AbstractValue[];
  /** The evaluation over any scalar arithmetic; it may copy elements without looking at them. */
  reference<S>(
    arithmetic: Arithmetic<S>,
    inputs: readonly NdArray<S>[],
    params: Params,
  ): readonly NdArray<S>[];
  /** The same for plain numbers in float64, where a loop is faster than the reference. */
  kernel?(inputs: readonly Numbers[], params: Params): readonly ArrayLike<number>[];
  /** Not for operations without derivatives. */
  pullback?: Op["pullback"];
  /** `linear` in all operands together, `multilinear` in each by itself, or a rule. */
  readonly pushforward?: "linear" | "multilinear" | Op["pushforward"];
  /**
   * The operation on a batch of examples. `leading` says that it works along the last axes and takes any
   * axes before them for batches; `loop` computes example by example.
   */
  readonly batch: "leading" | "loop" | BatchRule;
  /** How programs compute it, if not by the kernel or the reference. */
  lower?: NonNullable<Op["lower"]>;
}

/** Defines an operation from its particulars. */
export function defineOp(spec: StructuredSpec): Op {
  const { pushforward } = spec;
  const op: Op = {
    name: spec.name,
    version: spec.version ?? 1,
    inputs: spec.inputs,
    notation: { kind: "call", symbol: spec.name, ...spec.notation },
    samples: spec.samples,
    nondifferentiable: spec.nondifferentiable ?? false,
    linear: pushforward === "linear",
    discrete: spec.discrete ?? [],
    infer: spec.infer,
    evaluate: (inputs, params) => {
      const values = spec.infer(inputs, params);
      const numbers = numbersOfTensors(inputs);
      const results =
        spec.kernel?.(numbers, params) ??
        spec.reference<number>(numberArithmetic(), numbers, params).map((result) => result.data);
      const tensors =
        values.length === 1
          ? [tensorOf(values[0] as AbstractValue, results, 0)]
          : values.map((value, i) => tensorOf(value, results, i));
      const isSelected = pushforward === "linear" && areSelected(spec, inputs);
      return isSelected ? tensors.map(SelectedTensor.of) : tensors;
    },
    reference: spec.reference,
    pullback: spec.pullback ?? ((step) => step.inputs.map(() => undefined)),
    pushforward:
      typeof pushforward === "function"
        ? pushforward
        : (step, tangents) => pushforwardOf(pushforward, step, tangents),
    batch: (call) => batchRule(spec.batch)(call),
    ...(spec.lower !== undefined && { lower: (inputs, params) => lowered(spec, inputs, params) }),
  };
  return op;
}

/** Whether zeros of the operands stand for nothing: then so do zeros of whatever is linear in them. */
function areSelected(
  { discrete = [], inputs }: StructuredSpec,
  operands: readonly Tensor[],
): boolean {
  for (let i = 0; i < operands.length; i++) {
    if (operands[i] instanceof SelectedTensor) continue;
    if (!discrete.includes(inputs[Math.min(i, inputs.length - 1)] as string)) return false;
  }
  return true;
}

/** How operands and results that have elements are computed; without any there is nothing to take apart. */
function lowered(
  spec: StructuredSpec,
  inputs: readonly AbstractValue[],
  params: Params,
): Lowering | undefined {
  const values = [...inputs, ...spec.infer(inputs, params)];
  if (values.some(({ shape }) => shape.includes(0))) return undefined;
  return spec.lower?.(inputs, params);
}

function numbersOfTensors(tensors: readonly ConcreteTensor[]): readonly Numbers[] {
  const first = tensors[0] as ConcreteTensor;
  const second = tensors[1] as ConcreteTensor;
  if (tensors.length === 1) return [numbersOfTensor(first)];
  if (tensors.length === 2) return [numbersOfTensor(first), numbersOfTensor(second)];
  return tensors.map(numbersOfTensor);
}

function numbersOfTensor(tensor: ConcreteTensor): Numbers {
  return { shape: tensor.shape, dtype: tensor.dtype, data: dataOf(tensor) };
}

function pushforwardOf(
  kind: "linear" | "multilinear" | undefined,
  step: Step,
  tangents: readonly (Tensor | undefined)[],
): readonly (Tensor | undefined)[] {
  if (kind === undefined || tangents.every((tangent) => tangent === undefined)) return [];
  if (kind === "linear") {
    const operands = tangents.map((tangent, i) => {
      const input = step.inputs[i] as Tensor;
      if (step.op.discrete.includes(operandName(step.op, i))) return input;
      return tangent ?? zerosLike(input);
    });
    return applyAll(step.op, operands, step.params);
  }
  let total: Tensor | undefined;
  tangents.forEach((tangent, i) => {
    if (tangent === undefined) return;
    const term = apply(step.op, step.inputs.with(i, tangent), step.params);
    total = total === undefined ? term : add(total, term);
  });
  return [total];
}

/** The name of operand `i`; an operation of any number of operands has one name for all. */
export function operandName(op: Op, i: number): string {
  return op.inputs[Math.min(i, op.inputs.length - 1)] as string;
}

/** Zeros of the shape and dtype of a value. */
export function zerosLike(value: AbstractValue & { readonly size: number }): ConcreteTensor {
  return new ConcreteTensor(value.shape, value.dtype, allocate(value.dtype, value.size));
}

function tensorOf(
  { shape, dtype, weak }: AbstractValue,
  results: readonly ArrayLike<number>[],
  i: number,
): ConcreteTensor {
  return new ConcreteTensor(
    shape,
    dtype,
    toTypedArray(results[i] as ArrayLike<number>, dtype),
    weak,
  );
}

function toTypedArray(data: ArrayLike<number>, dtype: DType): TypedArray {
  if (isArrayOf(dtype, data)) return data;
  const copy = allocate(dtype, data.length);
  for (let i = 0; i < data.length; i++) copy[i] = roundTo(dtype, data[i] as number);
  return copy;
}

/** The elements at the given places, in an array of the same kind. */
export function takeElements<S>(data: ArrayLike<S>, indices: Int32Array): ArrayLike<S> {
  if (ArrayBuffer.isView(data)) {
    const source = data as unknown as TypedArray;
    const result = new (source.constructor as new (length: number) => TypedArray)(indices.length);
    for (let i = 0; i < indices.length; i++) result[i] = source[indices[i] as number] as number;
    return result as unknown as ArrayLike<S>;
  }
  return Array.from(indices, (index) => data[index] as S);
}

/** A setting that is a list of whole numbers, such as a shape or axes. */
export function numbersOf(params: Params, name: string): readonly number[] {
  return params[name] as readonly number[];
}

/** The same setting, checked: `count` whole numbers. Stored graphs may hold anything. */
export function wholeNumbersOf(
  operation: string,
  params: Params,
  name: string,
  count: number,
): readonly number[] {
  const list = params[name];
  if (Array.isArray(list) && list.length === count && list.every(Number.isInteger)) return list;
  throw shapeError(operation, `${name} must be a list of ${count} whole numbers.`);
}

/** The same value with another shape. */
export function withShape(value: AbstractValue, shape: readonly number[]): AbstractValue {
  return { shape, dtype: value.dtype, weak: value.weak };
}

/** A shape error in the words of an operation. */
export function shapeError(
  operation: string,
  message: string,
  ...shapes: readonly (readonly number[])[]
): SymtapeError<"shape"> {
  return new SymtapeError("shape", `${operation}: ${message}`, { operation, shapes });
}
