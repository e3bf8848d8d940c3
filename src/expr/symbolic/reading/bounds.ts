// How much work and how large a value a text may ask for.

import { SymtapeError } from "../../errors.ts";
import type { Node } from "../../graph.ts";
import * as linalg from "../../ops/linalg/ops.ts";
import * as neural from "../../ops/neural/ops.ts";
import { formatShape, type Shape, sizeOf } from "../../shape.ts";

/** A bound on the work that calls of defined functions can multiply to. */
export const MAXIMUM_STEPS = 1_000_000;

/** How many numbers may be computed while a text is read, such as the entries of a list. */
export const MAXIMUM_CONSTANT = 4_000_000;

/** How many steps an operation on such numbers may take, about. */
export const MAXIMUM_WORK = 20_000_000;

/**
 * The steps of an operation, from above: most go once through their operands, those on matrices once for each
 * place of the longest axis, and those on windows once through a window for each result.
 */
export function workOf({ op, inputs, outputs, params }: Node): number {
  const total = inputs.reduce((sum, { size }) => sum + size, 0);
  if (Object.values(linalg).includes(op)) {
    return total * Math.max(1, ...inputs.flatMap(({ shape }) => shape));
  }
  if (!Object.values(neural).includes(op)) return total;
  const window = Array.isArray(params.size) ? sizeOf(params.size as Shape) : inputs[1]?.size;
  return total + (outputs[0]?.size ?? 0) * (window ?? 1);
}

/** No value that a text builds is larger: half a gigabyte of numbers. */
const MAXIMUM_ELEMENTS: number = 2 ** 26;

/** Refuses a value of a shape that is too large. */
export function refuseValue(shape: Shape): void {
  if (sizeOf(shape) <= MAXIMUM_ELEMENTS) return;
  const message = `a value of shape ${formatShape(shape)} has more than ${MAXIMUM_ELEMENTS} elements.`;
  throw new SymtapeError("limit", message, { limit: "elements", maximum: MAXIMUM_ELEMENTS });
}

export function tooMuch(): SymtapeError {
  return new SymtapeError("limit", "the functions of this formula call each other too often.", {
    limit: "steps",
    maximum: MAXIMUM_STEPS,
  });
}
