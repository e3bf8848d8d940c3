// Diagonals of matrices, and matrices with a given diagonal.

import { apply } from "../../apply.ts";
import { stridedIndices } from "../../arithmetic.ts";
import { guarded, view, type Walk } from "../../lowering.ts";
import type { Op, Params } from "../../op.ts";
import {
  type AbstractValue,
  checkShape,
  formatShape,
  type Shape,
  sizeOf,
  stridesOf,
} from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { defineOp, shapeError, takeElements, withShape } from "../structured.ts";
import { checkDiagonal, type DiagonalOption } from "./triangle.ts";

/** Diagonal k of the matrices along the last two axes. */
export const diagonalOp: Op = defineOp({
  name: "diagonal",
  inputs: ["x"],
  notation: {
    kind: "call",
    symbol: "diag",
    arguments: ([x], { params }) =>
      params.k === 0 ? [x as string] : [x as string, String(params.k)],
  },
  samples: [
    {
      inputs: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: { k: 0 },
    },
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      params: { k: 1 },
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ],
      ],
      params: { k: -1 },
    },
  ],
  infer: ([x], { k }) => {
    const input = x as AbstractValue;
    if (input.shape.length < 2) {
      throw shapeError(
        "diag",
        `expected a matrix, got shape ${formatShape(input.shape)}.`,
        input.shape,
      );
    }
    checkDiagonal("diag", k, input.shape);
    return [withShape(input, diagonalShape(input.shape, k as number))];
  },
  reference: (_, [x], params) => {
    const { shape, data } = x as NonNullable<typeof x>;
    const places = diagonalIndices(shape, params.k as number);
    return [{ shape: diagonalShape(shape, params.k as number), data: takeElements(data, places) }];
  },
  lower: ([x], { k }) => {
    const { shape } = x as AbstractValue;
    return view(shape, diagonalShape(shape, k as number), diagonalWalk(shape, k as number));
  },
  pullback: ({ inputs: [x], params }, [cotangent]) => {
    const [rows, columns] = (x as Tensor).shape.slice(-2) as [number, number];
    return [
      cotangent && apply(diagonalMatrixOp, [cotangent], { k: params.k as number, rows, columns }),
    ];
  },
  pushforward: "linear",
  batch: "leading",
});

/** Matrices of zeros with the vectors along the last axis on diagonal k. */
export const diagonalMatrixOp: Op = defineOp({
  name: "diagonalMatrix",
  inputs: ["x"],
  notation: {
    kind: "call",
    symbol: "diag",
    arguments: ([x], { params, shapes }) => {
      const { k, rows, columns } = params as Readonly<Record<string, number>>;
      const least = ((shapes[0] as Shape).at(-1) as number) + Math.abs(k as number);
      const isVector = shapes[0]?.length === 1;
      if (!isVector || rows !== least || columns !== least)
        return [x as string, `${k}`, `[${rows}, ${columns}]`];
      return k === 0 ? [x as string] : [x as string, `${k}`];
    },
  },
  samples: [
    { inputs: [[1, 2]], params: { k: 0, rows: 2, columns: 2 } },
    { inputs: [[1, 2]], params: { k: -1, rows: 3, columns: 4 } },
    {
      inputs: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: { k: 1, rows: 2, columns: 3 },
    },
  ],
  infer: ([x], params) => {
    const input = x as AbstractValue;
    if (input.shape.length === 0) {
      throw shapeError("diag", "expected a vector, got a scalar.", input.shape);
    }
    checkDiagonal("diag", params.k, input.shape);
    const shape = matrixShape(input.shape, params);
    checkShape("diag", shape);
    const length = diagonalShape(shape, params.k as number).at(-1);
    if (length !== input.shape.at(-1)) {
      throw shapeError(
        "diag",
        `diagonal ${params.k} of a matrix of shape ${formatShape(shape.slice(-2))} has ${length} places, ` +
          `got vectors of shape ${formatShape(input.shape)}.`,
        input.shape,
        shape,
      );
    }
    return [withShape(input, shape)];
  },
  reference: (arithmetic, [x], params) => {
    const input = x as NonNullable<typeof x>;
    const shape = matrixShape(input.shape, params);
    const data = Array.from({ length: sizeOf(shape) }, () => arithmetic.literal(0));
    diagonalIndices(shape, params.k as number).forEach((place, i) => {
      data[place] = input.data[i] as (typeof data)[number];
    });
    return [{ shape, data }];
  },
  lower: ([x], params) => {
    const { shape } = x as AbstractValue;
    const k = params.k as number;
    const ofBatch = stridesOf(shape).slice(0, -1);
    const ofColumn = ofBatch.map(() => 0);
    return guarded({ offset: Math.min(k, 0), strides: [...ofBatch, 1, 0] }, [
      { offset: 0 - k, strides: [...ofColumn, -1, 1], length: 1 },
    ]);
  },
  pullback: ({ params }, [cotangent]) => [
    cotangent && apply(diagonalOp, [cotangent], { k: params.k as number }),
  ],
  pushforward: "linear",
  batch: "leading",
});

function matrixShape(vectors: Shape, { rows, columns }: Params): Shape {
  return [...vectors.slice(0, -1), rows as number, columns as number];
}

function diagonalShape(matrices: Shape, k: number): Shape {
  const [rows, columns] = matrices.slice(-2) as [number, number];
  const length = Math.min(rows + Math.min(k, 0), columns - Math.max(k, 0));
  return [...matrices.slice(0, -2), Math.max(0, length)];
}

function diagonalWalk(matrices: Shape, k: number): Walk {
  const columns = matrices.at(-1) as number;
  const strides = [...stridesOf(matrices).slice(0, -2), columns + 1];
  return { offset: k < 0 ? -k * columns : k, strides };
}

/** Where the elements of a diagonal stand. */
function diagonalIndices(matrices: Shape, k: number): Int32Array {
  const { offset, strides } = diagonalWalk(matrices, k);
  return stridedIndices(diagonalShape(matrices, k), strides, offset);
}

/**
 * A matrix of zeros with a vector on its diagonal `k`, or diagonal `k` of a matrix as a vector. The main
 * diagonal is 0, the one above it 1, the one below it -1.
 *
 * @throws SymtapeError (shape) for a scalar or more than two axes.
 * @example
 * diag(tensor([1, 2])).toArray(); // [[1, 0], [0, 2]]
 * diag(tensor([[1, 2], [3, 4]]), { k: 1 }).toArray(); // [2]
 */
export function diag(x: TensorLike, options: DiagonalOption = {}): Tensor {
  const input = asTensor(x);
  const { k = 0 } = options;
  if (input.rank === 2) return apply(diagonalOp, [input], { k });
  if (input.rank === 1) {
    checkDiagonal("diag", k, input.shape);
    const size = input.size + Math.abs(k);
    return apply(diagonalMatrixOp, [input], { k, rows: size, columns: size });
  }
  throw shapeError(
    "diag",
    `expected a vector or a matrix, got shape ${formatShape(input.shape)}. For a batch: vmap((m) => diag(m)).`,
    input.shape,
  );
}
