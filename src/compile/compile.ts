// compile(): a function of tensors becomes a program.

import type { Untraced } from "../autodiff/tree.ts";
import { SymtapeError } from "../expr/errors.ts";
import { Tensor } from "../expr/tensor.ts";
import { asProgram, type Compiled } from "./compiled.ts";
import { type CompileOptions, fullOptions } from "./options.ts";
import { callsItself, disposed, otherShapes } from "./program-errors.ts";
import {
  argumentLeaves,
  checkSpecs,
  type SpecOf,
  type SpecTree,
  specTrees,
  structureKey,
} from "./spec.ts";
import { Specialized } from "./specialized.ts";
import { traceProgram } from "./traced-program.ts";

/** What a program returns: tensors where the function, traced with tensors, may return numbers or tensors. */
export type Computed<R> = [R] extends [number | Tensor]
  ? Tensor extends R
    ? Tensor
    : R
  : { [K in keyof R]: Computed<R[K]> };

/**
 * A compiled function: it takes the trees that the function takes, and returns the tree that it returned, with tensors
 * where that held results. For values that `grad`, `jvp` or `vmap` follow it computes operation by operation, so that they
 * go through it. `report`, `source`, `inputs`, `outputs` and `run` are those of the shapes of the last call.
 */
export interface Program<Args extends readonly unknown[], Result> extends Compiled {
  (...args: { [K in keyof Args]: Untraced<Args[K]> }): Computed<Result>;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/**
 * Compiles a function. It is traced once for each choice of shapes and dtypes: with symbols in the place of numbers, so
 * choose in it with `where` or `cond`. Everything that differentiates can be compiled: `compile(valueAndGrad(loss))`.
 *
 * @param specs shapes and dtypes of the arguments: `spec([2, 3])`, or examples. Without them the first call tells, and
 *   other shapes are compiled when they come.
 * @throws SymtapeError (usage) if the function returns something else than tensors and numbers; (shape) where arguments
 *   do not fit the specs; (limit) where memory does not suffice.
 * @example
 * const program = compile((x: Tensor, y: Tensor) => sum(multiply(x, y)));
 * program(tensor([1, 2, 3]), tensor([4, 5, 6])).item(); // 32
 * const slope = compile(grad((x: Tensor) => pow(x, 3)));
 * slope(2).item(); // 12
 */
export function compile<Args extends readonly unknown[], Result>(
  f: (...args: Args) => Result,
  specs?: { readonly [K in keyof Args]: SpecOf<Args[K]> },
  options: CompileOptions = {},
): Program<Args, Result> {
  if (typeof f !== "function") {
    throw new SymtapeError("usage", `compile: expected a function of tensors, got ${typeof f}.`, {
      operation: "compile",
    });
  }
  const versions = new Versions(f as unknown as AnyFunction, fullOptions("compile", options));
  if (specs !== undefined) {
    checkSpecs("compile", specs);
    versions.fix(specs as unknown as readonly SpecTree[]);
  }
  const program = (...args: readonly unknown[]): unknown => versions.call(args);
  return asProgram<Program<Args, Result>>(program, versions);
}

/** The versions of one function for different shapes. */
class Versions {
  readonly #f: AnyFunction;
  readonly #options: Required<CompileOptions>;
  readonly #all = new Map<string, Specialized>();
  /** What is being compiled: the function may call the program, for other shapes. */
  readonly #tracing = new Set<string>();
  #last: Specialized | undefined;
  #isFixed = false;
  #isDisposed = false;

  constructor(f: AnyFunction, options: Required<CompileOptions>) {
    this.#f = f;
    this.#options = options;
  }

  /** Compiles for these arguments and no others. */
  fix(specs: readonly SpecTree[]): void {
    this.#last = this.#compiled(specs, structureKey(specs));
    this.#isFixed = true;
  }

  call(args: readonly unknown[]): unknown {
    let version = this.#last;
    let leaves = version?.leavesOf(args);
    if (version === undefined || leaves === undefined) {
      version = this.#versionFor(args);
      leaves = version.leavesOf(args) as readonly (Tensor | number)[];
      this.#last = version;
    }
    if (leaves.some(isFollowed)) return version.traced.rebuild(version.follow(leaves));
    version.write(leaves);
    version.executable.run();
    return version.traced.rebuild(version.results());
  }

  current(): Specialized {
    if (this.#isDisposed) throw disposed("compile");
    if (this.#last === undefined) {
      throw new SymtapeError(
        "usage",
        "compile: the program has not been compiled yet. Give specs, or call it once.",
        { operation: "compile" },
      );
    }
    return this.#last;
  }

  #versionFor(args: readonly unknown[]): Specialized {
    if (this.#isDisposed) throw disposed("compile");
    const specs = args as readonly SpecTree[];
    const leaves = argumentLeaves("compile", specs);
    if (this.#isFixed) throw otherShapes("compile", this.current().traced.leaves, leaves);
    const key = structureKey(specs);
    return this.#all.get(key) ?? this.#compiled(specs, key);
  }

  #compiled(specs: readonly SpecTree[], key: string): Specialized {
    if (this.#tracing.has(key)) throw callsItself("compile");
    this.#tracing.add(key);
    try {
      const traced = traceProgram("compile", this.#f, specs);
      const version = new Specialized("compile", traced, specTrees(specs), this.#options);
      this.#all.set(key, version);
      return version;
    } finally {
      this.#tracing.delete(key);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { executable } of this.#all.values()) executable.release();
    this.#all.clear();
    this.#last = undefined;
  }
}

/** Whether a transformation follows the leaf, so that numbers alone would lose it. */
export function isFollowed(leaf: Tensor | number): boolean {
  return leaf instanceof Tensor && leaf.tracer !== undefined;
}
