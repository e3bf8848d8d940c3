// mapTree: a function of tensors at every leaf of trees, such as the step of an optimizer for all parameters.

import { SymtapeError } from "../expr/errors.ts";
import { asTensor, type Tensor, type TensorLike } from "../expr/tensor.ts";
import {
  inOrderOf,
  type Leaf,
  type Like,
  leafTensor,
  leavesOf,
  rebuildTree,
  restoreLeaf,
  type Tree,
  type TreeLike,
} from "./tree.ts";

/**
 * The tree with `f` applied at every leaf, together with the leaves at the same places of further trees. All leaves
 * come as tensors; where the tree has a number, the result has one.
 *
 * @throws SymtapeError (shape) if a further tree has not the same leaves.
 * @example
 * const params = { w: tensor([1, 2]), b: 3 };
 * const slopes = grad((p: { w: Tensor; b: Tensor }) => multiply(sum(p.w), p.b))(params);
 * const { w, b } = mapTree((x, slope) => subtract(x, multiply(0.5, slope)), params, slopes);
 * w.toArray(); // [-0.5, 0.5]
 * b; // 1.5
 */
export function mapTree<P extends TreeLike>(
  f: (leaf: Tensor, ...others: Tensor[]) => TensorLike,
  tree: P,
  ...others: Like<P>[]
): Like<P> {
  const leaves = leavesOf(tree as Tree, "mapTree");
  const further = others.map((other) => sameLeaves(leaves, other as Tree));
  const mapped = leaves.map((leaf, i) => {
    const beside = further.map((list) => leafTensor(list[i] as Leaf));
    const result = asTensor(f(leafTensor(leaf), ...beside), "mapTree");
    return result.rank === 0 ? restoreLeaf(leaf, result) : result;
  });
  return rebuildTree(tree as Tree, mapped) as Like<P>;
}

/** The leaves of another tree in the same order. */
function sameLeaves(leaves: readonly Leaf[], other: Tree): readonly Leaf[] {
  const found = inOrderOf(leaves, leavesOf(other, "mapTree"));
  if (found.length === leaves.length && found.every(({ path }, i) => path === leaves[i]?.path)) {
    return found;
  }
  const names = (list: readonly Leaf[]): string =>
    list.length === 0 ? "none" : list.map(({ path }) => path || "the root").join(", ");
  throw new SymtapeError(
    "shape",
    `mapTree: all trees need the same leaves: ${names(leaves)} beside ${names(found)}.`,
    { operation: "mapTree", shapes: [] },
  );
}
