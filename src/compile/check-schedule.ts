// What a legal schedule is, as a check: for tests, since a schedule that breaks it is a mistake of ours.

import type { Guard, Walk } from "../expr/lowering.ts";
import { ALIGNMENT, BYTES } from "./bytes.ts";
import type { Loop, LoopValue } from "./loop.ts";
import type { MemoryPlan } from "./memory-plan.ts";
import type { Buffer, Schedule, Stage } from "./schedule.ts";

/** Throws unless every stage reads what was written before it, and stays within its buffers. */
export function checkSchedule({ buffers, stages, inputs, outputs }: Schedule): void {
  const written = new Set(
    buffers.flatMap(({ holds }, buffer) => (holds === "nothing" ? [] : [buffer])),
  );
  stages.forEach((stage, now) => {
    for (const buffer of stage.reads) {
      require(written.has(buffer), `stage ${now} reads buffer ${buffer} before it is written`);
    }
    for (const buffer of stage.writes) {
      require(buffers[buffer]?.holds ===
        "nothing", `stage ${now} writes buffer ${buffer}, which is given`);
      written.add(buffer);
    }
    if (stage.kind === "loop") checkLoop(stage, buffers, now);
    if (stage.kind === "product") checkProduct(stage, buffers, now);
  });
  for (const buffer of [...inputs, ...outputs]) {
    require(written.has(buffer), `buffer ${buffer} is a result and is never written`);
  }
}

function checkLoop(
  stage: Extract<Stage, { kind: "loop" }>,
  buffers: readonly Buffer[],
  now: number,
): void {
  const { loop } = stage;
  const sizeAt = (place: number): Buffer => buffers[stage.buffers[place] as number] as Buffer;
  require(loop.extents.every(
    (length) => length > 1,
  ), `loop ${now} has an axis of less than two indices`);
  require(loop.folded.length ===
    loop.extents.length, `loop ${now} does not say which axes are folded`);
  loop.values.forEach((value, place) => {
    for (const operand of operandsOf(value)) {
      require(operand < place, `loop ${now}: value ${place} uses ${operand}, which comes later`);
    }
    if (value.kind !== "load") return;
    require(sizeAt(value.buffer).dtype ===
      value.dtype, `loop ${now} loads buffer ${value.buffer} as another dtype`);
    if (value.guards.length === 0) checkWalk(value.walk, loop, sizeAt(value.buffer).size, now);
    else checkGuards(value.walk, value.guards, loop, sizeAt(value.buffer).size, now);
  });
  for (const store of loop.stores) {
    require(sizeAt(store.buffer).dtype ===
      store.dtype, `loop ${now} stores another dtype than its buffer has`);
    require(loop.values[store.value]?.dtype ===
      store.dtype, `loop ${now} stores a value of another dtype`);
    checkWalk(store.walk, loop, sizeAt(store.buffer).size, now);
    if (store.kind === "fold") {
      const moves = store.walk.strides.some((stride, axis) => loop.folded[axis] && stride !== 0);
      require(!moves, `loop ${now} moves its result along a folded axis`);
    }
  }
}

function operandsOf(value: LoopValue): readonly number[] {
  if (value.kind === "apply") return value.operands;
  return value.kind === "cast" ? [value.operand] : [];
}

function checkWalk({ offset, strides }: Walk, { extents }: Loop, size: number, now: number): void {
  let least = offset;
  let most = offset;
  strides.forEach((stride, axis) => {
    const reach = stride * ((extents[axis] as number) - 1);
    if (reach < 0) least += reach;
    else most += reach;
  });
  require(strides.length === extents.length, `loop ${now}: a walk has another rank than the loop`);
  require(least >= 0 &&
    most < size, `loop ${now}: a walk leaves its buffer of ${size}: ${least} to ${most}`);
}

/** Small loops are walked index by index; large guarded ones are believed. */
function checkGuards(
  walk: Walk,
  guards: readonly Guard[],
  { extents }: Loop,
  size: number,
  now: number,
): void {
  const count = extents.reduce((total, length) => total * length, 1);
  if (count > 10_000) return;
  const index = extents.map(() => 0);
  for (let i = 0; i < count; i++) {
    const allowed = guards.every((guard) => {
      const place = placeOf(guard, index);
      return place >= 0 && place < guard.length;
    });
    const place = placeOf(walk, index);
    require(!allowed ||
      (place >= 0 && place < size), `loop ${now}: a guarded walk leaves its buffer at ${place}`);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (extents[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

function placeOf({ offset, strides }: Walk, index: readonly number[]): number {
  return strides.reduce((total, stride, axis) => total + stride * (index[axis] as number), offset);
}

function checkProduct(
  { product, reads, writes }: Extract<Stage, { kind: "product" }>,
  buffers: readonly Buffer[],
  now: number,
): void {
  const { batch, rows, inner, columns, left, right } = product;
  const count = batch.reduce((total, length) => total * length, 1);
  const sizeAt = (buffer: number): number => (buffers[buffer] as Buffer).size;
  require(sizeAt(writes[0]) ===
    count * rows * columns, `product ${now} has another size than its result`);
  const within = (walk: Walk, extents: readonly number[], size: number): void => {
    const loop = { extents } as Loop;
    checkWalk(walk, loop, size, now);
  };
  if (count * rows * inner > 0) within(left, [...batch, rows, inner], sizeAt(reads[0]));
  if (count * inner * columns > 0) within(right, [...batch, inner, columns], sizeAt(reads[1]));
}

/** Throws if two buffers share memory while both are needed. */
export function checkMemory(
  { buffers, stages, outputs }: Schedule,
  { offsets, bytes }: MemoryPlan,
): void {
  const owner = new Map<number, number>();
  const claim = (buffer: number): void => {
    const { dtype, size } = buffers[buffer] as Buffer;
    const start = offsets[buffer] as number;
    require(start + size * BYTES[dtype] <= bytes, `buffer ${buffer} lies outside of the arena`);
    for (let line = start; line < start + size * BYTES[dtype]; line += ALIGNMENT)
      owner.set(line, buffer);
  };
  const own = (buffer: number, when: string): void => {
    const { dtype, size } = buffers[buffer] as Buffer;
    const start = offsets[buffer] as number;
    for (let line = start; line < start + size * BYTES[dtype]; line += ALIGNMENT) {
      require(owner.get(line) ===
        buffer, `buffer ${buffer} was overwritten by ${owner.get(line)} ${when}`);
    }
  };
  buffers.forEach(({ holds }, buffer) => {
    if (holds !== "nothing") claim(buffer);
  });
  stages.forEach((stage, now) => {
    for (const buffer of stage.reads) own(buffer, `before stage ${now}`);
    for (const buffer of stage.writes) claim(buffer);
  });
  for (const buffer of outputs) own(buffer, "at the end");
}

function require(holds: boolean, message: string): void {
  if (!holds) throw new Error(`the schedule is not legal: ${message}`);
}
