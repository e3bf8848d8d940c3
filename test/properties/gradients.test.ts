// Random expressions: the tape, the formula and the independent witnesses agree on their gradients.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alongElement, tryComplexStep } from "../../src/autodiff/check.ts";
import { centralDifference, smoothnessAt } from "../../src/autodiff/differences.ts";
import {
  grad,
  gradient,
  jvp,
  record,
  SymbolicTensor,
  scalar,
  symbol,
  type Tensor,
  toFormula,
} from "../../src/autodiff/index.ts";
import { type PointwiseName, rules } from "../../src/expr/ops/pointwise.gen.ts";
import {
  anyNumber,
  build,
  operationsIn,
  type Recipe,
  recipes,
  tameNumber,
  textOf,
  VARIABLES,
} from "./recipes.ts";

type List = readonly Tensor[];

const points = (numbers: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(numbers, { minLength: VARIABLES.length, maxLength: VARIABLES.length });

const gradientOf = (recipe: Recipe, at: readonly number[]): readonly number[] =>
  grad((p: List) => build(recipe, p))([...at]);

/** The sizes of all products of an adjoint with a local partial: what the gradient is summed up from. */
function contributions(recipe: Recipe, at: readonly number[]): number[] {
  const { rows } = record((p: List) => build(recipe, p), [...at]);
  return rows.flatMap(({ adjoint, partials, inputs }) =>
    partials.flatMap((partial, i) =>
      partial === undefined || !("row" in (inputs[i] as object))
        ? []
        : [Math.abs(adjoint.item() * partial.item())],
    ),
  );
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => (Number.isFinite(value) && value > most ? value : most), 0);
}

/** Whether all local derivatives are finite; else 0 · ∞ comes one way and not the other. */
function isRegular(recipe: Recipe, at: readonly number[]): boolean {
  const { rows } = record((p: List) => build(recipe, p), [...at]);
  return rows.every(({ partials }) =>
    partials.every((partial) => partial === undefined || Number.isFinite(partial.item())),
  );
}

/** Whether a rule of the expression has special values that its derivative in symbols lacks. */
function isGuarded(recipe: Recipe): boolean {
  return operationsIn(recipe).some(({ name }) =>
    rules[name as PointwiseName].partials.some((text) => text.includes("guard")),
  );
}

function same(left: number, right: number, size: number, relative: number): boolean {
  if (Object.is(left, right) || left === right) return true;
  return Math.abs(left - right) <= relative * Math.max(size, Math.abs(left), Math.abs(right));
}

function fail(recipe: Recipe, at: readonly number[], message: string): never {
  throw new Error(`${textOf(recipe)} at ${at.join(", ")}: ${message}`);
}

describe("the gradient on the tape", () => {
  it("is the gradient in symbols, at every kind of point", () => {
    let compared = 0;
    fc.assert(
      fc.property(recipes(anyNumber), points(anyNumber), (recipe, at) => {
        const symbols = VARIABLES.map((name) => symbol(name));
        const expression = build(recipe, symbols);
        if (!(expression instanceof SymbolicTensor)) return;
        const formula = toFormula(expression);
        const point = Object.fromEntries(VARIABLES.map((name, i) => [name, at[i] as number]));
        const onTape = gradientOf(recipe, at);
        const inSymbols = gradient(formula);
        const size = largest(contributions(recipe, at));
        for (const name of formula.names) {
          const left = onTape[VARIABLES.indexOf(name)] as number;
          const right = inSymbols[name]?.(point).item() as number;
          if (same(left, right, size, 1e-12)) compared++;
          else if (!isGuarded(recipe) || Number.isFinite(right))
            fail(recipe, at, `${name}: ${left} beside ${right}`);
        }
        expect(formula(point).item()).toEqual(
          build(
            recipe,
            at.map((x) => scalar(x)),
          ).item(),
        );
      }),
      { seed: 20240613, numRuns: 2500 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it("is the same forwards as backwards", () => {
    fc.assert(
      fc.property(
        recipes(tameNumber),
        points(tameNumber),
        points(tameNumber),
        (recipe, at, direction) => {
          const reverse = gradientOf(recipe, at);
          const { tangent } = jvp((p: List) => build(recipe, p))(at, direction);
          const products = reverse.map((slope, i) => slope * (direction[i] as number));
          const total = products.reduce((left, right) => left + right, 0);
          const size = largest([...products.map(Math.abs), ...contributions(recipe, at)]);
          if (!Number.isFinite(total) || !isRegular(recipe, at)) return;
          if (!same(total, tangent.item(), 10 * size, 1e-12)) {
            fail(recipe, at, `${tangent.item()} beside ${total}`);
          }
        },
      ),
      { seed: 7, numRuns: 1000 },
    );
  });
});

function isOrdinary(value: number): boolean {
  return value === 0 || (Math.abs(value) > 1e-4 && Math.abs(value) < 1e4);
}

/** Whether all values and slopes on the way are of ordinary size, so that differences can see them. */
function isTame(recipe: Recipe, at: readonly number[]): boolean {
  const { rows, value } = record((p: List) => build(recipe, p), [...at]);
  if (!Number.isFinite(value.item())) return false;
  return rows.every((row) => {
    const known = row.inputs.every((input) => "row" in input || isOrdinary(input.constant.item()));
    const steep = row.partials.some((partial) => partial && !(Math.abs(partial.item()) < 1e3));
    return known && !steep && isOrdinary(row.value.item());
  });
}

describe("the gradient on the tape and its independent witnesses", () => {
  it("agree where the function is smooth", () => {
    let differences = 0;
    let complexSteps = 0;
    fc.assert(
      fc.property(recipes(tameNumber, 4), points(tameNumber), (recipe, at) => {
        if (!isTame(recipe, at)) return;
        const slopes = gradientOf(recipe, at);
        const leaves = at.map((x) => scalar(x));
        const f = (...values: Tensor[]): Tensor => build(recipe, values);
        const sizes = largest(contributions(recipe, at));
        slopes.forEach((slope, i) => {
          const along = alongElement(f, leaves, i, 0);
          const x = at[i] as number;
          if (smoothnessAt(along, x).kind !== "smooth") return;
          const difference = centralDifference(along, x);
          if (difference.error < 1e-3 * Math.max(sizes, 1)) {
            differences++;
            const gap = Math.abs(difference.value - slope);
            const allowed = 1e-6 * Math.max(sizes, Math.abs(slope)) + 100 * difference.error;
            if (!(gap <= allowed)) {
              fail(
                recipe,
                at,
                `d/d${VARIABLES[i]}: ${slope}, difference ${difference.value} ± ${difference.error}`,
              );
            }
          }
          const step = tryComplexStep(f, leaves, i, 0);
          if ("refused" in step) return;
          complexSteps++;
          if (!same(step.value, slope, sizes, 1e-10)) {
            fail(recipe, at, `d/d${VARIABLES[i]}: ${slope}, complex step ${step.value}`);
          }
        });
      }),
      { seed: 1, numRuns: 3000 },
    );
    expect(differences).toBeGreaterThan(1000);
    expect(complexSteps).toBeGreaterThan(1000);
  });
});
