// The lesson's network: 3 inputs, 2 hidden and 2 output units, sigmoid everywhere, half the squared error.

import type { Formula } from "../../expr/formula.ts";
import { expand, parse } from "../../expr/symbolic/index.ts";

/** The network as a textbook writes it. */
export const NETWORK_TEXT = `h = sigmoid(w1 * x + b1)
y = sigmoid(w2 * h + b2)
loss = sum((y - t) .^ 2) / 2`;

/** Everything that may change while the network learns. */
export interface Parameters {
  readonly w1: readonly (readonly number[])[];
  readonly w2: readonly (readonly number[])[];
  /** One bias for each unit, or one number for the whole layer. */
  readonly b1: readonly number[] | number;
  readonly b2: readonly number[] | number;
}

export const INPUT: readonly number[] = [1, 2, 3];
export const TARGET: readonly number[] = [0.5, 0.1];
export const LEARNING_RATE = 0.5;

/** The weights at the start, with a bias per unit or one shared by each layer. */
export function startParameters(sharedBias: boolean): Parameters {
  return {
    w1: [
      [0.1, 0.3, 0.5],
      [0.2, 0.4, 0.6],
    ],
    w2: [
      [0.7, 0.9],
      [0.8, 0.1],
    ],
    b1: sharedBias ? 0.5 : [0.5, 0.5],
    b2: sharedBias ? 0.3 : [0.3, 0.3],
  };
}

/** The loss as a formula of w1, x, b1, w2, b2 and t. */
function networkFormula(sharedBias: boolean): Formula {
  const bias = sharedBias ? [] : [2];
  return parse(NETWORK_TEXT, {
    shapes: { w1: [2, 3], x: [3], b1: bias, w2: [2, 2], b2: bias, t: [2] },
  });
}

/** The same with a symbol for every single weight, such as `w1_1_2`. */
export function networkOfScalars(sharedBias: boolean): Formula {
  return expand(networkFormula(sharedBias));
}
