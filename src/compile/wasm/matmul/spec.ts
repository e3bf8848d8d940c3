// What a matrix product computes: the operands as walks, and what is done with each result before it is stored.

import type { Walk } from "../../../expr/lowering.ts";
import type { FloatLanes, FloatType } from "../floats.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";

/** Elementwise operations on the finished results, which read further operands at the index of the result. */
export interface Epilogue {
  /** Names the content of `write`. */
  readonly key: string;
  /** Walks over `[...batch, row, column]`, whose stride along the columns is 0 or 1. */
  readonly operands: readonly { readonly walk: Walk }[];
  write(b: FunctionBuilder, lanes: FloatLanes, result: Value, operands: readonly Value[]): Value;
}

/** Products Σ left[row, k] · right[k, column], one for each index of `batch`. Strides and offsets count elements. */
export interface MatmulSpec {
  readonly dtype: FloatType;
  readonly batch: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Over `[...batch, row, k]`. */
  readonly left: Walk;
  /** Over `[...batch, k, column]`. */
  readonly right: Walk;
  /** Products and sums are rounded together, where the machine can. */
  readonly fma: boolean;
  readonly epilogue?: Epilogue;
}
