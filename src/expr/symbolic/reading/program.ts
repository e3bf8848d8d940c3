// A formula's text as steps in postfix order: what a stack machine does to build the graph.

import type { Source } from "./source.ts";

/** One step and where its text stands. */
export interface Step {
  readonly action: Action;
  readonly start: number;
  readonly end: number;
}

/** What a step does. */
export type Action =
  | { readonly kind: "number"; readonly value: number | boolean }
  | { readonly kind: "text"; readonly value: string }
  /** `unit` marks a name behind a number, as in `5 cm`. */
  | { readonly kind: "name"; readonly name: string; readonly unit: boolean }
  /** The last place along an axis of the value whose index stands open. */
  | { readonly kind: "last"; readonly axis: number }
  /** `chained` marks a product whose left side is a product or has a sign, without brackets: `2 * A * v`. */
  | {
      readonly kind: "operator";
      readonly name: string;
      readonly count: number;
      readonly chained?: boolean;
    }
  | { readonly kind: "call"; readonly name: string; readonly count: number }
  | { readonly kind: "chain"; readonly comparisons: readonly string[] }
  /** `x + p%`: x plus that part of x. */
  | { readonly kind: "percent"; readonly name: string }
  | { readonly kind: "range"; readonly count: number }
  | { readonly kind: "array"; readonly count: number }
  | { readonly kind: "open" }
  | { readonly kind: "index"; readonly count: number }
  | { readonly kind: "assign"; readonly name: string }
  | { readonly kind: "define"; readonly definition: Definition }
  /** The end of a statement: its value is the result so far. */
  | { readonly kind: "statement" };

/** A function that the text defines. */
export interface Definition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly steps: readonly Step[];
}

/** A text that has been read. */
export interface Program {
  readonly source: Source;
  readonly steps: readonly Step[];
  /** All names in the order in which they first occur. */
  readonly names: readonly string[];
  /** Names to which the text assigns a value or a function. */
  readonly assigned: ReadonlySet<string>;
  /** The function definition that the text ends with, if it ends with one. */
  readonly last: Definition | undefined;
}
