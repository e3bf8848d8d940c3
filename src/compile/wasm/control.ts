// Loops and choices over compiled graphs: values are carried from memory to memory.

import type { Control } from "../../expr/op.ts";
import type { Heap } from "./heap.ts";

/** A run of bytes in the heap. */
export interface Region {
  readonly address: number;
  readonly bytes: number;
}

/** A compiled graph, and where its inputs and outputs stand. */
export interface PlacedGraph {
  readonly inputs: readonly Region[];
  readonly outputs: readonly Region[];
  run(): void;
}

/** The operation on operands and results in memory. The states of a scan stay in the inputs of its graph. */
export function boundControl(
  control: Control,
  graphs: readonly PlacedGraph[],
  heap: Heap,
  reads: readonly Region[],
  writes: readonly Region[],
): () => void {
  const memory = new Memory(heap);
  const [first, second] = graphs as readonly [PlacedGraph, PlacedGraph];
  switch (control.kind) {
    case "call":
      return () => {
        memory.copyAll(reads, first.inputs);
        first.run();
        memory.copyAll(first.outputs, writes);
      };
    case "cond": {
      const [test, ...operands] = reads as readonly [Region, ...Region[]];
      return () => {
        const graph = memory.byte(test) !== 0 ? first : second;
        memory.copyAll(operands, graph.inputs);
        graph.run();
        memory.copyAll(graph.outputs, writes);
      };
    }
    case "while":
      return boundWhile(control.states, [first, second], memory, reads, writes);
    case "scan":
      return boundScan(control, first, memory, reads, writes);
  }
}

/** The first graph says whether to go on, the second one gives the next states. */
function boundWhile(
  states: number,
  [test, step]: readonly [PlacedGraph, PlacedGraph],
  memory: Memory,
  reads: readonly Region[],
  writes: readonly Region[],
): () => void {
  const results = test.inputs.slice(0, states);
  return () => {
    memory.copyAll(reads, test.inputs);
    memory.copyAll(reads, step.inputs);
    for (;;) {
      test.run();
      if (memory.byte(test.outputs[0] as Region) === 0) break;
      step.run();
      memory.copyAll(step.outputs, test.inputs);
      memory.copyAll(step.outputs, step.inputs);
    }
    memory.copyAll(results, writes);
  };
}

function boundScan(
  { form }: Extract<Control, { kind: "scan" }>,
  { inputs, outputs, run }: PlacedGraph,
  memory: Memory,
  reads: readonly Region[],
  writes: readonly Region[],
): () => void {
  const { carries, sequences, length, reverse } = form;
  const ofElements = inputs.slice(carries, carries + sequences);
  const ofSequences = reads.slice(carries, carries + sequences);
  const captures = reads.slice(carries + sequences);
  const ofCaptures = inputs.slice(carries + sequences);
  const results = outputs.slice(carries);
  const ofResults = writes.slice(carries);
  return () => {
    memory.copyAll(reads.slice(0, carries), inputs);
    memory.copyAll(captures, ofCaptures);
    for (let i = 0; i < length; i++) {
      const step = reverse ? length - 1 - i : i;
      ofElements.forEach((element, k) => {
        const { address } = ofSequences[k] as Region;
        memory.copy(address + step * element.bytes, element.address, element.bytes);
      });
      run();
      results.forEach((result, k) => {
        const { address } = ofResults[k] as Region;
        memory.copy(result.address, address + step * result.bytes, result.bytes);
      });
    }
    memory.copyAll(inputs.slice(0, carries), writes);
  };
}

/** Copies within the heap, whose buffer changes when it grows. */
class Memory {
  readonly #heap: Heap;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  #current(): Uint8Array {
    const { buffer } = this.#heap.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
    return this.#bytes;
  }

  copy(from: number, to: number, bytes: number): void {
    this.#current().copyWithin(to, from, from + bytes);
  }

  /** Copies regions to those at the same places, as many as there are on both sides. */
  copyAll(from: readonly Region[], to: readonly Region[]): void {
    const count = Math.min(from.length, to.length);
    for (let i = 0; i < count; i++) {
      const { address, bytes } = from[i] as Region;
      this.copy(address, (to[i] as Region).address, bytes);
    }
  }

  byte({ address }: Region): number {
    return this.#current()[address] as number;
  }
}
