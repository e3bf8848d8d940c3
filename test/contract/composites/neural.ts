// Compositions in src/expr/ops/neural.

import type { Composite } from "./composite.ts";

export const neural: readonly Composite[] = [];
