// Raises a graph to a tree of mathjs's nodes, in which no node stands twice.

import { SymtapeError } from "../../errors.ts";
import type { Formula } from "../../formula.ts";
import { type Node, reachable, type SymbolicTensor, unify } from "../../graph.ts";
import { inputOp } from "../../ops/leaves.ts";
import type { ConcreteTensor, NestedArray, Tensor } from "../../tensor.ts";
import { type MathNode, mathjs, syntaxOf } from "./mathjs.ts";

export interface ToMathjsOptions {
  /**
   * Whether functions that mathjs cannot differentiate are written out by their definition, such as
   * sigmoid(x) as 1 / (1 + exp(-x)).
   */
  readonly expand?: boolean;
}

/** How many nodes a tree may have. A graph shares its nodes; its tree can be exponentially larger. */
const MAXIMUM_NODES = 100_000;

/**
 * The expression as a fresh tree of mathjs's nodes. mathjs's product rule tells factors apart by identity,
 * so equal parts are written out again each time.
 *
 * @throws SymtapeError (limit) above 100,000 nodes.
 * @example
 * toMathjs(parse("x^2 + 1")).toString(); // "x ^ 2 + 1"
 */
export function toMathjs(expression: Tensor | Formula, options: ToMathjsOptions = {}): MathNode {
  const value = typeof expression === "function" ? expression.output : expression;
  const output = unify([value]).values[0] as SymbolicTensor;
  const templates = templatesOf(reachable([output]), options.expand === true);
  return assemble(output, templates);
}

/** How a node is written: a tree in which `$0`, `$1` … stand for its operands. */
interface Template {
  readonly tree: MathNode;
  /** How many nodes the tree has once its operands are filled in. */
  readonly size: number;
}

function templatesOf(nodes: readonly Node[], expand: boolean): Map<Node, Template> {
  const templates = new Map<Node, Template>();
  const cache = new Map<string, MathNode>();
  for (const node of nodes) {
    const text = textOf(node, expand);
    const tree = typeof text === "string" ? (cache.get(text) ?? bare(text)) : text;
    if (typeof text === "string") cache.set(text, tree);
    let size = 0;
    for (const part of partsOf(tree)) {
      const place = placeOf(part);
      const input = place === undefined ? undefined : node.inputs[place];
      size += input === undefined ? 1 : (templates.get(input.node)?.size ?? 1);
    }
    templates.set(node, { tree, size });
  }
  return templates;
}

/** The notation of an operation with placeholders for operands; the tree itself for a leaf. */
function textOf(node: Node, expand: boolean): string | MathNode {
  const { op, params, inputs, value } = node;
  if (op === inputOp) return new (mathjs().SymbolNode)(params.name as string);
  if (value !== undefined) {
    const { name } = params;
    return typeof name === "string" ? new (mathjs().SymbolNode)(name) : literalTree(value);
  }
  const operands = inputs.map((_, i) => `$${i}`);
  const { notation, formula } = op;
  const call = { params, shapes: inputs.map((input) => input.shape) };
  switch (notation.kind) {
    case "infix": {
      const elementwise = call.shapes.every((shape) => shape.length > 0) || notation.symbol === "^";
      const scalar = call.shapes.every((shape) => shape.length === 0);
      const symbol = elementwise && !scalar ? notation.elementwise : undefined;
      return `${operands[0]} ${symbol ?? notation.symbol} ${operands[1]}`;
    }
    case "prefix":
      return `${notation.symbol}${operands[0]}`;
    case "postfix":
      return `${operands[0]}${notation.symbol}`;
    case "conditional":
      return `${operands[0]} ? ${operands[1]} : ${operands[2]}`;
    case "custom":
      return notation.text?.(operands, call) ?? "";
    default: {
      const name = notation.symbol;
      const own = formula === undefined || formula.startsWith(`${name}(`);
      if (expand && !own && !hasDerivative(name)) return substituted(formula, op.inputs);
      return `${name}(${(notation.arguments?.(operands, call) ?? operands).join(", ")})`;
    }
  }
}

/** A definition with placeholders instead of the names of its operands. */
function substituted(formula: string, names: readonly string[]): string {
  return formula.replace(/[A-Za-z_]\w*/g, (name) => {
    const place = names.indexOf(name);
    return place < 0 ? name : `$${place}`;
  });
}

/** The functions that mathjs has a rule of differentiation for. */
const DIFFERENTIABLE = new Set([
  ...["sqrt", "cbrt", "nthRoot", "exp", "log", "log10", "pow", "abs"],
  ...["sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "asec", "acsc", "acot"],
  ...["sinh", "cosh", "tanh", "sech", "csch", "coth"],
  ...["asinh", "acosh", "atanh", "asech", "acsch", "acoth"],
]);

function hasDerivative(name: string): boolean {
  return DIFFERENTIABLE.has(name);
}

function literalTree(value: ConcreteTensor): MathNode {
  const { ArrayNode, ConstantNode, OperatorNode } = mathjs();
  const build = (nested: NestedArray): MathNode => {
    if (typeof nested !== "number") return new ArrayNode(nested.map(build));
    if (value.dtype === "bool") return new ConstantNode(nested !== 0);
    const negative = nested < 0 || Object.is(nested, -0);
    const size = new ConstantNode(Math.abs(nested));
    return negative ? new OperatorNode("-", "unaryMinus", [size]) : size;
  };
  return build(value.toArray());
}

/** A text of our own as a tree without brackets: mathjs writes those that are needed. */
function bare(text: string): MathNode {
  const tree = mathjs()
    .parse(text)
    .transform((node) => {
      let inner = syntaxOf(node);
      let content = node;
      while (inner.type === "ParenthesisNode") {
        content = inner.content;
        inner = syntaxOf(content);
      }
      return content;
    });
  return tree;
}

function partsOf(tree: MathNode): MathNode[] {
  const parts: MathNode[] = [];
  tree.traverse((part) => parts.push(part));
  return parts;
}

/** Which operand a node of a template stands for. */
function placeOf(node: MathNode): number | undefined {
  const syntax = syntaxOf(node);
  if (syntax.type !== "SymbolNode" || !/^\$\d+$/.test(syntax.name)) return undefined;
  return Number(syntax.name.slice(1));
}

/** Builds the tree of `output` from the templates, without recursion through the graph. */
function assemble(output: SymbolicTensor, templates: ReadonlyMap<Node, Template>): MathNode {
  const { size } = templates.get(output.node) as Template;
  if (size > MAXIMUM_NODES) {
    throw new SymtapeError(
      "limit",
      `written out as a tree, the expression has ${size} nodes and more than ${MAXIMUM_NODES}. ` +
        "Its graph shares equal parts and is smaller.",
      { limit: "tree nodes", maximum: MAXIMUM_NODES },
    );
  }
  const holder = new (mathjs().ArrayNode)([new (mathjs().SymbolNode)("$0")]);
  const tasks: { readonly tree: MathNode; readonly inputs: readonly SymbolicTensor[] }[] = [
    { tree: holder, inputs: [output] },
  ];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { tree, inputs } = task;
    fill(tree, (place) => {
      const { node } = inputs[place] as SymbolicTensor;
      const copy = (templates.get(node) as Template).tree.cloneDeep();
      if (node.inputs.length > 0) tasks.push({ tree: copy, inputs: node.inputs });
      return copy;
    });
  }
  const root = syntaxOf(holder);
  return root.type === "ArrayNode" ? (root.items[0] as MathNode) : holder;
}

/** Puts subtrees in the place of placeholders, in the nodes themselves. */
function fill(tree: MathNode, operand: (place: number) => MathNode): void {
  const replace = (node: MathNode): MathNode => {
    const place = placeOf(node);
    if (place !== undefined) return operand(place);
    visit(node);
    return node;
  };
  const visit = (node: MathNode): void => {
    for (const [key, field] of Object.entries(node)) {
      const fields = node as unknown as Record<string, unknown>;
      if (Array.isArray(field))
        fields[key] = field.map((item) => (isNode(item) ? replace(item) : item));
      else if (isNode(field)) fields[key] = replace(field);
    }
  };
  visit(tree);
}

function isNode(value: unknown): value is MathNode {
  return typeof value === "object" && value !== null && "isNode" in value && value.isNode === true;
}
