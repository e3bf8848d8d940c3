// Compositions in src/expr/ops/linalg.

import type { Composite } from "./composite.ts";

export const linalg: readonly Composite[] = [];
