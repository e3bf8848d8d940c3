// What a program meets that reads or writes a tensor like an array: an explanation with the functional form.

import { SymtapeError } from "./errors.ts";

/** Places from 0 to this are explained. Accessors cost nothing until they are met, unlike a Proxy. */
const EXPLAINED_PLACES = 256;

/** Gives a prototype of tensors accessors for `x[0]`, `x.data` and `x.set()`, all of which explain themselves. */
export function explainArrayAccess(prototype: object): void {
  for (let place = 0; place < EXPLAINED_PLACES; place++) {
    Object.defineProperty(prototype, place, {
      get: () => refuse(`x[${place}] cannot be read.`, readingOf(place)),
      set: (value: unknown) => refuse(`x[${place}] cannot be written.`, writingOf(place, value)),
    });
  }
  Object.defineProperty(prototype, "data", {
    get: () => refuse("the data of a Tensor is not within reach.", `${READING} ${WRITING}`),
    set: () => refuse("the data of a Tensor cannot be replaced.", WRITING),
  });
  Object.defineProperty(prototype, "set", {
    value: () => refuse("a Tensor has no set().", WRITING),
  });
}

const READING = "Read a copy of the numbers with x.toArray(), or a piece with index(x, [0]).";
const WRITING =
  "Tensors are immutable: at(x, [0]).set(value) gives a changed copy, through which gradients flow.";

function readingOf(place: number): string {
  return `Take a piece with index(x, [${place}]), or a copy of the numbers with x.toArray().`;
}

function writingOf(place: number, value: unknown): string {
  const written = typeof value === "number" ? value : "value";
  return `Tensors are immutable: at(x, [${place}]).set(${written}) gives a changed copy, through which gradients flow.`;
}

function refuse(what: string, remedy: string): never {
  throw new SymtapeError("usage", `Tensor: ${what} ${remedy}`, { operation: "Tensor" });
}
