// compileStep(): a training step whose state stays inside of the program.

import {
  inOrderOf,
  leavesOf,
  rebuildTree,
  type Traced,
  type Tree,
  type TreeLike,
  type Untraced,
} from "../autodiff/tree.ts";
import { SymtapeError } from "../expr/errors.ts";
import { scalar, type Tensor } from "../expr/tensor.ts";
import { type Computed, isFollowed } from "./compile.ts";
import { asProgram, type Compiled } from "./compiled.ts";
import type { Slot } from "./executable.ts";
import { type CompileOptions, fullOptions } from "./options.ts";
import { callsItself, disposed, otherShapes } from "./program-errors.ts";
import { tensorOf } from "./slots.ts";
import {
  type ArgumentLeaf,
  argumentLeaves,
  checkSpecs,
  type SpecOf,
  type SpecTree,
  specTrees,
  structureKey,
} from "./spec.ts";
import { Specialized } from "./specialized.ts";
import { conforming, fits, followed, numbersOf, type StepResult, stateLeaf } from "./step-state.ts";
import { traceProgram } from "./traced-program.ts";
import { type TreeBuilder, treeBuilder } from "./tree-reader.ts";

/**
 * A compiled step: the batch goes in, the result comes out, the state stays. It takes and keeps numbers: a batch or a state
 * that `grad` or another transformation follows is an error.
 */
export interface StepProgram<State, Batch extends readonly unknown[], Result> extends Compiled {
  (...batch: { [K in keyof Batch]: Untraced<Batch[K]> }): Computed<Result>;
  /** A copy of the state. */
  state(): Traced<State>;
  /** Puts another state, of the same shapes and dtypes, in the place of this one. */
  setState(state: Untraced<Traced<State>>): void;
}

/**
 * Compiles a step that carries a state: parameters and whatever an optimizer keeps. The state stays in the memory of the
 * program from call to call; only the batch goes in and the result comes out.
 *
 * @param step from the state and a batch to the next state, of the same shapes and dtypes, and a result
 * @param start the state before the first step
 * @param specs shapes and dtypes of the batch; without them the first call tells
 * @throws SymtapeError (shape) if the next state has other shapes or dtypes than the state; then nothing has changed.
 * @example
 * const loss = (w: Tensor, x: Tensor) => square(subtract(multiply(w, x), 6));
 * const step = compileStep(
 *   ({ w }: { w: Tensor }, x: Tensor) => {
 *     const { value, gradient } = valueAndGrad(loss)(w, x);
 *     return { state: { w: subtract(w, multiply(0.1, gradient)) }, result: value };
 *   },
 *   { w: 0 },
 * );
 * step(2).item(); // 36
 * step(2).item(); // 1.4399999999999995
 * step.state().w.item(); // 2.88
 */
export function compileStep<State extends TreeLike, Batch extends readonly unknown[], Result>(
  step: (state: Traced<State>, ...batch: Batch) => StepResult<Untraced<Traced<State>>, Result>,
  start: State,
  specs?: { readonly [K in keyof Batch]: SpecOf<Batch[K]> },
  options: CompileOptions = {},
): StepProgram<State, Batch, Result> {
  if (typeof step !== "function") {
    throw new SymtapeError(
      "usage",
      `compileStep: expected a function from a state and a batch to { state, result }, got ${typeof step}.`,
      { operation: "compileStep" },
    );
  }
  const versions = new StepVersions(
    step as unknown as AnyStep,
    start as unknown as Tree,
    fullOptions("compileStep", options),
  );
  if (specs !== undefined) {
    checkSpecs("compileStep", specs);
    versions.fix(specs as unknown as readonly SpecTree[]);
  }
  const program = (...batch: readonly unknown[]): unknown => versions.call(batch);
  const stateful = Object.assign(program, {
    state: () => versions.state(),
    setState: (state: Tree) => versions.setState(state),
  });
  return asProgram<StepProgram<State, Batch, Result>>(stateful, versions, versions.stateLeaves);
}

type AnyStep = (state: unknown, ...batch: readonly unknown[]) => StepResult<unknown, unknown>;

/** The versions of one step for batches of different shapes; the state moves from one to the next. */
class StepVersions {
  readonly #step: AnyStep;
  readonly #options: Required<CompileOptions>;
  readonly #all = new Map<string, Specialized>();
  /** Put results into the trees in which the step returned them. */
  readonly #builders = new Map<Specialized, TreeBuilder>();
  readonly stateLeaves: number;
  /** The state as it was given, until a version holds it. */
  #state: Tree;
  #home: Specialized | undefined;
  /** The specs of the batch, where they were given. */
  #fixed: readonly SpecTree[] | undefined;
  /** What is being compiled. */
  readonly #tracing = new Set<string>();
  #isDisposed = false;

  constructor(step: AnyStep, start: Tree, options: Required<CompileOptions>) {
    const leaves = numbersOf(start);
    this.#step = step;
    this.#state = rebuildTree(start, leaves) as Tree;
    this.#options = options;
    this.stateLeaves = leaves.length;
  }

  fix(specs: readonly SpecTree[]): void {
    this.#moveTo(this.#compiled(specs, structureKey(specs)));
    this.#fixed = specs;
  }

  call(batch: readonly unknown[]): unknown {
    let leaves = this.#home?.leavesOf(batch, this.stateLeaves);
    if (leaves === undefined) {
      const version = this.#versionFor(batch);
      leaves = version.leavesOf(batch, this.stateLeaves) as readonly (Tensor | number)[];
      this.#moveTo(version);
    }
    if (leaves.some(isFollowed)) throw followed();
    const home = this.#home as Specialized;
    home.write(leaves, this.stateLeaves);
    home.executable.run();
    return (this.#builders.get(home) as TreeBuilder)(home.results(this.stateLeaves));
  }

  current(): Specialized {
    if (this.#isDisposed) throw disposed("compileStep");
    if (this.#home !== undefined) return this.#home;
    throw new SymtapeError(
      "usage",
      "compileStep: the step has not been compiled yet. Give specs, or call it once.",
      { operation: "compileStep" },
    );
  }

  state(): unknown {
    if (this.#isDisposed) throw disposed("compileStep");
    const leaves = leavesOf(this.#state, "compileStep");
    const slots = this.#home?.executable.inputs;
    return rebuildTree(
      this.#state,
      leaves.map(({ value }, i) => (slots === undefined ? value : tensorOf(slots[i] as Slot))),
    );
  }

  setState(state: Tree): void {
    if (this.#isDisposed) throw disposed("compileStep");
    const before = leavesOf(this.#state, "compileStep");
    const given = inOrderOf(before, leavesOf(state, "compileStep"));
    const expected = before.map(stateLeaf);
    const differs =
      expected.length !== given.length || expected.some((leaf, i) => !fits(given[i], leaf));
    if (differs) throw otherShapes("compileStep", expected, given.map(stateLeaf));
    if (given.some(({ value }) => isFollowed(value))) throw followed();
    const values = given.map(({ value }, i) => {
      const { dtype } = expected[i] as ArgumentLeaf;
      return typeof value === "number" ? scalar(value, dtype) : value;
    });
    this.#home?.write(values);
    this.#home?.forget(this.stateLeaves);
    if (this.#home === undefined) this.#state = rebuildTree(this.#state, values) as Tree;
  }

  #versionFor(batch: readonly unknown[]): Specialized {
    if (this.#isDisposed) throw disposed("compileStep");
    const specs = batch as readonly SpecTree[];
    const leaves = argumentLeaves("compileStep", specs);
    if (this.#fixed !== undefined) {
      throw otherShapes("compileStep", argumentLeaves("compileStep", this.#fixed), leaves);
    }
    const key = structureKey(specs);
    return this.#all.get(key) ?? this.#compiled(specs, key);
  }

  #compiled(specs: readonly SpecTree[], key: string): Specialized {
    if (this.#tracing.has(key)) throw callsItself("compileStep");
    this.#tracing.add(key);
    try {
      return this.#traced(specs, key);
    } finally {
      this.#tracing.delete(key);
    }
  }

  #traced(specs: readonly SpecTree[], key: string): Specialized {
    const traced = traceProgram(
      "compileStep",
      (state, ...batch) => conforming(this.#step(state, ...batch), state as Tree, this.#state),
      [this.#state, ...specs],
    );
    const aliases = Array.from({ length: this.stateLeaves }, (_, i) => i);
    const version = new Specialized(
      "compileStep",
      traced,
      specTrees(specs),
      this.#options,
      aliases,
    );
    this.#all.set(key, version);
    const { result } = traced.result as unknown as StepResult<Tree, Tree>;
    this.#builders.set(version, treeBuilder(result));
    return version;
  }

  #moveTo(version: Specialized): void {
    if (version === this.#home) return;
    const leaves = leavesOf(this.state() as Tree, "compileStep").map(({ value }) => value);
    version.write(leaves);
    version.forget(this.stateLeaves);
    this.#home = version;
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { executable } of this.#all.values()) executable.release();
    this.#all.clear();
    this.#builders.clear();
    this.#home = undefined;
  }
}
