// Forward mode: a tangent travels beside every value.

import { applyAll } from "../expr/apply.ts";
import type { Op, Params, Step } from "../expr/op.ts";
import { FollowedTensor, requireOpen, type Tensor, type Tracer } from "../expr/tensor.ts";
import { conform, finish } from "./backward.ts";
import type { Differentiable } from "./reverse.ts";
import { atNextLevel, type Row } from "./tape.ts";
import {
  checkFloats,
  leafTensor,
  leavesOf,
  matchingLeaves,
  rebuildTree,
  type Tree,
  type Untraced,
} from "./tree.ts";

/** A value with its tangent; undefined is a tangent of zero. */
class DualTensor extends FollowedTensor {
  readonly value: Tensor;
  readonly tracer: ForwardPass;
  readonly tangent: Tensor | undefined;

  constructor(tracer: ForwardPass, value: Tensor, tangent: Tensor | undefined) {
    super();
    this.value = value;
    this.tracer = tracer;
    this.tangent = tangent;
  }
}

class ForwardPass implements Tracer {
  readonly level: number;
  #closed = false;

  constructor(level: number) {
    this.level = level;
  }

  apply(op: Op, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    const values: Tensor[] = [];
    const tangents: (Tensor | undefined)[] = [];
    for (const input of inputs) {
      requireOpen(input, op.name);
      const { value, tangent } = this.split(input);
      values.push(value);
      tangents.push(tangent);
    }
    const outputs = applyAll(op, values, params);
    if (op.nondifferentiable) return outputs;
    const pushed = push({ op, params, inputs: values, outputs }, tangents);
    return outputs.map((output, i) => {
      const tangent = pushed[i];
      return tangent === undefined ? output : new DualTensor(this, output, tangent);
    });
  }

  split(value: Tensor): { value: Tensor; tangent: Tensor | undefined } {
    if (value instanceof DualTensor && value.tracer === this) return value;
    requireOpen(value, "jvp");
    return { value, tangent: undefined };
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }
}

/**
 * The value of a function and its derivative in the direction of a tangent, a tree like its first
 * argument.
 *
 * @throws SymtapeError (gradient) if a leaf of the argument is an integer; (shape) if the tangent is no tree like the
 * argument.
 * @example
 * const { value, tangent } = jvp((x: Tensor) => sin(x))(0, 1);
 * value.item(); // 0
 * tangent.item(); // 1
 */
export function jvp<T = Tensor, R extends readonly unknown[] = [], Result = Tensor>(
  f: Differentiable<T, R, Result>,
): <P extends Untraced<T>>(
  params: P,
  tangents: Untraced<T>,
  ...rest: R
) => { value: Result; tangent: Result } {
  return <P extends Untraced<T>>(params: P, tangents: Untraced<T>, ...rest: R) =>
    atNextLevel((level) => {
      const pass = new ForwardPass(level);
      const leaves = leavesOf(params as Tree, "jvp");
      checkFloats("jvp", leaves, "derivative");
      const values = leaves.map(leafTensor);
      const expected = leaves.map(({ path }, i) => ({ path, shape: (values[i] as Tensor).shape }));
      const directions = matchingLeaves(tangents as Tree, expected, "jvp");
      const duals = values.map((value, i) => new DualTensor(pass, value, directions[i]));
      try {
        const result = f(rebuildTree(params as Tree, duals) as T, ...rest) as Tree;
        const parts = leavesOf(result, "jvp").map((leaf) => pass.split(leafTensor(leaf)));
        const primal = parts.map(({ value }) => value);
        const tangent = parts.map((part) => finish(part.tangent, part.value));
        return {
          value: rebuildTree(result, primal) as Result,
          tangent: rebuildTree(result, tangent) as Result,
        };
      } finally {
        pass.close();
      }
    });
}

/** Forward accumulation over rows: from tangents of some slots to those of every slot after them. */
export function forward(
  rows: readonly Row[],
  seeds: ReadonlyMap<number, Tensor>,
): (Tensor | undefined)[] {
  const tangents: (Tensor | undefined)[] = [];
  for (const [slot, seed] of seeds) tangents[slot] = seed;
  for (const row of rows) {
    const incoming = row.parents.map((parent) => (parent < 0 ? undefined : tangents[parent]));
    if (incoming.every((tangent) => tangent === undefined)) continue;
    push(row, incoming).forEach((tangent, k) => {
      tangents[row.slot + k] = tangent;
    });
  }
  return tangents;
}

/** One step of forward mode: tangents of the outputs, in the outputs' shapes and dtypes. */
function push(
  step: Step,
  tangents: readonly (Tensor | undefined)[],
): readonly (Tensor | undefined)[] {
  return step.op
    .pushforward(step, tangents)
    .map((tangent, i) => tangent && conform(tangent, step.outputs[i] as Tensor));
}
