// Values of every operation against its own formula in long arithmetic.

import { describe, expect } from "vitest";
import { grad, type Tensor } from "../../src/autodiff/index.ts";
import { type PointwiseName, rules } from "../../src/expr/ops/pointwise.gen.ts";
import { numberArithmetic } from "../../src/expr/ops/tensor-arithmetic.ts";
import { formulaDerivative, formulaValue } from "./long-arithmetic.ts";
import {
  activeInputs,
  eachOp,
  numbersIn,
  run,
  type Subject,
  ulp,
  weighted,
  weightsOf,
} from "./subjects.ts";

function valueAt(subject: Subject): number {
  return numbersIn(run(subject, subject.inputs))[0] as number;
}

function partialsAt(subject: Subject): number[] {
  const weight = numbersIn(weightsOf(subject))[0] as number;
  const gradient = grad((varying: readonly Tensor[]) => weighted(subject)(varying))(
    activeInputs(subject),
  );
  return numbersIn(gradient).map((value) => value / weight);
}

/** Sum of |operand * partial / value|: how much the rounding of operands alone may move the value. */
function conditionAt(subject: Subject, value: number): number {
  if (value === 0) return 1;
  const operands = numbersIn(activeInputs(subject));
  const terms = partialsAt(subject).map((partial, i) =>
    Math.abs(((operands[i] as number) * partial) / value),
  );
  return Math.max(
    1,
    terms.reduce((total, term) => total + term, 0),
  );
}

function expectUlps(subject: Subject, found: number, truth: number, allowed: number): void {
  if (found === truth) return;
  const ulps = Math.abs(found - truth) / ulp(truth) / conditionAt(subject, truth);
  const at = numbersIn(subject.inputs).join(", ");
  expect(ulps, `${found} beside ${truth} at ${at}`).toBeLessThanOrEqual(allowed);
}

describe("values", () => {
  eachOp(
    "its value is that of its formula in long arithmetic",
    (subject) => {
      const { op, inputs } = subject;
      const truth = formulaValue(op.formula as string, op.inputs, numbersIn(inputs));
      expectUlps(subject, valueAt(subject), truth, 4);
    },
    (op) => op.formula !== undefined,
  );

  eachOp(
    "its stable form has the value of the kernel",
    (subject) => {
      const { composite } = rules[subject.op.name as PointwiseName];
      const found = composite?.(numberArithmetic(), ...numbersIn(subject.inputs));
      expectUlps(subject, found as number, valueAt(subject), 16);
    },
    (op) => rules[op.name as PointwiseName]?.composite !== undefined,
  );
});

describe("partials", () => {
  eachOp(
    "mathjs derives the same partials from its formula",
    (subject) => {
      const { op, inputs, active } = subject;
      const partials = partialsAt(subject);
      active.forEach((place, i) => {
        const by = op.inputs[place] as string;
        const truth = formulaDerivative(op.formula as string, by, op.inputs, numbersIn(inputs));
        const gap = Math.abs((partials[i] as number) - truth);
        const message = `by ${by} at ${numbersIn(inputs).join(", ")}: ${partials[i]} beside ${truth}`;
        expect(gap, message).toBeLessThanOrEqual(1e-12 * Math.abs(truth) + 2 ** -1060);
      });
    },
    (op) => op.formula !== undefined && !op.nondifferentiable,
  );
});
