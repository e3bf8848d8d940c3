// simplify() preserves the value on the reals: random expressions over all pointwise operations.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Graph, reachable, type SymbolicTensor } from "../../../src/expr/graph.ts";
import { NO_PARAMS } from "../../../src/expr/op.ts";
import { inputOp } from "../../../src/expr/ops/leaves.ts";
import { pointwiseFunctions } from "../../../src/expr/ops/tensor-arithmetic.ts";
import { simplify } from "../../../src/expr/symbolic/simplify/simplify.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";
import { type ConcreteTensor, scalar } from "../../../src/expr/tensor.ts";

/** A recipe for an expression: each step applies an operation to earlier values. */
type Recipe = readonly (readonly [op: number, first: number, second: number, third: number])[];

const OPS = [...pointwiseFunctions().values()].map((f) => f.op);
// The four operations and powers make most of what is simplified, so they are drawn more often.
const COMMON = OPS.filter((op) =>
  [
    "add",
    "subtract",
    "multiply",
    "divide",
    "negate",
    "pow",
    "exp",
    "log",
    "sigmoid",
    "square",
    "where",
    "sqrt",
    "sin",
    "cos",
  ].includes(op.name),
);
const CHOICES = [...OPS, ...Array.from({ length: 6 }, () => COMMON).flat()];
const CONSTANTS = [0, 1, 2, 3, -1, -2, 0.5, 0.1, 10];

function build(recipe: Recipe): SymbolicTensor {
  const graph = new Graph();
  const values: SymbolicTensor[] = [
    graph.input("x"),
    graph.input("y"),
    ...CONSTANTS.map((value) => graph.constant(value)),
  ];
  for (const [choice, ...places] of recipe) {
    const op = CHOICES[choice % CHOICES.length] as (typeof OPS)[number];
    const operands = op.inputs.map((_, i) => {
      // Half of the operands are recent values, so that expressions grow deep.
      const place = places[i] as number;
      const index = place % 2 === 0 ? values.length - 1 - (place % 4) / 2 : place % values.length;
      return values[Math.max(0, Math.floor(index))] as SymbolicTensor;
    });
    values.push(graph.apply(op, operands, NO_PARAMS)[0] as SymbolicTensor);
  }
  return values.at(-1) as SymbolicTensor;
}

interface Outcome {
  readonly value: number;
  /** The largest intermediate value or reciprocal of one. */
  readonly largest: number;
  /** Whether all values on the way are real numbers. */
  readonly real: boolean;
}

function evaluate(root: SymbolicTensor, x: number, y: number): Outcome {
  const results = new Map<SymbolicTensor, ConcreteTensor>();
  let largest = 1;
  let real = true;
  for (const node of reachable([root])) {
    const output = node.outputs[0] as SymbolicTensor;
    const value =
      node.value ??
      (node.op === inputOp
        ? scalar(node.params.name === "x" ? x : y)
        : (node.op.evaluate(
            node.inputs.map((input) => results.get(input) as ConcreteTensor),
            node.params,
          )[0] as ConcreteTensor));
    results.set(output, value);
    const number = Math.abs(value.at(0));
    if (Number.isNaN(number)) continue;
    // The reals have no infinity and one zero.
    if (number === Number.POSITIVE_INFINITY || Object.is(value.at(0), -0)) real = false;
    if (
      isNearJump(
        node.op.name,
        node.inputs.map((input) => (results.get(input) as ConcreteTensor).at(0)),
      )
    ) {
      real = false;
    }
    largest = Math.max(largest, number, number === 0 ? 0 : 1 / number);
  }
  return { value: (results.get(root) as ConcreteTensor).at(0), largest, real };
}

/** Whether rounding decides between two sides of a step: nearly a tie, but none. */
function isNearJump(name: string, operands: readonly number[]): boolean {
  const [x = 0, y = 0] = operands;
  const close = (distance: number): boolean => distance !== 0 && Math.abs(distance) < 1e-9;
  if (["floor", "ceil", "round"].includes(name)) return close(2 * x - Math.round(2 * x));
  if (name === "mod") return close(x / y - Math.round(x / y));
  return operands.length === 2 ? close(x - y) : close(x);
}

const POINTS = [-2.5, -1, -0.3, 0, 0.4, 1, 1.7, 3];
const recipes = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), {
  minLength: 2,
  maxLength: 12,
}) as fc.Arbitrary<Recipe>;

test("the value stays the same, and undefined stays undefined", () => {
  let compared = 0;
  fc.assert(
    fc.property(recipes, (recipe) => {
      const before = build(recipe);
      const after = simplify(before) as SymbolicTensor;
      expect(after.shape).toEqual(before.shape);
      if (!before.weak)
        expect(after.dtype, `${format(before)} => ${format(after)} ${after.node.op.name}`).toBe(
          before.dtype,
        );
      for (const x of POINTS) {
        for (const y of [-1.5, 0, 2]) {
          const old = evaluate(before, x, y);
          // Beyond the reals, and where digits are lost for good, nothing is promised.
          if (!old.real || old.largest > 1e8) continue;
          const now = evaluate(after, x, y);
          if (Number.isNaN(old.value)) {
            if (!now.real) continue;
            expect(now.value, `${format(before)} => ${format(after)} at ${x}, ${y}`).toBeNaN();
            continue;
          }
          if (!now.real && Number.isFinite(now.value)) continue;
          const scale = Math.max(old.largest, now.largest) ** 2;
          if (scale > 1e12) continue;
          compared++;
          expect(
            Math.abs(now.value - old.value),
            `${format(before)} => ${format(after)} at ${x}, ${y}: ${old.value} ${now.value}`,
          ).toBeLessThanOrEqual(1e-9 * scale);
        }
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 2000) },
  );
  expect(compared).toBeGreaterThan(1000);
}, 120_000);
