// Reports are plain data that can be copied and compared; read as a text they give a message.

import type { NestedArray } from "../../expr/tensor.ts";

/** The data with a `toString()` that copies and comparisons do not see. */
export function readable<T extends object>(data: T, text: (data: T) => string): T {
  return Object.defineProperty(data, "toString", { value: () => text(data) });
}

const LONGEST = 80;

/** Numbers as text, cut where they are too many to be read. */
export function shown(values: NestedArray): string {
  if (typeof values === "number") return String(values);
  const text = textOf(values);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

/** Like JSON, with NaN and the infinities by their names. */
function textOf(values: NestedArray): string {
  return typeof values === "number" ? String(values) : `[${values.map(textOf).join(", ")}]`;
}

/** Lines under a heading. */
export function indented(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join("");
}
