// Gradient descent on the lesson's network, with gradients from the tape.

import { valueAndGrad } from "../../autodiff/reverse.ts";
import { sigmoid } from "../../expr/ops/activations.ts";
import { add, divide, square, subtract } from "../../expr/ops/arithmetic.ts";
import { matmul } from "../../expr/ops/linalg.ts";
import { sum } from "../../expr/ops/reduction.ts";
import { ConcreteTensor, type Tensor, tensor } from "../../expr/tensor.ts";
import { INPUT, LEARNING_RATE, type Parameters, TARGET } from "./network.ts";

/** The loss after a number of steps. */
export interface LossAfter {
  readonly step: number;
  readonly loss: number;
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
export function networkLoss({ w1, w2, b1, b2 }: Weights): Tensor {
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

/** Descends for `steps` steps and reports the loss at the start and after 1, 10, 100 … steps. */
export function train(start: Parameters, steps: number): LossAfter[] {
  const step = valueAndGrad(networkLoss);
  let weights = weightsOf(start);
  const losses: LossAfter[] = [];
  for (let k = 0; k <= steps; k++) {
    const { value, gradient } = step(weights);
    if (isReported(k, steps)) losses.push({ step: k, loss: value.item() });
    weights = {
      w1: descend(weights.w1, gradient.w1),
      w2: descend(weights.w2, gradient.w2),
      b1: descend(weights.b1, gradient.b1),
      b2: descend(weights.b2, gradient.b2),
    };
  }
  return losses;
}

function isReported(step: number, last: number): boolean {
  return step === last || step === 0 || Number.isInteger(Math.log10(step));
}

function descend(weight: Tensor, gradient: Tensor): Tensor {
  const { data, shape } = weight.concrete("train");
  const slope = gradient.concrete("train").data;
  const next = Float64Array.from(data, (w, i) => w - LEARNING_RATE * (slope[i] as number));
  return new ConcreteTensor(shape, "float64", next);
}
