// How an operation comes apart for programs: as a walk over its operand, a fold, a matrix product, or simpler operations.

import type { ParamValue } from "./op.ts";
import { type Shape, sizeOf, stridesOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A place that moves with the axes of a result: at the index i it is `offset` + Σ strides[axis] · i[axis], counted in
 * elements of a row-major operand.
 */
export interface Walk {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Says where a walk may be followed: where 0 <= offset + Σ strides[axis] · i[axis] < length. */
export interface Guard extends Walk {
  readonly length: number;
}

/** Every element of the result is one of the first operand, or `fill` where a guard says no. */
export interface View extends Walk {
  readonly kind: "view";
  readonly guards?: readonly Guard[];
  readonly fill?: number;
}

/** The elements of an operand along the axes of the result: from `start` in steps of `steps`. */
export interface Piece {
  readonly operand: number;
  readonly start: readonly number[];
  readonly steps: readonly number[];
}

/** The result is the background, over which operands are laid: those that come later lie above. */
export interface Pieces {
  readonly kind: "pieces";
  /** A number everywhere, or the place of an operand that has the shape of the result. */
  readonly background: number | { readonly operand: number };
  readonly pieces: readonly Piece[];
}

export type FoldName = "sum" | "product" | "maximum" | "minimum" | "all" | "any";

/** One number of all elements of the operand along some axes, which the result lacks or keeps with size 1. */
export interface Fold {
  readonly kind: "fold";
  readonly fold: FoldName;
  readonly axes: readonly number[];
}

/**
 * Products of matrices, one for each index of `batch`: the result holds, row-major, Σ left[row, k] · right[k, column].
 * The walks of the operands are over `[...batch, row, k]` and `[...batch, k, column]`.
 */
export interface MatrixProduct {
  readonly kind: "product";
  readonly batch: Shape;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly left: Walk;
  readonly right: Walk;
}

/** What a back end has a kernel of its own for, by name; where it has none, the operation runs by itself. */
export interface Special {
  readonly kind: "special";
  readonly kernel: string;
  readonly settings: Readonly<Record<string, ParamValue>>;
}

/** The same results by simpler operations. */
export interface Composite {
  readonly kind: "composite";
  build(operands: readonly Tensor[]): readonly Tensor[];
}

/** The elements of the first operand in their order, in the dtype of the result. */
export interface Same {
  readonly kind: "same";
}

export type Lowering = Same | View | Pieces | Fold | MatrixProduct | Special | Composite;

export const SAME: Same = { kind: "same" };

/** A walk over an operand of shape `from` for a result of shape `to`, which may visit all elements in their order. */
export function view(from: Shape, to: Shape, walk: Walk): Same | View {
  const strides = stridesOf(to);
  const isSame =
    walk.offset === 0 &&
    sizeOf(from) === sizeOf(to) &&
    to.every((length, axis) => length === 1 || walk.strides[axis] === strides[axis]);
  return isSame ? SAME : { kind: "view", ...walk };
}

/** A walk over an operand where it may be followed, and zeros elsewhere. */
export function guarded(walk: Walk, guards: readonly Guard[]): View {
  return { kind: "view", ...walk, guards, fill: 0 };
}

/** One result by simpler operations. */
export function composite(build: (...operands: Tensor[]) => Tensor): Composite {
  return { kind: "composite", build: (operands) => [build(...operands)] };
}

/** Strides, or places, that are 0 along all axes but one. */
export function alongAxis(rank: number, axis: number, value: number): readonly number[] {
  return new Array<number>(rank).fill(0).with(axis, value);
}
