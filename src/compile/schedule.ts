// What a program does in which order: stages that read and write buffers.

import type { Node } from "../expr/graph.ts";
import type { MatrixProduct } from "../expr/lowering.ts";
import type { DType } from "../expr/shape.ts";
import type { ConcreteTensor } from "../expr/tensor.ts";
import type { Loop } from "./loop.ts";
import type { Tail } from "./tails.ts";
import type { SpecialCall } from "./wasm/special/table.ts";

/** A run of elements in memory. */
export interface Buffer {
  readonly dtype: DType;
  readonly size: number;
  /** What it holds before the first stage: an input of the program, a constant, or nothing. */
  readonly holds: "input" | "constant" | "nothing";
  readonly data?: ConcreteTensor;
}

/** A step of a program; `reads` and `writes` are numbers of buffers, in the order in which kernels take them. */
export type Stage =
  | {
      readonly kind: "loop";
      readonly loop: Loop;
      /** The buffers of the loop by their numbers in it. */
      readonly buffers: readonly number[];
      readonly reads: readonly number[];
      readonly writes: readonly number[];
    }
  | {
      readonly kind: "product";
      readonly product: MatrixProduct;
      readonly dtype: "float64" | "float32";
      /** What is done with each result before it is stored. */
      readonly tail?: Tail;
      /** The factors, then the operands of the tail. */
      readonly reads: readonly [left: number, right: number, ...operands: number[]];
      readonly writes: readonly [result: number];
    }
  | {
      readonly kind: "special";
      readonly kernel: string;
      readonly call: SpecialCall;
      readonly node: Node;
      readonly reads: readonly number[];
      readonly writes: readonly number[];
    }
  /** An operation that runs by itself, on tensors. */
  | {
      readonly kind: "evaluate";
      readonly node: Node;
      readonly reads: readonly number[];
      readonly writes: readonly number[];
    };

export interface Schedule {
  readonly buffers: readonly Buffer[];
  readonly stages: readonly Stage[];
  /** Buffers by the order of the program's inputs and outputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}
