// The Wengert list: every operation of a run, written down in order as rows.

import { applyAll } from "../expr/apply.ts";
import { SymtapeError } from "../expr/errors.ts";
import { NO_PARAMS, type Op, type Params } from "../expr/op.ts";
import { inputOp } from "../expr/ops/leaves.ts";
import {
  type ConcreteTensor,
  FollowedTensor,
  requireOpen,
  type Tensor,
  type Tracer,
} from "../expr/tensor.ts";
import { callerPosition } from "./position.ts";
import { type Leaf, leafTensor, leavesOf, rebuildTree, type Tree } from "./tree.ts";

/** One operation of a recorded run, as data. The chain rule is a walk over rows. */
export interface Row {
  /** The place in the tape. */
  readonly index: number;
  readonly op: Op;
  readonly params: Params;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** For each input the slot of the value that it is, or -1 where it is a constant of the run. */
  readonly parents: readonly number[];
  /** The slot of the first output; further outputs follow it. */
  readonly slot: number;
  /** The name of an input of the tape, such as `w1[0]`. */
  readonly name?: string | undefined;
  /** Where in the program the operation was called, if positions were asked for. */
  readonly position?: string | undefined;
}

let depth = 0;

/** Runs `f` one level of differentiation deeper. Levels keep nested derivatives apart. */
export function atNextLevel<T>(f: (level: number) => T): T {
  depth += 1;
  try {
    return f(depth);
  } finally {
    depth -= 1;
  }
}

/** A value that a tape has written down. */
export class RecordedTensor extends FollowedTensor {
  readonly value: Tensor;
  readonly tracer: Tape;
  readonly slot: number;

  constructor(tracer: Tape, value: Tensor, slot: number) {
    super();
    this.value = value;
    this.tracer = tracer;
    this.slot = slot;
  }

  override concrete(operation: string): ConcreteTensor {
    this.tracer.noteReading(this.slot, operation);
    return super.concrete(operation);
  }
}

/** What a tape writes down beside the rows that derivatives need. */
export interface TapeOptions {
  /** Where in the program every operation was called. */
  readonly positions?: boolean | undefined;
  /** For diagnosis: also the operations without derivatives, and where the program took numbers out. */
  readonly everything?: boolean | undefined;
}

/** The numbers of a value were taken out of the run, by `item()`, `toArray()` or an operation's own choice. */
export interface Reading {
  readonly slot: number;
  readonly operation: string;
  readonly position?: string;
}

/** The rows of one run. */
export class Tape implements Tracer {
  readonly level: number;
  readonly rows: Row[] = [];
  readonly readings: Reading[] = [];
  readonly #options: TapeOptions;
  #slots = 0;
  #closed = false;

  constructor(level: number, options: TapeOptions = {}) {
    this.level = level;
    this.#options = options;
  }

  /** How many values the rows hold. */
  get slots(): number {
    return this.#slots;
  }

  input(value: Tensor, name: string): RecordedTensor {
    return this.#record(inputOp, [], [], NO_PARAMS, [value], name)[0] as RecordedTensor;
  }

  apply(op: Op, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    if (this.#closed) for (const input of inputs) requireOpen(input, op.name);
    const values = valuesIn(inputs, this, op);
    const parents = slotsOf(inputs, values);
    const outputs = applyAll(op, values, params);
    if (op.nondifferentiable && this.#options.everything !== true) return outputs;
    return this.#record(op, values, parents, params, outputs);
  }

  /** Notes that the numbers of a value are looked at. */
  noteReading(slot: number, operation: string): void {
    if (this.#options.everything !== true || this.#closed) return;
    const position = this.#position();
    this.readings.push({ slot, operation, ...(position !== undefined && { position }) });
  }

  #position(): string | undefined {
    return this.#options.positions === true ? callerPosition() : undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Ends the run: its tensors cannot be used any more. */
  close(): void {
    this.#closed = true;
  }

  #record(
    op: Op,
    inputs: readonly Tensor[],
    parents: readonly number[],
    params: Params,
    outputs: readonly Tensor[],
    name?: string,
  ): RecordedTensor[] {
    const slot = this.#slots;
    const index = this.rows.length;
    const position = this.#position();
    this.rows.push({ index, op, params, inputs, outputs, parents, slot, name, position });
    this.#slots += outputs.length;
    if (outputs.length === 1) return [new RecordedTensor(this, outputs[0] as Tensor, slot)];
    return outputs.map((output, i) => new RecordedTensor(this, output, slot + i));
  }
}

/** A run on the tape: its inputs' leaves, as they came and as tensors, and its result. */
export interface Recording<T> {
  readonly tape: Tape;
  readonly leaves: readonly Leaf[];
  readonly values: readonly Tensor[];
  readonly result: T;
}

/** Runs `f` with every leaf of `params` recorded. `f` must be synchronous. */
export function recordRun<T>(
  operation: string,
  f: (params: unknown) => T,
  params: Tree,
  options: TapeOptions = {},
): Recording<T> {
  return atNextLevel((level) => {
    const tape = new Tape(level, options);
    const leaves = leavesOf(params, operation);
    const values = leaves.map(leafTensor);
    const traced = leaves.map(({ path }, i) => tape.input(values[i] as Tensor, nameOf(path)));
    try {
      const result = f(rebuildTree(params, traced));
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new SymtapeError(
          "usage",
          `${operation}: the function returned a promise. Await data before, and keep the function synchronous.`,
          { operation },
        );
      }
      return { tape, leaves, values, result };
    } finally {
      tape.close();
    }
  });
}

/** What the leaf at a path is called: `w1[0]` for `.w1[0]`. */
function nameOf(path: string): string {
  return path.startsWith(".") ? path.slice(1) : path;
}

// Lists of one or two are written out: in operations on few numbers a loop over them takes longer than the numbers.

/** What a tape's values stand for; others as they are. */
function valuesIn(inputs: readonly Tensor[], tape: Tape, { name }: Op): Tensor[] {
  const first = inputs[0] as Tensor;
  const second = inputs[1] as Tensor;
  if (inputs.length === 1) return [valueIn(first, tape, name)];
  if (inputs.length === 2) return [valueIn(first, tape, name), valueIn(second, tape, name)];
  return inputs.map((input) => valueIn(input, tape, name));
}

function valueIn(value: Tensor, tape: Tape, operation: string): Tensor {
  if (value.tracer === tape) return (value as RecordedTensor).value;
  requireOpen(value, operation);
  return value;
}

/** The slots of the inputs that stand for other values, as only those of the tape do. */
function slotsOf(inputs: readonly Tensor[], values: readonly Tensor[]): number[] {
  const first = slotOf(inputs[0] as Tensor, values[0] as Tensor);
  if (inputs.length === 1) return [first];
  if (inputs.length === 2) return [first, slotOf(inputs[1] as Tensor, values[1] as Tensor)];
  return inputs.map((input, i) => slotOf(input, values[i] as Tensor));
}

function slotOf(input: Tensor, value: Tensor): number {
  return input === value ? -1 : (input as RecordedTensor).slot;
}

/** The value below a recorded tensor, and its slot: -1 where it does not depend on the inputs. */
export function unwrap(tape: Tape, value: Tensor): { value: Tensor; slot: number } {
  const inner = valueIn(value, tape, "grad");
  return { value: inner, slot: slotOf(value, inner) };
}
