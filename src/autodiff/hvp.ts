// Products of a Hessian with a vector, without the Hessian.

import type { Point, PointValue } from "../expr/evaluation.ts";
import type { Formula } from "../expr/formula.ts";
import type { Tensor } from "../expr/tensor.ts";
import { jvp } from "./forward.ts";
import { type Differentiable, type Gradient, grad } from "./reverse.ts";
import {
  type Like,
  leafTensor,
  leavesOf,
  matchingLeaves,
  rebuildTree,
  restoreLeaf,
  type Tree,
  type Untraced,
} from "./tree.ts";

/**
 * The product of the Hessian of a scalar function or formula with a vector, a tree like the first argument:
 * forward mode over reverse mode, for a few times the cost of a gradient (B. A. Pearlmutter, "Fast exact
 * multiplication by the Hessian", 1994). The result is a tree like the argument.
 *
 * @throws SymtapeError (gradient) if the result is no scalar, or a leaf is an integer; (shape) if the vector
 * is no tree like the argument.
 * @example
 * hvp((x: Tensor) => sum(pow(x, 3)))(tensor([1, 2]), tensor([1, 10])).toArray(); // [6, 120]
 * hvp(parse("x^2 * y"))({ x: 3, y: 2 }, { x: 1, y: 0 }); // { x: 4, y: 6 }
 */
export function hvp(
  f: Formula,
): <P extends Point>(point: P, vector: Readonly<Record<keyof P, PointValue>>) => Gradient<P>;
export function hvp<T = Tensor, R extends readonly unknown[] = []>(
  f: Differentiable<T, R, Tensor>,
): <P extends Untraced<T>>(params: P, vector: Untraced<T>, ...rest: R) => Like<P>;
export function hvp(f: Formula | Differentiable<never, readonly never[], Tensor>): unknown {
  const gradientOf = grad(f as Differentiable<unknown, readonly unknown[], Tensor>);
  const along = jvp(gradientOf as Differentiable<unknown, readonly unknown[], Tree>);
  return (params: Tree, vector: Tree, ...rest: unknown[]) => {
    const leaves = leavesOf(params, "hvp");
    const expected = leaves.map((leaf) => ({ path: leaf.path, shape: leafTensor(leaf).shape }));
    matchingLeaves(vector, expected, "hvp");
    const { tangent } = along(params as never, vector as never, ...rest);
    const products = leavesOf(tangent, "hvp").map(leafTensor);
    const restored = leaves.map((leaf, i) => restoreLeaf(leaf, products[i] as Tensor));
    return rebuildTree(params, restored);
  };
}
