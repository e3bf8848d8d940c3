// How the shapes of two factors go together in a matrix product.

import { broadcastIndices } from "../../arithmetic.ts";
import type { MatrixProduct } from "../../lowering.ts";
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  formatShape,
  SCALAR,
  type Shape,
} from "../../shape.ts";
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
  const rows = left.length === 1 ? 1 : (left[left.length - 2] as number);
  const inner = left[left.length - 1] as number;
  const innerRight = right[Math.max(right.length - 2, 0)] as number;
  const columns = right.length === 1 ? 1 : (right[right.length - 1] as number);
  if (inner !== innerRight) {
    throw shapeError(
      "matmul",
      `inner sizes differ: ${formatShape(left)} × ${formatShape(right)} (${inner} ≠ ${innerRight}). ` +
        "Transpose one operand?",
      left,
      right,
    );
  }
  const batch = broadcastBatches("matmul", left, right);
  const row = left.length === 1 ? SCALAR : [rows];
  const matrix = right.length === 1 ? row : left.length === 1 ? [columns] : [rows, columns];
  const shape = batch.length === 0 ? matrix : [...batch, ...matrix];
  checkShape("matmul", shape);
  return {
    rows,
    inner,
    columns,
    batch,
    left: matrixPlaces(left, batch),
    right: matrixPlaces(right, batch),
    shape,
  };
}

/** For every matrix of a batch, which of an operand's matrices it comes from. */
function matrixPlaces(shape: Shape, batch: Shape): Int32Array {
  return batch.length === 0 ? FIRST_MATRIX : broadcastIndices(shape.slice(0, -2), batch);
}

const FIRST_MATRIX: Int32Array = Int32Array.of(0);

/** The walks of a product. */
export function matrixProduct(left: Shape, right: Shape): MatrixProduct {
  const { batch, rows, inner, columns } = productSizes(left, right);
  const column = right.length === 1 ? [inner, 1] : right;
  return {
    kind: "product",
    batch,
    rows,
    inner,
    columns,
    left: { offset: 0, strides: broadcastStrides(left, [...batch, rows, inner]) },
    right: { offset: 0, strides: broadcastStrides(column, [...batch, inner, columns]) },
  };
}

/** The axes before the last two of both operands, broadcast. */
export function broadcastBatches(operation: string, left: Shape, right: Shape): Shape {
  if (left.length <= 2 && right.length <= 2) return SCALAR;
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
