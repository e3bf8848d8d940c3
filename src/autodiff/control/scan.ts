// scan: a loop that carries a state, as one operation whose derivative is a loop the other way.

import { SymtapeError } from "../../expr/errors.ts";
import { concat } from "../../expr/ops/movement/concat.ts";
import { cast, index, reshape } from "../../expr/ops/movement/index.ts";
import { FollowedTensor, Tensor } from "../../expr/tensor.ts";
import {
  leafTensor,
  leavesOf,
  rebuildTree,
  type Traced,
  type Tree,
  type TreeLike,
} from "../tree.ts";
import { type Body, resultOf, traceBody } from "./body.ts";
import { call } from "./body-op.ts";
import { scanOp } from "./scan-op.ts";
import { conformed } from "./state.ts";

export interface ScanOptions {
  /** How many steps, where no sequence tells. */
  readonly length?: number;
  /** From the last step to the first; results stand where their inputs stood. */
  readonly reverse?: boolean;
  /**
   * Keeps the state of about √steps steps only and computes the others again for the derivative. A number
   * says how many steps stand between two that are kept.
   */
  readonly checkpoint?: boolean | number;
}

/** What a step returns: the next state, and a result of this step if there is one. */
export interface ScanStep<Carry, Y> {
  readonly carry: Carry;
  readonly y?: Y;
}

/** The last state and the results of all steps along a first axis. */
export interface ScanResult<Carry, Y> {
  readonly carry: Carry;
  readonly ys: Y;
}

/**
 * A loop: `f(carry, x)` is called for each `x` along the first axis of `xs` and returns the next state and a
 * result. Under a tape only the states are kept: memory grows with steps × state, not with the operations
 * of a step. `f` is traced once: choose in it with `where` or `cond`. What it closes over is differentiated like
 * its arguments.
 *
 * @param elements a tree of sequences, all of one length; null where `length` says how many steps
 * @throws SymtapeError (shape) if the state changes its shape or dtype from step to step, or sequences differ in length.
 * @example
 * const total = scan((carry: Tensor, x: Tensor) => ({ carry: add(carry, x), y: carry }), 0, tensor([1, 2, 3]));
 * total.carry.item(); // 6
 * total.ys.toArray(); // [0, 1, 3]
 */
export function scan<Start extends TreeLike, X extends TreeLike | null, Y = unknown>(
  f: (carry: Traced<Start>, x: Traced<X>) => ScanStep<Traced<Start>, Y>,
  start: Start,
  elements: X,
  options: ScanOptions = {},
): ScanResult<Traced<Start>, Traced<Y>> {
  const init = start as Tree;
  const xs = elements as Tree | null;
  const carries = leavesOf(init, "scan").map(leafTensor);
  const sequences = xs === null ? [] : leavesOf(xs, "scan").map(leafTensor);
  const length = lengthOf(sequences, options.length);
  const step = f as unknown as Run["step"];
  const run: Run = { step, init, xs, reverse: options.reverse === true };
  const between = stepsBetween(options, length);
  const result =
    between > 1
      ? inChunks(run, carries, sequences, length, between)
      : plain(run, carries, sequences, length);
  return result as ScanResult<Traced<Start>, Traced<Y>>;
}

/** How many steps stand between two whose states are kept. */
function stepsBetween({ checkpoint = false }: ScanOptions, length: number): number {
  if (typeof checkpoint === "boolean") return checkpoint ? Math.ceil(Math.sqrt(length)) : 1;
  if (Number.isInteger(checkpoint) && checkpoint > 0) return checkpoint;
  throw new SymtapeError(
    "usage",
    `scan: checkpoint is true, false or a whole number of steps from 1, got ${checkpoint}.`,
    { operation: "scan" },
  );
}

/** What to repeat, and the trees that its arguments have. */
interface Run {
  readonly step: (carry: unknown, x: unknown) => ScanStep<unknown, unknown>;
  readonly init: Tree;
  readonly xs: Tree | null;
  readonly reverse: boolean;
}

/** The last state as a tree, and the results of all steps as one. */
interface Finished {
  readonly carry: unknown;
  readonly ys: unknown;
}

function plain(
  run: Run,
  carries: readonly Tensor[],
  sequences: readonly Tensor[],
  length: number,
): Finished {
  const values = [
    ...carries,
    ...sequences.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype, weak: false })),
  ];
  const traced = traceBody("scan", values, (inputs) => {
    const { carry, y } = checkedStep(
      run.step(
        rebuildTree(run.init, inputs.slice(0, carries.length)),
        run.xs === null ? null : rebuildTree(run.xs, inputs.slice(carries.length)),
      ),
    );
    return {
      carry: conformed("scan", carry as Tree, run.init, carries),
      y: typed((y ?? []) as Tree),
    };
  });
  const inputs = [...carries, ...sequences, ...traced.captures];
  const op = scanOp(kept(traced.body, carries, inputs), {
    carries: carries.length,
    sequences: sequences.length,
    length,
    reverse: run.reverse,
  });
  const outputs = call(op, inputs).slice(0, traced.body.outputs.length);
  const { carry, y } = resultOf(traced, outputs) as { carry: unknown; y: unknown };
  return { carry, ys: y };
}

/** What a step returned, after a check that it names the next state. */
function checkedStep(found: unknown): ScanStep<unknown, unknown> {
  if (typeof found === "object" && found !== null && "carry" in found) {
    return found as ScanStep<unknown, unknown>;
  }
  const got = Array.isArray(found) ? "an array" : found instanceof Tensor ? "a Tensor" : `${found}`;
  throw new SymtapeError(
    "usage",
    `scan: a step returns { carry, y }, the next state and a result, or { carry } alone; got ${got}.`,
    { operation: "scan" },
  );
}

/** Results of a step, among which a literal takes a type of its own. */
function typed(y: Tree): unknown {
  const leaves = leavesOf(y, "scan").map(leafTensor);
  return rebuildTree(
    y,
    leaves.map((leaf) => cast(leaf, leaf.dtype)),
  );
}

/** Under a tape every step also gives back the state that it began with, for the derivative. */
function kept(body: Body, carries: readonly Tensor[], inputs: readonly Tensor[]): Body {
  const followed = inputs.some((input) => input instanceof FollowedTensor);
  return followed ? body.returning(carries.map((_, place) => place)) : body;
}

/** A scan over chunks of steps, each of them a scan: only the states between chunks are kept. */
function inChunks(
  run: Run,
  carries: readonly Tensor[],
  sequences: readonly Tensor[],
  length: number,
  between: number,
): Finished {
  const chunks = Math.floor(length / between);
  const whole = chunks * between;
  const part = (start: number, stop: number): Tensor[] =>
    sequences.map((sequence) => index(sequence, [{ start, stop }]));
  const split = run.reverse ? length - whole : 0;
  const folded = part(split, split + whole).map((sequence) =>
    reshape(sequence, [chunks, between, ...sequence.shape.slice(1)]),
  );
  const inner: Run["step"] = (carry, x) => {
    const state = leavesOf(carry as Tree, "scan").map(leafTensor);
    const { carry: next, ys } = plain(run, state, x as readonly Tensor[], between);
    return { carry: next, y: ys };
  };
  const outer: Run = { ...run, step: inner, xs: folded };
  const rest = run.reverse ? part(0, split) : part(whole, length);
  const states = (finished: Finished): Tensor[] =>
    leavesOf(finished.carry as Tree, "scan").map(leafTensor);
  const main = plain(outer, carries, folded, chunks);
  const ys = unfolded(main.ys as Tree, whole);
  if (length === whole) return { carry: main.carry, ys };
  const remainder = plain(run, states(main), rest, length - whole);
  return {
    carry: remainder.carry,
    ys: run.reverse
      ? joined(remainder.ys as Tree, ys as Tree)
      : joined(ys as Tree, remainder.ys as Tree),
  };
}

/** Results of chunks as results of steps. */
function unfolded(ys: Tree, length: number): unknown {
  const leaves = leavesOf(ys, "scan").map(leafTensor);
  return rebuildTree(
    ys,
    leaves.map((leaf) => reshape(leaf, [length, ...leaf.shape.slice(2)])),
  );
}

function joined(first: Tree, second: Tree): unknown {
  const rest = leavesOf(second, "scan").map(leafTensor);
  const leaves = leavesOf(first, "scan").map(leafTensor);
  return rebuildTree(
    first,
    leaves.map((leaf, i) => concat([leaf, rest[i] as Tensor])),
  );
}

function lengthOf(sequences: readonly Tensor[], length: number | undefined): number {
  for (const { shape } of sequences) {
    if (shape.length > 0) continue;
    throw new SymtapeError(
      "shape",
      "scan: a sequence holds the steps along its first axis, and one of them is a scalar. Close over it in the step.",
      { operation: "scan", shapes: [shape] },
    );
  }
  const lengths = sequences.map(({ shape }) => shape[0]);
  const found = lengths[0] ?? length;
  if (found === undefined || !Number.isInteger(found) || found < 0) {
    throw new SymtapeError(
      "usage",
      "scan: how many steps? Pass sequences with the steps along their first axis, or { length }.",
      { operation: "scan" },
    );
  }
  if (lengths.every((other) => other === found) && (length ?? found) === found) return found;
  throw new SymtapeError(
    "shape",
    `scan: all sequences need one length along their first axis, got ${[...lengths, length].filter((n) => n !== undefined).join(", ")}.`,
    { operation: "scan", shapes: sequences.map(({ shape }) => shape) },
  );
}
