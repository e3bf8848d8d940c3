// What a fused loop means, in plain JavaScript: one index after another, one number after another.

import type { Loop, LoopStore, LoopValue } from "../../src/compile/loop.ts";
import type { FoldName, Walk } from "../../src/expr/lowering.ts";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import { type DType, roundTo, type TypedArray } from "../../src/expr/shape.ts";

/** One result of a fold: what was folded, and where the result went. */
export interface Folded {
  readonly fold: FoldName;
  readonly dtype: DType;
  readonly buffer: number;
  readonly place: number;
  readonly terms: readonly number[];
}

/** Runs the loop over its buffers; tells of the folds. Sums are exact before they are rounded. */
export function runNaively(loop: Loop, buffers: readonly TypedArray[]): Folded[] {
  const folds = new Map<LoopStore, Map<number, number[]>>();
  for (const index of indicesOf(loop.extents)) {
    const values: number[] = [];
    for (const value of loop.values) values.push(valueAt(value, values, index, buffers));
    for (const store of loop.stores) {
      const place = placeOf(store.walk, index);
      const element = values[store.value] as number;
      if (store.kind === "store") {
        (buffers[store.buffer] as TypedArray)[place] = roundTo(store.dtype, element);
        continue;
      }
      const groups = folds.get(store) ?? new Map<number, number[]>();
      folds.set(store, groups);
      const terms = groups.get(place) ?? [];
      groups.set(place, terms);
      terms.push(element);
    }
  }
  const all: Folded[] = [];
  for (const [store, groups] of folds) {
    if (store.kind !== "fold") continue;
    const { fold, dtype, buffer } = store;
    for (const [place, found] of groups) {
      const terms = found.map((term) => fitting(fold, dtype, term));
      (buffers[buffer] as TypedArray)[place] = roundTo(dtype, foldNaively(fold, dtype, terms));
      all.push({ fold, dtype, buffer, place, terms });
    }
  }
  return all;
}

function* indicesOf(extents: readonly number[]): Generator<readonly number[]> {
  const size = extents.reduce((product, extent) => product * extent, 1);
  const index = extents.map(() => 0);
  for (let i = 0; i < size; i++) {
    yield index;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (extents[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

function placeOf({ offset, strides }: Walk, index: readonly number[]): number {
  return strides.reduce((place, stride, axis) => place + stride * (index[axis] as number), offset);
}

function valueAt(
  value: LoopValue,
  values: readonly number[],
  index: readonly number[],
  buffers: readonly TypedArray[],
): number {
  switch (value.kind) {
    case "number":
      return value.value;
    case "index":
      return index[value.axis] as number;
    case "cast":
      return roundTo(value.dtype, values[value.operand] as number);
    case "load": {
      const holds = value.guards.every((guard) => {
        const place = placeOf(guard, index);
        return place >= 0 && place < guard.length;
      });
      if (!holds) return value.fill;
      return (buffers[value.buffer] as TypedArray)[placeOf(value.walk, index)] as number;
    }
    case "apply": {
      const operands = value.operands.map((operand) => values[operand] as number);
      return roundTo(value.dtype, kernelOf(value.op, value.dtype)(...operands));
    }
  }
}

function kernelOf(name: string, dtype: DType): (...operands: number[]) => number {
  if (dtype === "int32") {
    if (name === "multiply") return (x, y) => Math.imul(x as number, y as number);
    if (name === "square") return (x) => Math.imul(x as number, x as number);
    if (name === "pow") return (x, y) => wrappedPower(x as number, y as number);
  }
  const f = pointwiseFunctions().get(name);
  if (f === undefined) throw new Error(`${name} is no pointwise operation`);
  return f.op.kernel;
}

function wrappedPower(x: number, y: number): number {
  return y < 0 ? Math.trunc(x ** y) : Number(BigInt.asIntN(32, BigInt(x) ** BigInt(y)));
}

function fitting(fold: FoldName, dtype: DType, term: number): number {
  return fold === "all" || fold === "any" ? roundTo("bool", term) : roundTo(dtype, term);
}

function foldNaively(fold: FoldName, dtype: DType, terms: readonly number[]): number {
  switch (fold) {
    case "sum":
      if (dtype === "int32") return terms.reduce((total, term) => (total + term) | 0, 0);
      return exactSum(terms);
    case "product":
      return terms.reduce((product, term) =>
        dtype === "int32" ? Math.imul(product, term) : product * term,
      );
    case "maximum":
      return terms.reduce((most, term) => Math.max(most, term));
    case "minimum":
      return terms.reduce((least, term) => Math.min(least, term));
    case "all":
      return Number(terms.every((term) => term !== 0));
    case "any":
      return Number(terms.some((term) => term !== 0));
  }
}

/** The sum without error but the last rounding, by parts that do not overlap (Shewchuk, 1997). */
export function exactSum(terms: readonly number[]): number {
  if (terms.every((term) => Object.is(term, -0))) return -0;
  if (!terms.every(Number.isFinite)) return terms.reduce((total, term) => total + term, 0);
  let parts: number[] = [];
  for (const term of terms) {
    const next: number[] = [];
    let x = term;
    for (const part of parts) {
      const [large, small] = Math.abs(x) < Math.abs(part) ? [part, x] : [x, part];
      const sum = large + small;
      const rest = small - (sum - large);
      if (rest !== 0) next.push(rest);
      x = sum;
    }
    parts = [...next, x];
  }
  return parts.reduceRight((total, part) => total + part, 0);
}
