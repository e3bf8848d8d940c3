// A graph made ready to run over memory of its own: what every back end gives.

import type { DType, Shape, TypedArray } from "../expr/shape.ts";

/** The memory of an input or an output: one leaf of the arguments or of the result. */
export interface Slot {
  readonly shape: Shape;
  readonly dtype: DType;
  /**
   * The elements, row-major, as they stand in memory: to be written before a run or read after it. Ask anew for each
   * use, since memory may move.
   */
  readonly data: TypedArray;
}

/** What a back end says of one step. */
export interface KernelReport {
  /** What the step does, such as `matmul 128×784×128 float32`. */
  readonly label: string;
  /** Additions, multiplications and function values of one run. */
  readonly flops: number;
}

/** A graph that can run again and again on what stands in its inputs. */
export interface Executable {
  readonly backend: "interpret" | "js" | "wasm";
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** Computes the outputs from what stands in the inputs. */
  run(): void;
  /** Readable code. */
  readonly source: string;
  readonly kernels: readonly KernelReport[];
  /** Bytes of memory, and what they would be if no two values shared them. */
  readonly arenaBytes: number;
  readonly unsharedBytes: number;
  /** Particulars such as the tier that runs, or the tile of the matrix product. */
  readonly notes: readonly string[];
  /** Gives the memory back. */
  release(): void;
}
