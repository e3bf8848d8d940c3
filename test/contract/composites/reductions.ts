// Compositions in src/expr/ops/reductions.

import type { Composite } from "./composite.ts";

export const reductions: readonly Composite[] = [];
