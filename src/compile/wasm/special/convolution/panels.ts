// Results in panels as wide as a tile: along rows, or, where rows are short, across them.

import { type FloatType, FORMATS } from "../../floats.ts";
import { tileWidth } from "./pixel-kernel.ts";

/** A grid of results of one class: where they stand in the results and, times the step of the image, in the input. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Elements from one row of a plane of the image to the next. */
  readonly pitch: number;
  /** The place of the first result, and the steps from one to the next, in elements. */
  readonly first: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** The first place in the image of a panel, and the place among the results of each of its lanes, or -1. */
interface Panel {
  readonly base: number;
  readonly places: readonly number[];
}

/** The words of the table of panels. */
export function panelTable(dtype: FloatType, grid: Grid, overlaps: boolean): number[] {
  const { bytes } = FORMATS[dtype];
  return panelsOf(grid, tileWidth(dtype), overlaps).flatMap(({ base, places }) => {
    const [first] = places as readonly [number];
    const isWhole = first >= 0 && places.every((place, lane) => place === first + lane);
    const inBytes = places.map((place) => (place < 0 ? -1 : place * bytes));
    return [base * bytes, isWhole ? first * bytes : -1, ...inBytes];
  });
}

/** How many panels there are in so many rows. */
export function panelCount(
  dtype: FloatType,
  { rows, columns, pitch }: Pick<Grid, "rows" | "columns" | "pitch">,
): number {
  const width = tileWidth(dtype);
  const across = Math.ceil(((rows - 1) * pitch + columns) / width);
  return alongRows(width, columns, pitch) ? rows * Math.ceil(columns / width) : across;
}

/** Whether panels along rows leave fewer lanes unused than panels that go on from one row to the next. */
export function alongRows(width: number, columns: number, pitch: number): boolean {
  return columns >= width && Math.ceil(columns / width) * width <= 1.1 * pitch;
}

/** The panels of a grid. The last ones of rows may overlap those before them, whose results they then give again. */
function panelsOf(grid: Grid, width: number, overlaps: boolean): Panel[] {
  const { rows, columns, pitch } = grid;
  const panels: Panel[] = [];
  const placeAt = (row: number, column: number): number =>
    grid.first + row * grid.rowStep + column * grid.columnStep;
  const lanes = Array.from({ length: width }, (_, lane) => lane);
  if (!alongRows(width, columns, pitch)) {
    for (let base = 0; base < (rows - 1) * pitch + columns; base += width) {
      const places = lanes.map((lane) => {
        const row = Math.floor((base + lane) / pitch);
        const column = (base + lane) % pitch;
        return row < rows && column < columns ? placeAt(row, column) : -1;
      });
      panels.push({ base, places });
    }
    return panels;
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += width) {
      const start = Math.min(column, columns - width);
      const places = lanes.map((lane) =>
        start + lane < column && !overlaps ? -1 : placeAt(row, start + lane),
      );
      panels.push({ base: row * pitch + start, places });
    }
  }
  return panels;
}
