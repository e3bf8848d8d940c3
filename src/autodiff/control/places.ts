// Places of values, and their derivatives there: a list that is undefined where a derivative is zero.

import { isFloat } from "../../expr/shape.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { finish } from "../backward.ts";

/** Derivatives of some values; undefined is zero. */
export type Derivatives = readonly (Tensor | undefined)[];

/** The places of the float values: those that have derivatives. */
export function floatPlaces(values: readonly { readonly dtype: Tensor["dtype"] }[]): number[] {
  return values.flatMap(({ dtype }, place) => (isFloat(dtype) ? [place] : []));
}

/** The places of the float values that have a derivative other than zero. */
export function knownPlaces(
  values: readonly Tensor[],
  derivatives: readonly (Tensor | undefined)[],
): number[] {
  return floatPlaces(values).filter((place) => derivatives[place] !== undefined);
}

/** The derivatives of the values at some places in full: zeros where there are none. */
export function filled(
  values: readonly Tensor[],
  derivatives: readonly (Tensor | undefined)[],
  places: readonly number[],
): Tensor[] {
  return places.map((place) => finish(derivatives[place], values[place] as Tensor));
}

/** Derivatives of the values at some places, undefined at the others. */
export function atPlaces(
  count: number,
  places: readonly number[],
  derivatives: Derivatives,
): (Tensor | undefined)[] {
  const result = new Array<Tensor | undefined>(count).fill(undefined);
  places.forEach((place, i) => {
    result[place] = derivatives[i];
  });
  return result;
}

/** The float inputs whose cotangents are asked for. */
export function neededPlaces(inputs: readonly Tensor[], needs: readonly boolean[]): number[] {
  return floatPlaces(inputs).filter((place) => needs[place]);
}
