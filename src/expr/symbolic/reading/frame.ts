// Where a formula's machine stands: in the text, or in a call of one of its functions.

import type { Definition, Step } from "./program.ts";
import type { Locals } from "./scope.ts";

/** The text of the program, or a call of one of its functions. */
export interface Frame {
  readonly steps: readonly Step[];
  readonly locals: Locals;
  readonly definition: Definition | undefined;
  readonly memo: string;
  at: number;
}

export function newFrame(
  steps: readonly Step[],
  locals: Locals = new Map(),
  definition?: Definition,
  memo = "",
): Frame {
  return { steps, locals, definition, memo, at: 0 };
}
