// Reverse mode: gradients of functions by recording a run and walking it backwards.

import { SymtapeError } from "../expr/errors.ts";
import type { Point } from "../expr/evaluation.ts";
import type { Formula } from "../expr/formula.ts";
import { add } from "../expr/ops/arithmetic.ts";
import { formatShape } from "../expr/shape.ts";
import { literal, Tensor } from "../expr/tensor.ts";
import { backward, finish, type Seeds } from "./backward.ts";
import { type Recording, recordRun, unwrap } from "./tape.ts";
import {
  checkFloats,
  type Leaf,
  type Like,
  leafTensor,
  leavesOf,
  matchingLeaves,
  rebuildTree,
  restoreLeaf,
  type Tree,
  type Untraced,
} from "./tree.ts";

/** What a function under differentiation takes first: tensors in arrays and plain objects. */
export type TracedTree = Tensor | readonly TracedTree[] | { readonly [name: string]: TracedTree };

/** A function whose first argument is differentiated; further arguments are passed on as they are. */
export type Differentiable<T, R extends readonly unknown[], Result> = (
  params: T,
  ...rest: R
) => Result;

/**
 * The gradient of a scalar function by its first argument. The result has exactly the tree of the
 * argument: a number for a number, a tensor for a tensor.
 *
 * @throws SymtapeError (gradient) if the result is no scalar, or a leaf is an integer.
 * @example
 * grad((x: Tensor) => multiply(x, x))(3); // 6
 * grad((p: { w: Tensor; b: Tensor }) => add(multiply(p.w, 2), p.b))({ w: 1, b: 5 }); // { w: 2, b: 1 }
 * grad(grad((x: Tensor) => pow(x, 3)))(2); // 12
 */
export function grad(f: Formula): <P extends Point>(point: P) => Gradient<P>;
export function grad<T = Tensor, R extends readonly unknown[] = []>(
  f: Differentiable<T, R, Tensor>,
): <P extends Untraced<T>>(params: P, ...rest: R) => Like<P>;
export function grad(f: AnyDifferentiable): unknown {
  const both = gradientOf(f);
  return (params: unknown, ...rest: unknown[]) => both(params, rest).gradient;
}

/**
 * The value of a scalar function and its gradient by the first argument, from one run.
 *
 * @example
 * const { value, gradient } = valueAndGrad((x: Tensor) => multiply(x, x))(3);
 * value.item(); // 9
 * gradient; // 6
 */
export function valueAndGrad(
  f: Formula,
): <P extends Point>(point: P) => { value: Tensor; gradient: Gradient<P> };
export function valueAndGrad<T = Tensor, R extends readonly unknown[] = []>(
  f: Differentiable<T, R, Tensor>,
): <P extends Untraced<T>>(params: P, ...rest: R) => { value: Tensor; gradient: Like<P> };
export function valueAndGrad(f: AnyDifferentiable): unknown {
  const both = gradientOf(f);
  return (params: unknown, ...rest: unknown[]) => both(params, rest);
}

type AnyDifferentiable = Formula | Differentiable<never, readonly never[], Tensor>;

/** The gradient of a formula at a point: numbers and arrays as they were given. */
export type Gradient<P> = P extends number
  ? number
  : P extends Tensor
    ? Tensor
    : { -readonly [K in keyof P]: Gradient<P[K]> };

function gradientOf(
  f: AnyDifferentiable,
): (params: unknown, rest: readonly unknown[]) => { value: Tensor; gradient: unknown } {
  if (typeof f !== "function") {
    throw new SymtapeError("usage", `grad: expected a function or a formula, got ${typeof f}.`, {
      operation: "grad",
    });
  }
  const call = f as Differentiable<unknown, readonly unknown[], Tensor>;
  return (params, rest) => {
    const run = runOf("grad", call, params as Tree, rest);
    const { value, slot } = unwrap(run.tape, scalarResult(run.result));
    const gradient = pullTo(run, [[slot, ONE]]);
    return { value, gradient: rebuildTree(params as Tree, gradient) };
  };
}

/**
 * The value of a function and its pullback: from a cotangent, a tree like the value, to the gradient of
 * their inner product by the first argument.
 *
 * @example
 * const { value, pullback } = vjp((x: Tensor) => multiply(x, tensor([1, 2])))(3);
 * value.toArray(); // [3, 6]
 * pullback(tensor([1, 1])); // 3
 */
export function vjp<T = Tensor, R extends readonly unknown[] = [], Result = Tensor>(
  f: Differentiable<T, R, Result>,
): <P extends Untraced<T>>(
  params: P,
  ...rest: R
) => { value: Result; pullback: (cotangent: Untraced<Result>) => Like<P> } {
  return <P extends Untraced<T>>(params: P, ...rest: R) => {
    const run = runOf("vjp", f, params as Tree, rest);
    const results = leavesOf(run.result as Tree, "vjp");
    const outputs = results.map((leaf) => unwrap(run.tape, leafTensor(leaf)));
    const expected = results.map((leaf, i) => ({
      path: leaf.path,
      shape: (outputs[i] as { value: Tensor }).value.shape,
    }));
    const values = outputs.map(({ value }) => value);
    const pullback = (cotangent: Untraced<Result>): Like<P> => {
      const cotangents = matchingLeaves(cotangent as Tree, expected, "vjp");
      const gradient = pullTo(run, addSeeds(outputs, cotangents));
      return rebuildTree(params as Tree, gradient) as Like<P>;
    };
    return { value: rebuildTree(run.result as Tree, values) as Result, pullback };
  };
}

function addSeeds(
  outputs: readonly { readonly slot: number }[],
  cotangents: readonly Tensor[],
): Map<number, Tensor> {
  const seeds = new Map<number, Tensor>();
  outputs.forEach(({ slot }, i) => {
    const known = seeds.get(slot);
    const cotangent = cotangents[i] as Tensor;
    seeds.set(slot, known === undefined ? cotangent : add(known, cotangent));
  });
  return seeds;
}

function runOf<T, R extends readonly unknown[], Result>(
  operation: string,
  f: Differentiable<T, R, Result>,
  params: Tree,
  rest: R,
): Recording<Result> {
  const run = recordRun(operation, (traced) => f(traced as T, ...rest), params);
  checkFloats(operation, run.leaves, "gradient");
  return run;
}

/** The gradient by every leaf of the parameters, in order. */
function pullTo({ tape, leaves, values }: Recording<unknown>, seeds: Seeds): (Tensor | number)[] {
  const adjoints = backward(tape.rows, seeds, tape.slots);
  const gradient = new Array<Tensor | number>(leaves.length);
  for (let i = 0; i < leaves.length; i++) {
    gradient[i] = restoreLeaf(leaves[i] as Leaf, finish(adjoints[i], values[i] as Tensor));
  }
  return gradient;
}

/** The adjoint of the result itself. */
const ONE: Tensor = literal(1);

function scalarResult(result: unknown): Tensor {
  if (!(result instanceof Tensor)) {
    throw new SymtapeError(
      "gradient",
      `grad: the function must return a Tensor, got ${result === null ? "null" : typeof result}. ` +
        "A plain number has lost its history: compute with add, multiply, … and return their result.",
      { operation: "grad" },
    );
  }
  if (result.rank !== 0) {
    throw new SymtapeError(
      "gradient",
      `grad: the function must return a scalar, got shape ${formatShape(result.shape)}. ` +
        "Reduce it with sum() or mean(), or use jacobian() or vjp().",
      { operation: "grad" },
    );
  }
  return result;
}
