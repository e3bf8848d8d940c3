// What the files in test/fixtures/torch hold: calls, with the values and derivatives that PyTorch gives.

import { type ConcreteTensor, type DType, tensor } from "../../src/expr/index.ts";
import convolution from "../fixtures/torch/convolution.json" with { type: "json" };
import indexing from "../fixtures/torch/indexing.json" with { type: "json" };
import linalg from "../fixtures/torch/linalg.json" with { type: "json" };
import movement from "../fixtures/torch/movement.json" with { type: "json" };
import neural from "../fixtures/torch/neural.json" with { type: "json" };
import pointwise from "../fixtures/torch/pointwise.json" with { type: "json" };
import reductions from "../fixtures/torch/reductions.json" with { type: "json" };

/** A tensor: its elements in row-major order, float64 unless a dtype is named. */
export interface Stored {
  readonly dtype?: DType;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

/** What is stored of each operand; null for those without derivative. */
export type ByOperand = readonly (Stored | null)[];

export interface TorchCase {
  /** Name of the function, then its arguments; "$0" is the first operand. */
  readonly call: readonly [string, ...unknown[]];
  readonly inputs: readonly Stored[];
  readonly outputs: readonly Stored[];
  /** Names of the outputs where the function returns an object. */
  readonly results?: readonly string[];
  /** Factors of the elements of each float output in the sum that is differentiated. */
  readonly weights?: readonly Stored[];
  /** Whether that sum is one of squares, for functions that choose signs freely. */
  readonly squares?: boolean;
  readonly gradients?: ByOperand;
  /** A direction, and the Hessian's product with it. */
  readonly direction?: ByOperand;
  readonly product?: ByOperand;
  /** Operands that are symmetric matrices: their gradients count by their symmetric part. */
  readonly symmetric?: readonly number[];
  /** Outputs that are right up to the sign of each column, or of each row. */
  readonly columns?: readonly number[];
  readonly rows?: readonly number[];
  /** The relative error that iterative methods may have. */
  readonly tolerance?: number;
  /** Size of the terms where the expected numbers are what cancellation leaves of them. */
  readonly scale?: number;
  /** Whether each element is compared by its own size and not by that of the largest. */
  readonly elementwise?: boolean;
}

export type Area =
  | "convolution"
  | "indexing"
  | "linalg"
  | "movement"
  | "neural"
  | "pointwise"
  | "reductions";

/** All cases by area. */
export const torchCases = {
  convolution,
  indexing,
  linalg,
  movement,
  neural,
  pointwise,
  reductions,
} as unknown as Readonly<Record<Area, readonly TorchCase[]>>;

/** The tensor that is stored. */
export function tensorOf({ shape, data, dtype = "float64" }: Stored): ConcreteTensor {
  return tensor(data.map(Number), { shape: [...shape], dtype });
}
