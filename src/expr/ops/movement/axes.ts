// Axes of length 1, dropped and put in.

import { formatShape, normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { shapeError } from "../structured.ts";
import { reshape } from "./reshape.ts";

/**
 * The tensor without axes of length 1: all of them, or those that `axis` names.
 *
 * @throws SymtapeError (shape) if a named axis has another length.
 * @example
 * squeeze(tensor([[[1], [2]]])).shape; // [2]
 * squeeze(tensor([[[1], [2]]]), { axis: 0 }).shape; // [2, 1]
 */
export function squeeze(
  x: TensorLike,
  options: { readonly axis?: number | readonly number[] } = {},
): Tensor {
  const input = asTensor(x);
  const { shape } = input;
  if (options.axis === undefined) {
    return reshape(
      input,
      shape.filter((length) => length !== 1),
    );
  }
  const axes = normalizeAxes("squeeze", options.axis, input.rank);
  const long = axes.find((axis) => shape[axis] !== 1);
  if (long !== undefined) {
    throw shapeError(
      "squeeze",
      `axis ${long} of ${formatShape(shape)} has length ${shape[long]}; only axes of length 1 can be ` +
        "dropped. Take one place with index(), or combine them with sum()?",
      shape,
    );
  }
  return reshape(
    input,
    shape.filter((_, axis) => !axes.includes(axis)),
  );
}

/**
 * The tensor with new axes of length 1, at the places that they have in the result.
 *
 * @example
 * expandDims(tensor([1, 2]), 0).shape; // [1, 2]
 * expandDims(tensor([1, 2]), [0, -1]).shape; // [1, 2, 1]
 */
export function expandDims(x: TensorLike, axis: number | readonly number[]): Tensor {
  const input = asTensor(x);
  const count = typeof axis === "number" ? 1 : axis.length;
  const axes = normalizeAxes("expandDims", axis, input.rank + count);
  const shape = axes.reduce<readonly number[]>(
    (sizes, at) => sizes.toSpliced(at, 0, 1),
    input.shape,
  );
  return reshape(input, shape);
}
