// The network of the groups `mlp` and `compile-cost`: 784-128-10, relu, softmax cross entropy, batches of 128, float32.

import { spread, uniform } from "./contender.ts";
import { symtape, type Tensor } from "./ours.ts";

export const SIZES = { batch: 128, inputs: 784, hidden: 128, classes: 10 } as const;
export const RATE = 0.1;

/** Images, their classes, and the network at the start. */
export const x: Float32Array = Float32Array.from(uniform(SIZES.batch * SIZES.inputs, 1));
export const labels: Int32Array = Int32Array.from(uniform(SIZES.batch, 2), (value) =>
  Math.floor(value * SIZES.classes),
);
export const w1: Float32Array = Float32Array.from(spread(SIZES.inputs * SIZES.hidden, 3, 0.05));
export const w2: Float32Array = Float32Array.from(spread(SIZES.hidden * SIZES.classes, 4, 0.1));

/** A row for each image with a one at its class. */
export function oneHotLabels(): Float32Array {
  const rows = new Float32Array(SIZES.batch * SIZES.classes);
  labels.forEach((label, n) => {
    rows[n * SIZES.classes + label] = 1;
  });
  return rows;
}

export interface Weights {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
}

const { add, crossEntropy, matmul, multiply, relu, subtract, tensor, valueAndGrad } = symtape;
const dtype = "float32";

export const images: Tensor = tensor(x, { shape: [SIZES.batch, SIZES.inputs], dtype });
export const classes: Tensor = tensor(labels, { shape: [SIZES.batch], dtype: "int32" });
export const start: Weights = {
  w1: tensor(w1, { shape: [SIZES.inputs, SIZES.hidden], dtype }),
  b1: tensor(new Float32Array(SIZES.hidden), { dtype }),
  w2: tensor(w2, { shape: [SIZES.hidden, SIZES.classes], dtype }),
  b2: tensor(new Float32Array(SIZES.classes), { dtype }),
};

const lossAndSlopes = valueAndGrad(({ w1, b1, w2, b2 }: Weights, x: Tensor, t: Tensor) =>
  crossEntropy(add(matmul(relu(add(matmul(x, w1), b1)), w2), b2), t),
);

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
