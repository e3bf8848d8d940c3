// JavaScript for a scalar program: straight lines of constants, in parts that the engine optimises one by one.

import {
  atom,
  type Code,
  expressionOf,
  kernelCall,
  numberCode,
  repeatsOperand,
} from "./expression.ts";
import type { ScalarProgram, Step, Store } from "./program.ts";
import type { Place } from "./scalar-graph.ts";
import type { Kernel } from "./scalar-ops.ts";

/** A program cut into parts, each of which can be written by itself. */
export interface Source {
  readonly parts: number;
  writer(part: number): PartWriter;
  /** All parts together. */
  text(): string;
  /** A function of the numbers that are its inputs. What it returns is written by `result` from the code of the outputs. */
  functionText(result: (outputs: readonly string[]) => string): string;
  /** What the code calls, by name. */
  readonly kernels: ReadonlyMap<string, Kernel>;
}

/** Writes one part, a piece at a time. */
export interface PartWriter {
  /** The body of a function of the memory `m` and the kernels, which returns the part; undefined until it is written. */
  next(): string | undefined;
}

/** So many steps are written at a time, which takes well under a millisecond even where nothing is hot yet. */
const PIECE = 150;

/** Longer expressions are cut, and their parts get names. */
const LINE = 72;

/**
 * JavaScript for a program in parts of about so many steps. Values that one part leaves for another stand in the cells
 * that `cellOf` gives them.
 */
export function sourceOf(
  program: ScalarProgram,
  cellOf: (place: Place) => number,
  partSize: number,
): Source {
  const plan = planParts(program, partSize);
  const kernels = kernelsOf(program);
  const part = (number: number): Part => new Part(program, plan, number, cellOf);
  return {
    parts: plan.parts.length,
    writer: (number) => {
      const writing = part(number);
      const next = (): string | undefined =>
        writing.advance(PIECE)
          ? block('"use strict";\nreturn () => {', linesOf(writing), "};")
          : undefined;
      return { next };
    },
    text: () => assemble(plan.parts.map((_, number) => linesOf(part(number)))),
    functionText: (result) => functionText(program, result),
    kernels,
  };
}

/** All lines of a part, with those that write its results to cells. */
function linesOf(part: Part): readonly string[] {
  const results = part.results().map(({ cell, code }) => `m[${cell}] = ${code};`);
  return [...part.lines, ...results];
}

function functionText(
  program: ScalarProgram,
  result: (outputs: readonly string[]) => string,
): string {
  const count = program.inputs.reduce((total, { size }) => total + size, 0);
  const names = Array.from({ length: count }, (_, cell) => `x${cell}`);
  const plan = planParts(program, Number.POSITIVE_INFINITY);
  const part = new Part(program, plan, 0, undefined);
  const outputs = part.results().map(({ code }) => code);
  const lines = [...part.lines, `return ${result(outputs)};`];
  return block(`(${names.join(", ")}) => {`, lines, "}");
}

/** What the language has no operators or functions for. */
function kernelsOf({ steps }: ScalarProgram): ReadonlyMap<string, Kernel> {
  const operands = [atom("x"), atom("y"), atom("z")];
  const ops = [...new Set(steps.map(({ op }) => op))];
  return new Map(
    ops
      .filter((op) => expressionOf(op, operands) === undefined)
      .map(({ name, kernel }) => [name, kernel]),
  );
}

function assemble(parts: readonly (readonly string[])[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return block('"use strict";\nreturn () => {', only, "};");
  const functions = parts.map((lines, k) => block(`function part${k}() {`, lines, "}"));
  const calls = parts.map((_, k) => `part${k}();`);
  return ['"use strict";', ...functions, block("return () => {", calls, "};")].join("\n");
}

function block(first: string, lines: readonly string[], last: string): string {
  return [first, ...lines.map((line) => `  ${line}`), last].join("\n");
}

/** Which part does what. */
interface PartPlan {
  readonly parts: readonly (readonly Step[])[];
  /** What each part writes in its end. */
  readonly stores: readonly (readonly Store[])[];
  /** The part in which a value is computed. */
  readonly home: ReadonlyMap<Place, number>;
  /** Values that other parts than their own use. */
  readonly shared: ReadonlySet<Place>;
  /** How often a value is an operand or written. */
  readonly uses: ReadonlyMap<Place, number>;
}

function planParts(program: ScalarProgram, partSize: number): PartPlan {
  const { steps, loads } = program;
  const count = Math.max(1, Math.ceil(steps.length / partSize));
  const size = Math.ceil(steps.length / count);
  const parts = Array.from({ length: count }, (_, k) => steps.slice(k * size, (k + 1) * size));
  const home = new Map<Place, number>();
  const shared = new Set<Place>();
  const uses = new Map<Place, number>();
  const lastLoad = new Map<number, number>();
  const use = (place: Place, part: number): void => {
    uses.set(place, (uses.get(place) ?? 0) + 1);
    const own = home.get(place);
    if (own !== undefined && own !== part) shared.add(place);
    const cell = loads.get(place);
    if (cell !== undefined) lastLoad.set(cell, part);
  };
  parts.forEach((part, k) => {
    for (const { op, place, operands } of part) {
      home.set(place, k);
      operands.forEach((operand, i) => {
        use(operand, k);
        if (repeatsOperand(op, i)) use(operand, k);
      });
    }
  });
  const stores: Store[][] = parts.map(() => []);
  // Inputs that are outputs too are read in the end, so what is written over them is written then.
  for (const { place } of program.stores) if (loads.has(place)) use(place, count - 1);
  for (const store of program.stores) {
    const { place, cell } = store;
    const part = loads.has(place)
      ? count - 1
      : Math.max(home.get(place) ?? 0, lastLoad.get(cell) ?? 0);
    if (!loads.has(place)) use(place, part);
    stores[part]?.push(store);
  }
  return { parts, stores, home, shared, uses };
}

/** One part while it is written. */
class Part {
  readonly #program: ScalarProgram;
  readonly #plan: PartPlan;
  readonly #number: number;
  readonly #cellOf: ((place: Place) => number) | undefined;
  readonly lines: string[] = [];
  readonly #codes = new Map<Place, Code>();
  #written = 0;

  /** Without `cellOf` there is no memory: inputs are parameters. */
  constructor(
    program: ScalarProgram,
    plan: PartPlan,
    number: number,
    cellOf: ((place: Place) => number) | undefined,
  ) {
    this.#program = program;
    this.#plan = plan;
    this.#number = number;
    this.#cellOf = cellOf;
  }

  /** Writes the lines of so many more steps. Returns whether that were all. */
  advance(count: number): boolean {
    const steps = this.#plan.parts[this.#number] as readonly Step[];
    const end = Math.min(this.#written + count, steps.length);
    while (this.#written < end) this.#write(steps[this.#written++] as Step);
    return end === steps.length;
  }

  /** What is to be written to cells in the end, after everything has been read. */
  results(): readonly { readonly cell: number; readonly code: string }[] {
    this.advance(Number.POSITIVE_INFINITY);
    const own = this.#plan.stores[this.#number] as readonly Store[];
    return own.map(({ place, cell }) => ({ cell, code: this.#codeOf(place).text }));
  }

  #write(step: Step): void {
    const { place } = step;
    const code = this.#expression(step);
    const isTaken = this.#plan.uses.get(place) === 1 || code.condition !== undefined;
    const isKept = this.#plan.shared.has(place);
    if (isTaken && !isKept && code.text.length <= LINE) {
      this.#codes.set(place, code);
      return;
    }
    const name = `v${place}`;
    this.lines.push(`const ${name} = ${code.text};`);
    if (isKept) this.lines.push(`m[${this.#cellOf?.(place)}] = ${name};`);
    this.#codes.set(place, atom(name));
  }

  #expression({ op, operands }: Step): Code {
    const codes = operands.map((operand) => this.#codeOf(operand));
    return expressionOf(op, codes) ?? kernelCall(op.name, codes);
  }

  /** The code of an operand. What stands in memory is read when it is first needed. */
  #codeOf(place: Place): Code {
    const known = this.#codes.get(place);
    if (known !== undefined) return known;
    const number = this.#program.constants.get(place);
    if (number !== undefined) return numberCode(number);
    const input = this.#program.loads.get(place);
    const name = input === undefined ? `v${place}` : `x${input}`;
    if (this.#cellOf !== undefined) {
      this.lines.push(`const ${name} = m[${input ?? this.#cellOf(place)}];`);
    }
    const code = atom(name);
    this.#codes.set(place, code);
    return code;
  }
}
