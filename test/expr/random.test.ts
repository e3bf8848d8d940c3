// Random numbers: the published vectors of the generator, the same bits as a second implementation, errors.

import { describe, expect, it } from "vitest";
import {
  cast,
  fromJSON,
  grad,
  index,
  less,
  random,
  type SymbolicTensor,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  toJSON,
  vmap,
} from "../../src/autodiff/index.ts";
import {
  openUnit,
  threefry,
  unitFloat32,
  unitFloat64,
} from "../../src/expr/ops/random/threefry.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import numbers from "../fixtures/random_numbers.json" with { type: "json" };

function block(...[key0, key1, counter0, counter1]: readonly number[]): number[] {
  const words = new Int32Array(2);
  threefry(key0 as number, key1 as number, counter0 as number, counter1 as number, words);
  return Array.from(words);
}

function numbersIn(value: Tensor): number[] {
  return Array.from(dataOf(value.concrete("numbersIn")));
}

describe("Threefry-2x32 with 20 rounds", () => {
  it.each([
    ["zeros", [0, 0, 0, 0], [0x6b200159, 0x99ba4efe]],
    ["ones", [-1, -1, -1, -1], [0x1cb996fc, 0xbb002be7]],
    ["pi", [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
  ])("gives the published answer for %s", (_, input, answer) => {
    expect(block(...input)).toEqual(answer.map((word) => word | 0));
  });

  it("gives the words of a second implementation", () => {
    for (const [a, b, c, d, ...words] of numbers.threefry) {
      expect(block(...([a, b, c, d] as number[]))).toEqual(words);
    }
  });

  it("words become numbers in [0, 1) and in (0, 1), to the last one", () => {
    expect([unitFloat64(0, 0), unitFloat32(0, 0), openUnit(0, 0)]).toEqual([0, 0, 2 ** -53]);
    expect(unitFloat64(-1, -1)).toBe(1 - 2 ** -53);
    expect(unitFloat32(-1, -1)).toBe(1 - 2 ** -24);
    expect(openUnit(-1, -1)).toBe(1 - 2 ** -53);
  });
});

describe("numbers are those of the second implementation, bit for bit", () => {
  describe.each(numbers.seeds)("seed $seed", (expected) => {
    const key = random.key(expected.seed);

    it("keys", () => {
      expect(numbersIn(key)).toEqual(expected.key);
      expect(numbersIn(random.split(key, 5))).toEqual(expected.split);
      for (const [data, words] of Object.entries(expected.foldIn)) {
        expect(numbersIn(random.foldIn(key, Number(data)))).toEqual(words);
      }
    });

    it("numbers", () => {
      expect(numbersIn(random.uniform(key, [24]))).toEqual(expected.uniform);
      expect(numbersIn(random.uniform(key, [24], { dtype: "float32" }))).toEqual(
        expected.uniform32,
      );
      expect(numbersIn(random.normal(key, [24]))).toEqual(expected.normal);
      expect(numbersIn(random.normal(key, [24], { dtype: "float32" }))).toEqual(
        expected.normal.map(Math.fround),
      );
    });

    it("classes and orders", () => {
      const logits = tensor(expected.logits);
      expect(numbersIn(random.bernoulli(key, 0.3, [24]))).toEqual(expected.bernoulli);
      expect(numbersIn(random.categorical(key, logits, { shape: [24] }))).toEqual(
        expected.categorical,
      );
      expect(numbersIn(random.permutation(key, 24))).toEqual(expected.permutation);
    });

    it("normal numbers are true to 15 digits", () => {
      numbersIn(random.normal(key, [24])).forEach((z, i) => {
        expect(Math.abs(z / (expected.normalTruth[i] as number) - 1)).toBeLessThanOrEqual(1e-15);
      });
    });

    it("the words of 100,000 normal numbers have the same weighted sum", () => {
      expect(checksum(numbersIn(random.normal(key, [100000])))).toBe(expected.normalChecksum);
    });
  });

  it("the first of each have not changed", () => {
    const key = random.key(42);
    expect(numbersIn(random.split(key))).toEqual([430176367, -809760775, 1154097635, 473298049]);
    expect(numbersIn(random.foldIn(key, 7))).toEqual([831049250, 1083977345]);
    expect(numbersIn(random.uniform(key, [2]))).toEqual([0.4267275666499091, 0.015010069515314584]);
    expect(numbersIn(random.uniform(key, [2], { dtype: "float32" }))).toEqual([
      ...[0.4267275333404541, 0.015010058879852295],
    ]);
    expect(numbersIn(random.normal(key, [2]))).toEqual([-0.1847117452819115, -2.169824560397752]);
    expect(numbersIn(random.bernoulli(key, 0.3, [4]))).toEqual([0, 1, 0, 0]);
    const logits = tensor([0.5, -1, 2, 0.25, -64]);
    expect(numbersIn(random.categorical(key, logits, { shape: [6] }))).toEqual([2, 0, 2, 2, 2, 2]);
    expect(numbersIn(random.permutation(key, 6))).toEqual([4, 0, 1, 2, 5, 3]);
  });
});

/** As in scripts/fixtures/random_numbers.py: the sum of (2 i + 1) word(i) modulo 2^32. */
function checksum(values: readonly number[]): number {
  const words = new DataView(new ArrayBuffer(8));
  let total = 0;
  values.forEach((value, i) => {
    words.setFloat64(0, value);
    total = (total + Math.imul(words.getInt32(0), 4 * i + 1)) | 0;
    total = (total + Math.imul(words.getInt32(4), 4 * i + 3)) | 0;
  });
  return total >>> 0;
}

describe("keys", () => {
  it("every safe integer has a key of its own", () => {
    const seeds = [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53) + 1];
    const keys = seeds.map((seed) => numbersIn(random.key(seed)));
    expect(keys).toEqual([
      ...[
        [0, 0],
        [0, 1],
        [-1, -1],
        [1, 0],
        [-1, 0],
        [0x1fffff, -1],
        [-0x200000, 1],
      ],
    ]);
  });

  it.each([0.5, Number.NaN, Infinity, 2 ** 53, "7", undefined])(
    "the seed %s is refused",
    (seed) => {
      expect(() => random.key(seed as number)).toThrow(/key: a seed is a whole number/);
    },
  );

  it("a key that is used twice gives the same numbers, and another key others", () => {
    const key = random.key(1);
    expect(numbersIn(random.normal(key, [8]))).toEqual(numbersIn(random.normal(key, [8])));
    expect(numbersIn(random.normal(random.key(2), [8]))).not.toEqual(
      numbersIn(random.normal(key, [8])),
    );
  });

  it("the first keys of a split, and the first numbers of a shape, do not depend on how many follow", () => {
    const key = random.key(5);
    expect(numbersIn(random.split(key, 9)).slice(0, 4)).toEqual(numbersIn(random.split(key)));
    expect(numbersIn(random.uniform(key, [3, 3])).slice(0, 2)).toEqual(
      numbersIn(random.uniform(key, [2])),
    );
  });

  it("a batch of keys is a loop over keys, for every function", () => {
    const keys = random.split(random.key(3), 3);
    const logits = tensor([0.5, -1, 2]);
    const functions: readonly ((key: Tensor) => Tensor)[] = [
      (key) => random.split(key, 2),
      (key) => random.foldIn(key, 4),
      (key) => random.uniform(key, [2, 2], { low: -1, high: tensor([1, 2]) }),
      (key) => random.normal(key, [5], { std: 3, dtype: "float32" }),
      (key) => random.bernoulli(key, tensor([0.2, 0.7])),
      (key) => random.categorical(key, logits, { shape: [4] }),
      (key) => random.permutation(key, 4),
      (key) => random.permutation(key, logits),
    ];
    for (const f of functions) {
      const loop = [0, 1, 2].map((i) => numbersIn(f(index(keys, [i]))));
      expect(numbersIn(f(keys))).toEqual(loop.flat());
      expect(numbersIn(vmap(f)(keys))).toEqual(loop.flat());
    }
  });

  it("keys are inputs of graphs, and graphs with them survive JSON", () => {
    const key = symbol("key", { shape: [2], dtype: "int32" });
    const noise = random.normal(random.foldIn(key, 3), [4]) as SymbolicTensor;
    const back = toFormula(fromJSON(JSON.parse(JSON.stringify(toJSON(noise)))));
    expect(numbersIn(back({ key: random.key(8) }))).toEqual(
      numbersIn(random.normal(random.foldIn(random.key(8), 3), [4])),
    );
  });
});

describe("distributions", () => {
  const key = random.key(17);

  it("gradients flow to the parameters of uniform and normal", () => {
    const u = numbersIn(random.uniform(key, [6])).reduce((total, value) => total + value, 0);
    const low = grad((x: Tensor) => sum(random.uniform(key, [6], { low: x, high: 4 })))(1);
    const high = grad((x: Tensor) => sum(random.uniform(key, [6], { low: 1, high: x })))(4);
    expect([low, high].map((value) => value.toFixed(12))).toEqual(
      [6 - u, u].map((value) => value.toFixed(12)),
    );
    const z = numbersIn(random.normal(key, [6])).reduce((total, value) => total + value, 0);
    const mean = grad((x: Tensor) => sum(random.normal(key, [6], { mean: x, std: 2 })))(1);
    const std = grad((x: Tensor) => sum(random.normal(key, [6], { std: x })))(2);
    expect([mean, std].map((value) => value.toFixed(12))).toEqual(
      [6, z].map((value) => value.toFixed(12)),
    );
  });

  it("the upper bound is never drawn, even where rounding reaches it", () => {
    const dtype = "float32";
    const [low, high] = [16777216, 16777220];
    const found = numbersIn(random.uniform(key, [4000], { low, high, dtype }));
    expect(Math.min(...found)).toBe(low);
    expect(Math.max(...found)).toBeLessThan(high);
    expect(new Set(found)).toEqual(new Set([16777216, 16777218]));
  });

  it("bernoulli compares the numbers of uniform; 0 is never true and 1 always", () => {
    const p = tensor([0, 0.25, 0.5, 1]);
    const found = numbersIn(random.bernoulli(key, p, [500, 4]));
    expect(found).toEqual(numbersIn(cast(less(random.uniform(key, [500, 4]), p), "int32")));
    expect(found.filter((_, i) => i % 4 === 0)).not.toContain(1);
    expect(found.filter((_, i) => i % 4 === 3)).not.toContain(0);
  });

  it("categorical never draws a class of -Infinity, and takes logits of any size", () => {
    const none = -Infinity;
    const logits = tensor([none, 1000, none, 1001, none]);
    const found = numbersIn(random.categorical(key, logits, { shape: [1000] }));
    expect(new Set(found)).toEqual(new Set([1, 3]));
    const rows = random.categorical(
      key,
      tensor([
        [none, 5],
        [0, none],
      ]),
      { shape: [50, 2] },
    );
    expect(numbersIn(rows)).toEqual(Array.from({ length: 100 }, (_, i) => (i + 1) % 2));
    const columns = random.categorical(
      key,
      tensor([
        [none, 0],
        [5, none],
      ]),
      { axis: 0 },
    );
    expect(numbersIn(columns)).toEqual([1, 0]);
  });

  it("permutation shuffles rows in the order of the numbers", () => {
    const rows = tensor([
      [0, 0],
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ]);
    const order = numbersIn(random.permutation(key, 5));
    expect(random.permutation(key, rows).toArray()).toEqual(order.map((i) => [i, 10 * i]));
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(numbersIn(random.permutation(key, 0))).toEqual([]);
    expect(numbersIn(random.permutation(key, 1))).toEqual([0]);
  });

  it("empty shapes draw nothing", () => {
    expect(random.normal(key, [0, 3]).shape).toEqual([0, 3]);
    expect(random.split(key, 0).shape).toEqual([0, 2]);
    expect(random.categorical(key, tensor([1, 2]), { shape: [0] }).shape).toEqual([0]);
  });
});
