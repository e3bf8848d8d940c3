// Sums in halves, so that the rounding error grows with the logarithm of the length.

import type { Arithmetic } from "../../arithmetic.ts";
import type { TypedArray } from "../../shape.ts";

/** So many elements are added one after another. */
const BLOCK = 32;

/** The sum of the elements from `start` to before `stop`. */
export function pairwiseSum<S>(
  arithmetic: Arithmetic<S>,
  line: ArrayLike<S>,
  start: number = 0,
  stop: number = line.length,
): S {
  if (stop - start > BLOCK) {
    const middle = start + ((stop - start) >> 1);
    return arithmetic.add(
      pairwiseSum(arithmetic, line, start, middle),
      pairwiseSum(arithmetic, line, middle, stop),
    );
  }
  if (stop === start) return arithmetic.literal(0);
  let total = line[start] as S;
  for (let i = start + 1; i < stop; i++) total = arithmetic.add(total, line[i] as S);
  return total;
}

/** The same for plain numbers. */
export function pairwiseNumbers(data: TypedArray, start: number, stop: number): number {
  if (stop - start > BLOCK) {
    const middle = start + ((stop - start) >> 1);
    return pairwiseNumbers(data, start, middle) + pairwiseNumbers(data, middle, stop);
  }
  if (stop === start) return 0;
  let total = data[start] as number;
  for (let i = start + 1; i < stop; i++) total += data[i] as number;
  return total;
}
