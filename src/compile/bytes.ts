// How many bytes numbers take in memory, and at which addresses buffers begin.

import type { DType } from "../expr/shape.ts";

/** Bytes of an element; a truth value is a byte that is 0 or 1. */
export const BYTES: Readonly<Record<DType, number>> = { float64: 8, float32: 4, int32: 4, bool: 1 };

/** Buffers begin at whole cache lines, so that the loads of vectors do not straddle two. */
export const ALIGNMENT = 64;

/** The next multiple of a cache line. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
