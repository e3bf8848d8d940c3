// Elements named on every line along an axis by places of their own, as a sort gives them.

import { apply } from "../../apply.ts";
import type { BatchCall, NotedCall, Op } from "../../op.ts";
import { normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { numbersOf } from "../structured.ts";
import { type AxisOption, forAll, withRank } from "./gather.ts";
import { type Indices, indicesOf } from "./indices.ts";
import { lineLayout } from "./layouts.ts";
import { defineScattering, defineTaking } from "./picking.ts";

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

export const takeAlongAxisOp: Op = defineTaking({
  name: "takeAlongAxis",
  layout: (...args) => lineLayout(...args),
  notation: { kind: "call", arguments: lineArguments },
  samples: [
    {
      inputs: [
        [1, 2, 3.5],
        [2, 0, 0, -1],
      ],
      params: { axis: 0 },
    },
    {
      inputs: [
        matrix,
        [
          [2, 0],
          [1, 1],
        ],
      ],
      params: { axis: 1 },
    },
    { inputs: [matrix, [[1, 0, -1]]], params: { axis: 0 } },
    { inputs: [[matrix], [[[0]], [[2]]]], params: { axis: 2 } },
  ],
  batch: ({ op, inputs, batched, params }) => [
    apply(
      op,
      inputs.map((input, i) => forAll(input, batched[i])),
      { axis: (params.axis as number) + 1 },
    ),
  ],
  adjoint: () => scatterAlongAxisOp,
});

/** The adjoint of `takeAlongAxis`. */
export const scatterAlongAxisOp: Op = defineScattering({
  name: "scatterAlongAxis",
  layout: (...args) => lineLayout(...args),
  notation: {
    kind: "call",
    arguments: (operands, call) =>
      lineArguments([...operands, `[${numbersOf(call.params, "shape").join(", ")}]`], call),
  },
  samples: [
    {
      inputs: [
        [2, 0, 0, -1],
        [10, 20, 30, 40],
      ],
      params: { axis: 0, shape: [3] },
    },
    {
      inputs: [
        [
          [2, 0],
          [1, 1],
        ],
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: { axis: 1, shape: [2, 3] },
    },
    {
      inputs: [
        [[[0]], [[2]]],
        [
          [[1], [2]],
          [[3], [4]],
        ],
      ],
      params: { axis: 2, shape: [1, 2, 3] },
    },
  ],
  batch: batchScattering,
  adjoint: () => takeAlongAxisOp,
});

function lineArguments(operands: readonly string[], { params }: NotedCall): readonly string[] {
  return [...operands, String((params.axis as number) + 1)];
}

function batchScattering({ op, inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const [indices, values] = inputs as readonly [Tensor, Tensor];
  const shape = [size, ...numbersOf(params, "shape")];
  const operands = [forAll(indices, batched[0]), withRank(values, batched[1], shape.length - 1)];
  return [apply(op, operands, { axis: (params.axis as number) + 1, shape })];
}

/**
 * On every line of x along `axis` (the last unless given) the elements at the places that stand on the same
 * line of `indices`: result[i, j] = x[i, indices[i, j]] for matrices. x and the indices have equally many
 * axes, of which all but `axis` broadcast. Places count from 0, negative ones from the end.
 *
 * @throws SymtapeError (shape) for a place outside the axis or ranks that differ; (dtype) for indices that
 * are not int32.
 * @example
 * takeAlongAxis(tensor([[1, 2, 3], [4, 5, 6]]), [[2, 0], [1, 1]]).toArray(); // [[3, 1], [5, 5]]
 */
export function takeAlongAxis(x: TensorLike, indices: Indices, options: AxisOption = {}): Tensor {
  const input = asTensor(x);
  const [axis] = normalizeAxes("takeAlongAxis", options.axis ?? -1, input.rank) as [number];
  return apply(takeAlongAxisOp, [input, indicesOf("takeAlongAxis", indices)], { axis });
}
