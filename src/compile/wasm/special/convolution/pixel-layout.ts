// How a convolution by tiles goes over its operands: classes of results, bands of them, and blocks of channels.

import type { AxisPlan } from "../../../../expr/ops/neural/convolution-plan.ts";
import { BYTES } from "../../../bytes.ts";
import { type FloatType, FORMATS } from "../../floats.ts";
import { type AxisClasses, classesOf, type PaddedImage, placeIn } from "./geometry.ts";
import { alongRows } from "./panels.ts";
import { TILE_FILTERS, tileWidth } from "./pixel-kernel.ts";
import type { ConvolutionSizes } from "./sizes.ts";

/** Terms of one pass over a tile: with the input of a tile they stay in the first cache. */
const TERMS = 512;
/** Bytes of a padded band of channels: it stays in the second cache. */
const BAND_BYTES = 1 << 18;
/** Panels of results in a band: they stay a small table. */
const BAND_PANELS = 1024;

/** So many rows and columns of results. */
export interface Band {
  readonly rows: number;
  readonly columns: number;
}

/** One class of results: the places of the kernel that they are made of, and where its tables stand. */
export interface ClassPlan {
  readonly rows: { readonly first: number; readonly count: number };
  readonly columns: { readonly first: number; readonly count: number };
  /** For each place of the kernel its bytes within a filter's channel, and where it meets the padded image. */
  readonly places: readonly number[];
  readonly offsets: readonly number[];
}

export interface PixelLayout {
  readonly sizes: ConvolutionSizes;
  readonly rows: AxisClasses;
  readonly columns: AxisClasses;
  readonly image: PaddedImage;
  /** Whether the input itself is the padded image. */
  readonly isDirect: boolean;
  readonly channelBlock: number;
  /** Rows and columns of results of each class in a band. */
  readonly band: Band;
  readonly classes: readonly ClassPlan[];
}

export function pixelLayout(sizes: ConvolutionSizes): PixelLayout {
  const rows = classesOf(sizes.rows);
  const columns = classesOf(sizes.columns);
  const most = Math.max(
    1,
    Math.max(...rows.classes.map(({ taps }) => taps.length)) *
      Math.max(...columns.classes.map(({ taps }) => taps.length)),
  );
  const channelBlock = Math.min(sizes.channels, Math.max(1, Math.floor(TERMS / most)));
  const isDirect = meetsInputOnly(sizes, rows, columns);
  const imageOf = (band: Band): PaddedImage =>
    isDirect ? inputImage(sizes) : paddedImage(sizes.dtype, rows, columns, band);
  const band = bandOf(sizes.dtype, rows.count, columns.count, (some) =>
    isDirect ? 0 : imageOf(some).channel * channelBlock * FORMATS[sizes.dtype].bytes,
  );
  const image = imageOf(band);
  const classes = rows.classes.flatMap((row) =>
    columns.classes.map((column) => classPlan(sizes, image, row, column)),
  );
  return { sizes, rows, columns, image, isDirect, channelBlock, band, classes };
}

function classPlan(
  sizes: ConvolutionSizes,
  image: PaddedImage,
  row: AxisClasses["classes"][number],
  column: AxisClasses["classes"][number],
): ClassPlan {
  const { bytes } = FORMATS[sizes.dtype];
  const weightBytes = BYTES[sizes.weights];
  const places: number[] = [];
  const offsets: number[] = [];
  for (const r of row.taps) {
    for (const c of column.taps) {
      places.push((r.place * sizes.columns.kernel + c.place) * weightBytes);
      const place = placeIn(image, r.input - image.firstRow, c.input - image.firstColumn);
      offsets.push(place * bytes);
    }
  }
  return { rows: row, columns: column, places, offsets };
}

/** Whether all elements that are met stand in the input, side by side for neighbouring results. */
function meetsInputOnly(
  { dtype, rows, columns, filters }: ConvolutionSizes,
  down: AxisClasses,
  across: AxisClasses,
): boolean {
  const isInside = (axis: AxisPlan, { low, reach, count, inputStep }: AxisClasses): boolean =>
    inputStep === 1 && low >= 0 && low + reach + count <= axis.input;
  // Channels that stand whole pages apart share few places of the first cache.
  const isSpread = ((rows.input * columns.input * FORMATS[dtype].bytes) & 1023) !== 0;
  return (
    isInside(rows, down) &&
    isInside(columns, across) &&
    alongRows(tileWidth(dtype), across.count, columns.input) &&
    (isSpread || filters <= 2 * TILE_FILTERS)
  );
}

/** The input as it stands, for which all steps are 1. */
function inputImage({ rows, columns }: ConvolutionSizes): PaddedImage {
  return {
    rowStep: 1,
    columnStep: 1,
    rows: rows.input,
    columns: columns.input,
    firstRow: 0,
    firstColumn: 0,
    channel: rows.input * columns.input,
  };
}

function paddedImage(
  dtype: FloatType,
  rows: AxisClasses,
  columns: AxisClasses,
  band: Band,
): PaddedImage {
  const planeRows = planeLength(rows, band.rows);
  const planeColumns = planeLength(columns, band.columns);
  const size = rows.inputStep * columns.inputStep * planeRows * planeColumns;
  const lanes = 16 / FORMATS[dtype].bytes;
  const whole = Math.ceil(size / lanes) * lanes;
  const isPage = ((whole * FORMATS[dtype].bytes) & 1023) === 0;
  return {
    rowStep: rows.inputStep,
    columnStep: columns.inputStep,
    rows: planeRows,
    columns: planeColumns,
    firstRow: rows.low,
    firstColumn: columns.low,
    channel: isPage ? whole + 4 * lanes : whole,
  };
}

/** Rows or columns of a plane that so many results of each class meet. */
function planeLength({ reach, inputStep }: AxisClasses, count: number): number {
  return Math.ceil((reach + (count - 1) * inputStep + 1) / inputStep);
}

/** As many rows of results as the cache likes, or a part of one, in bands of about equal size. */
function bandOf(
  dtype: FloatType,
  rows: number,
  columns: number,
  bytesOf: (band: Band) => number,
): Band {
  const panels = (band: Band): number => band.rows * Math.ceil(band.columns / tileWidth(dtype));
  const isLarge = (band: Band): boolean => panels(band) > BAND_PANELS || bytesOf(band) > BAND_BYTES;
  let parts = 1;
  while (parts < rows && isLarge({ rows: Math.ceil(rows / parts), columns })) parts++;
  const most = Math.ceil(rows / parts);
  if (most > 1) return { rows: most, columns };
  let pieces = 1;
  const pieceOf = (count: number): Band => ({ rows: 1, columns: Math.ceil(columns / count) });
  // A piece of a row is never narrower than a few tiles.
  while (columns / pieces > 64 && isLarge(pieceOf(pieces))) pieces++;
  return pieceOf(pieces);
}
