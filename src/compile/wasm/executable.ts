// A schedule laid out in the memory of WebAssembly, with a kernel for every stage.

import type { SymbolicTensor } from "../../expr/graph.ts";
import type { ClosedGraph, Control } from "../../expr/op.ts";
import { ConcreteTensor, dataOf } from "../../expr/tensor.ts";
import type { Executable, Slot } from "../executable.ts";
import type { KernelPlan } from "../kernel-plan.ts";
import { interpretLoop } from "../loop-interpreter.ts";
import { planMemory } from "../memory-plan.ts";
import type { Schedule, Stage } from "../schedule.ts";
import { commonPool } from "../threads/pool.ts";
import { boundControl, type PlacedGraph, type Region } from "./control.ts";
import { hasFma } from "./engine.ts";
import { commonHeap, type Heap } from "./heap.ts";
import {
  addressOf,
  copied,
  HeapSlot,
  type Layout,
  regionOf,
  viewOf,
  writeConstants,
} from "./layout.ts";
import { listingsOf, planOf, reportsOf } from "./stage-plans.ts";

export interface WasmOptions {
  readonly aliases: readonly (number | undefined)[];
  /** Whether matrix products may round once instead of twice. */
  readonly fma: boolean;
  readonly threads: number;
  /** Compiles a graph that an operation holds. Outputs are carried over to inputs as `aliases` says. */
  readonly compileGraph: (
    graph: ClosedGraph,
    aliases: readonly (number | undefined)[],
  ) => WasmExecutable;
}

/** An executable whose inputs and outputs stand in the heap. */
export interface WasmExecutable extends Executable, PlacedGraph {
  readonly inputs: readonly (Slot & Region)[];
  readonly outputs: readonly (Slot & Region)[];
}

/** The stages over an arena of the common heap, or of the memory that threads share. */
export function wasmExecutable(
  schedule: Schedule,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  options: WasmOptions,
): WasmExecutable {
  const pool = options.threads > 1 ? commonPool(options.threads) : undefined;
  const heap = pool?.heap ?? commonHeap();
  const memory = planMemory(schedule, options.aliases);
  const fma = options.fma && hasFma();
  const plans = schedule.stages.map((stage) => planOf(stage, fma, pool));
  const scratch = plans.reduce((most, plan) => Math.max(most, plan?.scratch ?? 0), 0);
  const arena = heap.allocate(memory.bytes + scratch);
  const layout: Layout = { heap, arena, schedule, memory };
  const graphs: WasmExecutable[] = [];
  const release = releaser(heap, arena, graphs);
  UNREACHABLE.register(layout, release);
  try {
    writeConstants(layout);
    return {
      backend: "wasm",
      ...slotsOf(layout, inputs, outputs, options.aliases),
      run: runOf(layout, plans, options.compileGraph, graphs),
      get source() {
        return listingsOf(schedule, plans);
      },
      kernels: reportsOf(schedule, plans),
      arenaBytes: memory.bytes + scratch,
      unsharedBytes: memory.unshared + scratch,
      notes: schedule.stages.some(({ kind }) => kind === "product")
        ? [`matrix products ${fma ? "use" : "do not use"} fused multiply-add`]
        : [],
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function slotsOf(
  layout: Layout,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  aliases: readonly (number | undefined)[],
): { readonly inputs: readonly HeapSlot[]; readonly outputs: readonly HeapSlot[] } {
  const { schedule } = layout;
  const slotAt = (buffer: number, { shape, dtype }: SymbolicTensor): HeapSlot =>
    new HeapSlot(layout, buffer, shape, dtype);
  return {
    inputs: schedule.inputs.map((buffer, i) => slotAt(buffer, inputs[i] as SymbolicTensor)),
    outputs: outputs.map((output, k) => {
      const alias = aliases[k];
      const own = schedule.outputs[k] as number;
      return slotAt(alias === undefined ? own : (schedule.inputs[alias] as number), output);
    }),
  };
}

/** One run of all stages. Graphs that they hold are compiled, and added to `graphs`. */
function runOf(
  layout: Layout,
  plans: readonly (KernelPlan | undefined)[],
  compile: WasmOptions["compileGraph"],
  graphs: WasmExecutable[],
): () => void {
  const { arena, memory, schedule } = layout;
  const compileGraph: WasmOptions["compileGraph"] = (graph, aliases) => {
    const compiled = compile(graph, aliases);
    graphs.push(compiled);
    return compiled;
  };
  const calls = schedule.stages.map((stage, i) =>
    bound(layout, stage, plans[i], arena + memory.bytes, compileGraph),
  );
  const all = [...calls, ...memory.copies.map((copy) => copied(layout, copy))];
  return () => {
    for (let i = 0; i < all.length; i++) (all[i] as () => void)();
  };
}

/** Gives back the memory of layouts that neither programs nor their slots hold any more. */
const UNREACHABLE: FinalizationRegistry<() => void> = new FinalizationRegistry((release) =>
  release(),
);

/** Gives the memory back, once. It must not hold the layout, or that would never become unreachable. */
function releaser(heap: Heap, arena: number, graphs: readonly WasmExecutable[]): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    heap.release(arena);
    for (const graph of graphs) graph.release();
  };
}

function bound(
  layout: Layout,
  stage: Stage,
  plan: KernelPlan | undefined,
  scratch: number,
  compileGraph: WasmOptions["compileGraph"],
): () => void {
  if (plan !== undefined) {
    const buffers = stage.kind === "loop" ? stage.buffers : [...stage.reads, ...stage.writes];
    const addresses = buffers.map((buffer) => addressOf(layout, buffer));
    return plan.bind(layout.heap, addresses, scratch);
  }
  if (stage.kind === "loop") {
    return () => {
      interpretLoop(
        stage.loop,
        stage.buffers.map((buffer) => viewOf(layout, buffer)),
      );
    };
  }
  if (stage.kind === "product") throw new Error("a matrix product has no kernel");
  const { control } = stage.node.op;
  return control === undefined
    ? evaluated(layout, stage)
    : controlled(layout, control, stage, compileGraph);
}

/** An operation on tensors that look at the memory. */
function evaluated(
  layout: Layout,
  { node, reads, writes }: Extract<Stage, { kind: "special" | "evaluate" }>,
): () => void {
  return () => {
    const operands = node.inputs.map(
      ({ node: { value }, shape, dtype }, i) =>
        value ?? new ConcreteTensor(shape, dtype, viewOf(layout, reads[i] as number)),
    );
    node.op.evaluate(operands, node.params).forEach((result, i) => {
      viewOf(layout, writes[i] as number).set(dataOf(result));
    });
  };
}

/** An operation that holds graphs. The states of a scan are carried over in the memory of its graph. */
function controlled(
  layout: Layout,
  control: Control,
  { reads, writes }: Stage,
  compileGraph: WasmOptions["compileGraph"],
): () => void {
  const carries = control.kind === "scan" ? control.form.carries : 0;
  const graphs = control.graphs.map((graph) =>
    compileGraph(
      graph,
      graph.outputs.map((_, k) => (k < carries ? k : undefined)),
    ),
  );
  const regions = (buffers: readonly number[]): Region[] =>
    buffers.map((buffer) => regionOf(layout, buffer));
  return boundControl(control, graphs, layout.heap, regions(reads), regions(writes));
}
