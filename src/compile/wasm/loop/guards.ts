// Loads that are followed only where guards hold. Guards along the vector axis alone cut it into segments; those along
// other axes are tested once a row; the rest once a vector, and lane by lane in vectors that lie across an end.

import type { Guard } from "../../../expr/lowering.ts";
import { BYTES } from "../../bytes.ts";
import type { Loop, LoopValue } from "../../loop.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { loadSpan, type Span } from "./access.ts";
import { constantLanes, type Lanes } from "./lanes.ts";
import type { Pointers } from "./pointers.ts";
import { mostCutsOf } from "./size.ts";

export type Load = LoopValue & { readonly kind: "load" };

/** A range of the vector axis. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Writes the loads that have guards. */
export class GuardWriter {
  readonly #b: FunctionBuilder;
  readonly #pointers: Pointers;
  readonly #loads: readonly Load[];
  readonly #axis: number;
  readonly #extent: number;
  /** Guards that hold in the whole of a segment or nowhere in it. */
  readonly #cutting: ReadonlySet<Guard>;
  readonly segments: readonly Segment[];
  #segment: Segment;
  #flags = new Map<Load, Value>();

  constructor(b: FunctionBuilder, pointers: Pointers, loop: Loop, axis: number) {
    this.#b = b;
    this.#pointers = pointers;
    this.#axis = axis;
    this.#extent = loop.extents[axis] as number;
    this.#loads = loop.values.filter(
      (value): value is Load => value.kind === "load" && value.guards.length > 0,
    );
    const { cuts, guards } = this.#cuts(mostCutsOf(loop));
    this.#cutting = guards;
    this.segments = cuts.slice(1).map((end, i) => ({ start: cuts[i] as number, end }));
    this.#segment = this.segments[0] as Segment;
  }

  /** Where the vector axis is cut, and by which guards. */
  #cuts(most: number): { cuts: number[]; guards: Set<Guard> } {
    let cuts = new Set([0, this.#extent]);
    const guards = new Set<Guard>();
    for (const guard of this.#loads.flatMap((load) => load.guards)) {
      const isAlone = guard.strides.every(
        (stride, axis) => (stride !== 0) === (axis === this.#axis),
      );
      if (!isAlone) continue;
      const { start, end } = this.#range(guard);
      const next = new Set([...cuts, start, end]);
      if (next.size - 2 > most) continue;
      cuts = next;
      guards.add(guard);
    }
    return { cuts: [...cuts].sort((left, right) => left - right), guards };
  }

  /** Where along the vector axis a guard holds. */
  #range({ offset, strides, length }: Guard): Segment {
    const stride = strides[this.#axis] as number;
    const [first, last] =
      stride > 0 ? [-offset, length - 1 - offset] : [length - 1 - offset, -offset];
    const bounded = (index: number): number => Math.min(Math.max(index, 0), this.#extent);
    return {
      start: bounded(Math.ceil(first / stride)),
      end: bounded(Math.floor(last / stride) + 1),
    };
  }

  #isAlong(guard: Guard): boolean {
    return (guard.strides[this.#axis] ?? 0) !== 0;
  }

  /** Whether a kernel has to know the index along an axis. */
  needsIndex(axis: number): boolean {
    return this.#loads.some((load) =>
      load.guards.some((guard) => !this.#cutting.has(guard) && (guard.strides[axis] ?? 0) !== 0),
    );
  }

  /** Begins a segment. */
  enter(segment: Segment): void {
    this.#segment = segment;
    this.settle();
  }

  /** Sets the pointers of what is loaded in all of the segment to their places. */
  settle(): void {
    for (const load of this.#loads) {
      const isWhole = load.guards.every((guard) => !this.#isAlong(guard) || this.#holdsHere(guard));
      if (isWhole) this.#pointers.settle(load);
    }
  }

  leave(): void {
    for (const load of this.#loads) this.#pointers.unsettle(load);
  }

  /** Whether a guard holds in the whole segment. */
  #holdsHere(guard: Guard): boolean {
    if (!this.#cutting.has(guard)) return false;
    const { start, end } = this.#range(guard);
    return start <= this.#segment.start && this.#segment.end <= end;
  }

  /** Tests the guards that are known so many axes from the outermost, but for those along the vectors. */
  test(depth: number): void {
    for (const load of this.#loads) {
      const guards = load.guards.filter((guard) => !this.#isAlong(guard));
      const level = Math.max(
        ...guards.map(({ strides }) => strides.findLastIndex((stride) => stride !== 0) + 1),
      );
      if (level !== depth) continue;
      this.#flags.set(load, this.#all(guards.map((guard) => this.#holds(guard, 0))));
    }
  }

  /** A vector; its first lane is so many elements behind the index along the vector axis. */
  load(lanes: Lanes, load: Load, span: Span, first: number): Value {
    const b = this.#b;
    const along = load.guards.filter((guard) => this.#isAlong(guard) && !this.#holdsHere(guard));
    const fill = constantLanes(lanes, load.dtype, load.fill);
    if (along.some((guard) => this.#cutting.has(guard))) return fill;
    const flag = this.#flags.get(load);
    if (along.length === 0 && flag === undefined) return loadSpan(lanes, span);
    const result = b.variable(fill);
    const whole = (): void => b.assign(result, loadSpan(lanes, span));
    const ends = span.count > 1 ? [first, first + span.count - 1] : [first];
    const conditions = along.flatMap((guard) => ends.map((end) => this.#holds(guard, end)));
    const row = (): void => {
      if (conditions.length === 0) whole();
      else {
        const single = (): void => this.#single(lanes, load, span, first, along, result);
        b.when(this.#all(conditions), whole, span.count > 1 ? single : undefined);
      }
    };
    if (flag === undefined) row();
    else b.when(flag, row);
    return result;
  }

  #single(
    lanes: Lanes,
    load: Load,
    span: Span,
    first: number,
    guards: readonly Guard[],
    result: Value,
  ): void {
    for (let lane = 0; lane < span.count; lane++) {
      const at = (bytes: number) => span.at(bytes + lane * span.step);
      const holds = this.#all(guards.map((guard) => this.#holds(guard, first + lane)));
      this.#b.when(holds, () => {
        const element = loadSpan(lanes, { ...span, at, step: 0, count: 1 });
        this.#b.assign(result, withLane(lanes, load, result, element, lane));
      });
    }
  }

  #all(conditions: readonly Value[]): Value {
    return conditions.reduce((all, condition) => this.#b.emit("i32.and", [all, condition]));
  }

  /** Whether a guard holds so many elements further along the vector axis. */
  #holds(guard: Guard, more: number): Value {
    const b = this.#b;
    let constant = guard.offset;
    let place: Value | undefined;
    guard.strides.forEach((stride, axis) => {
      if (stride === 0) return;
      const { counter, base } = this.#pointers.index(axis);
      constant += stride * (base + (axis === this.#axis ? more : 0));
      if (counter === undefined) return;
      const scaled =
        stride === 1 ? counter : b.emit("i32.mul", [counter, b.constant("i32", stride)]);
      place = place === undefined ? scaled : b.emit("i32.add", [place, scaled]);
    });
    const moved =
      place === undefined
        ? b.constant("i32", constant)
        : constant === 0
          ? place
          : b.emit("i32.add", [place, b.constant("i32", constant)]);
    return b.emit("i32.lt_u", [moved, b.constant("i32", guard.length)]);
  }
}

/** The vector with one lane taken from another. */
function withLane(lanes: Lanes, load: Load, vector: Value, other: Value, lane: number): Value {
  const width = load.dtype === "bool" ? 16 / lanes.count : BYTES[load.dtype];
  const isTaken = (byte: number): boolean => Math.floor(byte / width) === lane;
  const bytes = Array.from({ length: 16 }, (_, i) => (isTaken(i) ? i + 16 : i));
  return lanes.b.emit("i8x16.shuffle", [vector, other], bytes);
}
