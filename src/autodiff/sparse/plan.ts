// How a sparse matrix is computed: which products, and where each entry stands in them.

import { allocate, isFloat, sizeOf } from "../../expr/shape.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { ConcreteTensor } from "../../expr/tensor.ts";
import type { Seeds } from "../products.ts";
import { type Coloring, colorColumns, heightOf, type Rows, transposedRows } from "./coloring.ts";
import { rowOfEach } from "./sparse-matrix.ts";
import { starColoring, starEntry } from "./star-coloring.ts";

/** Products with the sums of unit vectors of one colour, and the place of each entry in all of them. */
export interface Plan {
  readonly pattern: Rows;
  /** Whether products are columns (tangents) or rows (cotangents). */
  readonly forward: boolean;
  readonly coloring: Coloring;
  /** For each place of the pattern an index into the products, one after the other. */
  readonly sources: Int32Array;
}

/** A plan for any matrix: by columns or by rows, whichever takes fewer products. */
export function planMatrix(pattern: Rows): Plan {
  const byColumns = colorColumns(pattern);
  const byRows = colorColumns(transposedRows(pattern));
  const rows = rowOfEach(pattern);
  const { columns } = pattern;
  if (byColumns.count <= byRows.count) {
    const height = heightOf(pattern);
    const sources = columns.map(
      (column, k) => colorOf(byColumns, column) * height + (rows[k] as number),
    );
    return { pattern, forward: true, coloring: byColumns, sources };
  }
  const sources = rows.map(
    (row, k) => colorOf(byRows, row) * pattern.width + (columns[k] as number),
  );
  return { pattern, forward: false, coloring: byRows, sources };
}

/** A plan for a symmetric matrix. */
export function planSymmetric(pattern: Rows): Plan {
  const coloring = starColoring(pattern);
  const entryOf = starEntry(pattern, coloring);
  const rows = rowOfEach(pattern);
  const sources = pattern.columns.map((column, k) => {
    const { color, row } = entryOf(rows[k] as number, column);
    return color * pattern.width + row;
  });
  return { pattern, forward: true, coloring, sources };
}

function colorOf({ colors }: Coloring, column: number): number {
  return colors[column] as number;
}

/** Places that are in the pattern in both directions: a symmetric matrix has no others. */
export function symmetricPart(rows: Rows): Rows {
  const opposite = transposedRows(rows);
  const height = heightOf(rows);
  const starts = new Int32Array(height + 1);
  const columns: number[] = [];
  for (let i = 0; i < height; i++) {
    let k = opposite.starts[i] as number;
    const end = opposite.starts[i + 1] as number;
    for (let at = rows.starts[i] as number; at < (rows.starts[i + 1] as number); at++) {
      const column = rows.columns[at] as number;
      while (k < end && (opposite.columns[k] as number) < column) k++;
      if (k < end && opposite.columns[k] === column) columns.push(column);
    }
    starts[i + 1] = columns.length;
  }
  return { width: rows.width, starts, columns: Int32Array.from(columns) };
}

/** Seeds of which each is 1 at the elements of one colour. */
export function coloredSeeds(values: readonly Tensor[], { colors }: Coloring): Seeds {
  return (from, to) => {
    let start = 0;
    return values.map((value) => {
      const dtype = isFloat(value.dtype) ? value.dtype : "float64";
      const shape = [to - from, ...value.shape];
      const data = allocate(dtype, sizeOf(shape));
      for (let j = 0; j < value.size; j++) {
        const color = colors[start + j] as number;
        if (color >= from && color < to) data[(color - from) * value.size + j] = 1;
      }
      start += value.size;
      return new ConcreteTensor(shape, dtype, data);
    });
  };
}
