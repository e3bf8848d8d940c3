// Kernels of matrix products against plain loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasFma } from "../../src/compile/wasm/engine.ts";
import type { FloatType } from "../../src/compile/wasm/floats.ts";
import { Heap } from "../../src/compile/wasm/heap.ts";
import { bindMatrix, matrixScratch } from "../../src/compile/wasm/matmul/matrix-product.ts";
import { matmulPlan, supportsEpilogue } from "../../src/compile/wasm/matmul/plan.ts";
import { toProduct } from "../../src/compile/wasm/matmul/product.ts";
import type { Epilogue, MatmulSpec } from "../../src/compile/wasm/matmul/spec.ts";
import { tileCandidates } from "../../src/compile/wasm/matmul/tile.ts";
import type { Walk } from "../../src/expr/lowering.ts";
import type { TypedArray } from "../../src/expr/shape.ts";
import {
  eachResult,
  naiveMatmul,
  orderedMatmul,
  placeOf,
  resultLength,
  runMatmul,
  runPlan,
  type Spec,
} from "./matmul-harness.ts";

/** A row-major walk whose axes lie in the memory in some order, with gaps; broadcast axes do not move. */
function layOut(
  shape: readonly number[],
  order: readonly number[],
  gap: number,
  broadcast: readonly boolean[],
): Walk {
  const strides = shape.map(() => 0);
  let stride = gap > 2 ? 2 : 1;
  for (const axis of order) {
    if (broadcast[axis]) continue;
    strides[axis] = stride;
    stride = stride * (shape[axis] as number) + (gap === 1 ? 3 : 0);
  }
  return { offset: gap, strides };
}

const sizes = (most: number) => fc.integer({ min: 1, max: most });

/** Walks of every kind over operands of these sizes: contiguous, transposed, with gaps, broadcast. */
function specs(sizesOf: fc.Arbitrary<readonly [number, number, number]>): fc.Arbitrary<Spec> {
  const batch = fc.array(sizes(3), { maxLength: 2 });
  return fc.tuple(sizesOf, batch).chain(([[rows, inner, columns], batch]) => {
    const walk = (last: readonly number[]) => {
      const shape = [...batch, ...last];
      const axes = shape.map((_, axis) => axis).reverse();
      const [column = 0, row = 0, ...rest] = axes;
      return fc
        .tuple(
          fc.oneof(
            fc.constantFrom(axes, [row, column, ...rest]),
            fc.shuffledSubarray(axes, { minLength: axes.length }),
          ),
          fc.constantFrom(0, 0, 1, 3),
          fc.array(fc.boolean(), { minLength: batch.length, maxLength: batch.length }),
        )
        .map(([order, gap, broadcast]) => layOut(shape, order, gap, broadcast));
    };
    return fc
      .tuple(walk([rows, inner]), walk([inner, columns]), fc.constantFrom("float64", "float32"))
      .map(([left, right, dtype]) => {
        const known = { dtype: dtype as FloatType, batch, rows, inner, columns };
        return { ...known, left, right, fma: false };
      });
  });
}

const matrices = specs(fc.tuple(sizes(70), sizes(70), sizes(70)));
const longMatrices = specs(fc.tuple(sizes(12), fc.integer({ min: 200, max: 800 }), sizes(40)));
const vectors = specs(
  fc.oneof(
    fc.tuple(fc.constant(1), sizes(70), sizes(70)),
    fc.tuple(sizes(70), sizes(70), fc.constant(1)),
    fc.tuple(fc.constant(1), sizes(70), fc.constant(1)),
  ),
);

/** Numbers that look random, from −1 to 1. */
function numbers(dtype: FloatType, length: number, seed: number): TypedArray {
  const values = dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
  let state = seed + 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

function lengthOf(walk: Walk, shape: readonly number[]): number {
  return (
    1 +
    placeOf(
      walk,
      shape.map((size) => size - 1),
    )
  );
}

function operandsOf({ dtype, batch, rows, inner, columns, left, right }: Spec): TypedArray[] {
  return [
    numbers(dtype, lengthOf(left, [...batch, rows, inner]), 1),
    numbers(dtype, lengthOf(right, [...batch, inner, columns]), 2),
  ];
}

function plain(dtype: FloatType, rows: number, inner: number, columns: number): Spec {
  const left = { offset: 0, strides: [inner, 1] };
  const right = { offset: 0, strides: [columns, 1] };
  return { dtype, batch: [], rows, inner, columns, left, right, fma: false };
}

function expectOrdered(spec: Spec): void {
  const operands = operandsOf(spec);
  expectSame(runMatmul(spec, operands), orderedMatmul(spec, operands));
}

/** Names the first element that differs: comparing whole arrays takes long. */
function expectSame(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  const place = wanted.findIndex((x, i) => !Object.is(x, found[i]));
  expect([place, found[place]]).toEqual([-1, wanted[place]]);
}

function expectClose(spec: Spec): void {
  const operands = operandsOf(spec);
  const found = runMatmul(spec, operands);
  const unit = spec.dtype === "float64" ? 2 ** -52 : 2 ** -23;
  const ratios = naiveMatmul(spec, operands).map(
    ([sum, size], i) => Math.abs((found[i] as number) - sum) / (unit * size || 1),
  );
  expect(Math.max(...ratios)).toBeLessThanOrEqual(spec.inner);
}

const some = { numRuns: 60 };

describe("the matrix product", () => {
  it("is that of plain loops, for operands of any sizes and strides", () => {
    fc.assert(fc.property(matrices, expectClose), some);
    fc.assert(fc.property(vectors, expectClose), some);
  });

  it("adds in the order that the sizes say, whatever the strides", () => {
    fc.assert(fc.property(matrices, expectOrdered), some);
    fc.assert(fc.property(vectors, expectOrdered), some);
  });

  it("adds long sums in blocks", () => {
    fc.assert(fc.property(longMatrices, expectOrdered), { numRuns: 20 });
  });

  it("goes beyond one block of rows and columns", () => {
    for (const dtype of ["float64", "float32"] as const) {
      expectOrdered(plain(dtype, 300, 20, 70));
      expectOrdered(plain(dtype, 40, 5, 2100));
      expectOrdered(plain(dtype, 4200, 3, 9));
    }
  });

  it("copies parts of a long matrix that is contiguous along no axis", () => {
    const walk = { offset: 0, strides: [2, 2 * 301] };
    const right = { offset: 3, strides: [5, 1] };
    expectOrdered({ ...plain("float64", 301, 257, 1), left: walk, right });
    expectOrdered({ ...plain("float32", 301, 257, 1), left: walk, right });
  });

  it("is 0 where there is nothing to add", () => {
    for (const [rows, columns] of [
      [5, 9],
      [1, 3],
      [4, 1],
      [1, 1],
    ] as const) {
      const spec = plain("float64", rows, 0, columns);
      const found = runMatmul(spec, [new Float64Array(1), new Float64Array(1)]);
      expect(Array.from(found)).toEqual(Array(rows * columns).fill(0));
    }
  });

  it("has no result where an axis of the result has size 0", () => {
    expect(
      runMatmul(plain("float64", 0, 3, 4), operandsOf(plain("float64", 1, 3, 4))),
    ).toHaveLength(0);
  });

  it("lets NaN and Infinity pass", () => {
    for (const [rows, columns] of [
      [20, 20],
      [1, 20],
      [20, 1],
    ] as const) {
      const spec = plain("float64", rows, 7, columns);
      const [left, right] = operandsOf(spec) as [Float64Array, Float64Array];
      left[0] = Number.NaN;
      right[columns - 1] = Number.POSITIVE_INFINITY;
      const found = Array.from(runMatmul(spec, [left, right]));
      expect(found).toEqual(orderedMatmul(spec, [left, right]));
      expect(found[0]).toBeNaN();
    }
  });

  it("has the same bits with every tile", () => {
    for (const dtype of ["float64", "float32"] as const) {
      const spec = plain(dtype, 47, 300, 45);
      const operands = operandsOf(spec);
      const wanted = Array.from(runMatmul(spec, operands));
      const product = toProduct(spec);
      for (const tile of [...tileCandidates(true), ...tileCandidates(false)]) {
        const plan = {
          scratch: matrixScratch(product, tile),
          bind: (heap: Heap, addresses: readonly number[], scratch: number) =>
            bindMatrix(product, tile, heap, addresses, scratch),
        };
        expect(Array.from(runPlan(plan, dtype, operands, wanted.length))).toEqual(wanted);
      }
    }
  });

  it("measures a tile for large products, which changes no bits", () => {
    const spec = plain("float32", 128, 256, 130);
    expectOrdered(spec);
  });

  it("reads nothing beyond the end of the memory", () => {
    const heap = new Heap();
    const spec = plain("float32", 4, 16, 5);
    const plan = matmulPlan(spec);
    const [left, result, scratch] = [4 * 16 * 4, 4 * 5 * 4, plan.scratch].map((bytes) =>
      heap.allocate(bytes),
    ) as [number, number, number];
    const bytes = heap.memory.buffer.byteLength;
    const right = bytes - 16 * 5 * 4;
    heap.view("float32", left, 64).fill(1);
    heap.view("float32", right, 80).fill(2);
    plan.bind(heap, [left, right, result], scratch)();
    expect(Array.from(heap.view("float32", result, 20))).toEqual(Array(20).fill(32));
  });
});

describe("a matrix product with fused rounding", () => {
  const fused = (spec: Spec): void => expectClose({ ...spec, fma: true });

  it("is that of plain loops within the same bounds", () => {
    fc.assert(fc.property(matrices, fused), some);
    fc.assert(fc.property(vectors, fused), some);
  });

  it.runIf(hasFma())("rounds once", () => {
    const e = 2 ** -30;
    for (const [rows, columns] of [
      [2, 2],
      [1, 2],
      [1, 1],
    ] as const) {
      const spec = { ...plain("float64", rows, 17, columns), fma: true };
      const left = new Float64Array(rows * 17);
      const right = new Float64Array(columns * 17);
      for (let i = 0; i < rows; i++) left.set([-1, ...Array(15).fill(0), 1 + e], i * 17);
      right.fill(1, 0, columns);
      right.fill(1 - e, 16 * columns);
      expect(runMatmul(spec, [left, right])[0]).toBe(-e * e);
    }
  });
});

/** (result + bias) · factor + shift, with operands of each kind: along columns, along both, along rows. */
function tailOf({ batch, rows, columns }: Spec): Epilogue {
  const still = batch.map(() => 0);
  const contiguous = batch.map((_, i) =>
    batch.slice(i + 1).reduce((size, other) => size * other, rows * columns),
  );
  return {
    key: "test",
    operands: [
      { walk: { offset: 2, strides: [...still, 0, 1] } },
      { walk: { offset: 0, strides: [...contiguous, columns, 1] } },
      { walk: { offset: 1, strides: [...still, 1, 0] } },
    ],
    write: (b, lanes, result, [bias, factor, shift]) => {
      const sum = b.emit(`${lanes}.add`, [result, bias as typeof result]);
      const product = b.emit(`${lanes}.mul`, [sum, factor as typeof result]);
      return b.emit(`${lanes}.add`, [product, shift as typeof result]);
    },
  };
}

function expectTail(given: Spec): void {
  const spec: MatmulSpec & { epilogue: Epilogue } = { ...given, epilogue: tailOf(given) };
  const { dtype, rows, columns } = spec;
  const extra = [columns + 2, resultLength(spec), rows + 1].map((length, i) =>
    numbers(dtype, length, 5 + i),
  );
  const operands = [...operandsOf(spec), ...extra];
  const sums = orderedMatmul(spec, operands);
  const round = dtype === "float64" ? (x: number) => x : Math.fround;
  const wanted: number[] = [];
  eachResult(spec, (index) => {
    const [bias, factor, shift] = spec.epilogue.operands.map(
      ({ walk }, i) => extra[i]?.[placeOf(walk, index)] as number,
    ) as [number, number, number];
    const sum = round((sums[wanted.length] as number) + bias);
    wanted.push(round(round(sum * factor) + shift));
  });
  expectSame(runMatmul(spec, operands), wanted);
}

describe("the epilogue of a matrix product", () => {
  it("is applied once to each finished result", () => {
    fc.assert(fc.property(matrices, expectTail), some);
    fc.assert(fc.property(vectors, expectTail), some);
    fc.assert(fc.property(longMatrices, expectTail), { numRuns: 10 });
  });

  it("is refused where an operand has gaps along the columns", () => {
    const spec = plain("float64", 3, 4, 5);
    const operand = { walk: { offset: 0, strides: [10, 2] } };
    const epilogue = { ...tailOf(spec), operands: [operand] };
    expect(supportsEpilogue({ ...spec, epilogue })).toBe(false);
    expect(supportsEpilogue({ ...spec, epilogue: tailOf(spec) })).toBe(true);
    expect(supportsEpilogue(spec)).toBe(true);
  });
});
