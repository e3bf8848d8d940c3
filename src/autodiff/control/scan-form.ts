// The form of a scan: which inputs are its state, its sequences and its captures.

import type { ScanForm } from "../../expr/op.ts";

export type { ScanForm } from "../../expr/op.ts";

export interface ScanGroups<T> {
  readonly carry: T[];
  readonly xs: T[];
  readonly captures: T[];
}

/** The inputs of a scan or of its body, by what they are. */
export function groupsOf<T>(form: ScanForm, inputs: readonly T[]): ScanGroups<T> {
  const { carries, sequences } = form;
  return {
    carry: inputs.slice(0, carries),
    xs: inputs.slice(carries, carries + sequences),
    captures: inputs.slice(carries + sequences),
  };
}
