// A small graph as a program of JavaScript: replayed from a tape at first, and compiled where it runs often.

import type { SymbolicTensor } from "../../expr/graph.ts";
import type { Slot } from "../executable.ts";
import { expandGraph } from "./expand.ts";
import { type ScalarProgram, type Span, scalarProgram } from "./program.ts";
import { tapeOf } from "./replay.ts";
import { compiledFunction, Tiers } from "./tiers.ts";

export interface JsOptions {
  /** For each output the input in whose memory it is written, if it has none of its own. */
  readonly aliases: readonly (number | undefined)[];
  /** The most operations on numbers that a program may have, 6000 unless given. */
  readonly limit?: number;
  /** Runs after which the program is compiled; by itself it weighs what compiling costs. */
  readonly compileAfter?: number;
}

export interface JsExecutable {
  readonly inputs: readonly Slot[];
  /** The slot of an output that is written in the memory of an input is that input's. */
  readonly outputs: readonly Slot[];
  /** Computes the outputs from the inputs. */
  run(): void;
  /** The program as readable JavaScript. */
  readonly source: string;
  /** How many operations on numbers it takes. */
  readonly operations: number;
  /** How the next run will be done. */
  readonly tier: () => "replay" | "compiled";
  /**
   * The same as a function of the inputs' elements, which stand in its text as x0, x1 … It returns what `result` writes
   * from the code of the outputs' elements. Undefined where the program is long, or code from text is forbidden.
   */
  compiledFunction(
    result: (outputs: readonly string[]) => string,
  ): ((...numbers: number[]) => unknown) | undefined;
  /** The text of that function. */
  functionText(result: (outputs: readonly string[]) => string): string;
}

const LIMIT = 6000;

/**
 * A program for a graph whose elements can all be computed one by one. Undefined if it would have more than `limit`
 * operations, or holds one whose steps depend on the numbers that it gets.
 */
export function jsExecutable(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  options: JsOptions,
): JsExecutable | undefined {
  const limit = options.limit ?? LIMIT;
  const expanded = expandGraph(inputs, outputs, limit);
  if (expanded === undefined) return undefined;
  const program = scalarProgram(expanded, outputs, options.aliases);
  return program.steps.length > limit ? undefined : executable(program, inputs, outputs, options);
}

function executable(
  program: ScalarProgram,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  { aliases, compileAfter }: JsOptions,
): JsExecutable {
  const tape = tapeOf(program);
  const memory = new Float64Array(tape.cells);
  for (const [cell, number] of tape.constants) memory[cell] = number;
  const slot = ({ shape, dtype }: SymbolicTensor, { start, size }: Span): Slot => ({
    shape,
    dtype,
    data: memory.subarray(start, start + size),
  });
  const inputSlots = inputs.map((input, i) => slot(input, program.inputs[i] as Span));
  const outputSlots = outputs.map((output, k) => {
    const alias = aliases[k];
    return alias === undefined ? slot(output, program.outputs[k] as Span) : inputSlots[alias];
  });
  const tiers = new Tiers(program, tape, memory, compileAfter);
  return {
    inputs: inputSlots,
    outputs: outputSlots as Slot[],
    run: () => tiers.run(),
    get source() {
      return tiers.source().text();
    },
    operations: program.steps.length,
    tier: () => tiers.tier,
    compiledFunction: (result) => compiledFunction(tiers.source(), result),
    functionText: (result) => tiers.source().functionText(result),
  };
}
