// Rows of a table that stand for words or other things that are counted.

import { formatShape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { slicesOf } from "../movement/gather.ts";
import type { Indices } from "../movement/indices.ts";
import { shapeError } from "../structured.ts";

/**
 * The rows of a table [n, d] that int32 indices name, of shape […, d] for indices of shape […]. The gradient of
 * a row is the sum over all its uses.
 *
 * @throws SymtapeError (shape) if the table is no matrix, or for an index outside of it; (dtype) for indices that are
 * not int32.
 * @example
 * embedding(tensor([[1, 2], [3, 4], [5, 6]]), [2, 0, 2]).toArray(); // [[5, 6], [1, 2], [5, 6]]
 */
export function embedding(table: TensorLike, indices: Indices): Tensor {
  const rows = asTensor(table);
  if (rows.rank !== 2) {
    throw shapeError(
      "embedding",
      `expected a table with a row for each index, got ${formatShape(rows.shape)}. Use gather() for other ranks.`,
      rows.shape,
    );
  }
  return slicesOf("embedding", rows, indices, 0);
}
