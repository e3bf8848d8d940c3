// Where the buffers of a program stand in its arena: those that are never needed together share memory.

import type { Walk } from "../expr/lowering.ts";
import { ALIGNMENT, aligned, BYTES } from "./bytes.ts";
import type { Buffer, Schedule, Stage } from "./schedule.ts";

export interface MemoryPlan {
  /** Bytes from the beginning of the arena, by buffer. */
  readonly offsets: readonly number[];
  readonly bytes: number;
  /** What would be needed if no buffers shared memory. */
  readonly unshared: number;
  /** Outputs that could not be computed in the memory of their input: they are copied there at the end. */
  readonly copies: readonly { readonly from: number; readonly to: number }[];
}

/** When a buffer is written first and used last, as numbers of stages. */
interface Life {
  first: number;
  last: number;
}

/**
 * Plans the memory. `aliases` names for every output the input whose memory it is written to at the end of a run, if
 * there is one: so a state is carried from run to run.
 */
export function planMemory(
  schedule: Schedule,
  aliases: readonly (number | undefined)[] = [],
): MemoryPlan {
  const { buffers, stages } = schedule;
  const lives = livesOf(schedule);
  const hosts = buffers.map((_, buffer) => buffer);
  const copies = aliasOutputs(schedule, aliases, lives, hosts);
  stages.forEach((stage, now) => {
    if (stage.kind === "loop") reuseInPlace(stage, now, buffers, lives, hosts);
  });
  const owners = ownersOf(hosts);
  const spans = mergedLives(lives, owners);
  const { offsets, bytes } = layOut(buffers, owners, spans);
  return {
    offsets,
    bytes,
    unshared: buffers.reduce((total, buffer) => total + sizeOf(buffer), 0),
    copies,
  };
}

function sizeOf({ dtype, size }: Buffer): number {
  return Math.max(ALIGNMENT, aligned(size * BYTES[dtype]));
}

/** Inputs, constants and outputs live from the beginning to the end and longer. */
function livesOf({ buffers, stages, outputs }: Schedule): Life[] {
  const lives = buffers.map(
    ({ holds }): Life => ({
      first: holds === "nothing" ? Number.POSITIVE_INFINITY : -1,
      last: holds === "nothing" ? -1 : Number.POSITIVE_INFINITY,
    }),
  );
  stages.forEach(({ reads, writes }, now) => {
    for (const buffer of [...reads, ...writes]) {
      const life = lives[buffer] as Life;
      life.first = Math.min(life.first, now);
      life.last = Math.max(life.last, now);
    }
  });
  for (const buffer of outputs) (lives[buffer] as Life).last = Number.POSITIVE_INFINITY;
  return lives;
}

/** Gives outputs the memory of their inputs where nothing reads the old value any more when the new one is written. */
function aliasOutputs(
  { buffers, stages, inputs, outputs }: Schedule,
  aliases: readonly (number | undefined)[],
  lives: readonly Life[],
  hosts: number[],
): { from: number; to: number }[] {
  const copies: { from: number; to: number }[] = [];
  const taken = new Set<number>();
  outputs.forEach((from, k) => {
    const alias = aliases[k];
    if (alias === undefined) return;
    const to = inputs[alias] as number;
    if (from === to) return;
    const { first } = lives[from] as Life;
    const isFree =
      (buffers[from] as Buffer).holds === "nothing" &&
      !taken.has(from) &&
      stages.every((stage, now) => {
        if (!stage.reads.includes(to)) return true;
        return now < first || (now === first && isInPlace(stage, to, from));
      });
    if (isFree) {
      hosts[from] = to;
      taken.add(from);
    } else copies.push({ from, to });
  });
  return copies;
}

/** Lets a loop write its results over operands that nobody reads later. */
function reuseInPlace(
  stage: Extract<Stage, { kind: "loop" }>,
  now: number,
  buffers: readonly Buffer[],
  lives: readonly Life[],
  hosts: number[],
): void {
  const free = stage.reads.filter(
    (read) => (lives[read] as Life).last === now && (buffers[read] as Buffer).holds === "nothing",
  );
  for (const write of stage.writes) {
    if (hosts[write] !== write || (lives[write] as Life).first !== now) continue;
    const place = free.findIndex(
      (read) => fits(buffers, read, write) && isInPlace(stage, read, write),
    );
    if (place < 0) continue;
    hosts[write] = free[place] as number;
    free.splice(place, 1);
  }
}

function fits(buffers: readonly Buffer[], read: number, write: number): boolean {
  const from = buffers[read] as Buffer;
  const to = buffers[write] as Buffer;
  return from.size === to.size && BYTES[from.dtype] === BYTES[to.dtype];
}

/** Whether a loop reads one buffer just where it writes the other, index by index. */
function isInPlace(stage: Stage, read: number, write: number): boolean {
  if (stage.kind !== "loop") return false;
  const { loop, buffers } = stage;
  const stores = loop.stores.filter((store) => buffers[store.buffer] === write);
  const [store] = stores;
  if (stores.length !== 1 || store === undefined || store.kind !== "store") return false;
  return loop.values.every(
    (value) =>
      value.kind !== "load" ||
      buffers[value.buffer] !== read ||
      (value.guards.length === 0 && isSameWalk(value.walk, store.walk)),
  );
}

function isSameWalk(left: Walk, right: Walk): boolean {
  return (
    left.offset === right.offset &&
    left.strides.every((stride, axis) => stride === right.strides[axis])
  );
}

/** The buffer in whose memory each buffer ends up. */
function ownersOf(hosts: readonly number[]): number[] {
  const owners: number[] = [];
  const find = (buffer: number): number => {
    let owner = buffer;
    while (hosts[owner] !== owner) owner = hosts[owner] as number;
    return owner;
  };
  for (const buffer of hosts.keys()) owners.push(find(buffer));
  return owners;
}

function mergedLives(lives: readonly Life[], owners: readonly number[]): Map<number, Life> {
  const merged = new Map<number, Life>();
  owners.forEach((owner, buffer) => {
    const { first, last } = lives[buffer] as Life;
    const known = merged.get(owner);
    if (known === undefined) merged.set(owner, { first, last });
    else {
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
    }
  });
  return merged;
}

/** Places owners one after the other in time, each in the smallest gap that takes it. */
function layOut(
  buffers: readonly Buffer[],
  owners: readonly number[],
  spans: ReadonlyMap<number, Life>,
): { offsets: number[]; bytes: number } {
  const order = [...spans].sort(([, left], [, right]) => left.first - right.first);
  const ends: { readonly last: number; readonly start: number; readonly size: number }[] = [];
  const gaps = new Gaps();
  const places = new Map<number, number>();
  for (const [owner, { first, last }] of order) {
    while (ends.length > 0 && (ends[0] as { last: number }).last < first) {
      const { start, size } = popLeast(ends);
      gaps.release(start, size);
    }
    const size = sizeOf(buffers[owner] as Buffer);
    const start = gaps.take(size);
    places.set(owner, start);
    pushByLast(ends, { last, start, size });
  }
  return { offsets: owners.map((owner) => places.get(owner) as number), bytes: gaps.end };
}

interface Ending {
  readonly last: number;
  readonly start: number;
  readonly size: number;
}

/** A binary heap by the time of the last use. */
function pushByLast(heap: Ending[], item: Ending): void {
  heap.push(item);
  for (let child = heap.length - 1; child > 0; ) {
    const parent = (child - 1) >> 1;
    if ((heap[parent] as Ending).last <= (heap[child] as Ending).last) return;
    swap(heap, parent, child);
    child = parent;
  }
}

function popLeast(heap: Ending[]): Ending {
  const least = heap[0] as Ending;
  const last = heap.pop() as Ending;
  if (heap.length === 0) return least;
  heap[0] = last;
  for (let parent = 0; ; ) {
    let child = 2 * parent + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && right.last < (heap[child] as Ending).last) child++;
    if ((heap[parent] as Ending).last <= (heap[child] as Ending).last) break;
    swap(heap, parent, child);
    parent = child;
  }
  return least;
}

function swap(heap: Ending[], left: number, right: number): void {
  const kept = heap[left] as Ending;
  heap[left] = heap[right] as Ending;
  heap[right] = kept;
}

/** Free runs of memory by their sizes, the youngest first, and the end of what was ever used. */
class Gaps {
  end = 0;
  readonly #bySize = new Map<number, number[]>();

  /** A gap of just this size if there is one, then the smallest larger one, then new memory. */
  take(size: number): number {
    const same = this.#bySize.get(size)?.pop();
    if (same !== undefined) return same;
    let best: number | undefined;
    for (const [gap, starts] of this.#bySize) {
      if (gap > size && starts.length > 0 && (best === undefined || gap < best)) best = gap;
    }
    if (best === undefined) {
      const start = this.end;
      this.end += size;
      return start;
    }
    const start = (this.#bySize.get(best) as number[]).pop() as number;
    this.release(start + size, best - size);
    return start;
  }

  release(start: number, size: number): void {
    const starts = this.#bySize.get(size);
    if (starts === undefined) this.#bySize.set(size, [start]);
    else starts.push(start);
  }
}
