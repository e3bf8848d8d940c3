// JavaScript for single operations, with as few brackets as the language needs.

import type { ScalarOp } from "./scalar-ops.ts";

/** A piece of code and how tightly it binds. */
export interface Code {
  readonly text: string;
  readonly binding: number;
  /** The code as a condition, where the value is the truth of one. */
  readonly condition?: Code;
}

const CONDITIONAL = 1;
const OR = 2;
const AND = 3;
const BITS = 4;
const COMPARISON = 5;
const SUM = 6;
const PRODUCT = 7;
const PREFIX = 8;
const ATOM = 9;

export function atom(text: string): Code {
  return { text, binding: ATOM };
}

/** A number so that it reads back as the same double. */
export function numberCode(value: number): Code {
  if (Number.isNaN(value)) return atom("NaN");
  const text = Object.is(value, -0) ? "-0" : String(value);
  return { text, binding: text.startsWith("-") ? PREFIX : ATOM };
}

const OPERATORS: Readonly<Record<string, readonly [symbol: string, binding: number]>> = {
  add: ["+", SUM],
  subtract: ["-", SUM],
  multiply: ["*", PRODUCT],
  divide: ["/", PRODUCT],
};

const CONDITIONS: Readonly<Record<string, readonly [symbol: string, binding: number]>> = {
  equal: ["===", COMPARISON],
  notEqual: ["!==", COMPARISON],
  less: ["<", COMPARISON],
  lessEqual: ["<=", COMPARISON],
  greater: [">", COMPARISON],
  greaterEqual: [">=", COMPARISON],
};

/** Functions of Math that are the kernels of operations. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "pow"],
      ...["sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sign", "floor", "ceil"],
      ...["sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
    ].map((name) => [name, name]),
  ),
  maximum: "max",
  minimum: "min",
  single: "fround",
  wholeProduct: "imul",
};

/** The code of an operation on operands; undefined where it is a call of the operation's kernel. */
export function expressionOf({ name }: ScalarOp, operands: readonly Code[]): Code | undefined {
  const [x, y, z] = operands as readonly [Code, Code, Code];
  const operator = OPERATORS[name];
  if (operator !== undefined) return infix(operator[0], operator[1], x, y);
  const math = FUNCTIONS[name];
  if (math !== undefined) return call(`Math.${math}`, operands);
  const condition = conditionOf(name, operands);
  if (condition !== undefined) {
    return { ...conditional(condition, numberCode(1), numberCode(0)), condition };
  }
  switch (name) {
    case "negate":
      return { text: `-${within(x, PREFIX + 1)}`, binding: PREFIX };
    case "where":
      return conditional(asCondition(x), y, z);
    case "decay":
      return call("Math.exp", [{ text: `-${call("Math.abs", [x]).text}`, binding: PREFIX }]);
    case "logistic": {
      const isPositive = infix(">=", COMPARISON, x, numberCode(0));
      const choice = conditional(isPositive, numberCode(1), y);
      return infix("/", PRODUCT, choice, infix("+", SUM, numberCode(1), y));
    }
    case "whole":
      return { text: `${within(x, BITS)} | 0`, binding: BITS };
    default:
      return undefined;
  }
}

/** Whether an operand stands more than once in the code of an operation, so that it should have a name. */
export function repeatsOperand({ name }: ScalarOp, operand: number): boolean {
  return name === "logistic" && operand === 1;
}

function conditionOf(name: string, operands: readonly Code[]): Code | undefined {
  const [x, y] = operands as readonly [Code, Code];
  const comparison = CONDITIONS[name];
  if (comparison !== undefined) return infix(comparison[0], comparison[1], x, y);
  switch (name) {
    case "and":
      return infix("&&", AND, asCondition(x), asCondition(y));
    case "or":
      return infix("||", OR, asCondition(x), asCondition(y));
    case "xor":
      return {
        text: `(${asCondition(x).text}) !== (${asCondition(y).text})`,
        binding: COMPARISON,
      };
    default:
      return undefined;
  }
}

function asCondition(code: Code): Code {
  return code.condition ?? infix("!==", COMPARISON, code, numberCode(0));
}

/** Operands of one operator group to the left; comparisons of comparisons need brackets on both sides. */
function infix(symbol: string, binding: number, left: Code, right: Code): Code {
  const first = within(left, binding === COMPARISON ? binding + 1 : binding);
  return { text: `${first} ${symbol} ${within(right, binding + 1)}`, binding };
}

function conditional(condition: Code, yes: Code, no: Code): Code {
  const text = `${within(condition, CONDITIONAL + 1)} ? ${within(yes, CONDITIONAL + 1)} : ${within(no, CONDITIONAL + 1)}`;
  return { text, binding: CONDITIONAL };
}

function call(name: string, operands: readonly Code[]): Code {
  return atom(`${name}(${operands.map(({ text }) => text).join(", ")})`);
}

/** A call of a kernel that the program is given under a name. */
export function kernelCall(name: string, operands: readonly Code[]): Code {
  return call(name, operands);
}

function within({ text, binding }: Code, least: number): string {
  return binding < least ? `(${text})` : text;
}
