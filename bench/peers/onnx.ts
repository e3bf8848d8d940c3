// ONNX Runtime Web with its WebAssembly back end, on one thread.

import { loadPeer } from "./load.ts";
import { productModel } from "./onnx-model.ts";

interface OnnxTensor {
  readonly data: ArrayLike<number>;
  dispose(): void;
}

interface Session {
  run(inputs: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
}

interface Onnx {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly Tensor: new (
    dtype: string,
    values: Float32Array | Float64Array,
    shape: readonly number[],
  ) => OnnxTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
}

/** A call gives the product of two square matrices. */
export async function onnxProduct(
  size: number,
  dtype: "float32" | "float64",
  left: Float32Array | Float64Array,
  right: Float32Array | Float64Array,
): Promise<() => Promise<ArrayLike<number>>> {
  const { env, Tensor, InferenceSession } = await loadPeer<Onnx>("onnxruntime-web");
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(productModel(size, dtype), {
    executionProviders: ["wasm"],
  });
  const [A, B] = [left, right].map((values) => new Tensor(dtype, values, [size, size])) as [
    OnnxTensor,
    OnnxTensor,
  ];
  return async () => {
    const { C } = await session.run({ A, B });
    if (C === undefined) throw new Error("the model gave no C");
    return C.data;
  };
}
