// Colouring: columns that share no row, or can be told apart, are computed together in one product.

/** The places of a matrix that may differ from zero, row by row: those of row i from starts[i] to starts[i + 1]. */
export interface Rows {
  readonly width: number;
  readonly starts: Int32Array;
  /** Columns, rising in each row. */
  readonly columns: Int32Array;
}

/** A colour for each column, −1 for those without places, and how many colours there are. */
export interface Coloring {
  readonly colors: Int32Array;
  readonly count: number;
}

/** Rows from lists of columns. */
export function rowsOf(lists: readonly Int32Array[], width: number): Rows {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = (starts[i] as number) + list.length;
  });
  const columns = new Int32Array(starts[lists.length] as number);
  for (const [i, list] of lists.entries()) columns.set(list, starts[i]);
  return { width, starts, columns };
}

/** How many rows there are. */
export function heightOf({ starts }: Rows): number {
  return starts.length - 1;
}

/** The columns as rows. */
export function transposedRows(rows: Rows): Rows {
  const { width, columns } = rows;
  const height = heightOf(rows);
  const starts = new Int32Array(width + 1);
  for (const column of columns) starts[column + 1] = (starts[column + 1] as number) + 1;
  for (let j = 0; j < width; j++) starts[j + 1] = (starts[j + 1] as number) + (starts[j] as number);
  const next = starts.slice(0, width);
  const places = new Int32Array(columns.length);
  for (let i = 0; i < height; i++) {
    for (let at = rows.starts[i] as number; at < (rows.starts[i + 1] as number); at++) {
      const column = columns[at] as number;
      places[next[column] as number] = i;
      next[column] = (next[column] as number) + 1;
    }
  }
  return { width: height, starts, columns: places };
}

function lengthOf({ starts }: Rows, row: number): number {
  return (starts[row + 1] as number) - (starts[row] as number);
}

/** Steps that a colouring may take before it is cheaper to compute every column by itself. */
const MOST_STEPS = 2 ** 30;

/**
 * Colours for the columns so that no two in one row are alike: each row can be read from the sums over the
 * columns of one colour. Greedy, after A. R. Curtis, M. J. D. Powell and J. K. Reid, "On the estimation of sparse
 * Jacobian matrices" (1974), in the given order and, as T. F. Coleman and J. J. Moré (1983) have it, with the
 * busiest columns first; the better one counts.
 */
export function colorColumns(rows: Rows): Coloring {
  const columns = transposedRows(rows);
  const used = filled(columns);
  let longest = 0;
  let steps = 0;
  for (let i = 0; i < heightOf(rows); i++) {
    longest = Math.max(longest, lengthOf(rows, i));
    steps += lengthOf(rows, i) ** 2;
  }
  if (longest === used.length || steps > MOST_STEPS) return eachByItself(used, rows.width);
  const natural = greedy(rows, columns, used);
  if (natural.count === longest) return natural;
  const busiest = greedy(rows, columns, busiestFirst(columns, used));
  return busiest.count < natural.count ? busiest : natural;
}

/** The rows that are not empty. */
export function filled(rows: Rows): Int32Array {
  const all = Int32Array.from({ length: heightOf(rows) }, (_, i) => i);
  return all.filter((i) => lengthOf(rows, i) > 0);
}

/** Longest rows first; equal ones in their order. */
export function busiestFirst(rows: Rows, used: Int32Array): Int32Array {
  return used.toSorted((a, b) => lengthOf(rows, b) - lengthOf(rows, a) || a - b);
}

function eachByItself(used: Int32Array, width: number): Coloring {
  const colors = new Int32Array(width).fill(-1);
  used.forEach((column, color) => {
    colors[column] = color;
  });
  return { colors, count: used.length };
}

function greedy(rows: Rows, columns: Rows, order: Int32Array): Coloring {
  const colors = new Int32Array(rows.width).fill(-1);
  /** By colour the last column that could not have it. */
  const forbidden = new Int32Array(order.length + 1).fill(-1);
  let count = 0;
  for (const column of order) {
    for (
      let at = columns.starts[column] as number;
      at < (columns.starts[column + 1] as number);
      at++
    ) {
      const row = columns.columns[at] as number;
      for (let k = rows.starts[row] as number; k < (rows.starts[row + 1] as number); k++) {
        const color = colors[rows.columns[k] as number] as number;
        if (color >= 0) forbidden[color] = column;
      }
    }
    let color = 0;
    while (forbidden[color] === column) color++;
    colors[column] = color;
    count = Math.max(count, color + 1);
  }
  return { colors, count };
}
