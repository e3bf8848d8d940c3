// The lower and the upper triangle of matrices.

import { apply } from "../../apply.ts";
import type { Numbers } from "../../arithmetic.ts";
import { type Guard, guarded } from "../../lowering.ts";
import type { Op } from "../../op.ts";
import { type AbstractValue, formatShape, type Shape, sizeOf, stridesOf } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { defineOp, shapeError, withShape } from "../structured.ts";

/** Which diagonal bounds a triangle, or is meant: 0 the main one, 1 the one above it, -1 the one below. */
export interface DiagonalOption {
  readonly k?: number;
}

const samples: Op["samples"] = [
  {
    inputs: [
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
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
];

/** Matrices with zeros where `keeps` is false of how far to the right of the diagonal an element stands. */
function triangleOp(name: string, keeps: (distance: number) => boolean): Op {
  return defineOp({
    name,
    inputs: ["x"],
    notation: {
      kind: "call",
      arguments: ([x], { params }) =>
        params.k === 0 ? [x as string] : [x as string, String(params.k)],
    },
    samples,
    infer: ([x], { k }) => {
      const input = x as AbstractValue;
      if (input.shape.length < 2) {
        throw shapeError(
          name,
          `expected a matrix (or a batch of them), got shape ${formatShape(input.shape)}. ` +
            "diag() makes a matrix of a vector.",
          input.shape,
        );
      }
      checkDiagonal(name, k, input.shape);
      return [withShape(input, input.shape)];
    },
    reference: (arithmetic, [x], params) => {
      const { shape, data } = x as NonNullable<typeof x>;
      const zero = arithmetic.literal(0);
      const kept = keptElements(shape, params.k as number, keeps);
      return [{ shape, data: Array.from(data, (element, i) => (kept[i] === 1 ? element : zero)) }];
    },
    kernel: ([x], params) => {
      const { shape, data } = x as Numbers;
      const kept = keptElements(shape, params.k as number, keeps);
      return [data.map((element: number, i: number) => (kept[i] === 1 ? element : 0))];
    },
    lower: ([x], params) => {
      const { shape } = x as AbstractValue;
      const walk = { offset: 0, strides: stridesOf(shape) };
      return guarded(walk, [triangleGuard(shape, params.k as number, keeps(-1))]);
    },
    pullback: ({ op, params }, [cotangent]) => [cotangent && apply(op, [cotangent], params)],
    pushforward: "linear",
    batch: "leading",
  });
}

/** Where row − column + k, or its negative for the upper triangle, is not below 0. */
function triangleGuard(shape: Shape, k: number, isLower: boolean): Guard {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const ofBatch = shape.slice(0, -2).map(() => 0);
  const bound = Math.min(Math.max(k, -rows), columns);
  return isLower
    ? { offset: bound, strides: [...ofBatch, 1, -1], length: rows + bound }
    : { offset: 0 - bound, strides: [...ofBatch, -1, 1], length: columns - bound };
}

/** 1 for every element that stays. */
function keptElements(shape: Shape, k: number, keeps: (distance: number) => boolean): Uint8Array {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const kept = new Uint8Array(sizeOf(shape));
  for (let first = 0; first < kept.length; first += rows * columns) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) kept[first + i * columns + j] = keeps(j - i - k) ? 1 : 0;
    }
  }
  return kept;
}

/** Checks that a setting names a diagonal. */
export function checkDiagonal(operation: string, k: unknown, shape: readonly number[]): void {
  if (Number.isInteger(k)) return;
  throw shapeError(
    operation,
    `k is the whole number of a diagonal, got ${JSON.stringify(k)}.`,
    shape,
  );
}

export const trilOp: Op = triangleOp("tril", (distance) => distance <= 0);
export const triuOp: Op = triangleOp("triu", (distance) => distance >= 0);

/**
 * The lower triangle: zeros above diagonal `k`, which is the main one unless given. Leading axes are batches.
 *
 * @throws SymtapeError (shape) for fewer than two axes.
 * @example
 * tril(tensor([[1, 2], [3, 4]])).toArray(); // [[1, 0], [3, 4]]
 */
export function tril(x: TensorLike, options: DiagonalOption = {}): Tensor {
  return apply(trilOp, [x], { k: options.k ?? 0 });
}

/**
 * The upper triangle: zeros below diagonal `k`, which is the main one unless given. Leading axes are batches.
 *
 * @throws SymtapeError (shape) for fewer than two axes.
 * @example
 * triu(tensor([[1, 2], [3, 4]]), { k: 1 }).toArray(); // [[0, 2], [0, 0]]
 */
export function triu(x: TensorLike, options: DiagonalOption = {}): Tensor {
  return apply(triuOp, [x], { k: options.k ?? 0 });
}
