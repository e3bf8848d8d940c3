// format(): a graph as text of the formula language, which parse() reads back as the same graph.

import { nameOf } from "../../evaluation.ts";
import { type Formula, isFormula } from "../../formula.ts";
import { Graph, SymbolicTensor } from "../../graph.ts";
import { PRECEDENCE } from "../../op.ts";
import { inputOp } from "../../ops/leaves.ts";
import type { Shape } from "../../shape.ts";
import type { ConcreteTensor, Tensor } from "../../tensor.ts";
import { writeText } from "./notation.ts";
import { print, type Style, type Written } from "./printer.ts";
import { planSharing, type Share } from "./sharing.ts";

export interface FormatOptions {
  /**
   * Whether parts that are used several times are written once, as assignments such as `t1 = exp(x)`.
   * `true` also writes the named definitions of a formula; `auto`, the default, does so only where the
   * text in one piece would be too long or too deep.
   */
  readonly share?: Share;
}

/**
 * The text of an expression or formula. `parse` makes the same graph of it, given the same shapes and, where
 * it holds functions in disguise such as `log(1 + x)`, `{ stable: false }`. Not written are dtypes of inputs
 * and constants; constants of more than 16 elements come back equal in value only.
 *
 * @example
 * const x = symbol("x");
 * format(multiply(add(x, 1), x)); // "(x + 1) * x"
 */
export function format(expression: Tensor | Formula, options: FormatOptions = {}): string {
  const root = rootOf(expression);
  const names = planSharing(root, TEXT, options.share ?? "auto");
  const lines = [...names].map(([value, name]) => `${name} = ${print(value, TEXT, names)}`);
  if (!names.has(root)) lines.push(print(root, TEXT, names));
  return lines.join("\n");
}

/** The node that an expression ends in; plain data becomes a constant. */
export function rootOf(expression: Tensor | Formula): SymbolicTensor {
  const value = isFormula(expression) ? expression.output : expression;
  return value instanceof SymbolicTensor ? value : new Graph().adopt(value);
}

const TEXT: Style = {
  open: "(",
  close: ")",
  bracketsPrefixes: false,
  name: atom,
  write: (value) => {
    const { node } = value;
    if (node.op === inputOp) return atom(nameOf(value));
    if (node.value !== undefined) return constantText(node.value, node.params.name);
    return writeText(value);
  },
};

function atom(template: string): Written {
  return { template, operands: [], precedence: PRECEDENCE.atom, minimum: [] };
}

function constantText(value: ConcreteTensor, name: unknown): Written {
  if (typeof name === "string") return atom(name);
  const write = value.dtype === "bool" ? truthText : numberText;
  if (value.rank > 0) return patternText(value) ?? atom(arrayText(value, 0, 0, write));
  const text = write(value.at(0));
  return text.startsWith("-")
    ? { ...atom(text), precedence: PRECEDENCE.prefix, prefix: true }
    : atom(text);
}

/** Tensors of up to this many elements are written out even if all are equal. */
const MOST_EQUAL = 16;

/** An identity matrix, and a large tensor that holds one number, by name. */
function patternText(value: ConcreteTensor): Written | undefined {
  const { shape, size, dtype } = value;
  if (dtype !== "float64" || size < 4) return undefined;
  if (isIdentity(value)) return atom(`eye(${shape[0]})`);
  const first = value.at(0);
  if (size <= MOST_EQUAL) return undefined;
  for (let i = 1; i < size; i++) if (!Object.is(value.at(i), first)) return undefined;
  const sizes = shape.join(", ");
  if (first === 1) return atom(`ones(${sizes})`);
  if (Object.is(first, 0)) return atom(`zeros(${sizes})`);
  return { ...atom(`${numberText(first)} * ones(${sizes})`), precedence: PRECEDENCE.product };
}

function isIdentity(value: ConcreteTensor): boolean {
  const [rows, columns] = value.shape;
  if (value.rank !== 2 || rows !== columns) return false;
  for (let i = 0; i < value.size; i++) {
    const wanted = i % ((rows as number) + 1) === 0 ? 1 : 0;
    if (!Object.is(value.at(i), wanted)) return false;
  }
  return true;
}

/** The shortest digits that give the same number again. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function truthText(value: number): string {
  return value === 0 ? "false" : "true";
}

/** A constant tensor as nested brackets; rows of a matrix are separated by semicolons. */
function arrayText(
  value: ConcreteTensor,
  axis: number,
  start: number,
  write: (element: number) => string,
): string {
  const { shape } = value;
  const matrix = shape.length === 2 && shape[0] !== 0 && shape[1] !== 0;
  if (matrix) {
    const rows = Array.from({ length: shape[0] as number }, (_, row) =>
      elements(value, row * (shape[1] as number), shape[1] as number, write),
    );
    return rows.length === 1 ? `[[${rows[0]}]]` : `[${rows.join("; ")}]`;
  }
  const length = shape[axis] as number;
  if (axis === shape.length - 1) return `[${elements(value, start, length, write)}]`;
  const step = sizeFrom(shape, axis + 1);
  const parts = Array.from({ length }, (_, i) =>
    arrayText(value, axis + 1, start + i * step, write),
  );
  return `[${parts.join(", ")}]`;
}

function elements(
  value: ConcreteTensor,
  start: number,
  length: number,
  write: (element: number) => string,
): string {
  return Array.from({ length }, (_, i) => write(value.at(start + i))).join(", ");
}

function sizeFrom(shape: Shape, axis: number): number {
  return shape.slice(axis).reduce((size, length) => size * length, 1);
}
