// Functions that are compositions of operations: the contract suite asks of them what it asks of operations.

import type { Composite } from "./composite.ts";
import { linalg } from "./linalg.ts";
import { movement } from "./movement.ts";
import { neural } from "./neural.ts";
import { pointwise } from "./pointwise.ts";
import { random } from "./random.ts";
import { reductions } from "./reductions.ts";

export type { Composite } from "./composite.ts";

export const composites: readonly Composite[] = [
  ...pointwise,
  ...reductions,
  ...movement,
  ...linalg,
  ...neural,
  ...random,
];
