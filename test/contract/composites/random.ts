// Compositions in src/expr/ops/random.

import type { Composite } from "./composite.ts";

export const random: readonly Composite[] = [];
