// Vector code of trigonometric functions, powers and the error function against values by mpmath
// (scripts/fixtures/vector_trigonometric.py), and at special values against the kernels on numbers.

import { describe, expect, test } from "vitest";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import arc from "../fixtures/vector-arc.json" with { type: "json" };
import powers from "../fixtures/vector-powers.json" with { type: "json" };
import trigonometric from "../fixtures/vector-trigonometric.json" with { type: "json" };
import { runVector } from "./vector-harness.ts";

type FloatType = "float64" | "float32";

interface Case {
  readonly operands: readonly number[][];
  /** Of float64 the nearest numbers, and what they lack in units of the last place. */
  readonly values: readonly number[];
  readonly parts?: readonly number[];
}

type Cases = Readonly<Record<string, Readonly<Record<FloatType, Case>>>>;

const CASES = { ...trigonometric, ...arc, ...powers } as unknown as Cases;

const DTYPES = ["float64", "float32"] as const;

/** The unit in the last place of a number of the dtype. */
function ulp(dtype: FloatType, x: number): number {
  const [digits, least] = dtype === "float64" ? [52, -1074] : [23, -149];
  if (x === 0) return 2 ** least;
  // Logarithms of numbers next to a power of two may round to it: the power decides.
  let exponent = Math.floor(Math.log2(Math.abs(x)));
  if (2 ** exponent > Math.abs(x)) exponent--;
  return 2 ** Math.max(exponent - digits, least);
}

/** The greatest error in units of the last place, and a sentence that says where. */
function worst(dtype: FloatType, { operands, values, parts }: Case, got: Float64Array) {
  let most = 0;
  let where = "";
  values.forEach((value, i) => {
    const unit = ulp(dtype, value);
    const error = Math.abs(((got[i] as number) - value) / unit - (parts?.[i] ?? 0));
    if (error <= most) return;
    most = error;
    where = `at (${operands.map((list) => list[i]).join(", ")}): ${got[i]} instead of ${value}`;
  });
  return { most, where };
}

/** The complement of the error function ends in a quotient of two rounded numbers. */
const BOUNDS: Readonly<Record<string, number>> = { erfc: 2.5 };

describe.each(DTYPES)("vector code in %s", (dtype) => {
  test.each(Object.keys(CASES))("%s is within a few units of the last place", (name) => {
    const one = (CASES[name] as Cases[string])[dtype];
    const got = runVector(name, dtype, one.operands);
    expect(got.every((x, i) => Number.isFinite(x) || x === one.values[i])).toBe(true);
    const { most, where } = worst(dtype, one, got);
    expect(most, where).toBeLessThanOrEqual(BOUNDS[name] ?? 2);
  });
});

const INFINITY = Number.POSITIVE_INFINITY;

const SPECIAL: readonly number[] = [
  0,
  -0,
  1,
  -1,
  INFINITY,
  -INFINITY,
  Number.NaN,
  5e-324,
  -5e-324,
  2 ** -149,
  2 ** -1022,
  2 ** -126,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  3.4028234663852886e38,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  1e22,
  30,
  -30,
];

function rounded(dtype: FloatType, list: readonly number[]): number[] {
  return dtype === "float64" ? [...list] : list.map(Math.fround);
}

/** Special values alone, or all pairs of them. */
function specialOperands(count: number, dtype: FloatType): number[][] {
  const numbers = rounded(dtype, SPECIAL);
  if (count === 1) return [numbers];
  const pairs = numbers.flatMap((x) => numbers.map((y) => [x, y] as const));
  return [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
}

/** Equal as special values are: NaN, the infinities and the signs of zeros, and other numbers within some places. */
function agrees(dtype: FloatType, got: number, want: number): boolean {
  if (Object.is(got, want)) return true;
  if (want === 0 || got === 0 || !Number.isFinite(want) || !Number.isFinite(got)) return false;
  return Math.abs(got - want) <= 4 * ulp(dtype, want);
}

describe.each(DTYPES)("at special values in %s", (dtype) => {
  test.each(Object.keys(CASES))("%s does what its kernel does", (name) => {
    const kernel = pointwiseFunctions().get(name)?.op.kernel as (...x: number[]) => number;
    const operands = specialOperands((CASES[name] as Cases[string])[dtype].operands.length, dtype);
    const got = runVector(name, dtype, operands);
    (operands[0] as number[]).forEach((_, i) => {
      const x = operands.map((list) => list[i] as number);
      const [want] = rounded(dtype, [kernel(...x)]) as [number];
      const text = `${name}(${x.join(", ")}) is ${got[i]} instead of ${want}`;
      expect(agrees(dtype, got[i] as number, want), text).toBe(true);
    });
  });
});

test("the whole numbers of cosine and sine are exact", () => {
  for (const dtype of DTYPES) {
    expect([...runVector("cos", dtype, [[0, -0, 1e-9, 1e-300]])]).toEqual([1, 1, 1, 1]);
    expect([...runVector("sin", dtype, [[0, -0]])]).toEqual([0, -0]);
  }
});

test("squares and square roots as powers are correctly rounded", () => {
  const x = Array.from({ length: 501 }, (_, i) => Math.fround((i / 7) ** 3));
  const square = x.map(() => 2);
  const half = x.map(() => 0.5);
  expect([...runVector("pow", "float64", [x, square])]).toEqual(x.map((v) => v * v));
  expect([...runVector("pow", "float64", [x, half])]).toEqual(x.map(Math.sqrt));
  expect([...runVector("pow", "float32", [x, square])]).toEqual(x.map((v) => Math.fround(v * v)));
});

describe.each(DTYPES)("neighbours in a vector of %s", (dtype) => {
  test.each(Object.keys(CASES))("%s of a number does not depend on them", (name) => {
    const { operands } = (CASES[name] as Cases[string])[dtype];
    const special = specialOperands(operands.length, dtype);
    const mixed = operands.map((list, i) =>
      (special[i] as number[]).flatMap((x, k) => [x, list[k % list.length] as number]),
    );
    const got = runVector(name, dtype, mixed);
    const moved = runVector(
      name,
      dtype,
      mixed.map((list) => [1.25, ...list]),
    );
    expect([...moved.subarray(1)]).toEqual([...got]);
  });
});
