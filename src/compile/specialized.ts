// A function compiled for arguments of certain shapes: values go in, the program runs, values come out.

import { leafTensor, type Tree } from "../autodiff/tree.ts";
import { evaluateNodes } from "../expr/evaluate-nodes.ts";
import { reachable } from "../expr/graph.ts";
import { sameShape } from "../expr/shape.ts";
import type { Tensor } from "../expr/tensor.ts";
import { type Built, build } from "./build.ts";
import type { Executable, Slot } from "./executable.ts";
import type { CompileOptions } from "./options.ts";
import { SlotWriter, tensorOf } from "./slots.ts";
import type { ArgumentLeaf } from "./spec.ts";
import type { TracedProgram } from "./traced-program.ts";
import { type TreeReader, treeReader } from "./tree-reader.ts";

export class Specialized {
  readonly traced: TracedProgram;
  readonly built: Built;
  readonly executable: Executable;
  readonly #read: TreeReader;
  readonly #writer: SlotWriter;

  constructor(
    operation: string,
    traced: TracedProgram,
    args: readonly Tree[],
    options: Required<CompileOptions>,
    aliases: readonly (number | undefined)[] = [],
  ) {
    this.traced = traced;
    this.built = build(
      operation,
      { inputs: traced.inputs, outputs: traced.outputs, aliases },
      options,
    );
    this.executable = this.built.executable;
    this.#writer = new SlotWriter(this.executable.inputs);
    this.#read = treeReader(args);
  }

  /** The leaves of arguments that fit from the input `first` on; undefined where they do not. */
  leavesOf(args: readonly unknown[], first = 0): readonly (Tensor | number)[] | undefined {
    const leaves: (Tensor | number)[] = [];
    if (!this.#read(args, leaves)) return undefined;
    const expected = this.traced.leaves;
    for (let i = 0; i < leaves.length; i++) {
      if (!fits(leaves[i] as Tensor | number, expected[first + i] as ArgumentLeaf))
        return undefined;
    }
    return leaves;
  }

  /** Puts values into the inputs from `first` on. */
  write(leaves: readonly (Tensor | number)[], first = 0): void {
    for (let i = 0; i < leaves.length; i++) {
      this.#writer.write(first + i, leaves[i] as Tensor | number);
    }
  }

  /** Says that the first inputs are no longer what was written there. */
  forget(count: number): void {
    this.#writer.forget(count);
  }

  /** The outputs from `first` to `end`, copied out of memory. */
  results(first = 0, end: number = this.executable.outputs.length): Tensor[] {
    const results: Tensor[] = [];
    for (let k = first; k < end; k++) results.push(tensorOf(this.executable.outputs[k] as Slot));
    return results;
  }

  /** The inputs, for anybody to write. */
  openInputs(): readonly Slot[] {
    this.#writer.isShared = true;
    return this.executable.inputs;
  }

  /** The results for values that a transformation follows: the graph is computed operation by operation. */
  follow(leaves: readonly (Tensor | number)[]): Tensor[] {
    const { inputs, outputs } = this.traced;
    const given = new Map(
      inputs.map(({ node }, i) => [node, leafTensor({ path: "", value: leaves[i] as Tensor })]),
    );
    const resultOf = evaluateNodes(reachable(outputs), (node) => node.value ?? given.get(node));
    return outputs.map(resultOf);
  }
}

function fits(leaf: Tensor | number, { shape, dtype }: ArgumentLeaf): boolean {
  if (typeof leaf === "number")
    return shape.length === 0 && (dtype === "float64" || dtype === "float32");
  return leaf.dtype === dtype && sameShape(leaf.shape, shape);
}
