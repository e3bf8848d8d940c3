// The inner loops of matrix algorithms: written once over any arithmetic, and once more for plain numbers,
// where they take the same steps in the same order on arrays of doubles.

import type { Arithmetic } from "../../arithmetic.ts";
import { numberArithmetic } from "../tensor-arithmetic.ts";

/** Elements under work, which are overwritten. */
export interface Elements<S> {
  readonly length: number;
  [place: number]: S;
}

/** A row within elements: where it starts. Its elements follow one another. */
export interface Row<S> {
  readonly of: Elements<S>;
  readonly at: number;
}

/** An arithmetic with loops over rows. */
export interface Loops<S> {
  readonly arithmetic: Arithmetic<S>;
  /** So many zeros. */
  zeros(length: number): Elements<S>;
  /** A copy of `length` elements from `start`. */
  copy(data: ArrayLike<S>, start: number, length: number): Elements<S>;
  /** One array after the other. */
  join(arrays: readonly ArrayLike<S>[]): ArrayLike<S>;
  /** Takes `factor` times the source from the target. */
  subtractMultiple(target: Row<S>, source: Row<S>, count: number, factor: S): void;
  /** The sum of products, from the first element to the last. */
  dot(x: Row<S>, y: Row<S>, count: number): S;
  /** Replaces (x, y) by (c·x − s·y, s·x + c·y). */
  rotate(x: Row<S>, y: Row<S>, count: number, cosine: S, sine: S): void;
}

export function row<S>(of: Elements<S>, at: number): Row<S> {
  return { of, at };
}

/** The loops of an arithmetic. */
export function loopsOf<S>(arithmetic: Arithmetic<S>): Loops<S> {
  const plain = (arithmetic as unknown) === numberArithmetic();
  return plain ? (numberLoops() as unknown as Loops<S>) : generalLoops(arithmetic);
}

/** Whether the loops run on plain numbers, of which every property can be looked at. */
export function isPlain<S>(loops: Loops<S>): boolean {
  return (loops as unknown) === onNumbers;
}

let onNumbers: Loops<number> | undefined;

function numberLoops(): Loops<number> {
  onNumbers ??= {
    arithmetic: numberArithmetic(),
    zeros: (length) => new Float64Array(length),
    copy: (data, start, length) => {
      const copy = new Float64Array(length);
      for (let i = 0; i < length; i++) copy[i] = data[start + i] as number;
      return copy;
    },
    join: joinNumbers,
    subtractMultiple: ({ of: target, at: to }, { of: source, at: from }, count, factor) => {
      for (let i = 0; i < count; i++) {
        target[to + i] = (target[to + i] as number) - factor * (source[from + i] as number);
      }
    },
    dot: ({ of: x, at: first }, { of: y, at: second }, count) => {
      let total = 0;
      for (let i = 0; i < count; i++) total += (x[first + i] as number) * (y[second + i] as number);
      return total;
    },
    rotate: ({ of: x, at: first }, { of: y, at: second }, count, cosine, sine) => {
      for (let i = 0; i < count; i++) {
        const a = x[first + i] as number;
        const b = y[second + i] as number;
        x[first + i] = cosine * a - sine * b;
        y[second + i] = sine * a + cosine * b;
      }
    },
  };
  return onNumbers;
}

function joinNumbers(arrays: readonly ArrayLike<number>[]): Float64Array {
  const joined = new Float64Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

function generalLoops<S>(arithmetic: Arithmetic<S>): Loops<S> {
  const { add, subtract, multiply } = arithmetic;
  return {
    arithmetic,
    zeros: (length) => Array.from({ length }, () => arithmetic.literal(0)),
    copy: (data, start, length) => Array.from({ length }, (_, i) => data[start + i] as S),
    join: (arrays) => arrays.flatMap((array) => Array.from(array)),
    subtractMultiple: ({ of: target, at: to }, { of: source, at: from }, count, factor) => {
      for (let i = 0; i < count; i++) {
        target[to + i] = subtract(target[to + i] as S, multiply(factor, source[from + i] as S));
      }
    },
    dot: ({ of: x, at: first }, { of: y, at: second }, count) => {
      let total: S | undefined;
      for (let i = 0; i < count; i++) {
        const product = multiply(x[first + i] as S, y[second + i] as S);
        total = total === undefined ? product : add(total, product);
      }
      return total ?? arithmetic.literal(0);
    },
    rotate: ({ of: x, at: first }, { of: y, at: second }, count, cosine, sine) => {
      for (let i = 0; i < count; i++) {
        const a = x[first + i] as S;
        const b = y[second + i] as S;
        x[first + i] = subtract(multiply(cosine, a), multiply(sine, b));
        y[second + i] = add(multiply(sine, a), multiply(cosine, b));
      }
    },
  };
}
