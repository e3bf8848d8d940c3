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
  const nodes = reachable(outputs);
  const active = new Uint8Array(slotsOf(outputs, variables));
  for (const variable of variables) active[variable.slot] = 1;
  const rows: Row[] = [];
  for (const node of nodes) {
    let leads = false;
    const parents = node.inputs.map(({ slot }) => {
      if (active[slot] === 0) return -1;
      leads = true;
      return slot;
    });
    if (!leads || node.op.nondifferentiable) continue;
    for (const { slot } of node.outputs) active[slot] = 1;
    rows.push({
      index: rows.length,
      op: node.op,
      params: node.params,
      inputs: node.inputs.map(dataOrSymbol),
      outputs: node.outputs,
      parents,
      slot: (node.outputs[0] as SymbolicTensor).slot,
    });
  }
  return rows;
}

/** How many slots hold everything up to the given values. */
export function slotsOf(...lists: readonly (readonly SymbolicTensor[])[]): number {
  let slots = 0;
  for (const list of lists) {
    for (const { node } of list)
      slots = Math.max(slots, (node.outputs[node.outputs.length - 1]?.slot ?? 0) + 1);
  }
  return slots;
}

function dataOrSymbol(value: SymbolicTensor): Tensor {
  const { value: data, params } = value.node;
  return data !== undefined && params.name === undefined ? data : value;
}
