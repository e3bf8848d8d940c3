// The chain rule: one walk backwards over rows, whether they hold numbers or symbols.

import { SymbolicTensor } from "../expr/graph.ts";
import { add, multiply } from "../expr/ops/arithmetic.ts";
import { isSelected, selected } from "../expr/ops/gradient-control.ts";
import { broadcastTo, cast } from "../expr/ops/movement/reshape.ts";
import { sumTo } from "../expr/ops/reductions/sum.ts";
import { zerosLike } from "../expr/ops/structured.ts";
import { sameShape } from "../expr/shape.ts";
import type { Tensor } from "../expr/tensor.ts";
import type { Row } from "./tape.ts";

/** Adjoints to start from, each with its slot; -1 is a constant of the run, which has none. */
export type Seeds = Iterable<readonly [slot: number, adjoint: Tensor]>;

/** Adjoints by slot; undefined where no seed reaches. */
export type Adjoints = (Tensor | undefined)[];

/**
 * Reverse accumulation: from seeds (adjoints of some slots) to the adjoints of every slot before them.
 * On rows of numbers the result is numbers, on rows of symbols it is the derivative as a graph.
 */
export function backward(rows: readonly Row[], seeds: Seeds, slots: number): Adjoints {
  const adjoints: Adjoints = new Array<Tensor | undefined>(slots);
  for (let slot = 0; slot < slots; slot++) adjoints[slot] = undefined;
  for (const [slot, seed] of seeds) if (slot >= 0) adjoints[slot] = seed;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as Row;
    if (row.parents.length === 0) continue;
    const cotangents = cotangentsOf(row, adjoints);
    if (cotangents === undefined) continue;
    const contributions = contributionsOf(row, cotangents);
    for (let k = 0; k < row.parents.length; k++) {
      const parent = row.parents[k] as number;
      const contribution = contributions[k];
      if (parent < 0 || contribution === undefined) continue;
      const fitted = inFormOf(contribution, row, k);
      const known = adjoints[parent];
      adjoints[parent] = known === undefined ? fitted : accumulate(known, fitted);
    }
  }
  return adjoints;
}

/** The adjoints of a row's outputs, unless all of them are zero. */
function cotangentsOf(row: Row, adjoints: Adjoints): Adjoints | undefined {
  const first = adjoints[row.slot];
  if (row.outputs.length === 1) return first === undefined ? undefined : [first];
  const cotangents = adjoints.slice(row.slot, row.slot + row.outputs.length);
  return cotangents.some((cotangent) => cotangent !== undefined) ? cotangents : undefined;
}

/**
 * What a row adds to the adjoints of its inputs. An operation on elements takes a number for an adjoint that is the
 * same everywhere; all others get it in full. A factor of a symbolic adjoint stays outside: `2 * A' * v`.
 */
function contributionsOf(row: Row, cotangents: Adjoints): readonly (Tensor | undefined)[] {
  const needs = needsOf(row);
  if (row.op.formula !== undefined) return row.op.pullback(row, cotangents, needs);
  const scaled = cotangents.length === 1 ? factored(cotangents[0]) : undefined;
  if (scaled !== undefined) {
    const contributions = row.op.pullback(row, [scaled.rest], needs);
    if (scaled.factor === 1) return contributions;
    return contributions.map((value) => value && multiply(scaled.factor, value));
  }
  return row.op.pullback(row, inFull(cotangents, row.outputs), needs);
}

/** Adjoints in the shapes of their values. */
function inFull(cotangents: Adjoints, outputs: readonly Tensor[]): Adjoints {
  if (outputs.length === 1) return [fullAdjoint(cotangents[0], outputs, 0)];
  return cotangents.map((cotangent, i) => fullAdjoint(cotangent, outputs, i));
}

function fullAdjoint(
  cotangent: Tensor | undefined,
  outputs: readonly Tensor[],
  i: number,
): Tensor | undefined {
  const output = outputs[i] as Tensor;
  return cotangent && isUniform(cotangent, output) ? filling(cotangent, output) : cotangent;
}

/** A product with literals, taken apart. */
function factored(product: Tensor | undefined): { factor: number; rest: Tensor } | undefined {
  let factor = 1;
  let rest = product;
  while (rest instanceof SymbolicTensor && rest.node.op === multiply.op) {
    const [left, right] = rest.node.inputs as readonly [SymbolicTensor, SymbolicTensor];
    const { value } = left.node;
    if (value?.weak !== true || value.rank > 0 || right.rank !== rest.rank) break;
    factor *= value.at(0);
    rest = right;
  }
  return rest === undefined || rest === product ? undefined : { factor, rest };
}

/** A number for every element of a value; for a symbol it stays a number that is repeated, `ones(2, 3)`. */
function filling(number: Tensor, value: Tensor): Tensor {
  const operand = value instanceof SymbolicTensor ? value.node.graph.adopt(number) : number;
  return broadcastTo(operand, value.shape);
}

/** A number in the place of an adjoint that is the same everywhere. */
function isUniform(adjoint: Tensor, value: Tensor): boolean {
  return adjoint.weak && adjoint.shape.length === 0 && value.shape.length > 0;
}

/**
 * A contribution in the form of operand `k`. Where an operation on elements has repeated the operand, one that is the
 * same everywhere counts for every element of the output.
 */
function inFormOf(contribution: Tensor, { op, inputs, outputs }: Row, k: number): Tensor {
  const input = inputs[k] as Tensor;
  const { shape } = outputs[0] as Tensor;
  const isRepeated = op.formula !== undefined && !sameShape(input.shape, shape);
  if (isRepeated && !sameShape(contribution.shape, shape)) {
    return conform(broadcastTo(contribution, shape), input);
  }
  return isUniform(contribution, input) ? contribution : conform(contribution, input);
}

/** The sum of two contributions; where neither side of it was chosen, it stands for nothing as they do. */
function accumulate(known: Tensor, contribution: Tensor): Tensor {
  const total = add(known, contribution);
  return isSelected(known) && isSelected(contribution) ? selected(total) : total;
}

/** Which inputs are no constants; for most rows that is all of them. */
function needsOf({ parents }: Row): readonly boolean[] {
  if (parents.length !== 2) return parents.map(isVariable);
  const first = isVariable(parents[0] as number);
  return isVariable(parents[1] as number) ? (first ? BOTH : SECOND) : first ? FIRST : NEITHER;
}

const BOTH: readonly boolean[] = [true, true];
const FIRST: readonly boolean[] = [true, false];
const SECOND: readonly boolean[] = [false, true];
const NEITHER: readonly boolean[] = [false, false];

function isVariable(parent: number): boolean {
  return parent >= 0;
}

/** Brings an adjoint to the shape and dtype of its value: sums over the axes that were broadcast. */
export function conform(adjoint: Tensor, value: Tensor): Tensor {
  const shaped = sameShape(adjoint.shape, value.shape)
    ? adjoint
    : broadcastTo(sumTo(adjoint, value.shape), value.shape);
  const fits = shaped.weak || value.weak || shaped.dtype === value.dtype;
  return fits ? shaped : cast(shaped, value.dtype);
}

/** The adjoint of a value in full: zeros where none arrived, and never a literal. */
export function finish(adjoint: Tensor | undefined, value: Tensor): Tensor {
  if (adjoint === undefined) return zerosLike(value);
  return cast(broadcastTo(adjoint, value.shape), value.dtype);
}
