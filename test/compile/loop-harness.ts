// Runs the kernel of a loop over arrays, with marks around every buffer that must stay as they are.

import type { KernelPlan } from "../../src/compile/kernel-plan.ts";
import type { Loop } from "../../src/compile/loop.ts";
import { Heap } from "../../src/compile/wasm/heap.ts";
import { loopPlan } from "../../src/compile/wasm/loop/plan.ts";
import { allocate, type DType, roundTo, type TypedArray } from "../../src/expr/shape.ts";
import { type Folded, runNaively } from "./naive-loop.ts";

const heap = new Heap();
const MARGIN = 64;
const MARK = 0xa5;

export function planOf(loop: Loop): KernelPlan {
  const plan = loopPlan(loop);
  if (plan === undefined) throw new Error("there is no kernel for this loop");
  return plan;
}

/** Runs the kernel over buffers, which it changes. */
export function runKernel(loop: Loop, buffers: readonly TypedArray[]): void {
  const plan = planOf(loop);
  const blocks = buffers.map((buffer) => {
    const bytes = buffer.byteLength + 2 * MARGIN;
    const block = heap.allocate(bytes);
    heap.view("bool", block, bytes).fill(MARK);
    return { block, bytes, address: block + MARGIN };
  });
  const scratch = heap.allocate(plan.scratch + MARGIN);
  heap.view("bool", scratch + plan.scratch, MARGIN).fill(MARK);
  const run = plan.bind(
    heap,
    blocks.map(({ address }) => address),
    scratch,
  );
  buffers.forEach((buffer, i) => {
    const { address } = blocks[i] as { address: number };
    heap.view(dtypeOf(buffer), address, buffer.length).set(buffer);
  });
  run();
  buffers.forEach((buffer, i) => {
    const { block, bytes, address } = blocks[i] as (typeof blocks)[number];
    buffer.set(heap.view(dtypeOf(buffer), address, buffer.length));
    const around = heap.view("bool", block, bytes);
    for (let at = 0; at < bytes; at++) {
      const isOutside = at < MARGIN || at >= MARGIN + buffer.byteLength;
      if (isOutside && around[at] !== MARK)
        throw new Error(`buffer ${i}: byte ${at - MARGIN} was written`);
    }
  });
  if (heap.view("bool", scratch + plan.scratch, MARGIN).some((byte) => byte !== MARK)) {
    throw new Error("more scratch memory was written than the plan asks for");
  }
  for (const { block } of blocks) heap.release(block);
  heap.release(scratch);
}

function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Float32Array) return "float32";
  return array instanceof Int32Array ? "int32" : "bool";
}

/** Runs both ways; throws where the results differ by more than the folds may. */
export function compare(loop: Loop, buffers: readonly TypedArray[]): void {
  const found = buffers.map((buffer) => buffer.slice());
  const wanted = buffers.map((buffer) => buffer.slice());
  runKernel(loop, found);
  const folds = runNaively(loop, wanted);
  const bounds = new Map(folds.map((fold) => [`${fold.buffer} ${fold.place}`, boundOf(fold)]));
  wanted.forEach((buffer, i) => {
    const other = found[i] as TypedArray;
    for (let k = 0; k < buffer.length; k++) {
      const x = other[k] as number;
      const y = buffer[k] as number;
      const bound = bounds.get(`${i} ${k}`) ?? 0;
      if (Object.is(x, y) || (bound > 0 && !(Math.abs(x - y) > bound))) continue;
      throw new Error(`buffer ${i}, element ${k}: ${x} instead of ${y}`);
    }
  });
}

/** Sums may err by some units in the last place of their terms; all other folds are exact. */
function boundOf({ fold, dtype, terms }: Folded): number {
  if (fold !== "sum" || dtype === "int32") return 0;
  const size = terms.reduce((total, term) => total + Math.abs(term), 0);
  const unit = dtype === "float32" ? 2 ** -23 : 2 ** -52;
  if (roundTo(dtype, size) < 1e30) return 8 * unit * size;
  return Number.isNaN(size) ? 0 : Number.POSITIVE_INFINITY;
}

export const FLOATS: readonly ("float64" | "float32")[] = ["float64", "float32"];

export function floats(dtype: DType, length: number, f: (i: number) => number): TypedArray {
  const array = allocate(dtype, length);
  for (let i = 0; i < length; i++) array[i] = f(i);
  return array;
}

/** Numbers between 0 and 1 without any pattern, down to their last bits. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (Math.sin(state) + 1) / 2;
  };
}
