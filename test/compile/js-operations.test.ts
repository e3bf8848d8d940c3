// Every operation as a JavaScript program, beside its evaluation.

import { describe, expect, it } from "vitest";
import { Graph, type SymbolicTensor } from "../../src/expr/graph.ts";
import type { Op, Sample } from "../../src/expr/op.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { operandName } from "../../src/expr/ops/structured.ts";
import { allocate, type DType, roundTo } from "../../src/expr/shape.ts";
import { ConcreteTensor, dataOf, type NestedArray, tensor } from "../../src/expr/tensor.ts";
import { expectSameBits } from "./js-harness.ts";

/** Operations whose steps depend on the numbers that they get, or that have no end known beforehand. */
const WITHOUT_PROGRAM: ReadonlySet<string> = new Set([
  ...["argsort", "sort", "maxPool", "maxPoolPlaces"],
  ...["cholesky", "cofactors", "det", "slogdet", "eigh", "expm", "inverse", "solve"],
  ...["lstsq", "pinv", "qr", "svd", "triangularSolve"],
  ...["foldIn", "splitKey", "randomBernoulli", "randomCategorical", "randomNormal"],
  ...["randomPermutation", "randomUniform"],
]);

const SPECIAL = [0, -0, 1, -1, Number.NaN, 1 / 0, -1 / 0, 2, 0.5, 1e-310, 1e300, -3, 700, -690];

/** Numbers between 0 and 1 that are the same on every run. */
function* numbers(): Generator<number, never> {
  for (let state = 12345; ; ) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    yield state / 0x80000000;
  }
}
const random = numbers();
const draw = (): number => random.next().value;

/** The orders of polygamma cannot be large: it takes as many steps. */
const KINDS = ["sample", "ordinary", "ordinary", "special", "special"] as const;

type Kind = "sample" | "ordinary" | "special";

function numberOf(kind: Kind, sample: number, dtype: DType): number {
  if (kind === "sample") return sample;
  if (kind === "special") {
    return draw() < 0.5 ? (SPECIAL[Math.floor(draw() * SPECIAL.length)] as number) : 4 * draw() - 2;
  }
  return dtype === "int32" && draw() < 0.5 ? (draw() - 0.5) * 2 ** 33 : 10 * draw() - 4;
}

function operandsOf(op: Op, { inputs }: Sample, dtype: DType, kind: Kind): ConcreteTensor[] {
  return inputs.map((values, i) => {
    const like = tensor(values as NestedArray);
    if (op.discrete.includes(operandName(op, i))) return tensor(values as NestedArray, INT32);
    const data = allocate(dtype, like.size);
    dataOf(like).forEach((sample, k) => {
      data[k] = roundTo(dtype, numberOf(kind, sample, dtype));
    });
    return new ConcreteTensor(like.shape, dtype, data);
  });
}

const INT32 = { dtype: "int32" } as const;

/** Whether there is a program; undefined where evaluation refuses the operands. */
function check(op: Op, sample: Sample, values: readonly ConcreteTensor[]): boolean | undefined {
  const graph = new Graph();
  const operands = values.map((value, i) =>
    op.discrete.includes(operandName(op, i))
      ? graph.constant(value)
      : graph.input(`x${i}`, value.shape, value.dtype),
  );
  let outputs: readonly SymbolicTensor[];
  try {
    outputs = graph.apply(op, operands, sample.params ?? {});
    op.evaluate(values, sample.params ?? {});
  } catch {
    return undefined;
  }
  const isInput = (_: unknown, i: number): boolean => operands[i]?.node.value === undefined;
  return expectSameBits(operands.filter(isInput), outputs, values.filter(isInput));
}

describe("a program of one operation", () => {
  const ops = [...allOps().values()].filter(({ samples }) => samples.length > 0);
  it.each(ops.map((op) => [op.name, op] as const))("computes %s as evaluation does", (name, op) => {
    const kinds = name === "polygamma" ? (["sample"] as const) : KINDS;
    const found = new Set<boolean | undefined>();
    for (const sample of op.samples) {
      for (const dtype of ["float64", "float32", "int32", "bool"] as const) {
        for (const kind of kinds) {
          found.add(check(op, sample, operandsOf(op, sample, dtype, kind)));
        }
      }
    }
    expect(found.has(true)).toBe(!WITHOUT_PROGRAM.has(name));
  });
});
