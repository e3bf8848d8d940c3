// Products of matrices and vectors.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { composite } from "../../lowering.ts";
import { type BatchCall, type Op, PRECEDENCE } from "../../op.ts";
import {
  type AbstractValue,
  type DType,
  formatShape,
  promote,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { mayRound, wrappingArithmetic } from "../int32.ts";
import { cast, reshape } from "../movement/reshape.ts";
import { defineOp, shapeError } from "../structured.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import { multiplyInto } from "./matmul-kernel.ts";
import { transposed } from "./matrices.ts";
import { matrixProduct, productSizes } from "./product-sizes.ts";

export const matmulOp: Op = defineOp({
  name: "matmul",
  inputs: ["x", "y"],
  notation: { kind: "infix", symbol: "*", precedence: PRECEDENCE.product, tex: "#0 \u2062 #1" },
  samples: [
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [
          [1, 0.5],
          [-1, 2],
          [3, 1],
        ],
      ],
    },
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [1, 2, 3],
      ],
    },
    {
      inputs: [
        [1, 2],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    },
    {
      inputs: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
        [
          [1, 2],
          [3, 4],
        ],
      ],
    },
  ],
  infer: ([x, y]) => {
    const left = x as AbstractValue;
    const right = y as AbstractValue;
    const { dtype, weak } = productType(left, right);
    return [{ shape: productSizes(left.shape, right.shape).shape, dtype, weak }];
  },
  reference: matmulReference,
  kernel: ([x, y]) => [matmulNumbers(x as Numbers, y as Numbers)],
  lower: (inputs) => {
    const [x, y] = inputs as readonly [AbstractValue, AbstractValue];
    const { dtype } = productType(x, y);
    return x.dtype === dtype && y.dtype === dtype
      ? matrixProduct(x.shape, y.shape)
      : composite((left, right) => apply(matmulOp, [cast(left, dtype), cast(right, dtype)]));
  },
  pullback: ({ inputs }, [cotangent], needs) => {
    const [left, right] = inputs as readonly [Tensor, Tensor];
    if (cotangent === undefined) return [undefined, undefined];
    return [
      needs[0] ? leftCotangent(cotangent, left, right) : undefined,
      needs[1] ? rightCotangent(cotangent, left, right) : undefined,
    ];
  },
  pushforward: "multilinear",
  batch: batchMatmul,
});

/** The products of examples: vectors become matrices, and the batches of all operands align. */
function batchMatmul({ inputs, batched }: BatchCall): readonly Tensor[] {
  const [left, right] = inputs as readonly [Tensor, Tensor];
  const shapes = inputs.map((input, i) => (batched[i] ? input.shape.slice(1) : input.shape));
  const [leftShape, rightShape] = shapes as [Shape, Shape];
  const rank = Math.max(2, leftShape.length, rightShape.length);
  const aligned = (operand: Tensor, matrix: Shape, isBatched: boolean): Tensor => {
    const ones = new Array<number>(rank - matrix.length).fill(1);
    return reshape(operand, isBatched ? [operand.shape[0] as number, ...ones, ...matrix] : matrix);
  };
  const row = leftShape.length === 1;
  const column = rightShape.length === 1;
  const product = matmul(
    aligned(left, row ? [1, ...leftShape] : leftShape, batched[0] === true),
    aligned(right, column ? [...rightShape, 1] : rightShape, batched[1] === true),
  );
  const shape = product.shape.filter(
    (_, axis) => !(row && axis === product.rank - 2) && !(column && axis === product.rank - 1),
  );
  return [reshape(product, shape)];
}

/** The dtype of a sum of products: that of the operands, and int32 for booleans. */
function productType(
  left: AbstractValue,
  right: AbstractValue,
): { readonly dtype: DType; readonly weak: boolean } {
  const type = promote([left, right]);
  return type.dtype === "bool" ? { dtype: "int32", weak: type.weak } : type;
}

function leftCotangent(cotangent: Tensor, left: Tensor, right: Tensor): Tensor {
  if (right.rank === 1)
    return left.rank === 1
      ? tensorArithmetic().multiply(cotangent, right)
      : outer(cotangent, right);
  return matmul(cotangent, transposed(right));
}

function rightCotangent(cotangent: Tensor, left: Tensor, right: Tensor): Tensor {
  if (left.rank === 1) {
    return right.rank === 1 ? tensorArithmetic().multiply(cotangent, left) : outer(left, cotangent);
  }
  // Of numbers the row times the matrix is the same sum of the same products, without a copy of the matrix.
  const isPlain = left.tracer === undefined && cotangent.tracer === undefined;
  if (isPlain && right.rank === 1 && left.rank === 2) return matmul(cotangent, left);
  return matmul(transposed(left), cotangent);
}

function matmulReference<S>(
  arithmetic: Arithmetic<S>,
  [x, y]: readonly NdArray<S>[],
): readonly NdArray<S>[] {
  const a = x as NdArray<S>;
  const b = y as NdArray<S>;
  const sizes = productSizes(a.shape, b.shape);
  const { rows, inner, columns } = sizes;
  const data: S[] = [];
  for (let k = 0; k < sizeOf(sizes.batch); k++) {
    const left = (sizes.left[k] as number) * rows * inner;
    const right = (sizes.right[k] as number) * inner * columns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let total: S | undefined;
        for (let m = 0; m < inner; m++) {
          const product = arithmetic.multiply(
            a.data[left + i * inner + m] as S,
            b.data[right + m * columns + j] as S,
          );
          total = total === undefined ? product : arithmetic.add(total, product);
        }
        data.push(total ?? arithmetic.literal(0));
      }
    }
  }
  return [{ shape: sizes.shape, data }];
}

function matmulNumbers(x: Numbers, y: Numbers): ArrayLike<number> {
  const { rows, inner, columns, batch, left, right } = productSizes(x.shape, y.shape);
  if (mayRound(x, y, inner)) return elementsOf(matmulReference(wrappingArithmetic(), [x, y]));
  const a = asDoubles(x.data);
  const b = asDoubles(y.data);
  const batches = sizeOf(batch);
  const result = new Float64Array(batches * rows * columns);
  for (let k = 0; k < batches; k++) {
    multiplyInto(result, a, b, {
      left: (left[k] as number) * rows * inner,
      right: (right[k] as number) * inner * columns,
      result: k * rows * columns,
      rows,
      inner,
      columns,
    });
  }
  return result;
}

function elementsOf([result]: readonly NdArray<number>[]): ArrayLike<number> {
  return (result as NdArray<number>).data;
}

function asDoubles(data: TypedArray): Float64Array {
  return data instanceof Float64Array ? data : Float64Array.from(data);
}

/**
 * The matrix product, with NumPy's rules: vectors stand as a row on the left and a column on the right,
 * leading axes are batches and broadcast.
 *
 * @throws SymtapeError (shape) if the inner sizes differ.
 * @example
 * matmul(tensor([[1, 2], [3, 4]]), tensor([5, 6])).toArray(); // [17, 39]
 */
export function matmul(x: TensorLike, y: TensorLike): Tensor {
  const left = asTensor(x);
  const right = asTensor(y);
  if (left.rank === 1 && right.rank > 2) {
    const product = matmul(reshape(left, [1, left.size]), right);
    return reshape(product, [...product.shape.slice(0, -2), product.shape.at(-1) as number]);
  }
  if (right.rank === 1 && left.rank > 2) {
    const product = matmul(left, reshape(right, [right.size, 1]));
    return reshape(product, product.shape.slice(0, -1));
  }
  return apply(matmulOp, [left, right]);
}

export const outerOp: Op = defineOp({
  name: "outer",
  inputs: ["x", "y"],
  notation: { kind: "call", tex: "#0 \\otimes #1", texPrecedence: PRECEDENCE.product },
  samples: [
    {
      inputs: [
        [1, 2],
        [3, 4, 5],
      ],
    },
  ],
  infer: ([x, y]) => {
    const left = x as AbstractValue;
    const right = y as AbstractValue;
    if (left.shape.length !== 1 || right.shape.length !== 1) {
      throw shapeError(
        "outer",
        `expected two vectors, got ${formatShape(left.shape)} and ${formatShape(right.shape)}.`,
        left.shape,
        right.shape,
      );
    }
    const { dtype, weak } = productType(left, right);
    return [{ shape: [left.shape[0] as number, right.shape[0] as number], dtype, weak }];
  },
  reference: outerReference,
  kernel: ([x, y]) => [outerNumbers(x as Numbers, y as Numbers)],
  lower: () => composite((x, y) => multiply(reshape(x, [...x.shape, 1]), y)),
  pullback: ({ inputs }, [cotangent], needs) => {
    const [left, right] = inputs as readonly [Tensor, Tensor];
    if (cotangent === undefined) return [undefined, undefined];
    return [
      needs[0] ? matmul(cotangent, right) : undefined,
      needs[1] ? matmul(left, cotangent) : undefined,
    ];
  },
  pushforward: "multilinear",
  batch: ({ inputs, batched }) => {
    const [x, y] = inputs as readonly [Tensor, Tensor];
    const column = reshape(x, [...x.shape, 1]);
    const [size, ...length] = y.shape as [number, ...number[]];
    return [multiply(column, batched[1] ? reshape(y, [size, 1, ...length]) : y)];
  },
});

function outerReference<S>(
  arithmetic: Arithmetic<S>,
  [x, y]: readonly NdArray<S>[],
): readonly NdArray<S>[] {
  const left = x as NdArray<S>;
  const right = y as NdArray<S>;
  const data = Array.from(left.data).flatMap((a) =>
    Array.from(right.data, (b) => arithmetic.multiply(a, b)),
  );
  return [{ shape: [...left.shape, ...right.shape], data }];
}

/** The matrix product of a column and a row. */
function outerNumbers(x: Numbers, y: Numbers): ArrayLike<number> {
  if (mayRound(x, y, 1)) return elementsOf(outerReference(wrappingArithmetic(), [x, y]));
  const rows = x.data.length;
  const columns = y.data.length;
  const result = new Float64Array(rows * columns);
  const place = { left: 0, right: 0, result: 0, rows, inner: 1, columns };
  multiplyInto(result, asDoubles(x.data), asDoubles(y.data), place);
  return result;
}

/**
 * All products of an element of x with an element of y: the matrix x·yᵀ of two vectors.
 *
 * @example
 * outer(tensor([1, 2]), tensor([3, 4])).toArray(); // [[3, 4], [6, 8]]
 */
export function outer(x: TensorLike, y: TensorLike): Tensor {
  return apply(outerOp, [x, y]);
}
