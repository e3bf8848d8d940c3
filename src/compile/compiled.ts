// What compiled functions of all kinds have beside the call.

import type { Slot } from "./executable.ts";
import { type ProgramReport, reportOf } from "./report.ts";
import type { Specialized } from "./specialized.ts";

/** What a program tells of itself and holds in memory. */
export interface Compiled {
  /** Which back end runs and why, its kernels, memory and work. */
  report(): ProgramReport;
  /** The code: JavaScript, or a listing of the kernels. */
  readonly source: string;
  /** The memory of the leaves of the arguments, or of a batch, in order: to be written before `run()`. */
  readonly inputs: readonly Slot[];
  /** The memory of the leaves of the result, to be read after `run()`. */
  readonly outputs: readonly Slot[];
  /** Computes `outputs` from what stands in `inputs`: nothing is checked and nothing copied. */
  run(): void;
  /** Gives the memory back at once; without it that happens when the program is no longer reachable. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Node 20 has the symbol; browsers that lack it get a key that nothing looks up. */
const DISPOSE: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol("dispose");

/** What a function was compiled to, version by version. */
interface Versions {
  /** The version of the last call. */
  current(): Specialized;
  dispose(): void;
}

/** Gives a function the members of a program; leaves before `first` are its own affair. */
export function asProgram<P extends Compiled>(program: object, versions: Versions, first = 0): P {
  const from = (slots: readonly Slot[]): readonly Slot[] =>
    first === 0 ? slots : slots.slice(first);
  Object.assign(program, {
    report: () => reportOf(versions.current()),
    run: () => versions.current().executable.run(),
    dispose: () => versions.dispose(),
    [DISPOSE]: () => versions.dispose(),
  });
  return Object.defineProperties(program, {
    source: { get: () => versions.current().executable.source },
    inputs: { get: () => from(versions.current().openInputs()) },
    outputs: { get: () => from(versions.current().executable.outputs) },
  }) as P;
}
