// Compositions in src/expr/ops/movement.

import { moveAxis, type Tensor } from "../../../src/expr/index.ts";
import type { Composite } from "./composite.ts";

export const movement: readonly Composite[] = [
  {
    name: "moveAxis",
    cases: [{ inputs: [[[[1, 2, 3]]]], call: (x) => moveAxis(x as Tensor, -1, 0) }],
  },
];
