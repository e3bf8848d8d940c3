// simplify() of first and second derivatives: the value stays what it was, over random formulas.

import fc from "fast-check";
import { expect, test } from "vitest";
import { derivative } from "../../../src/autodiff/derivative.ts";
import { reachable, type SymbolicTensor } from "../../../src/expr/graph.ts";
import { inputOp } from "../../../src/expr/ops/leaves.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { simplify } from "../../../src/expr/symbolic/simplify/simplify.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";
import { type ConcreteTensor, scalar } from "../../../src/expr/tensor.ts";

const FUNCTIONS = "exp log sqrt sin cos tan tanh sigmoid softplus abs".split(" ");
const ATOMS = "x x x y a 1 2 0.5 0.1 3 x/x a^x 1/x y/x x^2 x^3 x^y".split(" ");

/** A formula in the symbols x, y and a. */
function formulas(depth: number): fc.Arbitrary<string> {
  const atom = fc.constantFrom(...ATOMS).map((text) => `(${text})`);
  if (depth === 0) return atom;
  const part = formulas(depth - 1);
  const binary = fc.tuple(fc.constantFrom(..."+-*/^"), part, part);
  const choice = fc.tuple(fc.constantFrom(">", "<=", "=="), part, part, part, part);
  return fc.oneof(
    atom,
    { weight: 4, arbitrary: binary.map(([sign, left, right]) => `(${left} ${sign} ${right})`) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...FUNCTIONS), part)
        .map(([name, operand]) => `${name}(${operand})`),
    },
    fc.tuple(part, part).map(([left, right]) => `max(${left}, ${right})`),
    choice.map(([sign, left, right, yes, no]) => `(${left} ${sign} ${right} ? ${yes} : ${no})`),
  );
}

interface Outcome {
  readonly value: number;
  /** How far digits may have been lost: the largest value, or reciprocal of one, on the way. */
  readonly largest: number;
  /** Whether all values on the way are ordinary numbers, and no comparison is decided by rounding. */
  readonly ordinary: boolean;
}

const COMPARISONS: ReadonlySet<string> = new Set(
  "equal notEqual less lessEqual greater greaterEqual maximum minimum sign abs".split(" "),
);

function evaluate(root: SymbolicTensor, point: Readonly<Record<string, number>>): Outcome {
  const results = new Map<SymbolicTensor, ConcreteTensor>();
  let largest = 1;
  let ordinary = true;
  for (const node of reachable([root])) {
    const inputs = node.inputs.map((input) => results.get(input) as ConcreteTensor);
    const result =
      node.value ??
      (node.op === inputOp
        ? scalar(point[node.params.name as string] as number)
        : (node.op.evaluate(inputs, node.params)[0] as ConcreteTensor));
    results.set(node.outputs[0] as SymbolicTensor, result);
    const size = Math.abs(result.at(0));
    if (Number.isNaN(size)) continue;
    if (size > 1e100 || (size > 0 && size < 1e-100)) ordinary = false;
    if (Object.is(result.at(0), -0)) ordinary = false;
    if (COMPARISONS.has(node.op.name)) {
      const [left = 0, right = 0] = inputs.map((input) => input.at(0));
      const distance = Math.abs(left - right);
      if (distance > 0 && distance < 1e-9 * Math.max(1, Math.abs(left))) ordinary = false;
    }
    largest = Math.max(largest, size, size === 0 ? 0 : 1 / size);
  }
  return { value: (results.get(root) as ConcreteTensor).at(0), largest, ordinary };
}

const coordinate = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.double({ min: 1e-4, max: 0.02, noNaN: true }),
  fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  fc.double({ min: 25, max: 35, noNaN: true }),
  fc.constantFrom(1, 2, -1, 0.5),
);
const points = fc.array(fc.record({ x: coordinate, y: coordinate, a: coordinate }), {
  minLength: 8,
  maxLength: 8,
});

test("a simplified derivative has the value of the derivative", () => {
  let compared = 0;
  fc.assert(
    fc.property(formulas(3), fc.constantFrom(1, 2), points, (text, order, places) => {
      const formula = parse(text);
      if (!formula.names.includes("x")) return;
      const before = derivative(formula, "x", order).output;
      const after = simplify(before) as SymbolicTensor;
      for (const point of places) {
        const old = evaluate(before, point);
        if (!old.ordinary) continue;
        const now = evaluate(after, point);
        const report = (): string =>
          `${text} by order ${order}: ${format(before)} => ${format(after)} at ${JSON.stringify(point)}: ${old.value} ${now.value}`;
        if (Number.isNaN(old.value)) {
          if (!Number.isNaN(now.value) && now.ordinary) expect(now.value, report()).toBeNaN();
          continue;
        }
        const scale = Math.max(old.largest, now.ordinary ? now.largest : old.largest);
        if (scale > 1e7) continue;
        compared++;
        const difference = Math.abs(now.value - old.value);
        if (!(difference <= 1e-12 * scale ** 2)) {
          expect(difference, report()).toBeLessThanOrEqual(1e-12 * scale ** 2);
        }
      }
    }),
    { seed: Number(process.env.SEED ?? 20260), numRuns: Number(process.env.RUNS ?? 300) },
  );
  expect(compared).toBeGreaterThan(200);
}, 600_000);
