// Chooses a back end for a traced function and makes it ready to run.

import { SymtapeError } from "../expr/errors.ts";
import type { SymbolicTensor } from "../expr/graph.ts";
import type { Executable } from "./executable.ts";
import { interpreted } from "./interpret.ts";
import { type JsExecutable, jsExecutable } from "./js/executable.ts";
import { lower } from "./lowered-graph.ts";
import type { CompileOptions } from "./options.ts";
import type { Schedule } from "./schedule.ts";
import { makeSchedule } from "./scheduler.ts";
import { joinTails } from "./tails.ts";
import { hasSimd } from "./wasm/engine.ts";
import { type WasmExecutable, wasmExecutable } from "./wasm/executable.ts";

/** A graph to compile, and what it carries over from run to run. */
export interface ClosedProgram {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** For every output the input that it is carried over to, if there is one. */
  readonly aliases: readonly (number | undefined)[];
}

/** An executable, and why it is the one that was chosen. */
export interface Built {
  readonly executable: Executable;
  readonly reason: string;
}

/** Nanoseconds, as measured: of a scalar operation in JavaScript, of one on vectors, and of calling a kernel. */
const SCALAR_COST = 0.6;
const VECTOR_COST = 0.25;
const CALL_COST = 8;
/** Vectors take as long when they are not full. */
const FULL_VECTOR = 4;

/**
 * Makes a graph ready to run by the back end that was asked for, or by the one that is estimated to be fastest.
 *
 * @throws SymtapeError (usage) if the back end that was asked for cannot take the graph or does not run here; (limit)
 * where memory does not suffice.
 */
export function build(
  operation: string,
  program: ClosedProgram,
  options: Required<CompileOptions>,
): Built {
  const { inputs, outputs, aliases } = program;
  switch (options.backend) {
    case "interpret":
      return { executable: interpreted(inputs, outputs, aliases), reason: "it was asked for" };
    case "replay":
    case "js": {
      const compileAfter = options.backend === "replay" ? Number.POSITIVE_INFINITY : undefined;
      const js = jsExecutable(inputs, outputs, {
        aliases,
        ...(compileAfter !== undefined && { compileAfter }),
      });
      if (js === undefined) throw notInJs(operation);
      return { executable: ofJs(js), reason: "it was asked for" };
    }
    case "wasm":
      if (!hasSimd()) throw noSimd(operation);
      return { executable: onWasm(program, options), reason: "it was asked for" };
    case "auto":
      return chosen(program, options);
  }
}

function chosen(program: ClosedProgram, options: Required<CompileOptions>): Built {
  const { inputs, outputs, aliases } = program;
  const js = jsExecutable(inputs, outputs, { aliases });
  if (!hasSimd()) {
    if (js !== undefined)
      return { executable: ofJs(js), reason: "the engine has no WebAssembly SIMD" };
    const reason =
      "the engine has no WebAssembly SIMD, and the graph is too large for straight-line code";
    return { executable: interpreted(inputs, outputs, aliases), reason };
  }
  const { schedule, lowered } = scheduled(program, options);
  if (js !== undefined) {
    const costs = { js: js.operations * SCALAR_COST, wasm: costOf(schedule) };
    if (costs.js <= costs.wasm) {
      return { executable: ofJs(js), reason: `${js.operations} scalar operations are few` };
    }
  }
  const reason =
    js === undefined
      ? "the graph is too large for straight-line code"
      : `vectors pay for ${js.operations} scalar operations`;
  return { executable: laidOut(program, schedule, lowered, options), reason };
}

function onWasm(program: ClosedProgram, options: Required<CompileOptions>): WasmExecutable {
  const { schedule, lowered } = scheduled(program, options);
  return laidOut(program, schedule, lowered, options);
}

function laidOut(
  { aliases }: ClosedProgram,
  schedule: Schedule,
  lowered: ReturnType<typeof lower>,
  options: Required<CompileOptions>,
): WasmExecutable {
  return wasmExecutable(schedule, lowered.inputs, lowered.outputs, {
    aliases,
    fma: options.fma,
    threads: options.threads,
    compileGraph: (graph, carried) => onWasm({ ...graph, aliases: carried }, options),
  });
}

function scheduled(
  { inputs, outputs, aliases }: ClosedProgram,
  { fastMath }: Required<CompileOptions>,
): { readonly schedule: Schedule; readonly lowered: ReturnType<typeof lower> } {
  const lowered = lower(inputs, outputs, { fastMath });
  return { schedule: joinTails(makeSchedule(lowered.inputs, lowered.outputs, aliases)), lowered };
}

function costOf({ stages }: Schedule): number {
  let cost = 0;
  for (const stage of stages) {
    cost += CALL_COST;
    if (stage.kind === "loop") {
      const elements = stage.loop.extents.reduce((total, length) => total * length, 1);
      const size = Math.max(elements, FULL_VECTOR);
      const applied = stage.loop.values.filter(({ kind }) => kind === "apply").length;
      cost += size * applied * VECTOR_COST;
    } else if (stage.kind === "product") {
      const { rows, inner, columns } = stage.product;
      cost += rows * inner * columns * VECTOR_COST;
    } else cost += 1000;
  }
  return cost;
}

function ofJs(js: JsExecutable): Executable {
  return {
    backend: "js",
    inputs: js.inputs,
    outputs: js.outputs,
    run: js.run,
    source: js.source,
    kernels: [{ label: `${js.operations} scalar operations`, flops: js.operations }],
    arenaBytes: 0,
    unsharedBytes: 0,
    get notes() {
      return [`tier: ${js.tier()}`];
    },
    release: () => undefined,
  };
}

function notInJs(operation: string): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    `${operation}: the graph is too large for straight-line JavaScript, or holds an operation that looks at its numbers. ` +
      'Leave the choice open, or take backend: "wasm".',
    { operation },
  );
}

function noSimd(operation: string): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    `${operation}: this engine has no WebAssembly with SIMD, or a content-security policy forbids it. Leave the choice ` +
      'open, or take backend: "interpret".',
    { operation },
  );
}
