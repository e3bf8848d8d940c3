// What stands on the stack while a formula is built: tensors, ranges and texts; and reading settings from them.

import { SymtapeError } from "../../errors.ts";
import { evaluateNodes } from "../../evaluate-nodes.ts";
import { reachable, SymbolicTensor } from "../../graph.ts";
import { inputOp } from "../../ops/leaves.ts";
import { formatShape } from "../../shape.ts";
import { type ConcreteTensor, dataOf, Tensor, tensor } from "../../tensor.ts";
import { MAXIMUM_CONSTANT, MAXIMUM_WORK, workOf } from "./bounds.ts";

/** `first:last` or `first:step:last`, both ends included. */
export class Range {
  readonly first: number;
  readonly step: number;
  readonly last: number;

  constructor(first: number, step: number, last: number) {
    this.first = first;
    this.step = step;
    this.last = last;
    if (!Number.isFinite(first) || !Number.isFinite(last) || !Number.isFinite(step) || step === 0) {
      throw new SymtapeError(
        "unsupported",
        `a range needs finite bounds and a step other than 0, got ${first}:${step}:${last}.`,
        { operation: "range" },
      );
    }
    if (this.size > MAXIMUM_RANGE) {
      throw new SymtapeError("limit", `a range has at most ${MAXIMUM_RANGE} places.`, {
        limit: "range",
        maximum: MAXIMUM_RANGE,
      });
    }
  }

  get size(): number {
    return Math.max(0, Math.floor((this.last - this.first) / this.step + 1e-10) + 1);
  }

  toTensor(): ConcreteTensor {
    return tensor(Array.from({ length: this.size }, (_, i) => this.first + i * this.step));
  }
}

const MAXIMUM_RANGE = 1_000_000;

export function constantTooLarge(): SymtapeError {
  const message =
    `numbers that are computed while the text is read have more than ${MAXIMUM_CONSTANT} elements or take too ` +
    "long to compute. Give them as an input.";
  return new SymtapeError("limit", message, { limit: "constant", maximum: MAXIMUM_CONSTANT });
}

/** A text in quotation marks, such as the dtype of `cast`. */
export class Text {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Value = Tensor | Range | Text;

/** The value as a tensor: a range is the vector of its numbers. */
export function tensorOf(value: Value): Tensor {
  if (value instanceof Tensor) return value;
  if (value instanceof Range) return value.toTensor();
  throw new SymtapeError("unsupported", "a text in quotation marks is no number.", {
    operation: "text",
  });
}

/** The numbers of a value that depends on no input; undefined if it depends on one. */
export function constantOf(value: Tensor): ConcreteTensor | undefined {
  return constantsOf([value])?.[0];
}

/** The same for several values at once. */
export function constantsOf(values: readonly Tensor[]): readonly ConcreteTensor[] | undefined {
  const symbols = values.filter(
    (value) => value instanceof SymbolicTensor && value.node.value === undefined,
  ) as SymbolicTensor[];
  if (symbols.length === 0) return values.map((value) => value.concrete("constant"));
  const nodes = reachable(symbols);
  if (nodes.some((node) => node.op === inputOp)) return undefined;
  let elements = 0;
  for (const node of nodes) {
    for (const { size } of node.outputs) elements += size;
    if (elements > MAXIMUM_CONSTANT || workOf(node) > MAXIMUM_WORK) throw constantTooLarge();
  }
  const resultOf = evaluateNodes(nodes, (node) => node.value);
  return values.map((value) =>
    value instanceof SymbolicTensor && value.node.value === undefined
      ? resultOf(value).concrete("constant")
      : value.concrete("constant"),
  );
}

/** A whole number that a formula gives as a setting. */
export function wholeNumber(value: Value, what: string): number {
  const number = constantNumber(value, what);
  if (!Number.isInteger(number)) {
    throw new SymtapeError("unsupported", `${what} is a whole number, got ${number}.`, {
      operation: what,
    });
  }
  return number;
}

export function constantNumber(value: Value, what: string): number {
  const known = value instanceof Tensor ? constantOf(value) : undefined;
  if (known === undefined || known.rank > 0) {
    const got =
      value instanceof Tensor && known !== undefined
        ? `a tensor of shape ${formatShape(value.shape)}`
        : "something else";
    throw new SymtapeError("unsupported", `${what} must be a plain number here, got ${got}.`, {
      operation: what,
    });
  }
  return known.at(0);
}

/** A list of whole numbers such as `[2, 3]`; a single number is a list of one. */
export function wholeNumbers(value: Value, what: string): readonly number[] {
  const known = value instanceof Text ? undefined : constantOf(tensorOf(value));
  if (known === undefined || known.rank > 1) {
    throw new SymtapeError("unsupported", `${what} is a list of plain numbers, such as [2, 3].`, {
      operation: what,
    });
  }
  const numbers = Array.from(dataOf(known));
  for (const number of numbers) wholeNumber(tensor(number), what);
  return numbers;
}
