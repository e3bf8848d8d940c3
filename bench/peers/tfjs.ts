// TensorFlow.js with its WebAssembly back end, read from disk.

import { fileURLToPath } from "node:url";
import { loadPeer, peerFile } from "./load.ts";

export interface TfTensor {
  dataSync(): Float32Array;
  dispose(): void;
}

type Unary = (x: TfTensor) => TfTensor;
type Binary = (x: TfTensor, y: TfTensor) => TfTensor;

/** What the bench uses of it. */
export interface Tf {
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array, shape: readonly number[]): TfTensor;
  variable(initial: TfTensor): TfTensor;
  scalar(value: number): TfTensor;
  tidy<T>(work: () => T): T;
  valueAndGrads(
    f: (...xs: TfTensor[]) => TfTensor,
  ): (xs: readonly TfTensor[]) => { value: TfTensor; grads: TfTensor[] };
  readonly train: { sgd(rate: number): { minimize(f: () => TfTensor, giveCost: true): TfTensor } };
  readonly losses: { softmaxCrossEntropy: Binary };
  matMul(x: TfTensor, y: TfTensor, transposeX?: boolean, transposeY?: boolean): TfTensor;
  conv2d(x: TfTensor, w: TfTensor, stride: number, pad: "same"): TfTensor;
  transpose(x: TfTensor, axes: readonly number[]): TfTensor;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly sigmoid: Unary;
  readonly tanh: Unary;
  readonly relu: Unary;
  readonly square: Unary;
  readonly softplus: Unary;
  readonly neg: Unary;
  readonly exp: Unary;
  readonly log: Unary;
  readonly sum: Unary;
}

interface WasmBackend {
  setWasmPaths(prefix: string): void;
}

let loading: Promise<Tf> | undefined;

export function tfjs(): Promise<Tf> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Tf> {
  const tf = await loadPeer<Tf>("@tensorflow/tfjs");
  const wasm = await loadPeer<WasmBackend>("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(fileURLToPath(peerFile("@tensorflow/tfjs-backend-wasm/dist/")));
  if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly back end does not start");
  return tf;
}
