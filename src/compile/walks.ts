// Walks over elements: how the axes of one value move through the memory of another.

import type { Guard, Walk } from "../expr/lowering.ts";
import { type Shape, stridesOf } from "../expr/shape.ts";

/** Where the elements of a value stand in the memory of another one. The walks are over the axes of the value. */
export interface Access extends Walk {
  readonly guards: readonly Guard[];
  /** What stands where a guard says no. */
  readonly fill: number;
}

/** The elements one after the other. */
export function contiguous(shape: Shape): Access {
  return { offset: 0, strides: stridesOf(shape), guards: [], fill: 0 };
}

/** Whether a walk visits the elements of `shape` one after the other; axes of size 1 do not matter. */
export function isContiguous(access: Access, shape: Shape): boolean {
  if (access.offset !== 0 || access.guards.length > 0) return false;
  const strides = stridesOf(shape);
  return shape.every((length, axis) => length === 1 || access.strides[axis] === strides[axis]);
}

/** The access of a value as it is repeated along the axes of a larger shape, aligned at the right. */
export function repeated(access: Access, shape: Shape, target: Shape): Access {
  if (shape.length === target.length && shape.every((length, axis) => length === target[axis])) {
    return access;
  }
  const lead = target.length - shape.length;
  const spread = (strides: readonly number[]): number[] =>
    target.map((_, axis) =>
      axis < lead || shape[axis - lead] === 1 ? 0 : (strides[axis - lead] as number),
    );
  return mapStrides(access, spread);
}

/** The access without the axes of size 1, along which nothing moves. */
export function squeezed(access: Access, shape: Shape): Access {
  if (!shape.includes(1)) return access;
  return mapStrides(access, (strides) => strides.filter((_, axis) => shape[axis] !== 1));
}

function mapStrides(
  access: Access,
  change: (strides: readonly number[]) => readonly number[],
): Access {
  return {
    offset: access.offset,
    strides: change(access.strides),
    guards: access.guards.map((guard) => ({ ...guard, strides: change(guard.strides) })),
    fill: access.fill,
  };
}

/**
 * The access through a walk over a value that is itself accessed: `walk` counts elements of a row-major value of
 * shape `inner`, which stand where `access` says. Undefined where no one walk does it, as through most reshapes.
 */
export function through(
  walk: Walk,
  shape: Shape,
  access: Access,
  inner: Shape,
): Access | undefined {
  if (isContiguous(access, inner)) return { ...walk, guards: [], fill: 0 };
  const start = digitsOf(walk.offset, inner);
  const moves = walk.strides.map((stride, axis) =>
    shape[axis] === 1 ? inner.map(() => 0) : digitsOf(stride, inner),
  );
  if (!staysInside(start, moves, shape, inner)) return undefined;
  const follow = (outer: Walk): Walk => ({
    offset: outer.offset + dot(start, outer.strides),
    strides: moves.map((move) => dot(move, outer.strides)),
  });
  return {
    ...follow(access),
    guards: access.guards.map((guard) => ({ ...follow(guard), length: guard.length })),
    fill: access.fill,
  };
}

/** A count of elements as an index, axis by axis. */
function digitsOf(count: number, shape: Shape): number[] {
  let rest = count;
  return stridesOf(shape).map((stride, axis) => {
    if (shape[axis] === 1) return 0;
    const digit = Math.trunc(rest / stride);
    rest -= digit * stride;
    return digit;
  });
}

/** Whether indices stay within their axes wherever the walk goes. */
function staysInside(
  start: readonly number[],
  moves: readonly (readonly number[])[],
  shape: Shape,
  inner: Shape,
): boolean {
  return inner.every((length, axis) => {
    let least = start[axis] as number;
    let most = least;
    moves.forEach((move, along) => {
      const reach = (move[axis] as number) * ((shape[along] as number) - 1);
      if (reach < 0) least += reach;
      else most += reach;
    });
    return least >= 0 && most < length;
  });
}

function dot(left: readonly number[], right: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < left.length; i++) total += (left[i] as number) * (right[i] as number);
  return total;
}
