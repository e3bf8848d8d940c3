// Settings that several operations here have, read with care: stored graphs may hold anything.

import { SymtapeError } from "../../errors.ts";
import type { Params } from "../../op.ts";
import { checkShape, type DType, type Shape } from "../../shape.ts";
import { numbersOf, shapeError } from "../structured.ts";

/** The setting `shape`, checked. */
export function shapeSetting(operation: string, params: Params): Shape {
  if (!Array.isArray(params.shape)) {
    throw shapeError(operation, `a shape is a list of sizes, got ${JSON.stringify(params.shape)}.`);
  }
  checkShape(operation, numbersOf(params, "shape"));
  return numbersOf(params, "shape");
}

/** The setting `dtype`, checked. */
export function dtypeSetting(operation: string, { dtype }: Params): DType {
  if (DTYPES.includes(dtype)) return dtype as DType;
  throw new SymtapeError(
    "dtype",
    `${operation}: ${JSON.stringify(dtype)} is no dtype. There are ${DTYPES.join(", ")}.`,
    { operation, dtypes: [String(dtype)] },
  );
}

const DTYPES: readonly unknown[] = ["float64", "float32", "int32", "bool"];
