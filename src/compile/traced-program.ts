// A function traced for certain shapes: inputs and outputs of a graph that back ends compile.

import { traceBody } from "../autodiff/control/body.ts";
import { leavesOf, rebuildTree, type Tree } from "../autodiff/tree.ts";
import { SymtapeError } from "../expr/errors.ts";
import type { SymbolicTensor } from "../expr/graph.ts";
import { Tensor } from "../expr/tensor.ts";
import { type ArgumentLeaf, argumentLeaves, type SpecTree, specTrees } from "./spec.ts";
import { type TreeBuilder, treeBuilder } from "./tree-reader.ts";

export interface TracedProgram {
  readonly leaves: readonly ArgumentLeaf[];
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** The result with other tensors in the place of the outputs; numbers stay numbers. */
  readonly rebuild: TreeBuilder;
  /** The tree of the result. */
  readonly result: Tree;
}

/** Traces a function for arguments of the given structure, once. */
export function traceProgram(
  operation: string,
  f: (...args: readonly unknown[]) => unknown,
  specs: readonly SpecTree[],
): TracedProgram {
  const leaves = argumentLeaves(operation, specs);
  const trees = specTrees(specs);
  const traced = traceBody(
    operation,
    leaves.map(({ shape, dtype }) => ({ shape, dtype, weak: false })),
    (inputs) => f(...(rebuildTree(trees as Tree, inputs) as readonly unknown[])),
  );
  if (traced.captures.length > 0) throw closedOver(operation);
  const { result } = traced;
  const found = leavesOf(result, operation);
  return {
    leaves,
    inputs: traced.body.inputs,
    outputs: traced.body.outputs.filter((_, i) => found[i]?.value instanceof Tensor),
    result,
    rebuild: treeBuilder(result),
  };
}

function closedOver(operation: string): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    `${operation}: the function uses a tensor from outside that grad, vmap or another transformation follows. Pass it as ` +
      "an argument.",
    { operation },
  );
}
