// What a program is compiled for: shapes and dtypes in the place of numbers.

import { leavesOf, type Tree } from "../autodiff/tree.ts";
import { SymtapeError } from "../expr/errors.ts";
import { checkShape, type DType, type Shape } from "../expr/shape.ts";
import { type ConcreteTensor, Tensor } from "../expr/tensor.ts";

const DTYPES: readonly DType[] = ["float64", "float32", "int32", "bool"];

/** The shape and dtype of an argument whose numbers are not known yet. */
export class TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(shape: Shape, dtype: DType) {
    if (!Array.isArray(shape)) {
      throw new SymtapeError(
        "usage",
        `spec: the shape is a list of sizes, such as [2, 3] or [] for one number, got ${shape === null ? "null" : typeof shape}.`,
        { operation: "spec" },
      );
    }
    if (!DTYPES.includes(dtype)) {
      throw new SymtapeError(
        "usage",
        `spec: expected a dtype of ${DTYPES.join(", ")}, got ${String(dtype)}.`,
        { operation: "spec" },
      );
    }
    checkShape("spec", shape);
    this.shape = [...shape];
    this.dtype = dtype;
  }
}

/**
 * The shape and dtype of an argument, float64 unless told.
 *
 * @throws SymtapeError (shape) for a shape that is none; (usage) for something else than a list, or another dtype.
 * @example
 * const program = compile((x: Tensor) => sum(multiply(x, x)), [spec([3])]);
 * program(tensor([1, 2, 3])).item(); // 14
 */
export function spec(shape: Shape, dtype: DType = "float64"): TensorSpec {
  return new TensorSpec(shape, dtype);
}

/** Trees in which shapes stand for numbers: tensors and numbers are examples. */
export type SpecOf<T> = T extends Tensor | number
  ? Tensor | number | TensorSpec
  : { readonly [K in keyof T]: SpecOf<T[K]> };

/** A tree with symbols, examples or specs at its leaves. */
export type SpecTree =
  | Tree
  | TensorSpec
  | readonly SpecTree[]
  | { readonly [name: string]: SpecTree };

/** One leaf of the arguments: where it stands and what it is. */
export interface ArgumentLeaf {
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The leaves of trees of specs or values, in order. */
export function argumentLeaves(operation: string, trees: readonly SpecTree[]): ArgumentLeaf[] {
  return trees.flatMap((tree, i) =>
    leavesOf(withTensors(tree) as Tree, operation).map(({ path, value }) => {
      const { shape, dtype } = value instanceof Tensor ? value : NUMBER;
      return { path: `argument ${i + 1}${path}`, shape, dtype };
    }),
  );
}

const NUMBER = { shape: [], dtype: "float64" } as const;

/** Names the structure, shapes and dtypes of trees: two lists of trees have the same key if one version serves both. */
export function structureKey(trees: readonly SpecTree[]): string {
  return trees.map((tree) => keyOf(tree)).join();
}

function keyOf(tree: SpecTree): string {
  if (typeof tree === "number") return `${NUMBER.dtype}[]`;
  if (tree instanceof Tensor || tree instanceof TensorSpec) return `${tree.dtype}[${tree.shape}]`;
  if (Array.isArray(tree)) return `(${structureKey(tree as readonly SpecTree[])})`;
  const entries = Object.entries(tree).map(
    ([key, item]) => `${JSON.stringify(key)}: ${keyOf(item as SpecTree)}`,
  );
  return `{${entries.sort().join()}}`;
}

/** Refuses specs that are no list, and leaves that are none. */
export function checkSpecs(operation: string, specs: unknown): void {
  if (Array.isArray(specs)) {
    argumentLeaves(operation, specs as readonly SpecTree[]);
    return;
  }
  const found = specs === null ? "null" : specs instanceof TensorSpec ? "a spec" : typeof specs;
  throw new SymtapeError(
    "usage",
    `${operation}: expected a list with a spec for every argument, such as [spec([2, 3])], got ${found}.`,
    { operation },
  );
}

/** Leaves read a spec as they read a tensor. */
function withTensors(tree: SpecTree): unknown {
  if (tree instanceof TensorSpec) return new SpecTensor(tree);
  if (typeof tree !== "object" || tree === null || tree instanceof Tensor) return tree;
  if (Array.isArray(tree)) return tree.map((item) => withTensors(item as SpecTree));
  const prototype: unknown = Object.getPrototypeOf(tree);
  if (prototype !== Object.prototype && prototype !== null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, withTensors(item as SpecTree)]),
  );
}

/** A spec that stands in a tree of tensors. */
class SpecTensor extends Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly weak = false;

  constructor({ shape, dtype }: TensorSpec) {
    super();
    this.shape = shape;
    this.dtype = dtype;
  }

  get tracer(): undefined {
    return undefined;
  }

  concrete(operation: string): ConcreteTensor {
    throw new SymtapeError("usage", `${operation}: a spec has a shape and no numbers.`, {
      operation,
    });
  }
}

/** The trees with tensors in the place of specs, so that all tools for trees work on them. */
export function specTrees(trees: readonly SpecTree[]): readonly Tree[] {
  return trees.map((tree) => withTensors(tree) as Tree);
}
