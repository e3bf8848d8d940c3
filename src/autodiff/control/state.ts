// The state of a loop: it must come out of every step in the types in which it went in.

import { SymtapeError } from "../../expr/errors.ts";
import { cast } from "../../expr/ops/movement/index.ts";
import { formatShape, sameShape } from "../../expr/shape.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { inOrderOf, leafTensor, leavesOf, rebuildTree, type Tree } from "../tree.ts";

/** The next state in the types of the first; literals take them, other changes are refused. */
export function conformed(
  operation: string,
  carry: Tree,
  init: Tree,
  carries: readonly Tensor[],
): Tree {
  const expected = leavesOf(init, operation);
  const found = inOrderOf(expected, leavesOf(carry, operation));
  const same =
    found.length === expected.length && found.every(({ path }, i) => path === expected[i]?.path);
  if (!same) {
    throw new SymtapeError(
      "shape",
      `${operation}: the state must keep its form: it began with ${names(expected)} and a step returned ${names(found)}.`,
      { operation, shapes: [] },
    );
  }
  const leaves = found.map((leaf, i) => {
    const value = leafTensor(leaf);
    const first = carries[i] as Tensor;
    const typed = value.weak ? cast(value, first.dtype) : value;
    if (sameShape(typed.shape, first.shape) && typed.dtype === first.dtype) return typed;
    throw new SymtapeError(
      "shape",
      `${operation}: the state${leaf.path} began as ${first.dtype}${formatShape(first.shape)} and a step returned ` +
        `${typed.dtype}${formatShape(typed.shape)}. Begin with the type of the result, or cast and reshape in the step.`,
      { operation, shapes: [first.shape, typed.shape] },
    );
  });
  return rebuildTree(init, leaves) as Tree;
}

function names(leaves: readonly { readonly path: string }[]): string {
  return leaves.length === 0 ? "nothing" : leaves.map(({ path }) => path || "a tensor").join(", ");
}
