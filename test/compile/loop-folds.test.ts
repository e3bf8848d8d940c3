// Folds in fused loops: how exact sums are, and what becomes of NaN, infinities and signs of zero.

import { describe, expect, it } from "vitest";
import type { DType } from "../../src/expr/shape.ts";
import { LoopBuilder } from "./loop-builder.ts";
import { compare, FLOATS, floats, noise, planOf, runKernel } from "./loop-harness.ts";
import { exactSum } from "./naive-loop.ts";

describe("folds", () => {
  /** Units in the last place between a sum and the exact one. */
  function error(dtype: DType, found: number, terms: readonly number[]): number {
    const exact = exactSum(terms);
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(exact))) - (dtype === "float64" ? 52 : 23));
    return Math.abs(found - exact) / unit;
  }

  it.each(FLOATS)("sum a million numbers of %s to the last place", (dtype) => {
    const next = noise(1);
    const data = floats(dtype, 1_000_003, () => next() - 0.2);
    const b = new LoopBuilder(dtype, [data.length], [0]);
    b.fold("sum", b.load());
    const result = floats(dtype, 1, () => 0);
    runKernel(b.loop(), [data, result]);
    expect(error(dtype, result[0] as number, [...data])).toBeLessThanOrEqual(1);
  });

  it.each([
    { dtype: "float64", extents: [30_001, 5], folded: 0 },
    { dtype: "float64", extents: [3, 50_001], folded: 1 },
    { dtype: "float32", extents: [30_001, 5], folded: 0 },
    { dtype: "float32", extents: [3, 50_001], folded: 1 },
    { dtype: "float32", extents: [900, 33], folded: 0 },
    { dtype: "float64", extents: [1001, 45], folded: 0 },
    { dtype: "float32", extents: [640, 131], folded: 0 },
  ] as const)(
    "sum an axis of $extents in $dtype within two units",
    ({ dtype, extents, folded }) => {
      const [rows, columns] = extents;
      const next = noise(3);
      const data = floats(dtype, rows * columns, next);
      const b = new LoopBuilder(dtype, extents, [folded]);
      b.fold("sum", b.load());
      const kept = folded === 0 ? columns : rows;
      const results = floats(dtype, kept, () => 0);
      runKernel(b.loop(), [data, results]);
      for (let i = 0; i < kept; i++) {
        const terms = [...data].filter((_, k) =>
          folded === 0 ? k % columns === i : Math.floor(k / columns) === i,
        );
        expect(error(dtype, results[i] as number, terms)).toBeLessThanOrEqual(2);
      }
    },
  );

  it.each(FLOATS)("of %s keep infinities, NaN and the sign of zero", (dtype) => {
    for (const length of [1, 3, 9, 700]) {
      for (const odd of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0, 0]) {
        const filler = odd === 0 ? -0 : 1.5;
        for (const place of new Set([0, length >> 1, length - 1])) {
          const data = floats(dtype, length, (i) => (i === place ? odd : filler));
          for (const fold of ["sum", "maximum", "minimum"] as const) {
            const b = new LoopBuilder(dtype, [length], [0]);
            b.fold(fold, b.load());
            compare(b.loop(), [data, floats(dtype, 1, () => 0)]);
          }
        }
      }
    }
  });

  it("multiply", () => {
    for (const length of [1, 6, 19]) {
      const b = new LoopBuilder("float64", [length, 7], [0]);
      b.fold("product", b.load());
      const data = floats("float64", 7 * length, (i) => [1, 2, -0.5, 4][i % 4] as number);
      compare(b.loop(), [data, floats("float64", 7, () => 0)]);
    }
    const b = new LoopBuilder("int32", [50], [0]);
    b.fold("product", b.load());
    compare(b.loop(), [Int32Array.from({ length: 50 }, (_, i) => 2 * i + 1), new Int32Array(1)]);
  });

  it("tell whether all or any are true, and count them", () => {
    for (const row of [[], [3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [10]]) {
      const b = new LoopBuilder("bool", [2, 11], [1]);
      const x = b.load();
      b.fold("all", x).fold("any", x).fold("sum", x, "int32");
      const data = Uint8Array.from({ length: 22 }, (_, i) => Number(row.includes(i % 11)));
      compare(b.loop(), [data, new Uint8Array(2), new Uint8Array(2), new Int32Array(2)]);
    }
  });

  it.each([128, 1003])("of %i long rows go band by band", (rows) => {
    const columns = 150;
    const b = new LoopBuilder("float32", [rows, columns], [0]);
    const guards = [{ offset: -5, strides: [1, 0], length: rows - 9 }];
    const x = b.load({ strides: [columns, 1], offset: -5 * columns, guards });
    const y = b.apply("subtract", x, b.load({ strides: [0, 1] }));
    const above = b.applyAs("bool", "greater", y, b.number(0));
    b.fold("sum", y).store(b.apply("relu", y)).fold("maximum", y).fold("any", above, "bool");
    const next = noise(11);
    const sizes = [(rows - 9) * columns, columns, columns, rows * columns, columns];
    const buffers = sizes.map((size) => floats("float32", size, () => next() - 0.5));
    compare(b.loop(), [...buffers, new Uint8Array(columns)]);
    expect(planOf(b.loop()).scratch).toBeGreaterThan(0);
  });

  it("stand beside what is written element by element", () => {
    for (const folded of [[0], [1], [0, 1]]) {
      const b = new LoopBuilder("float32", [37, 21], folded);
      const x = b.load();
      const y = b.apply("square", b.apply("subtract", x, b.load({ strides: [0, 1] })));
      b.fold("sum", y)
        .store(b.apply("multiply", x, b.number(2)))
        .fold("maximum", x);
      const next = noise(7);
      const kept = folded.length === 2 ? 1 : folded[0] === 0 ? 21 : 37;
      const sizes = [777, 21, kept, 777, kept];
      compare(
        b.loop(),
        sizes.map((size) => floats("float32", size, next)),
      );
    }
  });
});
