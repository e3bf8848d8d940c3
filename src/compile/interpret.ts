// The reference back end: operation by operation, as eager evaluation computes.

import { evaluateNodes } from "../expr/evaluate-nodes.ts";
import { type Node, reachable, type SymbolicTensor } from "../expr/graph.ts";
import { allocate, type TypedArray } from "../expr/shape.ts";
import { ConcreteTensor, dataOf } from "../expr/tensor.ts";
import type { Executable, Slot } from "./executable.ts";

/** The oracle of all other back ends. `aliases` names the input that an output is carried over to. */
export function interpreted(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  aliases: readonly (number | undefined)[] = [],
): Executable {
  const nodes = reachable(outputs);
  const slots = inputs.map(slotOf);
  const results = outputs.map((output, k) => slots[aliases[k] ?? -1] ?? slotOf(output));
  const places = new Map<Node, number>(inputs.map(({ node }, i) => [node, i]));
  return {
    backend: "interpret",
    inputs: slots,
    outputs: results,
    run: () => {
      const given = slots.map(
        ({ shape, dtype, data }) => new ConcreteTensor(shape, dtype, data.slice()),
      );
      const resultOf = evaluateNodes(nodes, (node) => {
        const place = places.get(node);
        return place === undefined ? node.value : given[place];
      });
      outputs
        .map((output) => dataOf(resultOf(output).concrete("compile")))
        .forEach((data, k) => {
          (results[k] as Slot).data.set(data);
        });
    },
    source: nodes.map(({ op }) => op.name).join("\n"),
    kernels: nodes
      .filter(({ inputs: operands }) => operands.length > 0)
      .map(({ op }) => ({ label: op.name, flops: 0 })),
    arenaBytes: 0,
    unsharedBytes: 0,
    notes: [],
    release: () => undefined,
  };
}

function slotOf({ shape, dtype, size }: SymbolicTensor): Slot {
  const data: TypedArray = allocate(dtype, size);
  return { shape, dtype, data };
}
