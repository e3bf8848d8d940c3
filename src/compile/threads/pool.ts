// Threads that share the work of one run: each gets a list of kernel calls, and the caller does the first list itself.

import { SymtapeError } from "../../expr/errors.ts";
import { encodeModule } from "../wasm/encode.ts";
import { Heap, type KernelSource, MOST_PAGES } from "../wasm/heap.ts";
import { type Calls, prepareCalls } from "../wasm/matmul/calls.ts";
import { CONTROL, startWorker } from "./worker.ts";

/** A module in the shared memory, by its byte address and length. */
type Placed = readonly [number, number];

/** How often the caller looks whether the others are done, before it sleeps. */
const LOOKS = 2000;

const pools = new Map<number, ThreadPool>();

/** The pool of all programs on so many threads. */
export function commonPool(threads: number): ThreadPool {
  let pool = pools.get(threads);
  if (pool === undefined) {
    pool = new ThreadPool(threads);
    pools.set(threads, pool);
  }
  return pool;
}

/** A memory and the threads that work in it. Only one run is on its way at a time. */
export class ThreadPool {
  readonly heap: Heap;
  /** The calling thread is one of them. */
  readonly threads: number;
  readonly #control: Int32Array;
  readonly #modules = new Map<string, Placed>();
  #isBroken = false;

  constructor(threads: number) {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new SymtapeError(
        "usage",
        `threads: there cannot be ${threads} threads. Give a whole number of 1 or more.`,
        { operation: "threads" },
      );
    }
    this.heap = new Heap({ shared: true });
    this.threads = threads;
    const count = CONTROL.lists + 2 * threads;
    const address = this.heap.allocate(4 * count);
    this.#control = new Int32Array(this.heap.memory.buffer, address, count).fill(0);
    for (let index = 1; index < threads; index++) {
      startWorker({ memory: this.heap.memory, control: address / 4, index });
    }
  }

  /** Whether all threads run. They start beside the program; until then, and without them, the caller does all. */
  get isReady(): boolean {
    return !this.#isBroken && Atomics.load(this.#control, CONTROL.ready) === this.threads - 1;
  }

  /**
   * A run of all parts, as many as there are threads or fewer. `scratch` is the address of room for the lists of
   * calls.
   */
  prepare(parts: readonly Calls[], scratch: number): () => void {
    const runs = parts.map((calls) => prepareCalls(this.heap, calls));
    const lists = parts.slice(1).map((calls) => this.#list(calls));
    const runAll = (): void => {
      for (const run of runs) run();
    };
    if (lists.includes(undefined)) return runAll;
    return () => {
      if (!this.isReady) {
        runAll();
        return;
      }
      this.#start(lists as Int32Array[], scratch / 4);
      runs[0]?.();
      this.#wait();
      // What a worker failed at is done again; a product does not depend on what is in its result before.
      if (this.#isBroken) runAll();
    };
  }

  /** Ends the threads. Programs go on without them. */
  dispose(): void {
    this.#isBroken = true;
    Atomics.store(this.#control, CONTROL.stop, 1);
    Atomics.notify(this.#control, CONTROL.generation);
  }

  /** The calls as workers read them; nothing where a kernel needs the host. */
  #list(calls: Calls): Int32Array | undefined {
    const words: number[] = [];
    let isComplete = true;
    calls.walk((source, parameters) => {
      const placed = this.#place(source);
      if (placed === undefined) isComplete = false;
      else words.push(...placed, parameters.length, ...parameters);
    });
    return isComplete ? Int32Array.from(words) : undefined;
  }

  #place(source: KernelSource): Placed | undefined {
    const known = this.#modules.get(source.key);
    if (known !== undefined) return known;
    const written = source.write();
    if (written.hosts.length > 0) return undefined;
    const bytes = encodeModule(written, { shared: true, maximum: MOST_PAGES });
    const address = this.heap.allocate(bytes.length);
    new Uint8Array(this.heap.memory.buffer).set(bytes, address);
    const placed: Placed = [address, bytes.length];
    this.#modules.set(source.key, placed);
    return placed;
  }

  /** Hands the lists to the workers. Those for which there is none count down at once. */
  #start(lists: readonly Int32Array[], place: number): void {
    const control = this.#control;
    const words = new Int32Array(this.heap.memory.buffer);
    let at = place;
    for (let index = 1; index < this.threads; index++) {
      const list = lists[index - 1];
      if (list !== undefined) words.set(list, at);
      control[CONTROL.lists + 2 * index] = at;
      control[CONTROL.lists + 2 * index + 1] = list?.length ?? 0;
      at += list?.length ?? 0;
    }
    Atomics.store(control, CONTROL.remaining, this.threads - 1);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
  }

  #wait(): void {
    const control = this.#control;
    for (let looks = 0; ; looks++) {
      const remaining = Atomics.load(control, CONTROL.remaining);
      if (remaining === 0) break;
      if (looks > LOOKS) sleep(control, remaining);
    }
    if (Atomics.load(control, CONTROL.failed) !== 0) this.#isBroken = true;
  }
}

/** Waits for a worker; the main thread of a browser may not sleep and looks again instead. */
function sleep(control: Int32Array, remaining: number): void {
  try {
    Atomics.wait(control, CONTROL.remaining, remaining, 1);
  } catch {
    return;
  }
}
