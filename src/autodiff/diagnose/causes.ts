// Why a derivative ends at an operation: a table by operation and operands, read from the top.

import { operandName } from "../../expr/ops/structured.ts";
import { isFloat } from "../../expr/shape.ts";
import type { Tensor } from "../../expr/tensor.ts";
import type { Row } from "../tape.ts";
import { numbersIn } from "./elements.ts";

/** What ends a derivative. */
export type CauseKind =
  /** Nothing uses the leaf. */
  | "never used"
  /** The result does not depend on what is computed from it. */
  | "unused result"
  /** Its numbers were taken out with `item()` or `toArray()`; what follows is a constant. */
  | "taken out"
  /** The leaf is of a dtype without derivatives. */
  | "whole number"
  | "stopped"
  /** An operation without derivatives: a comparison, a rounding, an argmax, a cast to int32. */
  | "step"
  /** An operand that holds places or a condition. */
  | "choice"
  | "zero factor"
  | "saturated"
  /** Another value was chosen, in all elements. */
  | "not chosen"
  /** Its elements were left out. */
  | "left out"
  /** Its effects on the result sum up to 0. */
  | "cancels"
  /** Any other derivative that is 0 at this point. */
  | "flat";

/** A row at which a derivative ends, and the operand through which it came. */
export interface DeadEnd {
  readonly row: Row;
  readonly operand: number;
  /** Whether the derivatives through two or more operands are not 0 and cancel. */
  readonly cancels: boolean;
}

interface Line {
  readonly ops?: readonly string[];
  readonly when?: (end: DeadEnd) => boolean;
  readonly kind: CauseKind;
  readonly text: string;
}

const isDiscrete = ({ row, operand }: DeadEnd): boolean =>
  row.op.discrete.includes(operandName(row.op, operand));

/** Whether all numbers of another operand are 0. */
const besideZero = ({ row, operand }: DeadEnd): boolean =>
  row.inputs.some((input, k) => k !== operand && Array.from(numbersIn(input)).every(isZero));

const isZero = (number: number): boolean => number === 0;

const isWhole = ({ row }: DeadEnd): boolean =>
  row.outputs.every(({ dtype }: Tensor) => !isFloat(dtype));

/** `#` stands for the name of the operation. */
export const LINES: readonly Line[] = [
  { ops: ["stopGradient"], kind: "stopped", text: "stopGradient() ends the gradient here." },
  {
    when: isDiscrete,
    kind: "choice",
    text: "# takes it for places or classes, by which there is no derivative.",
  },
  {
    ops: ["where"],
    when: ({ operand }) => operand === 0,
    kind: "choice",
    text: "where only chooses by it; there is no derivative by a condition.",
  },
  {
    ops: ["cast"],
    when: isWhole,
    kind: "step",
    text: "cast makes whole numbers of it, which have no derivative.",
  },
  {
    ops: ["argmax", "argmin", "argsort"],
    kind: "step",
    text: "# gives places, which have no derivative. softmax is the soft form.",
  },
  {
    when: ({ row }) => row.op.nondifferentiable,
    kind: "step",
    text: "# has no derivative: its result is a truth value, a whole number or drawn.",
  },
  {
    ops: ["floor", "ceil", "round", "sign"],
    kind: "step",
    text: "# is constant between its steps, so its derivative is 0. Use a smooth form, or add(x, stopGradient(subtract(#(x), x))).",
  },
  { when: isWhole, kind: "step", text: "# gives whole numbers, which have no derivative." },
  {
    when: ({ cancels }) => cancels,
    kind: "cancels",
    text: "# gets it by several operands, whose derivatives cancel.",
  },
  {
    ops: ["multiply", "matmul", "outer"],
    when: besideZero,
    kind: "zero factor",
    text: "# multiplies it with exactly 0. Parameters that all begin with 0 never learn: begin with random ones.",
  },
  {
    ops: ["relu"],
    kind: "saturated",
    text: "relu is 0 for all its operands, none of which is positive (a dead unit). Lower the step or use leakyRelu, elu or gelu.",
  },
  {
    ops: [
      ...["sigmoid", "tanh", "softplus", "erf", "erfc", "logSigmoid", "mish", "sech"],
      ...["elu", "selu", "gelu", "geluTanh", "silu", "atan", "exp", "softmax", "logSoftmax"],
    ],
    kind: "saturated",
    text: "# is so far in its flat part that its derivative is exactly 0. Scale its operand down.",
  },
  {
    ops: ["where"],
    kind: "not chosen",
    text: "where chose the other branch in all elements.",
  },
  {
    ops: ["maximum", "minimum", "clip", "max", "min", "maxPool"],
    kind: "not chosen",
    text: "# chose other values or a bound in all elements.",
  },
  {
    ops: [
      ...["slice", "gather", "takeAlongAxis", "setSlice", "scatterSet", "tril", "triu"],
      ...["diagonal", "trace"],
    ],
    kind: "left out",
    text: "# leaves out all of its elements.",
  },
  {
    ops: ["multiply", "matmul", "outer", "convolution", "prod", "cumprod", "linearRecurrence"],
    kind: "zero factor",
    text: "# multiplies it with 0 wherever it counts.",
  },
  {
    ops: ["abs", "square", "pow", "norm", "hypot"],
    kind: "flat",
    text: "# has the derivative 0 at 0. Begin somewhere else.",
  },
  { kind: "flat", text: "The derivative of # is exactly 0 at this point." },
];

/** The first line of the table that fits. */
export function causeOf(end: DeadEnd): { readonly kind: CauseKind; readonly text: string } {
  const { name } = end.row.op;
  const { kind, text } = LINES.find(
    ({ ops, when }) => (ops?.includes(name) ?? true) && (when?.(end) ?? true),
  ) as Line;
  return { kind, text: text.replaceAll("#", name) };
}
