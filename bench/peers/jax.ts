// jax-js with its WebAssembly back end, which in Node runs on one thread.

import { loadPeer } from "./load.ts";

/** An array of jax-js: every function uses up what it is given, and `ref` gives one more use. */
export interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  neg(): JaxArray;
  sum(axis?: number): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  dataSync(): Float32Array | Float64Array;
  blockUntilReady(): Promise<JaxArray>;
  dispose(): void;
}

type Unary = (x: JaxArray) => JaxArray;

/** What the bench uses of it. */
export interface Jax {
  init(device: string): Promise<string[]>;
  jit<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R;
  valueAndGrad<A extends unknown[]>(
    f: (...args: A) => JaxArray,
  ): (...args: A) => [value: JaxArray, gradientByTheFirst: A[0]];
  blockUntilReady<T>(tree: T): Promise<T>;
  readonly numpy: {
    array(values: Float32Array | number[], options?: { dtype: string }): JaxArray;
    matmul(x: JaxArray, y: JaxArray): JaxArray;
    readonly exp: Unary;
    readonly log: Unary;
    readonly log1p: Unary;
    readonly tanh: Unary;
    readonly square: Unary;
  };
  readonly nn: {
    readonly sigmoid: Unary;
    readonly relu: Unary;
    readonly softplus: Unary;
    readonly logSoftmax: Unary;
  };
  readonly lax: {
    conv(x: JaxArray, w: JaxArray, strides: readonly number[], padding: "SAME"): JaxArray;
  };
}

/** Its exponential in float64 is right to about seven digits. */
export const JAX_FLOAT64 = 2e-6;

let loading: Promise<Jax> | undefined;

export function jax(): Promise<Jax> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Jax> {
  // jax-js asks of every array whether it is a Float16Array, which Node has from release 24 on.
  (globalThis as { Float16Array?: unknown }).Float16Array ??= class {};
  const loaded = await loadPeer<Jax>("@jax-js/jax");
  await loaded.init("wasm");
  return loaded;
}

export function jaxArray(
  { numpy }: Jax,
  values: Float32Array | Float64Array,
  shape: readonly number[],
): JaxArray {
  const array =
    values instanceof Float32Array
      ? numpy.array(values)
      : numpy.array([...values], { dtype: "float64" });
  return array.reshape(shape);
}
