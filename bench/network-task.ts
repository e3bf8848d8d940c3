// The 3-2-2 network of the groups `notebook` and `million-steps`, as one writes it with tensors.

import { INPUT, RATE, START, TARGET } from "./hand-written/network.ts";
import { symtape, type Tensor } from "./ours.ts";

const { add, divide, matmul, multiply, sigmoid, square, subtract, sum, tensor, valueAndGrad } =
  symtape;

export interface Weights {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
}

export const W1: readonly number[] = START.slice(0, 6);
export const B1: readonly number[] = START.slice(6, 8);
export const W2: readonly number[] = START.slice(8, 12);
export const B2: readonly number[] = START.slice(12);

export const start: Weights = {
  w1: tensor(W1, { shape: [2, 3] }),
  b1: tensor(B1),
  w2: tensor(W2, { shape: [2, 2] }),
  b2: tensor(B2),
};
export const input: Tensor = tensor(INPUT);
export const target: Tensor = tensor(TARGET);

const lossAndSlopes = valueAndGrad(({ w1, b1, w2, b2 }: Weights, x: Tensor, t: Tensor) => {
  const hidden = sigmoid(add(matmul(w1, x), b1));
  const output = sigmoid(add(matmul(w2, hidden), b2));
  return divide(sum(square(subtract(output, t))), 2);
});

/** One step of gradient descent. */
export function descend(
  weights: Weights,
  x: Tensor,
  t: Tensor,
): { state: Weights; result: Tensor } {
  const { value, gradient } = lossAndSlopes(weights, x, t);
  const next = (name: keyof Weights): Tensor =>
    subtract(weights[name], multiply(RATE, gradient[name]));
  const state = { w1: next("w1"), b1: next("b1"), w2: next("w2"), b2: next("b2") };
  return { state, result: value };
}

export function flat({ w1, b1, w2, b2 }: Weights): number[] {
  return [w1, b1, w2, b2].flatMap((part) => [...part.toTypedArray()]);
}
