// Places along several axes as one place in the row-major order of those axes.

import { apply } from "../../apply.ts";
import { broadcastIndices } from "../../arithmetic.ts";
import type { Op, Params } from "../../op.ts";
import { broadcastShapes, checkShape, type Shape, sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { batchAligned } from "../batching.ts";
import { defineOp, wholeNumbersOf } from "../structured.ts";
import { checkIndices, placesIn, wrappedPlaces } from "./indices.ts";

export const ravelIndexOp: Op = defineOp({
  name: "ravelIndex",
  inputs: ["indices…"],
  discrete: ["indices…"],
  nondifferentiable: true,
  notation: {
    kind: "call",
    arguments: (operands, { params }) => [...operands, `[${sizesOf(params).join(", ")}]`],
  },
  samples: [
    {
      inputs: [
        [0, 1, -1],
        [3, 2, 1],
      ],
      params: { sizes: [2, 4] },
    },
    { inputs: [[[1], [0]], [2, -3, 0], 1], params: { sizes: [2, 3, 2] } },
  ],
  infer: (inputs, params) => {
    const sizes = wholeNumbersOf("ravelIndex", params, "sizes", inputs.length);
    checkShape("ravelIndex", sizes);
    for (const input of inputs) checkIndices("ravelIndex", input);
    const shape = shapeOf(inputs);
    checkShape("ravelIndex", shape);
    return [{ shape, dtype: "int32", weak: false }];
  },
  reference: (arithmetic, inputs, params) => {
    const sizes = sizesOf(params);
    const shape = shapeOf(inputs);
    const places = new Array<number>(sizeOf(shape)).fill(0);
    for (const [axis, input] of inputs.entries()) {
      const length = sizes[axis] as number;
      const found = placesIn(arithmetic, "ravelIndex", input);
      const own = wrappedPlaces("ravelIndex", found, length, axis, sizes);
      broadcastIndices(input.shape, shape).forEach((from, i) => {
        places[i] = (places[i] as number) * length + (own[from] as number);
      });
    }
    return [{ shape, data: places.map((place) => arithmetic.literal(place)) }];
  },
  batch: (call) => batchAligned(call),
});

function sizesOf(params: Params): Shape {
  return params.sizes as Shape;
}

function shapeOf(inputs: readonly { readonly shape: Shape }[]): Shape {
  return broadcastShapes(
    "index",
    inputs.map(({ shape }) => shape),
  );
}

/** One place for each group of places along axes of the given sizes; the places broadcast together. */
export function ravelIndex(indices: readonly Tensor[], sizes: Shape): Tensor {
  return apply(ravelIndexOp, indices, { sizes });
}
