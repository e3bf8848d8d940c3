// The calls of kernels that make up a run: written down once where they are few, made anew each time where they are
// many.

import type { Heap, Kernel, KernelSource } from "../heap.ts";

/** Makes a call, or writes it down. */
export type Caller = (source: KernelSource, parameters: readonly number[]) => void;

/** All calls of a run in their order, and how many there are at most. */
export interface Calls {
  readonly count: number;
  walk(call: Caller): void;
}

const MOST_CALLS = 10_000;

/** A run of the calls. */
export function prepareCalls(heap: Heap, { count, walk }: Calls): () => void {
  const kernels = new Map<KernelSource, Kernel>();
  const load = (source: KernelSource): Kernel => {
    const kernel = kernels.get(source) ?? heap.load(source);
    kernels.set(source, kernel);
    return kernel;
  };
  if (count > MOST_CALLS) return () => walk((source, parameters) => load(source)(...parameters));
  const calls: [Kernel, readonly number[]][] = [];
  walk((source, parameters) => calls.push([load(source), parameters]));
  return () => {
    for (const [kernel, parameters] of calls) kernel(...parameters);
  };
}
