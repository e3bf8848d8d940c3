// What the random functions refuse, and how they say so.

import { describe, expect, it } from "vitest";
import {
  fromJSON,
  random,
  type SymbolicTensor,
  SymtapeError,
  sum,
  symbol,
  type Tensor,
  tensor,
  toJSON,
} from "../../src/autodiff/index.ts";

describe("mistakes are named", () => {
  const key = random.key(0);
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      "a key of floats",
      () => random.uniform(tensor([0, 1]), [2]),
      /two int32 words, got float64.*random\.key/s,
    ],
    [
      "a key of three words",
      () => random.split(tensor([0, 1, 2], { dtype: "int32" })),
      /shape \[2\].*got \[3\]/,
    ],
    [
      "a number for a key",
      () => random.normal(7 as unknown as Tensor, [2]),
      /a key has shape \[2\].*got \[\]/,
    ],
    ["a negative size", () => random.uniform(key, [-1]), /non-negative whole numbers/],
    [
      "a dtype of whole numbers",
      () => random.uniform(key, [2], { dtype: "int32" as "float32" }),
      /float64 or float32/,
    ],
    [
      "bounds in the wrong order",
      () => random.uniform(key, [2], { low: 2, high: 1 }),
      /low must be below high/,
    ],
    [
      "a bound that is NaN",
      () => random.uniform(key, [2], { low: Number.NaN }),
      /low must be below high/,
    ],
    [
      "bounds larger than the shape",
      () => random.uniform(key, [], { low: tensor([1, 2]), high: 3 }),
      /Name a larger shape/,
    ],
    [
      "a negative deviation",
      () => random.normal(key, [2], { std: -1 }),
      /std must not be negative/,
    ],
    [
      "a mean larger than the shape",
      () => random.normal(key, [1], { mean: tensor([1, 2]) }),
      /Name a larger shape/,
    ],
    ["a probability above 1", () => random.bernoulli(key, 1.5), /lies in \[0, 1\], got 1.5/],
    [
      "probabilities larger than the shape",
      () => random.bernoulli(key, tensor([0.1, 0.2]), []),
      /Name a larger shape/,
    ],
    ["a logit that is NaN", () => random.categorical(key, tensor([0, Number.NaN])), /got NaN/],
    ["no possible class", () => random.categorical(key, tensor([-Infinity])), /a row of -Infinity/],
    [
      "logits of a scalar",
      () => random.categorical(key, 3),
      /a logit for each of one or more classes/,
    ],
    ["an n that is no whole number", () => random.permutation(key, 2.5), /n is a whole number/],
    [
      "a scalar to shuffle",
      () => random.permutation(key, sum(tensor([1]))),
      /a scalar has no entries/,
    ],
    ["a split into 1.5 keys", () => random.split(key, 1.5), /whole numbers/],
    ["data of more than 32 bits", () => random.foldIn(key, 2 ** 31), /whole number of 32 bits/],
    ["data of floats", () => random.foldIn(key, tensor([1])), /data must be int32, got float64/],
  ];

  it.each(cases)("%s", (_, call, message) => {
    expect(call).toThrow(SymtapeError);
    expect(call).toThrow(message);
  });

  it("damaged settings in stored graphs", () => {
    const symbolic = symbol("key", { shape: [2], dtype: "int32" });
    const drawings = [
      random.uniform(symbolic, [2]),
      random.normal(symbolic, [2]),
      random.bernoulli(symbolic, 0.5, [2]),
      random.categorical(symbolic, tensor([1, 2]), { shape: [2] }),
      random.permutation(symbolic, 3),
      random.split(symbolic),
    ];
    const damage = [
      {},
      { shape: 3, count: "x" },
      { shape: ["a"], count: 1.5, dtype: "float64" },
      { shape: [-1], count: -1, dtype: "float64" },
    ];
    for (const drawing of drawings) {
      const json = toJSON(drawing as SymbolicTensor);
      for (const params of damage) {
        const nodes = json.nodes.map((node) =>
          node.params === undefined ? node : { ...node, params },
        );
        expect(() => fromJSON({ ...json, nodes })).toThrow(SymtapeError);
      }
    }
  });
});
