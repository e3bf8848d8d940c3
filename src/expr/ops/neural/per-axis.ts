// Settings of layers that may be one number for all spatial axes or a list with one for each.

import type { Params } from "../../op.ts";
import { shapeError, wholeNumbersOf } from "../structured.ts";

/** One whole number of at least `minimum` for each of `count` axes. */
export function perAxis(
  operation: string,
  name: string,
  value: number | readonly number[],
  count: number,
  minimum: number,
): readonly number[] {
  const list = typeof value === "number" ? new Array<number>(count).fill(value) : value;
  const fits =
    Array.isArray(list) &&
    list.length === count &&
    list.every((item) => Number.isInteger(item) && item >= minimum);
  if (fits) return [...list];
  throw shapeError(
    operation,
    `${name} must be a whole number of at least ${minimum}, or a list of ${count} of them; got ` +
      `${JSON.stringify(value)}.`,
  );
}

/** A parameter of an operation that is a list of `count` whole numbers of at least `minimum`. */
export function wholeNumbersFrom(
  operation: string,
  params: Params,
  name: string,
  count: number,
  minimum: number,
): readonly number[] {
  const list = wholeNumbersOf(operation, params, name, count);
  if (list.every((value) => value >= minimum)) return list;
  throw shapeError(
    operation,
    `${name} must be whole numbers of at least ${minimum}, got [${list.join(",")}].`,
  );
}
