// Classes as rows of zeros with a single one.

import { apply } from "../../apply.ts";
import type { Op, Params } from "../../op.ts";
import { type AbstractValue, allocate, checkShape, type DType, formatShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { defineOp, shapeError } from "../structured.ts";
import { checkIndices, type Indices, indicesOf, placesIn } from "./indices.ts";
import { dtypeSetting } from "./settings.ts";

export const oneHotOp: Op = defineOp({
  name: "oneHot",
  inputs: ["indices"],
  discrete: ["indices"],
  nondifferentiable: true,
  notation: {
    kind: "call",
    arguments: ([indices], { params: { classes, dtype } }) => [
      indices as string,
      String(classes),
      ...(dtype === "float64" ? [] : [`"${dtype}"`]),
    ],
  },
  samples: [
    { inputs: [2], params: { classes: 3, dtype: "float64" } },
    {
      inputs: [
        [
          [0, 1],
          [3, 0],
        ],
      ],
      params: { classes: 4, dtype: "float32" },
    },
    { inputs: [[1, 1]], params: { classes: 2, dtype: "bool" } },
  ],
  infer: ([indices], params) => {
    const { shape } = indices as AbstractValue;
    checkIndices("oneHot", indices as AbstractValue);
    const result = [...shape, params.classes as number];
    checkShape("oneHot", result);
    return [{ shape: result, dtype: dtypeSetting("oneHot", params), weak: false }];
  },
  reference: (arithmetic, [indices], params) => {
    const input = indices as NonNullable<typeof indices>;
    const classes = params.classes as number;
    const data = Array.from(placesIn(arithmetic, "oneHot", input)).flatMap((place) => {
      checkClass(place, params);
      return Array.from({ length: classes }, (_, k) => arithmetic.literal(k === place ? 1 : 0));
    });
    return [{ shape: [...input.shape, classes], data }];
  },
  kernel: ([indices], params) => {
    const { data } = indices as NonNullable<typeof indices>;
    const classes = params.classes as number;
    const result = allocate(params.dtype as DType, data.length * classes);
    data.forEach((place: number, i: number) => {
      checkClass(place, params);
      result[i * classes + place] = 1;
    });
    return [result];
  },
  batch: "leading",
  lower: (_, params) => ({ kind: "special", kernel: "oneHot", settings: params }),
});

/** Checks that a place is one of the classes of the settings. */
export function checkClass(place: number, { classes }: Params): void {
  if (Number.isInteger(place) && place >= 0 && place < (classes as number)) return;
  throw shapeError(
    "oneHot",
    `${place} is none of ${classes} classes` +
      (classes === 0 ? "." : `, which run from 0 to ${(classes as number) - 1}.`) +
      " Ask for more classes?",
  );
}

/**
 * A row of `classes` numbers for every index: 1 at the place that it names and 0 elsewhere. Indices of shape
 * [n] give [n, classes]. The dtype is float64 unless given. Classes count from 0 and are never negative, so
 * that a class -1 for "none" does not pass as the last one.
 *
 * @throws SymtapeError (shape) for a class outside 0 … classes - 1; (dtype) for indices that are not int32.
 * @example
 * oneHot([2, 0], 3).toArray(); // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(
  indices: Indices,
  classes: number,
  options: { readonly dtype?: DType } = {},
): Tensor {
  const places = indicesOf("oneHot", indices);
  if (!Number.isInteger(classes) || classes < 0) {
    throw shapeError(
      "oneHot",
      `the number of classes is a whole number, got ${classes} for indices of shape ` +
        `${formatShape(places.shape)}.`,
      places.shape,
    );
  }
  return apply(oneHotOp, [places], { classes, dtype: options.dtype ?? "float64" });
}
