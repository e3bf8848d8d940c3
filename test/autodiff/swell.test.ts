import { describe, expect, it } from "vitest";
import { reachable, unify } from "../../src/expr/graph.ts";
import {
  derivative,
  evaluate,
  expand,
  expandPoint,
  type Formula,
  grad,
  gradient,
  parse,
} from "../../src/index.ts";

const network = parse(
  "h = sigmoid(w1 * x + b1)\ny = sigmoid(w2 * h + b2)\nloss = sum((y - t) .^ 2) / 2",
  { shapes: { w1: [2, 3], x: [3], b1: [2], w2: [2, 2], b2: [2], t: [2] } },
);
const point = expandPoint({
  w1: [
    [0.1, 0.3, 0.5],
    [0.2, 0.4, 0.6],
  ],
  x: [1, 2, 3],
  b1: [0.5, 0.5],
  w2: [
    [0.7, 0.9],
    [0.8, 0.1],
  ],
  b2: [0.3, 0.3],
  t: [0.5, 0.1],
});

function distinctNodes(formulas: Readonly<Record<string, Formula>>): number {
  const { values } = unify(Object.values(formulas).map(({ output }) => output));
  return reachable(values).length;
}

describe("derivatives do not swell", () => {
  const scalars = expand(network);
  const names = scalars.names.filter((name) => /^[wb]/.test(name));
  const partials = gradient(scalars, names);

  it("the network's loss has 14 parameters, each with a symbol of its own", () => {
    expect(names).toHaveLength(14);
  });

  it("all 14 partials of the network's loss have at most 300 distinct nodes together", () => {
    expect(distinctNodes(partials)).toBeLessThanOrEqual(300);
  });

  it("all 14 partials agree with the tape to 1e-12", () => {
    const symbolic = evaluate(partials, point);
    const tape = grad(scalars as never)(point as never) as Readonly<Record<string, number>>;
    for (const name of names) {
      const value = (symbolic[name] as { item(): number }).item();
      const expected = tape[name] as number;
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
    }
  });

  it("a sigmoid nested 8 deep has at most 80 distinct nodes in its derivative, and growth is linear", () => {
    const nested = (depth: number): Formula =>
      parse(`${"sigmoid(".repeat(depth)}x${")".repeat(depth)}`);
    const sizes = [8, 16, 32, 64].map((depth) =>
      distinctNodes({ slope: derivative(nested(depth), "x") }),
    );
    expect(sizes[0]).toBeLessThanOrEqual(80);
    expect(sizes[3]).toBeLessThanOrEqual(8 * (sizes[0] as number));
  });

  it("the gradient of Rosenbrock grows linearly with the number of variables", () => {
    const size = (n: number): number => {
      const terms = Array.from(
        { length: n - 1 },
        (_, i) => `100 * (x${i + 2} - x${i + 1}^2)^2 + (1 - x${i + 1})^2`,
      );
      return distinctNodes(gradient(parse(terms.join(" + "))));
    };
    expect(size(200)).toBeLessThanOrEqual(4.2 * size(50));
  });
});
