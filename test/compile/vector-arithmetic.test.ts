// Vector code of arithmetic, comparison and rounding against the kernels on numbers, bit for bit.

import { describe, expect, test } from "vitest";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import { runVector } from "./vector-harness.ts";

const HARD = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  -2.5,
  3,
  -3,
  7,
  0.1,
  -0.3,
  0.49999999999999994,
  1e-5,
  123456.789,
  -987654.25,
  2 ** 25,
  2 ** 25 + 0.5,
  -(2 ** 31),
  2 ** 52 + 0.5,
  2 ** 53,
  1e15,
  1e22,
  5e-324,
  -5e-324,
  1.5e-45,
  2.2250738585072014e-308,
  1.1754943508222875e-38,
  3.4e38,
  -1e300,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

const DTYPES = ["float64", "float32"] as const;

/** All tuples of the hard numbers, and many others: one list per operand. */
function operandsOf(count: number): number[][] {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const others = Array.from({ length: 3000 }, () =>
    Array.from({ length: count }, () => random() * 10 ** Math.round(random() * 12)),
  );
  let tuples: number[][] = [[]];
  const hard = count < 3 ? HARD : HARD.filter((_, i) => i % 3 === 0 || Number.isNaN(HARD[i]));
  for (let i = 0; i < count; i++) tuples = tuples.flatMap((t) => hard.map((x) => [...t, x]));
  return Array.from({ length: count }, (_, i) => [...tuples, ...others].map((t) => t[i] as number));
}

function kernelOf(name: string): (...operands: number[]) => number {
  const f = pointwiseFunctions().get(name);
  if (f === undefined) throw new Error(`there is no ${name}`);
  return f.op.kernel;
}

function rounded(dtype: "float64" | "float32", operands: readonly number[][]): number[][] {
  return dtype === "float64" ? [...operands] : operands.map((list) => list.map(Math.fround));
}

/** The kernel over the lists, rounded to the dtype. */
function expected(name: string, dtype: "float64" | "float32", operands: number[][]): number[] {
  const kernel = kernelOf(name);
  const results = (operands[0] as number[]).map((_, i) =>
    kernel(...operands.map((list) => list[i] as number)),
  );
  return dtype === "float64" ? results : results.map(Math.fround);
}

function compare(got: Float64Array, want: readonly number[], operands: number[][]): void {
  const wrong = want.findIndex((value, i) => !Object.is(value, got[i]));
  const at = operands.map((list) => list[wrong]);
  expect(wrong, `at (${at.join(", ")}): ${got[wrong]} instead of ${want[wrong]}`).toBe(-1);
}

const NUMBERS = [
  ["add", 2],
  ["subtract", 2],
  ["multiply", 2],
  ["divide", 2],
  ["negate", 1],
  ["abs", 1],
  ["sqrt", 1],
  ["square", 1],
  ["reciprocal", 1],
  ["sign", 1],
  ["minimum", 2],
  ["maximum", 2],
  ["clip", 3],
  ["floor", 1],
  ["ceil", 1],
  ["round", 1],
  ["mod", 2],
] as const;

const COMPARISONS = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"];

/** Truth values as masks: all bits of a lane or none. */
function masks(dtype: "float64" | "float32", truths: readonly number[]): ArrayLike<number> {
  if (dtype === "float64") {
    return new Float64Array(BigInt64Array.from(truths, (t) => (t === 0 ? 0n : -1n)).buffer);
  }
  return new Float32Array(Int32Array.from(truths, (t) => (t === 0 ? 0 : -1)).buffer);
}

describe.each(DTYPES)("vector code in %s", (dtype) => {
  test.each(NUMBERS)("%s has the bits of its kernel", (name, count) => {
    const operands = rounded(dtype, operandsOf(count));
    compare(runVector(name, dtype, operands), expected(name, dtype, operands), operands);
  });

  test.each(COMPARISONS)("%s gives the masks of its kernel", (name) => {
    const operands = rounded(dtype, operandsOf(2));
    const got = runVector(name, dtype, operands, { truth: true });
    compare(got, expected(name, dtype, operands), operands);
  });

  test.each(["and", "or", "xor", "not"])("%s works on masks", (name) => {
    const truths = [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ].slice(0, name === "not" ? 1 : 2);
    const operands = truths.map((list) => masks(dtype, list));
    const got = runVector(name, dtype, operands, { truth: true });
    compare(got, expected(name, dtype, truths), truths);
  });

  test("where takes x under the mask and y elsewhere", () => {
    const [x, y] = rounded(dtype, operandsOf(2)) as [number[], number[]];
    const condition = x.map((_, i) => i % 3);
    const got = runVector("where", dtype, [masks(dtype, condition), x, y]);
    compare(got, expected("where", dtype, [condition, x, y]), [condition, x, y]);
  });
});

test("a remainder of a large quotient is exact", () => {
  const x = [1e300, 12345678901234568, 1e22, -1e22, 2 ** 25 * 3 + 1, 9007199254740991];
  const y = [7, 3.25, Math.PI, Math.PI, 3, 1e-3];
  compare(runVector("mod", "float64", [x, y]), expected("mod", "float64", [x, y]), [x, y]);
});
