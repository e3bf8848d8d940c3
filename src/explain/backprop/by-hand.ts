// Backpropagation worked by hand with plain numbers: every gradient as the product of its factors.

import { INPUT, type Parameters, TARGET } from "./network.ts";

/** The forward pass. */
export interface ForwardPass {
  /** Weighted sums of the hidden layer, w1·x + b1. */
  readonly hiddenSums: readonly number[];
  readonly hidden: readonly number[];
  readonly outputSums: readonly number[];
  readonly output: readonly number[];
  readonly loss: number;
}

/** The backward pass, layer by layer. */
export interface BackwardPass {
  /** y − t. */
  readonly outputError: readonly number[];
  /** y(1 − y), the slope of the sigmoid at the output. */
  readonly outputSlope: readonly number[];
  /** δ2, the derivative of the loss by the sums of the output layer. */
  readonly outputDelta: readonly number[];
  readonly w2: readonly (readonly number[])[];
  readonly b2: readonly number[];
  readonly sharedB2: number;
  /** The sum over output units of w2·δ2: the error that arrives at the hidden layer. */
  readonly hiddenError: readonly number[];
  readonly hiddenSlope: readonly number[];
  readonly hiddenDelta: readonly number[];
  readonly w1: readonly (readonly number[])[];
  readonly b1: readonly number[];
  readonly sharedB1: number;
}

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));

function biasOf(bias: readonly number[] | number, unit: number): number {
  return typeof bias === "number" ? bias : (bias[unit] as number);
}

function dot(row: readonly number[], column: readonly number[]): number {
  return row.reduce((total, factor, i) => total + factor * (column[i] as number), 0);
}

export function forwardByHand(parameters: Parameters): ForwardPass {
  const { w1, w2, b1, b2 } = parameters;
  const hiddenSums = w1.map((row, unit) => dot(row, INPUT) + biasOf(b1, unit));
  const hidden = hiddenSums.map(sigma);
  const outputSums = w2.map((row, unit) => dot(row, hidden) + biasOf(b2, unit));
  const output = outputSums.map(sigma);
  const squares = output.map((y, unit) => (y - (TARGET[unit] as number)) ** 2);
  return { hiddenSums, hidden, outputSums, output, loss: total(squares) / 2 };
}

export function backwardByHand(parameters: Parameters, forward: ForwardPass): BackwardPass {
  const { hidden, output } = forward;
  const outputError = output.map((y, unit) => y - (TARGET[unit] as number));
  const outputSlope = output.map((y) => y * (1 - y));
  const outputDelta = outputError.map((error, unit) => error * (outputSlope[unit] as number));
  const hiddenError = hidden.map((_, unit) =>
    total(parameters.w2.map((row, k) => (row[unit] as number) * (outputDelta[k] as number))),
  );
  const hiddenSlope = hidden.map((h) => h * (1 - h));
  const hiddenDelta = hiddenError.map((error, unit) => error * (hiddenSlope[unit] as number));
  return {
    outputError,
    outputSlope,
    outputDelta,
    w2: outputDelta.map((delta) => hidden.map((h) => delta * h)),
    b2: outputDelta,
    sharedB2: total(outputDelta),
    hiddenError,
    hiddenSlope,
    hiddenDelta,
    w1: hiddenDelta.map((delta) => INPUT.map((x) => delta * x)),
    b1: hiddenDelta,
    sharedB1: total(hiddenDelta),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A derivative by hand, in symbols and in numbers: `(y1 - t1) * y1 * (1 - y1) * h1`. */
export interface FactoredLine {
  readonly name: string;
  readonly factors: readonly { readonly symbol: string; readonly value: number }[];
  readonly value: number;
}

/** The gradient by every weight as the product of its factors along the path. */
export function factoredLines(backward: BackwardPass, forward: ForwardPass): FactoredLine[] {
  const lines: FactoredLine[] = [];
  backward.w2.forEach((row, i) => {
    row.forEach((value, j) => {
      lines.push({
        name: `w2[${i + 1},${j + 1}]`,
        factors: [
          { symbol: `(y${i + 1} - t${i + 1})`, value: backward.outputError[i] as number },
          { symbol: `y${i + 1} (1 - y${i + 1})`, value: backward.outputSlope[i] as number },
          { symbol: `h${j + 1}`, value: forward.hidden[j] as number },
        ],
        value,
      });
    });
  });
  backward.w1.forEach((row, i) => {
    row.forEach((value, j) => {
      lines.push({
        name: `w1[${i + 1},${j + 1}]`,
        factors: [
          {
            symbol: `(w2[1,${i + 1}] δ2[1] + w2[2,${i + 1}] δ2[2])`,
            value: backward.hiddenError[i] as number,
          },
          { symbol: `h${i + 1} (1 - h${i + 1})`, value: backward.hiddenSlope[i] as number },
          { symbol: `x${j + 1}`, value: INPUT[j] as number },
        ],
        value,
      });
    });
  });
  return lines;
}
