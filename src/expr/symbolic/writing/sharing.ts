// Which parts of a graph get a line of their own when it is written out, and under which name.

import { SymtapeError } from "../../errors.ts";
import { nameOf } from "../../evaluation.ts";
import { type Node, reachable, type SymbolicTensor } from "../../graph.ts";
import { inputOp } from "../../ops/leaves.ts";
import { needsBrackets, type Style, writtenOf } from "./printer.ts";

/** `true` names every part that is used twice, `false` none, `auto` does so where the text would be too long. */
export type Share = boolean | "auto";

/** A text of up to this many nodes and levels is written in one piece. */
const MAXIMUM_NODES = 3000;
const MAXIMUM_DEPTH = 100;
const NO_NAMES: ReadonlyMap<SymbolicTensor, string> = new Map();

/** The values that are written as assignments, in order, with their names. */
export function planSharing(
  root: SymbolicTensor,
  style: Style,
  share: Share,
): ReadonlyMap<SymbolicTensor, string> {
  const nodes = reachable([root]);
  if (share !== true) {
    const { size, depth } = measure(nodes, root, style);
    if (share === false) {
      if (size > LONGEST_TEXT) throw tooLong();
      return NO_NAMES;
    }
    if (size <= MAXIMUM_NODES && depth <= MAXIMUM_DEPTH) return NO_NAMES;
  }
  const marked = sharedValues(nodes, root, style, share === true);
  measure(nodes, root, style, marked);
  return giveNames(nodes, root, marked, share === true);
}

/** What a text in one piece may have at most, by request. */
const LONGEST_TEXT = 5_000_000;

function tooLong(): SymtapeError {
  return new SymtapeError(
    "limit",
    "format: written without shared parts this expression is too long. Use { share: true }.",
    { limit: "nodes", maximum: LONGEST_TEXT },
  );
}

function isLeaf(value: SymbolicTensor): boolean {
  return value.node.inputs.length === 0;
}

/** Values with several uses, and where `named` is set those that have a name already. */
function sharedValues(
  nodes: readonly Node[],
  root: SymbolicTensor,
  style: Style,
  named: boolean,
): Set<SymbolicTensor> {
  const { names } = root.node.graph;
  const uses = new Map<SymbolicTensor, number>([[root, 1]]);
  const shared = new Set<SymbolicTensor>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    for (const value of (nodes[i] as Node).outputs) {
      const count = uses.get(value) ?? 0;
      if (count === 0 || isLeaf(value)) continue;
      if (count > 1 || (named && names.has(value))) shared.add(value);
      for (const operand of style.write(value).operands) {
        uses.set(operand, (uses.get(operand) ?? 0) + 1);
      }
    }
  }
  return shared;
}

/**
 * The size and depth of what would be written for `root`. Depth counts brackets, calls and the like, not
 * the terms of a flat sum. Values of `marked` count as names; those where the depth passes its bound are
 * added to it.
 */
function measure(
  nodes: readonly Node[],
  root: SymbolicTensor,
  style: Style,
  marked?: Set<SymbolicTensor>,
): { size: number; depth: number } {
  const graph = root.node.graph;
  const last = graph.nodes[root.node.id]?.outputs.at(-1)?.slot ?? root.slot;
  const sizes = new Float64Array(last + 1);
  const depths = new Float64Array(last + 1);
  for (const node of nodes) {
    for (const value of node.outputs) {
      const written = style.write(value);
      let size = 1;
      let depth = 0;
      written.operands.forEach((operand, i) => {
        const plain = marked?.has(operand) === true;
        size += plain ? 1 : (sizes[operand.slot] as number);
        const inner = plain ? 0 : (depths[operand.slot] as number);
        const flat =
          i === 0 &&
          written.chains === true &&
          !needsBrackets(written, i, writtenOf(operand, style, NO_NAMES), style);
        depth = Math.max(depth, flat ? inner : inner + 1);
      });
      sizes[value.slot] = size;
      depths[value.slot] = depth;
      if (depth >= MAXIMUM_DEPTH && value !== root) marked?.add(value);
    }
  }
  return { size: sizes[root.slot] as number, depth: depths[root.slot] as number };
}

function giveNames(
  nodes: readonly Node[],
  root: SymbolicTensor,
  marked: ReadonlySet<SymbolicTensor>,
  named: boolean,
): ReadonlyMap<SymbolicTensor, string> {
  const given = root.node.graph.names;
  const taken = new Set<string>();
  for (const node of nodes) {
    if (node.op === inputOp) taken.add(nameOf(node.outputs[0] as SymbolicTensor));
  }
  const inputs = new Set(taken);
  for (const name of given.values()) taken.add(name);
  const names = new Map<SymbolicTensor, string>();
  const used = new Set<string>();
  let count = 0;
  for (const node of nodes) {
    for (const value of node.outputs) {
      if (!marked.has(value) || (value === root && !named)) continue;
      let name = given.get(value);
      if (name === undefined || inputs.has(name) || used.has(name)) {
        do name = `t${++count}`;
        while (taken.has(name));
      }
      used.add(name);
      names.set(value, name);
    }
  }
  return names;
}
