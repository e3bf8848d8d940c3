// Matrix products on several threads have the bits of those on one.

import { afterAll, describe, expect, it } from "vitest";
import type { KernelPlan } from "../../src/compile/kernel-plan.ts";
import { threadedMatmulPlan } from "../../src/compile/threads/matmul.ts";
import { ThreadPool } from "../../src/compile/threads/pool.ts";
import { Heap } from "../../src/compile/wasm/heap.ts";
import { matmulPlan } from "../../src/compile/wasm/matmul/plan.ts";
import type { MatmulSpec } from "../../src/compile/wasm/matmul/spec.ts";

const pools: ThreadPool[] = [];

function poolOf(threads: number): ThreadPool {
  const pool = new ThreadPool(threads);
  pools.push(pool);
  return pool;
}

afterAll(() => {
  for (const pool of pools) pool.dispose();
});

async function whenReady(pool: ThreadPool): Promise<void> {
  for (let i = 0; i < 1000 && !pool.isReady; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(pool.isReady).toBe(true);
}

function run(plan: KernelPlan, heap: Heap, lengths: readonly number[]): () => Float32Array {
  const addresses = lengths.map((length) => heap.allocate(4 * length));
  const scratch = heap.allocate(plan.scratch);
  addresses.slice(0, -1).forEach((address, buffer) => {
    const length = lengths[buffer] as number;
    const view = heap.view("float32", address, length);
    for (let i = 0; i < length; i++) view[i] = Math.sin(i + 10 * buffer);
  });
  const call = plan.bind(heap, addresses, scratch);
  return () => {
    const result = addresses.at(-1) as number;
    const length = lengths.at(-1) as number;
    heap.view("float32", result, length).fill(Number.NaN);
    call();
    return Float32Array.from(heap.view("float32", result, length));
  };
}

function specOf(batch: number, rows: number, inner: number, columns: number): MatmulSpec {
  return {
    dtype: "float32",
    batch: [batch],
    rows,
    inner,
    columns,
    left: { offset: 0, strides: [rows * inner, inner, 1] },
    right: { offset: 0, strides: [inner * columns, columns, 1] },
    fma: false,
    epilogue: {
      key: "test maximum",
      operands: [{ walk: { offset: 0, strides: [0, 0, 1] } }],
      write: (b, lanes, result, [bias]) => b.emit(`${lanes}.max`, [result, bias as typeof result]),
    },
  };
}

const SPECS = {
  rows: specOf(1, 301, 300, 130),
  columns: specOf(1, 61, 300, 333),
  products: specOf(9, 64, 70, 130),
} as const;

function lengthsOf({ batch: [count = 1], rows, inner, columns }: MatmulSpec): number[] {
  return [count * rows * inner, count * inner * columns, columns, count * rows * columns];
}

/** Comparing so many elements by the matchers takes long. */
function expectSame(found: Float32Array, wanted: Float32Array): void {
  expect(found.length).toBe(wanted.length);
  expect(found.findIndex((x, i) => !Object.is(x, wanted[i]))).toBe(-1);
}

describe("a matrix product on threads", () => {
  for (const [axis, spec] of Object.entries(SPECS)) {
    it(`has the same bits when ${axis} are divided`, async () => {
      const wanted = run(matmulPlan(spec), new Heap(), lengthsOf(spec))();
      for (const threads of [1, 2, 3]) {
        const pool = poolOf(threads);
        const plan = threadedMatmulPlan(spec, pool);
        const call = run(plan, pool.heap, lengthsOf(spec));
        expectSame(call(), wanted);
        await whenReady(pool);
        expectSame(call(), wanted);
        expectSame(call(), wanted);
        pool.dispose();
        expectSame(call(), wanted);
      }
    });
  }

  it("stays on one thread where the product is small", () => {
    const pool = poolOf(2);
    const spec = specOf(1, 20, 20, 20);
    expect(threadedMatmulPlan(spec, pool).label).toBe(matmulPlan(spec).label);
    expect(threadedMatmulPlan(SPECS.rows, pool).label).toContain("on 2 threads");
  });

  it("refuses a number of threads that is none", () => {
    expect(() => new ThreadPool(0)).toThrow(/whole number of 1 or more/);
  });
});
