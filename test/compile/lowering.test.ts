// Every operation that comes apart for programs gives the values of its evaluation.

import { describe, expect, it } from "vitest";
import { type Op, type Params, SymtapeError } from "../../src/expr/index.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import * as movement from "../../src/expr/ops/movement/ops.ts";
import * as neural from "../../src/expr/ops/neural/ops.ts";
import * as reductions from "../../src/expr/ops/reductions/ops.ts";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import { type ConcreteTensor, tensor } from "../../src/expr/tensor.ts";
import {
  expectSame,
  lowered,
  operandsAt,
  paramsAt,
  randomTensor,
  structured,
} from "./lowering-expectations.ts";
import { evaluateLowered } from "./naive-lowering.ts";

/** Why programs call `evaluate` for an operation. */
const WITHOUT_LOWERING: Readonly<Record<string, string>> = {
  input: "a leaf",
  constant: "a leaf",
  cholesky: "a decomposition",
  cofactors: "a decomposition",
  det: "a decomposition",
  eigh: "a decomposition",
  expm: "a decomposition",
  inverse: "a decomposition",
  lstsq: "a decomposition",
  pinv: "a decomposition",
  qr: "a decomposition",
  slogdet: "a decomposition",
  solve: "a decomposition",
  svd: "a decomposition",
  triangularSolve: "a decomposition",
  argsort: "sorting",
  sort: "sorting",
  ravelIndex: "it refuses places outside an axis",
  foldIn: "random",
  randomBernoulli: "random",
  randomCategorical: "random",
  randomNormal: "random",
  randomPermutation: "random",
  randomUniform: "random",
  splitKey: "random",
};

describe("lowering", () => {
  it("every operation has a lowering or a reason to have none", () => {
    const without = structured.filter((op) => op.lower === undefined).map(({ name }) => name);
    expect(without.sort()).toEqual(Object.keys(WITHOUT_LOWERING).sort());
  });

  it.each(lowered.map((op) => [op.name, op] as const))(
    "%s gives at its samples what evaluation gives, in every dtype that it takes",
    (_, op) => {
      for (const dtype of ["float64", "float32", "int32", "bool"] as const) {
        op.samples.forEach((_, sample) => {
          const inputs = operandsAt(op, sample, dtype);
          if (dtype === "float64" || accepts(op, inputs, paramsAt(op, sample))) {
            expectSame(op, inputs, paramsAt(op, sample));
          }
        });
      }
    },
  );

  it("composites lead down to pointwise operations and special kernels", () => {
    const ran = new Set<string>();
    for (const op of lowered) {
      op.samples.forEach((_, sample) => {
        for (const name of expectSame(op, operandsAt(op, sample), paramsAt(op, sample)))
          ran.add(name);
      });
    }
    const others = [...ran].filter((name) => !pointwiseFunctions().has(name));
    for (const name of others) expect(allOps().get(name)?.lower, name).toBeDefined();
  });

  it("tensors without elements are left to evaluation", () => {
    const empty = tensor([], { shape: [0, 2] });
    expect(movement.transposeOp.lower?.([empty], { axes: [1, 0] })).toBeUndefined();
    expect(reductions.softmaxOp.lower?.([empty], { axes: [1] })).toBeUndefined();
    const none = { starts: [1], sizes: [0], steps: [1] };
    expect(movement.sliceOp.lower?.([tensor([1, 2])], none)).toBeUndefined();
  });
});

function accepts(op: Op, inputs: readonly ConcreteTensor[], params: Params): boolean {
  try {
    op.infer(inputs, params);
    return true;
  } catch (error) {
    if (error instanceof SymtapeError) return false;
    throw error;
  }
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Lines that try ties, overflow, underflow and what is no number. */
const HARD_LINES: readonly (readonly number[])[] = [
  [nan, 1, 2],
  [inf, 1, 2],
  [-inf, 1, 2],
  [-inf, -inf, -inf],
  [inf, inf, 1],
  [inf, -inf, 0],
  [nan, nan, inf],
  [0, -0, 0],
  [3, 3, 3],
  [1, 5, 5],
  [800, 0, -800],
  [1e300, -1e300, 1e299],
  [3e30, -1e30, 1e30],
  [1e-320, 2e-310, -3e-320],
  [1e-30, 2e-30, -1e-31],
  [1e8, 1e8 + 1, 1e8 - 1],
];

const FURTHER: Readonly<Record<string, readonly Params[]>> = {
  norm: [2, 1, 0, 3, 0.5, -1.5, "inf", "-inf"].map((ord) => ({ ord })),
  variance: [{ ddof: 0 }, { ddof: 1 }, { ddof: 3 }, { ddof: 0.5 }],
  std: [{ ddof: 0 }, { ddof: 1 }, { ddof: 4 }],
  standardize: [{ epsilon: 1e-5 }, { epsilon: 0 }],
  rmsNorm: [{ epsilon: 1e-5 }, { epsilon: 0 }],
};

/** Their squares are numbers of the dtype of the elements, where evaluation has float64. */
const SQUARING = new Set(["variance", "std", "standardize", "rmsNorm"]);

function hasSquare(x: number): boolean {
  const size = Math.abs(x);
  return x === 0 || !Number.isFinite(Math.fround(x)) || (size < 2 ** 60 && size > 2 ** -60);
}

const KEEPING_AXES = new Set(["softmax", "logSoftmax", "standardize", "rmsNorm"]);
const alongAxes = lowered.filter(
  ({ samples }) => samples[0]?.params?.axes !== undefined && samples[0].inputs.length === 1,
);
const reductionsAlongAxes = alongAxes.filter(({ name }) => name !== "transpose");

describe("along axes", () => {
  it.each(reductionsAlongAxes.map((op) => [op.name, op] as const))(
    "%s takes any axes in any dtype",
    (name, op) => {
      for (const shape of [[2, 3, 4], [3, 1, 2], [1]]) {
        for (const axes of [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
          if (axes.some((axis) => axis >= shape.length)) continue;
          for (const further of FURTHER[name] ?? [{}]) {
            for (const keepDims of KEEPING_AXES.has(name) ? [false] : [false, true]) {
              const params = { axes, ...(KEEPING_AXES.has(name) ? {} : { keepDims }), ...further };
              for (const dtype of ["float64", "float32", "int32", "bool"] as const) {
                expectSame(op, [randomTensor(shape, dtype)], params);
              }
            }
          }
        }
      }
    },
  );

  it.each(reductionsAlongAxes.map((op) => [op.name, op] as const))(
    "%s of infinite, vanishing and equal elements is that of evaluation",
    (name, op) => {
      for (const dtype of ["float64", "float32"] as const) {
        for (const line of HARD_LINES) {
          if (dtype === "float32" && SQUARING.has(name) && !line.every(hasSquare)) continue;
          for (const further of FURTHER[name] ?? [{}]) {
            expectSame(op, [tensor([line, [1, 2, 3]], { dtype })], { axes: [1], ...further });
          }
        }
      }
    },
  );

  it("cross entropies of every class are those of evaluation", () => {
    for (const line of HARD_LINES) {
      for (const place of [0, 1, 2]) {
        const classes = tensor([place], { dtype: "int32" });
        for (const dtype of ["float64", "float32"] as const) {
          expectSame(neural.crossEntropyOp, [tensor([line], { dtype }), classes], { axis: 1 });
        }
      }
    }
    const classes = tensor([[2, 0, 1, 1]], { dtype: "int32" });
    expectSame(neural.crossEntropyOp, [randomTensor([1, 3, 4]), classes], { axis: 1 });
    expectSame(neural.crossEntropyOp, [randomTensor([1, 3, 4], "int32"), classes], { axis: 1 });
  });

  it.each([-1, 3])("cross entropies refuse class %i of three", (place) => {
    const operands = [tensor([[1, 2, 3]]), tensor([place], { dtype: "int32" })];
    expect(() => evaluateLowered(neural.crossEntropyOp, operands, { axis: 1 })).toThrow(
      SymtapeError,
    );
  });
});
