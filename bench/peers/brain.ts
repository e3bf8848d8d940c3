// The 3-2-2 network in brain.js, which keeps its weights in float32.

import { requirePeer } from "./load.ts";

interface BrainNetwork {
  readonly weights: readonly (readonly Float32Array[])[];
  readonly biases: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
  readonly trainOpts: { momentum: number };
  train(data: readonly object[], options: object): unknown;
  runInput(input: Float32Array): Float32Array;
  trainPattern(value: { readonly input: Float32Array; readonly output: Float32Array }): unknown;
}

interface Brain {
  readonly NeuralNetwork: new (options: object) => BrainNetwork;
}

/** A network with the given weights (row by row), and plain gradient descent. */
export function brainNetwork(
  sizes: readonly [number, number, number],
  rate: number,
  weights: readonly (readonly (readonly number[])[])[],
  biases: readonly (readonly number[])[],
): BrainNetwork {
  const { NeuralNetwork } = requirePeer<Brain>("brain.js");
  const [inputSize, hidden, outputSize] = sizes;
  const network = new NeuralNetwork({
    inputSize,
    hiddenLayers: [hidden],
    outputSize,
    learningRate: rate,
    activation: "sigmoid",
  });
  const example = { input: Array(inputSize).fill(0), output: Array(outputSize).fill(0) };
  network.train([example], { iterations: 1, log: false });
  network.trainOpts.momentum = 0;
  weights.forEach((layer, k) => {
    layer.forEach((row, i) => {
      network.weights[k + 1]?.[i]?.set(row);
    });
    network.biases[k + 1]?.set(biases[k] ?? []);
  });
  return network;
}
