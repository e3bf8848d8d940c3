// Whole numbers beyond the range of int32 wrap modulo 2³². Products are formed so that nothing is rounded before.

import type { Arithmetic, Numbers } from "../arithmetic.ts";
import { numberArithmetic } from "./tensor-arithmetic.ts";

/** x^y for y ≥ 0 by repeated squares; below, the fraction is dropped. */
export function wholePower(x: number, y: number): number {
  if (y < 0) return Math.trunc(x ** y);
  let power = 1;
  let factor = x;
  for (let rest = y; rest > 0; rest >>>= 1) {
    if (rest % 2 === 1) power = Math.imul(power, factor);
    factor = Math.imul(factor, factor);
  }
  return power;
}

let wrapping: Arithmetic<number> | undefined;

/** Arithmetic on int32 numbers whose sums and products wrap. */
export function wrappingArithmetic(): Arithmetic<number> {
  wrapping ??= {
    ...numberArithmetic(),
    add: (x, y) => ((x as number) + (y as number)) | 0,
    multiply: (x, y) => Math.imul(x as number, y as number),
  };
  return wrapping;
}

/** Whether a sum of `count` products of whole numbers may be larger than float64 holds exactly. */
export function mayRound(x: Numbers, y: Numbers, count: number): boolean {
  if (!(isWhole(x) && isWhole(y))) return false;
  return largestSize(x.data) * largestSize(y.data) * count > Number.MAX_SAFE_INTEGER;
}

function isWhole({ dtype }: Numbers): boolean {
  return dtype === "int32" || dtype === "bool";
}

function largestSize(data: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i] as number));
  return largest;
}
