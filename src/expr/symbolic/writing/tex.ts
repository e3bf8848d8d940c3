// toTex(): a graph as LaTeX that KaTeX can set.

import { nameOf } from "../../evaluation.ts";
import type { Formula } from "../../formula.ts";
import type { SymbolicTensor } from "../../graph.ts";
import { PRECEDENCE } from "../../op.ts";
import { pow } from "../../ops/arithmetic.ts";
import { inputOp } from "../../ops/leaves.ts";
import type { ConcreteTensor, Tensor } from "../../tensor.ts";
import { numberText, rootOf } from "./format.ts";
import { notedOf, operatorMinimum, placeholders } from "./notation.ts";
import { print, type Style, type Written } from "./printer.ts";
import { planSharing, type Share } from "./sharing.ts";
import { symbolTex } from "./tex-symbols.ts";

export interface TexOptions {
  /**
   * Whether parts that are used several times are written once, as equations of their own on lines of an
   * `aligned` block. `auto`, the default, does so only where one line would be too long.
   */
  readonly share?: Share;
}

/**
 * The LaTeX of an expression or formula.
 *
 * @example
 * const x = symbol("x");
 * toTex(divide(1, sqrt(x))); // "\\frac{1}{\\sqrt{x}}"
 */
export function toTex(expression: Tensor | Formula, options: TexOptions = {}): string {
  const root = rootOf(expression);
  const names = planSharing(root, TEX, options.share ?? "auto");
  const style: Style = {
    ...TEX,
    write: (value) => functionPower(value, names) ?? TEX.write(value),
  };
  const text = (value: SymbolicTensor): string => joinFactors(print(value, style, names));
  if (names.size === 0) return text(root);
  const lines = [...names].map(([value, name]) => `${symbolTex(name)} &= ${text(value)}`);
  if (!names.has(root)) lines.push(`& ${text(root)}`);
  return `\\begin{aligned} ${lines.join(" \\\\ ")} \\end{aligned}`;
}

/** A dot before a number, a space after one, and a thin space between other factors. */
function joinFactors(tex: string): string {
  return tex.replace(/ ?\u2062 ?/g, (match, offset: number) => {
    const after = tex[offset + match.length] ?? "";
    const before = tex[offset - 1] ?? "";
    if (
      /[\d.]/.test(after) ||
      (tex.startsWith("\\frac", offset + match.length) && /\d/.test(before))
    ) {
      return " \\cdot ";
    }
    return /\d/.test(before) ? " " : " \\, ";
  });
}

const TEX: Style = {
  open: "\\left(",
  close: "\\right)",
  bracketsPrefixes: true,
  name: (name) => atom(symbolTex(name)),
  write: (value) => {
    const { node } = value;
    if (node.op === inputOp) return atom(symbolTex(nameOf(value)));
    if (node.value !== undefined) return constantTex(node.value, node.params.name);
    return operationTex(value);
  },
};

function atom(template: string): Written {
  return { template, operands: [], precedence: PRECEDENCE.atom, minimum: [] };
}

function operationTex(value: SymbolicTensor): Written {
  const { notation, operands, call } = notedOf(value);
  const texts = placeholders(operands.length);
  const own = notation.texPrecedence ?? ownPrecedence(notation.kind, notation.precedence);
  const tex = typeof notation.tex === "function" ? notation.tex(texts, call) : notation.tex;
  if (tex === undefined) {
    const name = notation.texName ?? `\\operatorname{${notation.symbol.replaceAll("_", "\\_")}}`;
    const list = notation.arguments?.(texts, call) ?? texts;
    const template = `${name}\\left(${list.join(", ").replaceAll('"', "")}\\right)`;
    return { template, operands, precedence: PRECEDENCE.atom, minimum: [] };
  }
  const prefix = notation.kind === "prefix";
  const chains = notation.kind === "infix" && notation.associative === undefined;
  const minimum = notation.texEncloses === true ? [] : texMinimum(value);
  return { template: tex, operands, precedence: own, minimum, prefix, chains };
}

function ownPrecedence(kind: string, precedence: number | undefined): number {
  return kind === "call" ? PRECEDENCE.atom : (precedence ?? PRECEDENCE.atom);
}

/** What the operands of a template need to stand without brackets. An exponent stands apart by itself. */
function texMinimum(value: SymbolicTensor): readonly number[] {
  const { notation, operands } = notedOf(value);
  if (notation.kind === "infix" && notation.associative === "right") return [PRECEDENCE.postfix, 0];
  const minimum = operatorMinimum(notation);
  if (minimum.length > 0) return minimum;
  const strength = notation.operandPrecedence ?? PRECEDENCE.postfix;
  return operands.map(() => strength);
}

/** sin(x)² as `\sin^{2}(x)`: a whole positive power of a function goes to its name. */
function functionPower(
  value: SymbolicTensor,
  names: ReadonlyMap<SymbolicTensor, string>,
): Written | undefined {
  const { op, inputs } = value.node;
  const [base, exponent] = inputs;
  const number = exponent?.node.value;
  if (op !== pow.op || base === undefined || names.has(base) || number?.rank !== 0)
    return undefined;
  const name = base.node.op.notation.texName;
  const whole = Number.isInteger(number.at(0)) && number.at(0) > 0;
  if (name === undefined || !whole || base.node.inputs.length !== 1) return undefined;
  const template = `${name}^{${number.at(0)}}\\left(#0\\right)`;
  return { template, operands: base.node.inputs, precedence: PRECEDENCE.power, minimum: [] };
}

function constantTex(value: ConcreteTensor, name: unknown): Written {
  if (typeof name === "string") return atom(name === "pi" ? "\\pi" : name);
  if (value.rank > 0) return atom(matrixTex(value));
  const template = numberTex(value.at(0));
  const signed = template.startsWith("-");
  const scientific = template.includes("10^");
  const precedence = signed ? PRECEDENCE.prefix : scientific ? PRECEDENCE.product : PRECEDENCE.atom;
  return { template, operands: [], precedence, minimum: [], prefix: signed };
}

function numberTex(value: number): string {
  if (Number.isNaN(value)) return "\\mathrm{NaN}";
  if (!Number.isFinite(value)) return value > 0 ? "\\infty" : "-\\infty";
  const [digits, exponent] = numberText(value).split("e");
  return exponent === undefined
    ? (digits as string)
    : `${digits === "1" ? "" : `${digits} \\cdot `}10^{${exponent.replace("+", "")}}`;
}

const MOST_ENTRIES = 100;

function matrixTex(value: ConcreteTensor): string {
  const columns = value.rank === 1 ? 1 : (value.shape.at(-1) as number);
  if (value.size > MOST_ENTRIES || columns === 0)
    return `\\mathrm{constant}_{${value.shape.join("\\times ")}}`;
  const rows: string[] = [];
  for (let start = 0; start < value.size; start += columns) {
    const row = Array.from({ length: columns }, (_, i) => numberTex(value.at(start + i)));
    rows.push(row.join(" & "));
  }
  return `\\begin{bmatrix} ${rows.join(" \\\\ ")} \\end{bmatrix}`;
}
