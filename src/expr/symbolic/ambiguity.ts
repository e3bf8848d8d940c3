// Where max(x, 1) could be read in two ways: as the largest elements along axis 1, and element by element.

import { SymbolicTensor } from "../graph.ts";
import type { Tensor } from "../tensor.ts";

/** Whether the second argument is a number that is the number of an axis of the first. */
export function isMistakableForAxis(first: Tensor, second: Tensor): boolean {
  const value = second instanceof SymbolicTensor ? second.node.value : undefined;
  if (value === undefined || value.rank > 0) return false;
  const number = value.at(0);
  return Number.isInteger(number) && number >= 1 && number <= first.rank;
}
