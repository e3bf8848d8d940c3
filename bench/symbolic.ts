// Symbolic derivatives beside mathjs: the 3-2-2 network's 14 partials, Rosenbrock, nested sigmoids.

import { all, create, type FactoryFunctionMap, type MathNode } from "mathjs/number";
import type { Formula } from "../src/index.ts";
import { type Contender, interleave, printTimings, requireEqual, type Timing } from "./harness.ts";

/** The built package, as users run it. */
const { derivative, evaluate, expand, gradient, parse, reachable, toMathjs } = (await import(
  new URL("dist/index.js", `file://${process.cwd()}/`).href
)) as typeof import("../src/index.ts");

const math = create(all as FactoryFunctionMap);

type NumberPoint = Readonly<Record<string, number>>;

const NETWORK = `h = sigmoid(w1 * x + b1)
y = sigmoid(w2 * h + b2)
loss = sum((y - t) .^ 2) / 2`;

/** What stands in the way of a measurement of one problem: both systems from a parsed formula. */
interface Problem {
  readonly name: string;
  /** A formula in a graph of its own, that nothing has been derived from yet. */
  readonly fresh: () => Formula;
  readonly names: readonly string[];
  readonly point: NumberPoint;
  /** The same formula as mathjs reads it. */
  readonly text: string;
}

function networkProblem(): Problem {
  const shapes = { w1: [2, 3], x: [3], b1: [2], w2: [2, 2], b2: [2], t: [2] };
  const fresh = (): Formula => expand(parse(NETWORK, { shapes }));
  const formula = fresh();
  const given: NumberPoint = {
    ...{ x_1: 1, x_2: 2, x_3: 3, t_1: 0.5, t_2: 0.1, b1_1: 0.5, b1_2: 0.5, b2_1: 0.3, b2_2: 0.3 },
    ...{ w1_1_1: 0.1, w1_1_2: 0.3, w1_1_3: 0.5, w1_2_1: 0.2, w1_2_2: 0.4, w1_2_3: 0.6 },
    ...{ w2_1_1: 0.7, w2_1_2: 0.9, w2_2_1: 0.8, w2_2_2: 0.1 },
  };
  const names = formula.names.filter((name) => /^[wb]/.test(name));
  return {
    name: "3-2-2 network, 14 partials",
    fresh,
    names,
    point: given,
    text: toMathjs(formula, { expand: true }).toString(),
  };
}

function rosenbrock(n: number): Problem {
  const terms = Array.from(
    { length: n - 1 },
    (_, i) => `100 * (x${i + 2} - x${i + 1}^2)^2 + (1 - x${i + 1})^2`,
  );
  const text = terms.join(" + ");
  const point = Object.fromEntries(
    Array.from({ length: n }, (_, i) => [`x${i + 1}`, ((i * 37) % 11) / 10 - 0.4]),
  );
  const fresh = (): Formula => parse(text);
  return { name: `Rosenbrock, ${n} variables`, fresh, names: fresh().names, point, text };
}

function mathjsPartials(tree: MathNode, names: readonly string[]): readonly MathNode[] {
  return names.map((name) => math.derivative(tree, name, { simplify: false }));
}

function countNodes(nodes: readonly MathNode[]): number {
  let count = 0;
  for (const node of nodes) node.traverse(() => void count++);
  return count;
}

export interface Row {
  readonly problem: string;
  readonly timings: readonly Timing[];
}

function measure({ name, fresh, names, point, text }: Problem): Row[] {
  const tree = math.parse(text);
  const own = gradient(fresh(), names);
  const theirs = mathjsPartials(tree, names);
  const compiled = theirs.map((node) => node.compile());
  const ownValues = Object.values(evaluate(own, point)).map((value) => value.item());
  const theirValues = compiled.map((code) => code.evaluate({ ...point }) as number);
  requireEqual(name, ownValues, theirValues, 1e-12);
  const distinct = reachable(joined(own)).length;
  process.stdout.write(
    `\n${name}: ${distinct} distinct nodes here, ${countNodes(theirs)} tree nodes in mathjs\n`,
  );
  const build = interleave([
    fromFresh("symtape gradient", fresh, (formula) => gradient(formula, names)),
    {
      name: "mathjs derivative, raw",
      prepare: () => math.parse(text),
      run: (parsed) => mathjsPartials(parsed as MathNode, names),
    },
  ]);
  printTimings(`${name}: build the partials from a parsed formula`, build);
  const scope = { ...point };
  const compute = interleave([
    { name: "symtape evaluate", run: () => evaluate(own, point) },
    { name: "mathjs compiled", run: () => compiled.map((code) => code.evaluate(scope)) },
  ]);
  printTimings(`${name}: evaluate the partials`, compute);
  return [
    { problem: `${name}: build`, timings: build },
    { problem: `${name}: evaluate`, timings: compute },
  ];
}

/** A contender whose every call gets a graph that knows no derivative yet. */
function fromFresh(
  name: string,
  prepare: () => Formula,
  run: (formula: Formula) => unknown,
): Contender {
  return { name, prepare, run: (formula) => run(formula as Formula) };
}

function joined(formulas: Readonly<Record<string, Formula>>): Formula["output"][] {
  return Object.values(formulas).map(({ output }) => output);
}

/** sigmoid nested to a depth. */
function nested(depth: number): Formula {
  let text = "x";
  for (let i = 0; i < depth; i++) text = `sigmoid(${text})`;
  return parse(text);
}

function swell(): Row[] {
  process.stdout.write("\nDistinct nodes in the derivative of nested sigmoids\n");
  for (const depth of [1, 2, 4, 8, 16, 32, 64]) {
    const nodes = reachable([derivative(nested(depth), "x").output]).length;
    process.stdout.write(`  depth ${String(depth).padStart(3)}: ${nodes}\n`);
  }
  const timings = interleave(
    [8, 16, 32, 64, 128].map((depth) => {
      const fresh = (): Formula => nested(depth);
      return fromFresh(`depth ${depth}`, fresh, (formula) => derivative(formula, "x"));
    }),
  );
  printTimings("derivative of nested sigmoids: cost by depth", timings);
  const variables = interleave(
    [25, 50, 100, 200, 400].map((n) => {
      const { fresh } = rosenbrock(n);
      return fromFresh(`${n} variables`, fresh, (formula) => gradient(formula));
    }),
  );
  printTimings("gradient of Rosenbrock: cost by number of variables", variables);
  return [
    { problem: "nested sigmoids by depth", timings },
    { problem: "Rosenbrock by variables", timings: variables },
  ];
}

export function symbolicBench(): Row[] {
  return [...measure(networkProblem()), ...measure(rosenbrock(50)), ...swell()];
}
