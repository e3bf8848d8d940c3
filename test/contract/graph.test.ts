// Every operation as a node of a graph: the same values, the same derivatives, and a way through JSON.

import { describe, expect } from "vitest";
import { tryComplexStep } from "../../src/autodiff/check.ts";
import { smoothnessAt } from "../../src/autodiff/differences.ts";
import { grad, gradient, jvp, type Tensor } from "../../src/autodiff/index.ts";
import {
  fromJSON,
  isSame,
  type Point,
  reachable,
  type SymbolicTensor,
  symbol,
  toFormula,
  toJSON,
} from "../../src/expr/index.ts";
import {
  activeInputs,
  alongDirection,
  directionOf,
  eachFunction,
  expectNear,
  inner,
  numbersIn,
  run,
  type Subject,
  weighted,
} from "./subjects.ts";

type List = readonly Tensor[];

function symbolsOf({ inputs }: Subject): SymbolicTensor[] {
  return inputs.map(({ shape, dtype }, i) => symbol(`x${i}`, { shape, dtype }));
}

function pointOf({ inputs }: Subject): Point {
  return Object.fromEntries(inputs.map((input, i) => [`x${i}`, input]));
}

describe("graphs", () => {
  eachFunction("its graph has the value and the derivatives of its tape", (subject) => {
    const { active, inputs } = subject;
    const symbols = symbolsOf(subject);
    const outputs = run(subject, symbols);
    const values = outputs.map((output) => toFormula(output)(pointOf(subject)));
    expect(values.map((value) => numbersIn([value]))).toEqual(
      run(subject, inputs).map((value) => numbersIn([value])),
    );

    if (active.length === 0) return;
    const varying = active.map((place) => symbols[place] as Tensor);
    const formula = toFormula(weightedOn(subject, symbols, varying));
    const tape = grad((at: List) => weighted(subject)(at))(activeInputs(subject));
    const names = active.map((place) => `x${place}`).filter((name) => formula.names.includes(name));
    const derived = gradient(formula, names);
    active.forEach((place, i) => {
      const expected = numbersIn([tape[i] as Tensor]);
      const found = derived[`x${place}`]?.(pointOf(subject));
      if (found === undefined) {
        expect(expected.every((value) => value === 0)).toBe(true);
        return;
      }
      const size = Math.max(...expected.map(Math.abs));
      numbersIn([found]).forEach((value, k) => {
        expectNear(value, expected[k] as number, 4 * Number.EPSILON, size);
      });
    });
  });

  eachFunction("its graph survives JSON", (subject) => {
    for (const output of run(subject, symbolsOf(subject)) as readonly SymbolicTensor[]) {
      const json = toJSON(output);
      const back = fromJSON(JSON.parse(JSON.stringify(json)));
      expect(toJSON(back)).toEqual(json);
      expect(isSame(back, output)).toBe(true);
      expect(reachable([back])).toHaveLength(reachable([output]).length);
      const point = pointOf(subject);
      expect(numbersIn([toFormula(back)(point)])).toEqual(numbersIn([toFormula(output)(point)]));
    }
  });
});

function weightedOn(subject: Subject, symbols: List, varying: List): Tensor {
  const others = subject.inputs.map((input, i) =>
    subject.active.includes(i) ? symbols[i] : input,
  );
  return weighted({ ...subject, inputs: others as unknown as Subject["inputs"] })(varying);
}

describe("the complex step", () => {
  eachFunction("its complex step is its gradient", (subject) => {
    const at = activeInputs(subject);
    const f = (...varying: Tensor[]): Tensor => weighted(subject)(varying);
    const gradient = grad((varying: List) => weighted(subject)(varying))(at);
    if (
      !subject.op.nondifferentiable &&
      smoothnessAt(alongDirection(subject), 1).kind !== "smooth"
    ) {
      return;
    }
    const conditions = conditionsOf(subject);
    at.forEach((leaf, i) => {
      for (let k = 0; k < leaf.size; k++) {
        const step = tryComplexStep(f, at, i, k);
        if ("refused" in step) throw new Error(step.refused);
        const expected = numbersIn([gradient[i] as Tensor])[k] as number;
        const gap = Math.abs(step.value - expected);
        const message = `${step.value} beside ${expected} at ${numbersIn(subject.inputs).join(", ")}`;
        const allowed = 1e-12 * conditions * Math.abs(expected) + 1e-205;
        expect(gap, message).toBeLessThanOrEqual(allowed);
      }
    });
  });
});

/** How much the gradient turns along the direction, in proportion to its size, or 1. */
function conditionsOf(subject: Subject): number {
  const at = activeInputs(subject);
  const gradientOf = (varying: List): List =>
    grad((inside: List) => weighted(subject)(inside))(varying);
  const { value, tangent } = jvp(gradientOf)(at, directionOf(subject));
  const { size } = inner(value, directionOf(subject));
  const turned = inner(tangent, directionOf(subject)).size;
  return Math.max(1, Number.isFinite(turned / size) ? turned / size : 1);
}
