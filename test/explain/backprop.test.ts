import { describe, expect, it } from "vitest";
import { backpropLesson } from "../../src/explain/backprop/lesson.ts";

/** Equal to 12 significant digits. */
function expectDigits(found: unknown, expected: readonly number[] | number): void {
  const numbers = [found].flat(3) as number[];
  const wanted = [expected].flat();
  expect(numbers).toHaveLength(wanted.length);
  numbers.forEach((number, i) => {
    const other = wanted[i] as number;
    expect(Math.abs(number - other)).toBeLessThanOrEqual(5e-13 * Math.abs(other));
  });
}

const lesson = backpropLesson();
const shared = backpropLesson({ sharedBias: true });

describe("the notebook's forward pass", () => {
  it("g1, by matrix product and by dot products", () => {
    expectDigits(lesson.forward.g1, [2.7, 3.3]);
    expectDigits(lesson.forward.g1ByDot, [2.7, 3.3]);
    expectDigits(shared.forward.g1, [2.7, 3.3]);
  });

  it("h, y and the loss", () => {
    for (const { forward } of [lesson, shared]) {
      expectDigits(forward.h, [0.9370266439430035, 0.9644288107273639]);
      expectDigits(forward.y, [0.8610339864424298, 0.7587912922319807]);
      expectDigits(forward.loss, 0.2821757530435978);
    }
  });
});

describe("the derivative of the sigmoid", () => {
  it("stands in both of sympy's spellings, by mathjs", () => {
    const { withDecimalE, withExactE, symtape } = lesson.sigmoidDerivative;
    expect(withDecimalE.derivative).toBe(
      "1.0*2.71828182845905**(-x)/(1 + 2.71828182845905**(-x))**2",
    );
    expect(withExactE.derivative).toBe("exp(-x)/(1 + exp(-x))**2");
    expect(symtape.text).toBe("sigmoid(x) * (1 - sigmoid(x))");
  });
});

const W2 = [0.04047892032268895, 0.04166267548387157, 0.11298352246660469, 0.11628758361206636];
const W1 = [
  0.00747632669468897, 0.01495265338937793, 0.0224289800840669, 0.00174744058838932,
  0.00349488117677865, 0.00524232176516797,
];
const B2 = [0.04319932691812674, 0.1205766380251159];
const B1 = [0.00747632669468897, 0.00174744058838932];
const SHARED_B2 = 0.16377596494324265;
const SHARED_B1 = 0.00922376728307829;

describe("the notebook's gradients", () => {
  it("factors at the first output unit", () => {
    expect(lesson.outputLayer.error[0]).toBeCloseTo(0.36103399, 8);
    expect(lesson.outputLayer.slope[0]).toBeCloseTo(0.11965446, 8);
    expect(lesson.factored[0]).toMatchObject({
      name: "w2[1,1]",
      numbers: "0.36103399 · 0.11965446 · 0.93702664",
    });
  });

  it("by hand, layer by layer", () => {
    expectDigits(lesson.outputLayer.w2Gradient, W2);
    expectDigits(lesson.outputLayer.b2Gradient, B2);
    expectDigits(lesson.outputLayer.sharedB2Gradient, SHARED_B2);
    expectDigits(lesson.hiddenLayer.w1Gradient, W1);
    expectDigits(lesson.hiddenLayer.b1Gradient, B1);
    expectDigits(lesson.hiddenLayer.sharedB1Gradient, SHARED_B1);
  });

  const perUnit: Record<string, number> = {
    w1_1_1: W1[0] as number,
    w1_1_2: W1[1] as number,
    w1_1_3: W1[2] as number,
    w1_2_1: W1[3] as number,
    w1_2_2: W1[4] as number,
    w1_2_3: W1[5] as number,
    w2_1_1: W2[0] as number,
    w2_1_2: W2[1] as number,
    w2_2_1: W2[2] as number,
    w2_2_2: W2[3] as number,
  };
  const variants = [
    [
      "a bias per unit",
      lesson,
      {
        ...perUnit,
        b1_1: B1[0] as number,
        b1_2: B1[1] as number,
        b2_1: B2[0] as number,
        b2_2: B2[1] as number,
      },
    ],
    ["one bias for each layer", shared, { ...perUnit, b1: SHARED_B1, b2: SHARED_B2 }],
  ] as const;
  for (const [what, { gradients, agree }, table] of variants) {
    it(`by every method, with ${what}`, () => {
      expect(agree).toBe(true);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(table).sort());
      for (const [name, expected] of Object.entries(table)) {
        const found = gradients[name];
        expectDigits(found?.byHand, expected);
        expectDigits(found?.symbolic, expected);
        expectDigits(found?.tape, expected);
        expectDigits(found?.mathjs, expected);
        expectDigits(found?.complexStep, expected);
        const difference = Math.abs((found?.finiteDifference as number) - expected);
        expect(difference).toBeLessThan(1e-9 * expected);
      }
    });
  }
});

describe("the notebook's training", () => {
  const table = [
    [1, 0.25831632163564605, 0.2529163023393456],
    [10, 0.07893603022229065, 0.04674468058898787],
    [100, 0.00024311249044041828, 0.0002913206838863338],
    [1000, 2.2117235971838106e-13, 3.912216334913925e-12],
  ] as const;
  for (const [k, perUnit, oneBias] of table) {
    it(`the loss after ${k} steps, with gradients by hand`, () => {
      const find = (list: typeof lesson.training.biasPerUnit) =>
        list.find(({ step }) => step === k)?.loss;
      expectDigits(find(lesson.training.biasPerUnit), perUnit);
      expectDigits(find(lesson.training.sharedBias), oneBias);
    });

    it(`the loss after ${k} steps, with gradients from the tape`, () => {
      const find = (list: typeof lesson.training.biasPerUnit) =>
        list.find(({ step }) => step === k)?.lossByTape as number;
      // At 1000 steps E is 2e-13: y − t is 5e-7 and carries a rounding error of 1e-16, so E itself is
      // only known to nine digits; 40-digit arithmetic gives 2.21172359692e-13 and 3.91221633484e-12.
      const tolerance = k === 1000 ? 1e-9 : 5e-13;
      for (const [found, expected] of [
        [find(lesson.training.biasPerUnit), perUnit],
        [find(lesson.training.sharedBias), oneBias],
      ] as const) {
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * expected);
      }
    });
  }
});
