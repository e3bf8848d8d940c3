// Compositions that work element by element.

import { logBase, type Tensor } from "../../../src/expr/index.ts";
import type { Composite } from "./composite.ts";

export const pointwise: readonly Composite[] = [
  {
    name: "logBase",
    cases: [
      { inputs: [8, 3], call: (x, base) => logBase(x as Tensor, base as Tensor) },
      { inputs: [[0.5, 2], 1.5], call: (x, base) => logBase(x as Tensor, base as Tensor) },
    ],
  },
];
