// Differences of neighbours.

import { SymtapeError } from "../../errors.ts";
import { normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { subtract } from "../arithmetic.ts";
import { type AxisIndex, index } from "../movement/indexing.ts";

export interface DiffOptions {
  /** How many times over, 1 unless given. */
  readonly n?: number;
  /** The last unless given. */
  readonly axis?: number;
}

/**
 * The differences of neighbours along an axis, x[i + 1] − x[i], one fewer than there are elements; with `n` the
 * differences of these, n times over.
 *
 * @throws SymtapeError (usage) if `n` is no whole number from 0; (shape) for a scalar.
 * @example
 * diff(tensor([1, 4, 9, 16])).toArray(); // [3, 5, 7]
 * diff(tensor([1, 4, 9, 16]), { n: 2 }).toArray(); // [2, 2]
 * diff(tensor([[1, 2], [4, 8]]), { axis: 0 }).toArray(); // [[3, 6]]
 */
export function diff(x: TensorLike, options: DiffOptions = {}): Tensor {
  const { n = 1 } = options;
  if (!Number.isInteger(n) || n < 0) {
    throw new SymtapeError("usage", `diff: n is a whole number from 0, got ${n}.`, {
      operation: "diff",
    });
  }
  let values = asTensor(x, "diff");
  const [axis] = normalizeAxes("diff", options.axis ?? -1, values.rank) as [number];
  const before = new Array<AxisIndex>(axis).fill({});
  for (let i = 0; i < n; i++) {
    const first = index(values, [...before, { stop: -1 }]);
    values = subtract(index(values, [...before, { start: 1 }]), first);
  }
  return values;
}
