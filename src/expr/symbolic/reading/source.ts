// A formula's text with a table of its lines, so that any place in it is found at once.

import {
  type ErrorData,
  type ErrorKind,
  errorAt,
  type SourcePosition,
  SymtapeError,
} from "../../errors.ts";

/** The kinds of error that can point at a place. */
export type PlacedKind = Exclude<ErrorKind, "gradient" | "format">;

type WithoutPosition<T> = Omit<T, "position">;

export class Source {
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#lineStarts.push(at + 1);
    }
  }

  /** The place of the text from `start` up to `end`. */
  position(start: number, end: number): SourcePosition {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= start) low = middle;
      else high = middle - 1;
    }
    return {
      line: low + 1,
      column: start - (this.#lineStarts[low] as number) + 1,
      offset: start,
      length: Math.max(1, end - start),
    };
  }

  /** An error that points at the text from `start` up to `end`. */
  error<K extends PlacedKind>(
    kind: K,
    message: string,
    data: WithoutPosition<ErrorData[K]>,
    start: number,
    end: number,
  ): SymtapeError {
    const placed = { ...data, position: this.position(start, end) } as ErrorData[K];
    return errorAt<PlacedKind>(kind, message, placed as ErrorData[PlacedKind], this.text);
  }

  /** The same error with a place, where it has none yet. */
  placed(error: unknown, start: number, end: number): unknown {
    if (error instanceof RangeError && !error.message.includes("call stack")) {
      const data = { limit: "size", maximum: MAXIMUM_SIZE };
      return this.error("limit", "a value of the formula is too large.", data, start, end);
    }
    if (error instanceof RangeError) {
      return this.error(
        "limit",
        TOO_DEEP,
        { limit: "nesting", maximum: MAXIMUM_NESTING },
        start,
        end,
      );
    }
    if (!(error instanceof SymtapeError) || "position" in error.data) return error;
    if (error.kind === "gradient" || error.kind === "format") return error;
    const kind: PlacedKind = error.kind;
    return this.error(kind, error.message, error.data as ErrorData[PlacedKind], start, end);
  }
}

/** What JavaScript can hold in one array. */
const MAXIMUM_SIZE = 2 ** 32 - 1;

/** How many brackets may stand inside each other. */
export const MAXIMUM_NESTING = 200;

export const TOO_DEEP: string = `the formula is nested more than ${MAXIMUM_NESTING} levels deep. Give its parts names: u = …`;
