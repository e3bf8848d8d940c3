// The tables of whole numbers that the kernels of a convolution by tiles read.

import { FORMATS } from "../../floats.ts";
import { columnWords } from "./geometry.ts";
import { panelTable } from "./panels.ts";
import type { ClassPlan, PixelLayout } from "./pixel-layout.ts";
import { WordTable } from "./sizes.ts";

/** A class of results: the places of the kernel, the offsets of all terms, and its packed weights, in bytes. */
export interface ClassTables {
  readonly places: number;
  readonly terms: number;
  readonly packed: number;
  /** How many places of the kernel there are. */
  readonly size: number;
}

/** The panels of one class in a band. */
interface Panels {
  readonly panels: number;
  readonly panelsEnd: number;
}

/** A band of results: where it begins, its planes of columns, and the panels of each class. */
export interface BandTables {
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly classes: readonly Panels[];
  /** From the first result of a class to the first one in this band, in bytes. */
  readonly results: number;
}

/** All tables, in one array of words. Places in it are counted in bytes. */
export interface PixelTables {
  readonly words: Int32Array;
  readonly classes: readonly ClassTables[];
  readonly bands: readonly BandTables[];
  readonly packedBytes: number;
}

export function pixelTables(layout: PixelLayout): PixelTables {
  const { sizes } = layout;
  const table = new WordTable();
  let packedBytes = 0;
  const classes = layout.classes.map((plan) => {
    const found = classTables(table, layout, plan, packedBytes);
    const terms = found.size * sizes.channels * sizes.filters;
    packedBytes += terms * FORMATS[sizes.dtype].bytes;
    return found;
  });
  const bands = bandTables(table, layout);
  return { words: Int32Array.from(table.words), classes, bands, packedBytes };
}

function classTables(
  table: WordTable,
  { sizes, image, channelBlock }: PixelLayout,
  { places, offsets }: ClassPlan,
  packed: number,
): ClassTables {
  const terms: number[] = [];
  for (let channel = 0; channel < channelBlock; channel++) {
    const first = channel * image.channel * FORMATS[sizes.dtype].bytes;
    for (const offset of offsets) terms.push(first + offset);
  }
  return { places: table.add(places), terms: table.add(terms), packed, size: places.length };
}

function bandTables(table: WordTable, layout: PixelLayout): BandTables[] {
  const { sizes, rows, columns, band, image } = layout;
  const { bytes } = FORMATS[sizes.dtype];
  const known = new Map<string, Panels>();
  const bands: BandTables[] = [];
  for (let row = 0; row < rows.count; row += band.rows) {
    for (let column = 0; column < columns.count; column += band.columns) {
      const firstColumn = image.firstColumn + column * image.columnStep;
      const first = row * rows.resultStep * sizes.columns.output + column * columns.resultStep;
      bands.push({
        row,
        column,
        columns: table.add(columnWords({ ...image, firstColumn }, sizes.columns.input, bytes)),
        classes: layout.classes.map((plan, i) => {
          const own = {
            rows: Math.min(band.rows, plan.rows.count - row),
            columns: Math.min(band.columns, plan.columns.count - column),
          };
          const key = `${i} ${own.rows} ${own.columns}`;
          const panels = known.get(key) ?? addPanels(table, layout, plan, own);
          known.set(key, panels);
          return panels;
        }),
        results: first * bytes,
      });
    }
  }
  return bands;
}

function addPanels(
  table: WordTable,
  { sizes, image, channelBlock, rows, columns }: PixelLayout,
  plan: ClassPlan,
  band: PixelLayout["band"],
): Panels {
  const isEmpty = band.rows <= 0 || band.columns <= 0 || plan.places.length === 0;
  if (isEmpty) return { panels: 0, panelsEnd: 0 };
  const width = sizes.columns.output;
  const grid = {
    ...band,
    pitch: image.columns,
    first: plan.rows.first * width + plan.columns.first,
    rowStep: rows.resultStep * width,
    columnStep: columns.resultStep,
  };
  const words = panelTable(sizes.dtype, grid, channelBlock === sizes.channels);
  const panels = table.add(words);
  return { panels, panelsEnd: panels + words.length * 4 };
}
