// Prints a tree of mathjs the way sympy prints expressions, so that the two can be laid side by side.

import { type MathNode, mathjs, type SyntaxNode, syntaxOf } from "../mathjs/mathjs.ts";

/**
 * The expression in sympy's spelling: `**` for powers, no blanks around products, floats with 15 digits.
 * Numbers come first in products, terms stand by falling degree in sums, and log of a float is a float.
 *
 * @example
 * sympyText(mathjsDerivative("1 / (1 + exp(-x))", "x")); // "exp(-x)/(1 + exp(-x))**2"
 */
export function sympyText(source: MathNode | { readonly node: MathNode }): string {
  return printed(termOf("node" in source ? source.node : source));
}

/** A product: a number, factors above the line and factors below it. */
interface Term {
  readonly number: number;
  /** Whether the number is a float, which sympy shows even if it is 1.0. */
  readonly float: boolean;
  /** The whole number below the line. */
  readonly divisor: number;
  readonly above: readonly Factor[];
  readonly below: readonly Factor[];
}

/** A power: its text, its degree, and whether it needs brackets under a line with others. */
interface Factor {
  readonly text: string;
  readonly degree: number;
}

const ONE: Term = { number: 1, float: false, divisor: 1, above: [], below: [] };

function operatorOf(node: MathNode): Extract<SyntaxNode, { type: "OperatorNode" }> | undefined {
  const syntax = syntaxOf(node);
  return syntax.type === "OperatorNode" ? syntax : undefined;
}

function inside(node: MathNode): MathNode {
  let inner = node;
  for (let syntax = syntaxOf(inner); syntax.type === "ParenthesisNode"; syntax = syntaxOf(inner)) {
    inner = syntax.content;
  }
  return inner;
}

/** Splits a node into the factors of a product. */
function termOf(outer: MathNode): Term {
  const node = inside(outer);
  const float = floatOf(node);
  if (float !== undefined) return { ...ONE, number: float, float: !isWhole(node) };
  const operator = operatorOf(node);
  const [x, y] = (operator?.args ?? []) as readonly [MathNode, MathNode];
  switch (operator?.fn) {
    case "unaryMinus":
      return negated(termOf(x));
    case "unaryPlus":
      return termOf(x);
    case "multiply":
      return operator.args.map(termOf).reduce(times);
    case "divide":
      return times(termOf(x), inverse(termOf(y)));
    case "pow":
      return powerTerm(x, y);
    default:
      return { ...ONE, above: [factorOf(node)] };
  }
}

function negated(term: Term): Term {
  return { ...term, number: -term.number };
}

function times(x: Term, y: Term): Term {
  return {
    number: x.number * y.number,
    float: x.float || y.float,
    divisor: x.divisor * y.divisor,
    above: [...x.above, ...y.above],
    below: [...x.below, ...y.below],
  };
}

function inverse(term: Term): Term {
  const { number, float, divisor, above, below } = term;
  if (float) return { number: divisor / number, float, divisor: 1, above: below, below: above };
  const sign = number < 0 ? -1 : 1;
  return { number: sign * divisor, float, divisor: Math.abs(number), above: below, below: above };
}

function powerTerm(base: MathNode, exponent: MathNode): Term {
  const power = termOf(exponent);
  const name = syntaxOf(inside(base));
  if (name.type === "SymbolNode" && name.name === "e") {
    const text = `exp(${printed(power)})`;
    return { ...ONE, above: [{ text, degree: power.number < 0 ? -1 : 1 }] };
  }
  const plain = power.above.length === 0 && power.below.length === 0 && power.divisor === 1;
  const isBelow = plain && power.number < 0 && !power.float;
  const factor = powerFactor(base, power, plain ? Math.abs(power.number) : undefined, isBelow);
  return isBelow ? { ...ONE, below: [factor] } : { ...ONE, above: [factor] };
}

function powerFactor(
  base: MathNode,
  power: Term,
  size: number | undefined,
  isBelow: boolean,
): Factor {
  const text = atom(base);
  const sign = power.number < 0 ? -1 : 1;
  const degree = isBelow ? (size ?? 1) : sign * (size ?? 1);
  if (size === 1 && degree === 1) return { text, degree };
  const above = size !== undefined && isBelow ? String(size) : bracketed(printed(power));
  return { text: `${text}**${above}`, degree };
}

function bracketed(text: string): string {
  return /^[\w.]+$/.test(text) || /^\w+\([^()]*\)$/.test(text) ? text : `(${text})`;
}

/** The number that a node is, with the logarithm of a float worked out. */
function floatOf(node: MathNode): number | undefined {
  const syntax = syntaxOf(node);
  if (syntax.type === "ConstantNode") {
    return typeof syntax.value === "number" ? syntax.value : undefined;
  }
  if (syntax.type !== "FunctionNode" || syntax.args.length !== 1) return undefined;
  const argument = syntaxOf(inside(syntax.args[0] as MathNode));
  const isFloat = argument.type === "ConstantNode" && !Number.isInteger(argument.value);
  if (!isFloat || typeof argument.value !== "number") return undefined;
  const { FunctionNode, ConstantNode } = mathjs();
  const value: unknown = new FunctionNode(syntax.fn, [new ConstantNode(argument.value)]).evaluate();
  return typeof value === "number" ? value : undefined;
}

function isWhole(node: MathNode): boolean {
  const syntax = syntaxOf(node);
  return syntax.type === "ConstantNode" && Number.isInteger(syntax.value);
}

function numberText(value: number, float: boolean): string {
  if (!float) return String(value);
  const text = String(Number(value.toPrecision(15)));
  return /[.e]|Infinity|NaN/.test(text) ? text : `${text}.0`;
}

/** sympy's names of functions, where they differ. */
const NAMES: Readonly<Record<string, string>> = { abs: "Abs", max: "Max", min: "Min" };

function factorOf(node: MathNode): Factor {
  const syntax = syntaxOf(node);
  if (syntax.type === "FunctionNode") {
    const callee = syntaxOf(syntax.fn);
    const name = callee.type === "SymbolNode" ? callee.name : "";
    const args = syntax.args.map((argument) => termOf(argument));
    const written = Object.hasOwn(NAMES, name) ? NAMES[name] : name;
    const degree = name === "exp" && args[0] !== undefined && args[0].number < 0 ? -1 : 1;
    return { text: `${written}(${args.map(printed).join(", ")})`, degree };
  }
  const fn = operatorOf(node)?.fn;
  if (fn === "add" || fn === "subtract") return { text: `(${sumText(node)})`, degree: 1 };
  if (syntax.type === "SymbolNode") {
    const isConstant = syntax.name === "e" || syntax.name === "pi";
    return { text: syntax.name === "e" ? "E" : syntax.name, degree: isConstant ? 0 : 1 };
  }
  return { text: node.toString(), degree: 0 };
}

/** A node as the base of a power. */
function atom(node: MathNode): string {
  const text = printed(termOf(node));
  return /^[\w.]+$/.test(text) || syntaxOf(inside(node)).type === "FunctionNode"
    ? text
    : `(${text})`;
}

/** The terms of a sum with their signs. */
function termsOf(outer: MathNode): Term[] {
  const node = inside(outer);
  const operator = operatorOf(node);
  const isSum = operator?.fn === "add" || (operator?.fn === "subtract" && operator.args.length > 1);
  if (operator === undefined || !isSum) return [termOf(node)];
  return operator.args.flatMap((argument, i) => {
    const terms = termsOf(argument);
    return operator.fn === "subtract" && i > 0 ? terms.map(negated) : terms;
  });
}

function isNumber({ above, below }: Term): boolean {
  return above.length === 0 && below.length === 0;
}

function degreeOf({ above, below }: Term): number {
  const total = (factors: readonly Factor[]): number =>
    factors.reduce((sum, { degree }) => sum + degree, 0);
  return total(above) - total(below);
}

/** By falling degree; of a positive number and one negative term, the number comes first. */
function sumText(node: MathNode): string {
  const terms = termsOf(node);
  const positive = terms.find((term) => isNumber(term) && term.number > 0);
  const negative = terms.find((term) => !isNumber(term) && term.number < 0);
  const ordered =
    terms.length === 2 && positive !== undefined && negative !== undefined
      ? [positive, negative]
      : [...terms].sort((left, right) => degreeOf(right) - degreeOf(left));
  return ordered
    .map((term, i) => {
      const minus = term.number < 0;
      if (i === 0) return productText(term);
      return minus ? ` - ${productText(negated(term))}` : ` + ${productText(term)}`;
    })
    .join("");
}

/** A whole expression: a sum that stands alone has no brackets. */
function printed(term: Term): string {
  const text = productText(term);
  const [only, ...others] = term.above;
  const alone = only !== undefined && others.length === 0 && text === only.text;
  return alone && isBracketed(text) ? text.slice(1, -1) : text;
}

/** Whether the first bracket closes at the very end. */
function isBracketed(text: string): boolean {
  if (!text.startsWith("(")) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    if (depth === 0) return i === text.length - 1;
  }
  return false;
}

function productText({ number, float, divisor, above, below }: Term): string {
  const size = Math.abs(number);
  const factors = above.map(({ text }) => text);
  if (float || size !== 1 || factors.length === 0) factors.unshift(numberText(size, float));
  const under = below.map(({ text }) => text);
  if (divisor !== 1) under.unshift(String(divisor));
  const bottom =
    under.length > 1 ? `/(${under.join("*")})` : under.length === 1 ? `/${under[0]}` : "";
  return `${number < 0 ? "-" : ""}${factors.join("*")}${bottom}`;
}
