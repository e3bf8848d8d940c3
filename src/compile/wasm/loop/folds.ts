// Folds in vectors. Sums are taken in short blocks, whose totals go into compensated sums in float64, so that the
// error hardly grows with the number of terms.

import type { FoldName } from "../../../expr/lowering.ts";
import type { DType } from "../../../expr/shape.ts";
import type { Value } from "../function-builder.ts";
import {
  constantLanes,
  convertLanes,
  keepFirst,
  type Lanes,
  swapHalves,
  swapPairs,
} from "./lanes.ts";

/** The number that changes nothing; −0, since −0 + x is x for every x. */
function identityOf(fold: FoldName, dtype: DType): number {
  switch (fold) {
    case "sum":
      return -0;
    case "product":
    case "all":
      return 1;
    case "any":
      return 0;
    case "maximum":
      return dtype === "int32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY;
    case "minimum":
      return dtype === "int32" ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY;
  }
}

function instructionOf(fold: FoldName, dtype: DType): string {
  if (dtype === "bool") return fold === "all" ? "v128.and" : "v128.or";
  const type = dtype === "float64" ? "f64x2" : dtype === "float32" ? "f32x4" : "i32x4";
  const sign = dtype === "int32" ? "_s" : "";
  if (fold === "sum") return `${type}.add`;
  if (fold === "product") return `${type}.mul`;
  return fold === "maximum" ? `${type}.max${sign}` : `${type}.min${sign}`;
}

/** On truth values all folds are one of two. */
function foldOf(fold: FoldName, dtype: DType): FoldName {
  if (dtype !== "bool") return fold;
  return fold === "all" || fold === "product" || fold === "minimum" ? "all" : "any";
}

/** What a fold needs to know. */
export interface FoldSettings {
  readonly fold: FoldName;
  /** The dtype of the result. */
  readonly dtype: DType;
  /** Whether the lanes of a vector belong to one result. */
  readonly across: boolean;
  /** Whether there is more than one block. */
  readonly blocks: boolean;
}

/** A total so far: the sum, and what rounding took from it. */
interface Total {
  readonly sum: Value;
  readonly lost: Value | undefined;
}

/** Writes one fold of a loop. */
export class FoldWriter {
  /** The dtype that elements must have. */
  readonly dtype: DType;
  readonly #lanes: Lanes;
  readonly #settings: FoldSettings;
  readonly #fold: FoldName;
  readonly #instruction: string;
  readonly #identity: Value;
  #parts: Value[] = [];
  #totals: Total[] = [];

  constructor(lanes: Lanes, settings: FoldSettings) {
    const { fold, dtype } = settings;
    this.#lanes = lanes;
    this.#settings = settings;
    this.dtype = fold === "all" || fold === "any" ? "bool" : dtype;
    this.#fold = foldOf(fold, this.dtype);
    this.#instruction = instructionOf(this.#fold, this.dtype);
    this.#identity = constantLanes(lanes, this.dtype, identityOf(this.#fold, this.dtype));
  }

  get #hasTotals(): boolean {
    const isFloat = this.dtype === "float64" || this.dtype === "float32";
    return this.#settings.blocks && this.#fold === "sum" && isFloat;
  }

  /** Begins with so many vectors side by side. */
  start(vectors: number): void {
    const { b } = this.#lanes;
    this.#parts = Array.from({ length: vectors }, () => b.variable(this.#identity));
    if (!this.#hasTotals) return;
    const zero = constantLanes(this.#lanes, "float64", -0);
    const perPart = this.dtype === "float32" && !this.#settings.across && this.#lanes.count === 4;
    const totals = this.#settings.across ? 1 : vectors * (perPart ? 2 : 1);
    this.#totals = Array.from({ length: totals }, () => ({
      sum: b.variable(zero),
      lost: this.dtype === "float64" ? b.variable(zero) : undefined,
    }));
  }

  /** Takes a vector in, of which only the first lanes count. */
  add(vector: number, value: Value, count: number): void {
    const { b } = this.#lanes;
    const part = this.#parts[vector] as Value;
    const isWhole = count === this.#lanes.count || !this.#settings.across;
    const taken = isWhole
      ? value
      : keepFirst(this.#lanes, value, this.#identity, this.dtype, count);
    b.assign(part, b.emit(this.#instruction, [part, taken]));
  }

  /** Ends a block. */
  flush(): void {
    if (!this.#hasTotals) return;
    const parts = this.#settings.across ? [this.#tree(this.#parts)] : this.#parts;
    const blocks = parts.flatMap((part) => this.#doubles(part));
    blocks.forEach((block, i) => {
      this.#addTotal(this.#totals[i] as Total, block);
    });
    for (const part of this.#parts) this.#lanes.b.assign(part, this.#identity);
  }

  #tree(values: readonly Value[]): Value {
    let row = values;
    while (row.length > 1) {
      const next: Value[] = [];
      for (let i = 0; i + 1 < row.length; i += 2) {
        next.push(this.#lanes.b.emit(this.#instruction, [row[i] as Value, row[i + 1] as Value]));
      }
      row = row.length % 2 === 1 ? [...next, row.at(-1) as Value] : next;
    }
    return row[0] as Value;
  }

  /** A block in float64: in one vector where its lanes belong together. */
  #doubles(part: Value): Value[] {
    if (this.dtype === "float64") return [part];
    const { b, count } = this.#lanes;
    const low = b.emit("f64x2.promote_low_f32x4", [part]);
    if (count === 2) return [low];
    const high = b.emit("f64x2.promote_low_f32x4", [swapHalves(this.#lanes, part)]);
    return this.#settings.across ? [b.emit("f64x2.add", [low, high])] : [low, high];
  }

  #addTotal({ sum, lost }: Total, block: Value): void {
    const { b } = this.#lanes;
    if (lost === undefined) {
      b.assign(sum, b.emit("f64x2.add", [sum, block]));
      return;
    }
    const [next, error] = this.#exactSum(sum, block);
    b.assign(lost, b.emit("f64x2.add", [lost, error]));
    b.assign(sum, next);
  }

  /** x + y and its rounding error (Knuth, "The Art of Computer Programming", vol. 2, 4.2.2, theorem B). */
  #exactSum(x: Value, y: Value): readonly [Value, Value] {
    const { b } = this.#lanes;
    const sum = b.emit("f64x2.add", [x, y]);
    const second = b.emit("f64x2.sub", [sum, x]);
    const first = b.emit("f64x2.sub", [sum, second]);
    const lostFirst = b.emit("f64x2.sub", [x, first]);
    const lostSecond = b.emit("f64x2.sub", [y, second]);
    return [sum, b.emit("f64x2.add", [lostFirst, lostSecond])];
  }

  /** The results: one vector for each that was begun, or one whose first lane counts. */
  finish(): readonly Value[] {
    const results = this.#settings.across ? [this.#across()] : this.#along();
    return results.map((result) =>
      convertLanes(this.#lanes, result, this.dtype, this.#settings.dtype),
    );
  }

  #along(): readonly Value[] {
    if (!this.#hasTotals) return this.#parts;
    const { b, count } = this.#lanes;
    const sums = this.#totals.map((total) => this.#corrected(total.sum, total.lost));
    if (this.dtype === "float64") return sums;
    const singles = sums.map((sum) => b.emit("f32x4.demote_f64x2_zero", [sum]));
    if (count === 2) return singles;
    return this.#parts.map((_, i) =>
      b.emit("i8x16.shuffle", [singles[2 * i] as Value, singles[2 * i + 1] as Value], LOW_HALVES),
    );
  }

  /** Where a sum overflowed or met an infinity, its error is NaN and says nothing; 0 would spoil a sum of −0. */
  #corrected(sum: Value, lost: Value | undefined): Value {
    if (lost === undefined) return sum;
    const { b } = this.#lanes;
    const zero = b.splat("f64x2", 0);
    const isNumber = b.emit("f64x2.gt", [b.emit("f64x2.abs", [lost]), zero]);
    return b.emit("v128.bitselect", [b.emit("f64x2.add", [sum, lost]), sum, isNumber]);
  }

  #across(): Value {
    const { b } = this.#lanes;
    const isFloat = this.dtype === "float64" || this.dtype === "float32";
    if (this.#fold !== "sum" || !isFloat) return this.#reduce(this.#tree(this.#parts));
    const total: Total = this.#hasTotals
      ? (this.#totals[0] as Total)
      : { sum: this.#doubles(this.#tree(this.#parts))[0] as Value, lost: undefined };
    const swapped = swapHalves(this.#lanes, total.sum);
    if (this.dtype === "float32") {
      return b.emit("f32x4.demote_f64x2_zero", [b.emit("f64x2.add", [total.sum, swapped])]);
    }
    if (total.lost === undefined) return b.emit("f64x2.add", [total.sum, swapped]);
    const [sum, error] = this.#exactSum(total.sum, swapped);
    const lost = b.emit("f64x2.add", [total.lost, swapHalves(this.#lanes, total.lost)]);
    return this.#corrected(sum, b.emit("f64x2.add", [lost, error]));
  }

  /** All lanes folded into the first. */
  #reduce(vector: Value): Value {
    const { b, count } = this.#lanes;
    const isWide = this.dtype === "float64" || this.dtype === "bool";
    const fold = (other: Value, to: Value): Value => b.emit(this.#instruction, [to, other]);
    if (count === 2 && !isWide) return fold(swapPairs(this.#lanes, vector), vector);
    const halves = fold(swapHalves(this.#lanes, vector), vector);
    return count === 2 ? halves : fold(swapPairs(this.#lanes, halves), halves);
  }
}

const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
