// defineReduction(): how an operation that makes one number of the elements along axes is written down.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import type { Op, Params, Sample, Step } from "../../op.ts";
import { type AbstractValue, formatShape, type Shape, sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { equal } from "../comparison.ts";
import { selected } from "../gradient-control.ts";
import { defineOp, type StructuredSpec, shapeError } from "../structured.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import {
  batchReduction,
  checkAxes,
  countReduced,
  keepAxes,
  reducedShape,
  reductionArguments,
} from "./axes.ts";
import { type LineFunction, reduceLines, reduceNumbers } from "./lines.ts";
import { sumOp } from "./sum.ts";

/** What a reduction states about itself. */
export interface ReductionSpec {
  readonly name: string;
  readonly notation?: StructuredSpec["notation"];
  readonly samples: readonly Sample[];
  /** True where the results are places or truth values. */
  readonly nondifferentiable?: boolean;
  /** The number type of the result. */
  type(input: AbstractValue): Omit<AbstractValue, "shape">;
  /** Checks settings beside the axes. */
  check?(params: Params): void;
  /** Whether there is no result for no elements. */
  nonempty?(params: Params): boolean;
  /** The result for the elements along the axes. */
  line<S>(arithmetic: Arithmetic<S>, line: readonly S[], params: Params): S;
  /** The same for plain numbers. */
  numbers(params: Params): LineFunction;
  /** How programs compute it. */
  lower?: NonNullable<StructuredSpec["lower"]>;
  /** The derivative of the results by each element, in a shape that broadcasts to the operand's. */
  slope?(step: Step): Tensor | undefined;
  /** Whether a slope of 0 says that the element was not chosen, so that nothing behind it counts. */
  selects?(params: Params): boolean;
}

/** Defines a reduction from its particulars. */
export function defineReduction(spec: ReductionSpec): Op {
  return defineOp({
    name: spec.name,
    inputs: ["x"],
    notation: {
      kind: "call",
      arguments: (x, call) => reductionArguments(x, call),
      ...spec.notation,
    },
    samples: spec.samples,
    nondifferentiable: spec.nondifferentiable ?? false,
    infer: ([x], params) => {
      const input = x as AbstractValue;
      checkAxes(spec.name, input.shape, params);
      spec.check?.(params);
      if (spec.nonempty?.(params)) checkElements(spec.name, input.shape, params);
      return [{ shape: reducedShape(input.shape, params), ...spec.type(input) }];
    },
    reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
      reduceLines(x as NdArray<S>, params, (line) => spec.line(arithmetic, line, params)),
    ],
    kernel: ([x], params) => [reduceNumbers(x as Numbers, params, spec.numbers(params))],
    pullback: (step, [cotangent]) => [cotangent && pullbackOf(spec, step, cotangent)],
    pushforward: (step, [tangent]) => [tangent && pushforwardOf(spec, step, tangent)],
    batch: (call) => batchReduction(call),
    ...(spec.lower !== undefined && { lower: spec.lower }),
  });
}

function checkElements(operation: string, shape: Shape, params: Params): void {
  if (countReduced(shape, params) > 0 || sizeOf(reducedShape(shape, params)) === 0) return;
  throw shapeError(
    operation,
    `there is no ${operation} of no elements, and ${formatShape(shape)} has none along the axes. ` +
      "Leave out empty tensors, or name other axes.",
    shape,
  );
}

function pullbackOf(spec: ReductionSpec, step: Step, cotangent: Tensor): Tensor | undefined {
  const slope = spec.slope?.(step);
  if (slope === undefined) return undefined;
  const kept = keepAxes(cotangent, step.inputs[0] as Tensor, step.params);
  const product = tensorArithmetic().multiply(slope, kept);
  return spec.selects?.(step.params) ? selected(product) : product;
}

function pushforwardOf(spec: ReductionSpec, step: Step, tangent: Tensor): Tensor | undefined {
  const slope = spec.slope?.(step);
  if (slope === undefined) return undefined;
  const arithmetic = tensorArithmetic();
  const product = arithmetic.multiply(slope, tangent);
  const chosen = spec.selects?.(step.params)
    ? arithmetic.guard(
        [slope],
        () => equal(slope, 0),
        () => arithmetic.literal(0),
        () => product,
      )
    : product;
  return apply(sumOp, [chosen], {
    axes: step.params.axes ?? [],
    keepDims: step.params.keepDims === true,
  });
}
