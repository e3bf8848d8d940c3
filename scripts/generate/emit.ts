// Turns formulas, as mathjs trees, into TypeScript: over any arithmetic, and over plain numbers.

import type {
  ConditionalNode,
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from "mathjs";

/** The operations that the operators of the formula language stand for. */
const OPERATORS: Readonly<Record<string, string>> = {
  add: "add",
  subtract: "subtract",
  multiply: "multiply",
  divide: "divide",
  pow: "pow",
  unaryMinus: "negate",
  equal: "equal",
  unequal: "notEqual",
  smaller: "less",
  smallerEq: "lessEqual",
  larger: "greater",
  largerEq: "greaterEqual",
  and: "and",
  or: "or",
  not: "not",
  xor: "xor",
};

const INFIX: Readonly<Record<string, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
  equal: "===",
  notEqual: "!==",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">=",
  and: "&&",
  or: "||",
};

/** How formulas call an operation when it is not by its own name. */
const ALIASES: Readonly<Record<string, string>> = { max: "maximum", min: "minimum" };

export interface EmitContext {
  /** The names that stand for operands. */
  readonly variables: readonly string[];
  /** The JavaScript function that computes an operation on numbers. */
  numberFunction(operation: string): string;
  /** The value of an expression without variables, rounded once. */
  constantValue(tree: MathNode): number;
}

interface Call {
  readonly operation: string;
  readonly operands: readonly MathNode[];
}

function strip(tree: MathNode): MathNode {
  return tree.type === "ParenthesisNode" ? strip((tree as ParenthesisNode).content) : tree;
}

/** A tree as an operation with operands; undefined for symbols and numbers. */
function asCall(tree: MathNode): Call | undefined {
  if (tree.type === "OperatorNode") {
    const node = tree as OperatorNode;
    const operation = OPERATORS[node.fn];
    if (operation === undefined) throw new Error(`no operation for operator ${node.fn}`);
    return { operation, operands: node.args.map(strip) };
  }
  if (tree.type === "FunctionNode") {
    const node = tree as FunctionNode;
    const name = (node.fn as unknown as SymbolNode).name;
    return { operation: ALIASES[name] ?? name, operands: node.args.map(strip) };
  }
  if (tree.type === "ConditionalNode") {
    const { condition, trueExpr, falseExpr } = tree as ConditionalNode;
    return { operation: "choose", operands: [condition, trueExpr, falseExpr].map(strip) };
  }
  return undefined;
}

function constantOf(tree: MathNode): number | undefined {
  if (tree.type === "ConstantNode") return Number((tree as ConstantNode).value);
  const call = asCall(tree);
  const inner = call?.operation === "negate" ? constantOf(call.operands[0] as MathNode) : undefined;
  return inner === undefined ? undefined : -inner;
}

/** `a.add(x, a.literal(1))`: the expression over an arithmetic called `a`. */
export function emitGeneric(given: MathNode, context: EmitContext): string {
  const tree = strip(given);
  const constant = constantOf(tree);
  if (constant !== undefined) return `a.literal(${constant})`;
  if (tree.type === "SymbolNode") {
    const { name } = tree as SymbolNode;
    return context.variables.includes(name) ? name : `a.constant(${JSON.stringify(name)})`;
  }
  const call = asCall(tree);
  if (call === undefined) throw new Error(`cannot emit ${tree.type}: ${tree.toString()}`);
  const operands = call.operands.map((operand) => emitGeneric(operand, context));
  if (isChoice(call)) {
    const [, yes, no] = operands as [string, string, string];
    return genericChoice(call.operation, call.operands[0] as MathNode, yes, no, context);
  }
  return `a.${call.operation}(${operands.join(", ")})`;
}

/** A choice over any arithmetic. A guard also names the operands that its condition looks at. */
function genericChoice(
  kind: string,
  condition: MathNode,
  yes: string,
  no: string,
  context: EmitContext,
): string {
  const test = emitGeneric(condition, context);
  if (kind === "choose") return `a.choose(${test}, () => ${yes}, () => ${no})`;
  const seen = context.variables.filter((name) => mentions(condition, [name]));
  return `a.guard([${seen.join(", ")}], () => ${test}, () => ${yes}, () => ${no})`;
}

/** Nothing differentiates by a plain number, so the question does not arise there. */
function isFixed(tree: MathNode): boolean {
  return asCall(tree)?.operation === "fixed";
}

/** Whether an expression is a choice, at its top, one of whose branches is 0. */
export function choosesZero(given: MathNode): boolean {
  const call = asCall(strip(given));
  if (call?.operation === "negate") return choosesZero(call.operands[0] as MathNode);
  if (call?.operation !== "choose") return false;
  return call.operands.slice(1).some((branch) => constantOf(branch) === 0 || choosesZero(branch));
}

function isChoice(call: Call): boolean {
  return call.operation === "choose" || call.operation === "guard";
}

/**
 * The cotangent `g` times the expression. Factors 1, −1 and 0, quotients 1/x, signs and choices act on
 * `g` itself, so that no product with one and no 0·∞ arises. Undefined stands for zero.
 */
export function emitGenericChain(given: MathNode, context: EmitContext): string | undefined {
  return emitChain(strip(given), {
    negate: (inner) => `a.negate(${inner})`,
    divide: (inner, by) => `a.divide(${inner}, ${emitGeneric(by, context)})`,
    multiply: (inner, by) => `a.multiply(${inner}, ${emitGeneric(by, context)})`,
    choose: (kind, condition, yes, no) => genericChoice(kind, condition, yes, no, context),
    zero: (kind) => (kind === "choose" ? "a.nothing" : "a.literal(0)"),
  });
}

export function emitNumberChain(given: MathNode, context: EmitContext): string | undefined {
  return emitChain(strip(given), {
    negate: (inner) => `-(${inner})`,
    divide: (inner, by) => `(${inner}) / (${emitNumber(by, context)})`,
    multiply: (inner, by) => `(${inner}) * (${emitNumber(by, context)})`,
    choose: (_, condition, yes, no) =>
      isFixed(condition) ? yes : `${emitCondition(condition, context)} ? ${yes} : (${no})`,
    zero: () => "0",
  });
}

interface ChainWriter {
  negate(inner: string): string;
  divide(inner: string, by: MathNode): string;
  multiply(inner: string, by: MathNode): string;
  choose(kind: string, condition: MathNode, yes: string, no: string): string;
  /** What a branch of 0 is: nothing at all where it was not chosen, a zero like any other in a guard. */
  zero(kind: string): string;
}

function emitChain(tree: MathNode, write: ChainWriter): string | undefined {
  const constant = constantOf(tree);
  if (constant === 0) return undefined;
  if (constant === 1) return "g";
  if (constant === -1) return write.negate("g");
  const call = asCall(tree);
  if (call?.operation === "negate") {
    const inner = emitChain(call.operands[0] as MathNode, write);
    return inner === undefined ? undefined : write.negate(inner);
  }
  if (call?.operation === "divide") {
    const [numerator, denominator] = call.operands as [MathNode, MathNode];
    const value = constantOf(numerator);
    if (value === 1) return write.divide("g", denominator);
    if (value === -1) return write.negate(write.divide("g", denominator));
  }
  if (call !== undefined && isChoice(call)) {
    const [condition, yes, no] = call.operands as [MathNode, MathNode, MathNode];
    return write.choose(
      call.operation,
      condition,
      emitChain(yes, write) ?? write.zero(call.operation),
      emitChain(no, write) ?? write.zero(call.operation),
    );
  }
  return write.multiply("g", tree);
}

/** `x + 1`: the expression as JavaScript on numbers; parts without variables become one number. */
function emitNumber(given: MathNode, context: EmitContext): string {
  const tree = strip(given);
  if (!mentions(tree, context.variables)) return String(context.constantValue(tree));
  if (tree.type === "SymbolNode") return (tree as SymbolNode).name;
  const call = asCall(tree);
  if (call === undefined) throw new Error(`cannot emit ${tree.type}: ${tree.toString()}`);
  const emitted = call.operands.map((operand) => emitNumber(operand, context));
  if (isChoice(call)) {
    const condition = emitCondition(call.operands[0] as MathNode, context);
    return `(${condition} ? ${emitted[1]} : ${emitted[2]})`;
  }
  if (call.operation === "negate") return `-(${emitted[0]})`;
  const infix = INFIX[call.operation];
  if (infix !== undefined) return `(${emitted.join(` ${infix} `)})`;
  if (call.operation === "pow" && constantOf(call.operands[1] as MathNode) === 2) {
    return `square(${emitted[0]})`;
  }
  return `${context.numberFunction(call.operation)}(${emitted.join(", ")})`;
}

/** An expression as a JavaScript condition: a comparison as it is, a number by not being zero. */
function emitCondition(given: MathNode, context: EmitContext): string {
  const tree = strip(given);
  const call = asCall(tree);
  const comparing = call !== undefined && INFIX[call.operation] !== undefined;
  const arithmetic = ["add", "subtract", "multiply", "divide"].includes(call?.operation ?? "");
  if (comparing && !arithmetic) return emitNumber(tree, context);
  return `${emitNumber(tree, context)} !== 0`;
}

/** Whether the expression uses one of the names as a variable. */
function mentions(tree: MathNode, names: readonly string[]): boolean {
  let found = false;
  tree.traverse((node, path) => {
    if (path === "fn") return;
    if (node.type === "SymbolNode" && names.includes((node as SymbolNode).name)) found = true;
  });
  return found;
}
