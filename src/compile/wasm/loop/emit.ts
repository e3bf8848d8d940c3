// Writes the kernel of a loop nest: outer axes as counted loops whose pointers move along, the vector axis in groups of
// vectors, values as far out as they can be.

import type { Loop, LoopStore } from "../../loop.ts";
import { FunctionBuilder, type WasmFunction } from "../function-builder.ts";
import type { Nest } from "./axes.ts";
import { FoldWriter } from "./folds.ts";
import type { Segment } from "./guards.ts";
import type { LaneCount } from "./lanes.ts";
import { isLong, unrollOf, writtenOutOf } from "./size.ts";
import { type Group, ValueWriter } from "./values.ts";

type FoldStore = LoopStore & { readonly kind: "fold" };

/** The kernel of a nest. Its parameters are the addresses of the buffers. */
export function writeNest(nest: Nest, lanes: LaneCount): WasmFunction {
  return new NestWriter(nest, lanes).write();
}

class NestWriter {
  readonly #b: FunctionBuilder;
  readonly #nest: Nest;
  readonly #loop: Loop;
  readonly #count: LaneCount;
  readonly #values: ValueWriter;
  readonly #folds = new Map<FoldStore, FoldWriter>();
  readonly #unroll: number;
  readonly #writtenOut: number;
  /** Whether the lanes of a vector are folded into one result. */
  readonly #isAcross: boolean;

  constructor(nest: Nest, count: LaneCount) {
    this.#b = new FunctionBuilder({ avoidsBranches: isLong(nest.loop) });
    this.#nest = nest;
    this.#loop = nest.loop;
    this.#count = count;
    this.#values = new ValueWriter(this.#b, nest, count);
    this.#unroll = unrollOf(nest, count);
    this.#writtenOut = writtenOutOf(nest.loop);
    this.#isAcross = nest.loop.folded[nest.vector] === true;
  }

  write(): WasmFunction {
    const settings = { across: this.#isAcross, blocks: this.#hasBlocks() };
    for (const store of this.#loop.stores) {
      if (store.kind !== "fold") continue;
      const { fold, dtype } = store;
      this.#folds.set(store, new FoldWriter(this.#values.lanes, { fold, dtype, ...settings }));
    }
    this.#values.begin();
    this.#walk(0);
    return this.#b.finish();
  }

  /** Whether results are sums of more than one block. */
  #hasBlocks(): boolean {
    const { extents, folded } = this.#loop;
    const { kept, vector } = this.#nest;
    if (extents.length - kept > 1) return true;
    const last = extents.length - 1;
    if (folded[last] !== true) return false;
    if (last !== vector) return (extents[last] as number) > this.#nest.block;
    const { segments } = this.#values.guards;
    return segments.some((segment) => this.#mainGroups(segment) > this.#nest.block);
  }

  #walk(depth: number): void {
    if (depth === this.#nest.kept) this.#startFolds();
    if (depth === this.#loop.extents.length) {
      this.#values.innermost(depth, (vector) => this.#use(vector));
    } else {
      this.#values.outer(depth);
      if (depth === this.#nest.vector) this.#vectorAxis(depth);
      else this.#axis(depth);
    }
    if (depth === this.#nest.kept) this.#finishFolds();
  }

  /** Vectors that are computed from this axis on. */
  #vectorsFrom(depth: number): number {
    return this.#loop.extents.reduce((product, extent, axis) => {
      if (axis < depth) return product;
      return product * (axis === this.#nest.vector ? Math.ceil(extent / this.#count) : extent);
    }, 1);
  }

  #axis(axis: number): void {
    const { pointers, group } = this.#values;
    const extent = this.#loop.extents[axis] as number;
    const isLast = axis === this.#loop.extents.length - 1;
    const vectors = Math.max(1, group.length) * this.#vectorsFrom(axis);
    if (vectors <= this.#writtenOut) {
      for (let i = 0; i < extent; i++) {
        pointers.setBase(axis, i);
        this.#walk(axis + 1);
      }
    } else this.#repeat(axis, extent, 1, isLast, () => this.#walk(axis + 1));
    if (isLast) this.#flush();
    pointers.setBase(axis, 0);
  }

  /** Groups of full length that are not written out. */
  #mainGroups({ start, end }: Segment): number {
    if (this.#vectorsFrom(this.#nest.vector) <= this.#writtenOut) return 0;
    return Math.floor((end - start) / (this.#unroll * this.#count));
  }

  #vectorAxis(axis: number): void {
    for (const segment of this.#values.guards.segments) this.#segment(axis, segment);
    if (this.#isAcross) this.#flush();
    this.#values.pointers.setBase(axis, 0);
  }

  #segment(axis: number, segment: Segment): void {
    const { start, end } = segment;
    const { pointers, guards } = this.#values;
    const count = this.#count;
    const size = this.#unroll * count;
    const groups = this.#mainGroups(segment);
    pointers.setBase(axis, start);
    guards.enter(segment);
    const whole: Group = Array.from({ length: this.#unroll }, () => count);
    this.#repeat(axis, groups, size, this.#isAcross, () => this.#inGroup(whole, axis));
    const rest: number[] = [];
    const done = start + groups * size;
    for (let i = done; i < end; i += count) rest.push(Math.min(count, end - i));
    for (let i = 0; i < rest.length; i += this.#unroll) {
      pointers.setBase(axis, done + i * count);
      if (i === 0) guards.settle();
      this.#inGroup(rest.slice(i, i + this.#unroll), axis);
    }
    guards.leave();
  }

  #inGroup(group: Group, axis: number): void {
    this.#values.group = group;
    this.#walk(axis + 1);
    this.#values.group = [];
  }

  /** Repeats the body along an axis. Where the axis is the innermost folded one, blocks end before the last turns. */
  #repeat(axis: number, times: number, step: number, hasBlocks: boolean, body: () => void): void {
    const { pointers } = this.#values;
    if (times <= 1) {
      if (times === 1) body();
      return;
    }
    pointers.enter(axis, this.#values.needsIndex(axis));
    const once = (): void => pointers.moving(axis, step, body);
    const { block } = this.#nest;
    if (hasBlocks && times > block) {
      const rest = times % block === 0 ? block : times % block;
      this.#times((times - rest) / block, () => {
        this.#times(block, once);
        this.#flush();
      });
      this.#times(rest, once);
    } else this.#times(times, once);
    pointers.leave(axis, times * step);
  }

  #times(count: number, body: () => void): void {
    if (count === 1) {
      body();
      return;
    }
    const left = this.#b.variable(this.#b.constant("i32", count));
    const one = this.#b.constant("i32", 1);
    this.#b.repeat(() => {
      body();
      this.#b.assign(left, this.#b.emit("i32.sub", [left, one]));
      return left;
    });
  }

  /** Stores and folds a vector. */
  #use(vector: number): void {
    for (const store of this.#loop.stores) {
      if (store.kind === "fold") {
        const fold = this.#folds.get(store) as FoldWriter;
        const count = this.#values.group[vector] as number;
        fold.add(vector, this.#values.as(store.value, vector, fold.dtype), count);
      } else {
        const value = this.#values.as(store.value, vector, store.dtype);
        this.#values.store(store, vector, value);
      }
    }
  }

  #startFolds(): void {
    const extent = this.#loop.extents[this.#nest.vector] as number;
    const vectors = this.#isAcross
      ? Math.min(this.#unroll, Math.ceil(extent / this.#count))
      : this.#values.group.length;
    for (const fold of this.#folds.values()) fold.start(vectors);
  }

  #flush(): void {
    for (const fold of this.#folds.values()) fold.flush();
  }

  #finishFolds(): void {
    for (const [store, fold] of this.#folds) {
      fold.finish().forEach((result, vector) => {
        this.#values.store(store, this.#isAcross ? undefined : vector, result);
      });
    }
  }
}
