// Pooling, normalization, attention and losses at random shapes and settings against plain nested loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  averagePool2d,
  type ConcreteTensor,
  crossEntropy,
  grad,
  layerNorm,
  maxPool2d,
  multiply,
  rmsNorm,
  scaledDotProductAttention,
  sum,
  type Tensor,
  tensor,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import {
  elementsOf,
  expectClose,
  filled,
  inner,
  pair,
  seeds,
  size,
  table,
  total,
} from "./loops.ts";

const OPTIONS = { seed: 11, numRuns: 120 } as const;

/** Windows that fit: the padding is at most half of the size. */
const pools = fc
  .record({
    lead: fc.array(size, { maxLength: 2 }),
    size: pair,
    stride: pair,
    padded: fc.tuple(fc.boolean(), fc.boolean()),
    extra: fc.tuple(fc.nat(4), fc.nat(4)),
    seed: seeds,
  })
  .map(({ lead, size: window, stride, padded, extra, seed }) => {
    const padding = window.map((length, axis) => (padded[axis] ? Math.floor(length / 2) : 0));
    const sizes = window.map((length, axis) => length + (extra[axis] as number));
    const whole = filled([...lead, ...sizes], seed);
    return { x: whole, options: { size: window, stride, padding } };
  });

type Pool = typeof pools extends fc.Arbitrary<infer T> ? T : never;

/** A function of the elements in every window, with their number, place by place. */
function pooledByLoops(
  { x, options: { size: window, stride, padding } }: Pool,
  f: (elements: readonly number[]) => number,
): ConcreteTensor {
  const [height, width] = x.shape.slice(-2) as [number, number];
  const shape = [height, width].map((length, axis) => {
    const room = length + 2 * (padding[axis] as number) - (window[axis] as number);
    return Math.floor(room / (stride[axis] as number)) + 1;
  });
  const at = elementsOf(x, Number.NaN);
  return table([...x.shape.slice(0, -2), ...shape], (...places) => {
    const [i, j] = places.slice(-2) as [number, number];
    const elements: number[] = [];
    for (let p = 0; p < window[0]; p++) {
      for (let q = 0; q < window[1]; q++) {
        const row = i * stride[0] + p - (padding[0] as number);
        const column = j * stride[1] + q - (padding[1] as number);
        elements.push(at(...places.slice(0, -2), row, column));
      }
    }
    return f(elements);
  });
}

describe("pooling", () => {
  it("takes the largest element that is there", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        const largest = pooledByLoops(pool, (elements) =>
          Math.max(...elements.filter((element) => !Number.isNaN(element))),
        );
        expectClose(maxPool2d(pool.x, pool.options), largest);
      }),
      OPTIONS,
    );
  });

  it("takes the mean with and without padding", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        const there = (elements: readonly number[]): number[] =>
          elements.filter((element) => !Number.isNaN(element));
        const sumOf = (elements: readonly number[]): number =>
          there(elements).reduce((left, right) => left + right, 0);
        const padded = pooledByLoops(pool, (elements) => sumOf(elements) / elements.length);
        const plain = pooledByLoops(pool, (elements) => sumOf(elements) / there(elements).length);
        expectClose(averagePool2d(pool.x, pool.options), padded);
        expectClose(averagePool2d(pool.x, { ...pool.options, countPadding: false }), plain);
      }),
      OPTIONS,
    );
  });

  it("has gradients that are its adjoint", () => {
    fc.assert(
      fc.property(pools, seeds, fc.boolean(), ({ x, options }, seed, countPadding) => {
        const settings = { ...options, countPadding };
        const y = averagePool2d(x, settings);
        const weights = filled(y.shape, seed);
        const gradient = grad((a: Tensor) => sum(multiply(averagePool2d(a, settings), weights)))(x);
        expectClose(tensor([inner(gradient, x)]), tensor([inner(weights, y)]));
        const largest = maxPool2d(x, options);
        const chosen = grad((a: Tensor) => sum(multiply(maxPool2d(a, options), weights)))(x);
        expectClose(tensor([inner(chosen, x)]), tensor([inner(weights, largest)]));
      }),
      OPTIONS,
    );
  });
});

describe("normalization", () => {
  it("brings every row to mean 0 and variance 1, or to mean square 1", () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 2, max: 5 }), seeds, (rows, columns, seed) => {
        const x = filled([rows, columns], seed);
        const at = elementsOf(x);
        const average = (f: (j: number) => number): number => total(columns, f) / columns;
        const epsilon = 0.125;
        const standard = table([rows, columns], (i, j) => {
          const row = i as number;
          const center = average((k) => at(row, k));
          const variance = average((k) => (at(row, k) - center) ** 2);
          return (at(row, j as number) - center) / Math.sqrt(variance + epsilon);
        });
        expectClose(layerNorm(x, { epsilon }), standard);
        const scaled = table([rows, columns], (i, j) => {
          const square = average((k) => at(i as number, k) ** 2);
          return at(i as number, j as number) / Math.sqrt(square + epsilon);
        });
        expectClose(rmsNorm(x, { epsilon }), scaled);
      }),
      OPTIONS,
    );
  });
});

describe("attention", () => {
  it("is the mean of the values that a query sees, weighted by exponentials", () => {
    const cells = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(size, size, size, cells, fc.boolean(), seeds, (l, s, e, cell, causal, seed) => {
        const [q, k, v] = [
          filled([l, e], seed),
          filled([s, e], seed + 1),
          filled([s, 2], seed + 2),
        ];
        const sees = (i: number, j: number): boolean =>
          cell[3 * i + j] === true && (!causal || j <= i);
        const mask = table([l, s], (i, j) => Number(cell[3 * (i as number) + (j as number)]));
        const options = {
          causal,
          mask: tensor(dataOf(mask), { shape: [l, s], dtype: "bool" }),
        } as const;
        const [a, b, c] = [elementsOf(q), elementsOf(k), elementsOf(v)];
        const weight = (i: number, j: number): number =>
          sees(i, j) ? Math.exp(total(e, (m) => a(i, m) * b(j, m)) / Math.sqrt(e)) : 0;
        const expected = table([l, 2], (i, m) => {
          const all = total(s, (j) => weight(i as number, j));
          const found = total(s, (j) => weight(i as number, j) * c(j, m as number));
          return all === 0 ? 0 : found / all;
        });
        expectClose(scaledDotProductAttention(q, k, v, options), expected);
        const added = table([l, s], (i, j) =>
          elementsOf(mask)(i as number, j as number) === 1 ? 0 : Number.NEGATIVE_INFINITY,
        );
        expectClose(scaledDotProductAttention(q, k, v, { causal, mask: added }), expected);
        const slopes = grad((x: Tensor) => sum(scaledDotProductAttention(x, k, v, options)))(q);
        expect(Array.from(dataOf(slopes.concrete("slopes"))).every(Number.isFinite)).toBe(true);
      }),
      OPTIONS,
    );
  });
});

describe("crossEntropy", () => {
  it("is the sum of its definition, with smoothing and weights", () => {
    const smoothings = fc.constantFrom(0, 0.1, 1);
    fc.assert(
      fc.property(
        size,
        size,
        smoothings,
        fc.boolean(),
        seeds,
        (n, c, smoothing, weighted, seed) => {
          const logits = filled([n, c], seed);
          const classes = Array.from({ length: n }, (_, i) => (i * seed + 1) % c);
          const weights = table([c], (j) => (weighted ? 0.5 + (j as number) : 1));
          const [x, w] = [elementsOf(logits), elementsOf(weights)];
          const logarithm = (i: number, j: number): number =>
            x(i, j) - Math.log(total(c, (k) => Math.exp(x(i, k))));
          const target = (i: number, j: number): number =>
            (classes[i] === j ? 1 - smoothing : 0) + smoothing / c;
          const loss = (i: number): number =>
            -total(c, (j) => w(j) * target(i, j) * logarithm(i, j));
          const own = total(n, (i) => w(classes[i] as number));
          const options = weighted ? { smoothing, weights } : { smoothing };
          const found = crossEntropy(logits, classes, options);
          expectClose(found, tensor(total(n, loss) / own));
          const rows = table([n, c], (i, j) => Number(classes[i as number] === j));
          const each = crossEntropy(logits, rows, { ...options, reduction: "none" });
          expectClose(
            each,
            table([n], (i) => loss(i as number)),
          );
        },
      ),
      OPTIONS,
    );
  });
});
