// Trees: numbers and tensors in arrays and plain objects, as models and points are written.

import { SymtapeError } from "../expr/errors.ts";
import { formatShape, isFloat, sameShape } from "../expr/shape.ts";
import { scalar, Tensor } from "../expr/tensor.ts";

/** Numbers and tensors, nested in arrays and plain objects to any depth. */
export type Tree = Tensor | number | readonly Tree[] | { readonly [name: string]: Tree };

/** What an argument must be to be taken for a tree: interfaces fit as well, and lists are read as tuples. */
export type TreeLike = Tensor | number | [] | object;

/** The same tree with a tensor at every leaf: what a differentiated function receives. */
export type Traced<P> = P extends number | Tensor ? Tensor : { [K in keyof P]: Traced<P[K]> };

/** Trees that a function of traced parameters accepts: a number or a tensor at every leaf. */
export type Untraced<T> = T extends Tensor ? Tensor | number : { [K in keyof T]: Untraced<T[K]> };

/** The same tree with its leaves' types as they came: a number for a number, a tensor for a tensor. */
export type Like<P> = P extends number
  ? number
  : P extends Tensor
    ? Tensor
    : { -readonly [K in keyof P]: Like<P[K]> };

/** The leaves of a tree in order, each with its path such as `.w1[0]`. */
export interface Leaf {
  readonly path: string;
  readonly value: Tensor | number;
}

export function leavesOf(tree: Tree, operation: string): Leaf[] {
  const leaves: Leaf[] = [];
  collectLeaves(tree, "", operation, leaves);
  return leaves;
}

function collectLeaves(value: Tree, path: string, operation: string, leaves: Leaf[]): void {
  if (typeof value === "number" || value instanceof Tensor) leaves.push({ path, value });
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      collectLeaves(value[i] as Tree, `${path}[${i}]`, operation, leaves);
    }
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) {
      collectLeaves(value[key] as Tree, `${path}.${key}`, operation, leaves);
    }
  } else throw notATree(value, path, operation);
}

/** The tree with other leaves, in order. */
export function rebuildTree<T>(tree: Tree, leaves: readonly T[]): unknown {
  let next = 0;
  const build = (value: Tree): unknown => {
    if (typeof value === "number" || value instanceof Tensor) return leaves[next++];
    if (Array.isArray(value)) {
      const items = new Array<unknown>(value.length);
      for (let i = 0; i < value.length; i++) items[i] = build(value[i] as Tree);
      return items;
    }
    const entries: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const item = build((value as Readonly<Record<string, Tree>>)[key] as Tree);
      if (key === "__proto__") Object.defineProperty(entries, key, { ...OWN, value: item });
      else entries[key] = item;
    }
    return entries;
  };
  return build(tree);
}

/** A property as an assignment makes it; an assignment to `__proto__` would set the prototype. */
const OWN: PropertyDescriptor = { writable: true, enumerable: true, configurable: true };

/** Leaves as tensors; a number is a float64 scalar. */
export function leafTensor(leaf: Leaf): Tensor {
  return typeof leaf.value === "number" ? scalar(leaf.value) : leaf.value;
}

/** Throws unless all leaves are of floats: there is no derivative by whole numbers. */
export function checkFloats(
  operation: string,
  leaves: readonly Leaf[],
  wanted: "gradient" | "derivative",
): void {
  for (const leaf of leaves) {
    if (typeof leaf.value === "number") continue;
    const { dtype } = leaf.value;
    if (isFloat(dtype)) continue;
    throw new SymtapeError(
      "gradient",
      `${operation}: there is no ${wanted} by the ${dtype} at ${leaf.path || "the argument"}. ` +
        'Use cast(x, "float64") for a number that varies, or pass it as a further argument.',
      { operation },
    );
  }
}

/**
 * Gives leaves back in the kinds of the originals: a number for a number. A value that an outer
 * transformation still follows stays a tensor.
 */
export function restoreLeaf(original: Leaf, value: Tensor): Tensor | number {
  return typeof original.value === "number" && value.tracer === undefined ? value.item() : value;
}

/** Leaves in the order of another tree with the same paths: the entries of an object have no order. */
export function inOrderOf(
  like: readonly { readonly path: string }[],
  leaves: readonly Leaf[],
): readonly Leaf[] {
  if (leaves.every(({ path }, i) => path === like[i]?.path)) return leaves;
  const byPath = new Map(leaves.map((leaf) => [leaf.path, leaf]));
  const ordered = like.map(({ path }) => byPath.get(path));
  const isSame = byPath.size === leaves.length && leaves.length === like.length;
  return isSame && ordered.every((leaf) => leaf !== undefined) ? ordered : leaves;
}

/** Reads a tree that must match another one leaf by leaf, such as tangents beside a point. */
export function matchingLeaves(
  tree: Tree,
  like: readonly { readonly path: string; readonly shape: readonly number[] }[],
  operation: string,
): Tensor[] {
  const leaves = inOrderOf(like, leavesOf(tree, operation));
  if (leaves.length !== like.length) {
    throw new SymtapeError(
      "shape",
      `${operation}: expected a tree of ${like.length} leaves, got ${leaves.length}.`,
      { operation, shapes: [] },
    );
  }
  return leaves.map((leaf, i) => {
    const expected = like[i] as (typeof like)[number];
    const value = leafTensor(leaf);
    if (leaf.path !== expected.path || !sameShape(value.shape, expected.shape)) {
      throw new SymtapeError(
        "shape",
        `${operation}: expected ${formatShape(expected.shape)} at ${expected.path || "the root"}, got ` +
          `${formatShape(value.shape)} at ${leaf.path || "the root"}.`,
        { operation, shapes: [expected.shape, value.shape] },
      );
    }
    return value;
  });
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notATree(value: unknown, path: string, operation: string): SymtapeError {
  const kind = ArrayBuffer.isView(value)
    ? `a ${value.constructor.name}; wrap it as tensor(values)`
    : value instanceof Promise
      ? "a promise; await it first, and keep the function synchronous"
      : `${value === null ? "null" : typeof value}`;
  return new SymtapeError(
    "usage",
    `${operation}: expected numbers and tensors in arrays and plain objects; at ${path || "the root"} ` +
      `there is ${kind}.`,
    { operation },
  );
}
