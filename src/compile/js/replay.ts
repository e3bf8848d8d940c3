// The tape of a scalar program and the loop that runs all tapes, which is hot in the engine after the first few.

import type { ScalarProgram, Step } from "./program.ts";
import type { Place } from "./scalar-graph.ts";
import type { Kernel } from "./scalar-ops.ts";

/** Instructions of four numbers each: an opcode and up to three operands. Results go into cells one after another. */
export interface Tape {
  readonly code: Int32Array;
  readonly kernels: readonly Kernel[];
  /** The cell of the first result. */
  readonly target: number;
  /** Pairs of cells, from and to, for what is written in the end. */
  readonly copies: Int32Array;
  /** The cell of a value that an instruction computes. */
  cellOf(place: Place): number;
  /** Cells that the program needs in all. */
  readonly cells: number;
  /** The constants, with their cells. */
  readonly constants: readonly (readonly [cell: number, number: number])[];
}

/**
 * What the loop computes by itself. All other operations are calls of their kernels, which box their numbers. The loop
 * has these numbers as they are: bundlers make variables of names, and a choice by variables is a search.
 */
const OPCODES = {
  callOne: 0,
  callTwo: 1,
  copy: 2,
  add: 3,
  subtract: 4,
  multiply: 5,
  divide: 6,
  negate: 7,
  exp: 8,
  log: 9,
  sin: 10,
  cos: 11,
  tanh: 12,
  sqrt: 13,
  maximum: 14,
  minimum: 15,
  decay: 16,
  logistic: 17,
  where: 18,
  greater: 19,
  greaterEqual: 20,
  less: 21,
  lessEqual: 22,
  single: 23,
  whole: 24,
} as const;

export function tapeOf(program: ScalarProgram): Tape {
  const { loads, constants, stores, steps } = program;
  const cells = new Map<Place, number>(loads);
  let next = program.cells;
  for (const place of constants.keys()) cells.set(place, next++);
  const target = next;
  const kernels: Kernel[] = [];
  const code: number[] = [];
  const overwritten = new Set(stores.map(({ cell }) => cell));
  // What is written over while another output still wants it is moved out of the way first.
  const saved = new Map<Place, number>();
  for (const { place } of stores) {
    const cell = loads.get(place);
    if (cell === undefined || saved.has(place) || !overwritten.has(cell)) continue;
    code.push(OPCODES.copy, cell, 0, 0);
    saved.set(place, next++);
  }
  for (const step of steps) {
    code.push(...instruction(step, cells, kernels));
    cells.set(step.place, next++);
  }
  const copies = stores.flatMap(({ place, cell }) => [
    (saved.get(place) ?? cells.get(place)) as number,
    cell,
  ]);
  return {
    code: Int32Array.from(code),
    kernels,
    target,
    copies: Int32Array.from(copies),
    cellOf: (place) => cells.get(place) as number,
    cells: next,
    constants: [...constants].map(([place, number]) => [cells.get(place) as number, number]),
  };
}

function instruction(
  { op, operands }: Step,
  cells: ReadonlyMap<Place, number>,
  kernels: Kernel[],
): readonly number[] {
  const [x = 0, y = 0, z = 0] = operands.map((place) => cells.get(place) as number);
  if (Object.hasOwn(OPCODES, op.name)) {
    return [OPCODES[op.name as keyof typeof OPCODES], x, y, z];
  }
  let kernel = kernels.indexOf(op.kernel);
  if (kernel < 0) kernel = kernels.push(op.kernel) - 1;
  return [operands.length === 1 ? OPCODES.callOne : OPCODES.callTwo, x, y, kernel];
}

/**
 * Runs a tape on its memory. It is one loop for all programs, so that the engine optimises it soon, and one function,
 * since a call for each instruction would take half as long again.
 */
export function replay({ code, kernels, target, copies }: Tape, memory: Float64Array): void {
  let to = target;
  for (let at = 0; at < code.length; at += 4, to++) {
    const x = memory[code[at + 1] as number] as number;
    const second = code[at + 2] as number;
    const third = code[at + 3] as number;
    switch (code[at]) {
      case 0: // callOne
        memory[to] = (kernels[third] as Kernel)(x);
        break;
      case 1: // callTwo
        memory[to] = (kernels[third] as Kernel)(x, memory[second] as number);
        break;
      case 2: // copy
        memory[to] = x;
        break;
      case 3: // add
        memory[to] = x + (memory[second] as number);
        break;
      case 4: // subtract
        memory[to] = x - (memory[second] as number);
        break;
      case 5: // multiply
        memory[to] = x * (memory[second] as number);
        break;
      case 6: // divide
        memory[to] = x / (memory[second] as number);
        break;
      case 7: // negate
        memory[to] = -x;
        break;
      case 8: // exp
        memory[to] = Math.exp(x);
        break;
      case 9: // log
        memory[to] = Math.log(x);
        break;
      case 10: // sin
        memory[to] = Math.sin(x);
        break;
      case 11: // cos
        memory[to] = Math.cos(x);
        break;
      case 12: // tanh
        memory[to] = Math.tanh(x);
        break;
      case 13: // sqrt
        memory[to] = Math.sqrt(x);
        break;
      case 14: // maximum
        memory[to] = Math.max(x, memory[second] as number);
        break;
      case 15: // minimum
        memory[to] = Math.min(x, memory[second] as number);
        break;
      case 16: // decay
        memory[to] = Math.exp(-Math.abs(x));
        break;
      case 17: {
        // logistic
        const decay = memory[second] as number;
        memory[to] = (x >= 0 ? 1 : decay) / (1 + decay);
        break;
      }
      case 18: // where
        memory[to] = memory[x !== 0 ? second : third] as number;
        break;
      case 19: // greater
        memory[to] = x > (memory[second] as number) ? 1 : 0;
        break;
      case 20: // greaterEqual
        memory[to] = x >= (memory[second] as number) ? 1 : 0;
        break;
      case 21: // less
        memory[to] = x < (memory[second] as number) ? 1 : 0;
        break;
      case 22: // lessEqual
        memory[to] = x <= (memory[second] as number) ? 1 : 0;
        break;
      case 23: // single
        memory[to] = Math.fround(x);
        break;
      case 24: // whole
        memory[to] = x | 0;
        break;
    }
  }
  for (let at = 0; at < copies.length; at += 2) {
    memory[copies[at + 1] as number] = memory[copies[at] as number] as number;
  }
}
