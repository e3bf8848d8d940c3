// A story is text, equations and tables in order: what a lesson tells, before anyone decides how it looks.

/** One piece of a story. */
export type Block =
  | { readonly kind: "title" | "heading" | "text" | "equation" | "note"; readonly text: string }
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export const title = (text: string): Block => ({ kind: "title", text });
export const heading = (text: string): Block => ({ kind: "heading", text });
export const paragraph = (text: string): Block => ({ kind: "text", text });
export const equation = (text: string): Block => ({ kind: "equation", text });
export const note = (text: string): Block => ({ kind: "note", text });
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  kind: "table",
  columns,
  rows,
});
