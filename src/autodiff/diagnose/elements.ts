// Elements that are no numbers: which, where, and what they were computed from.

import { broadcastStrides, type Shape, stridesOf } from "../../expr/shape.ts";
import { dataOf, type Tensor } from "../../expr/tensor.ts";
import type { Row } from "../tape.ts";

/** What stands where a number is expected. */
export type NonFinite = "NaN" | "Infinity" | "-Infinity";

/** An element that is no finite number, by its place in row-major order. */
export interface BadElement {
  readonly value: NonFinite;
  readonly place: number;
}

export function numbersIn(value: Tensor): ArrayLike<number> {
  return dataOf(value.concrete("diagnosis"));
}

export function isFiniteTensor(value: Tensor): boolean {
  return firstBad(value) === undefined;
}

/** The first element that is not finite, of those that `accept` takes. */
export function firstBad(
  value: Tensor,
  accept: (element: number, place: number) => boolean = () => true,
): BadElement | undefined {
  const data = numbersIn(value);
  for (let place = 0; place < data.length; place++) {
    const element = data[place] as number;
    if (!Number.isFinite(element) && accept(element, place)) {
      return { value: String(element) as NonFinite, place };
    }
  }
  return undefined;
}

/** The indices of a place in row-major order. */
export function indicesOf(place: number, shape: Shape): readonly number[] {
  return stridesOf(shape).map(
    (stride, axis) => Math.floor(place / stride) % (shape[axis] as number),
  );
}

/**
 * For each operand the numbers that an element of the result was computed from: one where the operation goes
 * element by element, else all of them.
 */
export function numbersBehind(row: Row, place: number): readonly (readonly number[])[] {
  const { shape } = row.outputs[0] as Tensor;
  return row.inputs.map((input) => {
    const data = numbersIn(input);
    if (!isPointwise(row)) return Array.from(data);
    return [data[sourcePlace(place, input.shape, shape)] as number];
  });
}

/** Whether the operation goes element by element. */
export function isPointwise(row: Row): boolean {
  return row.op.formula !== undefined;
}

/** The place in an operand from which a place of the broadcast result comes. */
function sourcePlace(place: number, shape: Shape, target: Shape): number {
  const strides = broadcastStrides(shape, target);
  return indicesOf(place, target).reduce(
    (sum, index, axis) => sum + index * (strides[axis] as number),
    0,
  );
}

/** The first element that the operation made bad: its operands have nothing of the kind there. */
export function madeBy(row: Row): (BadElement & { readonly output: Tensor }) | undefined {
  if (row.inputs.length === 0) return undefined;
  const whole = isPointwise(row) ? undefined : summaryOf(row.inputs.map(numbersIn));
  for (const output of row.outputs) {
    const found = firstBad(output, (element, place) => {
      const behind = whole ?? summaryOf(numbersBehind(row, place));
      return !behind.hasNaN && (Number.isNaN(element) || behind.allFinite);
    });
    if (found !== undefined) return { ...found, output };
  }
  return undefined;
}

function summaryOf(lists: readonly ArrayLike<number>[]): { hasNaN: boolean; allFinite: boolean } {
  let hasNaN = false;
  let allFinite = true;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const number = list[i] as number;
      if (Number.isNaN(number)) hasNaN = true;
      if (!Number.isFinite(number)) allFinite = false;
    }
  }
  return { hasNaN, allFinite };
}
