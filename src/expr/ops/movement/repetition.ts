// Copies of a tensor side by side, and of every element beside itself.

import { normalizeAxes, type Shape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { shapeError } from "../structured.ts";
import { type AxisOption, gather } from "./gather.ts";
import { broadcastTo, reshape } from "./reshape.ts";

/**
 * Copies of the tensor side by side, `reps` along each axis; one number or a short list counts for the last
 * axes, as in NumPy, and a long list puts new axes in front.
 *
 * @throws SymtapeError (shape) if a count is no whole number from 0.
 * @example
 * tile(tensor([1, 2]), 2).toArray(); // [1, 2, 1, 2]
 * tile(tensor([1, 2]), [2, 1]).toArray(); // [[1, 2], [1, 2]]
 */
export function tile(x: TensorLike, reps: number | readonly number[]): Tensor {
  const input = asTensor(x);
  const list = typeof reps === "number" ? [reps] : reps;
  checkCounts("tile", list, input.shape);
  const rank = Math.max(list.length, input.rank);
  const ones = (count: number): number[] => new Array<number>(count).fill(1);
  const counts = [...ones(rank - list.length), ...list];
  const sizes = [...ones(rank - input.rank), ...input.shape];
  const apart = reshape(
    input,
    sizes.flatMap((length) => [1, length]),
  );
  const copies = broadcastTo(
    apart,
    sizes.flatMap((length, axis) => [counts[axis] as number, length]),
  );
  return reshape(
    copies,
    sizes.map((length, axis) => length * (counts[axis] as number)),
  );
}

/**
 * Every element, or with an `axis` every slice across it, `count` times in a row; a list gives each its own
 * count. Without an axis the elements are taken in row-major order, as in NumPy.
 *
 * @throws SymtapeError (shape) if a count is no whole number from 0, or a list does not fit the axis.
 * @example
 * repeat(tensor([1, 2]), 2).toArray(); // [1, 1, 2, 2]
 * repeat(tensor([[1, 2], [3, 4]]), [1, 2], { axis: 0 }).toArray(); // [[1, 2], [3, 4], [3, 4]]
 */
export function repeat(
  x: TensorLike,
  count: number | readonly number[],
  options: AxisOption = {},
): Tensor {
  if (options.axis === undefined) return repeat(reshape(x, [-1]), count, { axis: 0 });
  const input = asTensor(x);
  const { shape } = input;
  const [axis] = normalizeAxes("repeat", options.axis, input.rank) as [number];
  const length = shape[axis] as number;
  checkCounts("repeat", typeof count === "number" ? [count] : count, shape);
  if (typeof count === "number") {
    const apart = reshape(input, shape.toSpliced(axis + 1, 0, 1));
    const copies = broadcastTo(apart, shape.toSpliced(axis + 1, 0, count));
    return reshape(copies, shape.with(axis, length * count));
  }
  if (count.length !== length) {
    throw shapeError(
      "repeat",
      `axis ${axis} has ${length} places, but ${count.length} counts were given. Give one count for each ` +
        "place, or one number for all.",
      shape,
    );
  }
  const places = count.flatMap((times, place) => new Array<number>(times).fill(place));
  return gather(input, places, { axis });
}

function checkCounts(operation: string, counts: readonly number[], shape: Shape): void {
  const odd = counts.find((count) => !Number.isInteger(count) || count < 0);
  if (odd === undefined) return;
  throw shapeError(operation, `a count of copies is a whole number from 0, got ${odd}.`, shape);
}
