// at(): tensors never change, so writing to places gives a new tensor.

import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { type AxisIndex, selection } from "./places.ts";
import { selected, withAdded, withValues } from "./selecting.ts";

/** Places of a tensor, to read, to write over or to add to. */
export interface Region {
  /** The elements there, as `index` gives them. */
  get(): Tensor;
  /** The tensor with these values there. Where a place is named several times, the last value stays. */
  set(values: TensorLike): Tensor;
  /** The tensor with these values added there. Where a place is named several times, all are added. */
  add(values: TensorLike): Tensor;
}

/**
 * Places of a tensor, named as in `index`: numbers, ranges, int32 tensors or arrays of whole numbers. `set` and
 * `add` leave x as it is and give a tensor of its shape. Values have the shape of `get()`, or one that
 * broadcasts to it; dtypes are promoted. A value that `set` writes over at once has the derivative 0.
 *
 * @throws SymtapeError (shape) for a place outside the tensor or values that do not fit; (dtype) for places that
 * are not int32.
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * at(x, [0, { start: 1 }]).set(tensor([8, 9])).toArray(); // [[1, 8, 9], [4, 5, 6]]
 * at(x, [{}, [0, 0]]).add(10).toArray(); // [[21, 2, 3], [24, 5, 6]]
 * at(x, [[0, 1], [2, 0]]).get().toArray(); // [3, 4]
 * at(x, [[0, 0]]).set(tensor([[1, 1, 1], [7, 8, 9]])).toArray(); // [[7, 8, 9], [4, 5, 6]]
 */
export function at(x: TensorLike, places: readonly AxisIndex[]): Region {
  const input = asTensor(x);
  const region = selection("at", input.shape, places);
  return {
    get: () => selected(input, region),
    set: (values) => withValues(input, region, asTensor(values)),
    add: (values) => withAdded(input, region, asTensor(values)),
  };
}
