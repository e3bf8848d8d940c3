// Tensors go into the memory of a program and come out of it.

import { allocate } from "../expr/shape.ts";
import { ConcreteTensor, dataOf, type Tensor } from "../expr/tensor.ts";
import type { Slot } from "./executable.ts";

/** Writes values into inputs. Tensors never change, so one that is there already is not written again. */
export class SlotWriter {
  readonly #slots: readonly Slot[];
  readonly #written: (Tensor | undefined)[] = [];
  /** Whether somebody else may write the slots too. */
  isShared = false;

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
  }

  write(place: number, value: Tensor | number): void {
    const slot = this.#slots[place] as Slot;
    if (typeof value === "number") {
      slot.data[0] = value;
      this.#written[place] = undefined;
      return;
    }
    if (!this.isShared && this.#written[place] === value) return;
    const tensor = value.concrete("compile");
    if (tensor.size === 1) slot.data[0] = tensor.at(0);
    else slot.data.set(dataOf(tensor));
    this.#written[place] = value;
  }

  /** Says that the first slots are no longer what was written there. */
  forget(count: number): void {
    this.#written.fill(undefined, 0, count);
  }
}

/** The elements of a slot as a tensor of their own. */
export function tensorOf({ shape, dtype, data }: Slot): ConcreteTensor {
  if (shape.length === 0) return new ConcreteTensor(shape, dtype, data[0] as number);
  if (dtype === "float64") return new ConcreteTensor(shape, dtype, data.slice());
  const copy = allocate(dtype, data.length);
  copy.set(data);
  return new ConcreteTensor(shape, dtype, copy);
}
