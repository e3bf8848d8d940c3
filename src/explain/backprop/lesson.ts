// The lesson on backpropagation as data: every number of the worked network, computed when it is asked for.

import { derivative } from "../../autodiff/derivative.ts";
import { add } from "../../expr/ops/arithmetic.ts";
import { matmul } from "../../expr/ops/linalg/matmul.ts";
import {
  format,
  mathjsDerivative,
  parse,
  simplify,
  sympyText,
  toTex,
} from "../../expr/symbolic/index.ts";
import type { NestedArray } from "../../expr/tensor.ts";
import { tensor } from "../../expr/tensor.ts";
import { compare } from "../compare.ts";
import type { VariableComparison } from "../comparison.ts";
import {
  type BackwardPass,
  backwardByHand,
  type ForwardPass,
  factoredLines,
  forwardByHand,
} from "./by-hand.ts";
import {
  INPUT,
  LEARNING_RATE,
  NETWORK_TEXT,
  networkOfScalars,
  type Parameters,
  startParameters,
  TARGET,
} from "./network.ts";
import { type LossAfter, train, weightsOf } from "./training.ts";

/** A formula of the sigmoid and its derivative, spelled as sympy spells it and derived by mathjs. */
export interface SigmoidSpelling {
  readonly formula: string;
  readonly derivative: string;
}

/** The gradient by one weight or bias, by every method. */
export interface GradientByMethods {
  readonly byHand: number;
  readonly symbolic: number;
  readonly tape: number;
  readonly mathjs: number | { readonly refused: string };
  readonly finiteDifference: number;
  readonly complexStep: number | { readonly refused: string };
  readonly agreeingDigits: number;
}

/** A gradient as the product of its factors along the path. */
export interface FactoredGradient {
  readonly name: string;
  readonly symbols: string;
  readonly numbers: string;
  readonly value: number;
}

export interface BackpropLesson {
  readonly lesson: "backprop";
  readonly sharedBias: boolean;
  readonly network: Parameters & {
    readonly text: string;
    readonly x: readonly number[];
    readonly t: readonly number[];
    readonly learningRate: number;
  };
  readonly forward: {
    /** w1·x + b1, by the matrix product and by dot products row by row. */
    readonly g1: NestedArray;
    readonly g1ByDot: readonly number[];
    readonly h: readonly number[];
    readonly g2: readonly number[];
    readonly y: readonly number[];
    readonly loss: number;
  };
  readonly sigmoidDerivative: {
    readonly withDecimalE: SigmoidSpelling;
    readonly withExactE: SigmoidSpelling;
    readonly symtape: { readonly text: string; readonly tex: string };
  };
  readonly outputLayer: {
    readonly error: readonly number[];
    readonly slope: readonly number[];
    readonly delta: readonly number[];
    readonly w2Gradient: readonly (readonly number[])[];
    readonly b2Gradient: readonly number[];
    readonly sharedB2Gradient: number;
  };
  readonly hiddenLayer: {
    readonly error: readonly number[];
    readonly slope: readonly number[];
    readonly delta: readonly number[];
    readonly w1Gradient: readonly (readonly number[])[];
    readonly b1Gradient: readonly number[];
    readonly sharedB1Gradient: number;
  };
  readonly factored: readonly FactoredGradient[];
  readonly gradients: Readonly<Record<string, GradientByMethods>>;
  /** Whether all methods agree on every gradient. */
  readonly agree: boolean;
  readonly training: {
    readonly learningRate: number;
    readonly steps: number;
    readonly biasPerUnit: readonly LossAfter[];
    readonly sharedBias: readonly LossAfter[];
  };
}

export interface BackpropOptions {
  /** One bias for each layer in place of one for each unit. */
  readonly sharedBias?: boolean;
  /** Steps of gradient descent; 1000 unless given. */
  readonly steps?: number;
}

/**
 * Works backpropagation through a 3-2-2 network with sigmoid units: the forward pass, the derivative of the
 * sigmoid, every gradient by hand and by every method, and the training.
 *
 * @example
 * backpropLesson().forward.loss; // 0.2821757530435978
 * backpropLesson().gradients.w2_1_1?.tape; // 0.04047892032268895
 */
export function backpropLesson(options: BackpropOptions = {}): BackpropLesson {
  const sharedBias = options.sharedBias ?? false;
  const steps = options.steps ?? 1000;
  const parameters = startParameters(sharedBias);
  const forward = forwardByHand(parameters);
  const backward = backwardByHand(parameters, forward);
  const { gradients, agree } = gradientsByMethods(sharedBias, parameters, backward);
  return {
    lesson: "backprop",
    sharedBias,
    network: {
      text: NETWORK_TEXT,
      x: INPUT,
      t: TARGET,
      ...parameters,
      learningRate: LEARNING_RATE,
    },
    forward: forwardNumbers(parameters, forward),
    sigmoidDerivative: sigmoidDerivative(),
    outputLayer: {
      error: backward.outputError,
      slope: backward.outputSlope,
      delta: backward.outputDelta,
      w2Gradient: backward.w2,
      b2Gradient: backward.b2,
      sharedB2Gradient: backward.sharedB2,
    },
    hiddenLayer: {
      error: backward.hiddenError,
      slope: backward.hiddenSlope,
      delta: backward.hiddenDelta,
      w1Gradient: backward.w1,
      b1Gradient: backward.b1,
      sharedB1Gradient: backward.sharedB1,
    },
    factored: factoredLines(backward, forward).map(({ name, factors, value }) => ({
      name,
      symbols: factors.map(({ symbol }) => symbol).join(" · "),
      numbers: factors.map((factor) => shortNumber(factor.value)).join(" · "),
      value,
    })),
    gradients,
    agree,
    training: {
      learningRate: LEARNING_RATE,
      steps,
      biasPerUnit: train(startParameters(false), steps),
      sharedBias: train(startParameters(true), steps),
    },
  };
}

/** A number as it is printed in the lesson: eight decimals, as the notebook shows them. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1e-4 ? value.toFixed(8) : value.toExponential(8);
}

function forwardNumbers(parameters: Parameters, forward: ForwardPass): BackpropLesson["forward"] {
  const { w1, b1 } = weightsOf(parameters);
  return {
    g1: add(matmul(w1, tensor([...INPUT])), b1).toArray(),
    g1ByDot: forward.hiddenSums,
    h: forward.hidden,
    g2: forward.outputSums,
    y: forward.output,
    loss: forward.loss,
  };
}

function sigmoidDerivative(): BackpropLesson["sigmoidDerivative"] {
  const own = simplify(derivative(parse("1 / (1 + exp(-x))"), "x"));
  return {
    withDecimalE: spelling("1 / (1 + 2.718281828459045 ^ (-x))"),
    withExactE: spelling("1 / (1 + exp(-x))"),
    symtape: { text: format(own), tex: toTex(own) },
  };
}

function spelling(formula: string): SigmoidSpelling {
  return { formula, derivative: sympyText(mathjsDerivative(formula, "x").node) };
}

function gradientsByMethods(
  sharedBias: boolean,
  parameters: Parameters,
  backward: BackwardPass,
): Pick<BackpropLesson, "gradients" | "agree"> {
  const byHand = namedGradients(sharedBias, backward);
  const point = { ...scalarsOf({ ...parameters, x: INPUT, t: TARGET }) };
  const names = Object.keys(byHand);
  const { variables, agree } = compare(networkOfScalars(sharedBias), point, { by: names });
  const gradients = names.map((name) => {
    const found = variables[name] as VariableComparison;
    return [name, methodsFor(byHand[name] as number, found)] as const;
  });
  return { gradients: Object.fromEntries(gradients), agree };
}

function methodsFor(byHand: number, found: VariableComparison): GradientByMethods {
  const { mathjs, finiteDifference, complexStep } = found.witnesses;
  return {
    byHand,
    symbolic: found.symbolic.value,
    tape: found.tape,
    mathjs: "refused" in mathjs ? mathjs : mathjs.value,
    finiteDifference,
    complexStep,
    agreeingDigits: found.agreeingDigits,
  };
}

function namedGradients(sharedBias: boolean, backward: BackwardPass): Record<string, number> {
  const { w1, w2, b1, b2, sharedB1, sharedB2 } = backward;
  return scalarsOf({
    w1,
    b1: sharedBias ? sharedB1 : b1,
    w2,
    b2: sharedBias ? sharedB2 : b2,
  });
}

type Numbers = number | readonly Numbers[];

/** `{ w1: [[a, b]] }` as `{ w1_1_1: a, w1_1_2: b }`. */
function scalarsOf(tree: Readonly<Record<string, Numbers>>): Record<string, number> {
  const flatten = (name: string, value: Numbers): [string, number][] =>
    typeof value === "number"
      ? [[name, value]]
      : value.flatMap((item, i) => flatten(`${name}_${i + 1}`, item));
  return Object.fromEntries(Object.entries(tree).flatMap(([name, value]) => flatten(name, value)));
}
