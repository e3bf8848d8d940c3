// What the user of customRule writes in trees, as functions of lists of tensors, with every shape checked.

import { SymtapeError } from "../../expr/errors.ts";
import { cast } from "../../expr/ops/movement/index.ts";
import { formatShape, sameShape } from "../../expr/shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../expr/tensor.ts";
import { leafTensor, leavesOf, matchingLeaves, rebuildTree, type Tree } from "../tree.ts";

export type List = readonly Tensor[];

/** A function of lists of tensors with its derivative. */
export interface Rule {
  readonly name: string;
  value(inputs: List): Tensor[];
  readonly pullback?: (inputs: List, outputs: List, cotangents: List) => (Tensor | undefined)[];
  readonly pushforward?: (inputs: List, outputs: List, tangents: List) => Tensor[];
}

/** The tree of a function's outputs, known from its first call. */
class Form {
  readonly #name: string;
  #tree: Tree | undefined;
  #paths: readonly string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** The leaves of an output, which must be those of the first. */
  leaves(output: Tree): Tensor[] {
    const leaves = leavesOf(output, this.#name);
    const paths = leaves.map(({ path }) => path);
    if (this.#tree === undefined) {
      this.#tree = rebuildTree(
        output,
        leaves.map(() => 0),
      ) as Tree;
      this.#paths = paths;
    } else if (paths.join() !== this.#paths.join()) {
      throw new SymtapeError(
        "usage",
        `${this.#name}: its value must always be a tree of the same leaves: it had ` +
          `${this.#paths.join(", ") || "one"} and now has ${paths.join(", ") || "one"}.`,
        { operation: this.#name },
      );
    }
    return leaves.map(leafTensor).map((leaf) => cast(leaf, leaf.dtype));
  }

  /** The leaves of a tree that must be like the given outputs. */
  matching(tree: Tree, outputs: List): Tensor[] {
    const expected = this.#paths.map((path, i) => ({ path, shape: (outputs[i] as Tensor).shape }));
    return matchingLeaves(tree, expected, `${this.#name}: the tangent`);
  }

  tree(outputs: List): unknown {
    return rebuildTree(this.#tree as Tree, outputs);
  }
}

/** A definition in trees, of whatever types. */
export interface Definition {
  readonly name: string;
  value(...inputs: List): Tree;
  pullback?(inputs: List, output: unknown, cotangent: unknown): unknown;
  pushforward?(inputs: List, output: unknown, tangents: List): Tree;
}

/** The lists behind a definition in trees. */
export function ruleOf(definition: Definition): { readonly rule: Rule; readonly form: Form } {
  const { name } = definition;
  if (definition.pullback === undefined && definition.pushforward === undefined) {
    throw new SymtapeError("usage", `${name}: give a pullback or a pushforward, or both.`, {
      operation: "customRule",
    });
  }
  const form = new Form(name);
  const rule: Rule = {
    name,
    value: (inputs) => form.leaves(definition.value(...inputs)),
    ...(definition.pullback !== undefined && {
      pullback: (inputs, outputs, cotangents) =>
        cotangentsOf(
          name,
          inputs,
          definition.pullback?.(inputs, form.tree(outputs), form.tree(cotangents)),
        ),
    }),
    ...(definition.pushforward !== undefined && {
      pushforward: (inputs, outputs, tangents) =>
        form.matching(
          definition.pushforward?.(inputs, form.tree(outputs), tangents) as Tree,
          outputs,
        ),
    }),
  };
  return { rule, form };
}

/** What a pullback returned, in the shapes of the inputs. */
function cotangentsOf(name: string, inputs: List, found: unknown): (Tensor | undefined)[] {
  if (!Array.isArray(found) || found.length !== inputs.length) {
    const got = Array.isArray(found) ? `${found.length}` : "no array";
    throw new SymtapeError(
      "shape",
      `${name}: expected a list of ${inputs.length} cotangents from the pullback, one for each argument ` +
        `(undefined for zero), got ${got}.`,
      { operation: name, shapes: inputs.map(({ shape }) => shape) },
    );
  }
  return found.map((cotangent: TensorLike | undefined, i) => {
    if (cotangent === undefined) return undefined;
    const { shape } = inputs[i] as Tensor;
    const value = asTensor(cotangent);
    if (sameShape(value.shape, shape)) return value;
    throw new SymtapeError(
      "shape",
      `${name}: expected a cotangent of shape ${formatShape(shape)} for argument ${i + 1} from the pullback, ` +
        `got ${formatShape(value.shape)}.`,
      { operation: name, shapes: [shape, value.shape] },
    );
  });
}

/** The inputs, the outputs, and the tangents or cotangents in one list. */
export function thirds(all: List, inputs: number, outputs: number): [List, List, List] {
  return [all.slice(0, inputs), all.slice(inputs, inputs + outputs), all.slice(inputs + outputs)];
}

/** Runs what may ask a symbol for its numbers, and says so in the given words. */
export function withoutNumbers<T>(run: () => T, refusal: (message: string) => SymtapeError): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SymtapeError) || error.kind !== "usage") throw error;
    throw refusal(error.message);
  }
}
