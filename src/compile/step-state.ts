// The state of a training step: which values it may have, and which may take their places.

import { conformed } from "../autodiff/control/state.ts";
import { type Leaf, leafTensor, leavesOf, type Tree } from "../autodiff/tree.ts";
import { SymtapeError } from "../expr/errors.ts";
import { isFloat, sameShape } from "../expr/shape.ts";
import type { Tensor } from "../expr/tensor.ts";
import { isFollowed } from "./compile.ts";
import type { ArgumentLeaf } from "./spec.ts";

/** What a step returns: the next state, and what is worth telling of this one. */
export interface StepResult<State, Result> {
  readonly state: State;
  readonly result: Result;
}

/** The state first, in the types that it had. */
export function conforming(
  returned: StepResult<unknown, unknown>,
  before: Tree,
  start: Tree,
): StepResult<unknown, unknown> {
  if (typeof returned !== "object" || returned === null || !("state" in returned)) {
    throw new SymtapeError(
      "usage",
      "compileStep: the step must return { state, result }: the next state and what to tell of this step.",
      { operation: "compileStep" },
    );
  }
  const known = leavesOf(before, "compileStep").map(leafTensor);
  const state = conformed("compileStep", returned.state as Tree, start, known);
  return { state, result: returned.result ?? [] };
}

/** The leaves of a first state, which must be numbers. */
export function numbersOf(start: Tree): (Tensor | number)[] {
  const leaves = leavesOf(start, "compileStep").map(({ value }) => value);
  if (leaves.some(isFollowed)) throw followed();
  return leaves;
}

export function stateLeaf(leaf: Leaf): ArgumentLeaf {
  const { shape, dtype } = leafTensor(leaf);
  return { path: `the state${leaf.path}`, shape, dtype };
}

/** Whether a leaf may take the place of another one; numbers are floats. */
export function fits(leaf: Leaf | undefined, expected: ArgumentLeaf): boolean {
  if (leaf === undefined) return false;
  const { path, shape, dtype } = stateLeaf(leaf);
  const isFloatNumber = typeof leaf.value === "number" && isFloat(expected.dtype);
  return (
    path === expected.path &&
    sameShape(shape, expected.shape) &&
    (dtype === expected.dtype || isFloatNumber)
  );
}

export function followed(): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    "compileStep: a step takes and keeps numbers, and got a value that grad, vmap or another transformation follows. " +
      "Differentiate inside of the step, or use compile for a function without a state.",
    { operation: "compileStep" },
  );
}
