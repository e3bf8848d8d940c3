// Whole numbers that are equally likely between two bounds.

import { SymtapeError } from "../../errors.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { floor } from "../comparison.ts";
import { cast } from "../movement/reshape.ts";
import { uniform } from "./uniform.ts";

/** The numbers that may be drawn: from `low`, 0 unless given, up to `high`, which is not among them. */
export interface IntegerBounds {
  readonly low?: number;
  readonly high: number;
}

/**
 * Whole numbers that are equally likely in low, …, high − 1: {@link uniform} numbers, rounded down. For a batch of
 * keys, each draws its own numbers along the leading axes.
 *
 * @param key int32 of shape [2], or [..., 2].
 * @returns int32 of shape [..., ...shape].
 * @throws SymtapeError (usage) if the bounds are no whole numbers of 32 bits, or `low` is not below `high`.
 * @example
 * random.integers(random.key(42), [5], { high: 10 }).toArray(); // [4, 0, 5, 7, 6]
 * random.integers(random.key(42), [], { low: -3, high: 4 }).item(); // -1
 */
export function integers(key: Tensor, shape: Shape, bounds: IntegerBounds): Tensor {
  const { low = 0, high } = bounds;
  if (!isInt32(low) || !isInt32(high - 1) || !(low < high)) {
    throw new SymtapeError(
      "usage",
      `integers: expected whole numbers low < high from -2^31 to 2^31, got ${low} and ${high}.`,
      { operation: "integers" },
    );
  }
  return cast(floor(uniform(key, shape, { low, high })), "int32");
}

function isInt32(value: number): boolean {
  return (value | 0) === value;
}
