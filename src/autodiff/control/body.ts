// A function traced into a closed graph: what loops, choices and checkpoints hold, differentiate and repeat.

import type { Arithmetic, NdArray } from "../../expr/arithmetic.ts";
import { SymtapeError } from "../../expr/errors.ts";
import { evaluateNodes } from "../../expr/evaluate-nodes.ts";
import { Graph, type Node, reachable, SymbolicTensor } from "../../expr/graph.ts";
import { add } from "../../expr/ops/arithmetic.ts";
import { type AbstractValue, isFloat } from "../../expr/shape.ts";
import { ConcreteTensor, dataOf, FollowedTensor, type Tensor } from "../../expr/tensor.ts";
import { backward, finish } from "../backward.ts";
import { forward } from "../forward.ts";
import { linearize, slotsOf } from "../linearize.ts";
import { atNextLevel } from "../tape.ts";
import { leafTensor, leavesOf, rebuildTree, type Tree } from "../tree.ts";
import { vmap } from "../vmap.ts";

/** A graph under construction that takes every value from outside as a further input. */
class BodyGraph extends Graph {
  override readonly level: number;
  readonly captures: Map<Tensor, SymbolicTensor> = new Map();

  constructor(level: number) {
    super();
    this.level = level;
  }

  override adopt(value: Tensor): SymbolicTensor {
    if (value instanceof ConcreteTensor || value.tracer === this) return super.adopt(value);
    if (value instanceof FollowedTensor)
      value.requireOpen("a function inside cond, scan or checkpoint");
    let input = this.captures.get(value);
    if (input === undefined) {
      input = this.added(value);
      this.captures.set(value, input);
    }
    return input;
  }

  /** A new input. */
  added({ shape, dtype }: AbstractValue): SymbolicTensor {
    return this.input(`x${this.nodes.length}`, shape, dtype);
  }
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

  /** From the inputs and the cotangents of float outputs to those of the inputs at the given places. */
  pullback(places: readonly number[]): Body {
    return this.#memo(`pullback ${places.join()}`, () => {
      const variables = places.map((place) => this.inputs[place] as SymbolicTensor);
      const varying = this.outputs.filter(({ dtype }) => isFloat(dtype));
      const cotangents = varying.map((output) => this.#graph.added(output));
      const rows = linearize(this.outputs, variables);
      const adjoints = backward(
        rows,
        seedsOf(varying, cotangents),
        slotsOf(this.outputs, variables),
      );
      const results = variables.map((input) => finish(adjoints[input.slot], input));
      return this.#with([...this.inputs, ...cotangents], results);
    });
  }

  /**
   * The cotangents of all inputs, from a run step by step. So the rules see which zeros of a cotangent stand
   * for nothing, as they do on a tape.
   */
  pull(
    values: readonly Tensor[],
    cotangents: readonly (Tensor | undefined)[],
  ): readonly (Tensor | undefined)[] {
    const given = new Map(this.inputs.map(({ node }, i) => [node, values[i] as Tensor]));
    const valueAt = evaluateNodes(this.#reachable(), (node) => node.value ?? given.get(node));
    const rows = linearize(this.outputs, this.inputs).map((row) => ({
      ...row,
      inputs: row.inputs.map((input) => (input instanceof SymbolicTensor ? valueAt(input) : input)),
      outputs: row.outputs.map((output) => valueAt(output as SymbolicTensor)),
    }));
    const seeds = seedsOf(this.outputs, cotangents);
    const adjoints = backward(rows, seeds, slotsOf(this.outputs, this.inputs));
    return this.inputs.map(({ slot }) => adjoints[slot]);
  }

  /** From the inputs and the tangents of float inputs to the outputs and the tangents of float outputs. */
  pushforward(): Body {
    return this.#memo("pushforward", () => {
      const variables = this.inputs.filter(({ dtype }) => isFloat(dtype));
      const tangents = variables.map((input) => this.#graph.added(input));
      const seeds = new Map(variables.map(({ slot }, i) => [slot, tangents[i] as Tensor]));
      const found = forward(linearize(this.outputs, variables), seeds);
      const results = this.outputs
        .filter(({ dtype }) => isFloat(dtype))
        .map((output) => finish(found[output.slot], output));
      return this.#with([...this.inputs, ...tangents], [...this.outputs, ...results]);
    });
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

  #with(inputs: readonly SymbolicTensor[], results: readonly Tensor[]): Body {
    return new Body(
      this.#graph,
      inputs,
      results.map((result) => this.#graph.adopt(result)),
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

/** Cotangents by slot; one value may be several outputs. */
function seedsOf(
  outputs: readonly SymbolicTensor[],
  cotangents: readonly (Tensor | undefined)[],
): Map<number, Tensor> {
  const seeds = new Map<number, Tensor>();
  outputs.forEach(({ slot }, i) => {
    const known = seeds.get(slot);
    const cotangent = cotangents[i];
    if (cotangent !== undefined) {
      seeds.set(slot, known === undefined ? cotangent : add(known, cotangent));
    }
  });
  return seeds;
}

/** A body of what `build` makes of inputs of the given types; it must use nothing else. */
export function makeBody(
  values: readonly AbstractValue[],
  build: (inputs: readonly SymbolicTensor[]) => readonly Tensor[],
): Body {
  return atNextLevel((level) => {
    const graph = new BodyGraph(level);
    const inputs = values.map((value) => graph.added(value));
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
  return atNextLevel((level) => {
    const graph = new BodyGraph(level);
    const inputs = values.map((value) => graph.added(value));
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
