// The sizes of a convolution, as its plans need them.

import type { AxisPlan } from "../../../../expr/ops/neural/convolution-plan.ts";
import type { DType } from "../../../../expr/shape.ts";
import type { FloatType } from "../../floats.ts";

/** A convolution with at most two spatial axes; channels and filters are those of one group. */
export interface ConvolutionSizes {
  readonly dtype: FloatType;
  /** The dtype of the weights, which may be whole numbers. */
  readonly weights: DType;
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly rows: AxisPlan;
  readonly columns: AxisPlan;
  /** Whether a product and a sum are rounded together. */
  readonly fma: boolean;
}

/** Bytes of the weights of one pass, which is repeated for every image: they stay in the second cache. */
export const WEIGHT_BYTES: number = 1 << 18;

export function labelOf(sizes: ConvolutionSizes): string {
  const { dtype, batch, groups, channels, filters, rows, columns } = sizes;
  const kernel = `${rows.kernel}×${columns.kernel}`;
  const result = `${rows.output}×${columns.output}`;
  return `convolution ${batch}×${groups * channels}→${groups * filters} ${kernel} to ${result} ${dtype}`;
}

/** Additions and multiplications; about, where the input has gaps. */
export function flopsOf(sizes: ConvolutionSizes): number {
  const { batch, groups, channels, filters, rows, columns } = sizes;
  const results = batch * groups * filters * rows.output * columns.output;
  const terms = channels * rows.kernel * columns.kernel;
  return Math.round((2 * results * terms) / (rows.inputDilation * columns.inputDilation));
}

/** For which t from 0 to below `count` the place `start + t · step` stands in the input. */
export function insideOf(
  start: number,
  step: number,
  count: number,
  length: number,
): readonly [first: number, end: number] {
  const first = Math.max(0, Math.ceil(-start / step));
  return [first, Math.min(count, Math.ceil((length - start) / step))];
}

/** A table of whole numbers and where each part of it stands. */
export class WordTable {
  readonly words: number[] = [];

  /** Adds words; gives the byte at which they stand. */
  add(words: readonly number[]): number {
    const at = this.words.length * 4;
    for (const word of words) this.words.push(word);
    return at;
  }
}

/** A size of filters in tiles. */
export interface TileGroup {
  /** The first filter. */
  readonly first: number;
  /** Filters of each tile. */
  readonly filters: number;
  /** How many tiles there are. */
  readonly tiles: number;
}

/** The filters as whole tiles and a rest. */
export function tileGroups(filters: number, whole: number): readonly TileGroup[] {
  const rest = filters % whole;
  return [
    { first: 0, filters: whole, tiles: (filters - rest) / whole },
    { first: filters - rest, filters: rest, tiles: 1 },
  ].filter((group) => group.filters > 0 && group.tiles > 0);
}
