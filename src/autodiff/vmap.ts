// vmap: a function of one example becomes a function of a batch, operation by operation.

import { SymtapeError } from "../expr/errors.ts";
import type { BatchCall, Op, Params } from "../expr/op.ts";
import { repeated, withoutExamples } from "../expr/ops/batching.ts";
import { moveAxis } from "../expr/ops/movement/reshape.ts";
import { formatShape, normalizeAxes, type Shape } from "../expr/shape.ts";
import {
  type ConcreteTensor,
  FollowedTensor,
  requireOpen,
  Tensor,
  type Tracer,
} from "../expr/tensor.ts";
import { atNextLevel } from "./tape.ts";
import { leafTensor, leavesOf, rebuildTree, type Tree } from "./tree.ts";

/** A value for every example, which looks like the value of one. */
class BatchedTensor extends FollowedTensor {
  readonly value: Tensor;
  readonly tracer: Batch;
  readonly #shape: Shape;

  /** `value` holds the examples along its first axis. */
  constructor(tracer: Batch, value: Tensor) {
    super();
    this.value = value;
    this.tracer = tracer;
    this.#shape = value.shape.slice(1);
  }

  override get shape(): Shape {
    return this.#shape;
  }

  override concrete(operation: string): ConcreteTensor {
    requireOpen(this, operation);
    throw new SymtapeError(
      "usage",
      `${operation}: inside vmap a tensor stands for ${this.tracer.size} examples at once and has no single ` +
        "value. Choose with where(condition, x, y) or cond() instead of if.",
      { operation },
    );
  }

  override toString(): string {
    return `Tensor(one of ${this.tracer.size} examples, shape ${formatShape(this.shape)}, ${this.dtype})`;
  }
}

/** The operation on all examples; where shapes do not fit, the error tells those of one example. */
function batchOf(call: BatchCall, examples: readonly Tensor[]): readonly Tensor[] {
  try {
    return call.op.batch(call);
  } catch (error) {
    if (error instanceof SymtapeError && error.kind === "shape") {
      call.op.infer(examples, call.params);
    }
    throw error;
  }
}

/** All examples of one call of vmap. */
class Batch implements Tracer {
  readonly level: number;
  readonly size: number;
  #closed = false;

  constructor(level: number, size: number) {
    this.level = level;
    this.size = size;
  }

  apply(op: Op, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    const batched = inputs.map((input) => this.owns(input));
    const values = inputs.map((input) => {
      requireOpen(input, op.name);
      return this.owns(input) ? input.value : input;
    });
    const call = { op, params, inputs: values, batched, size: this.size };
    const outputs = this.size === 0 ? withoutExamples(call) : batchOf(call, inputs);
    return outputs.map((output) => new BatchedTensor(this, output));
  }

  owns(value: Tensor): value is BatchedTensor {
    return value instanceof BatchedTensor && value.tracer === this;
  }

  /** The examples along the first axis; a value that does not depend on the example is repeated. */
  examplesOf(value: Tensor): Tensor {
    if (this.owns(value)) return value.value;
    requireOpen(value, "vmap");
    return repeated(value, this.size);
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }
}

/**
 * Where the examples stand in an argument: an axis, null where it is the same for every example, or a tree
 * of these beside the argument.
 */
export type BatchAxes =
  | number
  | null
  | readonly BatchAxes[]
  | { readonly [name: string]: BatchAxes };

export interface VmapOptions {
  /** The axes of the arguments, one entry for each; 0 unless given. Numbers are never batched. */
  readonly axes?: readonly BatchAxes[];
  /** The axis of the results along which the examples stand, 0 unless given. */
  readonly outAxis?: number;
}

/** The same tree with a tensor at every leaf. */
export type Batched<T> = T extends number | Tensor
  ? Tensor
  : { -readonly [K in keyof T]: Batched<T[K]> };

/**
 * A function of one example as a function of a batch. All operations run on the whole batch at once;
 * `vmap` composes with `grad`, `jvp` and itself in any order.
 *
 * @throws SymtapeError (shape) if the arguments disagree on how many examples there are.
 * @example
 * const dots = vmap((x: Tensor, y: Tensor) => sum(multiply(x, y)));
 * dots(tensor([[1, 2], [3, 4]]), tensor([[5, 6], [7, 8]])).toArray(); // [17, 53]
 * const slopes = vmap(grad((x: Tensor) => multiply(x, x)));
 * slopes(tensor([1, 2, 3])).toArray(); // [2, 4, 6]
 */
export function vmap<Args extends readonly unknown[] = Tensor[], Result = Tensor>(
  f: (...args: Args) => Result,
  options: VmapOptions = {},
): (...args: Args) => Batched<Result> {
  const { axes, outAxis = 0 } = options;
  checkAxes(axes);
  return (...args) =>
    atNextLevel((level) => {
      const moved = args.map((arg, i) =>
        movedLeaves(arg as Tree, axes === undefined ? 0 : axes[i], i),
      );
      const batch = new Batch(level, batchSize(moved.flat()));
      const examples = args.map((arg, i) =>
        rebuildTree(
          arg as Tree,
          (moved[i] as MovedLeaf[]).map(({ value, batched }) =>
            batched ? new BatchedTensor(batch, value as Tensor) : value,
          ),
        ),
      );
      try {
        const result = f(...(examples as unknown as Args)) as Tree;
        const results = leavesOf(result, "vmap").map((leaf) =>
          moveAxis(batch.examplesOf(leafTensor(leaf)), 0, outAxis),
        );
        return rebuildTree(result, results) as Batched<Result>;
      } finally {
        batch.close();
      }
    });
}

function checkAxes(axes: unknown): void {
  if (axes === undefined || Array.isArray(axes)) return;
  throw new SymtapeError(
    "usage",
    "vmap: axes is a list with an entry for each argument, such as [0, null].",
    { operation: "vmap" },
  );
}

/** A leaf of an argument with its examples along the first axis. */
interface MovedLeaf {
  readonly value: Tensor | number;
  readonly batched: boolean;
  readonly path: string;
}

function movedLeaves(arg: Tree, axes: BatchAxes | undefined, place: number): MovedLeaf[] {
  const leaves = leavesOf(arg, "vmap");
  const places = axesOfLeaves(arg, axes ?? null);
  return leaves.map(({ value, path }, i) => {
    const axis = places[i] ?? null;
    const name = `argument ${place + 1}${path}`;
    if (axis === null || typeof value === "number") return { value, batched: false, path: name };
    if (value.rank === 0) {
      throw new SymtapeError(
        "shape",
        `vmap: ${name} is a scalar and holds no examples. Name it as the same for all: axes: [0, null].`,
        { operation: "vmap", shapes: [value.shape] },
      );
    }
    const [from] = normalizeAxes(`vmap: ${name}`, axis, value.rank) as [number];
    return { value: moveAxis(value, from, 0), batched: true, path: name };
  });
}

/** The axis of every leaf: a number or null stands for a whole subtree. */
function axesOfLeaves(tree: Tree, axes: BatchAxes): (number | null)[] {
  if (axes === null || typeof axes === "number") return leavesOf(tree, "vmap").map(() => axes);
  if (tree instanceof Tensor || typeof tree === "number") {
    throw new SymtapeError(
      "usage",
      "vmap: the axes must be a tree like the argument, or one axis.",
      {
        operation: "vmap",
      },
    );
  }
  const inner = axes as Readonly<Record<string, BatchAxes>>;
  const unknown = Object.keys(inner).find((key) => !Object.hasOwn(tree, key));
  if (unknown !== undefined) {
    throw new SymtapeError(
      "usage",
      `vmap: the axes name ${unknown}, which the argument does not have; it has ${Object.keys(tree).join(", ")}.`,
      { operation: "vmap" },
    );
  }
  return Object.entries(tree).flatMap(([key, item]) =>
    axesOfLeaves(item as Tree, inner[key] ?? null),
  );
}

function batchSize(leaves: readonly MovedLeaf[]): number {
  const batched = leaves.filter((leaf) => leaf.batched);
  const sizes = batched.map(({ value }) => (value as Tensor).shape[0] as number);
  const [size] = sizes;
  if (size === undefined) {
    throw new SymtapeError(
      "usage",
      "vmap: no argument holds a batch. Pass a tensor with the examples along an axis.",
      { operation: "vmap" },
    );
  }
  const odd = sizes.findIndex((other) => other !== size);
  if (odd < 0) return size;
  throw new SymtapeError(
    "shape",
    `vmap: ${batched[0]?.path} holds ${size} examples and ${batched[odd]?.path} holds ${sizes[odd]}. ` +
      "All batches need one size.",
    { operation: "vmap", shapes: batched.map(({ value }) => (value as Tensor).shape) },
  );
}
