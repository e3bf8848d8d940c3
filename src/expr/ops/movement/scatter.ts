// Tensors with other values at slices that places name: added to what is there, or written over it.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import type { BatchCall, Op, Params } from "../../op.ts";
import { type AbstractValue, normalizeAxes, promote, sizeOf } from "../../shape.ts";
import {
  asTensor,
  ConcreteTensor,
  dataOf,
  literal,
  type Tensor,
  type TensorLike,
  tensor,
} from "../../tensor.ts";
import { repeated } from "../batching.ts";
import { equal, where } from "../comparison.ts";
import { defineOp } from "../structured.ts";
import { type AxisOption, forAll, gatherOp, placesArguments, withRank } from "./gather.ts";
import { checkValues, type Indices, indicesOf, placesIn } from "./indices.ts";
import { sliceLayout } from "./layouts.ts";
import { checkWriting, defineAdding, writeAt } from "./picking.ts";
import { broadcastTo, reshape } from "./reshape.ts";

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

const samples: Op["samples"] = [
  {
    inputs: [
      [1, 2, 3.5],
      [2, 0],
      [10, 20],
    ],
    params: { axis: 0, batch: 0 },
  },
  {
    inputs: [
      [1, 2, 3.5],
      [2, 0, -1, 0],
      [10, 20, 30, 40],
    ],
    params: { axis: 0, batch: 0 },
  },
  {
    inputs: [
      matrix,
      [
        [2, 1],
        [2, 2],
      ],
      [
        [
          [7, 8],
          [9, 10],
        ],
        [
          [7, 6],
          [5, 4],
        ],
      ],
    ],
    params: { axis: 1, batch: 0 },
  },
  {
    inputs: [
      matrix,
      [
        [0, 0],
        [2, 1],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ],
    params: { axis: 1, batch: 1 },
  },
  { inputs: [matrix, [1, 1], [[7], [8]]], params: { axis: 0, batch: 0 } },
  { inputs: [matrix, -1, 7], params: { axis: 1, batch: 0 } },
];

export const scatterAddOp: Op = defineAdding({
  name: "scatterAdd",
  layout: (...args) => sliceLayout(...args),
  notation: { kind: "call", arguments: (operands, call) => placesArguments(operands, call) },
  samples,
  batch: batchWriting,
  adjoint: () => gatherOp,
});

/** Of values for one place the last one stays. */
export const scatterSetOp: Op = defineOp({
  name: "scatterSet",
  inputs: ["x", "indices", "values"],
  discrete: ["indices"],
  notation: { kind: "call", arguments: (operands, call) => placesArguments(operands, call) },
  samples,
  infer: (inputs, params) => {
    const [x, , values] = inputs as readonly [AbstractValue, AbstractValue, AbstractValue];
    checkWriting("scatterSet", sliceLayout, inputs, params);
    return [{ shape: x.shape, ...promote([x, values]) }];
  },
  reference: <S>(arithmetic: Arithmetic<S>, inputs: readonly NdArray<S>[], params: Params) => {
    const [x, indices, values] = inputs as readonly [NdArray<S>, NdArray<S>, NdArray<S>];
    const places = sliceLayout("scatterSet", x.shape, indices.shape, params);
    const data = Array.from(x.data);
    const sources = places.sources(placesIn(arithmetic, "scatterSet", indices));
    writeAt(data, sources, values, places.shape);
    return [{ shape: x.shape, data }];
  },
  kernel: (inputs, params) => {
    const [x, indices, values] = inputs as readonly [Numbers, Numbers, Numbers];
    const places = sliceLayout("scatterSet", x.shape, indices.shape, params);
    const data = Float64Array.from(x.data);
    writeAt(data, places.sources(indices.data), values, places.shape);
    return [data];
  },
  pullback: ({ op, inputs, params }, [cotangent], needs) => {
    if (cotangent === undefined) return [];
    const [x, indices] = inputs as readonly [Tensor, Tensor];
    return [
      needs[0] ? apply(op, [cotangent, indices, literal(0)], params) : undefined,
      undefined,
      needs[2]
        ? lasting(apply(gatherOp, [cotangent, indices], params), x, indices, params)
        : undefined,
    ];
  },
  pushforward: "linear",
  batch: batchWriting,
  lower: (_, params) => ({ kind: "special", kernel: "scatterSet", settings: params }),
});

/** Cotangents of the values that stayed; those that were written over get 0. */
function lasting(taken: Tensor, x: Tensor, indices: Tensor, params: Params): Tensor {
  const { axis, batch } = params as { readonly axis: number; readonly batch: number };
  if (areDistinct(indices, x.shape[axis] as number)) return taken;
  const examples = indices.shape.slice(0, batch);
  const picked = indices.shape.slice(batch);
  const counted = tensor(
    Int32Array.from({ length: sizeOf(picked) }, (_, i) => i),
    { shape: picked },
  );
  const order = broadcastTo(counted, indices.shape);
  const along = { axis: batch, batch };
  const untouched = broadcastTo(tensor(-1, { dtype: "int32" }), [
    ...examples,
    x.shape[axis] as number,
  ]);
  const last = apply(scatterSetOp, [untouched, indices, order], along);
  const stays = equal(apply(gatherOp, [last, indices], along), order);
  const before = new Array<number>(axis - batch).fill(1);
  const after = new Array<number>(x.rank - axis - 1).fill(1);
  return where(reshape(stays, [...examples, ...before, ...picked, ...after]), taken, 0);
}

/** Whether the places are known and no two of them are one. */
function areDistinct(indices: Tensor, length: number): boolean {
  if (indices.size < 2) return true;
  if (!(indices instanceof ConcreteTensor)) return false;
  const places = Array.from(dataOf(indices), (place) => (place < 0 ? place + length : place));
  return new Set(places).size === places.length;
}

/** Each example has a tensor of its own to write to. */
function batchWriting({ op, inputs, batched, params, size }: BatchCall): readonly Tensor[] {
  const [x, indices, values] = inputs as readonly [Tensor, Tensor, Tensor];
  const { axis, batch } = params as { readonly axis: number; readonly batch: number };
  const source = batched[0] ? x : repeated(x, size);
  const together = batched[1] === true || batch > 0;
  const rank = source.rank - 2 + indices.rank - (batched[1] ? 1 : 0) - batch;
  const operands = [
    source,
    together ? forAll(indices, batched[1]) : indices,
    withRank(values, batched[2], rank),
  ];
  return [apply(op, operands, { axis: axis + 1, batch: together ? batch + 1 : 0 })];
}

/**
 * x with `updates` added to the slices that `indices` name along `axis`, the first unless given. Where a
 * place is named several times, all its updates are added. The updates have the shape of
 * `gather(x, indices, { axis })`, or one that broadcasts to it.
 *
 * @throws SymtapeError (shape) for a place outside the axis or updates that do not fit; (dtype) for indices
 * that are not int32.
 * @example
 * scatterAdd(tensor([1, 2, 3]), [0, 2, 2], tensor([10, 20, 30])).toArray(); // [11, 2, 53]
 */
export function scatterAdd(
  x: TensorLike,
  indices: Indices,
  updates: TensorLike,
  options: AxisOption = {},
): Tensor {
  const input = asTensor(x);
  const values = asTensor(updates);
  const [axis] = normalizeAxes("scatterAdd", options.axis ?? 0, input.rank) as [number];
  const places = indicesOf("scatterAdd", indices);
  const params = { axis, batch: 0 };
  const { shape } = sliceLayout("scatterAdd", input.shape, places.shape, params);
  checkValues("scatterAdd", values.shape, shape);
  return apply(scatterAddOp, [input, places, values], params);
}
