// Unit tensors: the seeds with which a Jacobian is read row by row.

import { allocate, type DType, type Shape, sizeOf } from "../expr/shape.ts";
import { ConcreteTensor } from "../expr/tensor.ts";

/** Zeros of the shape and dtype of `like`, with a 1 at place `k` in row-major order. */
export function oneHot(
  like: { readonly shape: Shape; readonly dtype: DType },
  k: number,
): ConcreteTensor {
  const data = allocate(like.dtype, sizeOf(like.shape));
  data[k] = 1;
  return new ConcreteTensor(like.shape, like.dtype, data);
}
