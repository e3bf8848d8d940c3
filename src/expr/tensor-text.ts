// The numbers of a tensor as text for people: all of a small one, the ends of a large one.

import { type Shape, stridesOf } from "./shape.ts";

/** Tensors of at most so many elements are written in full. */
const IN_FULL = 100;

/** So many places are written at either end of a long axis. */
const AT_ENDS = 3;

/** Numbers in row-major order as nested lists. NaN and infinities are written as such. */
export function nestedText(data: ArrayLike<number>, shape: Shape): string {
  const strides = stridesOf(shape);
  const inFull = data.length <= IN_FULL;
  const write = (axis: number, start: number): string => {
    if (axis === shape.length) return numberText(data[start] as number);
    const length = shape[axis] as number;
    const places = Array.from({ length }, (_, place) => place);
    const texts = (some: readonly number[]): string[] =>
      some.map((place) => write(axis + 1, start + place * (strides[axis] as number)));
    const parts =
      inFull || length <= 2 * AT_ENDS
        ? texts(places)
        : [...texts(places.slice(0, AT_ENDS)), "…", ...texts(places.slice(-AT_ENDS))];
    return `[${parts.join(",")}]`;
  };
  return write(0, 0);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
