// Classes drawn with the probabilities that logits give them.

import { apply } from "../../apply.ts";
import { type Arithmetic, broadcastIndices, type NdArray, type Numbers } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import { portableExp } from "../../kernels/portable.ts";
import type { Op, Params } from "../../op.ts";
import { type AbstractValue, formatShape, type Shape, sizeOf } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { moveAxis } from "../movement/reshape.ts";
import { defineOp, numbersOf, shapeError } from "../structured.ts";
import { batchDrawn, broadcastDrawn, knownNumbers, listText, wordsOf } from "./drawing.ts";
import { drawNumbers, unitFloat64 } from "./threefry.ts";

const NAME = "randomCategorical";

export const randomCategoricalOp: Op = defineOp({
  name: NAME,
  inputs: ["key", "logits"],
  discrete: ["key"],
  nondifferentiable: true,
  notation: {
    kind: "call",
    arguments: ([key, logits], { params }) => [
      key as string,
      logits as string,
      listText(numbersOf(params, "shape")),
    ],
  },
  samples: [
    {
      inputs: [
        [0, 42],
        [0.5, -1, 2],
      ],
      params: { shape: [] },
    },
    {
      inputs: [
        [3, -4],
        [
          [0.5, -1, 2, 0.25],
          [1, 0, -3, 4],
        ],
      ],
      params: { shape: [3, 2] },
    },
    {
      inputs: [
        [
          [0, 1],
          [2, 3],
        ],
        [[[0.5, -1, 2]], [[1, 1.5, -3]]],
      ],
      params: { shape: [4] },
    },
  ],
  infer: ([key, logits], params) => {
    const { shape } = logits as AbstractValue;
    if (shape.length === 0 || shape.at(-1) === 0) {
      throw shapeError(
        NAME,
        `expected a logit for each of one or more classes, got ${formatShape(shape)}.`,
        shape,
      );
    }
    const drawn = broadcastDrawn(NAME, key as AbstractValue, shape.slice(0, -1), params);
    return [{ shape: drawn, dtype: "int32", weak: false }];
  },
  reference: <S>(
    arithmetic: Arithmetic<S>,
    [key, logits]: readonly NdArray<S>[],
    params: Params,
  ) => {
    const { shape } = logits as NdArray<S>;
    const data = knownNumbers(NAME, arithmetic, logits, "the logits");
    const words = wordsOf(NAME, arithmetic, key);
    const keys = { shape: (key as NdArray<S>).shape, data: words };
    const drawn = drawClasses(keys, { shape, data }, params);
    return [{ ...drawn, data: Array.from(drawn.data, (place) => arithmetic.literal(place)) }];
  },
  kernel: ([key, logits], params) => [drawClasses(key as Numbers, logits as Numbers, params).data],
  batch: (call) => batchDrawn(call, 1),
});

/** For every number that is drawn, the first class whose running sum lies above it. */
function drawClasses(
  keys: NdArray<number>,
  logits: NdArray<number>,
  params: Params,
): { readonly shape: Shape; readonly data: Int32Array } {
  const drawn = numbersOf(params, "shape");
  const shape = [...keys.shape.slice(0, -1), ...drawn];
  const classes = logits.shape.at(-1) as number;
  const sums = runningSums(logits, classes);
  const rows = broadcastIndices(logits.shape.slice(0, -1), shape);
  const units = drawNumbers(keys.data, sizeOf(drawn), "float64", unitFloat64);
  const data = new Int32Array(rows.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = classAt(sums, (rows[i] as number) * classes, classes, units[i] as number);
  }
  return { shape, data };
}

/** Sums of e^(logit - largest logit) over the classes up to each, row by row. */
function runningSums({ data }: NdArray<number>, classes: number): Float64Array {
  const sums = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += classes) {
    let largest = -Infinity;
    for (let i = start; i < start + classes; i++) {
      const logit = data[i] as number;
      if (Number.isNaN(logit) || logit === Infinity) throw badLogits(logit);
      if (logit > largest) largest = logit;
    }
    if (largest === -Infinity) throw badLogits(largest);
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      sum += portableExp((data[i] as number) - largest);
      sums[i] = sum;
    }
  }
  return sums;
}

function badLogits(logit: number): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    "categorical: logits are finite, or -Infinity for a class that is never drawn, and one in each row is " +
      `finite; got ${logit === -Infinity ? "a row of -Infinity" : logit}.`,
    { operation: NAME },
  );
}

/** Halving search for the first sum above `unit` times the last one. */
function classAt(sums: Float64Array, start: number, classes: number, unit: number): number {
  const total = sums[start + classes - 1] as number;
  // A unit is at most 1 - 2^-53, so that the rounded product lies below the total.
  const wanted = unit * total;
  let low = 0;
  let high = classes - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[start + middle] as number) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface CategoricalOptions {
  /** The axis along which the logits of the classes stand, the last unless given. */
  readonly axis?: number;
  /** The shape to draw; unless given that of the logits without their axis, which broadcasts to it. */
  readonly shape?: Shape;
}

/**
 * Classes 0, 1, … drawn with probabilities in proportion to e^logit. A number of {@link uniform} is looked up
 * in the running sums of the probabilities. Logits need no normalization; −Infinity is a class that is never
 * drawn. There is no derivative by the logits.
 *
 * @param key int32 of shape [2], or [..., 2].
 * @returns int32 of shape [..., ...shape].
 * @throws SymtapeError (usage) for logits that are NaN or Infinity, and where all of a row are −Infinity.
 * @throws SymtapeError (shape) if the rows of logits do not broadcast to the shape.
 * @example
 * random.categorical(random.key(42), tensor([0, 1, 2]), { shape: [6] }).toArray(); // [2, 0, 2, 2, 2, 2]
 * random.categorical(random.key(42), tensor([[0, 1], [2, -Infinity]])).toArray(); // [1, 0]
 */
export function categorical(
  key: Tensor,
  logits: TensorLike,
  options: CategoricalOptions = {},
): Tensor {
  const input = asTensor(logits);
  const moved = input.rank === 0 ? input : moveAxis(input, options.axis ?? -1, -1);
  const shape = options.shape ?? moved.shape.slice(0, -1);
  return apply(randomCategoricalOp, [key, moved], { shape: [...shape] });
}
