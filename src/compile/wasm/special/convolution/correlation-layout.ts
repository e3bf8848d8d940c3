// How a convolution by inner products goes over its operands: blocks of channels and of rows of the kernel.

import { type FloatType, FORMATS } from "../../floats.ts";
import { columnWords, type PaddedImage, placeIn } from "./geometry.ts";
import { type ConvolutionSizes, WordTable } from "./sizes.ts";

/** Terms of one pass: with the weights of a tile they stay in the first cache. */
const TERMS = 1024;
/** The most results whose input is brought together. */
const MOST_PACKED = 64;

export interface CorrelationLayout {
  readonly sizes: ConvolutionSizes;
  readonly image: PaddedImage;
  readonly channelBlock: number;
  /** Rows of the kernel in one pass. */
  readonly rowBlock: number;
  /** Whether all input that a result is made of is brought together, so that it is one long row. */
  readonly isPacked: boolean;
  /** The tables, and where their parts stand in bytes; there is a mask for each number of lanes that are left. */
  readonly words: Int32Array;
  readonly columns: number;
  readonly packing: number;
  readonly masks: number;
  readonly pairs: number;
  readonly pairsEnd: number;
  /** The last result where it has no other beside it, or 0. */
  readonly single: number;
  /** Where the input of each result begins in the image. */
  readonly bases: readonly number[];
  readonly imageBytes: number;
  /** Bytes of the packed input of one result. */
  readonly packedBytes: number;
}

/** The cost of the plan beside one of tiles: multiplications of lanes for one channel and filter. */
export function correlationCost(sizes: ConvolutionSizes): number {
  const { dtype, weights, rows, columns } = sizes;
  const hasGaps = rows.inputDilation > 1 || columns.inputDilation > 1;
  if (hasGaps || weights !== dtype) return Number.POSITIVE_INFINITY;
  return Math.min(rowsCost(sizes), packedCost(sizes));
}

/** A row of the kernel costs about one vector more than it has. */
function rowsCost({ dtype, rows, columns }: ConvolutionSizes): number {
  const lanes = lanesOf(dtype);
  if (columns.kernel < lanes) return Number.POSITIVE_INFINITY;
  const vectors = Math.ceil(columns.kernel / lanes) + 1;
  return rows.output * columns.output * rows.kernel * vectors * lanes;
}

/** To copy an element costs about 1.5 cycles, and a row 12, in which a tile multiplies 8 elements each; all filters share it. */
function packedCost(sizes: ConvolutionSizes): number {
  const { dtype, filters, rows, columns } = sizes;
  const results = rows.output * columns.output;
  const { channelBlock, rowBlock } = blocksOf(sizes);
  const lastChannels = sizes.channels % channelBlock || channelBlock;
  const lastRows = rows.kernel % rowBlock || rowBlock;
  const isServed =
    results <= MOST_PACKED && lastChannels * lastRows * columns.kernel >= lanesOf(dtype);
  if (!isServed) return Number.POSITIVE_INFINITY;
  const copied = (8 * (12 + 1.5 * columns.kernel)) / filters;
  return results * rows.kernel * (columns.kernel + copied);
}

function lanesOf(dtype: FloatType): number {
  return 16 / FORMATS[dtype].bytes;
}

function blocksOf({ channels, rows, columns }: ConvolutionSizes): {
  channelBlock: number;
  rowBlock: number;
} {
  const rowBlock = Math.min(rows.kernel, Math.max(1, Math.floor(TERMS / columns.kernel)));
  const most = Math.max(1, Math.floor(TERMS / (rowBlock * columns.kernel)));
  return { rowBlock, channelBlock: Math.ceil(channels / Math.ceil(channels / most)) };
}

export function correlationLayout(sizes: ConvolutionSizes): CorrelationLayout {
  const { dtype, columns } = sizes;
  const { bytes } = FORMATS[dtype];
  const { channelBlock, rowBlock } = blocksOf(sizes);
  const isPacked = packedCost(sizes) < rowsCost(sizes);
  const image = imageOf(sizes, rowBlock);
  const terms = channelBlock * rowBlock * columns.kernel;
  const packedBytes = isPacked ? Math.ceil((terms * bytes) / 16) * 16 : 0;
  const bases = basesOf(sizes, image);
  const table = new WordTable();
  const masks = table.add(maskWords(bytes));
  const planes = table.add(columnWords(image, columns.input, bytes));
  const packing = table.add([0, 0, columns.kernel]);
  const results = bases.flatMap((base, i) => [isPacked ? i * packedBytes : base, i * bytes]);
  const pairs = table.add(results);
  const pairsEnd = pairs + (bases.length - (bases.length % 2)) * 8;
  return {
    sizes,
    image,
    channelBlock,
    rowBlock,
    isPacked,
    words: Int32Array.from(table.words),
    columns: planes,
    packing,
    masks,
    pairs,
    pairsEnd,
    single: bases.length % 2 === 0 ? 0 : pairsEnd,
    bases,
    imageBytes: image.channel * channelBlock * bytes,
    packedBytes,
  };
}

/** The image that a block of rows of the kernel meets; each plane holds every column that one result meets in a row. */
function imageOf({ dtype, rows, columns }: ConvolutionSizes, rowBlock: number): PaddedImage {
  const reach = (count: number, step: number): number => (count - 1) * step;
  const height = reach(rowBlock, rows.kernelDilation) + reach(rows.output, rows.stride) + 1;
  const width =
    reach(columns.kernel, columns.kernelDilation) + reach(columns.output, columns.stride) + 1;
  const planeColumns = Math.ceil(width / columns.kernelDilation);
  const lanes = 16 / FORMATS[dtype].bytes;
  const size = height * columns.kernelDilation * planeColumns;
  return {
    rowStep: 1,
    columnStep: columns.kernelDilation,
    rows: height,
    columns: planeColumns,
    firstRow: -rows.low,
    firstColumn: -columns.low,
    channel: Math.ceil(size / lanes) * lanes,
  };
}

/** For each number of lanes that are left those of the last vector that no whole vector before it held. */
function maskWords(bytes: number): number[] {
  const words: number[] = [];
  for (let rest = 0; rest < 16; rest += bytes) {
    for (let word = 0; word < 4; word++) words.push(word * 4 >= 16 - rest ? -1 : 0);
  }
  return words;
}

/** For each result the bytes at which its input begins in the image. */
function basesOf({ dtype, rows, columns }: ConvolutionSizes, image: PaddedImage): number[] {
  return Array.from({ length: rows.output * columns.output }, (_, place) => {
    const row = Math.floor(place / columns.output) * rows.stride;
    const column = (place % columns.output) * columns.stride;
    return placeIn(image, row, column) * FORMATS[dtype].bytes;
  });
}
