// A fused loop: elementwise operations and the folds of their results, computed in one walk over some axes.

import type { FoldName, Guard, Walk } from "../expr/lowering.ts";
import type { DType } from "../expr/shape.ts";

/** What a loop computes at every index, in the order of its making; others refer to it by its place. */
export type LoopValue =
  /** An element of a buffer; `fill` where a guard says no. The walks are over the axes of the loop. */
  | {
      readonly kind: "load";
      readonly buffer: number;
      readonly dtype: DType;
      readonly walk: Walk;
      readonly guards: readonly Guard[];
      readonly fill: number;
    }
  | { readonly kind: "number"; readonly dtype: DType; readonly value: number }
  /** The index along an axis, as int32. */
  | { readonly kind: "index"; readonly dtype: "int32"; readonly axis: number }
  /** A pointwise operation by its name. Its operands have the dtypes that the operation was given. */
  | {
      readonly kind: "apply";
      readonly op: string;
      readonly dtype: DType;
      readonly operands: readonly number[];
    }
  | { readonly kind: "cast"; readonly dtype: DType; readonly operand: number };

/** What a loop writes. */
export type LoopStore =
  | {
      readonly kind: "store";
      readonly buffer: number;
      readonly dtype: DType;
      readonly value: number;
      readonly walk: Walk;
    }
  /** One result for all indices along the folded axes, along which the walk has the stride 0. */
  | {
      readonly kind: "fold";
      readonly buffer: number;
      readonly dtype: DType;
      readonly value: number;
      readonly fold: FoldName;
      readonly walk: Walk;
    };

/** A loop nest. Stores of one loop never overlap, nor do they overlap loads but where both walks are the same. */
export interface Loop {
  /** The sizes of the axes, outermost first; none is 0. */
  readonly extents: readonly number[];
  /** Which axes are folded; the same ones for all folds of a loop. */
  readonly folded: readonly boolean[];
  /** How many buffers there are; they are the parameters of the kernel, in order. */
  readonly buffers: number;
  readonly values: readonly LoopValue[];
  readonly stores: readonly LoopStore[];
}
