// Gradient descent on the lesson's network, with gradients by hand and from the tape.

import { valueAndGrad } from "../../autodiff/reverse.ts";
import { sigmoid } from "../../expr/ops/activations.ts";
import { add, divide, multiply, square, subtract } from "../../expr/ops/arithmetic.ts";
import { matmul } from "../../expr/ops/linalg/matmul.ts";
import { sum } from "../../expr/ops/reductions/sum.ts";
import { type Tensor, tensor } from "../../expr/tensor.ts";
import { type BackwardPass, backwardByHand, forwardByHand } from "./by-hand.ts";
import { INPUT, LEARNING_RATE, type Parameters, TARGET } from "./network.ts";

/** The loss after a number of steps, with gradients by hand and with those of the tape. */
export interface LossAfter {
  readonly step: number;
  readonly loss: number;
  readonly lossByTape: number;
}

interface Weights {
  readonly w1: Tensor;
  readonly w2: Tensor;
  readonly b1: Tensor;
  readonly b2: Tensor;
}

const input = tensor([...INPUT]);
const target = tensor([...TARGET]);

/** The same network as the lesson's text, written as a function. */
function networkLoss({ w1, w2, b1, b2 }: Weights): Tensor {
  const hidden = sigmoid(add(matmul(w1, input), b1));
  const output = sigmoid(add(matmul(w2, hidden), b2));
  return divide(sum(square(subtract(output, target))), 2);
}

export function weightsOf({ w1, w2, b1, b2 }: Parameters): Weights {
  return {
    w1: tensor(w1),
    w2: tensor(w2),
    b1: tensor(b1),
    b2: tensor(b2),
  };
}

/**
 * Descends for `steps` steps and reports the loss at the start and after 1, 10, 100 … steps. Once the loss
 * is about 1e-13, the output is right to seven digits more than its rounding allows, and the two ways to
 * the gradient round differently: their losses then share about ten digits.
 */
export function train(start: Parameters, steps: number): LossAfter[] {
  const step = valueAndGrad(networkLoss);
  let byHand = start;
  let byTape = weightsOf(start);
  const losses: LossAfter[] = [];
  for (let k = 0; k <= steps; k++) {
    const forward = forwardByHand(byHand);
    const { value, gradient } = step(byTape);
    if (isReported(k, steps)) {
      losses.push({ step: k, loss: forward.loss, lossByTape: value.item() });
    }
    byHand = descendByHand(byHand, backwardByHand(byHand, forward));
    byTape = {
      w1: descend(byTape.w1, gradient.w1),
      w2: descend(byTape.w2, gradient.w2),
      b1: descend(byTape.b1, gradient.b1),
      b2: descend(byTape.b2, gradient.b2),
    };
  }
  return losses;
}

function descendByHand(parameters: Parameters, backward: BackwardPass): Parameters {
  const { w1, w2, b1, b2 } = parameters;
  return {
    w1: w1.map((row, i) => moved(row, backward.w1[i] as readonly number[])),
    w2: w2.map((row, i) => moved(row, backward.w2[i] as readonly number[])),
    b1: movedBias(b1, backward.b1, backward.sharedB1),
    b2: movedBias(b2, backward.b2, backward.sharedB2),
  };
}

function moved(row: readonly number[], slopes: readonly number[]): number[] {
  return row.map((weight, i) => weight - LEARNING_RATE * (slopes[i] as number));
}

function movedBias(
  bias: readonly number[] | number,
  slopes: readonly number[],
  shared: number,
): readonly number[] | number {
  return typeof bias === "number" ? bias - LEARNING_RATE * shared : moved(bias, slopes);
}

function isReported(step: number, last: number): boolean {
  return step === last || step === 0 || Number.isInteger(Math.log10(step));
}

function descend(weight: Tensor, gradient: Tensor): Tensor {
  return subtract(weight, multiply(LEARNING_RATE, gradient));
}
