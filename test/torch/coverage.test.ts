// Whether the PyTorch cases leave anything out.

import { describe, expect, it } from "vitest";
import * as library from "../../src/expr/index.ts";
import { reachable, SymbolicTensor, symbol, type Tensor } from "../../src/expr/index.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { constantOp, inputOp } from "../../src/expr/ops/leaves.ts";
import { disagreements } from "./agreement.ts";
import { callOn, functionOf, titleOf } from "./call.ts";
import {
  type Area,
  type ByOperand,
  type Stored,
  type TorchCase,
  tensorOf,
  torchCases,
} from "./fixture.ts";
import { activeOperands, gradientOf, measure } from "./measure.ts";

const LEAST = 400;

/** Differentiable operations without a case, and why. */
const UNCOVERED: Readonly<Record<string, string>> = {
  selected: "marks what a choice left out, and leaves the numbers as they are",
};

/** What the graph exports beside functions on tensors. */
const NO_OPERATIONS = [
  "Graph",
  "SymbolicTensor",
  "SymtapeError",
  "Tensor",
  "evaluate",
  "fromJSON",
  "isFormula",
  "isSame",
  "reachable",
  "requireSameShape",
  "scalar",
  "symbol",
  "tensor",
  "toFormula",
  "toJSON",
];

/** Names of the operations that a case and the gradient of its squares run. */
function operationsOf(one: TorchCase): string[] {
  const operands = one.inputs.map((stored, i) =>
    stored.dtype === undefined ? symbol(`x${i}`, { shape: stored.shape }) : tensorOf(stored),
  );
  const active = activeOperands(one).map((place) => operands[place] as Tensor);
  const values = [
    ...callOn(one, operands),
    ...(one.gradients === undefined ? [] : gradientOf({ ...one, squares: true })(active)),
  ];
  const symbolic = values.filter((value) => value instanceof SymbolicTensor);
  return symbolic.flatMap((value) => reachable([value]).map(({ op }) => op.name));
}

/** The case with one wrong number: in an output, a gradient, or a product with the Hessian. */
function distorted(one: TorchCase): TorchCase[] {
  const { outputs, gradients, product } = one;
  return [
    ...distortions(one, outputs).map((list) => ({ ...one, outputs: list as readonly Stored[] })),
    ...distortions(one, gradients).map((list) => ({ ...one, gradients: list })),
    ...distortions(one, product).map((list) => ({ ...one, product: list })),
  ];
}

function distortions({ scale = 0 }: TorchCase, list: ByOperand = []): ByOperand[] {
  return list.flatMap((stored, i) => {
    if (stored === null || stored.data.length === 0) return [];
    const numbers = stored.data.map(Number);
    const largest = Math.max(scale, ...numbers.map(Math.abs)) || 1;
    const change = stored.dtype === undefined ? 1e-8 * largest : 1;
    const data = numbers.with(-1, (numbers.at(-1) as number) + change);
    return [list.with(i, { ...stored, data })];
  });
}

describe("the PyTorch cases", () => {
  const cases = Object.values(torchCases).flat();

  it(`are at least ${LEAST}`, () => {
    expect(cases.length).toBeGreaterThanOrEqual(LEAST);
  });

  it.each(Object.keys(torchCases) as Area[])("of %s notice one part in 10⁸", (area) => {
    const unnoticed = torchCases[area].filter((one) => {
      const found = measure(one);
      return distorted(one).some((other) => disagreements(other, found).length === 0);
    });
    expect(unnoticed.map(titleOf)).toEqual([]);
  });

  it("run every differentiable operation", () => {
    const run = new Set(cases.flatMap(operationsOf));
    const missing = [...allOps().values()]
      .filter((op) => op !== inputOp && op !== constantOp && !op.nondifferentiable)
      .map((op) => op.name)
      .filter((name) => !run.has(name));
    expect(missing.sort()).toEqual(Object.keys(UNCOVERED).sort());
  });

  it("call every public function on tensors", () => {
    const called = new Set<unknown>(cases.map(functionOf));
    const missing = Object.entries(library)
      .filter(([, value]) => typeof value === "function" && !called.has(value))
      .map(([name]) => name);
    expect(missing.sort()).toEqual([...NO_OPERATIONS].sort());
  });
});
