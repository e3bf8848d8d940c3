// The cross product of vectors in space.

import { formatShape, normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { multiply, subtract } from "../arithmetic.ts";
import { moveAxis } from "../movement/reshape.ts";
import { roll } from "../movement/roll.ts";
import { shapeError } from "../structured.ts";

/** The axis along which the three components of a vector lie. */
export interface CrossOptions {
  /** The last unless given; the same place in both operands. */
  readonly axis?: number;
}

/**
 * The cross product of vectors with three components along `axis`; other axes broadcast. It is at right angles
 * to both and as long as the parallelogram between them is large.
 *
 * @throws SymtapeError (shape) if there are not three components, or the other axes do not broadcast.
 * @example
 * cross(tensor([1, 0, 0]), tensor([0, 1, 0])).toArray(); // [0, 0, 1]
 * cross(tensor([[1, 2, 3], [4, 5, 6]]), tensor([0, 0, 1])).toArray(); // [[2, -1, 0], [5, -4, 0]]
 */
export function cross(x: TensorLike, y: TensorLike, options: CrossOptions = {}): Tensor {
  const { axis = -1 } = options;
  const left = components(asTensor(x, "cross"), axis);
  const right = components(asTensor(y, "cross"), axis);
  const next = (vector: Tensor, places: number): Tensor => roll(vector, -places, { axis: -1 });
  const product = subtract(
    multiply(next(left, 1), next(right, 2)),
    multiply(next(left, 2), next(right, 1)),
  );
  return moveAxis(product, -1, axis);
}

/** The vectors along the last axis. */
function components(vectors: Tensor, along: number): Tensor {
  const [axis] = normalizeAxes("cross", along, vectors.rank) as [number];
  if (vectors.shape[axis] === 3) return moveAxis(vectors, axis, -1);
  throw shapeError(
    "cross",
    `vectors have 3 components, but axis ${axis} of ${formatShape(vectors.shape)} has ` +
      `${vectors.shape[axis]}. Name another axis, or give a vector in the plane a component 0.`,
    vectors.shape,
  );
}
