// How a program is to be compiled.

import { SymtapeError } from "../expr/errors.ts";

/**
 * Settings of {@link compile} and {@link compileStep}. An unknown name or value is an error that names those that exist.
 *
 * @example
 * const norm = compile((x: Tensor) => sqrt(sum(square(x))), [spec([2])], { backend: "js" });
 * norm(tensor([3, 4])).item(); // 5
 * norm.report().backend; // "js"
 */
export interface CompileOptions {
  /**
   * `js` is straight-line code for small graphs, `replay` the same as a tape of instructions, without new code; `wasm` has
   * vector kernels for tensors, `interpret` computes operation by operation. By default the faster one is chosen, and the report says why.
   */
  readonly backend?: "auto" | "interpret" | "replay" | "js" | "wasm";
  /** Whether algebra may change rounding, NaN and the sign of zeros: false by default. */
  readonly fastMath?: boolean;
  /** Whether matrix products may use fused multiply-add where the engine has it: true by default. */
  readonly fma?: boolean;
  /**
   * How many threads share the work of large matrix products, the calling one included: 1 by default. Results do not
   * depend on it. The others are workers, of Node or of a page that is cross-origin isolated; until they run, and where
   * there are none, the caller does everything.
   */
  readonly threads?: number;
}

const BACKENDS: readonly unknown[] = ["auto", "interpret", "replay", "js", "wasm"];
const NAMES: readonly string[] = ["backend", "fastMath", "fma", "threads"];

/** The options with their defaults. */
export function fullOptions(operation: string, options: CompileOptions): Required<CompileOptions> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const found = options === null ? "null" : Array.isArray(options) ? "a list" : typeof options;
    throw new SymtapeError(
      "usage",
      `${operation}: options are an object such as { backend: "wasm" }, got ${found}.`,
      { operation },
    );
  }
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  const { backend = "auto", fastMath = false, fma = true, threads = 1 } = options;
  if (unknown !== undefined || !BACKENDS.includes(backend)) {
    const text = typeof backend === "string" ? JSON.stringify(backend) : String(backend);
    const found = unknown ?? `backend ${text}`;
    throw new SymtapeError(
      "usage",
      `${operation}: ${found} is no option. There are backend ("auto", "interpret", "replay", "js" or "wasm"), fastMath, fma and threads.`,
      { operation },
    );
  }
  const unclear = Object.entries({ fastMath, fma }).find(([, value]) => typeof value !== "boolean");
  if (unclear !== undefined) {
    throw new SymtapeError(
      "usage",
      `${operation}: ${unclear[0]} is true or false, got ${String(unclear[1])}.`,
      { operation },
    );
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new SymtapeError(
      "usage",
      `${operation}: threads must be a whole number of 1 or more, got ${threads}.`,
      { operation },
    );
  }
  return { backend, fastMath, fma, threads };
}
