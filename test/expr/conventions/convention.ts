// One row of docs/conventions.md: where a choice had to be made, what the page says, and what is computed.

import { grad, sum, type Tensor, tensor } from "../../../src/autodiff/index.ts";

/** The page's first two cells, and claims: what is computed beside the literal that it must be. */
export type Convention = readonly [where: string, says: string, ...claims: readonly Claim[]];

/** Numbers, nested arrays of them, or the message of an error. */
export type Claim = readonly [found: () => unknown, expected: unknown];

export const INFINITY: number = Number.POSITIVE_INFINITY;
export const NAN: number = Number.NaN;

type OfOne = (x: Tensor) => Tensor;

/** The derivative of the sum of a function's elements, at a number or an array. */
export function slope(f: OfOne, at: number | readonly unknown[]): () => unknown {
  return () => grad((x: Tensor) => sum(f(x)))((typeof at === "number" ? at : vector(at)) as Tensor);
}

/** The value of a function at an array. */
export function value(f: OfOne, at: readonly unknown[]): () => unknown {
  return () => f(vector(at));
}

export function vector(values: readonly unknown[]): Tensor {
  return tensor(values as readonly number[]);
}

export function int32(values: number | readonly number[]): Tensor {
  return tensor(values, { dtype: "int32" });
}

export function float32(values: number | readonly number[]): Tensor {
  return tensor(values, { dtype: "float32" });
}

export function bool(values: number | readonly unknown[]): Tensor {
  return tensor(values as readonly number[], { dtype: "bool" });
}
