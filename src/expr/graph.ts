// The computation graph: nodes in the order of their making, equal nodes made once.

import { type SourcePosition, SymtapeError } from "./errors.ts";
import { constantKey, constantNames, nodeKey, SLOT_LIMIT } from "./node-keys.ts";
import { NO_PARAMS, type Op, type Params } from "./op.ts";
import { constantOp, inputOp } from "./ops/leaves.ts";
import {
  type AbstractValue,
  checkShape,
  type DType,
  formatShape,
  type Shape,
  sameShape,
} from "./shape.ts";
import {
  asTensor,
  type ConcreteTensor,
  requireOpen,
  Tensor,
  type TensorLike,
  type Tracer,
} from "./tensor.ts";

/**
 * One application of an operation. A node stands after its inputs in `graph.nodes`, so the order of ids is
 * a topological order and no traversal needs recursion.
 */
export interface Node {
  readonly id: number;
  readonly graph: Graph;
  readonly op: Op;
  readonly inputs: readonly SymbolicTensor[];
  readonly params: Params;
  readonly outputs: readonly SymbolicTensor[];
  /** The data of a constant; undefined for every other node. */
  readonly value: ConcreteTensor | undefined;
}

/** One output of a node: a tensor of known shape and dtype whose numbers are not known yet. */
export class SymbolicTensor extends Tensor {
  readonly node: Node;
  /** Which output of the node this is. */
  readonly index: number;
  /** Counts the values of the graph. */
  readonly slot: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly weak: boolean;

  constructor(node: Node, index: number, slot: number, value: AbstractValue) {
    super();
    this.node = node;
    this.index = index;
    this.slot = slot;
    this.shape = value.shape;
    this.dtype = value.dtype;
    this.weak = value.weak;
  }

  get tracer(): Graph {
    return this.node.graph;
  }

  concrete(operation: string): ConcreteTensor {
    if (this.node.value !== undefined) return this.node.value;
    requireOpen(this, operation);
    throw new SymtapeError(
      "usage",
      `${operation}: this tensor is a symbol of a graph and has no numbers yet. Evaluate the formula at a ` +
        "point; inside a traced function choose with where(condition, x, y) instead of if.",
      { operation },
    );
  }

  override toString(): string {
    return `Tensor(symbolic ${this.node.op.name}, shape ${formatShape(this.shape)}, ${this.dtype})`;
  }
}

/** Constants of up to this many elements are equal when their elements are; larger ones by identity. */
const SMALL_CONSTANT = 16;

/**
 * A graph under construction. Its table of equal nodes lives and dies with it. Tensors of another graph
 * that meet it are taken over with everything they depend on.
 */
export class Graph implements Tracer {
  readonly level: number = 0;
  /** Whether people read it: special cases of derivatives at single points are left out of formulas. */
  readonly isRead: boolean = true;
  readonly nodes: Node[] = [];
  /** Names given to values that are no inputs, such as `h` in `h = sigmoid(x)`. */
  readonly names: Map<SymbolicTensor, string> = new Map();
  /** Where in the text a node was first written. */
  readonly positions: Map<Node, SourcePosition> = new Map();
  #slots = 0;
  /** Nodes by operation, then by operands and settings. */
  readonly #nodes = new Map<Op, Map<number | string, Node>>();
  readonly #inputs = new Map<string, SymbolicTensor>();
  readonly #literals = new Map<number, SymbolicTensor>();
  readonly #constants = new Map<string | ConcreteTensor, SymbolicTensor>();
  readonly #foreign = new WeakMap<Graph, SymbolicTensor[]>();

  /** The input called `name`; the same name gives the same input. */
  input(name: string, shape: Shape = [], dtype: DType = "float64"): SymbolicTensor {
    checkShape(`input ${name}`, shape);
    const known = this.#inputs.get(name);
    if (known === undefined) {
      const added = this.#add(inputOp, [], { name }, [{ shape, dtype, weak: false }]);
      const input = added.outputs[0] as SymbolicTensor;
      this.#inputs.set(name, input);
      return input;
    }
    if (!sameShape(known.shape, shape) || known.dtype !== dtype) {
      throw new SymtapeError(
        "shape",
        `input ${name}: it stands for ${known.dtype}${formatShape(known.shape)} here and for ` +
          `${dtype}${formatShape(shape)} there. Give the two inputs different names.`,
        { operation: `input ${name}`, shapes: [known.shape, shape] },
      );
    }
    return known;
  }

  /** A constant; `name` is what it is called in text, such as `pi`. */
  constant(value: TensorLike, name?: string): SymbolicTensor {
    const data = asTensor(value).concrete("constant");
    const known = name ?? constantNames.get(data);
    if (data.weak && data.dtype !== "bool" && data.rank === 0 && known === undefined) {
      const number = data.at(0);
      if (!Object.is(number, -0)) return this.#constant(this.#literals, number, data, known);
    }
    const key = data.size > SMALL_CONSTANT ? data : constantKey(data, known);
    return this.#constant(this.#constants, key, data, known);
  }

  #constant<K>(
    table: Map<K, SymbolicTensor>,
    key: K,
    data: ConcreteTensor,
    name: string | undefined,
  ): SymbolicTensor {
    const known = table.get(key);
    if (known !== undefined) return known;
    const params = name === undefined ? NO_PARAMS : { name };
    const added = this.#add(constantOp, [], params, [data], data).outputs[0] as SymbolicTensor;
    table.set(key, added);
    return added;
  }

  apply(op: Op, inputs: readonly Tensor[], params: Params): readonly SymbolicTensor[] {
    const own = this.#adoptAll(inputs);
    let table = this.#nodes.get(op);
    if (table === undefined) {
      table = new Map();
      this.#nodes.set(op, table);
    }
    const key = nodeKey(op, own, params);
    let node = table.get(key);
    if (node === undefined) {
      node = this.#add(op, own, params, op.infer(own, params));
      table.set(key, node);
    }
    return node.outputs;
  }

  /** The same value in this graph: constants are added, values of another graph are rebuilt here. */
  adopt(value: Tensor): SymbolicTensor {
    if (!(value instanceof SymbolicTensor)) return this.constant(value);
    if (value.node.graph === this) return value;
    requireOpen(value, "graph");
    const graph = value.node.graph;
    let known = this.#foreign.get(graph);
    if (known === undefined) {
      known = [];
      this.#foreign.set(graph, known);
    }
    const found = known[value.slot];
    if (found !== undefined) return found;
    const isLeaf = value.node.inputs.length === 0;
    for (const node of isLeaf ? [value.node] : reachable([value])) {
      if (known[(node.outputs[0] as SymbolicTensor).slot] !== undefined) continue;
      const outputs = this.#rebuild(
        node,
        node.inputs.map((input) => (known as SymbolicTensor[])[input.slot] as SymbolicTensor),
      );
      node.outputs.forEach((output, i) => {
        (known as SymbolicTensor[])[output.slot] = outputs[i] as SymbolicTensor;
        const name = graph.names.get(output);
        if (name !== undefined) this.name(outputs[i] as SymbolicTensor, name);
      });
      const position = graph.positions.get(node);
      if (position !== undefined) this.locate(outputs[0] as SymbolicTensor, position);
    }
    return known[value.slot] as SymbolicTensor;
  }

  /** The values in this graph: the same array where all of them are there already. */
  #adoptAll(values: readonly Tensor[]): readonly SymbolicTensor[] {
    for (const value of values) {
      if (value.tracer !== this) return values.map((other) => this.adopt(other));
    }
    return values as readonly SymbolicTensor[];
  }

  name(value: SymbolicTensor, name: string): void {
    if (!this.names.has(value)) this.names.set(value, name);
  }

  locate(value: SymbolicTensor, position: SourcePosition): void {
    if (!this.positions.has(value.node)) this.positions.set(value.node, position);
  }

  #rebuild(node: Node, inputs: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    if (node.value !== undefined) {
      const name = node.params.name;
      return [this.constant(node.value, typeof name === "string" ? name : undefined)];
    }
    const output = node.outputs[0] as SymbolicTensor;
    if (node.op === inputOp) {
      return [this.input(node.params.name as string, output.shape, output.dtype)];
    }
    return this.apply(node.op, inputs, node.params);
  }

  #add(
    op: Op,
    inputs: readonly SymbolicTensor[],
    params: Params,
    values: readonly AbstractValue[],
    value?: ConcreteTensor,
  ): Node {
    const outputs: SymbolicTensor[] = [];
    const node: Node = { id: this.nodes.length, graph: this, op, inputs, params, outputs, value };
    for (let i = 0; i < values.length; i++) {
      outputs.push(new SymbolicTensor(node, i, this.#slots++, values[i] as AbstractValue));
    }
    if (this.#slots > SLOT_LIMIT) {
      throw new SymtapeError("limit", `a graph holds at most ${SLOT_LIMIT} values.`, {
        limit: "graph",
        maximum: SLOT_LIMIT,
      });
    }
    this.nodes.push(node);
    return node;
  }
}

/** The nodes that the given values depend on, inputs before those who use them. All of one graph. */
export function reachable(values: readonly SymbolicTensor[]): Node[] {
  const graph = values[0]?.node.graph;
  if (graph === undefined) return [];
  let last = -1;
  for (const value of values) last = Math.max(last, value.node.id);
  const marked = new Uint8Array(last + 1);
  for (const value of values) marked[value.node.id] = 1;
  const found: Node[] = [];
  for (let id = last; id >= 0; id--) {
    if (marked[id] === 0) continue;
    const node = graph.nodes[id] as Node;
    found.push(node);
    for (const input of node.inputs) marked[input.node.id] = 1;
  }
  return found.reverse();
}

/** Brings values of any graphs, and plain data, into one graph: that of the first symbolic one. */
export function unify(values: readonly Tensor[]): { graph: Graph; values: SymbolicTensor[] } {
  const first = values.find((value) => value instanceof SymbolicTensor);
  const graph = first === undefined ? new Graph() : first.node.graph;
  return { graph, values: values.map((value) => graph.adopt(value)) };
}

/** Whether two values are the same expression, in whatever graphs they stand. */
export function isSame(left: Tensor, right: Tensor): boolean {
  const graph = new Graph();
  return graph.adopt(left) === graph.adopt(right);
}

/**
 * A symbol: an input of a graph, to be combined with functions such as `add(x, y)`.
 *
 * @example
 * const x = symbol("x");
 * format(multiply(x, x)); // "x * x"
 */
export function symbol(
  name: string,
  options: { readonly shape?: Shape; readonly dtype?: DType } = {},
): SymbolicTensor {
  return new Graph().input(name, [...(options.shape ?? [])], options.dtype ?? "float64");
}
