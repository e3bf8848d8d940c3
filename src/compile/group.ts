// A fused loop while it grows: values that are computed at the same indices.

import type { FoldName, Walk } from "../expr/lowering.ts";
import { type DType, roundTo, type Shape } from "../expr/shape.ts";
import type { Loop, LoopStore, LoopValue } from "./loop.ts";
import type { Access } from "./walks.ts";

/** More values than this do not stay in registers, so another loop is begun. */
const MOST_VALUES = 96;

/** A loop over one space of indices. Its buffers are named by their numbers in the schedule until it is finished. */
export class Group {
  readonly position: number;
  /** The sizes of the axes, none of them 1. */
  readonly extents: Shape;
  #folded: readonly boolean[] | undefined;
  readonly #values: LoopValue[] = [];
  readonly #stores: LoopStore[] = [];
  readonly #known = new Map<string, number>();
  readonly reads: Set<number> = new Set();
  readonly writes: Set<number> = new Set();

  constructor(position: number, extents: Shape) {
    this.position = position;
    this.extents = extents;
  }

  /** Whether there is room for more, with these axes folded if any are. */
  takes(folded: readonly boolean[] | undefined): boolean {
    if (this.#values.length >= MOST_VALUES) return false;
    return folded === undefined || this.#folded === undefined || isSameList(folded, this.#folded);
  }

  #add(key: string, value: LoopValue): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = this.#values.push(value) - 1;
    this.#known.set(key, place);
    return place;
  }

  number(dtype: DType, value: number): number {
    const text = Object.is(value, -0) ? "-0" : String(value);
    return this.#add(`number ${dtype} ${text}`, { kind: "number", dtype, value });
  }

  load(buffer: number, dtype: DType, access: Access): number {
    this.reads.add(buffer);
    const { offset, strides, guards, fill } = access;
    const key = `load ${buffer} ${JSON.stringify(access)}`;
    return this.#add(key, { kind: "load", buffer, dtype, walk: { offset, strides }, guards, fill });
  }

  cast(operand: number, dtype: DType): number {
    const value = this.#values[operand] as LoopValue;
    if (value.dtype === dtype) return operand;
    if (value.kind === "number") return this.number(dtype, roundTo(dtype, value.value));
    return this.#add(`cast ${operand} ${dtype}`, { kind: "cast", dtype, operand });
  }

  apply(op: string, dtype: DType, operands: readonly number[]): number {
    return this.#add(`${op} ${dtype} ${operands.join()}`, { kind: "apply", op, dtype, operands });
  }

  store(buffer: number, dtype: DType, value: number, { offset, strides }: Walk): void {
    this.writes.add(buffer);
    this.#stores.push({ kind: "store", buffer, dtype, value, walk: { offset, strides } });
  }

  /** Folds a value along the axes where `folded` says so. */
  fold(
    buffer: number,
    dtype: DType,
    value: number,
    fold: FoldName,
    folded: readonly boolean[],
    walk: Walk,
  ): void {
    this.writes.add(buffer);
    this.#folded = folded;
    this.#stores.push({ kind: "fold", buffer, dtype, value, fold, walk });
  }

  /** The loop, and its buffers by their numbers in it. */
  finish(): { readonly loop: Loop; readonly buffers: readonly number[] } {
    const buffers = [...new Set([...this.reads, ...this.writes])];
    const places = new Map(buffers.map((buffer, place) => [buffer, place]));
    const placed = <T extends { readonly buffer: number }>(use: T): T => ({
      ...use,
      buffer: places.get(use.buffer) as number,
    });
    const loop: Loop = {
      extents: this.extents,
      folded: this.#folded ?? this.extents.map(() => false),
      buffers: buffers.length,
      values: this.#values.map((value) => (value.kind === "load" ? placed(value) : value)),
      stores: this.#stores.map(placed),
    };
    return { loop, buffers };
  }
}

function isSameList(left: readonly boolean[], right: readonly boolean[]): boolean {
  return left.length === right.length && left.every((flag, i) => flag === right[i]);
}
