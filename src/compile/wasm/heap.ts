// The memory that programs share: arenas are taken from it and given back, and kernels are loaded into it once.

import { SymtapeError } from "../../expr/errors.ts";
import type { DType, TypedArray } from "../../expr/shape.ts";
import { ALIGNMENT, aligned } from "../bytes.ts";
import { encodeModule } from "./encode.ts";
import type { WasmFunction } from "./function-builder.ts";
import { type WasmMemory, webAssembly } from "./web-assembly.ts";

/** A loaded kernel. Its parameters are byte addresses and sizes. */
export type Kernel = (...parameters: number[]) => number;

const PAGE = 65_536;
/** Nearly 2 GB: kernels compare addresses as numbers with signs. */
export const MOST_PAGES = 32_767;

interface Block {
  start: number;
  size: number;
}

/** A kernel before it is loaded: `key` names its whole content. */
export interface KernelSource {
  readonly key: string;
  write(): WasmFunction;
}

/** A growing memory with a list of free blocks. */
export class Heap {
  readonly memory: WasmMemory;
  readonly shared: boolean;
  readonly #free: Block[] = [];
  readonly #taken = new Map<number, number>();
  readonly #kernels = new Map<string, Kernel>();
  /** Address 0 stays unused. */
  #end: number = ALIGNMENT;

  constructor(options: { readonly shared?: boolean } = {}) {
    this.shared = options.shared === true;
    this.memory = new (webAssembly().Memory)(
      this.shared ? { initial: 0, maximum: MOST_PAGES, shared: true } : { initial: 0 },
    );
  }

  /** The address of a new block. The contents are undefined. */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, aligned(bytes));
    const place = this.#free.findIndex((block) => block.size >= size);
    if (place >= 0) {
      const block = this.#free[place] as Block;
      const { start } = block;
      block.start += size;
      block.size -= size;
      if (block.size === 0) this.#free.splice(place, 1);
      this.#taken.set(start, size);
      return start;
    }
    const start = this.#end;
    this.#reserve(start + size, bytes);
    this.#end = start + size;
    this.#taken.set(start, size);
    return start;
  }

  #reserve(end: number, bytes: number): void {
    const pages = Math.ceil(end / PAGE);
    const missing = pages - this.memory.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    if (pages > MOST_PAGES) throw outOfMemory(bytes);
    try {
      this.memory.grow(missing);
    } catch {
      throw outOfMemory(bytes);
    }
  }

  /** Gives a block back. */
  release(start: number): void {
    const size = this.#taken.get(start);
    if (size === undefined) return;
    this.#taken.delete(start);
    let place = this.#free.findIndex((block) => block.start > start);
    if (place < 0) place = this.#free.length;
    this.#free.splice(place, 0, { start, size });
    this.#join(place);
    if (place > 0) this.#join(place - 1);
    const last = this.#free.at(-1);
    if (last !== undefined && last.start + last.size === this.#end) {
      this.#end = last.start;
      this.#free.pop();
    }
  }

  #join(place: number): void {
    const block = this.#free[place];
    const next = this.#free[place + 1];
    if (block === undefined || next === undefined || block.start + block.size !== next.start)
      return;
    block.size += next.size;
    this.#free.splice(place + 1, 1);
  }

  /** Bytes in use. */
  get used(): number {
    let total = 0;
    for (const size of this.#taken.values()) total += size;
    return total;
  }

  /** The elements at an address. The view is good until the memory grows. */
  view(dtype: DType, address: number, length: number): TypedArray {
    return new ARRAYS[dtype](this.memory.buffer, address, length);
  }

  /** The kernel, compiled and loaded when it is first asked for. */
  load(source: KernelSource): Kernel {
    const known = this.#kernels.get(source.key);
    if (known !== undefined) return known;
    const written = source.write();
    const bytes = encodeModule(written, { shared: this.shared, maximum: MOST_PAGES });
    const module = new (webAssembly().Module)(bytes);
    const host = Object.fromEntries(written.hosts.map(({ call }, i) => [String(i), call]));
    const instance = new (webAssembly().Instance)(module, { env: { memory: this.memory }, host });
    const kernel = instance.exports.run as Kernel;
    this.#kernels.set(source.key, kernel);
    return kernel;
  }
}

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

function outOfMemory(bytes: number): SymtapeError<"limit"> {
  return new SymtapeError(
    "limit",
    `compile: there is no room for ${bytes} bytes more in the memory of programs (2 GB at most). Compile for ` +
      "smaller shapes, or give programs back that are done with, by dispose().",
    { limit: "memory", maximum: MOST_PAGES * PAGE },
  );
}

let common: Heap | undefined;

/** The memory of all programs of one thread. */
export function commonHeap(): Heap {
  common ??= new Heap();
  return common;
}
