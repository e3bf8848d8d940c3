// Sparse Jacobians and Hessians: the pattern from the graph, the values from a few products.

import { SymtapeError } from "../../expr/errors.ts";
import { cast, concat, reshape, take } from "../../expr/ops/movement/index.ts";
import { allocate, type DType, formatShape, promote } from "../../expr/shape.ts";
import { ConcreteTensor, type Tensor } from "../../expr/tensor.ts";
import { traceBody } from "../control/body.ts";
import { type LinearMap, linearMapOf } from "../linear-map.ts";
import { products } from "../products.ts";
import { type Differentiable, grad } from "../reverse.ts";
import { leafTensor, leavesOf, rebuildTree, type Tree, type Untraced } from "../tree.ts";
import { type Rows, rowsOf } from "./coloring.ts";
import { dependenciesOf } from "./pattern.ts";
import { coloredSeeds, type Plan, planMatrix, planSymmetric, symmetricPart } from "./plan.ts";
import {
  readPattern,
  type SparseMatrix,
  type SparsityPattern,
  sparseMatrix,
  wholeNumbers,
} from "./sparse-matrix.ts";

export interface SparseOptions {
  /** The places that may differ from zero, where the function cannot be traced; a Hessian's may be half of them. */
  readonly pattern?: SparsityPattern;
}

/**
 * The Jacobian of a function as a sparse matrix, from as few products as a colouring of its columns or rows
 * needs (Curtis, Powell and Reid, 1974): three for a tridiagonal one of any size. Rows are the elements of the
 * value, columns those of the argument, leaf by leaf in row-major order.
 *
 * The pattern is read from a trace of the function with symbols, once for each choice of shapes and further
 * arguments, and kept; numbers that the function closes over must stay what they are. A function that chooses
 * by numbers with `if` cannot be traced: use `where` or `cond`, or give the pattern.
 *
 * @throws SymtapeError (usage) if the function cannot be traced and no pattern is given; (gradient) if a leaf
 * of the argument is an integer.
 * @example
 * const differences = sparseJacobian((x: Tensor) => square(subtract(index(x, [{ start: 1 }]), index(x, [{ stop: -1 }]))));
 * const { rows, columns, values, products } = differences(tensor([0, 1, 3]));
 * [[...rows], [...columns], values.toArray()]; // [[0, 0, 1, 1], [0, 1, 1, 2], [-2, 2, -4, 4]]
 * products; // 2
 */
export function sparseJacobian<T = Tensor, R extends readonly unknown[] = [], Result = Tensor>(
  f: Differentiable<T, R, Result>,
  options: SparseOptions = {},
): <P extends Untraced<T>>(params: P, ...rest: R) => SparseMatrix {
  return sparse("sparseJacobian", f, options, false);
}

/**
 * The Hessian of a scalar function as a sparse matrix, from as few products as a star colouring needs
 * (Coleman and Moré, 1984): two for an arrow, three for a tridiagonal one. Both halves are given. Else as
 * `sparseJacobian`.
 *
 * @throws SymtapeError (usage) if the function cannot be traced and no pattern is given; (gradient) if the
 * value is no scalar, or a leaf of the argument is an integer.
 * @example
 * const found = sparseHessian((x: Tensor) => sum(pow(x, 3)))(tensor([1, 2, 3]));
 * found.toDense(); // [[6, 0, 0], [0, 12, 0], [0, 0, 18]]
 * found.products; // 1
 */
export function sparseHessian<T = Tensor, R extends readonly unknown[] = []>(
  f: Differentiable<T, R, Tensor>,
  options: SparseOptions = {},
): <P extends Untraced<T>>(params: P, ...rest: R) => SparseMatrix {
  const gradientOf = grad(f) as unknown as Differentiable<T, R, unknown>;
  return sparse("sparseHessian", gradientOf, options, true);
}

type AnyFunction = (params: unknown, ...rest: readonly unknown[]) => unknown;

function sparse<T, R extends readonly unknown[]>(
  operation: string,
  differentiable: Differentiable<T, R, unknown>,
  { pattern }: SparseOptions,
  symmetric: boolean,
): (params: unknown, ...rest: R) => SparseMatrix {
  const f = differentiable as unknown as AnyFunction;
  const plans = new Plans();
  return (params, ...rest) => {
    const map = linearMapOf(operation, (traced) => f(traced, ...rest), params as Tree);
    const plan = plans.of(map, rest, () => {
      const width = sizeOfAll(map.inputs);
      const shape = [sizeOfAll(map.outputs), width] as const;
      if (pattern !== undefined)
        return planned(readPattern(operation, pattern, shape, symmetric), symmetric);
      const rows = tracedRows(operation, (traced) => f(traced, ...rest), params as Tree, shape);
      return planned(symmetric ? symmetricPart(rows) : rows, symmetric);
    });
    return sparseMatrix(plan.pattern, valuesOf(map, plan), plan.coloring.count);
  };
}

function planned(pattern: Rows, symmetric: boolean): Plan {
  return symmetric ? planSymmetric(pattern) : planMatrix(pattern);
}

function sizeOfAll(values: readonly Tensor[]): number {
  return values.reduce((total, value) => total + value.size, 0);
}

/** Shapes for which a plan is kept; the oldest goes first. */
const MOST_PLANS = 16;

/** Plans by the shapes of arguments and values, for as long as the further arguments are the same. */
class Plans {
  readonly #known = new Map<string, { readonly rest: readonly unknown[]; readonly plan: Plan }>();

  of(map: LinearMap, rest: readonly unknown[], make: () => Plan): Plan {
    const key = [...map.inputs, ...map.outputs]
      .map(({ shape, dtype }) => `${dtype}${formatShape(shape)}`)
      .join();
    const known = this.#known.get(key);
    if (known !== undefined && rest.every((value, i) => Object.is(value, known.rest[i]))) {
      return known.plan;
    }
    const plan = make();
    this.#known.delete(key);
    this.#known.set(key, { rest, plan });
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > MOST_PLANS && oldest !== undefined) this.#known.delete(oldest);
    return plan;
  }
}

/** The places where the graph of a function lets an output depend on an input. */
function tracedRows(
  operation: string,
  f: (params: unknown) => unknown,
  params: Tree,
  [height, width]: readonly [number, number],
): Rows {
  const leaves = leavesOf(params, operation).map(leafTensor);
  const { body } = traced(operation, () =>
    traceBody(operation, leaves, (inputs) => f(rebuildTree(params, inputs))),
  );
  const lists = dependenciesOf(body.outputs, body.inputs.slice(0, leaves.length));
  if (lists.length === height) return rowsOf(lists, width);
  throw untraceable(operation, "its value has another shape in the trace.");
}

function traced<T>(operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SymtapeError) || error.kind !== "usage") throw error;
    throw untraceable(operation, error.message);
  }
}

function untraceable(operation: string, reason: string): SymtapeError {
  return new SymtapeError(
    "usage",
    `${operation}: the function cannot be traced with symbols, which tells where its derivative may differ from ` +
      `zero: ${reason} Choose with where() or cond() in it, or give the places by hand: ` +
      "{ pattern: { rows: […], columns: […] } }.",
    { operation },
  );
}

/** The entries, taken from the products. */
function valuesOf(map: LinearMap, { forward, coloring, sources }: Plan): Tensor {
  const { inputs, outputs } = map;
  const dtype = dtypeOf(inputs);
  if (sources.length === 0) return new ConcreteTensor([0], dtype, allocate(dtype, 0));
  const [seeded, product] = forward
    ? ([inputs, map.push] as const)
    : ([outputs, map.pull] as const);
  const results = products(product, coloredSeeds(seeded, coloring), coloring.count, map.elements);
  const flat = results
    .map((result) => reshape(result, [coloring.count, -1]))
    .filter(({ size }) => size > 0);
  const all = flat.length === 1 ? (flat[0] as Tensor) : concat(flat, { axis: 1 });
  return cast(take(all, wholeNumbers(sources)), dtype);
}

/** The common dtype of the argument: derivatives by it have it. */
function dtypeOf(inputs: readonly Tensor[]): DType {
  return inputs.length === 0 ? "float64" : promote(inputs).dtype;
}
