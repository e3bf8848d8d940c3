// What tests of lowerings share: operands, and the demand that a lowering gives what evaluation gives.

import { expect } from "vitest";
import type { NestedArray, Op, Params } from "../../src/expr/index.ts";
import { NO_PARAMS } from "../../src/expr/op.ts";
import * as control from "../../src/expr/ops/gradient-control.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import * as linalg from "../../src/expr/ops/linalg/ops.ts";
import * as movement from "../../src/expr/ops/movement/ops.ts";
import * as neural from "../../src/expr/ops/neural/ops.ts";
import * as reductions from "../../src/expr/ops/reductions/ops.ts";
import { operandName } from "../../src/expr/ops/structured.ts";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import { type DType, sizeOf } from "../../src/expr/shape.ts";
import { type ConcreteTensor, dataOf, tensor } from "../../src/expr/tensor.ts";
import { evaluateLowered } from "./naive-lowering.ts";

/** Every operation that is not pointwise. */
export const structured: readonly Op[] = [...allOps().values()].filter(
  ({ name }) => !pointwiseFunctions().has(name),
);

/** Those whose lowering needs no kernel of its own. */
export const lowered: readonly Op[] = structured.filter(
  (op) => op.lower !== undefined && kindAt(op, operandsAt(op, 0), paramsAt(op, 0)) !== "special",
);

/** How an operation comes apart. */
export function kindAt(
  op: Op,
  inputs: readonly ConcreteTensor[],
  params: Params,
): string | undefined {
  return op.lower?.(inputs, params)?.kind;
}

export function paramsAt(op: Op, sample: number): Params {
  return op.samples[sample]?.params ?? NO_PARAMS;
}

/** The operands of a sample. */
export function operandsAt(op: Op, sample: number, dtype: DType = "float64"): ConcreteTensor[] {
  const inputs = op.samples[sample]?.inputs ?? [];
  return inputs.map((input, i) => {
    const isDiscrete = op.discrete.includes(operandName(op, i));
    return made(input as NestedArray, isDiscrete ? "int32" : dtype);
  });
}

/** A tensor, or a scalar that is no literal, of any dtype; int32 drops fractions. */
export function made(values: NestedArray, dtype: DType = "float64"): ConcreteTensor {
  if (typeof values === "number") return tensor([values], { dtype, shape: [] });
  const flat = (values as readonly unknown[]).flat(9) as number[];
  const clipped = dtype === "int32" ? flat.map((x) => Math.trunc(x) | 0) : flat;
  return tensor(clipped, { dtype, shape: tensor(values).shape });
}

/** Numbers that look random and are the same in every run (Park and Miller, 1988). */
export function randomTensor(shape: readonly number[], dtype: DType = "float64"): ConcreteTensor {
  let state = 12345 + sizeOf(shape);
  const values = Float64Array.from({ length: sizeOf(shape) }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 8 - 4;
  });
  return tensor(dtype === "int32" ? values.map(Math.trunc) : values, { shape, dtype });
}

const EXACT: ReadonlySet<unknown> = new Set([
  ...Object.values(movement),
  ...Object.values(control),
  reductions.maxOp,
  reductions.minOp,
  reductions.allOp,
  reductions.anyOp,
  reductions.argmaxOp,
  reductions.argminOp,
]);

/** Sums of terms that may cancel: their errors are measured by the largest element. */
const CANCELLING: ReadonlySet<Op> = new Set([
  linalg.matmulOp,
  linalg.traceOp,
  neural.standardizeOp,
  reductions.logSumExpOp,
  reductions.meanOp,
  reductions.sumOp,
]);

const ALLOWED_ULPS = 6;

const EPSILON: Readonly<Record<DType, number>> = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  int32: 0,
  bool: 0,
};

/** Demands that the lowering gives what evaluation gives; returns the names of what it ran by itself. */
export function expectSame(
  op: Op,
  inputs: readonly ConcreteTensor[],
  params: Params = NO_PARAMS,
): Set<string> {
  const ran = new Set<string>();
  const expected = op.evaluate(inputs, params);
  const found = evaluateLowered(op, inputs, params, ran);
  const message = `${op.name} ${JSON.stringify(params)} of ${inputs.join(", ")}`;
  expect(found.length, message).toBe(expected.length);
  const size = CANCELLING.has(op) ? largestSize(inputs) : 0;
  expected.forEach((truth, i) => {
    const result = found[i] as ConcreteTensor;
    expect([result.shape, result.dtype], message).toEqual([truth.shape, truth.dtype]);
    const epsilon = EXACT.has(op) ? 0 : EPSILON[truth.dtype];
    dataOf(truth).forEach((value: number, k: number) => {
      const element = result.at(k);
      if (Object.is(element, value) || (epsilon > 0 && element === value)) return;
      const gap = Math.abs(element - value) / Math.max(Math.abs(value), size);
      const text = `${element} instead of ${value}: ${message}`;
      expect(gap, text).toBeLessThanOrEqual(ALLOWED_ULPS * epsilon);
    });
  });
  return ran;
}

function largestSize(inputs: readonly ConcreteTensor[]): number {
  const sizes = inputs.flatMap((input) => Array.from(dataOf(input), (x: number) => Math.abs(x)));
  return sizes.filter(Number.isFinite).reduce((x, y) => Math.max(x, y), 0);
}
