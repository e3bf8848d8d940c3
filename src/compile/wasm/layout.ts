// Where the buffers of a program stand in the heap.

import { type DType, type Shape, sizeOf, type TypedArray } from "../../expr/shape.ts";
import { dataOf } from "../../expr/tensor.ts";
import { BYTES } from "../bytes.ts";
import type { Slot } from "../executable.ts";
import type { MemoryPlan } from "../memory-plan.ts";
import type { Buffer, Schedule } from "../schedule.ts";
import type { Region } from "./control.ts";
import type { Heap } from "./heap.ts";

/** The buffers of a schedule in an arena of the heap. */
export interface Layout {
  readonly heap: Heap;
  readonly arena: number;
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
}

export function addressOf({ arena, memory }: Layout, buffer: number): number {
  return arena + (memory.offsets[buffer] as number);
}

export function viewOf(layout: Layout, buffer: number): TypedArray {
  const { dtype, size } = layout.schedule.buffers[buffer] as Buffer;
  return layout.heap.view(dtype, addressOf(layout, buffer), size);
}

export function writeConstants(layout: Layout): void {
  layout.schedule.buffers.forEach(({ data }, buffer) => {
    if (data !== undefined) viewOf(layout, buffer).set(dataOf(data));
  });
}

/** A buffer as a run of bytes. */
export function regionOf(layout: Layout, buffer: number): Region {
  const { dtype, size } = layout.schedule.buffers[buffer] as Buffer;
  return { address: addressOf(layout, buffer), bytes: size * BYTES[dtype] };
}

export function copied(
  layout: Layout,
  { from, to }: { readonly from: number; readonly to: number },
): () => void {
  return () => viewOf(layout, to).set(viewOf(layout, from));
}

/** The memory of an input or output; it moves when the heap grows. */
export class HeapSlot implements Slot, Region {
  readonly address: number;
  readonly bytes: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #layout: Layout;
  readonly #buffer: number;
  #view: TypedArray | undefined;

  constructor(layout: Layout, buffer: number, shape: Shape, dtype: DType) {
    this.#layout = layout;
    this.#buffer = buffer;
    this.shape = shape;
    this.dtype = dtype;
    this.address = addressOf(layout, buffer);
    this.bytes = sizeOf(shape) * BYTES[dtype];
  }

  get data(): TypedArray {
    if (this.#view?.buffer !== this.#layout.heap.memory.buffer) {
      this.#view = viewOf(this.#layout, this.#buffer);
    }
    return this.#view;
  }
}
