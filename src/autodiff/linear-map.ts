// A recorded run as a linear map: products of the derivative with tangents and cotangents.

import { add } from "../expr/ops/arithmetic.ts";
import type { Tensor } from "../expr/tensor.ts";
import { backward, finish } from "./backward.ts";
import { forward } from "./forward.ts";
import { recordRun, unwrap } from "./tape.ts";
import { checkFloats, type Leaf, leafTensor, leavesOf, type Tree } from "./tree.ts";

/** Tensors leaf by leaf; undefined is a tensor of zeros. */
export type Leaves = readonly (Tensor | undefined)[];

/** The derivative of a function at a point, from one run. */
export interface LinearMap {
  readonly leaves: readonly Leaf[];
  /** The values of the leaves of the argument. */
  readonly inputs: readonly Tensor[];
  /** What the function returned, and the values of its leaves. */
  readonly result: Tree;
  readonly outputs: readonly Tensor[];
  /** How many elements a product keeps at the same time. */
  readonly elements: number;
  /** From tangents of the inputs to those of the outputs. */
  push(tangents: Leaves): Tensor[];
  /** From cotangents of the outputs to those of the inputs. */
  pull(cotangents: Leaves): Tensor[];
}

/** Runs `f` once and keeps its derivative. */
export function linearMapOf(
  operation: string,
  f: (params: unknown) => unknown,
  params: Tree,
): LinearMap {
  const { tape, leaves, result } = recordRun(operation, f, params);
  checkFloats(operation, leaves, "derivative");
  const inputs = leaves.map(leafTensor);
  const ends = leavesOf(result as Tree, operation).map((leaf) => unwrap(tape, leafTensor(leaf)));
  const outputs = ends.map(({ value }) => value);
  return {
    leaves,
    inputs,
    result: result as Tree,
    outputs,
    elements: tape.rows.reduce((total, row) => total + sizeOfAll(row.outputs), 1),
    push: (tangents) => {
      const found = forward(
        tape.rows,
        seedsAt(tangents, (i) => i),
      );
      return ends.map(({ slot, value }) => finish(slot < 0 ? undefined : found[slot], value));
    },
    pull: (cotangents) => {
      const seeds = seedsAt(cotangents, (i) => (ends[i] as { slot: number }).slot);
      seeds.delete(-1);
      const found = backward(tape.rows, seeds, tape.slots);
      return inputs.map((input, i) => finish(found[i], input));
    },
  };
}

function sizeOfAll(values: readonly Tensor[]): number {
  return values.reduce((total, value) => total + value.size, 0);
}

/** Seeds by slot; a slot that is named twice gets the sum. */
function seedsAt(values: Leaves, slotOf: (i: number) => number): Map<number, Tensor> {
  const seeds = new Map<number, Tensor>();
  values.forEach((value, i) => {
    if (value === undefined) return;
    const slot = slotOf(i);
    const known = seeds.get(slot);
    seeds.set(slot, known === undefined ? value : add(known, value));
  });
  return seeds;
}
