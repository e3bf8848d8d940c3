// The graph as programs compute it: operations come apart into simpler ones, constants are folded, and what changes
// nothing vanishes.

import { Graph, reachable, type SymbolicTensor } from "../expr/graph.ts";
import type { Op, Params } from "../expr/op.ts";
import { broadcastTo, cast } from "../expr/ops/movement/index.ts";
import { sameShape } from "../expr/shape.ts";
import type { ConcreteTensor, Tensor } from "../expr/tensor.ts";
import { simplified } from "./rules.ts";

/** Results of constants with more elements than this are computed when the program runs. */
const MOST_FOLDED = 1024;

/** A graph in which every node is pointwise, a walk, a fold, a product, a special kernel, or runs by itself. */
class LoweredGraph extends Graph {
  override readonly isRead = false;
  readonly fastMath: boolean;

  constructor(options: { readonly fastMath: boolean }) {
    super();
    this.fastMath = options.fastMath;
  }

  override apply(op: Op, inputs: readonly Tensor[], params: Params): readonly SymbolicTensor[] {
    const own = inputs.map((input) => this.adopt(input));
    const folded = this.#folded(op, own, params);
    if (folded !== undefined) return folded;
    const simple = simplified(op, own, params, this.fastMath);
    if (simple !== undefined) return [this.adopt(simple)];
    const lowering = op.lower?.(own, params);
    if (lowering?.kind === "composite")
      return this.#takenApart(op, own, params, lowering.build(own));
    if (lowering?.kind === "same") {
      const input = own[0] as SymbolicTensor;
      const [output] = op.infer(own, params);
      if (output?.dtype === input.dtype && sameShape(output.shape, input.shape)) return [input];
    }
    return super.apply(op, own, params);
  }

  /** The results of simpler operations in the types that the operation promises. */
  #takenApart(
    op: Op,
    inputs: readonly SymbolicTensor[],
    params: Params,
    results: readonly Tensor[],
  ): readonly SymbolicTensor[] {
    return op.infer(inputs, params).map(({ shape, dtype }, i) => {
      const typed = cast(results[i] as Tensor, dtype);
      return this.adopt(sameShape(typed.shape, shape) ? typed : broadcastTo(typed, shape));
    });
  }

  #folded(
    op: Op,
    inputs: readonly SymbolicTensor[],
    params: Params,
  ): readonly SymbolicTensor[] | undefined {
    if (inputs.length === 0 || !inputs.every(({ node }) => node.value !== undefined))
      return undefined;
    const outputs = op.infer(inputs, params);
    const size = outputs.reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
    if (size > MOST_FOLDED) return undefined;
    const values = inputs.map(({ node }) => node.value as ConcreteTensor);
    return op.evaluate(values, params).map((value) => this.constant(value));
  }
}

/** The same outputs in a lowered graph, together with its inputs in the order of the given ones. */
export function lower(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  options: { readonly fastMath: boolean },
): { readonly inputs: readonly SymbolicTensor[]; readonly outputs: readonly SymbolicTensor[] } {
  const graph = new LoweredGraph(options);
  const found = new Map<SymbolicTensor, SymbolicTensor>(
    inputs.map((input, i) => [input, graph.input(`x${i}`, input.shape, input.dtype)]),
  );
  for (const node of reachable(outputs)) {
    const [first] = node.outputs as readonly [SymbolicTensor];
    if (found.has(first)) continue;
    const operands = node.inputs.map((input) => found.get(input) as SymbolicTensor);
    const results =
      node.value === undefined
        ? graph.apply(node.op, operands, node.params)
        : [graph.constant(node.value)];
    node.outputs.forEach((output, i) => {
      found.set(output, results[i] as SymbolicTensor);
    });
  }
  const of = (value: SymbolicTensor): SymbolicTensor => found.get(value) as SymbolicTensor;
  return { inputs: inputs.map(of), outputs: outputs.map(of) };
}
