// Which inputs of a body lead to which outputs: derivatives go along these ways only, never as zeros along others.

import { linearize } from "../linearize.ts";
import type { Body } from "./body.ts";
import { floatPlaces } from "./places.ts";

/** Places of inputs and outputs. */
export interface Link {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Of the given inputs and outputs those between which there is a way for derivatives. */
export function linkOf(body: Body, { inputs, outputs }: Link): Link {
  const slotOfInput = (place: number): number => body.inputs[place]?.slot as number;
  const slotOfOutput = (place: number): number => body.outputs[place]?.slot as number;
  const rows = linearize(
    body.outputs.filter((_, place) => outputs.includes(place)),
    body.inputs.filter((_, place) => inputs.includes(place)),
  );
  const moving = new Set(inputs.map(slotOfInput));
  for (const { slot, outputs } of rows) for (const k of outputs.keys()) moving.add(slot + k);
  const reached = new Set(outputs.map(slotOfOutput));
  for (const { slot, outputs, parents } of rows.toReversed()) {
    if (!outputs.some((_, k) => reached.has(slot + k))) continue;
    for (const parent of parents) reached.add(parent);
  }
  return {
    inputs: inputs.filter((place) => reached.has(slotOfInput(place))),
    outputs: outputs.filter((place) => moving.has(slotOfOutput(place))),
  };
}

/** The same for a loop, which gives the first outputs back to the body as its first inputs. */
export function loopLinkOf(body: Body, carries: number, { inputs, outputs }: Link): Link {
  const isCarry = (place: number): boolean => place < carries;
  const moving = grown(inputs, (known) => {
    const link = linkOf(body, { inputs: known, outputs: floatPlaces(body.outputs) });
    return link.outputs.filter(isCarry);
  });
  const reached = grown(outputs, (known) => {
    const link = linkOf(body, { inputs: moving, outputs: known });
    return link.inputs.filter(isCarry);
  });
  const link = linkOf(body, { inputs: moving, outputs: reached });
  const carried = moving.filter((place) => isCarry(place) && reached.includes(place));
  const others = (places: readonly number[]): number[] => places.filter((place) => !isCarry(place));
  return {
    inputs: [...carried, ...others(link.inputs)],
    outputs: [...carried, ...others(link.outputs)],
  };
}

/** Places with all that follow from them, in order. */
function grown(
  places: readonly number[],
  following: (known: readonly number[]) => readonly number[],
): readonly number[] {
  const known = union(places, following(places));
  return known.length === places.length ? known : grown(known, following);
}

export function union(left: readonly number[], right: readonly number[]): readonly number[] {
  return [...new Set([...left, ...right])].sort((a, b) => a - b);
}
