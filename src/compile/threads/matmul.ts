// A matrix product in parts for threads. A part has some of the rows, of the columns, or of the batch, but all of the
// inner axis, so that its sums are the same as without threads.

import { aligned } from "../bytes.ts";
import type { KernelPlan } from "../kernel-plan.ts";
import { hasFma } from "../wasm/engine.ts";
import { matrixCalls, matrixScratch, mostCalls } from "../wasm/matmul/matrix-product.ts";
import type { Tile } from "../wasm/matmul/micro-kernel.ts";
import { matmulPlan } from "../wasm/matmul/plan.ts";
import { type PerBuffer, type Product, toProduct } from "../wasm/matmul/product.ts";
import type { MatmulSpec } from "../wasm/matmul/spec.ts";
import { tileFor } from "../wasm/matmul/tile.ts";
import { isVectorProduct } from "../wasm/matmul/vector-product.ts";
import type { ThreadPool } from "./pool.ts";

/** Products of less work are done by one thread: to wake the others takes as long as they would save. */
const LEAST_FLOPS = 8e6;
/** Parameters of a kernel without those of an epilogue, and the words that lead a call. */
const WORDS_OF_CALL = 24;

interface Part {
  readonly product: Product;
  /** Where the part begins, in bytes from the beginning of each buffer. */
  readonly shift: PerBuffer;
}

/** The plan for the heap of the pool; its buffers are those of `matmulPlan`. */
export function threadedMatmulPlan(spec: MatmulSpec, pool: ThreadPool): KernelPlan {
  const plan = matmulPlan(spec);
  if (pool.threads === 1 || plan.flops < LEAST_FLOPS || isVectorProduct(spec)) return plan;
  const product = toProduct({ ...spec, fma: spec.fma && hasFma() });
  const tile = tileFor(product);
  const parts = partsOf(product, tile, pool.threads);
  if (parts.length === 1) return plan;
  const scratches = parts.map((part) => aligned(matrixScratch(part.product, tile)));
  const buffers = scratches.reduce((sum, bytes) => sum + bytes, 0);
  const wordsOfCall = WORDS_OF_CALL + 3 * product.matrices.length;
  const calls = parts.reduce((sum, part) => sum + mostCalls(part.product, tile), 0);
  return {
    ...plan,
    label: `${plan.label} on ${parts.length} threads`,
    scratch: buffers + 4 * wordsOfCall * calls,
    bind: (heap, addresses, scratch) => {
      let at = scratch;
      const lists = parts.map(({ product: part, shift }, i) => {
        const own = addresses.map((address, j) => address + (shift[j] as number));
        const found = matrixCalls(part, tile, heap, own, at);
        at += scratches[i] as number;
        return found;
      });
      return pool.prepare(lists, at);
    },
  };
}

/** Along the axis that divides best, as many parts as there are threads, or fewer. */
function partsOf(product: Product, tile: Tile, threads: number): Part[] {
  const { rows, columns, count, matrices, repeat, format } = product;
  const still = (buffer: number, strides: PerBuffer): PerBuffer =>
    strides.map((stride, i) => (i === buffer ? 0 : stride));
  if (count >= threads) {
    return split(count, 1, threads, repeat, (size) => ({ ...product, count: size }));
  }
  if (rows >= columns) {
    const strides = still(
      1,
      matrices.map(({ row }) => row),
    );
    return split(rows, tile.rows, threads, strides, (size) => ({ ...product, rows: size }));
  }
  const strides = still(
    0,
    matrices.map(({ column }) => column),
  );
  const width = tile.vectors * format.count;
  return split(columns, width, threads, strides, (size) => ({ ...product, columns: size }));
}

/** Parts of nearly the same size, in whole steps. */
function split(
  size: number,
  step: number,
  threads: number,
  strides: PerBuffer,
  restrict: (size: number) => Product,
): Part[] {
  const each = Math.ceil(Math.ceil(size / step) / threads) * step;
  return Array.from({ length: Math.ceil(size / each) }, (_, i) => ({
    product: restrict(Math.min(each, size - i * each)),
    shift: strides.map((stride) => i * each * stride),
  }));
}
