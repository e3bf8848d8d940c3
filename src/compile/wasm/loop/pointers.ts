// Where a kernel is: one pointer for all walks that move alike, and the index along each axis.

import type { Walk } from "../../../expr/lowering.ts";
import type { DType } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { Loop } from "../../loop.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import type { Place } from "./access.ts";

/** A walk over memory in bytes. */
interface Access {
  readonly group: number;
  /** From the pointer of the group, at the index 0 of all axes. */
  readonly offset: number;
  readonly strides: readonly number[];
  /** Whether its place may lie outside of memory. */
  readonly isGuarded: boolean;
}

interface Group {
  readonly buffer: number;
  readonly strides: readonly number[];
  readonly isGuarded: boolean;
  /** Whether it stays where it is. */
  readonly isFixed: boolean;
  /** Bytes from the start of the buffer to where the pointer starts. */
  start: number;
  pointer: Value | undefined;
  /** Bytes by which the pointer stands ahead of where the loops around have it. */
  moved: number;
  /** Where it was set to the place of its accesses. */
  settled: { readonly moved: number; readonly bases: readonly number[] } | undefined;
}

/** What an access is made of. */
export interface AccessSource {
  readonly buffer: number;
  readonly dtype: DType;
  readonly walk: Walk;
  readonly guards?: readonly unknown[];
}

export class Pointers {
  readonly #b: FunctionBuilder;
  readonly #buffers: readonly Value[];
  readonly #vector: number;
  readonly #groups: Group[] = [];
  readonly #accesses = new Map<AccessSource, Access>();
  /** The index along each axis is its base plus its counter, if it has one. */
  readonly #bases: number[];
  readonly #counters: (Value | undefined)[];
  readonly #entries: (readonly number[])[] = [];

  constructor(b: FunctionBuilder, loop: Loop, vector: number) {
    this.#vector = vector;
    this.#b = b;
    this.#buffers = Array.from({ length: loop.buffers }, (_, i) =>
      b.parameter("i32", `buffer${i}`),
    );
    this.#bases = loop.extents.map(() => 0);
    this.#counters = loop.extents.map(() => undefined);
  }

  /** Makes a walk known; all of them before `begin`. */
  add(source: AccessSource): void {
    const { buffer, dtype, walk, guards } = source;
    const width = BYTES[dtype];
    const strides = this.#bases.map((_, axis) => (walk.strides[axis] ?? 0) * width);
    const offset = walk.offset * width;
    const isGuarded = guards !== undefined && guards.length > 0;
    let group = this.#groups.findIndex(
      (other) =>
        other.buffer === buffer &&
        other.isGuarded === isGuarded &&
        (!isGuarded || other.start === offset) &&
        other.strides.every((stride, axis) => stride === strides[axis]),
    );
    // A pointer must not leave memory while offsets count from it, so that it starts at the walk's own start where
    // it moves backwards.
    const start = isGuarded || strides.some((stride) => stride < 0) ? offset : 0;
    if (group < 0) {
      const isFixed = strides.every((stride) => stride === 0);
      const entry = {
        buffer,
        strides,
        isGuarded,
        isFixed,
        start,
        pointer: undefined,
        moved: 0,
        settled: undefined,
      };
      group = this.#groups.push(entry) - 1;
    }
    const entry = this.#groups[group] as Group;
    entry.start = Math.min(entry.start, start);
    this.#accesses.set(source, { group, offset, strides, isGuarded });
  }

  /** Sets all pointers to their starts. */
  begin(): void {
    for (const group of this.#groups) {
      const base = this.#buffers[group.buffer] as Value;
      const start =
        group.start === 0
          ? base
          : this.#b.emit("i32.add", [base, this.#b.constant("i32", group.start)]);
      group.pointer = group.isFixed ? start : this.#b.variable(start);
    }
  }

  setBase(axis: number, base: number): void {
    this.#bases[axis] = base;
  }

  /** Before a loop along an axis. */
  enter(axis: number, needsCounter: boolean): void {
    this.#entries.push(this.#groups.map(({ moved }) => moved));
    if (needsCounter) this.#counters[axis] = this.#b.variable(this.#b.constant("i32", 0));
  }

  /** One turn of the loop: after the body everything stands so many steps further. */
  moving(axis: number, step: number, body: () => void): void {
    const entry = this.#entries.at(-1) as readonly number[];
    body();
    this.#groups.forEach((group, i) => {
      const wanted = (group.strides[axis] as number) * step;
      this.#add(group.pointer as Value, wanted - (group.moved - (entry[i] as number)));
      group.moved = entry[i] as number;
    });
    const counter = this.#counters[axis];
    if (counter !== undefined) this.#add(counter, step);
  }

  #add(variable: Value, amount: number): void {
    if (amount === 0) return;
    this.#b.assign(variable, this.#b.emit("i32.add", [variable, this.#b.constant("i32", amount)]));
  }

  /** After the loop, which has moved everything so many steps. */
  leave(axis: number, steps: number): void {
    const entry = this.#entries.pop() as readonly number[];
    this.#groups.forEach((group, i) => {
      group.moved = (entry[i] as number) + (group.strides[axis] as number) * steps;
    });
    this.#counters[axis] = undefined;
  }

  /** The index along an axis is `base` more than the counter, if there is one. */
  index(axis: number): { readonly counter: Value | undefined; readonly base: number } {
    return { counter: this.#counters[axis], base: this.#bases[axis] as number };
  }

  /** Moves a pointer to the place of its accesses, which is in memory whenever their guards hold. */
  settle(source: AccessSource): void {
    const access = this.#accesses.get(source);
    if (access === undefined) return;
    const group = this.#groups[access.group] as Group;
    const offset = this.#offset(access);
    if (offset !== 0 && group.isFixed) return;
    this.#add(group.pointer as Value, offset);
    group.moved += offset;
    group.settled = { moved: group.moved, bases: [...this.#bases] };
  }

  unsettle(source: AccessSource): void {
    const access = this.#accesses.get(source);
    if (access !== undefined) (this.#groups[access.group] as Group).settled = undefined;
  }

  #access(source: AccessSource): Access {
    const access = this.#accesses.get(source);
    if (access === undefined) throw new Error("a walk is not known to the pointers");
    return access;
  }

  /** Bytes from one element to the next along an axis. */
  step(source: AccessSource, axis: number): number {
    return this.#access(source).strides[axis] as number;
  }

  /** The place of an access at the indices now, so many bytes further. */
  place(source: AccessSource, bytes: number): Place {
    const access = this.#access(source);
    const group = this.#groups[access.group] as Group;
    const offset = this.#offset(access) + bytes;
    const pointer = group.pointer as Value;
    const isInside = access.isGuarded ? this.#isSettled(group) : group.moved >= 0;
    if (offset === 0 || (offset > 0 && isInside)) return { pointer, offset };
    const moved = this.#b.emit("i32.add", [pointer, this.#b.constant("i32", offset)]);
    return { pointer: moved, offset: 0 };
  }

  /** Whether the pointer is in memory if the place is, since only the index along vectors differs. */
  #isSettled({ settled, moved }: Group): boolean {
    if (settled === undefined || settled.moved !== moved) return false;
    return this.#bases.every((base, axis) => axis === this.#vector || base === settled.bases[axis]);
  }

  /** Bytes from the pointer to the place of an access at the indices now. */
  #offset(access: Access): number {
    const group = this.#groups[access.group] as Group;
    return access.strides.reduce(
      (offset, stride, axis) => offset + stride * (this.#bases[axis] as number),
      access.offset - group.start - group.moved,
    );
  }
}
