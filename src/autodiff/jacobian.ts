// Jacobians and Hessians, of functions as numbers and of formulas as formulas.

import { SymtapeError } from "../expr/errors.ts";
import { type Formula, isFormula } from "../expr/formula.ts";
import { cast, index, reshape, transpose } from "../expr/ops/movement/index.ts";
import { allocate, sizeOf } from "../expr/shape.ts";
import { ConcreteTensor, type Tensor } from "../expr/tensor.ts";
import { type FormulaRecord, formulaHessian, formulaJacobian } from "./derivative.ts";
import { type LinearMap, linearMapOf } from "./linear-map.ts";
import { type Product, products, unitSeeds } from "./products.ts";
import { type Differentiable, grad } from "./reverse.ts";
import { type Like, rebuildTree, restoreLeaf, type Tree, type Untraced } from "./tree.ts";

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

export interface JacobianOptions {
  /**
   * `forward` takes a product for each element of the argument, `reverse` one for each element of the
   * value; `auto`, the default, the mode that takes fewer.
   */
  readonly mode?: "auto" | "forward" | "reverse";
}

/**
 * The Jacobian. Of a formula: a formula for each input. Of a function: a function of its first argument,
 * whose result holds at every leaf of the value a tree like that argument. Each derivative has the axes of
 * the value, then those of the argument, and the dtype of the argument. The function runs once; all products
 * with its derivative are computed side by side.
 *
 * @throws SymtapeError (gradient) if a leaf of the argument is an integer.
 * @example
 * jacobian((x: Tensor) => multiply(x, x))(tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 * const turn = (p: { x: Tensor; angle: Tensor }) => multiply(p.x, cos(p.angle));
 * const { angle } = jacobian(turn, { mode: "forward" })({ x: tensor([1, 2]), angle: 0 });
 * angle; // [0, 0]
 * format(jacobian(parse("[x * y, x]")).y); // "[x, 0]"
 */
export function jacobian(f: Formula, by?: readonly string[]): FormulaRecord;
export function jacobian<T = Tensor, R extends readonly unknown[] = [], Result = Tensor>(
  f: Differentiable<T, R, Result>,
  options?: JacobianOptions,
): <P extends Untraced<T>>(params: P, ...rest: R) => JacobianOf<Result, P>;
export function jacobian(
  f: Formula | Differentiable<unknown, readonly unknown[], unknown>,
  settings?: readonly string[] | JacobianOptions,
): unknown {
  if (isFormula(f)) return formulaJacobian(f, settings as readonly string[] | undefined);
  const { mode = "auto" } = (settings ?? {}) as JacobianOptions;
  checkMode(mode);
  return (params: unknown, ...rest: unknown[]) => {
    const map = linearMapOf("jacobian", (traced) => f(traced, ...rest), params as Tree);
    return assembled(map, params as Tree, mode);
  };
}

/**
 * Second derivatives. Of a scalar formula: a formula for each pair of inputs. Of a scalar function: a
 * function of its first argument, by forward mode over its gradient.
 *
 * @throws SymtapeError (gradient) if the result is no scalar, or a leaf of the argument is an integer.
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
  const gradientOf = grad(f) as unknown as (params: unknown, ...rest: unknown[]) => unknown;
  return (params: unknown, ...rest: unknown[]) => {
    const map = linearMapOf("hessian", (traced) => gradientOf(traced, ...rest), params as Tree);
    return assembled(map, params as Tree, "forward");
  };
}

function checkMode(mode: unknown): void {
  if (mode === "auto" || mode === "forward" || mode === "reverse") return;
  throw new SymtapeError(
    "usage",
    `jacobian: the mode is "auto", "forward" or "reverse", got ${JSON.stringify(mode)}.`,
    { operation: "jacobian" },
  );
}

/** All derivatives as a tree like the value, of trees like the argument. */
function assembled(map: LinearMap, params: Tree, mode: "auto" | "forward" | "reverse"): unknown {
  const { inputs, outputs, leaves } = map;
  const forward =
    mode === "forward" || (mode === "auto" && sizeOfAll(inputs) <= sizeOfAll(outputs));
  const block = forward ? blocksByColumn(map) : blocksByRow(map);
  const derivatives = outputs.map((output, r) => {
    const row = leaves.map((leaf, i) => {
      const input = inputs[i] as Tensor;
      const shape = [...output.shape, ...input.shape];
      if (sizeOf(shape) === 0)
        return new ConcreteTensor(shape, input.dtype, allocate(input.dtype, 0));
      const joined = cast(reshape(block(r, i), shape), input.dtype);
      return shape.length === 0 ? restoreLeaf(leaf, joined) : joined;
    });
    return rebuildTree(params, row);
  });
  return rebuildTree(map.result, derivatives);
}

function sizeOfAll(values: readonly Tensor[]): number {
  return values.reduce((total, value) => total + value.size, 0);
}

/** The derivatives of output `r` by input `i`, in any shape. */
type Blocks = (r: number, i: number) => Tensor;

/** By reverse mode: each product is a row, the derivatives of one element of the value. */
function blocksByRow({ outputs, elements, pull }: LinearMap): Blocks {
  const rowsOf = productsByLeaf(pull, outputs, elements);
  return (r, i) => rowsOf(r, i);
}

/** By forward mode: each product is a column, the derivatives by one element of the argument. */
function blocksByColumn({ inputs, outputs, elements, push }: LinearMap): Blocks {
  const columnsOf = productsByLeaf(push, inputs, elements);
  return (r, i) => {
    const output = outputs[r] as Tensor;
    return transpose(reshape(columnsOf(i, r), [(inputs[i] as Tensor).size, output.size]));
  };
}

/** The products with the elements of one leaf: rows of the result that belongs to another. */
function productsByLeaf(
  product: Product,
  seeded: readonly Tensor[],
  elements: number,
): (leaf: number, result: number) => Tensor {
  const count = sizeOfAll(seeded);
  const all = count === 0 ? [] : products(product, unitSeeds(seeded), count, elements);
  return (leaf, result) => {
    const start = sizeOfAll(seeded.slice(0, leaf));
    const stop = start + (seeded[leaf] as Tensor).size;
    const rows = all[result] as Tensor;
    return stop - start === count ? rows : index(rows, [{ start, stop }]);
  };
}
