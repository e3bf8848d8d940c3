// One pass over a graph: whole sums and whole products are rewritten at once, so that long ones stay cheap.

import { type Node, reachable, type SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import { isFloat } from "../../shape.ts";
import type { FactorPart, TermPart } from "./algebra.ts";
import { closedForm } from "./closed-forms.ts";
import { factorsOf, termsOf } from "./forms.ts";
import { negated, ONE } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

type Kind = "sum" | "product" | undefined;

/** Rewrites everything below `root` into the rewriter's graph and returns what old values became. */
export function rewritePass(
  rewriter: Rewriter,
  root: SymbolicTensor,
): ReadonlyMap<SymbolicTensor, SymbolicTensor> {
  const nodes = reachable([root]);
  const plan = new Plan(nodes, root);
  const results = new Map<SymbolicTensor, SymbolicTensor>();
  for (const node of nodes) {
    if (plan.isInner(node)) continue;
    const rewritten = rewriteNode(rewriter, node, plan, results);
    node.outputs.forEach((output, i) => {
      const result = rewritten[i] as SymbolicTensor;
      results.set(output, result);
      const name = node.graph.names.get(output);
      if (name !== undefined && result.node.inputs.length > 0) rewriter.graph.name(result, name);
    });
  }
  return results;
}

/** Which nodes are the inside of a sum or product that is rewritten as one. */
class Plan {
  readonly #kinds = new Map<Node, Kind>();
  readonly #inner = new Set<Node>();

  constructor(nodes: readonly Node[], root: SymbolicTensor) {
    const consumers = new Map<Node, Node | "several">([[root.node, "several"]]);
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i] as Node;
      const consumer = consumers.get(node);
      const above =
        consumer === "several" || consumer === undefined ? undefined : this.kind(consumer);
      const named = node.outputs.some((output) => node.graph.names.has(output));
      if (
        above !== undefined &&
        !named &&
        isPart(node, above) &&
        sameType(node, consumer as Node)
      ) {
        this.#inner.add(node);
        this.#kinds.set(node, above);
      } else {
        this.#kinds.set(node, kindOf(node));
      }
      for (const input of node.inputs) {
        consumers.set(input.node, consumers.has(input.node) ? "several" : node);
      }
    }
  }

  isInner(node: Node): boolean {
    return this.#inner.has(node);
  }

  kind(node: Node): Kind {
    return this.#kinds.get(node);
  }
}

function isPart(node: Node, kind: Kind): boolean {
  if (!isFloat((node.outputs[0] as SymbolicTensor).dtype)) return false;
  if (node.op === arithmetic.negate.op) return true;
  if (kind === "sum") return termsOf(node.op, node.inputs) !== undefined;
  return factorsOf(node.op, node.inputs) !== undefined;
}

function kindOf(node: Node): Kind {
  if (isAdditive(node.op)) return isPart(node, "sum") ? "sum" : undefined;
  if (node.op === arithmetic.negate.op) {
    const operand = node.inputs[0]?.node.op;
    return isPart(node, "sum") ? (operand && isAdditive(operand) ? "sum" : "product") : undefined;
  }
  return isPart(node, "product") ? "product" : undefined;
}

function isAdditive(op: Op): boolean {
  return op === arithmetic.add.op || op === arithmetic.subtract.op;
}

function sameType(left: Node, right: Node): boolean {
  return left.outputs[0]?.dtype === right.outputs[0]?.dtype;
}

function rewriteNode(
  rewriter: Rewriter,
  node: Node,
  plan: Plan,
  results: ReadonlyMap<SymbolicTensor, SymbolicTensor>,
): readonly SymbolicTensor[] {
  if (node.inputs.length === 0) {
    return node.outputs.map((output) => closedForm(rewriter, rewriter.graph.adopt(output)));
  }
  const target = node.outputs[0] as SymbolicTensor;
  const kind = plan.kind(node);
  const inputs = node.inputs.map((input) => results.get(input));
  if (node.outputs.length > 1) {
    return rewriter.graph.apply(node.op, inputs as SymbolicTensor[], node.params);
  }
  const result =
    kind === undefined
      ? rewriter.make(node.op, inputs as SymbolicTensor[], node.params)
      : rewriteCluster(rewriter, node, plan, results);
  const conformed = result && rewriter.conform(result, target);
  if (conformed !== undefined && kind !== undefined && rewriter.observe !== undefined) {
    const rule = kind === "sum" ? "collect and order terms" : "collect and order factors";
    rewriter.report(rule, () => plainCluster(rewriter, node, plan, results), conformed);
  }
  if (conformed !== undefined) return [conformed];
  const plain = plainCluster(rewriter, node, plan, results);
  if (plain.dtype === target.dtype) return [plain];
  // A literal stands where a float64 stood, beside an operand that does not decide the dtype by itself.
  return [plainCluster(rewriter, node, plan, results, true)];
}

function rewriteCluster(
  rewriter: Rewriter,
  root: Node,
  plan: Plan,
  results: ReadonlyMap<SymbolicTensor, SymbolicTensor>,
): SymbolicTensor | undefined {
  const parts =
    plan.kind(root) === "sum"
      ? sumParts(root, plan, results)
      : productParts(rewriter, root, plan, results);
  if (parts.some(({ value }) => value.dtype === "int32" && !value.weak)) return undefined;
  return plan.kind(root) === "sum"
    ? rewriter.sum(parts as readonly TermPart[])
    : rewriter.product(parts as readonly FactorPart[]);
}

function sumParts(
  root: Node,
  plan: Plan,
  results: ReadonlyMap<SymbolicTensor, SymbolicTensor>,
): readonly TermPart[] {
  const parts: TermPart[] = [];
  const work: TermPart[] = [{ value: root.outputs[0] as SymbolicTensor, coefficient: ONE }];
  while (work.length > 0) {
    const { value, coefficient } = work.pop() as TermPart;
    const { node } = value;
    if (node !== root && !plan.isInner(node)) {
      parts.push({ value: results.get(value) as SymbolicTensor, coefficient });
      continue;
    }
    const terms = termsOf(node.op, node.inputs) as readonly TermPart[];
    for (const term of terms.toReversed()) {
      const sign = term.coefficient.n < 0 ? negated(coefficient) : coefficient;
      work.push({ value: term.value, coefficient: sign });
    }
  }
  return parts;
}

/** The factors of a product; a minus sign is the factor −1. */
function productParts(
  rewriter: Rewriter,
  root: Node,
  plan: Plan,
  results: ReadonlyMap<SymbolicTensor, SymbolicTensor>,
): readonly FactorPart[] {
  const parts: FactorPart[] = [];
  const work: FactorPart[] = [{ value: root.outputs[0] as SymbolicTensor, exponent: 1 }];
  while (work.length > 0) {
    const { value, exponent } = work.pop() as FactorPart;
    const { node } = value;
    if (node !== root && !plan.isInner(node)) {
      parts.push({ value: results.get(value) as SymbolicTensor, exponent });
      continue;
    }
    const factors = factorsOf(node.op, node.inputs);
    if (factors === undefined) {
      parts.push({ value: rewriter.number(-1), exponent });
      work.push({ value: node.inputs[0] as SymbolicTensor, exponent });
      continue;
    }
    for (const factor of factors.toReversed()) {
      work.push({ value: factor.value, exponent: factor.exponent * exponent });
    }
  }
  return parts;
}

/** The nodes of a sum or product rebuilt as they stand. */
function plainCluster(
  rewriter: Rewriter,
  root: Node,
  plan: Plan,
  results: ReadonlyMap<SymbolicTensor, SymbolicTensor>,
  strong = false,
): SymbolicTensor {
  const inside: Node[] = [];
  const work = [root];
  while (work.length > 0) {
    const node = work.pop() as Node;
    inside.push(node);
    for (const { node: below } of node.inputs) if (plan.isInner(below)) work.push(below);
  }
  const own = new Map<SymbolicTensor, SymbolicTensor>();
  for (const node of inside.sort((left, right) => left.id - right.id)) {
    const inputs = node.inputs.map((input) => {
      const value = own.get(input) ?? (results.get(input) as SymbolicTensor);
      return input.weak && !strong ? value : rewriter.strong(value, input.dtype);
    });
    own.set(node.outputs[0] as SymbolicTensor, rewriter.plain(node.op, inputs, node.params));
  }
  return own.get(root.outputs[0] as SymbolicTensor) as SymbolicTensor;
}
