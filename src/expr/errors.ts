// Every error that symtape raises on purpose is a SymtapeError: what came, what was expected, how to mend it.

/** A place in a formula's text. Lines and columns count from one, offsets from zero. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly length: number;
}

/** The data that each kind of error carries beside its message. */
export interface ErrorData {
  /** Sizes that do not fit together. */
  readonly shape: {
    readonly operation: string;
    readonly shapes: readonly (readonly number[])[];
    readonly position?: SourcePosition;
  };
  /** A data type that an operation cannot take. */
  readonly dtype: {
    readonly operation: string;
    readonly dtypes: readonly string[];
    readonly position?: SourcePosition;
  };
  /** Text that the formula language cannot read. */
  readonly syntax: { readonly position?: SourcePosition };
  /** A name that nobody defined, or that is reserved. */
  readonly name: {
    readonly name: string;
    readonly suggestion?: string;
    readonly position?: SourcePosition;
  };
  /** A function called with the wrong number of arguments. */
  readonly arity: {
    readonly operation: string;
    readonly received: number;
    readonly expected: string;
    readonly position?: SourcePosition;
  };
  /** A bound on size or depth that was passed. */
  readonly limit: {
    readonly limit: string;
    readonly maximum: number;
    readonly position?: SourcePosition;
  };
  /** Something that is well formed but has no meaning here. */
  readonly unsupported: { readonly operation: string; readonly position?: SourcePosition };
  /** A call of the library that cannot work. */
  readonly usage: { readonly operation: string; readonly position?: SourcePosition };
  /** A derivative that does not exist or cannot be formed. */
  readonly gradient: { readonly operation: string };
  /** Stored data that is damaged, foreign or too new. */
  readonly format: { readonly path: string };
}

/** The named kinds of {@link SymtapeError}. */
export type ErrorKind = keyof ErrorData;

/**
 * The one error class of symtape. `kind` says what sort of mistake it is, `data` holds its particulars.
 *
 * @example
 * try {
 *   matmul(tensor([[1, 2, 3]]), tensor([[1, 2]]));
 * } catch (error) {
 *   error instanceof SymtapeError && error.kind; // "shape"
 * }
 */
export class SymtapeError<K extends ErrorKind = ErrorKind> extends Error {
  override readonly name: string = "SymtapeError";
  readonly kind: K;
  readonly data: ErrorData[K];

  constructor(kind: K, message: string, data: ErrorData[K]) {
    super(message);
    this.kind = kind;
    this.data = data;
  }
}

/** An error about a place in `text`: the message ends with the line and a caret under the column. */
export function errorAt<K extends Exclude<ErrorKind, "gradient" | "format">>(
  kind: K,
  message: string,
  data: ErrorData[K],
  text: string,
): SymtapeError<K> {
  const position = data.position;
  if (position === undefined) return new SymtapeError(kind, message, data);
  const line = text.split("\n")[position.line - 1] ?? "";
  return new SymtapeError(
    kind,
    `${message}\n  at line ${position.line}, column ${position.column}:\n${excerpt(line, position)}`,
    data,
  );
}

const EXCERPT_BEFORE = 40;
const EXCERPT_WIDTH = 80;

function excerpt(line: string, position: SourcePosition): string {
  const start = Math.max(0, position.column - 1 - EXCERPT_BEFORE);
  const shown = line.slice(start, start + EXCERPT_WIDTH);
  const caret = position.column - 1 - start;
  const carets = Math.max(1, Math.min(position.length, shown.length - caret));
  return `  ${shown}\n  ${" ".repeat(caret)}${"^".repeat(carets)}`;
}

/** The name among `candidates` that is closest to `name`, if one is close enough to be meant. */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 1 + Math.max(1, Math.floor(name.length / 3));
  if (name.length > 40) return undefined;
  for (const candidate of candidates) {
    const distance =
      candidate.toLowerCase() === name.toLowerCase() ? 0.5 : editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (previous[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(
        Math.min(substitution, (previous[j] as number) + 1, (current[j - 1] as number) + 1),
      );
    }
    previous = current;
  }
  return previous[right.length] as number;
}
