// setSlice: a tensor in which the places of a slice hold other values.

import { apply } from "../../apply.ts";
import type { Numbers } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import type { NotedCall, Op } from "../../op.ts";
import { type AbstractValue, promote, sameShape } from "../../shape.ts";
import { literal, type Tensor } from "../../tensor.ts";
import { repeated } from "../batching.ts";
import { defineOp, numbersOf } from "../structured.ts";
import { withRank } from "./gather.ts";
import { batchedPlaces, checkPlaces, placesText, sliceIndices, sliceOp } from "./indexing.ts";
import { checkValues } from "./indices.ts";
import { writeAt } from "./picking.ts";
import type { SlicePlaces } from "./places.ts";
import { broadcastTo, cast } from "./reshape.ts";
import { repeatsPlaces } from "./slice-walks.ts";

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

export const setSliceOp: Op = defineOp({
  name: "setSlice",
  inputs: ["x", "values"],
  notation: { kind: "call", arguments: setSliceArguments },
  samples: [
    {
      inputs: [
        [1, 2, 3, 4, 5],
        [8, 9],
      ],
      params: { starts: [1], sizes: [2], steps: [2] },
    },
    {
      inputs: [
        matrix,
        [
          [7, 8],
          [9, 10],
        ],
      ],
      params: { starts: [1, 2], sizes: [2, 2], steps: [-1, -2] },
    },
    { inputs: [matrix, [[7]]], params: { starts: [0, 1], sizes: [1, 1], steps: [1, 1] } },
  ],
  infer: (inputs, params) => {
    const [x, values] = inputs as readonly [AbstractValue, AbstractValue];
    checkValues("setSlice", values.shape, checkPlaces("setSlice", x.shape, params));
    return [{ shape: x.shape, ...promote(inputs) }];
  },
  reference: (_, [x, values], params) => {
    const source = x as NonNullable<typeof x>;
    const written = values as NonNullable<typeof values>;
    const data = Array.from(source.data);
    const places = sliceIndices(source.shape, params);
    writeAt(data, places, written, numbersOf(params, "sizes"));
    return [{ shape: source.shape, data }];
  },
  kernel: ([x, values], params) => {
    const source = x as Numbers;
    const data = Float64Array.from(source.data);
    const places = sliceIndices(source.shape, params);
    writeAt(data, places, values as Numbers, numbersOf(params, "sizes"));
    return [data];
  },
  lower: (inputs, params) => {
    const [x, values] = inputs as readonly [AbstractValue, AbstractValue];
    const { dtype } = promote(inputs);
    const sizes = numbersOf(params, "sizes");
    if (x.dtype !== dtype || values.dtype !== dtype || !sameShape(values.shape, sizes)) {
      return composite((whole, part) =>
        apply(setSliceOp, [cast(whole, dtype), broadcastTo(cast(part, dtype), sizes)], params),
      );
    }
    if (repeatsPlaces(params)) return undefined;
    const start = numbersOf(params, "starts");
    const piece = { operand: 1, start, steps: numbersOf(params, "steps") };
    return { kind: "pieces", background: { operand: 0 }, pieces: [piece] };
  },
  pullback: ({ op, params }, [cotangent], needs) => {
    if (cotangent === undefined) return [];
    return [
      needs[0] ? apply(op, [cotangent, literal(0)], params) : undefined,
      needs[1] ? apply(sliceOp, [cotangent], params) : undefined,
    ];
  },
  pushforward: "linear",
  batch: ({ op, inputs: [x, values], batched, params, size }) => {
    const source = batched[0] ? (x as Tensor) : repeated(x as Tensor, size);
    const written = withRank(values as Tensor, batched[1], source.rank - 1);
    return [apply(op, [source, written], batchedPlaces(params, size))];
  },
});

function setSliceArguments(operands: readonly string[], { params }: NotedCall): readonly string[] {
  const lists = ["starts", "sizes", "steps"].map((name) =>
    placesText(numbersOf(params, name), name),
  );
  return [...operands, ...lists];
}

/** The tensor with other values at the places of a slice. */
export function setSlice(x: Tensor, values: Tensor, places: SlicePlaces): Tensor {
  return apply(setSliceOp, [x, values], { ...places });
}
