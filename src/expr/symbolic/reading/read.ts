// Reads a formula's text: tokens, then mathjs's tree, then steps.

import type { SymtapeError } from "../../errors.ts";
import { type MathNode, mathjs } from "../mathjs/mathjs.ts";
import { compile } from "./compile.ts";
import { unitMessage } from "./complaints.ts";
import { builtinFunctions } from "./functions.ts";
import { isUnit } from "./names.ts";
import type { Program } from "./program.ts";
import { scan, type Token } from "./scan.ts";
import { Source } from "./source.ts";

/** What is known of names before the text is read. */
export interface Known {
  isVariable(name: string): boolean;
  isFunction(name: string): boolean;
}

/** Other blanks than mathjs knows; each is one unit long, so that places stay what they are. */
const BLANKS = /[\r\u2000-\u200A\u3000]/g;

/** Reads a text into steps. */
export function readText(text: string, known: Known): Program {
  const source = new Source(text.replace(BLANKS, " "));
  const tokens = scan(source);
  refuseUnits(source, tokens, known);
  const variables = productsByBlank(tokens, known);
  return compile(parseTree(source, variables), tokens, source);
}

/** Reads a tree of mathjs that has no text. */
export function readTree(node: MathNode): Program {
  return compile(node, [], new Source(""));
}

/** Refuses units behind a value, as in `x deg`, unless the text uses the name as a variable before. */
function refuseUnits(source: Source, tokens: readonly Token[], known: Known): void {
  if (!tokens.some(({ kind, text }) => kind === "name" && isUnit(text))) return;
  const { variables } = assignedNames(tokens);
  tokens.forEach((token, i) => {
    if (token.kind !== "name" || variables.has(token.text) || known.isVariable(token.text)) return;
    const before = tokens[i - 1];
    const isFactor =
      before !== undefined &&
      (before.text === ")" || (before.kind === "name" && !isFunctionName(before.text, known)));
    if (!isFactor) variables.add(token.text);
    else if (isUnit(token.text)) {
      const data = { name: token.text };
      throw source.error("name", unitMessage(token.text), data, token.start, token.end);
    }
  });
}

/**
 * The names before a bracket that stand for a variable. mathjs takes every `x (1 + y)` for a call; as
 * `(x) (1 + y)` it is the product that was meant, with the precedence of a product.
 */
function productsByBlank(tokens: readonly Token[], known: Known): Token[] {
  const { variables, functions } = assignedNames(tokens);
  return tokens.filter((token, i) => {
    const next = tokens[i + 1];
    if (token.kind !== "name" || next?.text !== "(" || next.kind !== "operator") return false;
    if (functions.has(token.text)) return false;
    if (variables.has(token.text) || known.isVariable(token.text)) return true;
    return next.start > token.end && !isFunctionName(token.text, known);
  });
}

function isFunctionName(name: string, known: Known): boolean {
  return builtinFunctions().has(name) || known.isFunction(name);
}

/** The names before `=`: of variables, and of functions with their parameters. */
function assignedNames(tokens: readonly Token[]): {
  variables: Set<string>;
  functions: Set<string>;
} {
  const variables = new Set<string>();
  const functions = new Set<string>();
  tokens.forEach((token, i) => {
    if (token.text !== "=" || token.kind !== "operator") return;
    const before = tokens[i - 1];
    if (before?.kind === "name") variables.add(before.text);
    if (before?.text !== ")") return;
    let open = i - 2;
    while (open > 0 && tokens[open]?.text !== "(") {
      const parameter = tokens[open] as Token;
      if (parameter.kind === "name") variables.add(parameter.text);
      open--;
    }
    const name = tokens[open - 1];
    if (name?.kind === "name") functions.add(name.text);
  });
  return { variables, functions };
}

/** mathjs's tree of the text in which the given names are put in brackets. */
function parseTree(source: Source, bracketed: readonly Token[]): MathNode {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text } of bracketed) {
    parts.push(source.text.slice(at, start), `(${text})`);
    at = end;
  }
  parts.push(source.text.slice(at));
  try {
    return mathjs().parse(parts.join(""));
  } catch (error) {
    if (error instanceof RangeError) throw source.placed(error, 0, source.text.length);
    throw syntaxError(source, error as Error, bracketed);
  }
}

/** mathjs's complaint, at the place in the user's text. */
function syntaxError(source: Source, error: Error, bracketed: readonly Token[]): SymtapeError {
  const char = "char" in error ? Number(error.char) : 1;
  let offset = char - 1;
  for (const { start } of bracketed) {
    if (start >= offset) break;
    offset -= Math.min(2, offset - start);
  }
  const start = Math.min(Math.max(0, offset), source.text.length);
  const reason = error.message.replace(/ \(char \d+\)$/, "");
  const message = `${reason.charAt(0).toLowerCase()}${reason.slice(1, 200)}.`;
  return source.error("syntax", message, {}, start, start + 1);
}
