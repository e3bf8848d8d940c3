// Where the values of a graph are while it is scheduled: in loops, in buffers, or in the memory of others.

import type { SymbolicTensor } from "../expr/graph.ts";
import type { DType, Shape } from "../expr/shape.ts";
import { Group } from "./group.ts";
import type { Buffer, Schedule, Stage } from "./schedule.ts";
import { type Access, contiguous, isContiguous, repeated, squeezed } from "./walks.ts";

/** Where a value comes from once it has been scheduled. */
interface Origin {
  /** The first stage that may read it from memory. */
  ready: number;
  buffer: number | undefined;
  /** The loop that computes it, and its place there. */
  readonly group?: Group;
  readonly place?: number;
}

/** A value in the memory of another. */
export interface Source {
  readonly base: SymbolicTensor;
  readonly access: Access;
}

/** The loops and stages so far, and where each value comes from. */
export class Placement {
  readonly #buffers: Buffer[] = [];
  /** Loops and other stages, at their positions. */
  readonly #steps: (Group | Stage)[] = [];
  readonly #origins = new Map<SymbolicTensor, Origin>();
  readonly #sources = new Map<SymbolicTensor, Source>();
  /** The youngest loop over each space of indices. */
  readonly #youngest = new Map<string, Group>();
  readonly #inputs: readonly number[];

  constructor(inputs: readonly SymbolicTensor[]) {
    this.#inputs = inputs.map((input) => this.held(input, "input"));
  }

  held(value: SymbolicTensor, holds: "input" | "constant"): number {
    const data = value.node.value;
    const buffer =
      this.#buffers.push({
        dtype: value.dtype,
        size: value.size,
        holds,
        ...(data !== undefined && { data }),
      }) - 1;
    this.#origins.set(value, { ready: 0, buffer });
    this.#sources.set(value, { base: value, access: contiguous(value.shape) });
    return buffer;
  }

  /** A value that stands in a buffer from the stage `ready` on. */
  stored(value: SymbolicTensor, buffer: number, ready: number): void {
    this.#origins.set(value, { ready, buffer });
  }

  /** A value that is read in the memory of another, or of its own. */
  readFrom(value: SymbolicTensor, source: Source): void {
    this.#sources.set(value, source);
  }

  newBuffer(dtype: DType, size: number): number {
    return this.#buffers.push({ dtype, size, holds: "nothing" }) - 1;
  }

  sourceOf(value: SymbolicTensor): Source {
    return this.#sources.get(value) as Source;
  }

  computed(value: SymbolicTensor, group: Group, place: number): void {
    this.#origins.set(value, { ready: group.position + 1, buffer: undefined, group, place });
  }

  add(stage: Stage): number {
    return this.#steps.push(stage);
  }

  /** The value as the loop over `shape` reads it. */
  operand(value: SymbolicTensor, shape: Shape): Source {
    const { base, access } = this.sourceOf(value);
    return { base, access: squeezed(repeated(access, value.shape, shape), shape) };
  }

  /** The youngest loop over the space, if all operands are there by then, or else a new one. */
  groupFor(
    shape: Shape,
    operands: readonly Source[],
    folded?: readonly boolean[],
    earliest = 0,
  ): Group {
    const extents = shape.filter((length) => length !== 1);
    const key = extents.join();
    const youngest = this.#youngest.get(key);
    if (
      youngest !== undefined &&
      youngest.position >= earliest &&
      youngest.takes(folded) &&
      operands.every((operand) => this.#isReady(operand, youngest))
    ) {
      return youngest;
    }
    const group = new Group(this.#steps.length, extents);
    this.#steps.push(group);
    this.#youngest.set(key, group);
    return group;
  }

  #isReady(operand: Source, group: Group): boolean {
    const origin = this.#origins.get(operand.base);
    if (origin === undefined) return true;
    if (origin.group === group) return isContiguous(operand.access, group.extents);
    return origin.ready <= group.position;
  }

  /** The value in a loop: a number, what the loop has computed, or a load. */
  use(group: Group, { base, access }: Source): number {
    const constant = base.node.value;
    if (constant?.size === 1 && access.guards.length === 0) {
      return group.number(base.dtype, constant.at(0));
    }
    const origin = this.#origins.get(base);
    if (origin?.group === group && isContiguous(access, group.extents))
      return origin.place as number;
    return group.load(this.bufferOf(base), base.dtype, access);
  }

  /** The same value with its elements one after the other in memory of its own, or of an input. */
  materialized(value: SymbolicTensor): SymbolicTensor {
    const { base, access } = this.sourceOf(value);
    if (isContiguous(access, value.shape) && base.size === value.size) return base;
    const operand = this.operand(value, value.shape);
    const group = this.groupFor(value.shape, [operand]);
    this.computed(value, group, this.use(group, operand));
    this.#sources.set(value, { base: value, access: contiguous(value.shape) });
    return value;
  }

  /** The buffer of a value that no view stands for; a loop stores it when it is first asked for. */
  bufferOf(value: SymbolicTensor): number {
    let origin = this.#origins.get(value);
    if (origin === undefined) {
      this.held(value, "constant");
      origin = this.#origins.get(value) as Origin;
    }
    if (origin.buffer !== undefined) return origin.buffer;
    origin.buffer = this.newBuffer(value.dtype, value.size);
    const group = origin.group as Group;
    group.store(origin.buffer, value.dtype, origin.place as number, contiguous(group.extents));
    return origin.buffer;
  }

  /** The buffer of an output. An input that is carried over to another place is copied before it is overwritten. */
  #outputBuffer(output: SymbolicTensor, alias: number | undefined, isCarried: boolean): number {
    const base = this.materialized(output);
    const buffer = this.bufferOf(base);
    const isInput = this.#buffers[buffer]?.holds === "input";
    if (!isCarried || !isInput || this.#inputs[alias ?? -1] === buffer) return buffer;
    const operand = this.operand(base, base.shape);
    const group = this.groupFor(base.shape, [operand]);
    const copy = this.newBuffer(base.dtype, base.size);
    group.store(copy, base.dtype, this.use(group, operand), contiguous(group.extents));
    return copy;
  }

  finish(outputs: readonly SymbolicTensor[], aliases: readonly (number | undefined)[]): Schedule {
    const isCarried = aliases.some((alias) => alias !== undefined);
    const places = outputs.map((output, k) => this.#outputBuffer(output, aliases[k], isCarried));
    const stages = this.#steps.map((step): Stage => {
      if (!(step instanceof Group)) return step;
      const { loop, buffers } = step.finish();
      return { kind: "loop", loop, buffers, reads: [...step.reads], writes: [...step.writes] };
    });
    return { buffers: this.#buffers, stages, inputs: this.#inputs, outputs: places };
  }
}
