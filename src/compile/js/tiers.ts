// How a scalar program runs: replayed while it is new, then as compiled code, which engines speed up only by and by.

import type { ScalarProgram } from "./program.ts";
import { replay, type Tape } from "./replay.ts";
import { type PartWriter, type Source, sourceOf } from "./source.ts";

/**
 * So many operations make up one function. Shorter ones pass more values through memory; V8 takes ever longer to
 * optimise longer ones, and never does beyond 60 kB of bytecode.
 */
const PART = 2000;

/**
 * Runs after which a program is compiled. V8 optimises code after some 1000 calls of whatever size, which take a
 * third longer than replays, and about as long again to optimise it.
 */
const REPLAYS = 1000;

type Program = () => void;

export class Tiers {
  readonly #program: ScalarProgram;
  readonly #tape: Tape;
  readonly #memory: Float64Array;
  #source: Source | undefined;
  #replaysLeft: number;
  readonly #parts: Program[] = [];
  #writer: PartWriter | undefined;
  #compiled: Program | undefined;

  constructor(
    program: ScalarProgram,
    tape: Tape,
    memory: Float64Array,
    compileAfter: number = REPLAYS,
  ) {
    this.#program = program;
    this.#tape = tape;
    this.#memory = memory;
    this.#replaysLeft = compileAfter;
  }

  get tier(): "replay" | "compiled" {
    return this.#compiled === undefined ? "replay" : "compiled";
  }

  source(): Source {
    this.#source ??= sourceOf(this.#program, this.#tape.cellOf, PART);
    return this.#source;
  }

  run(): void {
    if (this.#compiled !== undefined) {
      this.#compiled();
      return;
    }
    replay(this.#tape, this.#memory);
    this.#replaysLeft -= 1;
    if (this.#replaysLeft <= 0) this.#compileMore();
  }

  /** Writes some more of the code, so that no run has to wait for the whole, and compiles each part that is done. */
  #compileMore(): void {
    const source = this.source();
    this.#writer ??= source.writer(this.#parts.length);
    const text = this.#writer.next();
    if (text === undefined) return;
    this.#writer = undefined;
    const make = functionFromText(["m", ...source.kernels.keys()], text);
    if (make === undefined) {
      this.#replaysLeft = Number.POSITIVE_INFINITY;
      return;
    }
    this.#parts.push(make(this.#memory, ...source.kernels.values()) as Program);
    if (this.#parts.length === source.parts) this.#compiled = oneAfterAnother(this.#parts);
  }
}

function oneAfterAnother(parts: readonly Program[]): Program {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return () => {
    for (let k = 0; k < parts.length; k++) (parts[k] as Program)();
  };
}

/** The program as a function of numbers; undefined where it is long, or code from text is forbidden. */
export function compiledFunction(
  source: Source,
  result: (outputs: readonly string[]) => string,
): ((...numbers: number[]) => unknown) | undefined {
  if (source.parts > 1) return undefined;
  const text = `"use strict";\nreturn ${source.functionText(result)};`;
  const make = functionFromText([...source.kernels.keys()], text);
  return make?.(...source.kernels.values()) as ((...numbers: number[]) => unknown) | undefined;
}

/** A function from its text; undefined where a page's security policy forbids that. */
export function functionFromText(
  parameters: readonly string[],
  text: string,
): ((...values: readonly unknown[]) => unknown) | undefined {
  try {
    return new Function(...parameters, text) as (...values: readonly unknown[]) => unknown;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
