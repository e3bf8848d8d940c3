// Jacobians and Hessians, of functions as numbers and of formulas as formulas.

import { type Formula, isFormula } from "../expr/formula.ts";
import { stack } from "../expr/ops/movement/indexing.ts";
import { reshape } from "../expr/ops/movement/reshape.ts";
import { zerosLike } from "../expr/ops/structured.ts";
import type { Tensor } from "../expr/tensor.ts";
import { type FormulaRecord, formulaHessian, formulaJacobian } from "./derivative.ts";
import { oneHot } from "./one-hot.ts";
import { type Differentiable, grad, vjp } from "./reverse.ts";
import {
  type Like,
  leafTensor,
  leavesOf,
  rebuildTree,
  restoreLeaf,
  type Tree,
  type Untraced,
} from "./tree.ts";

/** At every leaf of the result a tree like the parameters: derivatives of that leaf by each of them. */
export type JacobianOf<Result, P> = Result extends number
  ? Like<P>
  : Result extends Tensor
    ? Derivatives<P>
    : { -readonly [K in keyof Result]: JacobianOf<Result[K], P> };

/** Derivatives of a tensor: by a number, a number or a tensor according to the rank of the value. */
export type Derivatives<P> = P extends number
  ? number | Tensor
  : P extends Tensor
    ? Tensor
    : { -readonly [K in keyof P]: Derivatives<P[K]> };

/**
 * The Jacobian. Of a formula: a formula for each input. Of a function: a function of its first argument,
 * whose result holds at every leaf of the value a tree like that argument. Each derivative has the axes of
 * the value, then those of the argument.
 *
 * @example
 * jacobian((x: Tensor) => multiply(x, x))(tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 * format(jacobian(parse("[x * y, x]")).y); // "[x, 0]"
 */
export function jacobian(f: Formula, by?: readonly string[]): FormulaRecord;
export function jacobian<T = Tensor, R extends readonly unknown[] = [], Result = Tensor>(
  f: Differentiable<T, R, Result>,
): <P extends Untraced<T>>(params: P, ...rest: R) => JacobianOf<Result, P>;
export function jacobian(
  f: Formula | Differentiable<unknown, readonly unknown[], unknown>,
  by?: readonly string[],
): unknown {
  if (isFormula(f)) return formulaJacobian(f, by);
  return (params: unknown, ...rest: unknown[]) => functionJacobian(f, params as Tree, rest);
}

function functionJacobian(
  f: Differentiable<unknown, readonly unknown[], unknown>,
  params: Tree,
  rest: readonly unknown[],
): unknown {
  const run = vjp((leaf: Tensor) => f(leaf, ...rest)) as unknown as (params: Tree) => Pullback;
  const { value, pullback: pull } = run(params);
  const results = leavesOf(value as Tree, "jacobian").map(leafTensor);
  const leaves = leavesOf(params, "jacobian");
  const zeros: Tensor[] = results.map(zerosLike);
  const blocks = results.map((result, r) => {
    const rows = Array.from({ length: result.size }, (_, k) => {
      const seeds = zeros.with(r, oneHot(result, k));
      return leavesOf(pull(rebuildTree(value as Tree, seeds)), "jacobian").map(leafTensor);
    });
    const block = leaves.map((leaf, i) => {
      const shape = [...result.shape, ...leafTensor(leaf).shape];
      const joined = reshape(stack(rows.map((row) => row[i] as Tensor)), shape);
      return shape.length === 0 ? restoreLeaf(leaf, joined) : joined;
    });
    return rebuildTree(params, block);
  });
  return rebuildTree(value as Tree, blocks);
}

/** A pullback between trees of any form. */
interface Pullback {
  readonly value: unknown;
  readonly pullback: (cotangent: unknown) => Tree;
}

/**
 * Second derivatives. Of a scalar formula: a formula for each pair of inputs. Of a scalar function: a
 * function of its first argument.
 *
 * @example
 * hessian((x: Tensor) => multiply(index(x, [0]), index(x, [1])))(tensor([3, 4])).toArray(); // [[0, 1], [1, 0]]
 * format(hessian(parse("x^2 * y")).x.y); // "2 * x"
 */
export function hessian(
  f: Formula,
  by?: readonly string[],
): Readonly<Record<string, FormulaRecord>>;
export function hessian<T = Tensor, R extends readonly unknown[] = []>(
  f: Differentiable<T, R, Tensor>,
): <P extends Untraced<T>>(params: P, ...rest: R) => JacobianOf<Like<P>, P>;
export function hessian(
  f: Formula | Differentiable<unknown, readonly unknown[], Tensor>,
  by?: readonly string[],
): unknown {
  if (isFormula(f)) return formulaHessian(f, by);
  const gradientOf = grad(f) as unknown as Differentiable<unknown, readonly unknown[], unknown>;
  return (params: unknown, ...rest: unknown[]) =>
    functionJacobian(gradientOf, params as Tree, rest);
}
