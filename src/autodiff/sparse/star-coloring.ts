// Star colouring: a symmetric matrix is read from fewer products, since each entry stands in it twice.

import {
  busiestFirst,
  type Coloring,
  colorColumns,
  filled,
  heightOf,
  type Rows,
} from "./coloring.ts";

/** More places than this are coloured as those of any matrix, which takes less memory. */
const MOST_PLACES = 2 ** 23;

/**
 * Colours for the columns of a symmetric matrix so that each entry can be read directly from one product: two
 * neighbours differ, and every path of four vertices has three colours (T. F. Coleman and J. J. Moré, "Estimation
 * of sparse Hessian matrices and graph coloring problems", 1984; A. H. Gebremedhin, F. Manne and A. Pothen, "What
 * color is your Jacobian?", 2005). Greedy, in the given order and with the busiest columns first; the better one counts.
 */
export function starColoring(rows: Rows): Coloring {
  if (rows.columns.length > MOST_PLACES) return colorColumns(rows);
  const used = filled(rows);
  const natural = new StarColoring(rows).color(used);
  const busiest = new StarColoring(rows).color(busiestFirst(rows, used));
  return busiest.count < natural.count ? busiest : natural;
}

/** Where entry (row, column) of a symmetric matrix stands: in the product of a colour, at a row. */
export function starEntry(
  rows: Rows,
  { colors }: Coloring,
): (row: number, column: number) => { readonly color: number; readonly row: number } {
  const neighbours = Array.from({ length: heightOf(rows) }, (_, row) => {
    const counts = new Map<number, number>();
    for (const other of neighboursOf(rows, row)) {
      const color = colors[other] as number;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return counts;
  });
  return (row, column) => {
    const color = colors[column] as number;
    const alone = row === column || neighbours[row]?.get(color) === 1;
    return alone ? { color, row } : { color: colors[row] as number, row: column };
  };
}

function* neighboursOf({ starts, columns }: Rows, row: number): Generator<number> {
  for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
    if (columns[at] !== row) yield columns[at] as number;
  }
}

/** The neighbours of a vertex by their colour: the first one, and whether there are more. */
type Around = Map<number, { readonly first: number; more: boolean }>;

/** A colouring under construction. */
class StarColoring {
  readonly #rows: Rows;
  readonly #colors: Int32Array;
  readonly #around: Around[];
  /** For each vertex the colours that would close a path of two colours through it. */
  readonly #closing: Set<number>[];
  #count = 0;

  constructor(rows: Rows) {
    const size = heightOf(rows);
    this.#rows = rows;
    this.#colors = new Int32Array(size).fill(-1);
    this.#around = Array.from({ length: size }, () => new Map());
    this.#closing = Array.from({ length: size }, () => new Set());
  }

  color(order: Int32Array): Coloring {
    for (const vertex of order) this.#set(vertex, this.#choose(vertex));
    return { colors: this.#colors, count: this.#count };
  }

  #choose(vertex: number): number {
    const forbidden = new Set<number>();
    const around = this.#around[vertex] as Around;
    for (const other of neighboursOf(this.#rows, vertex)) {
      const color = this.#colors[other] as number;
      if (color < 0) continue;
      forbidden.add(color);
      for (const closing of this.#closing[other] as Set<number>) forbidden.add(closing);
      // The vertex would stand inside a path: a, vertex, a, and what is next to either a.
      if (!around.get(color)?.more) continue;
      for (const next of (this.#around[other] as Around).keys()) forbidden.add(next);
    }
    let color = 0;
    while (forbidden.has(color)) color++;
    return color;
  }

  #set(vertex: number, color: number): void {
    this.#colors[vertex] = color;
    this.#count = Math.max(this.#count, color + 1);
    for (const other of neighboursOf(this.#rows, vertex)) {
      const around = this.#around[other] as Around;
      const same = around.get(color);
      if (same === undefined) {
        around.set(color, { first: vertex, more: false });
        continue;
      }
      const center = this.#colors[other] as number;
      if (center >= 0) {
        // vertex, other, first: a further neighbour of `vertex` or `first` of the colour of `other` would close a path.
        this.#closing[vertex]?.add(center);
        this.#closing[same.first]?.add(center);
      }
      same.more = true;
    }
    this.#asCenter(vertex, color);
  }

  /** The paths of which a vertex is now the coloured middle. */
  #asCenter(vertex: number, color: number): void {
    const around = this.#around[vertex] as Around;
    for (const other of neighboursOf(this.#rows, vertex)) {
      if (around.get(this.#colors[other] as number)?.more) this.#closing[other]?.add(color);
    }
  }
}
