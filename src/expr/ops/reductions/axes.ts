// Which axes an operation combines: options, the shape of its result, and how it is written.

import { apply, applyAll } from "../../apply.ts";
import { composite, type FoldName, type Lowering, SAME } from "../../lowering.ts";
import type { BatchCall, NotedCall, Op, Params, ParamValue } from "../../op.ts";
import { type AbstractValue, isFloat, normalizeAxes, SCALAR, type Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { broadcastTo, cast, reshape } from "../movement/reshape.ts";
import { numbersOf, shapeError, wholeNumbersOf } from "../structured.ts";

/** Which axes a reduction combines, and whether they stay with length 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Shape of the result: without the reduced axes, or with length 1 there. */
export function reducedShape(
  shape: Shape,
  params: Params,
  keep: boolean = params.keepDims === true,
): Shape {
  const axes = numbersOf(params, "axes");
  if (!keep && axes.length === shape.length) return SCALAR;
  if (keep) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Checks that the axes are there and rise: stored graphs may hold anything. */
export function checkAxes(operation: string, shape: Shape, params: Params): void {
  const { axes } = params;
  const count = Array.isArray(axes) ? axes.length : 0;
  const list = wholeNumbersOf(operation, params, "axes", count);
  const normalized = normalizeAxes(operation, list, shape.length);
  if (list.some((axis, i) => axis !== normalized[i])) {
    throw shapeError(operation, "axes count from 0 and stand in rising order.", shape);
  }
}

/** The same for an operation along one axis. */
export function checkAxis(operation: string, shape: Shape, params: Params): void {
  checkAxes(operation, shape, { axes: [params.axis ?? null] });
}

/** How many elements each result combines. */
export function countReduced(shape: Shape, params: Params): number {
  return numbersOf(params, "axes").reduce((count, axis) => count * (shape[axis] as number), 1);
}

/** A result of a reduction with the reduced axes put back, so that it broadcasts to what was reduced. */
export function keepAxes(result: Tensor, input: Tensor, params: Params): Tensor {
  return result.rank === 0 ? result : reshape(result, reducedShape(input.shape, params, true));
}

/** The cotangent of a reduction, spread over the shape that was reduced. */
export function spread(cotangent: Tensor, input: Tensor, params: Params): Tensor {
  if (cotangent.weak && cotangent.rank === 0) return cotangent;
  return broadcastTo(keepAxes(cotangent, input, params), input.shape);
}

/** The dtype of totals and products: whole numbers stay whole, and truth values are counted. */
export function totalType({ dtype, weak }: AbstractValue): Omit<AbstractValue, "shape"> {
  return { dtype: dtype === "bool" ? "int32" : dtype, weak };
}

/** The dtype of results that are no whole numbers. */
export function floatType({ dtype, weak }: AbstractValue): Omit<AbstractValue, "shape"> {
  return { dtype: isFloat(dtype) ? dtype : "float64", weak };
}

/** A tensor of whole numbers or truth values as float64; floats stay what they are. */
export function asFloat(x: Tensor): Tensor {
  return isFloat(x.dtype) ? x : cast(x, "float64");
}

/** How to reduce along the same axes again. */
export function optionsOf({ axes, keepDims }: Params): ReduceOptions {
  return { axis: axes as readonly number[], keepDims: keepDims === true };
}

/** A fold of operands that have the dtype of the result; others are cast to it before. */
export function foldOf(fold: FoldName, op: Op, x: AbstractValue, params: Params): Lowering {
  const [{ dtype }] = op.infer([x], params) as [AbstractValue];
  if (x.dtype !== dtype) return composite((operand) => apply(op, [cast(operand, dtype)], params));
  const axes = numbersOf(params, "axes");
  return countReduced(x.shape, params) === 1 ? SAME : { kind: "fold", fold, axes };
}

/** Whether all axes are reduced. */
export function isWhole({ params, shapes }: NotedCall): boolean {
  return numbersOf(params, "axes").length === (shapes[0] as Shape).length;
}

/** Axes in a text, where they count from one. */
export function axesText(params: Params): string {
  const axes = numbersOf(params, "axes").map((axis) => axis + 1);
  return axes.length === 1 ? String(axes[0]) : `[${axes.join(", ")}]`;
}

/** `f(x)`, `f(x, axis)` or `f(x, axis, true)`, and further settings behind. */
export function reductionArguments(
  [x]: readonly string[],
  call: NotedCall,
  further: readonly string[] = [],
): readonly string[] {
  const keep = call.params.keepDims === true;
  const rest = keep || further.length > 0 ? [String(keep), ...further] : [];
  const named = rest.length > 0 || !isWhole(call) ? [axesText(call.params)] : [];
  return [x as string, ...named, ...rest];
}

/** A reduction of each example: its axes stand one place further. */
export function batchReduction({ op, inputs, params }: BatchCall): readonly Tensor[] {
  return applyAll(op, inputs, {
    ...params,
    axes: numbersOf(params, "axes").map((axis) => axis + 1),
  });
}

/** The same for an operation along one axis. */
export function batchAlongAxis({ op, inputs, params }: BatchCall): readonly Tensor[] {
  return applyAll(op, inputs, { ...params, axis: (params.axis as number) + 1 });
}

/** Applies a reduction with the user's options. */
export function reduce(
  op: Op,
  x: TensorLike,
  options: ReduceOptions,
  further?: Readonly<Record<string, ParamValue>>,
): Tensor {
  const input = asTensor(x);
  const axes = normalizeAxes(op.name, options.axis, input.rank);
  const keepDims = options.keepDims ?? false;
  return apply(
    op,
    [input],
    further === undefined ? { axes, keepDims } : { axes, keepDims, ...further },
  );
}

/** The one axis that a user named. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  return normalizeAxes(operation, [axis], rank)[0] as number;
}
