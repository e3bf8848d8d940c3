// Elements moved along their axes: the other way round, and in a circle.

import { apply } from "../../apply.ts";
import type { Op, Params } from "../../op.ts";
import { type AbstractValue, normalizeAxes, type Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import {
  defineOp,
  numbersOf,
  shapeError,
  takeElements,
  wholeNumbersOf,
  withShape,
} from "../structured.ts";
import { index } from "./indexing.ts";
import { gridIndices } from "./layouts.ts";
import { reshape } from "./reshape.ts";
import { takenInRuns } from "./runs.ts";

export const rollOp: Op = defineOp({
  name: "roll",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: ([x], { params, shapes }) => {
      const shifts = numbersOf(params, "shifts");
      if (shapes[0]?.length === 1) return [x as string, String(shifts[0])];
      const axes = shifts.map((_, axis) => axis + 1);
      return [x as string, `[${shifts.join(", ")}]`, `[${axes.join(", ")}]`];
    },
  },
  samples: [
    { inputs: [[1, 2, 3, 4]], params: { shifts: [1] } },
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      params: { shifts: [1, 2] },
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ],
      params: { shifts: [0, 1, 0] },
    },
  ],
  infer: ([x], params) => {
    const input = x as AbstractValue;
    wholeNumbersOf("roll", params, "shifts", input.shape.length);
    return [withShape(input, input.shape)];
  },
  reference: (_, [x], params) => {
    const { shape, data } = x as NonNullable<typeof x>;
    return [{ shape, data: takeElements(data, gridIndices(shape, rolledPlaces(shape, params))) }];
  },
  lower: ([x], params) => takenInRuns(rolledPlaces((x as AbstractValue).shape, params)),
  pullback: ({ op, params }, [cotangent]) => [
    cotangent &&
      apply(op, [cotangent], { shifts: numbersOf(params, "shifts").map((shift) => 0 - shift) }),
  ],
  pushforward: "linear",
  batch: ({ op, inputs, params }) => [
    apply(op, inputs, { shifts: [0, ...numbersOf(params, "shifts")] }),
  ],
});

/** For every axis the places that its elements come from. */
function rolledPlaces(shape: Shape, params: Params): number[][] {
  const shifts = numbersOf(params, "shifts");
  return shape.map((length, axis) => {
    const shift = shifts[axis] as number;
    return Array.from({ length }, (_, i) => (((i - shift) % length) + length) % length);
  });
}

/**
 * The elements moved by `shift` places along an axis; those that leave at the end come in at the start.
 * Several axes may be named, with one shift for all or one for each. Without an axis the elements are rolled
 * in row-major order, as in NumPy.
 *
 * @throws SymtapeError (shape) if a shift is no whole number, or there are as many shifts as axes not.
 * @example
 * roll(tensor([1, 2, 3, 4]), 1).toArray(); // [4, 1, 2, 3]
 * roll(tensor([[1, 2, 3], [4, 5, 6]]), -1, { axis: 1 }).toArray(); // [[2, 3, 1], [5, 6, 4]]
 */
export function roll(
  x: TensorLike,
  shift: number | readonly number[],
  options: { readonly axis?: number | readonly number[] } = {},
): Tensor {
  const input = asTensor(x);
  if (options.axis === undefined) {
    const flat = roll(reshape(input, [-1]), shift, { axis: 0 });
    return reshape(flat, input.shape);
  }
  const axes = typeof options.axis === "number" ? [options.axis] : options.axis;
  const given = typeof shift === "number" ? axes.map(() => shift) : shift;
  if (given.length !== axes.length || !given.every(Number.isInteger)) {
    throw shapeError(
      "roll",
      `expected one whole number for each axis, got the shifts [${given.join(", ")}] for the axes ` +
        `[${axes.join(", ")}].`,
      input.shape,
    );
  }
  const shifts = new Array<number>(input.rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    const [place] = normalizeAxes("roll", axis, input.rank) as [number];
    shifts[place] = (shifts[place] as number) + (given[i] as number);
  }
  return apply(rollOp, [input], { shifts });
}

/**
 * The elements in reverse order along the named axes, along all unless given.
 *
 * @example
 * flip(tensor([[1, 2], [3, 4]])).toArray(); // [[4, 3], [2, 1]]
 * flip(tensor([[1, 2], [3, 4]]), { axis: 1 }).toArray(); // [[2, 1], [4, 3]]
 */
export function flip(
  x: TensorLike,
  options: { readonly axis?: number | readonly number[] } = {},
): Tensor {
  const input = asTensor(x);
  const axes = normalizeAxes("flip", options.axis, input.rank);
  return index(
    input,
    input.shape.map((_, axis) => (axes.includes(axis) ? { step: -1 } : {})),
  );
}
