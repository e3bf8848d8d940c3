// Random orders: of the numbers 0 to n - 1, or of the rows of a tensor.

import { apply } from "../../apply.ts";
import { SymtapeError } from "../../errors.ts";
import type { Op } from "../../op.ts";
import { asTensor, type Tensor } from "../../tensor.ts";
import { take } from "../movement/gather.ts";
import { shapeError } from "../structured.ts";
import { defineDraw, drawnCount } from "./drawing.ts";
import { FOR_NUMBERS, threefry } from "./threefry.ts";

const TWO_TO_16 = 65536;

export const randomPermutationOp: Op = defineDraw({
  name: "randomPermutation",
  samples: [
    { inputs: [[0, 42]], params: { count: 7 } },
    {
      inputs: [
        [
          [0, 1],
          [-5, 7],
        ],
      ],
      params: { count: 3 },
    },
    { inputs: [[0, 42]], params: { count: 0 } },
  ],
  settings: ({ count }) => [String(count)],
  drawn: (params) => ({ shape: [drawnCount("randomPermutation", params)], dtype: "int32" }),
  draw: (keys, params) => {
    const count = drawnCount("randomPermutation", params);
    const orders = new Int32Array((keys.length / 2) * count);
    for (let k = 0; 2 * k < keys.length; k++) {
      const order = orders.subarray(k * count, (k + 1) * count);
      shuffle(order, keys[2 * k] as number, keys[2 * k + 1] as number);
    }
    return orders;
  },
});

/** Fills `order` with 0, 1, … in an order that the key decides (Fisher and Yates; Durstenfeld, 1964). */
function shuffle(order: Int32Array, key0: number, key1: number): void {
  const words = new Int32Array(2);
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    threefry(key0, key1, FOR_NUMBERS, i, words);
    const place = belowBound(words[0] as number, words[1] as number, i + 1);
    const value = order[i] as number;
    order[i] = order[place] as number;
    order[place] = value;
  }
}

/**
 * The upper part of the product of 64 random bits with a bound below 2^31: a whole number below the bound.
 * The probabilities of two of them differ by at most 2^-64. The product is formed 16 bits at a time, so that
 * every part is exact.
 */
function belowBound(high: number, low: number, bound: number): number {
  let carry = 0;
  for (const part of [low & 0xffff, low >>> 16, high & 0xffff, high >>> 16]) {
    carry = Math.floor((part * bound + carry) / TWO_TO_16);
  }
  return carry;
}

/**
 * The numbers 0 to n − 1 in a random order, or a tensor with its entries along the first axis in a random
 * order; the two use the same order. All orders are equally likely, as far as 64 random bits for each step
 * of the shuffle can tell. Gradients flow to the tensor.
 *
 * @param key int32 of shape [2], or [..., 2] for an order each.
 * @returns int32 of shape [..., n], or what `take(x, order, { axis: 0 })` returns.
 * @throws SymtapeError (usage) if n is not a whole number, and (shape) if the tensor is a scalar.
 * @example
 * random.permutation(random.key(42), 5).toArray(); // [4, 0, 1, 2, 3]
 * random.permutation(random.key(42), tensor([10, 20, 30, 40, 50])).toArray(); // [50, 10, 20, 30, 40]
 */
export function permutation(key: Tensor, x: Tensor | number): Tensor {
  if (typeof x !== "number") {
    const input = asTensor(x);
    const [length] = input.shape;
    if (length === undefined) {
      throw shapeError("permutation", "a scalar has no entries. Pass a number n, or a vector?", []);
    }
    return take(input, permutation(key, length), { axis: 0 });
  }
  if (!Number.isInteger(x) || x < 0) {
    throw new SymtapeError(
      "usage",
      `permutation: n is a whole number that is not negative, got ${x}.`,
      {
        operation: "permutation",
      },
    );
  }
  return apply(randomPermutationOp, [key], { count: x });
}
