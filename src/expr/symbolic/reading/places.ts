// Indexing in formulas: places count from one, ranges hold both ends, and nothing may lie outside.

import { SymtapeError } from "../../errors.ts";
import { type AxisIndex, index } from "../../ops/movement/indexing.ts";
import { formatShape } from "../../shape.ts";
import { dataOf, Tensor, tensor } from "../../tensor.ts";
import { constantOf, Range, Text, type Value, wholeNumber } from "./values.ts";

/** x[places]. */
export function indexed(x: Tensor, places: readonly Value[]): Tensor {
  if (places.some((place) => place instanceof Text)) {
    throw new SymtapeError("unsupported", "a place in an index is a number, not a text.", {
      operation: "index",
    });
  }
  if (places.length === 0 || places.length > x.rank) {
    throw new SymtapeError(
      "shape",
      `index: ${places.length} places were given for shape ${formatShape(x.shape)}, which has ` +
        `${x.rank} axes${x.rank === 0 ? ": declare its shape with { shapes: { … } }" : ""}.`,
      { operation: "index", shapes: [x.shape] },
    );
  }
  return index(
    x,
    places.map((place, axis) => axisIndex(place, axis, x)),
  );
}

function axisIndex(place: Value, axis: number, x: Tensor): AxisIndex {
  const length = x.shape[axis] as number;
  const check = (at: number): number => {
    if (Number.isInteger(at) && at >= 1 && at <= length) return at - 1;
    const range = length === 0 ? "it has no places" : `places run from 1 to ${length}`;
    throw new SymtapeError(
      "shape",
      `index: place ${at} lies outside axis ${axis + 1} of shape ${formatShape(x.shape)}: ${range}.`,
      { operation: "index", shapes: [x.shape] },
    );
  };
  if (place instanceof Tensor && (place.rank > 0 || isData(place))) return listed(place, check);
  if (!(place instanceof Range)) return check(wholeNumber(place, "a place in an index"));
  const { first, step, size } = place;
  if (size === 0) {
    const inside = Number.isInteger(first) && first >= 1 && first <= length + 1;
    const at = inside ? first - 1 : 0;
    return { start: at, stop: at, step };
  }
  const start = check(first);
  const last = check(first + (size - 1) * step);
  if (step > 0) return { start, stop: last + 1, step };
  return last === 0 ? { start, step } : { start, stop: last - 1, step };
}

/** Whether a place is known only when the formula is computed. */
function isData(place: Tensor): boolean {
  return constantOf(place) === undefined;
}

/** A list of places, such as x[[3, 1]]. */
function listed(places: Tensor, check: (place: number) => number): AxisIndex {
  const known = constantOf(places);
  if (known === undefined) {
    throw new SymtapeError(
      "unsupported",
      "index: places in brackets are plain numbers. Places that are data count from zero: gather(x, i, axis).",
      { operation: "index" },
    );
  }
  return tensor(Int32Array.from(dataOf(known), check), { shape: known.shape });
}
