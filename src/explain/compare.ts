// compare(): the symbolic derivative, the tape's, and three independent witnesses, number beside number.

import { roundingNoise } from "../autodiff/check.ts";
import { gradient as symbolicGradient } from "../autodiff/derivative.ts";
import {
  centralDifference,
  type DifferenceEstimate,
  smoothnessAt,
} from "../autodiff/differences.ts";
import { type RecordedRun, record } from "../autodiff/record.ts";
import { grad } from "../autodiff/reverse.ts";
import type { Traced, Tree, TreeLike } from "../autodiff/tree.ts";
import type { Point } from "../expr/evaluation.ts";
import type { Formula } from "../expr/formula.ts";
import { format, simplify, toTex } from "../expr/symbolic/index.ts";
import type { Tensor } from "../expr/tensor.ts";
import { agreeingDigits, agrees } from "./agreement.ts";
import type {
  Answers,
  Comparison,
  Method,
  MethodAgreement,
  VariableComparison,
} from "./comparison.ts";
import { reasonFor } from "./reason.ts";
import { type Explainable, type ScalarProblem, scalarProblem } from "./scalars.ts";
import { complexWitness, mathjsWitness } from "./witnesses.ts";

export interface CompareOptions {
  /** The relative difference that counts as agreement, for each method. */
  readonly tolerances?: Partial<Record<Method, number>>;
  /** The variables to differentiate by; all unless given. */
  readonly by?: readonly string[];
}

/** Rounding alone separates symbols, tape and complex step; differences lose half of the digits. */
const TOLERANCES: Readonly<Record<Method, number>> = {
  symbolic: 1e-12,
  mathjs: 1e-12,
  complexStep: 1e-12,
  finiteDifference: 1e-6,
};

/**
 * Differentiates a text, formula or function at a point by every method and lays the results side by side.
 * Tensor inputs are taken element by element (`w1_1_2`). Where methods differ the reason is given: a kink,
 * an overflow, cancellation, or a point outside the domain.
 *
 * @throws SymtapeError if the text cannot be read, the point lacks a variable or the result is no scalar.
 * @example
 * const { variables, agree } = compare("sin(x) * y^2", { x: 0.5, y: 3 });
 * variables.x?.symbolic.text; // "y ^ 2 * cos(x)"
 * agree; // true
 */
export function compare(f: string | Formula, point: Point, options?: CompareOptions): Comparison;
export function compare<P extends TreeLike>(
  f: (params: Traced<P>) => Tensor,
  point: P,
  options?: CompareOptions,
): Comparison;
export function compare(
  f: Explainable,
  point: Point | Tree,
  options: CompareOptions = {},
): Comparison {
  const problem = scalarProblem(f, point);
  const { formula } = problem;
  const tolerances = { ...TOLERANCES, ...options.tolerances };
  const value = formula(problem.point).item();
  const tape = grad(formula)(problem.point);
  const names = options.by ?? formula.names;
  const run = record(formula, problem.point);
  const symbolic = symbolicGradient(formula, names);
  const variables = Object.fromEntries(
    names.map((name) => [
      name,
      compareVariable(
        problem,
        run,
        name,
        symbolic[name] as Formula,
        tape[name] as number,
        tolerances,
      ),
    ]),
  );
  const agree = Object.values(variables).every(({ methods }) =>
    Object.values(methods).every((method) => method.agrees),
  );
  return { expression: expressionOf(f, formula), point: problem.point, value, variables, agree };
}

function expressionOf(f: Explainable, formula: Formula): string {
  return typeof f === "string" ? f : format(formula);
}

function compareVariable(
  problem: ScalarProblem,
  run: RecordedRun,
  name: string,
  derived: Formula,
  tape: number,
  tolerances: Readonly<Record<Method, number>>,
): VariableComparison {
  const { formula, point } = problem;
  const shown = simplify(derived);
  const along = (x: number): number => formula({ ...point, [name]: x }).item();
  const at = point[name] as number;
  const noise = (x: number): number => roundingNoise(record(formula, { ...point, [name]: x }));
  const smoothness = smoothnessAt(along, at, noise(at));
  const difference = centralDifference(along, at, noise);
  const answers = {
    symbolic: { text: format(shown), tex: toTex(shown), value: derived(point).item() },
    mathjs: mathjsWitness(problem, name),
    finiteDifference: difference.value,
    complexStep: complexWitness(formula, point, name),
  };
  const value = run.value.item();
  const methods = methodsOf(answers, tape, tolerances, difference, { at, value });
  const derivativeRun = (): RecordedRun => record(derived, point);
  const found = { name, tape, answers, methods, smoothness, difference, run };
  const reason = reasonFor({ ...found, derivativeRun });
  return {
    symbolic: answers.symbolic,
    tape,
    witnesses: {
      mathjs: answers.mathjs,
      finiteDifference: answers.finiteDifference,
      complexStep: answers.complexStep,
    },
    agreeingDigits: Math.min(...Object.values(methods).map(({ digits }) => digits)),
    methods,
    ...(reason !== undefined && { reason }),
  };
}

function methodsOf(
  answers: Answers,
  tape: number,
  tolerances: Readonly<Record<Method, number>>,
  difference: DifferenceEstimate,
  { at, value }: { readonly at: number; readonly value: number },
): Partial<Record<Method, MethodAgreement>> {
  const methods: Partial<Record<Method, MethodAgreement>> = {};
  const scale = (1e-6 * Math.abs(value)) / Math.max(1, Math.abs(at));
  const hold = (method: Method, answer: number, error: number): void => {
    const tolerance = tolerances[method];
    methods[method] = {
      digits: agreeingDigits(tape, answer, scale),
      tolerance,
      agrees: agrees(tape, answer, tolerance, error),
    };
  };
  hold("symbolic", answers.symbolic.value, 0);
  if (!("refused" in answers.mathjs)) hold("mathjs", answers.mathjs.value, 0);
  const trusted = Math.min(4 * difference.error, scale + 1e-6 * Math.abs(difference.value));
  // Where the function itself is beyond the doubles, a difference of its values says nothing.
  const silent = !Number.isFinite(value) && !Number.isFinite(answers.finiteDifference);
  if (!silent) hold("finiteDifference", answers.finiteDifference, trusted);
  if (typeof answers.complexStep === "number") hold("complexStep", answers.complexStep, 0);
  return methods;
}
