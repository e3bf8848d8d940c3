// Fused loops for tests, written down value by value.

import type { Loop, LoopStore, LoopValue } from "../../src/compile/loop.ts";
import type { FoldName, Guard } from "../../src/expr/lowering.ts";
import type { DType } from "../../src/expr/shape.ts";

interface LoadOptions {
  readonly dtype?: DType;
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly guards?: readonly Guard[];
  readonly fill?: number;
}

/** Every method gives the place of the value that it makes; buffers are numbered as they come. */
export class LoopBuilder {
  readonly #dtype: DType;
  readonly #extents: readonly number[];
  readonly #folded: readonly boolean[];
  readonly #values: LoopValue[] = [];
  readonly #stores: LoopStore[] = [];
  #buffers = 0;

  constructor(dtype: DType, extents: readonly number[], folded: readonly number[] = []) {
    this.#dtype = dtype;
    this.#extents = extents;
    this.#folded = extents.map((_, axis) => folded.includes(axis));
  }

  /** Row-major strides; those of axes that a result lacks are 0. */
  #strides(isThere: (axis: number) => boolean = () => true): number[] {
    let stride = 1;
    const strides = this.#extents.map(() => 0);
    for (let axis = strides.length - 1; axis >= 0; axis--) {
      if (!isThere(axis)) continue;
      strides[axis] = stride;
      stride *= this.#extents[axis] as number;
    }
    return strides;
  }

  #add(value: LoopValue): number {
    return this.#values.push(value) - 1;
  }

  load(options: LoadOptions = {}): number {
    const { dtype = this.#dtype, strides = this.#strides(), offset = 0 } = options;
    const { guards = [], fill = 0 } = options;
    const buffer = this.#buffers++;
    return this.#add({ kind: "load", buffer, dtype, walk: { offset, strides }, guards, fill });
  }

  number(value: number, dtype: DType = this.#dtype): number {
    return this.#add({ kind: "number", dtype, value });
  }

  index(axis: number): number {
    return this.#add({ kind: "index", dtype: "int32", axis });
  }

  apply(op: string, ...operands: number[]): number {
    return this.#add({ kind: "apply", op, dtype: this.#dtype, operands });
  }

  applyAs(dtype: DType, op: string, ...operands: number[]): number {
    return this.#add({ kind: "apply", op, dtype, operands });
  }

  cast(dtype: DType, operand: number): number {
    return this.#add({ kind: "cast", dtype, operand });
  }

  store(value: number, dtype: DType = this.#dtype): this {
    const walk = { offset: 0, strides: this.#strides() };
    this.#stores.push({ kind: "store", buffer: this.#buffers++, dtype, value, walk });
    return this;
  }

  /** Writes over the buffer of a load. */
  replace(load: number, value: number): this {
    const { buffer, dtype, walk } = this.#values[load] as LoopValue & { kind: "load" };
    this.#stores.push({ kind: "store", buffer, dtype, value, walk });
    return this;
  }

  fold(fold: FoldName, value: number, dtype: DType = this.#dtype): this {
    const walk = { offset: 0, strides: this.#strides((axis) => !this.#folded[axis]) };
    this.#stores.push({ kind: "fold", buffer: this.#buffers++, dtype, value, fold, walk });
    return this;
  }

  loop(): Loop {
    return {
      extents: this.#extents,
      folded: this.#folded,
      buffers: this.#buffers,
      values: this.#values,
      stores: this.#stores,
    };
  }
}
