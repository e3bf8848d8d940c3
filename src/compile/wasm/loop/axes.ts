// The axes of a loop as a kernel walks them: without those of size 1, neighbours joined, and the best one along vectors.

import type { Guard, Walk } from "../../../expr/lowering.ts";
import { roundTo } from "../../../expr/shape.ts";
import type { Loop, LoopStore, LoopValue } from "../../loop.ts";
import type { LaneCount } from "./lanes.ts";

/** A loop whose axes stand in the order of the walk. */
export interface Nest {
  readonly loop: Loop;
  /** Which axis vectors lie along; the axes behind it are folded. */
  readonly vector: number;
  /** How many axes stand before the first folded one. */
  readonly kept: number;
  /** So many vectors are added one after another in a block of a sum. */
  readonly block: number;
}

/** A short one loses little, a long one takes little time for its end. */
const BLOCK = 16;

/** The nest of a loop. A loop without axes gets one of size 1. */
export function nestOf(loop: Loop, lanes: LaneCount, block: number = BLOCK): Nest {
  let reduced = decideGuards(loop);
  reduced = withAxes(
    reduced,
    axesOf(reduced).filter((axis) => reduced.extents[axis] !== 1),
  );
  reduced = joinAxes(reduced);
  if (reduced.extents.length === 0) reduced = withOneAxis(reduced);
  return { ...orderAxes(reduced, lanes), block };
}

function axesOf(loop: Loop): number[] {
  return loop.extents.map((_, axis) => axis);
}

/** Guards that always hold are left out; where one never holds, the load is its `fill`. */
function decideGuards(loop: Loop): Loop {
  const values = loop.values.map((value): LoopValue => {
    if (value.kind !== "load" || value.guards.length === 0) return value;
    const guards: Guard[] = [];
    for (const guard of value.guards) {
      const [least, greatest] = rangeOf(guard, loop.extents);
      if (greatest < 0 || least >= guard.length) {
        return { kind: "number", dtype: value.dtype, value: roundTo(value.dtype, value.fill) };
      }
      if (least < 0 || greatest >= guard.length) guards.push(guard);
    }
    return { ...value, guards };
  });
  return { ...loop, values };
}

/** The least and the greatest place of a walk. */
function rangeOf(walk: Walk, extents: readonly number[]): readonly [number, number] {
  let least = walk.offset;
  let greatest = walk.offset;
  extents.forEach((extent, axis) => {
    const reach = (walk.strides[axis] ?? 0) * (extent - 1);
    if (reach < 0) least += reach;
    else greatest += reach;
  });
  return [least, greatest];
}

/** The loop over the given axes in their order; the others have size 1. */
function withAxes(loop: Loop, order: readonly number[]): Loop {
  const walked = <W extends Walk>(walk: W): W => ({
    ...walk,
    strides: order.map((axis) => walk.strides[axis] ?? 0),
  });
  return {
    ...loop,
    extents: order.map((axis) => loop.extents[axis] as number),
    folded: order.map((axis) => loop.folded[axis] === true),
    values: loop.values.map((value): LoopValue => {
      if (value.kind === "load") {
        return { ...value, walk: walked(value.walk), guards: value.guards.map(walked) };
      }
      if (value.kind !== "index") return value;
      const axis = order.indexOf(value.axis);
      return axis < 0 ? { kind: "number", dtype: "int32", value: 0 } : { ...value, axis };
    }),
    stores: loop.stores.map((store): LoopStore => ({ ...store, walk: walked(store.walk) })),
  };
}

function withOneAxis(loop: Loop): Loop {
  return { ...loop, extents: [1], folded: [loop.stores.some(({ kind }) => kind === "fold")] };
}

/** All walks of a loop. */
function walksOf(loop: Loop): Walk[] {
  const loads = loop.values.flatMap((value) =>
    value.kind === "load" ? [value.walk, ...value.guards] : [],
  );
  return [...loads, ...loop.stores.map(({ walk }) => walk)];
}

/** Joins axes that all walks take as one, until no two are left. */
function joinAxes(loop: Loop): Loop {
  for (const outer of axesOf(loop)) {
    for (const inner of axesOf(loop)) {
      if (outer !== inner && canJoin(loop, outer, inner))
        return joinAxes(joined(loop, outer, inner));
    }
  }
  return loop;
}

function canJoin(loop: Loop, outer: number, inner: number): boolean {
  if (loop.folded[outer] !== loop.folded[inner]) return false;
  const isIndexed = loop.values.some(
    (value) => value.kind === "index" && (value.axis === outer || value.axis === inner),
  );
  if (isIndexed) return false;
  const extent = loop.extents[inner] as number;
  return walksOf(loop).every(
    ({ strides }) => (strides[outer] ?? 0) === (strides[inner] ?? 0) * extent,
  );
}

function joined(loop: Loop, outer: number, inner: number): Loop {
  const extents = loop.extents.with(
    inner,
    (loop.extents[outer] as number) * (loop.extents[inner] as number),
  );
  return withAxes(
    { ...loop, extents },
    axesOf(loop).filter((axis) => axis !== outer),
  );
}

/** Kept axes first, then the folded ones; the axis of the vectors last among its kind. */
function orderAxes(loop: Loop, lanes: LaneCount): Omit<Nest, "block"> {
  const axes = axesOf(loop);
  const costs = axes.map((axis) => vectorCost(loop, axis, lanes));
  const least = Math.min(...costs);
  const vector = costs.lastIndexOf(least);
  const weight = (axis: number): number => largestStride(loop, axis);
  const others = axes
    .filter((axis) => axis !== vector)
    .sort((left, right) => weight(right) - weight(left) || left - right);
  const kept = others.filter((axis) => loop.folded[axis] !== true);
  const folded = others.filter((axis) => loop.folded[axis] === true);
  const isFolded = loop.folded[vector] === true;
  const order = isFolded ? [...kept, ...folded, vector] : [...kept, vector, ...folded];
  return {
    loop: withAxes(loop, order),
    vector: order.indexOf(vector),
    kept: isFolded ? kept.length : kept.length + 1,
  };
}

/** How far the first walk that moves along an axis goes: results first. */
function largestStride(loop: Loop, axis: number): number {
  for (const { walk } of loop.stores) {
    const stride = walk.strides[axis] ?? 0;
    if (stride !== 0) return Math.abs(stride);
  }
  return Math.max(
    0,
    ...loop.values.map((value) =>
      value.kind === "load" ? Math.abs(value.walk.strides[axis] ?? 0) : 0,
    ),
  );
}

/** Roughly what an element costs if vectors lie along the axis. */
function vectorCost(loop: Loop, axis: number, lanes: LaneCount): number {
  const extent = loop.extents[axis] as number;
  let cost = 1;
  for (const value of loop.values) {
    if (value.kind === "apply") cost += 3;
    if (value.kind === "load") cost += accessCost(value.walk.strides[axis] ?? 0, lanes);
    if (value.kind === "load" && value.guards.some(({ strides }) => (strides[axis] ?? 0) !== 0)) {
      cost += lanes;
    }
  }
  let ends = 2;
  for (const store of loop.stores) {
    const stride = store.walk.strides[axis] ?? 0;
    if (store.kind === "store") cost += accessCost(stride, lanes);
    else if (stride === 0) ends += 6;
    else ends += accessCost(stride, lanes) / 4;
  }
  return (Math.ceil(extent / lanes) * cost + ends) / extent;
}

function accessCost(stride: number, lanes: LaneCount): number {
  if (stride === 0) return 0.5;
  return stride === 1 ? 1 : 2 * lanes;
}
