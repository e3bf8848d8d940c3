// Makes a derivative of mathjs readable: ones, zeros and signs, and nothing that is not true of all reals.

import { type MathNode, mathjs, syntaxOf } from "../mathjs/mathjs.ts";

/** Trees above this size are left as mathjs wrote them. */
const MAXIMUM_NODES = 3000;

/**
 * The same expression without factors 1, terms 0 and double signs. Numbers are computed where that is exact.
 * One pass from the leaves up, so its time grows with the size of the tree.
 */
export function tidy(node: MathNode): MathNode {
  let size = 0;
  node.traverse(() => {
    size++;
  });
  return size > MAXIMUM_NODES ? node : tidied(node);
}

function tidied(node: MathNode): MathNode {
  const syntax = syntaxOf(node);
  if (syntax.type === "ParenthesisNode") return tidied(syntax.content);
  if (syntax.type === "FunctionNode") {
    const { FunctionNode } = mathjs();
    const args = syntax.args.map(tidied);
    const name = syntaxOf(syntax.fn);
    const only = args[0] === undefined ? undefined : syntaxOf(args[0]);
    const isLogOfE =
      name.type === "SymbolNode" &&
      name.name === "log" &&
      args.length === 1 &&
      only?.type === "SymbolNode" &&
      only.name === "e";
    return isLogOfE ? number(1) : new FunctionNode(syntax.fn, args);
  }
  if (syntax.type !== "OperatorNode") return node;
  const args = syntax.args.map(tidied);
  const [x, y] = args as [MathNode, MathNode];
  switch (syntax.fn) {
    case "add":
      return args.reduce(sum);
    case "multiply":
      return args.reduce(product);
    case "subtract":
      return difference(x, y);
    case "divide":
      return quotient(x, y);
    case "pow":
      return power(x, y);
    case "unaryMinus":
      return minus(x);
    case "unaryPlus":
      return x;
    default:
      return operator(syntax.op, syntax.fn, ...args);
  }
}

function operator(op: string, fn: string, ...args: MathNode[]): MathNode {
  return new (mathjs().OperatorNode)(op, fn, args);
}

function number(value: number): MathNode {
  const size = new (mathjs().ConstantNode)(Math.abs(value));
  return value < 0 ? operator("-", "unaryMinus", size) : size;
}

/** What stands behind a minus; undefined if there is none. */
function withoutMinus(node: MathNode): MathNode | undefined {
  const syntax = syntaxOf(node);
  if (syntax.type !== "OperatorNode") return undefined;
  const [x, y] = syntax.args as readonly [MathNode, MathNode];
  if (syntax.fn === "unaryMinus") return x;
  if (syntax.fn !== "multiply" && syntax.fn !== "divide") return undefined;
  const inner = withoutMinus(x);
  return inner === undefined ? undefined : operator(syntax.op, syntax.fn, inner, y);
}

/** The number that a node is, if sums and products of its like are exact: multiples of 1/1024. */
function exactOf(node: MathNode): number | undefined {
  const syntax = syntaxOf(node);
  if (syntax.type === "ConstantNode") {
    return isExact(syntax.value) ? syntax.value : undefined;
  }
  if (syntax.type !== "OperatorNode" || syntax.fn !== "unaryMinus") return undefined;
  const inner = exactOf(syntax.args[0] as MathNode);
  return inner === undefined ? undefined : -inner;
}

function folded(
  x: MathNode,
  y: MathNode,
  f: (a: number, b: number) => number,
): MathNode | undefined {
  const a = exactOf(x);
  const b = exactOf(y);
  if (a === undefined || b === undefined) return undefined;
  const value = f(a, b);
  return isExact(value) ? number(value) : undefined;
}

function isExact(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value * 1024);
}

function minus(x: MathNode): MathNode {
  if (exactOf(x) === 0) return x;
  const inner = withoutMinus(x);
  if (inner !== undefined) return inner;
  const syntax = syntaxOf(x);
  if (syntax.type === "OperatorNode" && (syntax.fn === "multiply" || syntax.fn === "divide")) {
    const [first, second] = syntax.args as readonly [MathNode, MathNode];
    return operator(syntax.op, syntax.fn, minus(first), second);
  }
  return operator("-", "unaryMinus", x);
}

function sum(x: MathNode, y: MathNode): MathNode {
  if (exactOf(x) === 0) return y;
  if (exactOf(y) === 0) return x;
  const positive = withoutMinus(y);
  return (
    folded(x, y, (a, b) => a + b) ??
    (positive === undefined ? operator("+", "add", x, y) : operator("-", "subtract", x, positive))
  );
}

function difference(x: MathNode, y: MathNode): MathNode {
  if (exactOf(y) === 0) return x;
  if (exactOf(x) === 0) return minus(y);
  const positive = withoutMinus(y);
  return (
    folded(x, y, (a, b) => a - b) ??
    (positive === undefined ? operator("-", "subtract", x, y) : operator("+", "add", x, positive))
  );
}

function product(x: MathNode, y: MathNode): MathNode {
  if (exactOf(x) === 1) return y;
  if (exactOf(y) === 1) return x;
  const known = folded(x, y, (a, b) => a * b);
  if (known !== undefined) return known;
  const left = withoutMinus(x);
  if (left !== undefined) return minus(product(left, y));
  const right = withoutMinus(y);
  if (right !== undefined) return minus(product(x, right));
  const fraction = syntaxOf(y);
  if (fraction.type === "OperatorNode" && fraction.fn === "divide") {
    const [above, below] = fraction.args as readonly [MathNode, MathNode];
    return quotient(product(x, above), below);
  }
  if (fraction.type === "OperatorNode" && fraction.fn === "multiply") {
    const [first, second] = fraction.args as readonly [MathNode, MathNode];
    return product(product(x, first), second);
  }
  return operator("*", "multiply", x, y);
}

function quotient(x: MathNode, y: MathNode): MathNode {
  if (exactOf(y) === 1) return x;
  const above = withoutMinus(x);
  if (above !== undefined) return minus(quotient(above, y));
  const below = withoutMinus(y);
  if (below !== undefined) return minus(quotient(x, below));
  return operator("/", "divide", x, y);
}

function power(x: MathNode, y: MathNode): MathNode {
  if (exactOf(y) === 1) return x;
  return operator("^", "pow", x, y);
}
