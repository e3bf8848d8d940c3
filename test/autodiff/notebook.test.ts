// A teaching notebook that works backpropagation by hand on a 3-2-2 network, its figures typed in.

import { describe, expect, it } from "vitest";
import {
  add,
  divide,
  grad,
  gradient,
  matmul,
  multiply,
  record,
  scalar,
  sigmoid,
  square,
  subtract,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  valueAndGrad,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";

const x = tensor([1, 2, 3]);
const target = tensor([0.5, 0.1]);
const w1 = tensor([
  [0.1, 0.3, 0.5],
  [0.2, 0.4, 0.6],
]);
const w2 = tensor([
  [0.7, 0.9],
  [0.8, 0.1],
]);

interface Network {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
}

const perUnit = { w1, b1: tensor([0.5, 0.5]), w2, b2: tensor([0.3, 0.3]) };
const shared = { w1, b1: scalar(0.5), w2, b2: scalar(0.3) };

const hidden = (p: Network): Tensor => sigmoid(add(matmul(p.w1, x), p.b1));
const output = (p: Network): Tensor => sigmoid(add(matmul(p.w2, hidden(p)), p.b2));
const error = (p: Network): Tensor => divide(sum(square(subtract(output(p), target))), 2);

/** Every number within 1e-14 of the figure, relative to it. */
function expectFigures(found: Tensor, figures: readonly number[]): void {
  const values = Array.from(dataOf(found.concrete("test")));
  expect(values).toHaveLength(figures.length);
  values.forEach((value, i) => {
    const figure = figures[i] as number;
    expect(Math.abs(value - figure), `${value} beside ${figure}`).toBeLessThanOrEqual(
      1e-14 * Math.abs(figure),
    );
  });
}

const GRADIENT_W1 = [
  ...[0.00747632669468897, 0.01495265338937793, 0.0224289800840669],
  ...[0.00174744058838932, 0.00349488117677865, 0.00524232176516797],
];
const GRADIENT_W2 = [
  ...[0.04047892032268895, 0.04166267548387157],
  ...[0.11298352246660469, 0.11628758361206636],
];
const DELTA_2 = [0.04319932691812674, 0.1205766380251159];
const DELTA_1 = [0.00747632669468897, 0.00174744058838932];

describe("the forward pass", () => {
  it("gives the weighted sums, the hidden layer, the output and the error", () => {
    expectFigures(add(matmul(w1, x), 0.5), [2.7, 3.3]);
    expectFigures(hidden(perUnit), [0.9370266439430035, 0.9644288107273639]);
    expectFigures(output(perUnit), [0.8610339864424298, 0.7587912922319807]);
    expectFigures(error(perUnit), [0.2821757530435978]);
    expectFigures(error(shared), [0.2821757530435978]);
  });

  it("gives the two factors of the notebook's product to the digits that it prints", () => {
    const [first] = output(perUnit).toArray() as number[];
    expect(((first as number) - 0.5).toFixed(8)).toBe("0.36103399");
    expect(((first as number) * (1 - (first as number))).toFixed(8)).toBe("0.11965446");
  });
});

describe("the backward pass", () => {
  it("with a bias for each unit gives all fourteen partial derivatives", () => {
    const found = grad(error)(perUnit);
    expectFigures(found.w1, GRADIENT_W1);
    expectFigures(found.w2, GRADIENT_W2);
    expectFigures(found.b1, DELTA_1);
    expectFigures(found.b2, DELTA_2);
  });

  it("with one bias shared by each layer sums over its units", () => {
    const found = grad(error)(shared);
    expectFigures(found.b1, [0.00922376728307829]);
    expectFigures(found.b2, [0.16377596494324265]);
    expectFigures(found.w1, GRADIENT_W1);
    expectFigures(found.w2, GRADIENT_W2);
  });

  it("leaves the deltas on the tape as adjoints of the weighted sums", () => {
    const { rows } = record(error, perUnit);
    const deltas = rows.filter(({ op }) => op === "add").map(({ adjoint }) => adjoint);
    expectFigures(deltas[0] as Tensor, DELTA_1);
    expectFigures(deltas[1] as Tensor, DELTA_2);
  });

  it("as a formula gives the same figures", () => {
    const symbols = () => ({
      w1: symbol("w1", { shape: [2, 3] }),
      b1: symbol("b1", { shape: [2] }),
      w2: symbol("w2", { shape: [2, 2] }),
      b2: symbol("b2", { shape: [2] }),
    });
    const formulas = gradient(toFormula(error(symbols())));
    expectFigures(formulas.w1?.(perUnit) as Tensor, GRADIENT_W1);
    expectFigures(formulas.w2?.(perUnit) as Tensor, GRADIENT_W2);
    expectFigures(formulas.b1?.(perUnit) as Tensor, DELTA_1);
    expectFigures(formulas.b2?.(perUnit) as Tensor, DELTA_2);
    const one = gradient(toFormula(error({ ...symbols(), b1: symbol("b1"), b2: symbol("b2") })));
    expectFigures(one.b1?.(shared) as Tensor, [0.00922376728307829]);
    expectFigures(one.b2?.(shared) as Tensor, [0.16377596494324265]);
  });
});

/** The error after so many steps of gradient descent with rate 0.5. */
function train(start: Network, steps: number): number {
  let params = start;
  for (let i = 0; i < steps; i++) {
    const { gradient: slope } = valueAndGrad(error)(params);
    const step = (name: keyof Network): Tensor =>
      subtract(params[name], multiply(0.5, slope[name]));
    params = { w1: step("w1"), b1: step("b1"), w2: step("w2"), b2: step("b2") };
  }
  return error(params).item();
}

/** To twelve digits, or to as many as y − t has when y, near t, is rounded to float64. */
function expectError(found: number, figure: number): void {
  const distance = Math.sqrt(2 * figure);
  const rounding = 2 * Number.EPSILON * distance;
  expect(Math.abs(found - figure)).toBeLessThan(Math.max(1e-12 * figure, rounding));
}

describe("training by gradient descent", () => {
  it.each([
    [1, 0.25831632163564605, 0.2529163023393456],
    [10, 0.07893603022229065, 0.04674468058898787],
    [100, 0.00024311249044041828, 0.0002913206838863338],
    [1000, 2.2117235971838106e-13, 3.912216334913925e-12],
  ])("after %d steps has the error %d, and %d with shared biases", (steps, unit, layer) => {
    expectError(train(perUnit, steps), unit);
    expectError(train(shared, steps), layer);
  });
});
