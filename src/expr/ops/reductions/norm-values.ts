// Values of norms of any order, scaled where squares or powers of the elements would overflow or vanish.

import type { Arithmetic } from "../../arithmetic.ts";
import * as kernels from "../../kernels/elementary.ts";
import { type LineFunction, scratchLine } from "./lines.ts";
import { pairwiseNumbers, pairwiseSum } from "./pairwise.ts";

/** An order as a setting: JSON has no word for infinities. */
export type StoredOrder = number | "inf" | "-inf";

/** Squares of numbers between the reciprocal of this and this neither overflow nor vanish. */
const SAFE = 2 ** 480;

/** What to divide the elements by before they are squared: 1, or a power of 2 near the largest. */
export function squareScale(largest: number): number {
  const safe = largest <= SAFE && largest >= 1 / SAFE;
  if (safe || isNorm(largest)) return 1;
  return 2 ** Math.min(Math.floor(Math.log2(largest)), 1023);
}

/** The size that the others are measured by: the largest, or for negative orders the smallest. */
function leadingSize(sizes: ArrayLike<number>, order: number): number {
  let leading = order > 0 ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i] as number;
    leading = order > 0 ? Math.max(leading, size) : Math.min(leading, size);
  }
  return leading;
}

/** Whether powers of ratios to the leading size say nothing more: it is the norm itself. */
function isNorm(leading: number): boolean {
  return leading === 0 || !Number.isFinite(leading);
}

/** The norm of a line over any scalars; symbols are not scaled. */
export function normOf<S>(arithmetic: Arithmetic<S>, line: readonly S[], order: StoredOrder): S {
  const sizes = (): S[] => line.map((element) => arithmetic.abs(element));
  if (order === "inf") return sizes().reduce((x, y) => arithmetic.maximum(x, y));
  if (order === "-inf") return sizes().reduce((x, y) => arithmetic.minimum(x, y));
  if (order === 0) {
    const zero = arithmetic.literal(0);
    return pairwiseSum(
      arithmetic,
      line.map((element) =>
        arithmetic.where(arithmetic.notEqual(element, zero), arithmetic.literal(1), zero),
      ),
    );
  }
  if (order === 1) return pairwiseSum(arithmetic, sizes());
  return order === 2 ? euclidean(arithmetic, line) : general(arithmetic, sizes(), order);
}

function euclidean<S>(arithmetic: Arithmetic<S>, line: readonly S[]): S {
  const numbers = line.map((element) => Math.abs(arithmetic.numberOf(element) ?? 1));
  const scale = squareScale(leadingSize(numbers, 2));
  const squares = (elements: readonly S[]): S =>
    pairwiseSum(
      arithmetic,
      elements.map((element) => arithmetic.square(element)),
    );
  if (scale === 1) return arithmetic.sqrt(squares(line));
  const factor = arithmetic.literal(scale);
  const scaled = line.map((element) => arithmetic.divide(element, factor));
  return arithmetic.multiply(factor, arithmetic.sqrt(squares(scaled)));
}

function general<S>(arithmetic: Arithmetic<S>, sizes: readonly S[], order: number): S {
  const exponent = arithmetic.literal(order);
  const root = arithmetic.literal(1 / order);
  const powers = (elements: readonly S[]): S =>
    pairwiseSum(
      arithmetic,
      elements.map((size) => arithmetic.pow(size, exponent)),
    );
  const numbers = sizes.map((size) => arithmetic.numberOf(size));
  if (numbers.includes(undefined)) return arithmetic.pow(powers(sizes), root);
  const leading = leadingSize(numbers as number[], order);
  if (isNorm(leading)) return arithmetic.literal(leading);
  const scale = arithmetic.literal(leading);
  const ratios = sizes.map((size) => arithmetic.divide(size, scale));
  return arithmetic.multiply(scale, arithmetic.pow(powers(ratios), root));
}

/** The same for plain numbers. */
export function normFunction(order: StoredOrder): LineFunction {
  if (order === 0) return countNonzero;
  const scratch = scratchLine();
  const ofSizes = normOfSizes(order);
  return (data, start, stop) => {
    const sizes = scratch(stop - start);
    for (let i = 0; i < sizes.length; i++) sizes[i] = Math.abs(data[start + i] as number);
    return ofSizes(sizes);
  };
}

const countNonzero: LineFunction = (data, start, stop) => {
  let count = 0;
  for (let i = start; i < stop; i++) if (data[i] !== 0) count++;
  return count;
};

/** The norm of numbers whose absolute values are given, and written over. */
function normOfSizes(order: StoredOrder): (sizes: Float64Array) => number {
  if (order === "inf") return (sizes) => leadingSize(sizes, 1);
  if (order === "-inf") return (sizes) => leadingSize(sizes, -1);
  if (order === 1) return (sizes) => pairwiseNumbers(sizes, 0, sizes.length);
  return order === 2 ? euclideanOfSizes : (sizes) => generalOfSizes(sizes, order);
}

function euclideanOfSizes(sizes: Float64Array): number {
  const scale = squareScale(leadingSize(sizes, 2));
  for (let i = 0; i < sizes.length; i++) {
    const size = (sizes[i] as number) / scale;
    sizes[i] = size * size;
  }
  return scale * Math.sqrt(pairwiseNumbers(sizes, 0, sizes.length));
}

function generalOfSizes(sizes: Float64Array, order: number): number {
  const leading = leadingSize(sizes, order);
  if (isNorm(leading)) return leading;
  for (let i = 0; i < sizes.length; i++) {
    sizes[i] = kernels.pow((sizes[i] as number) / leading, order);
  }
  return leading * kernels.pow(pairwiseNumbers(sizes, 0, sizes.length), 1 / order);
}
