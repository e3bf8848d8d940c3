// Random numbers look random: moments, distribution functions, and independence of streams.
//
// The keys are fixed, so that nothing here changes from run to run. Bounds are quantiles that a good generator
// exceeds once in a thousand keys.

import { describe, expect, it } from "vitest";
import { index, random, type Tensor, tensor } from "../../src/autodiff/index.ts";
import { erfc } from "../../src/expr/kernels/erf.ts";
import { threefry } from "../../src/expr/ops/random/threefry.ts";
import { dataOf } from "../../src/expr/tensor.ts";

const COUNT = 20000;
const SEEDS = [1, 2, 3, -7, 2 ** 45];

/** The quantile of 0.999 of the chi-square distribution, by degrees of freedom. */
const CHI_SQUARE: Readonly<Record<number, number>> = {
  4: 18.467,
  5: 20.515,
  23: 49.728,
  81: 126.083,
  255: 330.52,
};

/** The same for the largest gap between distribution functions, times the root of the count. */
const KOLMOGOROV = 1.9495;

/** Standard errors that a mean strays once in a thousand times. */
const ERRORS = 3.29;

function numbersIn(value: Tensor): number[] {
  return Array.from(dataOf(value.concrete("numbersIn")));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The mean of f over the numbers, in standard errors from what it should be. */
function strays(
  values: readonly number[],
  f: (x: number) => number,
  mean: number,
  variance: number,
): number {
  return Math.abs(meanOf(values.map(f)) - mean) / Math.sqrt(variance / values.length);
}

/** The largest gap between the empirical distribution function and the true one (Kolmogorov, Smirnov). */
function largestGap(values: readonly number[], distribution: (x: number) => number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const gaps = sorted.map((x, i) => {
    const p = distribution(x);
    return Math.max(p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return Math.max(...gaps) * Math.sqrt(sorted.length);
}

/** How far counts are from what is expected (Pearson). */
function chiSquare(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return shares.reduce((sum, share, k) => {
    const expected = total * share;
    return sum + ((counts[k] as number) - expected) ** 2 / expected;
  }, 0);
}

function countsOf(values: readonly number[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  return counts;
}

function equalShares(classes: number): number[] {
  return new Array<number>(classes).fill(1 / classes);
}

/** Whether pairs of uniform numbers fill a grid of 16 by 16 cells evenly. */
function expectIndependent(left: readonly number[], right: readonly number[]): void {
  const cells = left.map((x, i) => Math.floor(16 * x) * 16 + Math.floor(16 * (right[i] as number)));
  const statistic = chiSquare(countsOf(cells, 256), equalShares(256));
  expect(statistic).toBeLessThan(CHI_SQUARE[255] as number);
}

describe.each(SEEDS)("distributions of seed %d", (seed) => {
  const key = random.key(seed);

  it("uniform has the moments and the distribution of its bounds", () => {
    const unit = numbersIn(random.uniform(key, [COUNT]));
    expect(strays(unit, (x) => x, 1 / 2, 1 / 12)).toBeLessThan(ERRORS);
    expect(strays(unit, (x) => (x - 0.5) ** 2, 1 / 12, 1 / 180)).toBeLessThan(ERRORS);
    expect(largestGap(unit, (x) => x)).toBeLessThan(KOLMOGOROV);
    const single = numbersIn(random.uniform(key, [COUNT], { low: -2, high: 6, dtype: "float32" }));
    expect(largestGap(single, (x) => (x + 2) / 8)).toBeLessThan(KOLMOGOROV);
  });

  it("normal has the moments and the distribution of its mean and deviation", () => {
    const z = numbersIn(random.normal(key, [COUNT]));
    expect(strays(z, (x) => x, 0, 1)).toBeLessThan(ERRORS);
    expect(strays(z, (x) => x ** 2, 1, 2)).toBeLessThan(ERRORS);
    expect(strays(z, (x) => x ** 3, 0, 15)).toBeLessThan(ERRORS);
    expect(strays(z, (x) => x ** 4, 3, 96)).toBeLessThan(ERRORS);
    expect(largestGap(z, (x) => erfc(-x / Math.SQRT2) / 2)).toBeLessThan(KOLMOGOROV);
    const moved = numbersIn(random.normal(key, [COUNT], { mean: 5, std: 3 }));
    expect(largestGap(moved, (x) => erfc((5 - x) / 3 / Math.SQRT2) / 2)).toBeLessThan(KOLMOGOROV);
  });

  it("bernoulli is true as often as it should be", () => {
    for (const p of [0.01, 0.3, 0.5, 0.95]) {
      const found = numbersIn(random.bernoulli(key, p, [COUNT]));
      expect(strays(found, (x) => x, p, p * (1 - p))).toBeLessThan(ERRORS);
    }
  });

  it("categorical draws classes as often as their logits say", () => {
    const logits = [0.5, -1, 2, 0.25, -3];
    const weights = logits.map(Math.exp);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const found = numbersIn(random.categorical(key, tensor(logits), { shape: [COUNT] }));
    const shares = weights.map((weight) => weight / total);
    expect(chiSquare(countsOf(found, 5), shares)).toBeLessThan(CHI_SQUARE[4] as number);
  });

  it("permutation gives all orders of 3 and of 4 things equally often", () => {
    const keys = random.split(key, COUNT);
    for (const [n, orders] of [
      [3, 6],
      [4, 24],
    ] as const) {
      const found = numbersIn(random.permutation(keys, n));
      const codes = Array.from({ length: COUNT }, (_, k) => found.slice(n * k, n * k + n).join(""));
      const names = [...new Set(codes)].sort();
      expect(names).toHaveLength(orders);
      const counts = countsOf(
        codes.map((code) => names.indexOf(code)),
        orders,
      );
      expect(chiSquare(counts, equalShares(orders))).toBeLessThan(CHI_SQUARE[orders - 1] as number);
    }
  });

  it("permutation brings every one of 10 things to every place equally often", () => {
    const found = numbersIn(random.permutation(random.split(key, COUNT), 10));
    const counts = countsOf(
      found.map((value, i) => 10 * value + (i % 10)),
      100,
    );
    // Every row and every column of the table sums to the same, which leaves 81 degrees of freedom.
    const statistic = (chiSquare(counts, equalShares(100)) * 9) / 10;
    expect(statistic).toBeLessThan(CHI_SQUARE[81] as number);
  });
});

describe("independence", () => {
  const streamOf = (key: Tensor): number[] => numbersIn(random.uniform(key, [COUNT]));
  const key = random.key(11);

  it("of neighbours in one stream", () => {
    for (const seed of SEEDS) {
      const stream = streamOf(random.key(seed));
      expectIndependent(stream.slice(0, -1), stream.slice(1));
      expectIndependent(stream.slice(0, -7), stream.slice(7));
    }
  });

  it("of keys that are split from one, among each other and from the key itself", () => {
    const streams = [...[0, 1, 2, 3].map((i) => index(random.split(key, 4), [i])), key].map(
      streamOf,
    );
    streams.forEach((left, i) => {
      for (const right of streams.slice(i + 1)) expectIndependent(left, right);
    });
  });

  it("of keys that neighbouring numbers are folded into, and of neighbouring seeds", () => {
    const keys = [0, 1, 2, -1].map((data) => random.foldIn(key, data));
    const seeds = [11, 12, 10, 11 + 2 ** 32].map(random.key);
    const streams = [...keys, ...seeds].map(streamOf);
    streams.forEach((left, i) => {
      for (const right of streams.slice(i + 1)) expectIndependent(left, right);
    });
  });

  it("of the first numbers of many keys", () => {
    const ofKeys = numbersIn(random.uniform(random.split(key, COUNT)));
    expectIndependent(streamOf(key), ofKeys);
    expectIndependent(ofKeys.slice(0, -1), ofKeys.slice(1));
    expect(largestGap(ofKeys, (x) => x)).toBeLessThan(KOLMOGOROV);
  });

  it("no two of 100,000 split and folded keys are alike", () => {
    const counter = tensor(Int32Array.from({ length: 50000 }, (_, i) => i));
    const words = [random.split(key, 50000), random.foldIn(key, counter)].flatMap(numbersIn);
    const keys = Array.from({ length: 100000 }, (_, k) => `${words[2 * k]} ${words[2 * k + 1]}`);
    expect(new Set(keys).size).toBe(100000);
  });
});

describe("the words of Threefry", () => {
  it("every bit is set half of the time", () => {
    const words = new Int32Array(2);
    const set = new Array<number>(64).fill(0);
    for (let i = 0; i < COUNT; i++) {
      threefry(0, 99, 0, i, words);
      set.forEach((count, bit) => {
        set[bit] = count + (((words[bit >> 5] as number) >>> (bit & 31)) & 1);
      });
    }
    const strays = set.map((count) => Math.abs(count - COUNT / 2) / Math.sqrt(COUNT / 4));
    // The largest of 64.
    expect(Math.max(...strays)).toBeLessThan(4.3);
  });

  it("any bit of the key or the counter changes half of them", () => {
    const [before, after] = [new Int32Array(2), new Int32Array(2)];
    for (let bit = 0; bit < 128; bit++) {
      let changed = 0;
      for (let i = 0; i < 200; i++) {
        const words = [i * 7919, 5, 0, i];
        threefry(...(words as [number, number, number, number]), before);
        words[bit >> 5] = (words[bit >> 5] as number) ^ (1 << (bit & 31));
        threefry(...(words as [number, number, number, number]), after);
        changed += ones((before[0] as number) ^ (after[0] as number));
        changed += ones((before[1] as number) ^ (after[1] as number));
      }
      // 12,800 bits; the largest of 128 deviations.
      expect(Math.abs(changed - 6400) / Math.sqrt(3200)).toBeLessThan(4.5);
    }
  });
});

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
