// What properties of layers are written with: elements by their places, tables, and comparison.

import fc from "fast-check";
import { expect } from "vitest";
import {
  type ConcreteTensor,
  multiply,
  sum,
  type Tensor,
  tensor,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";

export type Shape = readonly number[];
export type Element = (...places: number[]) => number;

export function filled(shape: Shape, seed: number): ConcreteTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from(
    { length: size },
    (_, i) => (((i + 3) * (seed + 7) * 37) % 101) / 25 - 2,
  );
  return tensor(numbers, { shape });
}

/** The elements of a tensor by their places; outside of it stands `outside`. */
export function elementsOf(value: Tensor, outside = 0): Element {
  const data = dataOf(value.concrete("elementsOf"));
  return (...places) => {
    if (places.some((place, axis) => !(place >= 0 && place < (value.shape[axis] as number)))) {
      return outside;
    }
    return data[
      places.reduce((at, place, axis) => at * (value.shape[axis] as number) + place, 0)
    ] as number;
  };
}

export function table(shape: Shape, at: Element): ConcreteTensor {
  const places = shape.reduce<number[][]>(
    (all, length) => all.flatMap((start) => Array.from({ length }, (_, i) => [...start, i])),
    [[]],
  );
  return tensor(
    places.map((place) => at(...place)),
    { shape },
  );
}

export function total(length: number, term: (i: number) => number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result += term(i);
  return result;
}

export function expectClose(found: Tensor, expected: Tensor, tolerance = 1e-12): void {
  expect(found.shape).toEqual(expected.shape);
  const truth = dataOf(expected.concrete("expected"));
  dataOf(found.concrete("found")).forEach((value: number, i: number) => {
    const gap = Math.abs(value - (truth[i] as number));
    expect(gap, `element ${i}: ${value} beside ${truth[i]}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(value)),
    );
  });
}

export function inner(left: Tensor, right: Tensor): number {
  return sum(multiply(left, right)).item();
}

/** Small sizes, and one for each of two axes. */
export const size: fc.Arbitrary<number> = fc.integer({ min: 1, max: 3 });
export const pair: fc.Arbitrary<[number, number]> = fc.tuple(size, size);
export const seeds: fc.Arbitrary<number> = fc.nat(1000);
