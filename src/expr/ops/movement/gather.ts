// Slices named by places that are data.

import { apply } from "../../apply.ts";
import type { BatchCall, NotedCall, Op } from "../../op.ts";
import { normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { numbersOf } from "../structured.ts";
import { type Indices, indicesOf } from "./indices.ts";
import { sliceLayout } from "./layouts.ts";
import { defineScattering, defineTaking } from "./picking.ts";
import { moveAxis, reshape } from "./reshape.ts";

/** The axis along which places are counted. */
export interface AxisOption {
  readonly axis?: number;
}

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

export const gatherOp: Op = defineTaking({
  name: "gather",
  layout: (...args) => sliceLayout(...args),
  notation: { kind: "call", arguments: placesArguments },
  samples: [
    {
      inputs: [
        [1, 2, 3.5],
        [2, 0, 0, -1],
      ],
      params: { axis: 0, batch: 0 },
    },
    { inputs: [matrix, [[1], [0]]], params: { axis: 0, batch: 0 } },
    { inputs: [matrix, [-1, 1]], params: { axis: 1, batch: 0 } },
    { inputs: [matrix, 2], params: { axis: 1, batch: 0 } },
    {
      inputs: [
        matrix,
        [
          [0, 0],
          [2, 1],
        ],
      ],
      params: { axis: 1, batch: 1 },
    },
    {
      inputs: [
        [matrix],
        [
          [0, 2],
          [1, 1],
        ],
      ],
      params: { axis: 2, batch: 1 },
    },
  ],
  batch: batchGather,
  adjoint: () => scatterOp,
});

/** The adjoint of `gather`. */
export const scatterOp: Op = defineScattering({
  name: "scatter",
  layout: (...args) => sliceLayout(...args),
  notation: {
    kind: "call",
    arguments: (operands, call) =>
      placesArguments([...operands, `[${numbersOf(call.params, "shape").join(", ")}]`], call),
  },
  samples: [
    {
      inputs: [
        [2, 0, 0, -1],
        [10, 20, 30, 40],
      ],
      params: { axis: 0, batch: 0, shape: [3] },
    },
    {
      inputs: [
        [2, -3],
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: { axis: 1, batch: 0, shape: [2, 3] },
    },
    { inputs: [1, [1, 2, 4]], params: { axis: 0, batch: 0, shape: [2, 3] } },
    {
      inputs: [
        [
          [0, 0],
          [2, 1],
        ],
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: { axis: 1, batch: 1, shape: [2, 3] },
    },
    {
      inputs: [
        [0, 2],
        [[1], [2]],
      ],
      params: { axis: 1, batch: 0, shape: [2, 3] },
    },
  ],
  batch: batchScatter,
  adjoint: () => gatherOp,
});

/** The operands, then the axis where it is not the first, then how many axes are batches. */
export function placesArguments(
  operands: readonly string[],
  { params }: NotedCall,
): readonly string[] {
  const { axis, batch } = params as Readonly<Record<string, number>>;
  if (batch !== 0) return [...operands, String((axis as number) + 1), String(batch)];
  return axis === 0 ? operands : [...operands, String((axis as number) + 1)];
}

function batchGather({ op, inputs, batched, params }: BatchCall): readonly Tensor[] {
  const [x, indices] = inputs as readonly [Tensor, Tensor];
  const { axis, batch } = params as { readonly axis: number; readonly batch: number };
  if (batch === 0 && !batched[1]) return [apply(op, inputs, { axis: axis + 1, batch })];
  if (batch === 0 && !batched[0]) return [moveAxis(apply(op, inputs, params), axis, 0)];
  const operands = [forAll(x, batched[0]), forAll(indices, batched[1])];
  return [apply(op, operands, { axis: axis + 1, batch: batch + 1 })];
}

function batchScatter({ op, inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const [indices, values] = inputs as readonly [Tensor, Tensor];
  const { axis, batch } = params as { readonly axis: number; readonly batch: number };
  const shape = [size, ...numbersOf(params, "shape")];
  const together = batched[0] === true || batch > 0;
  const rank = shape.length - 2 + indices.rank - (batched[0] ? 1 : 0) - batch;
  const operands = [
    together ? forAll(indices, batched[0]) : indices,
    withRank(values, batched[1], rank),
  ];
  return [apply(op, operands, { axis: axis + 1, batch: together ? batch + 1 : 0, shape })];
}

/** A value with an axis for the examples; one that is the same for all has length 1 there. */
export function forAll(value: Tensor, batched: boolean | undefined): Tensor {
  return batched ? value : reshape(value, [1, ...value.shape]);
}

/** Values of so many axes for each example, so that they broadcast as those of one example do. */
export function withRank(values: Tensor, batched: boolean | undefined, rank: number): Tensor {
  if (!batched) return values;
  const [size, ...own] = values.shape as [number, ...number[]];
  return reshape(values, [size, ...new Array<number>(rank - own.length).fill(1), ...own]);
}

/**
 * The slices of x that `indices` name, counted along `axis` (the first unless given) from 0, or back from the
 * end where negative: the axes of the indices stand in the stead of that axis. For x of shape [n, d] and
 * indices of shape [k] the result has shape [k, d] and the dtype of x. Gradients of slices taken several
 * times are added.
 *
 * @throws SymtapeError (shape) for a place outside the axis; (dtype) for indices that are not int32.
 * @example
 * gather(tensor([[1, 2], [3, 4], [5, 6]]), [2, 0]).toArray(); // [[5, 6], [1, 2]]
 * gather(tensor([[1, 2], [3, 4], [5, 6]]), -1, { axis: 1 }).toArray(); // [2, 4, 6]
 */
export function gather(x: TensorLike, indices: Indices, options: AxisOption = {}): Tensor {
  return slicesOf("gather", asTensor(x), indices, options.axis ?? 0);
}

/** `gather` under the name of the function that was called. */
export function slicesOf(operation: string, x: Tensor, indices: Indices, along: number): Tensor {
  const [axis] = normalizeAxes(operation, along, x.rank) as [number];
  return apply(gatherOp, [x, indicesOf(operation, indices)], { axis, batch: 0 });
}

/**
 * The elements of x that `indices` name: of all elements in row-major order, or along `axis` as `gather`
 * takes them. The result has the shape of the indices (with an axis, in the stead of it).
 *
 * @throws SymtapeError (shape) for a place outside x; (dtype) for indices that are not int32.
 * @example
 * take(tensor([[1, 2], [3, 4]]), [0, 3, -2]).toArray(); // [1, 4, 3]
 * take(tensor([[1, 2], [3, 4]]), [1], { axis: 1 }).toArray(); // [[2], [4]]
 */
export function take(x: TensorLike, indices: Indices, options: AxisOption = {}): Tensor {
  const { axis } = options;
  const input = asTensor(x);
  return slicesOf("take", axis === undefined ? reshape(input, [-1]) : input, indices, axis ?? 0);
}
