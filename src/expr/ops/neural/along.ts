// Parameters of layers, such as biases and scales, that belong to some axes of a tensor.

import { formatShape, type Shape, sameShape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { reshape } from "../movement/reshape.ts";
import { shapeError } from "../structured.ts";

/** A parameter with the sizes of the given axes, shaped so that it broadcasts along all others. */
export function along(
  operation: string,
  name: string,
  parameter: TensorLike,
  shape: Shape,
  axes: readonly number[],
): Tensor {
  const value = asTensor(parameter);
  const expected = axes.map((axis) => shape[axis] as number);
  if (!sameShape(value.shape, expected)) {
    throw shapeError(
      operation,
      `${name} must have the shape ${formatShape(expected)}, the size of ${formatShape(shape)} along ` +
        `axis ${axes.join(" and ")}; got ${formatShape(value.shape)}. ` +
        `Use reshape or broadcastTo(${name}, ${formatShape(expected)}).`,
      value.shape,
      shape,
    );
  }
  return reshape(
    value,
    shape.map((length, axis) => (axes.includes(axis) ? length : 1)),
  );
}
