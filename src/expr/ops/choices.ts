// Choices in derivatives of graphs: what a condition did not choose contributes nothing.

import { SymbolicTensor } from "../graph.ts";
import { ConcreteTensor, literal, type Tensor } from "../tensor.ts";
import { and, not, or, where } from "./comparison.ts";

/** Choices nested deeper than this are multiplied from outside, so that derivatives do not swell. */
const MOST_CHOICES = 3;

/**
 * Applies an operation to a choice so that a part of it which is `condition ? chosen : 0`, or a choice of such
 * choices, stays 0 where nothing was chosen, and is never multiplied with an infinity or NaN of the other
 * branch. `within` is the operation on a branch, `whole` the operation without this care.
 */
export function withinChoice(
  x: SymbolicTensor,
  within: (chosen: Tensor) => Tensor,
  whole: (x: Tensor) => Tensor,
): Tensor {
  const chosen = supportOf(x);
  if (chosen === true) return whole(x);
  if (!isShallow(x, MOST_CHOICES)) {
    return chosen === false ? whole(x) : where(chosen, whole(x), literal(0));
  }
  const [condition, yes, no] = x.node.inputs as readonly Tensor[] as [Tensor, Tensor, Tensor];
  const inside = (branch: Tensor): Tensor => (isLiteral(branch, 0) ? branch : within(branch));
  return where(condition, inside(constantOf(yes)), inside(constantOf(no)));
}

const SUPPORTS = new WeakMap<SymbolicTensor, Tensor | boolean>();

/** Where a choice chose something: everywhere, nowhere, or where a condition holds. */
function supportOf(x: Tensor): Tensor | boolean {
  if (isLiteral(constantOf(x), 0)) return false;
  if (!isChoice(x)) return true;
  let support = SUPPORTS.get(x);
  if (support === undefined) {
    const [condition, yes, no] = x.node.inputs as readonly Tensor[] as [Tensor, Tensor, Tensor];
    support = either(condition, supportOf(yes), supportOf(no));
    SUPPORTS.set(x, support);
  }
  return support;
}

function either(condition: Tensor, yes: Tensor | boolean, no: Tensor | boolean): Tensor | boolean {
  if (typeof yes === "boolean" && yes === no) return yes;
  const left = yes === true ? condition : yes === false ? undefined : and(condition, yes);
  const opposite = no === false ? undefined : not(condition);
  const right = opposite === undefined || typeof no === "boolean" ? opposite : and(opposite, no);
  if (left === undefined) return right ?? false;
  return right === undefined ? left : or(left, right);
}

const PARTS = new WeakMap<SymbolicTensor, boolean>();

/** Whether a value is a choice that chooses nothing somewhere, a zero in the place of a branch. */
export function isOfPart(x: Tensor): boolean {
  if (!isChoice(x)) return false;
  let known = PARTS.get(x);
  if (known === undefined) {
    const branches = x.node.inputs.slice(1);
    known = branches.some((branch) => isLiteral(constantOf(branch), 0) || isOfPart(branch));
    PARTS.set(x, known);
  }
  return known;
}

/** Whether a value is a choice in a graph. */
export function isChoice(x: Tensor): x is SymbolicTensor {
  return x instanceof SymbolicTensor && x.node.op === where.op;
}

function isShallow(x: Tensor, depth: number): boolean {
  if (!isChoice(x)) return true;
  return depth > 0 && x.node.inputs.slice(1).every((branch) => isShallow(branch, depth - 1));
}

function constantOf(value: Tensor): Tensor {
  return (value instanceof SymbolicTensor ? value.node.value : undefined) ?? value;
}

/** Whether a value is this number, written as a literal. */
export function isLiteral(value: Tensor, number: number): boolean {
  return (
    value.weak && value instanceof ConcreteTensor && value.rank === 0 && value.at(0) === number
  );
}
