// How the shapes of two factors go together in a matrix product.

import { broadcastIndices } from "../../arithmetic.ts";
import { broadcastShapes, checkShape, formatShape, type Shape } from "../../shape.ts";
import { shapeError } from "../structured.ts";

/** The sizes of a product of (batches of) matrices, vectors standing as a row or a column. */
export interface ProductSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly batch: Shape;
  /** The matrices of the left and right operand that each result is the product of. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly shape: Shape;
}

export function productSizes(left: Shape, right: Shape): ProductSizes {
  if (left.length === 0 || right.length === 0) {
    throw shapeError(
      "matmul",
      `expected matrices or vectors, got ${formatShape(left)} × ${formatShape(right)}. ` +
        "Use multiply() for scalars.",
      left,
      right,
    );
  }
  const rows = left.length === 1 ? 1 : (left.at(-2) as number);
  const inner = left.at(-1) as number;
  const innerRight = (right.length === 1 ? right[0] : right.at(-2)) as number;
  const columns = right.length === 1 ? 1 : (right.at(-1) as number);
  if (inner !== innerRight) {
    throw shapeError(
      "matmul",
      `inner sizes differ: ${formatShape(left)} × ${formatShape(right)} (${inner} ≠ ${innerRight}). ` +
        "Transpose one operand?",
      left,
      right,
    );
  }
  const leftBatch = left.slice(0, -2);
  const rightBatch = right.slice(0, -2);
  const batch = broadcastBatches("matmul", left, right);
  const shape = [
    ...batch,
    ...(left.length === 1 ? [] : [rows]),
    ...(right.length === 1 ? [] : [columns]),
  ];
  checkShape("matmul", shape);
  return {
    rows,
    inner,
    columns,
    batch,
    left: broadcastIndices(leftBatch, batch),
    right: broadcastIndices(rightBatch, batch),
    shape,
  };
}

/** The axes before the last two of both operands, broadcast. */
export function broadcastBatches(operation: string, left: Shape, right: Shape): Shape {
  const batches = [left.slice(0, -2), right.slice(0, -2)] as const;
  const [ofLeft, ofRight] = batches.map((batch) => batch.toReversed()) as [number[], number[]];
  const clash = ofLeft.findIndex((size, i) => {
    const other = ofRight[i] ?? 1;
    return size !== other && size !== 1 && other !== 1;
  });
  if (clash < 0) return broadcastShapes(operation, batches);
  throw shapeError(
    operation,
    `the leading axes of ${formatShape(left)} and ${formatShape(right)} do not broadcast ` +
      `(${ofLeft[clash]} ≠ ${ofRight[clash]}). Sizes must be equal or 1, aligned at the right; reshape one operand?`,
    left,
    right,
  );
}
