// What a pointwise operation is in a vector kernel.

import type { FloatLanes } from "../floats.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";

/**
 * Writes an operation on vectors. Numbers are vectors of floats; truth values, operands as well as results, are masks:
 * all bits of a lane or none.
 */
export type VectorFunction = (
  builder: FunctionBuilder,
  lanes: FloatLanes,
  operands: readonly Value[],
) => Value;

/** Operations by their names. */
export type VectorFunctions = Readonly<Record<string, VectorFunction>>;
