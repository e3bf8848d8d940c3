// Truth values that are true with a given probability.

import { apply } from "../../apply.ts";
import { type Arithmetic, broadcastIndices, type NdArray, type Numbers } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import type { Op, Params } from "../../op.ts";
import { type AbstractValue, type Shape, sizeOf } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { defineOp, numbersOf } from "../structured.ts";
import { batchDrawn, broadcastDrawn, listText, wordsOf } from "./drawing.ts";
import { drawNumbers, unitFloat64 } from "./threefry.ts";

export const randomBernoulliOp: Op = defineOp({
  name: "randomBernoulli",
  inputs: ["key", "p"],
  discrete: ["key"],
  nondifferentiable: true,
  notation: {
    kind: "call",
    arguments: ([key, p], { params }) => [
      key as string,
      p as string,
      listText(numbersOf(params, "shape")),
    ],
  },
  samples: [
    { inputs: [[0, 42], 0.4], params: { shape: [5] } },
    {
      inputs: [
        [3, -4],
        [0.1, 0.5, 0.9],
      ],
      params: { shape: [4, 3] },
    },
    {
      inputs: [
        [
          [0, 1],
          [2, 3],
        ],
        [[[0.3]], [[0.7]]],
      ],
      params: { shape: [1, 6] },
    },
  ],
  infer: ([key, p], params) => {
    const shape = broadcastDrawn(
      "randomBernoulli",
      key as AbstractValue,
      (p as AbstractValue).shape,
      params,
    );
    return [{ shape, dtype: "bool", weak: false }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, [key, p]: readonly NdArray<S>[], params: Params) => {
    const units = unitsOf(wordsOf("randomBernoulli", arithmetic, key), params);
    const shape = [...(key as NdArray<S>).shape.slice(0, -1), ...numbersOf(params, "shape")];
    const bounds = p as NdArray<S>;
    const places = broadcastIndices(bounds.shape, shape);
    const data = Array.from(places, (place, i) =>
      arithmetic.less(arithmetic.literal(units[i] as number), bounds.data[place] as S),
    );
    return [{ shape, data }];
  },
  kernel: ([key, p], params) => {
    const keys = key as Numbers;
    const bounds = p as Numbers;
    const units = unitsOf(keys.data, params);
    const shape = [...keys.shape.slice(0, -1), ...numbersOf(params, "shape")];
    const places = broadcastIndices(bounds.shape, shape);
    const result = new Uint8Array(places.length);
    for (let i = 0; i < result.length; i++) {
      const bound = bounds.data[places[i] as number] as number;
      result[i] = (units[i] as number) < bound ? 1 : 0;
    }
    return [result];
  },
  batch: (call) => batchDrawn(call, 0),
});

function unitsOf(keys: ArrayLike<number>, params: Params): Float64Array {
  const count = sizeOf(numbersOf(params, "shape"));
  return drawNumbers(keys, count, "float64", unitFloat64) as Float64Array;
}

/**
 * Truth values that are true with probability p: whether the numbers of {@link uniform} lie below p. So 0 is
 * never true and 1 always; a tensor of probabilities is not checked. There is no derivative by p.
 *
 * @param key int32 of shape [2], or [..., 2].
 * @param p a probability, or a tensor of them that broadcasts to the shape.
 * @param shape the shape of p unless given.
 * @returns bool of shape [..., ...shape].
 * @throws SymtapeError (usage) for a number outside of [0, 1].
 * @throws SymtapeError (shape) if p does not broadcast to the shape.
 * @example
 * random.bernoulli(random.key(42), 0.5, [4]).toArray(); // [1, 1, 0, 0]
 */
export function bernoulli(key: Tensor, p: TensorLike, shape?: Shape): Tensor {
  if (typeof p === "number" && !(p >= 0 && p <= 1)) {
    throw new SymtapeError("usage", `bernoulli: a probability lies in [0, 1], got ${p}.`, {
      operation: "bernoulli",
    });
  }
  const bounds = asTensor(p);
  return apply(randomBernoulliOp, [key, bounds], { shape: [...(shape ?? bounds.shape)] });
}
