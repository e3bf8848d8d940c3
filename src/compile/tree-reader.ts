// Takes trees of a known structure apart and puts them together, fast and without paths.

import type { Tree } from "../autodiff/tree.ts";
import { Tensor } from "../expr/tensor.ts";

/** Puts the leaves of a value into a list; false where the value has another structure. */
export type TreeReader = (value: unknown, leaves: (Tensor | number)[]) => boolean;

/** A reader of trees like this one. */
export function treeReader(like: Tree): TreeReader {
  if (typeof like === "number" || like instanceof Tensor) return readLeaf;
  if (Array.isArray(like)) {
    const readers = (like as readonly Tree[]).map(treeReader);
    return (value, leaves) => {
      if (!Array.isArray(value) || value.length !== readers.length) return false;
      for (let i = 0; i < readers.length; i++) {
        if (!(readers[i] as TreeReader)(value[i], leaves)) return false;
      }
      return true;
    };
  }
  const entries = Object.entries(like).map(([key, item]) => [key, treeReader(item)] as const);
  return (value, leaves) => {
    if (typeof value !== "object" || value === null || value instanceof Tensor) return false;
    for (const [key, read] of entries) {
      if (!read((value as Readonly<Record<string, unknown>>)[key], leaves)) return false;
    }
    return Object.keys(value).length === entries.length;
  };
}

function readLeaf(value: unknown, leaves: (Tensor | number)[]): boolean {
  if (typeof value !== "number" && !(value instanceof Tensor)) return false;
  leaves.push(value);
  return true;
}

/** Makes a tree of tensors. */
export type TreeBuilder = (tensors: readonly Tensor[]) => unknown;

/** A builder of trees like this one, with other tensors from the place `first` on; numbers stay as they are. */
export function treeBuilder(like: Tree, first = 0): TreeBuilder {
  if (like instanceof Tensor) return (tensors) => tensors[first];
  let next = first;
  const build = (tree: Tree): TreeBuilder => {
    if (tree instanceof Tensor) {
      const place = next++;
      return (tensors) => tensors[place];
    }
    if (typeof tree === "number") return () => tree;
    if (Array.isArray(tree)) {
      const items = (tree as readonly Tree[]).map(build);
      return (tensors) => items.map((item) => item(tensors));
    }
    const entries = Object.entries(tree).map(([key, item]) => [key, build(item)] as const);
    return (tensors) => Object.fromEntries(entries.map(([key, item]) => [key, item(tensors)]));
  };
  return build(like);
}
