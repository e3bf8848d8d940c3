// A graph of tensors written out in numbers: each element a value of its own, computed as evaluation computes it.

import { type Arithmetic, mapElements } from "../../expr/arithmetic.ts";
import { SymtapeError } from "../../expr/errors.ts";
import type { Node, SymbolicTensor } from "../../expr/graph.ts";
import { allOps } from "../../expr/ops/index.ts";
import { inputOp } from "../../expr/ops/leaves.ts";
import { pointwiseFunctions } from "../../expr/ops/tensor-arithmetic.ts";
import { type DType, sizeOf } from "../../expr/shape.ts";
import { dataOf } from "../../expr/tensor.ts";
import { costOf } from "./cost.ts";
import { Expansions } from "./expansions.ts";
import { scalarArithmetic } from "./scalar-arithmetic.ts";
import { type Place, Refusal, ScalarGraph } from "./scalar-graph.ts";

/** A graph of numbers with the elements of its inputs and outputs. */
export interface Expanded {
  readonly graph: ScalarGraph;
  readonly inputs: readonly (readonly Place[])[];
  readonly outputs: readonly (readonly Place[])[];
}

/** Undefined where that takes more than `limit` operations, or is not possible at all. */
export function expandGraph(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  limit: number,
): Expanded | undefined {
  const nodes = between(inputs, outputs);
  const unknown = nodes.find((node) => node.op === inputOp);
  if (unknown !== undefined) throw missing(unknown);
  if (!isSmall(nodes, inputs, limit)) return undefined;
  try {
    return new Expansion(limit).run(nodes, inputs, outputs);
  } catch (error) {
    // An operation that refuses its operands says so when it is evaluated.
    if (error instanceof Refusal || error instanceof SymtapeError) return undefined;
    throw error;
  }
}

/** The nodes that the outputs depend on, inputs before those who use them, and nothing behind `inputs`. */
function between(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): readonly Node[] {
  const given = new Set(inputs);
  const wanted = outputs.filter((output) => !given.has(output));
  const [first] = wanted;
  if (first === undefined) return [];
  const { graph } = first.node;
  const marked = new Uint8Array(graph.nodes.length);
  for (const { node } of wanted) marked[node.id] = 1;
  const found: Node[] = [];
  for (let id = marked.length - 1; id >= 0; id--) {
    if (marked[id] === 0) continue;
    const node = graph.nodes[id] as Node;
    found.push(node);
    for (const input of node.inputs) if (!given.has(input)) marked[input.node.id] = 1;
  }
  return found.reverse();
}

/** Most of what is written out may turn out to be known or not needed; so much may be written out to see that. */
const ALLOWANCE = 2;

function isSmall(
  nodes: readonly Node[],
  inputs: readonly SymbolicTensor[],
  limit: number,
): boolean {
  let cost = 0;
  let elements = 0;
  for (const input of inputs) elements += input.size;
  for (const node of nodes) {
    cost += costOf(node);
    for (const { shape } of node.outputs) elements += sizeOf(shape);
    if (cost > ALLOWANCE * limit || elements > 2 * ALLOWANCE * limit) return false;
  }
  return elements <= 2 * ALLOWANCE * limit;
}

class Expansion {
  readonly #graph: ScalarGraph;
  readonly #arithmetic: Arithmetic<Place>;
  readonly #expansions: Expansions;
  readonly #elements = new Map<SymbolicTensor, readonly Place[]>();

  constructor(limit: number) {
    this.#graph = new ScalarGraph(ALLOWANCE * limit);
    this.#arithmetic = scalarArithmetic(this.#graph);
    this.#expansions = new Expansions(this.#graph, this.#arithmetic);
  }

  run(
    nodes: readonly Node[],
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
  ): Expanded {
    for (const input of inputs) {
      const places = Array.from({ length: input.size }, () => this.#graph.input(input.dtype));
      this.#elements.set(input, places);
    }
    for (const node of nodes) this.#expand(node);
    return {
      graph: this.#graph,
      inputs: inputs.map((input) => this.#of(input)),
      outputs: outputs.map((output) => this.#of(output)),
    };
  }

  #of(value: SymbolicTensor): readonly Place[] {
    return this.#elements.get(value) as readonly Place[];
  }

  #expand(node: Node): void {
    if (node.value !== undefined) {
      const numbers = Array.from(dataOf(node.value));
      this.#set(node, [numbers.map((number) => this.#graph.constant(number))]);
      return;
    }
    if (allOps().get(node.op.name) !== node.op) throw new Refusal();
    const isPointwise = pointwiseFunctions().get(node.op.name)?.op === node.op;
    this.#set(node, isPointwise ? [this.#pointwise(node)] : this.#structured(node));
  }

  /** Stores the results of a node as its dtypes hold them. */
  #set({ outputs }: Node, results: readonly (readonly Place[])[]): void {
    outputs.forEach((output, i) => {
      if (this.#elements.has(output)) return;
      const places = results[i] as readonly Place[];
      this.#elements.set(
        output,
        places.map((place) => this.#graph.rounded(place, output.dtype)),
      );
    });
  }

  #pointwise({ op, inputs, outputs }: Node): readonly Place[] {
    const output = outputs[0] as SymbolicTensor;
    const wholeName = WHOLE_NAMES[output.dtype]?.[op.name];
    const name = wholeName ?? op.name;
    const apply = (...places: Place[]): Place => {
      const isSquare = wholeName !== undefined && places.length === 1;
      return this.#graph.apply(name, isSquare ? [...places, ...places] : places);
    };
    if (output.rank === 0) return [apply(...inputs.map((input) => this.#of(input)[0] as Place))];
    const operands = inputs.map((input) => ({ shape: input.shape, data: this.#of(input) }));
    return Array.from(mapElements(operands, output.shape, apply).data);
  }

  #structured(node: Node): readonly (readonly Place[])[] {
    const operands = node.inputs.map((input) => ({ shape: input.shape, data: this.#of(input) }));
    const results =
      this.#expansions.of(node, operands) ??
      node.op.reference(this.#arithmetic, operands, node.params);
    return results.map(({ data }) => Array.from(data));
  }
}

/** What computes results of int32 where float64 would round them before they wrap. */
const WHOLE_NAMES: Partial<Record<DType, Readonly<Record<string, string>>>> = {
  int32: { multiply: "wholeProduct", square: "wholeProduct", pow: "wholePower" },
};

function missing({ params }: Node): SymtapeError {
  return new SymtapeError(
    "usage",
    `compile: the outputs depend on ${JSON.stringify(params.name)}, which is none of the inputs. Add it to them.`,
    { operation: "compile" },
  );
}
