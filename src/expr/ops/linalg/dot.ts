// The inner product.

import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { reshape, transpose } from "../movement/reshape.ts";
import { shapeError } from "../structured.ts";
import { matmul } from "./matmul.ts";

/**
 * The product of NumPy's `dot`: the sum over the last axis of x and the only, or the last but one, axis of y.
 * That is the inner product of vectors [n] and the product of matrices; a scalar multiplies. All other axes stay,
 * those of x before those of y: [..., n] · [..., n, k] has the shape of x without n, then that of y without n.
 *
 * @throws SymtapeError (shape) if the sizes of the two axes differ.
 * @example
 * dot(tensor([1, 2]), tensor([3, 4])).item(); // 11
 * dot(tensor([[1, 2], [3, 4]]), tensor([5, 6])).toArray(); // [17, 39]
 */
export function dot(x: TensorLike, y: TensorLike): Tensor {
  const left = asTensor(x);
  const right = asTensor(y);
  if (left.rank === 0 || right.rank === 0) return multiply(left, right);
  const axis = Math.max(right.rank - 2, 0);
  const inner = right.shape[axis] as number;
  if (left.shape.at(-1) !== inner) {
    throw shapeError(
      "dot",
      `the last axis of x and ${right.rank === 1 ? "that" : "the last but one"} of y differ: ` +
        `${left.shape.at(-1)} ≠ ${inner}. Transpose one?`,
      left.shape,
      right.shape,
    );
  }
  if (right.rank <= 2) return matmul(left, right);
  const others = right.shape.map((_, i) => i).filter((i) => i !== axis);
  const lengths = others.map((i) => right.shape[i] as number);
  const count = lengths.reduce((size, length) => size * length, 1);
  const columns = reshape(transpose(right, [axis, ...others]), [inner, count]);
  return reshape(matmul(left, columns), [...left.shape.slice(0, -1), ...lengths]);
}
