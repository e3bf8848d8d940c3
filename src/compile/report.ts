// What a program says of itself.

import type { KernelReport } from "./executable.ts";
import type { Specialized } from "./specialized.ts";

/**
 * What was compiled, and how it runs: of the version for the shapes of the last call.
 *
 * @example
 * const program = compile((x: Tensor) => sum(square(x)), [spec([3])]);
 * const report = program.report();
 * report.backend; // "js"
 * report.reason; // "5 scalar operations are few"
 */
export interface ProgramReport {
  readonly backend: "interpret" | "js" | "wasm";
  /** Why this back end. */
  readonly reason: string;
  /** The steps in the order in which they run. */
  readonly kernels: readonly KernelReport[];
  /** How many operations the traced graph has. */
  readonly operations: number;
  /** How many of them share a step with others. */
  readonly fused: number;
  /** Bytes of memory, and what they would be if no two values shared them; 0 outside of WebAssembly. */
  readonly arenaBytes: number;
  readonly unsharedBytes: number;
  /** Additions, multiplications and function values of one run. */
  readonly flops: number;
  /** Particulars such as the tier that runs, or whether products and sums are rounded together. */
  readonly notes: readonly string[];
}

/** The report of one version of a program. */
export function reportOf({ built, traced }: Specialized): ProgramReport {
  const { executable, reason } = built;
  const { kernels } = executable;
  const operations = new Set(traced.outputs.flatMap((output) => output.node.graph.nodes)).size;
  return {
    backend: executable.backend,
    reason,
    kernels,
    operations,
    fused: Math.max(0, operations - kernels.length),
    arenaBytes: executable.arenaBytes,
    unsharedBytes: executable.unsharedBytes,
    flops: kernels.reduce((total, { flops }) => total + flops, 0),
    notes: executable.notes,
  };
}
