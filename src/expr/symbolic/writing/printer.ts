// The engine behind text and LaTeX: a graph is written out by templates, without recursion.

import type { SymbolicTensor } from "../../graph.ts";

/** How one value is written from its operands. */
export interface Written {
  /** The text, in which `#0`, `#1` stand for the operands. */
  readonly template: string;
  readonly operands: readonly SymbolicTensor[];
  /** How tightly the text binds. */
  readonly precedence: number;
  /** How tightly each operand must bind to stand without brackets. */
  readonly minimum: readonly number[];
  /** Whether it begins with an operator such as a minus. */
  readonly prefix?: boolean;
  /** Whether a chain of it grows to the left without brackets, as `a + b + c` does. */
  readonly chains?: boolean;
}

/** A way of writing, such as formula text or LaTeX. */
export interface Style {
  write(value: SymbolicTensor): Written;
  /** How a value of a given name is written. */
  name(name: string): Written;
  readonly open: string;
  readonly close: string;
  /** Whether an operand after the first needs brackets when it begins with an operator. */
  readonly bracketsPrefixes: boolean;
}

/** Writes `root`; values in `names` are written by name, except `root` itself. */
export function print(
  root: SymbolicTensor,
  style: Style,
  names: ReadonlyMap<SymbolicTensor, string>,
): string {
  const pieces: string[] = [];
  const work: (string | SymbolicTensor | Written)[] = [style.write(root)];
  while (work.length > 0) {
    const next = work.pop() as string | SymbolicTensor | Written;
    if (typeof next === "string") {
      pieces.push(next);
    } else if ("template" in next) {
      expand(next, style, names, work);
    } else {
      work.push(writtenOf(next, style, names));
    }
  }
  return pieces.join("");
}

/** How a value is written where it is an operand: by its name if it has one. */
export function writtenOf(
  value: SymbolicTensor,
  style: Style,
  names: ReadonlyMap<SymbolicTensor, string>,
): Written {
  const name = names.get(value);
  return name === undefined ? style.write(value) : style.name(name);
}

/** Whether operand `i` of `parent` stands in brackets. */
export function needsBrackets(parent: Written, i: number, child: Written, style: Style): boolean {
  if (child.precedence < (parent.minimum[i] ?? 0)) return true;
  const first = parent.template.startsWith(`#${i}`);
  return style.bracketsPrefixes && child.prefix === true && !first && (parent.minimum[i] ?? 0) > 0;
}

function expand(
  written: Written,
  style: Style,
  names: ReadonlyMap<SymbolicTensor, string>,
  work: (string | SymbolicTensor | Written)[],
): void {
  if (written.operands.length === 0) {
    work.push(written.template);
    return;
  }
  const parts = partsOf(written.template);
  for (let k = parts.length - 1; k >= 0; k--) {
    const part = parts[k] as string;
    if (k % 2 === 0) {
      if (part !== "") work.push(part);
      continue;
    }
    const index = Number(part);
    const child = writtenOf(written.operands[index] as SymbolicTensor, style, names);
    if (needsBrackets(written, index, child, style)) work.push(style.close, child, style.open);
    else work.push(child);
  }
}

const PARTS = new Map<string, readonly string[]>();
const MOST_TEMPLATES = 1000;

/** A template cut at its placeholders; every second part is the number of an operand. */
function partsOf(template: string): readonly string[] {
  const known = PARTS.get(template);
  if (known !== undefined) return known;
  const parts = template.split(/#(\d+)/);
  if (PARTS.size >= MOST_TEMPLATES) PARTS.clear();
  PARTS.set(template, parts);
  return parts;
}
