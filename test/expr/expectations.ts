// What tests of functions of tensors ask: an error with words, and numbers that are near.

import { expect } from "vitest";
import { type NestedArray, SymtapeError, type Tensor, tensor } from "../../src/expr/index.ts";

/** Demands a SymtapeError of a kind whose message contains the words. */
export function expectRefused(f: () => unknown, kind: string, ...words: readonly string[]): void {
  let error: unknown;
  try {
    f();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(SymtapeError);
  expect((error as SymtapeError).kind).toBe(kind);
  for (const word of words) expect((error as SymtapeError).message).toContain(word);
}

/** Demands a shape and its numbers to 14 decimals. */
export function expectNumbers(found: Tensor, expected: NestedArray): void {
  const flat = (values: NestedArray): number[] =>
    typeof values === "number" ? [values] : values.flatMap(flat);
  expect(found.shape).toEqual(tensor(expected).shape);
  const numbers = flat(found.toArray());
  flat(expected).forEach((value, i) => {
    expect(numbers[i]).toBeCloseTo(value, 14);
  });
}
