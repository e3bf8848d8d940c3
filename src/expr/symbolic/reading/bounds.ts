// How much work and how large a value a text may ask for.

import { SymtapeError } from "../../errors.ts";
import { formatShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";

/** A bound on the work that calls of defined functions can multiply to. */
export const MAXIMUM_STEPS = 1_000_000;

/** No value that a text builds is larger: half a gigabyte of numbers. */
export const MAXIMUM_ELEMENTS: number = 2 ** 26;

export function tooLarge({ shape }: Tensor): SymtapeError {
  const message = `a value of shape ${formatShape(shape)} has more than ${MAXIMUM_ELEMENTS} elements.`;
  return new SymtapeError("limit", message, { limit: "elements", maximum: MAXIMUM_ELEMENTS });
}

export function tooMuch(): SymtapeError {
  return new SymtapeError("limit", "the functions of this formula call each other too often.", {
    limit: "steps",
    maximum: MAXIMUM_STEPS,
  });
}
