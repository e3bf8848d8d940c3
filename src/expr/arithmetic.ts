// Scalar arithmetic as a value: one text of an operation runs on numbers, complex numbers and graph nodes.

import type { PointwiseName } from "./ops/pointwise.gen.ts";
import { broadcastStrides, type DType, type Shape, sizeOf, type TypedArray } from "./shape.ts";
import type { ConstantName } from "./tensor.ts";

/** All pointwise operations over scalars of type `S`. */
export type Arithmetic<S> = Readonly<Record<PointwiseName, (...operands: S[]) => S>> & {
  literal(value: number): S;
  constant(name: ConstantName): S;
  /** The zero of a branch that does not apply: it stands for nothing and stays zero in every product. */
  readonly nothing: S;
  /** The branch that the condition names; only that one is computed where the condition is known. */
  choose(condition: S, yes: () => S, no: () => S): S;
  /**
   * Like `choose`, for special values in rules. The condition looks at `operands`; where one of them has no
   * number yet, as a symbol, the condition is not formed and the general rule `no` stands alone.
   */
  guard(operands: readonly S[], condition: () => S, yes: () => S, no: () => S): S;
  /** 1 where nothing differentiates by `x`, so that a rule may take a simpler form for its value. */
  fixed(x: S): S;
  /**
   * The number that a scalar holds, for operations that look at their operands: places, orders, pivots. Of
   * a complex number it is the real part; a symbol has none yet.
   */
  numberOf(x: S): number | undefined;
  /** The arithmetic for a function whose derivative is a rule of its own, where it is another one. */
  readonly forOwnRules?: Arithmetic<S>;
};

/** Elements of any kind in row-major order. */
export interface NdArray<S> {
  readonly shape: Shape;
  readonly data: ArrayLike<S>;
}

/** Plain data as kernels read it. */
export interface Numbers extends NdArray<number> {
  readonly dtype: DType;
  readonly data: TypedArray;
}

/** Applies `f` element by element over broadcast operands. */
export function mapElements<S>(
  operands: readonly NdArray<S>[],
  shape: Shape,
  f: (...elements: S[]) => S,
): NdArray<S> {
  const indices = operands.map((operand) => broadcastIndices(operand.shape, shape));
  const data = Array.from({ length: sizeOf(shape) }, (_, i) =>
    f(...operands.map((operand, k) => operand.data[(indices[k] as Int32Array)[i] as number] as S)),
  );
  return { shape, data };
}

/** For every element of `target`, where in an array of `shape` it comes from. */
export function broadcastIndices(shape: Shape, target: Shape): Int32Array {
  return stridedIndices(target, broadcastStrides(shape, target), 0);
}

/** The offsets that a strided walk over `shape` visits, in row-major order. */
export function stridedIndices(
  shape: Shape,
  strides: readonly number[],
  start: number,
): Int32Array {
  const size = sizeOf(shape);
  const indices = new Int32Array(size);
  const counter = shape.map(() => 0);
  let offset = start;
  for (let i = 0; i < size; i++) {
    indices[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      const stride = strides[axis] as number;
      counter[axis] = (counter[axis] as number) + 1;
      offset += stride;
      if ((counter[axis] as number) < length) break;
      offset -= stride * length;
      counter[axis] = 0;
    }
  }
  return indices;
}
