// Cuts a formula into tokens the way mathjs does, and refuses text that is too deep for its parser.

import { endOfName } from "./letters.ts";
import { MAXIMUM_NESTING, type Source, TOO_DEEP } from "./source.ts";

export interface Token {
  readonly kind: "number" | "name" | "string" | "operator" | "newline";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** For `[`: whether a `;` separates rows directly inside. */
  rows?: boolean;
}

/** How many tokens a formula may have. */
const MAXIMUM_TOKENS = 2_000_000;

/** Depth is counted in tenths of a bracket: a power, a sign or a choice takes that much of the stack. */
const BRACKET = 10;

/** mathjs reads what follows `%` twice, so brackets nested behind `%` cost it 2^depth. */
const MAXIMUM_PERCENT = 8;

const NAMED_OPERATORS = new Set(["mod", "to", "in", "and", "xor", "or", "not"]);
const OPERATORS = [
  ">>>",
  ...[".*", "./", ".^", "^|", "?.", "??", "==", "!=", "<=", ">=", "<<", ">>"],
  ...[..."()[]{},;+-*/%^~!&|=:?<>."],
];
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
const NUMBER =
  /0[box][A-Za-z0-9]*(?:\.[A-Za-z0-9]*)?|(?:\d+(?:\.(?![*/^]))?\d*|\.\d+)(?:[eE](?=[\d+-])[+-]?\d*)?/y;
const STRING = /(["'])(?:\\[\s\S]|(?!\1)[^\\])*\1/y;

/** How foreign signs are written here. */
const FOREIGN: Readonly<Record<string, string>> = {
  "**": "^",
  "&&": "and",
  "||": "or",
  "×": "*",
  "·": "*",
  "⋅": "*",
  "−": "-",
  "–": "-",
  "÷": "/",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
  "²": "^2",
  "³": "^3",
  "√": "sqrt(…)",
  "→": "=",
};

/** An open bracket, or the whole text, with how deep the parser is there. */
interface Frame {
  readonly token: Token | undefined;
  readonly depth: number;
  readonly percent: number;
  /** Signs and powers in a row, and choices and assignments that are still open. */
  run: number;
  open: number;
  afterPercent: boolean;
}

/** The tokens of a text. Newlines count only outside brackets. */
export function scan(source: Source): Token[] {
  const scanner = new Scanner(source);
  while (scanner.next());
  return scanner.finish();
}

class Scanner {
  readonly #source: Source;
  readonly #tokens: Token[] = [];
  readonly #frames: Frame[] = [];
  #frame: Frame = newFrame(undefined, 0, 0);
  #at = 0;
  /** Whether the last token ends an operand, so that a sign after it is an operator between two. */
  #afterOperand = false;

  constructor(source: Source) {
    this.#source = source;
  }

  next(): boolean {
    const { text } = this.#source;
    this.#skipBlanks();
    if (this.#at >= text.length) return false;
    if (text.charAt(this.#at) === "\n") this.#newline();
    else if (!this.#number() && !this.#name() && !this.#string()) this.#operator();
    if (this.#tokens.length > MAXIMUM_TOKENS) {
      const message = `a formula has at most ${MAXIMUM_TOKENS} tokens.`;
      const data = { limit: "tokens", maximum: MAXIMUM_TOKENS };
      throw this.#source.error("limit", message, data, this.#at - 1, this.#at);
    }
    return true;
  }

  finish(): Token[] {
    const open = this.#frame.token;
    if (open !== undefined) {
      const message = `this ${open.text} is never closed.`;
      throw this.#source.error("syntax", message, {}, open.start, open.end);
    }
    return this.#tokens;
  }

  #skipBlanks(): void {
    const { text } = this.#source;
    for (;;) {
      const c = text.charAt(this.#at);
      if (c === "#") {
        const end = text.indexOf("\n", this.#at);
        this.#at = end < 0 ? text.length : end;
      } else if (c === " " || c === "\t" || c === "\u00A0") this.#at++;
      else if (c === "\n" && this.#frame.token !== undefined) this.#at++;
      else return;
    }
  }

  #push(kind: Token["kind"], end: number, afterOperand: boolean): Token {
    const start = this.#at;
    const token: Token = { kind, text: this.#source.text.slice(start, end), start, end };
    this.#tokens.push(token);
    this.#at = end;
    this.#afterOperand = afterOperand;
    return token;
  }

  #newline(): void {
    this.#push("newline", this.#at + 1, false);
    this.#separate();
  }

  #separate(): void {
    this.#frame.run = 0;
    this.#frame.open = 0;
    this.#frame.afterPercent = false;
  }

  #number(): boolean {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#source.text);
    if (found === null) return false;
    this.#push("number", NUMBER.lastIndex, true);
    return true;
  }

  #name(): boolean {
    const end = endOfName(this.#source.text, this.#at);
    if (end === this.#at) return false;
    const name = this.#source.text.slice(this.#at, end);
    const operator = NAMED_OPERATORS.has(name) && (this.#afterOperand || name === "not");
    if (!operator) {
      this.#push("name", end, true);
      return true;
    }
    const prefix = !this.#afterOperand;
    this.#push("operator", end, false);
    this.#deepen(name, prefix);
    return true;
  }

  #string(): boolean {
    const c = this.#source.text.charAt(this.#at);
    if (c !== '"' && (c !== "'" || this.#afterOperand)) return false;
    STRING.lastIndex = this.#at;
    if (STRING.exec(this.#source.text) === null) {
      throw this.#source.error("syntax", `this ${c} is never closed.`, {}, this.#at, this.#at + 1);
    }
    this.#push("string", STRING.lastIndex, true);
    return true;
  }

  #operator(): void {
    const { text } = this.#source;
    const c = text.charAt(this.#at);
    if (c === "'") {
      this.#push("operator", this.#at + 1, true);
      return;
    }
    this.#refuseForeign();
    const sign = OPERATORS.find(
      (candidate) =>
        text.startsWith(candidate, this.#at) && !isChoiceOfDecimal(candidate, text, this.#at),
    );
    if (sign === undefined) {
      const character = String.fromCodePoint(text.codePointAt(this.#at) as number);
      const message = `unexpected character ${JSON.stringify(character)}.`;
      throw this.#source.error("syntax", message, {}, this.#at, this.#at + character.length);
    }
    if (sign === "?." || sign === ".") {
      const message = "properties cannot be read: a formula has numbers and tensors only.";
      const data = { name: "property access" };
      throw this.#source.error("name", message, data, this.#at, this.#at + sign.length);
    }
    const prefix = !this.#afterOperand;
    const operand = sign in CLOSING || (sign === "!" && this.#afterOperand);
    const token = this.#push("operator", this.#at + sign.length, operand);
    if ("([{".includes(sign)) this.#openBracket(token);
    else if (sign in CLOSING) this.#closeBracket(token);
    else this.#deepen(sign, prefix);
  }

  #refuseForeign(): void {
    const { text } = this.#source;
    for (const length of [2, 1]) {
      const sign = text.slice(this.#at, this.#at + length);
      if (!Object.hasOwn(FOREIGN, sign)) continue;
      const message = `${sign} is not written here: use ${FOREIGN[sign]}.`;
      throw this.#source.error("syntax", message, {}, this.#at, this.#at + length);
    }
  }

  #openBracket(token: Token): void {
    const { depth, run, open, percent, afterPercent } = this.#frame;
    this.#frames.push(this.#frame);
    const deeper = depth + run + open + BRACKET;
    this.#frame = newFrame(token, deeper, percent + (afterPercent ? 1 : 0));
    this.#checkDepth(token);
    if (this.#frame.percent > MAXIMUM_PERCENT) {
      const message = `at most ${MAXIMUM_PERCENT} brackets may be nested behind %. Give the parts names: u = …`;
      const data = { limit: "nesting behind %", maximum: MAXIMUM_PERCENT };
      throw this.#source.error("limit", message, data, token.start, token.end);
    }
  }

  #closeBracket(token: Token): void {
    const opening = this.#frame.token;
    if (opening?.text !== CLOSING[token.text]) {
      const message =
        opening === undefined
          ? `this ${token.text} closes nothing.`
          : `this ${token.text} does not close the ${opening.text} in column ` +
            `${this.#source.position(opening.start, opening.end).column}.`;
      throw this.#source.error("syntax", message, {}, token.start, token.end);
    }
    this.#frame = this.#frames.pop() as Frame;
  }

  /** Follows how operators that group to the right deepen the parser's stack. */
  #deepen(sign: string, prefix: boolean): void {
    const frame = this.#frame;
    if (sign === "," || sign === ";") {
      if (sign === ";" && frame.token !== undefined) frame.token.rows = true;
      this.#separate();
    } else if (sign === "^" || sign === ".^" || (prefix && "+-~not".includes(sign))) frame.run++;
    else {
      if (sign === "?" || sign === "=") frame.open++;
      if (sign !== "!") frame.run = 0;
      frame.afterPercent = sign === "%" || (frame.afterPercent && sign === "!");
    }
    this.#checkDepth(this.#tokens.at(-1) as Token);
  }

  #checkDepth(token: Token): void {
    const { depth, run, open } = this.#frame;
    if (depth + run + open <= MAXIMUM_NESTING * BRACKET) return;
    const data = { limit: "nesting", maximum: MAXIMUM_NESTING };
    throw this.#source.error("limit", TOO_DEEP, data, token.start, token.end);
  }
}

function newFrame(token: Token | undefined, depth: number, percent: number): Frame {
  return { token, depth, percent, run: 0, open: 0, afterPercent: false };
}

/** In `a ?.5 : 1` the dot belongs to the number. */
function isChoiceOfDecimal(sign: string, text: string, at: number): boolean {
  const next = text.charAt(at + 2);
  return sign === "?." && next >= "0" && next <= "9";
}
