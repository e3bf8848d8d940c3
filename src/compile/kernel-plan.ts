// What every kind of kernel tells of itself, so that programs can place, run and report it.

import type { Heap } from "./wasm/heap.ts";

/** A kernel for certain sizes, before it has memory. */
export interface KernelPlan {
  /** What it does, in a few words, such as `matmul 128×784×128 float32`. */
  readonly label: string;
  /** Bytes of memory that it needs beside its buffers while it runs. */
  readonly scratch: number;
  /** Additions and multiplications of numbers, or function values. */
  readonly flops: number;
  /**
   * The kernel on buffers at byte addresses: operands first, then results. Loads what it needs into the heap; the call
   * that it returns runs it.
   */
  bind(heap: Heap, addresses: readonly number[], scratch: number): () => void;
  /** The text of its code. */
  listing(): string;
}
