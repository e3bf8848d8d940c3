// How a piece of a tensor is written: x[2, 1:3], with places counted from one.

import { type Notation, type NotedCall, type Params, PRECEDENCE } from "../../op.ts";
import type { Shape } from "../../shape.ts";

/** Notation of a slice as `x[2, 1:3]`; places count from one, `dropped` axes are written as one place. */
export function indexNotation(dropped: readonly number[]): Notation {
  const written = ({ params, shapes }: NotedCall): string =>
    (shapes[0] as Shape)
      .map((length, axis) => placeText(params, axis, length, dropped.includes(axis)))
      .join(", ");
  return {
    kind: "custom",
    symbol: "[]",
    precedence: PRECEDENCE.postfix,
    operandPrecedence: PRECEDENCE.postfix,
    text: ([x], call) => `${x}[${written(call)}]`,
    tex: ([x], call) => `{${x}}_{${written(call)}}`,
  };
}

function placeText(params: Params, axis: number, length: number, dropped: boolean): string {
  const start = places(params, "starts")[axis] as number;
  const size = places(params, "sizes")[axis] as number;
  const step = places(params, "steps")[axis] as number;
  if (dropped) return String(start + 1);
  if (start === 0 && step === 1 && size === length) return ":";
  const last = start + (size - 1) * step + 1;
  return step === 1 ? `${start + 1}:${last}` : `${start + 1}:${step}:${last}`;
}

/** The axes of length 1 that a reshape of `from` to `to` drops, if dropping axes is all it does. */
export function droppedAxes(from: Shape, to: Shape): readonly number[] | undefined {
  const dropped: number[] = [];
  let at = 0;
  for (const [axis, length] of from.entries()) {
    if (length === 1 && countOnes(from, axis) > countOnes(to, at)) dropped.push(axis);
    else if (length === to[at]) at++;
    else return undefined;
  }
  return at === to.length ? dropped : undefined;
}

function countOnes(shape: Shape, start: number): number {
  let count = 0;
  while (shape[start + count] === 1) count++;
  return count;
}

function places(params: Params, name: string): readonly number[] {
  return params[name] as readonly number[];
}
