// A thread that runs lists of kernel calls over a memory that it shares: the program of the worker, and its start in
// Node and in browsers.

import type { WasmMemory } from "../wasm/web-assembly.ts";

/** Places of the words through which a pool and its workers speak, all of 32 bits. */
export const CONTROL = {
  /** Goes up by one for each job. */
  generation: 0,
  /** Workers that have started. */
  ready: 1,
  /** Workers that have not finished the job. */
  remaining: 2,
  /** Not 0 after a worker has failed. */
  failed: 3,
  /** Not 0 when the workers shall end. */
  stop: 4,
  /** For each worker: the place and the length of its list, in words. */
  lists: 5,
} as const;

/** What a worker is given. */
export interface WorkerData {
  readonly memory: WasmMemory;
  /** The place of the first control word, counted in words. */
  readonly control: number;
  readonly index: number;
}

/**
 * The program of a worker. A list has calls one after the other: the byte address and length of the module, the count
 * of parameters, and the parameters. Nothing goes through messages, so that a thread that is busy can still be served.
 */
const PROGRAM = `
const serve = ({ memory, control, index }) => {
  const kernels = new Map();
  // Growing by nothing makes the growth that other threads caused visible.
  const words = () => (memory.grow(0), new Int32Array(memory.buffer));
  const kernelAt = (address, length) => {
    const known = kernels.get(address);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(memory.buffer).slice(address, address + length);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    kernels.set(address, exports.run);
    return exports.run;
  };
  const runList = (all) => {
    const start = all[control + ${CONTROL.lists} + 2 * index];
    const end = start + all[control + ${CONTROL.lists} + 2 * index + 1];
    for (let at = start; at < end; at += 3 + all[at + 2]) {
      const parameters = all.subarray(at + 3, at + 3 + all[at + 2]);
      kernelAt(all[at] >>> 0, all[at + 1])(...parameters);
    }
  };
  let seen = 0;
  Atomics.add(words(), control + ${CONTROL.ready}, 1);
  for (;;) {
    Atomics.wait(words(), control + ${CONTROL.generation}, seen);
    const all = words();
    if (Atomics.load(all, control + ${CONTROL.stop}) !== 0) return;
    const generation = Atomics.load(all, control + ${CONTROL.generation});
    if (generation === seen) continue;
    seen = generation;
    try {
      runList(all);
    } catch {
      Atomics.store(all, control + ${CONTROL.failed}, 1);
    }
    Atomics.sub(all, control + ${CONTROL.remaining}, 1);
    Atomics.notify(all, control + ${CONTROL.remaining});
  }
};
`;

interface NodeWorker {
  unref(): void;
}

interface WebWorker {
  postMessage(data: unknown): void;
}

interface Global {
  readonly process?: {
    getBuiltinModule?(name: string): {
      readonly Worker: new (
        program: string,
        options: { readonly eval: true; readonly workerData: unknown },
      ) => NodeWorker;
    };
  };
  readonly Worker?: new (address: string) => WebWorker;
  readonly Blob?: new (parts: readonly string[], options: { readonly type: string }) => unknown;
  readonly URL?: { createObjectURL(blob: unknown): string };
}

/** Starts a worker; false where this engine has none, or none that shares memory. */
export function startWorker(data: WorkerData): boolean {
  try {
    return start(data);
  } catch {
    // A page that is not cross-origin isolated may not share memory.
    return false;
  }
}

function start(data: WorkerData): boolean {
  const { process, Worker, Blob, URL } = globalThis as unknown as Global;
  const node = process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    const program = `${PROGRAM}serve(require("node:worker_threads").workerData);`;
    new node.Worker(program, { eval: true, workerData: data }).unref();
    return true;
  }
  if (Worker === undefined || Blob === undefined || URL === undefined) return false;
  const program = `${PROGRAM}onmessage = ({ data }) => serve(data);`;
  const blob = new Blob([program], { type: "text/javascript" });
  new Worker(URL.createObjectURL(blob)).postMessage(data);
  return true;
}
