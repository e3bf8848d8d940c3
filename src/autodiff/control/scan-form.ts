// The form of a scan: which inputs are its state, its sequences and its captures.

/**
 * The inputs of the body are the state, an element of each sequence and the captures; its outputs are the next
 * state and results.
 */
export interface ScanForm {
  readonly carries: number;
  readonly sequences: number;
  readonly length: number;
  readonly reverse: boolean;
}

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
