// A bracketed list whose entries are all known numbers is one constant tensor.

import { SymtapeError } from "../../errors.ts";
import { formatShape, sameShape } from "../../shape.ts";
import { type ConcreteTensor, dataOf, type Tensor, tensor } from "../../tensor.ts";
import { MAXIMUM_CONSTANT } from "./bounds.ts";
import { constantsOf, constantTooLarge } from "./values.ts";

/** The tensor of the given rows or numbers; undefined if one of them depends on an input. */
export function constantArray(items: readonly Tensor[]): ConcreteTensor | undefined {
  const known = constantsOf(items);
  if (known === undefined) return undefined;
  const first = known[0]?.shape ?? [];
  const size = known[0]?.size ?? 0;
  if (known.length * size > MAXIMUM_CONSTANT) throw constantTooLarge();
  const flat = new Float64Array(known.length * size);
  known.forEach((item, i) => {
    if (!sameShape(item.shape, first)) {
      throw new SymtapeError(
        "shape",
        `[ … ]: ragged rows: ${formatShape(first)} beside ${formatShape(item.shape)}. All need one shape.`,
        { operation: "stack", shapes: [first, item.shape] },
      );
    }
    flat.set(dataOf(item), i * size);
  });
  const booleans = known.length > 0 && known.every((item) => item.dtype === "bool");
  return tensor(flat, { shape: [known.length, ...first], dtype: booleans ? "bool" : "float64" });
}
