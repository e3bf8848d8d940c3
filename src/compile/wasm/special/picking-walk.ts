// How the elements that places name lie in their source, as a walk along few axes.

import {
  broadcastShapes,
  broadcastStrides,
  type Shape,
  sizeOf,
  stridesOf,
} from "../../../expr/shape.ts";

/** An axis of the walk: how far each step of it moves, in elements. */
export interface WalkAxis {
  readonly extent: number;
  readonly picked: number;
  readonly source: number;
  readonly indices: number;
}

/** Where the elements at places stand, as the layout rules of the operations say. */
export interface PickingLayout {
  /** The shape of the picked elements. */
  readonly shape: Shape;
  /** For each axis of that shape how far it moves in the source and among the indices. */
  readonly source: readonly number[];
  readonly indices: readonly number[];
}

/** Every place names a whole slice across the axis; the first `batch` axes of source and places go together. */
export function slicesLayout(
  source: Shape,
  indices: Shape,
  axis: number,
  batch: number,
): PickingLayout {
  const [own, list] = [stridesOf(source), stridesOf(indices)];
  const [examples, lists] = [source.slice(0, batch), indices.slice(0, batch)];
  const before = source.slice(batch, axis);
  const picked = indices.slice(batch);
  const after = source.slice(axis + 1);
  const zeros = (shape: Shape): number[] => shape.map(() => 0);
  const along = (strides: readonly number[], shape: Shape): number[] =>
    shape.map((length, i) => (length === 1 ? 0 : (strides[i] as number)));
  return {
    shape: [...broadcastShapes("gather", [examples, lists]), ...before, ...picked, ...after],
    source: [
      ...along(own, examples),
      ...own.slice(batch, axis),
      ...zeros(picked),
      ...own.slice(axis + 1),
    ],
    indices: [...along(list, lists), ...zeros(before), ...list.slice(batch), ...zeros(after)],
  };
}

/** Every place names one element on its own line along the axis; the other axes broadcast. */
export function linesLayout(source: Shape, indices: Shape, axis: number): PickingLayout {
  const shape = broadcastShapes("takeAlongAxis", [source.with(axis, 1), indices]);
  return {
    shape,
    source: broadcastStrides(source, shape).with(axis, 0),
    indices: broadcastStrides(indices, shape),
  };
}

/** The walk over a layout, with the picked elements of the given shape broadcast to it; axes are joined where they can be. */
export function walkOver(layout: PickingLayout, picked: Shape): readonly WalkAxis[] {
  const values = broadcastStrides(picked, layout.shape);
  const axes = layout.shape.map((extent, axis) => ({
    extent,
    picked: values[axis] as number,
    source: layout.source[axis] as number,
    indices: layout.indices[axis] as number,
  }));
  const joined: WalkAxis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const last = joined.at(-1);
    if (last !== undefined && continues(last, axis)) {
      joined[joined.length - 1] = { ...axis, extent: last.extent * axis.extent };
    } else joined.push(axis);
  }
  return sizeOf(layout.shape) === 0 ? [{ extent: 0, picked: 0, source: 0, indices: 0 }] : joined;
}

/** Whether a step of the outer axis is as far as all steps of the inner one. */
function continues(outer: WalkAxis, inner: WalkAxis): boolean {
  return (["picked", "source", "indices"] as const).every(
    (name) => outer[name] === inner[name] * inner.extent,
  );
}
