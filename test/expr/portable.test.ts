// The kernels with the same bits everywhere against true values from long arithmetic.

import { describe, expect, it } from "vitest";
import { portableExp, portableLog } from "../../src/expr/kernels/portable.ts";
import { normalQuantile } from "../../src/expr/kernels/portable-normal.ts";
import truths from "../fixtures/random_portable.json" with { type: "json" };

function ulp(value: number): number {
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, Math.abs(value));
  const exponent = words.getUint32(0) >>> 20;
  return exponent <= 1 ? 2 ** -1074 : 2 ** (exponent - 1075);
}

function worstUlps(f: (x: number) => number, rows: readonly (readonly number[])[]): number {
  const errors = rows.map(([x, truth]) => {
    const found = f(x as number);
    return found === truth ? 0 : Math.abs(found - (truth as number)) / ulp(truth as number);
  });
  expect(rows.length).toBeGreaterThan(200);
  return errors.reduce((worst, error) => (error <= worst ? worst : error), 0);
}

describe("the portable functions", () => {
  it("log and exp are within 1 ulp of the truth", () => {
    expect(worstUlps(portableLog, truths.log as number[][])).toBeLessThanOrEqual(1);
    expect(worstUlps(portableExp, truths.exp as number[][])).toBeLessThanOrEqual(1);
  });

  it("the inverse of the normal distribution function is right to 15 digits", () => {
    for (const [p, truth] of truths.normalQuantile as [number, number][]) {
      expect(Math.abs(normalQuantile(p) / truth - 1)).toBeLessThanOrEqual(1e-15);
    }
    expect(truths.normalQuantile.length).toBeGreaterThan(200);
    expect(normalQuantile(0.5)).toBe(0);
  });

  it("log and exp keep the limits", () => {
    const { NaN: nan } = Number;
    expect([0, 1, Infinity, -1, nan].map(portableLog)).toEqual([-Infinity, 0, Infinity, nan, nan]);
    expect([-Infinity, -746, 0, 710, Infinity, nan].map(portableExp)).toEqual([
      ...[0, 0, 1, Infinity, Infinity, nan],
    ]);
  });
});
