// A graph as rows: the same list that a tape writes, with symbols in the place of numbers.

import { reachable, type SymbolicTensor } from "../expr/graph.ts";
import type { Tensor } from "../expr/tensor.ts";
import type { Row } from "./tape.ts";

/**
 * The rows of the nodes that lead from `variables` to `outputs`. Slots are those of the graph. What does
 * not depend on the variables is a constant; constants of the graph stand as plain data, so that rules
 * can look at them.
 */
export function linearize(
  outputs: readonly SymbolicTensor[],
  variables: readonly SymbolicTensor[],
): Row[] {
  const active = new Set<SymbolicTensor>(variables);
  const rows: Row[] = [];
  for (const node of reachable(outputs)) {
    const parents = node.inputs.map((input) => (active.has(input) ? input.slot : -1));
    if (parents.every((parent) => parent < 0)) continue;
    for (const output of node.outputs) active.add(output);
    rows.push({
      index: rows.length,
      op: node.op,
      params: node.params,
      inputs: node.inputs.map(dataOrSymbol),
      outputs: node.outputs,
      parents: node.op.nondifferentiable ? parents.map(() => -1) : parents,
      slot: (node.outputs[0] as SymbolicTensor).slot,
    });
  }
  return rows;
}

function dataOrSymbol(value: SymbolicTensor): Tensor {
  const { value: data, params } = value.node;
  return data !== undefined && params.name === undefined ? data : value;
}
