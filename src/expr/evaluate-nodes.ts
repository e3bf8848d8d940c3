// Evaluation of nodes one by one, on tensors of every kind: data, recorded values, symbols of another graph.

import { applyAll } from "./apply.ts";
import type { Node, SymbolicTensor } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** Computes values of a graph from values given for its inputs. Works with tensors of every kind. */
export function evaluateNodes(
  nodes: readonly Node[],
  given: (node: Node) => Tensor | undefined,
): (value: SymbolicTensor) => Tensor {
  const results: Tensor[] = [];
  for (const node of nodes) {
    const outputs = given(node);
    if (outputs !== undefined) {
      results[(node.outputs[0] as SymbolicTensor).slot] = outputs;
      continue;
    }
    const values = applyAll(
      node.op,
      node.inputs.map((input) => results[input.slot] as Tensor),
      node.params,
    );
    node.outputs.forEach((output, i) => {
      results[output.slot] = values[i] as Tensor;
    });
  }
  return (value) => results[value.slot] as Tensor;
}
