// Padding: a border of one value, or of the tensor's own elements.

import { apply } from "../../apply.ts";
import { stridedIndices } from "../../arithmetic.ts";
import { SymbolicTensor } from "../../graph.ts";
import { composite } from "../../lowering.ts";
import type { BatchCall, NotedCall, Op, Params } from "../../op.ts";
import {
  type AbstractValue,
  checkShape,
  formatShape,
  promote,
  type Shape,
  sizeOf,
  stridesOf,
} from "../../shape.ts";
import {
  asTensor,
  ConcreteTensor,
  literal,
  type Tensor,
  type TensorLike,
  tensor,
} from "../../tensor.ts";
import { repeated } from "../batching.ts";
import { sum } from "../reductions/sum.ts";
import { defineOp, shapeError, takeElements, withShape } from "../structured.ts";
import { scatterOp } from "./gather.ts";
import { placeOp, sliceOp } from "./indexing.ts";
import { gridIndices } from "./layouts.ts";
import { broadcastTo, cast, reshape } from "./reshape.ts";
import { takenInRuns } from "./runs.ts";
import { setSlice } from "./set-slice.ts";

/** How many places before and after: the same everywhere, on every axis, or for each axis by itself. */
export type PadWidths = number | readonly [number, number] | readonly (readonly [number, number])[];

/** What the border holds. */
export interface PadOptions {
  /**
   * `constant` is one value, `edge` the nearest element, `reflect` the elements mirrored at the edge element,
   * `wrap` those from the other end.
   */
  readonly mode?: "constant" | "edge" | "reflect" | "wrap";
  /** The value of a constant border, 0 unless given. */
  readonly value?: TensorLike;
}

type Widths = readonly (readonly [number, number])[];

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

export const padOp: Op = defineOp({
  name: "pad",
  inputs: ["x", "value"],
  notation: {
    kind: "call",
    arguments: ([x, value], call) => [x as string, widthsText(call), value as string],
  },
  samples: [
    { inputs: [[1, 2, 3], 0.5], params: { widths: [[1, 2]] } },
    {
      inputs: [matrix, -1],
      params: {
        widths: [
          [0, 1],
          [2, 0],
        ],
      },
    },
  ],
  infer: (inputs, params) => {
    const [x, value] = inputs as readonly [AbstractValue, AbstractValue];
    if (value.shape.length > 0) {
      throw shapeError(
        "pad",
        `the value of the border is one number, got a tensor of shape ${formatShape(value.shape)}.`,
        value.shape,
      );
    }
    return [{ shape: paddedShape("pad", x.shape, params), ...promote(inputs) }];
  },
  reference: (_, [x, value], params) => {
    const input = x as NonNullable<typeof x>;
    const shape = paddedShape("pad", input.shape, params);
    const border = value?.data[0] as (typeof input.data)[number];
    const data = Array.from({ length: sizeOf(shape) }, () => border);
    innerIndices(input.shape, shape, params).forEach((place, i) => {
      data[place] = input.data[i] as (typeof data)[number];
    });
    return [{ shape, data }];
  },
  kernel: ([x, value], params) => {
    const input = x as NonNullable<typeof x>;
    const shape = paddedShape("pad", input.shape, params);
    const data = new Float64Array(sizeOf(shape)).fill(value?.data[0] as number);
    innerIndices(input.shape, shape, params).forEach((place, i) => {
      data[place] = input.data[i] as number;
    });
    return [data];
  },
  lower: (inputs, params) => {
    const [{ shape }] = inputs as readonly [AbstractValue];
    const { dtype } = promote(inputs);
    const whole = paddedShape("pad", shape, params);
    const places = innerPlaces(shape, params);
    return composite((x, value) =>
      isZero(value)
        ? apply(placeOp, [cast(x, dtype)], { ...places, shape: whole })
        : setSlice(broadcastTo(cast(value, dtype), whole), x, places),
    );
  },
  pullback: ({ inputs, params }, [cotangent], needs) => {
    if (cotangent === undefined) return [];
    const { shape } = inputs[0] as Tensor;
    const places = innerPlaces(shape, params);
    return [
      needs[0] ? apply(sliceOp, [cotangent], { ...places }) : undefined,
      needs[1] ? sum(setSlice(cotangent, literal(0), places)) : undefined,
    ];
  },
  pushforward: "linear",
  batch: batchPad,
});

/** Where the tensor lies in its padded shape. */
function innerPlaces(
  shape: Shape,
  params: Params,
): { readonly starts: number[]; readonly sizes: Shape; readonly steps: number[] } {
  const starts = widthsOf(params).map(([before]) => before);
  return { starts, sizes: shape, steps: shape.map(() => 1) };
}

/** Whether the border is known to hold zeros, as `place` puts there. */
function isZero(value: Tensor): boolean {
  const known = value instanceof SymbolicTensor ? value.node.value : value;
  return known instanceof ConcreteTensor && Object.is(known.at(0), 0);
}

function innerIndices(shape: Shape, padded: Shape, params: Params): Int32Array {
  const strides = stridesOf(padded);
  const start = widthsOf(params).reduce(
    (total, [before], axis) => total + before * (strides[axis] as number),
    0,
  );
  return stridedIndices(shape, strides, start);
}

function batchPad({ op, inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const [x, value] = inputs as readonly [Tensor, Tensor];
  const widened = { ...params, widths: [[0, 0], ...widthsOf(params)] };
  if (!batched[1]) return [apply(op, inputs, widened)];
  const whole = batched[0] ? x : repeated(x, size);
  const shape = paddedShape("pad", whole.shape, widened);
  const border = reshape(value, [size, ...shape.slice(1).map(() => 1)]);
  return [setSlice(broadcastTo(border, shape), whole, innerPlaces(whole.shape, widened))];
}

/** A border of the tensor's own elements. */
export const extendOp: Op = defineOp({
  name: "extend",
  inputs: ["x"],
  notation: {
    kind: "call",
    symbol: "pad",
    arguments: ([x], call) => [x as string, widthsText(call), `"${call.params.mode}"`],
  },
  samples: [
    { inputs: [[1, 2, 3]], params: { widths: [[1, 2]], mode: "edge" } },
    {
      inputs: [matrix],
      params: {
        widths: [
          [1, 0],
          [2, 2],
        ],
        mode: "reflect",
      },
    },
    {
      inputs: [matrix],
      params: {
        widths: [
          [0, 3],
          [4, 1],
        ],
        mode: "wrap",
      },
    },
  ],
  infer: ([x], params) => {
    const input = x as AbstractValue;
    const shape = paddedShape("pad", input.shape, params);
    input.shape.forEach((_, axis) => {
      borderSources(input.shape, axis, params);
    });
    return [withShape(input, shape)];
  },
  reference: (_, [x], params) => {
    const input = x as NonNullable<typeof x>;
    const along = input.shape.map((__, axis) => borderSources(input.shape, axis, params));
    const data = takeElements(input.data, gridIndices(input.shape, along));
    return [{ shape: paddedShape("pad", input.shape, params), data }];
  },
  lower: ([x], params) => {
    const { shape } = x as AbstractValue;
    return takenInRuns(shape.map((_, axis) => borderSources(shape, axis, params)));
  },
  pullback: ({ inputs, params }, [cotangent]) => {
    const { shape } = inputs[0] as Tensor;
    let result = cotangent;
    widthsOf(params).forEach(([before, after], axis) => {
      if (result === undefined || before + after === 0) return;
      const inner = result.shape.with(axis, shape[axis] as number);
      const sources = tensor(borderSources(shape, axis, params), { dtype: "int32" });
      result = apply(scatterOp, [sources, result], { axis, batch: 0, shape: inner });
    });
    return [result];
  },
  pushforward: "linear",
  batch: ({ op, inputs, params }) => [
    apply(op, inputs, { ...params, widths: [[0, 0], ...widthsOf(params)] }),
  ],
});

/** For every place of a padded axis the place of the tensor whose element stands there. */
function borderSources(shape: Shape, axis: number, params: Params): number[] {
  const length = shape[axis] as number;
  const [before, after] = widthsOf(params)[axis] as readonly [number, number];
  const places = Array.from({ length: before + length + after }, (_, i) => i - before);
  if (before + after === 0) return places;
  if (length === 0) {
    throw shapeError(
      "pad",
      `axis ${axis} of ${formatShape(shape)} is empty: it has no elements to repeat.`,
      shape,
    );
  }
  if (params.mode === "edge") return places.map((i) => Math.min(Math.max(i, 0), length - 1));
  if (params.mode === "wrap") return places.map((i) => ((i % length) + length) % length);
  if (params.mode !== "reflect") {
    throw shapeError(
      "pad",
      `${JSON.stringify(params.mode)} is no mode: there are constant, edge, reflect and wrap.`,
    );
  }
  if (Math.max(before, after) < length) {
    return places.map((i) => length - 1 - Math.abs(length - 1 - Math.abs(i)));
  }
  throw shapeError(
    "pad",
    `a border of ${Math.max(before, after)} places cannot be reflected from axis ${axis} of ` +
      `${formatShape(shape)}: at most ${length - 1}. Pad less, or pad twice?`,
    shape,
  );
}

function paddedShape(operation: string, shape: Shape, params: Params): Shape {
  const { widths } = params;
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((w) => Number.isInteger(w) && w >= 0);
  if (!Array.isArray(widths) || widths.length !== shape.length || !widths.every(isPair)) {
    throw shapeError(
      operation,
      `the widths for a tensor of shape ${formatShape(shape)} must be ${shape.length} pairs of whole ` +
        `numbers from 0, got ${JSON.stringify(widths)}. To cut places off, use index().`,
      shape,
    );
  }
  const padded = shape.map((length, axis) => {
    const [before, after] = widthsOf(params)[axis] as readonly [number, number];
    return before + length + after;
  });
  checkShape(operation, padded);
  return padded;
}

function widthsOf(params: Params): Widths {
  return params.widths as unknown as Widths;
}

function widthsText({ params }: NotedCall): string {
  return `[${widthsOf(params)
    .map(([before, after]) => `[${before}, ${after}]`)
    .join(", ")}]`;
}

/**
 * The tensor with a border: `widths` tells how many places are put before and after, as one number, as
 * [before, after] on every axis, or as such a pair for each axis. The border holds `value`, 0 unless given, or
 * with another `mode` elements of the tensor, as in NumPy. A reflected border is shorter than the axis.
 *
 * @throws SymtapeError (shape) for negative widths, or a border that cannot be reflected.
 * @example
 * pad(tensor([1, 2, 3]), [1, 2]).toArray(); // [0, 1, 2, 3, 0, 0]
 * pad(tensor([1, 2, 3]), 2, { mode: "reflect" }).toArray(); // [3, 2, 1, 2, 3, 2, 1]
 * pad(tensor([[1, 2]]), [[0, 1], [1, 0]], { value: 9 }).toArray(); // [[9, 1, 2], [9, 9, 9]]
 */
export function pad(x: TensorLike, widths: PadWidths, options: PadOptions = {}): Tensor {
  const input = asTensor(x);
  const { mode = "constant", value = 0 } = options;
  const pairs = input.shape.map((_, axis) => pairFor(widths, axis));
  const counted = typeof widths !== "number" && typeof widths[0] !== "number";
  const params = { widths: counted ? widths : pairs } as Params;
  if (mode === "constant") return apply(padOp, [input, value], params);
  return apply(extendOp, [input], { ...params, mode });
}

function pairFor(widths: PadWidths, axis: number): readonly number[] {
  if (typeof widths === "number") return [widths, widths];
  const pair = typeof widths[0] === "number" ? widths : widths[axis];
  return pair as readonly number[];
}
