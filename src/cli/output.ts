// Output: JSON that keeps NaN and infinities, and stories as text with colour where a terminal shows it.

import { styleText } from "node:util";
import stringWidth from "string-width";
import type { Block } from "../explain/story.ts";
import type { NestedArray } from "../expr/tensor.ts";

/** Prints data as JSON; numbers that JSON lacks become the strings "NaN", "Infinity", "-Infinity". */
export function printJson(value: unknown): void {
  const text = JSON.stringify(
    value,
    (_, item: unknown) =>
      typeof item === "number" && !Number.isFinite(item) ? String(item) : item,
    2,
  );
  process.stdout.write(`${text}\n`);
}

/** A number, or numbers in nested lists, as text: `[[1,2],[NaN,-Infinity]]`. */
export function valueText(value: NestedArray): string {
  return typeof value === "number" ? String(value) : `[${value.map(valueText).join(",")}]`;
}

type Style = Parameters<typeof styleText>[0];

/** Colours text on a terminal; `NO_COLOR` and pipes get it plain. */
function paint(style: Style, text: string): string {
  return colored() ? styleText(style, text, { validateStream: false }) : text;
}

function colored(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true;
  return process.stdout.isTTY === true && TERM !== "dumb";
}

function width(): number {
  return Math.max(40, Math.min(process.stdout.columns ?? 100, 100));
}

/** Prints a story: an empty line between blocks, but none between equations and what introduces them. */
export function printStory(blocks: readonly Block[]): void {
  let text = "";
  blocks.forEach((block, i) => {
    const previous = blocks[i - 1]?.kind;
    const close = block.kind === "equation" && (previous === "equation" || previous === "note");
    text += i === 0 ? "" : close ? "\n" : "\n\n";
    text += blockText(block);
  });
  process.stdout.write(`${text}\n`);
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "title":
      return paint("bold", wrap(block.text).join("\n"));
    case "heading":
      return paint(["bold", "cyan"], block.text);
    case "text":
      return wrap(block.text).join("\n");
    case "equation":
      return paint("green", `    ${block.text}`);
    case "note":
      return paint("dim", `  ${wrap(block.text).join("\n  ")}`);
    case "table":
      return tableText(block.columns, block.rows);
  }
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && stringWidth(`${line} ${word}`) > width()) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Whether a cell is a number, or stands in a column of numbers without being one. */
function isNumeric(cell: string): boolean {
  return /^([-+]?(\d[\d.]*(e[-+]?\d+)?|Infinity)|NaN|–|)$/.test(cell);
}

/** Columns aligned by the width of their characters; columns of numbers stand at the right. */
function tableText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, c) => Math.max(...lines.map((row) => stringWidth(row[c] ?? ""))));
  const right = columns.map((_, c) => rows.every((row) => isNumeric(row[c] ?? "")));
  const lineText = (row: readonly string[]): string =>
    row
      .map((cell, c) => {
        const gap = " ".repeat((widths[c] as number) - stringWidth(cell));
        return right[c] ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  const header = columns.every((column) => column === "") ? [] : [paint("bold", lineText(columns))];
  const rule = paint(
    "dim",
    widths
      .map((size) => "─".repeat(size))
      .join("  ")
      .trimEnd(),
  );
  return [...header, rule, ...rows.map(lineText)].map((line) => `  ${line}`).join("\n");
}
