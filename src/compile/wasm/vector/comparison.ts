// Comparisons, logic and choice: truth values are masks, all bits of a lane or none.

import type { Value } from "../function-builder.ts";
import { direct } from "./arithmetic.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

/** An operation on bits, whatever the lanes are. */
function bits(instruction: string): VectorFunction {
  return (b, _, operands) => b.emit(`v128.${instruction}`, operands);
}

const where: VectorFunction = (b, _, operands) => {
  const [condition, x, y] = operands as readonly [Value, Value, Value];
  return b.emit("v128.bitselect", [x, y, condition]);
};

/**
 * `and`, `or`, `xor`, `not` and the condition of `where` take masks: of numbers, the lanes that are not 0, NaN
 * included.
 */
export const comparisonFunctions: VectorFunctions = {
  equal: direct("eq"),
  notEqual: direct("ne"),
  less: direct("lt"),
  lessEqual: direct("le"),
  greater: direct("gt"),
  greaterEqual: direct("ge"),
  and: bits("and"),
  or: bits("or"),
  xor: bits("xor"),
  not: bits("not"),
  where,
};
