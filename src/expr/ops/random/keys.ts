// Keys: two words from which all random numbers follow, and the ways to make new keys from old ones.

import { apply } from "../../apply.ts";
import { type Arithmetic, broadcastIndices, type NdArray } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import type { BatchCall, Op } from "../../op.ts";
import {
  type AbstractValue,
  broadcastShapes,
  checkShape,
  type Shape,
  sizeOf,
} from "../../shape.ts";
import {
  asTensor,
  type ConcreteTensor,
  scalar,
  type Tensor,
  type TensorLike,
  tensor,
} from "../../tensor.ts";
import { reshape } from "../movement/reshape.ts";
import { defineOp } from "../structured.ts";
import { defineDraw, drawnCount, keyBatch, wordsOf } from "./drawing.ts";
import { FOR_FOLD, FOR_SPLIT, threefry } from "./threefry.ts";

const TWO_TO_32 = 4294967296;

/**
 * The key of a seed: an int32 tensor of shape [2], from which random numbers follow. The words are the
 * upper and the lower 32 bits of the seed, so that every seed has a key of its own.
 *
 * There is no hidden state. A key that is used twice gives the same numbers twice; make a new one for every
 * use with {@link split} or {@link foldIn}. All numbers are the same, bit for bit, on every platform.
 *
 * @param seed a safe integer: from −(2^53 − 1) to 2^53 − 1.
 * @throws SymtapeError (usage) for any other number.
 * @example
 * random.key(42).toArray(); // [0, 42]
 * random.key(-1).toArray(); // [-1, -1]
 */
export function key(seed: number): ConcreteTensor {
  if (!Number.isSafeInteger(seed)) {
    throw new SymtapeError(
      "usage",
      `key: a seed is a whole number from -(2^53 - 1) to 2^53 - 1, got ${String(seed)}.`,
      { operation: "key" },
    );
  }
  const upper = Math.floor(seed / TWO_TO_32);
  return tensor(Int32Array.of(upper, seed - upper * TWO_TO_32));
}

export const splitKeyOp: Op = defineDraw({
  name: "splitKey",
  samples: [
    { inputs: [[0, 42]], params: { count: 2 } },
    {
      inputs: [
        [
          [0, 1],
          [-5, 7],
          [2, 2],
        ],
      ],
      params: { count: 3 },
    },
    { inputs: [[0, 42]], params: { count: 0 } },
  ],
  settings: ({ count }) => [String(count)],
  drawn: (params) => ({ shape: [drawnCount("splitKey", params), 2], dtype: "int32" }),
  draw: (keys, params) => {
    const count = drawnCount("splitKey", params);
    const result = new Int32Array(keys.length * count);
    for (let k = 0; 2 * k < keys.length; k++) {
      for (let i = 0; i < count; i++) {
        const words = result.subarray(2 * (k * count + i));
        threefry(keys[2 * k] as number, keys[2 * k + 1] as number, FOR_SPLIT, i, words);
      }
    }
    return result;
  },
});

/**
 * New keys from a key: an int32 tensor of shape [n, 2], or [..., n, 2] for a batch of keys. Take one out
 * with `index(keys, [i])`, or give them to the examples of a `vmap`. The first keys are the same whatever
 * n is.
 *
 * @throws SymtapeError (dtype, shape) if `key` is no key.
 * @example
 * const keys = random.split(random.key(42), 3);
 * keys.shape; // [3, 2]
 * const [first, second] = [index(keys, [0]), index(keys, [1])];
 * random.uniform(first).item(); // 0.8156111325163842
 * random.uniform(second).item(); // 0.013057936564254247
 */
export function split(key: Tensor, n = 2): Tensor {
  return apply(splitKeyOp, [key], { count: n });
}

export const foldInOp: Op = defineOp({
  name: "foldIn",
  inputs: ["key", "data"],
  discrete: ["key", "data"],
  nondifferentiable: true,
  samples: [
    { inputs: [[0, 42], 7] },
    {
      inputs: [
        [0, 42],
        [-1, 0, 1],
      ],
    },
    {
      inputs: [
        [
          [0, 1],
          [-5, 7],
        ],
        [[3], [4], [5]],
      ],
    },
  ],
  infer: ([key, data]) => {
    const shape = [...foldedShape(key as AbstractValue, data as AbstractValue), 2];
    checkShape("foldIn", shape);
    return [{ shape, dtype: "int32", weak: false }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [key, data]: readonly NdArray<S>[]) => {
    const keys = wordsOf("foldIn", arithmetic, key);
    const numbers = wordsOf("foldIn", arithmetic, data);
    const batch = (key as NdArray<S>).shape.slice(0, -1);
    const folded = (data as NdArray<S>).shape;
    const shape = broadcastShapes("foldIn", [batch, folded]);
    const ofKey = broadcastIndices(batch, shape);
    const ofData = broadcastIndices(folded, shape);
    const words = new Int32Array(2 * sizeOf(shape));
    ofKey.forEach((k, i) => {
      const number = numbers[ofData[i] as number] as number;
      const [key0, key1] = [keys[2 * k] as number, keys[2 * k + 1] as number];
      threefry(key0, key1, FOR_FOLD, number, words.subarray(2 * i));
    });
    return [{ shape: [...shape, 2], data: Array.from(words, (word) => arithmetic.literal(word)) }];
  },
  batch: batchFoldIn,
});

function foldedShape(key: AbstractValue, data: AbstractValue): Shape {
  const batch = keyBatch("foldIn", key);
  if (data.dtype === "int32") return broadcastShapes("foldIn", [batch, data.shape]);
  throw new SymtapeError(
    "dtype",
    `foldIn: the data must be int32, got ${data.dtype}. Use cast(data, "int32") for a counter.`,
    { operation: "foldIn", dtypes: [data.dtype] },
  );
}

/** Examples in front, the other axes of keys and data aligned at the right. */
function batchFoldIn({ op, inputs, batched }: BatchCall): readonly Tensor[] {
  const [key, data] = inputs as readonly [Tensor, Tensor];
  const keyRank = key.rank - 1 - (batched[0] === true ? 1 : 0);
  const dataRank = data.rank - (batched[1] === true ? 1 : 0);
  const aligned = (x: Tensor, missing: number): Tensor => {
    const [size, ...rest] = x.shape as [number, ...number[]];
    return reshape(x, [size, ...new Array<number>(Math.max(0, missing)).fill(1), ...rest]);
  };
  return [
    apply(op, [
      batched[0] === true ? aligned(key, dataRank - keyRank) : key,
      batched[1] === true ? aligned(data, keyRank - dataRank) : data,
    ]),
  ];
}

/**
 * A new key from a key and a whole number, such as the number of a step or of a layer. An int32 tensor of
 * numbers gives a key for each: shape [..., 2], where keys and data broadcast.
 *
 * @throws SymtapeError (dtype) if `data` is neither a whole number of 32 bits nor an int32 tensor.
 * @example
 * random.foldIn(random.key(42), 7).toArray(); // [831049250, 1083977345]
 * random.foldIn(random.key(42), tensor([0, 1, 2], { dtype: "int32" })).shape; // [3, 2]
 */
export function foldIn(key: Tensor, data: TensorLike): Tensor {
  if (typeof data !== "number") return apply(foldInOp, [key, asTensor(data)]);
  if ((data | 0) !== data) {
    throw new SymtapeError(
      "usage",
      `foldIn: the data is a whole number of 32 bits, from -2^31 to 2^31 - 1, got ${data}.`,
      { operation: "foldIn" },
    );
  }
  return apply(foldInOp, [key, scalar(data, "int32")]);
}
