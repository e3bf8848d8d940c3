// A function traced into a closed graph: what loops, choices and checkpoints hold, differentiate and repeat.

import type { Arithmetic, NdArray } from "../../expr/arithmetic.ts";
import { SymtapeError } from "../../expr/errors.ts";
import { evaluateNodes } from "../../expr/evaluate-nodes.ts";
import { type Node, reachable, SymbolicTensor } from "../../expr/graph.ts";
import { add } from "../../expr/ops/arithmetic.ts";
import type { AbstractValue } from "../../expr/shape.ts";
import { dataOf, type Tensor } from "../../expr/tensor.ts";
import { type Adjoints, backward, finish } from "../backward.ts";
import { forward } from "../forward.ts";
import { linearize, slotsOf } from "../linearize.ts";
import { leafTensor, leavesOf, rebuildTree, type Tree } from "../tree.ts";
import { vmap } from "../vmap.ts";
import { BodyGraph } from "./body-graph.ts";
import type { Link } from "./link.ts";

/** Further inputs and results of a body. */
interface Extension {
  readonly inputs: readonly SymbolicTensor[];
  readonly results: readonly Tensor[];
}

/** A closed graph: outputs that depend on nothing but the inputs. */
export class Body {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly #graph: BodyGraph;
  readonly #derived = new Map<string, Body>();
  #nodes: readonly Node[] | undefined;

  constructor(
    graph: BodyGraph,
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
  ) {
    this.#graph = graph;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** The outputs for values of any kind. */
  evaluate(values: readonly Tensor[]): Tensor[] {
    const given = new Map(this.inputs.map(({ node }, i) => [node, values[i] as Tensor]));
    const resultOf = evaluateNodes(this.#reachable(), (node) => node.value ?? given.get(node));
    return this.outputs.map(resultOf);
  }

  /** The outputs over any scalar arithmetic. */
  reference<S>(arithmetic: Arithmetic<S>, values: readonly NdArray<S>[]): NdArray<S>[] {
    const results = new Map<SymbolicTensor, NdArray<S>>(
      this.inputs.map((input, i) => [input, values[i] as NdArray<S>]),
    );
    for (const node of this.#reachable()) {
      const [first] = node.outputs as readonly [SymbolicTensor];
      if (results.has(first)) continue;
      const { value } = node;
      if (value !== undefined) {
        const data = Array.from(dataOf(value), (number) => arithmetic.literal(number));
        results.set(first, { shape: value.shape, data });
        continue;
      }
      const operands = node.inputs.map((input) => results.get(input) as NdArray<S>);
      node.op.reference(arithmetic, operands, node.params).forEach((result, i) => {
        results.set(node.outputs[i] as SymbolicTensor, result);
      });
    }
    return this.outputs.map((output) => results.get(output) as NdArray<S>);
  }

  /** With further outputs, which are inputs given back. */
  returning(inputs: readonly number[]): Body {
    return this.#memo(`returning ${inputs.join()}`, () => {
      const further = inputs.map((place) => this.inputs[place] as SymbolicTensor);
      return new Body(this.#graph, this.inputs, [...this.outputs, ...further]);
    });
  }

  /** From the inputs and the cotangents of the outputs at the linked places to those of the inputs there. */
  pullback(link: Link): Body {
    return this.#extended(`pullback ${keyOf(link)}`, () => {
      const { inputs, outputs } = this.#at(link);
      const cotangents = outputs.map((output) => this.#graph.added(output));
      const rows = linearize(outputs, inputs);
      const adjoints = backward(rows, seedsOf(outputs, cotangents), slotsOf(outputs, inputs));
      const results = inputs.map((input) => finish(adjoints[input.slot], input));
      return { inputs: [...this.inputs, ...cotangents], results };
    });
  }

  /**
   * The cotangents of the inputs at the linked places from those of the outputs there, by a run step by step. So the
   * rules see which zeros of a cotangent stand for nothing, as they do on a tape.
   */
  pull(link: Link, values: readonly Tensor[], cotangents: readonly Tensor[]): Adjoints {
    const given = new Map(this.inputs.map(({ node }, i) => [node, values[i] as Tensor]));
    const valueAt = evaluateNodes(this.#reachable(), (node) => node.value ?? given.get(node));
    const { inputs, outputs } = this.#at(link);
    const rows = linearize(outputs, inputs).map((row) => ({
      ...row,
      inputs: row.inputs.map((input) => (input instanceof SymbolicTensor ? valueAt(input) : input)),
      outputs: row.outputs.map((output) => valueAt(output as SymbolicTensor)),
    }));
    const adjoints = backward(rows, seedsOf(outputs, cotangents), slotsOf(outputs, inputs));
    return inputs.map(({ slot }) => adjoints[slot]);
  }

  /** From the inputs and the tangents of those at the linked places to the outputs and the tangents of those there. */
  pushforward(link: Link): Body {
    return this.#extended(`pushforward ${keyOf(link)}`, () => {
      const { inputs, outputs } = this.#at(link);
      const tangents = inputs.map((input) => this.#graph.added(input));
      const seeds = new Map(inputs.map(({ slot }, i) => [slot, tangents[i] as Tensor]));
      const found = forward(linearize(outputs, inputs), seeds);
      const results = outputs.map((output) => finish(found[output.slot], output));
      return { inputs: [...this.inputs, ...tangents], results: [...this.outputs, ...results] };
    });
  }

  #at({ inputs, outputs }: Link): Record<keyof Link, SymbolicTensor[]> {
    return {
      inputs: inputs.map((place) => this.inputs[place] as SymbolicTensor),
      outputs: outputs.map((place) => this.outputs[place] as SymbolicTensor),
    };
  }

  /** For a batch: the examples stand along the first axis of the inputs that are batched and of all outputs. */
  batched(flags: readonly boolean[], size: number): Body {
    return this.#memo(`batched ${flags.join()} ${size}`, () => {
      const values = this.inputs.map(({ shape, dtype }, i) => ({
        shape: flags[i] ? [size, ...shape] : shape,
        dtype,
        weak: false,
      }));
      return makeBody(values, (inputs) => {
        const axes = flags.map((flag) => (flag ? 0 : null));
        return vmap((...operands: Tensor[]) => this.evaluate(operands), { axes })(...inputs);
      });
    });
  }

  /** A body of what is added to the graph of this one. */
  #extended(key: string, build: () => Extension): Body {
    const graph = this.#graph;
    return this.#memo(key, () =>
      graph.open("extending", () => {
        const { inputs, results } = build();
        return new Body(
          graph,
          inputs,
          results.map((result) => graph.adopt(result)),
        );
      }),
    );
  }

  #memo(key: string, make: () => Body): Body {
    const known = this.#derived.get(key) ?? make();
    this.#derived.set(key, known);
    return known;
  }

  #reachable(): readonly Node[] {
    this.#nodes ??= reachable(this.outputs);
    return this.#nodes;
  }
}

function keyOf({ inputs, outputs }: Link): string {
  return `${inputs.join()} ${outputs.join()}`;
}

/** Cotangents by slot; one value may be several outputs. */
function seedsOf(
  outputs: readonly SymbolicTensor[],
  cotangents: readonly Tensor[],
): Map<number, Tensor> {
  const seeds = new Map<number, Tensor>();
  outputs.forEach(({ slot }, i) => {
    const known = seeds.get(slot);
    const cotangent = cotangents[i] as Tensor;
    seeds.set(slot, known === undefined ? cotangent : add(known, cotangent));
  });
  return seeds;
}

/** A body of what `build` makes of inputs of the given types; it must use nothing else. */
export function makeBody(
  values: readonly AbstractValue[],
  build: (inputs: readonly SymbolicTensor[]) => readonly Tensor[],
): Body {
  const graph = new BodyGraph();
  const inputs = values.map((value) => graph.added(value));
  return graph.open("extending", () => {
    const outputs = build(inputs).map((output) => graph.adopt(output));
    return new Body(graph, inputs, outputs);
  });
}

/** A traced function: its body, and the values from outside that are the last inputs of it. */
export interface Traced {
  readonly body: Body;
  readonly captures: readonly Tensor[];
  /** The tree that the function returned; its leaves in order are the outputs. */
  readonly result: Tree;
}

/** Traces `f` for arguments of the given types, once, with symbols in the place of numbers. */
export function traceBody(
  operation: string,
  values: readonly AbstractValue[],
  f: (inputs: readonly Tensor[]) => unknown,
): Traced {
  const graph = new BodyGraph();
  const inputs = values.map((value) => graph.added(value));
  return graph.open("tracing", () => {
    const result = f(inputs);
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw new SymtapeError(
        "usage",
        `${operation}: the function returned a promise. Await data before, and keep the function synchronous.`,
        { operation },
      );
    }
    const leaves = leavesOf(result as Tree, operation).map(leafTensor);
    const outputs = leaves.map((leaf) => graph.adopt(leaf));
    return {
      body: new Body(graph, [...inputs, ...graph.captures.values()], outputs),
      captures: [...graph.captures.keys()],
      result: result as Tree,
    };
  });
}

/** The tree of a traced result with other leaves. */
export function resultOf(traced: Traced, outputs: readonly Tensor[]): unknown {
  return rebuildTree(traced.result, outputs);
}
