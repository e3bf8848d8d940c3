// Kernels of fused loops against a walk over one number after another.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loopPlan } from "../../src/compile/wasm/loop/plan.ts";
import type { TypedArray } from "../../src/expr/shape.ts";
import { LoopBuilder } from "./loop-builder.ts";
import { compare, FLOATS, floats, noise, planOf, runKernel } from "./loop-harness.ts";
import { randomLoops } from "./random-loops.ts";

describe("the kernel of a fused loop", () => {
  it("does what a walk over all indices does", () => {
    const property = fc.property(randomLoops(), ({ loop, buffers }) => compare(loop, buffers));
    fc.assert(property, { numRuns: 400 });
  });

  it("does so on each dtype alone", () => {
    for (const dtype of ["float64", "float32", "int32"] as const) {
      const loops = randomLoops([dtype]);
      const property = fc.property(loops, ({ loop, buffers }) => compare(loop, buffers));
      fc.assert(property, { numRuns: 150 });
    }
  });

  it.each(FLOATS)("writes every length of %s to the last element and no further", (dtype) => {
    for (let length = 1; length <= 70; length++) {
      const b = new LoopBuilder(dtype, [length]);
      const x = b.load();
      const y = b.apply("multiply", b.load({ strides: [0] }), b.number(0.5));
      b.store(b.apply("add", b.apply("divide", x, y), x));
      const data = floats(dtype, length, (i) => i - 3.25);
      compare(b.loop(), [data, floats(dtype, 1, () => 3), floats(dtype, length, () => 0)]);
    }
  });

  it.each(FLOATS)("gives the same bits wherever an element of %s stands", (dtype) => {
    for (const op of ["exp", "tanh", "log", "sin", "sigmoid", "digamma", "cbrt"]) {
      for (const length of [1, 2, 3, 5, 6, 7, 37]) {
        const b = new LoopBuilder(dtype, [length]);
        b.store(b.apply(op, b.load()));
        const results = floats(dtype, length, () => 0);
        runKernel(b.loop(), [floats(dtype, length, () => 0.7), results]);
        expect(new Set(results).size, op).toBe(1);
      }
    }
  });

  it("computes by its kernel on numbers what has no vector code", () => {
    for (const dtype of FLOATS) {
      const b = new LoopBuilder(dtype, [3, 5]);
      b.store(b.apply("polygamma", b.number(2), b.load()));
      compare(b.loop(), [floats(dtype, 15, (i) => i + 0.5), floats(dtype, 15, () => 0)]);
    }
    const b = new LoopBuilder("int32", [11]);
    const x = b.load();
    b.store(b.apply("pow", x, b.number(13)));
    b.store(b.apply("mod", x, b.number(7)));
    const data = Int32Array.from({ length: 11 }, (_, i) => 5 * i - 20);
    compare(b.loop(), [data, new Int32Array(11), new Int32Array(11)]);
  });

  it("takes a number as it is, also where float32 does not hold it", () => {
    const b = new LoopBuilder("float32", [9]);
    const x = b.load();
    b.store(b.applyAs("bool", "equal", x, b.number(0.1, "float64")), "bool");
    b.store(b.applyAs("bool", "less", x, b.number(0.1, "float64")), "bool");
    b.store(b.apply("where", b.number(0.5, "float64"), x, b.number(3, "int32")));
    const whole = b.load({ dtype: "int32" });
    b.store(b.applyAs("bool", "greater", whole, b.number(3.5, "float64")), "bool");
    const results = [new Uint8Array(9), new Uint8Array(9), floats("float32", 9, () => 0)];
    const data = [floats("float32", 9, () => 0.1), Int32Array.from({ length: 9 }, (_, i) => i)];
    const [masks, compared, chosen] = results as [TypedArray, TypedArray, TypedArray];
    const [x0, whole0] = data as [TypedArray, TypedArray];
    compare(b.loop(), [x0, masks, compared, chosen, whole0, new Uint8Array(9)]);
  });

  it("wraps whole numbers that are too large, also those that come from floats", () => {
    const b = new LoopBuilder("int32", [6]);
    const x = b.load({ dtype: "float64" });
    b.store(b.cast("int32", x));
    b.store(b.apply("multiply", b.cast("int32", x), b.number(3)));
    const data = Float64Array.of(2 ** 31, -(2 ** 31) - 1.5, 2 ** 53 + 2, 1e300, Number.NaN, -7.9);
    const results = [new Int32Array(6), new Int32Array(6)];
    compare(b.loop(), [data, ...results]);
    runKernel(b.loop(), [data, ...results]);
    expect([...(results[0] as TypedArray)]).toEqual([-(2 ** 31), 2 ** 31 - 1, 2, 0, 0, -7]);
  });

  it("may write over what it reads", () => {
    const b = new LoopBuilder("float64", [13, 3]);
    const x = b.load();
    b.replace(x, b.apply("square", x));
    compare(b.loop(), [floats("float64", 39, (i) => i)]);
  });

  it("knows the index along every axis", () => {
    const b = new LoopBuilder("int32", [7, 9, 21]);
    const rows = b.apply("multiply", b.index(0), b.number(1000));
    b.store(b.apply("add", b.apply("add", rows, b.index(2)), b.index(1)));
    compare(b.loop(), [new Int32Array(7 * 9 * 21)]);
  });

  it("says what it does", () => {
    const b = new LoopBuilder("float32", [128, 10], [1]);
    b.fold("sum", b.apply("exp", b.load()));
    const plan = planOf(b.loop());
    expect(plan.label).toBe("loop 128×10 float32: exp, sum");
    expect(plan.flops).toBe(2560);
    expect(plan.listing()).toContain("v128.load");
  });

  it("is not there for operations that are not pointwise", () => {
    const b = new LoopBuilder("float32", [4]);
    b.store(b.apply("cumsum", b.load()));
    expect(loopPlan(b.loop())).toBeUndefined();
  });
});

describe("guarded loads", () => {
  const along = (offset: number, length: number) => ({ offset, strides: [0, 1], length });

  it.each(FLOATS)("of %s take the fill outside, at any distance", (dtype) => {
    for (const [shift, length] of [
      [0, 40],
      [-1, 40],
      [3, 40],
      [-7, 21],
      [-39, 40],
      [-1000, 7],
      [-(2 ** 28), 7],
    ] as const) {
      const b = new LoopBuilder(dtype, [3, 40]);
      const options = { strides: [length, 1], offset: shift, fill: -1.5 };
      const padded = b.load({ ...options, guards: [along(shift, length)] });
      b.store(b.apply("add", padded, b.load()));
      const buffers = [3 * length, 120, 120].map((size) => floats(dtype, size, (i) => i + 1));
      compare(b.loop(), buffers);
    }
  });

  it("may hang on several axes at once", () => {
    const b = new LoopBuilder("float32", [6, 30]);
    const diagonal = { offset: -2, strides: [3, 1], length: 19 };
    b.store(b.load({ strides: [3, 1], offset: -2, guards: [diagonal] }));
    const backwards = { offset: 20, strides: [0, -2], length: 17 };
    b.store(b.load({ strides: [0, -2], offset: 20, guards: [backwards] }));
    const rows = { offset: -2, strides: [1, 0], length: 3 };
    b.store(b.load({ strides: [30, 1], offset: -60, guards: [rows] }));
    const sizes = [19, 180, 17, 180, 90, 180];
    compare(
      b.loop(),
      sizes.map((size) => floats("float32", size, (i) => i + 1)),
    );
  });

  it("add up where several pieces meet", () => {
    const b = new LoopBuilder("float64", [101], [0]);
    const left = b.load({ strides: [1], guards: [{ offset: 0, strides: [1], length: 100 }] });
    const right = b.load({
      strides: [1],
      offset: -1,
      guards: [{ offset: -1, strides: [1], length: 100 }],
    });
    const both = b.apply("add", left, right);
    b.store(both);
    b.fold("sum", b.apply("square", both));
    const next = noise(5);
    const data = floats("float64", 100, next);
    compare(b.loop(), [data, data, floats("float64", 101, () => 0), floats("float64", 1, () => 0)]);
  });
});
