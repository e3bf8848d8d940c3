// The plan of a convolution by tiles of filters and results: images are padded band by band, in blocks of channels.

import { aligned, BYTES } from "../../../bytes.ts";
import type { KernelPlan } from "../../../kernel-plan.ts";
import { FORMATS } from "../../floats.ts";
import type { Heap, Kernel } from "../../heap.ts";
import { copySource } from "../copying.ts";
import { listingOf } from "../special-plan.ts";
import { classesOf } from "./geometry.ts";
import { packSource } from "./pack-kernel.ts";
import { COLUMN_WORDS, padSource } from "./pad-kernel.ts";
import { panelCount } from "./panels.ts";
import { pixelSource, TILE_FILTERS, tileWidth } from "./pixel-kernel.ts";
import { type PixelLayout, pixelLayout } from "./pixel-layout.ts";
import {
  type BandTables,
  type ClassTables,
  type PixelTables,
  pixelTables,
} from "./pixel-tables.ts";
import {
  type ConvolutionSizes,
  flopsOf,
  insideOf,
  labelOf,
  type TileGroup,
  tileGroups,
  WEIGHT_BYTES,
} from "./sizes.ts";

/** The cost of the plan: multiplications of lanes for one channel and filter. */
export function pixelCost({ dtype, rows, columns }: ConvolutionSizes): number {
  const [down, across] = [classesOf(rows), classesOf(columns)];
  const pitch = across.count + Math.floor(across.reach / across.inputStep);
  const panels = panelCount(dtype, { rows: down.count, columns: across.count, pitch });
  return panels * tileWidth(dtype) * rows.kernel * columns.kernel;
}

/** A convolution by tiles. */
export function pixelPlan(sizes: ConvolutionSizes): KernelPlan {
  const layout = pixelLayout(sizes);
  const tables = pixelTables(layout);
  const regions = regionsOf(layout, tables);
  return {
    label: labelOf(sizes),
    scratch: regions.end,
    flops: flopsOf(sizes),
    bind: (heap, addresses, scratch) =>
      new PixelRun(heap, { layout, tables, regions }, addresses, scratch).run,
    listing: () =>
      listingOf([
        packSource(sizes.weights, sizes.dtype, TILE_FILTERS),
        padSource(sizes.dtype),
        pixelSource(sizes.dtype, TILE_FILTERS, sizes.fma),
      ]),
  };
}

/** Where the parts of the scratch memory stand; the tables are the first. */
interface Regions {
  readonly room: number;
  readonly packed: number;
  readonly padded: number;
  readonly imageBytes: number;
  readonly end: number;
}

function regionsOf(
  { sizes, image, isDirect, channelBlock }: PixelLayout,
  tables: PixelTables,
): Regions {
  const { bytes } = FORMATS[sizes.dtype];
  const room = aligned(tables.words.byteLength);
  const packed = room + aligned(TILE_FILTERS * tileWidth(sizes.dtype) * bytes);
  const padded = packed + aligned(tables.packedBytes);
  // Panels that go on from row to row may read one tile too far.
  const imageBytes = isDirect ? 0 : (image.channel * channelBlock + tileWidth(sizes.dtype)) * bytes;
  return { room, packed, padded, imageBytes, end: padded + aligned(imageBytes) };
}

/** What is done once the sizes are known. */
interface Prepared {
  readonly layout: PixelLayout;
  readonly tables: PixelTables;
  readonly regions: Regions;
}

/** A block of channels of one image of one group. */
interface Block {
  readonly channel: number;
  readonly channels: number;
  /** Whether the sums so far are added to. */
  readonly adds: number;
}

function blocksOf({ sizes, channelBlock }: PixelLayout): readonly Block[] {
  const blocks: Block[] = [];
  for (let channel = 0; channel < sizes.channels; channel += channelBlock) {
    const channels = Math.min(channelBlock, sizes.channels - channel);
    blocks.push({ channel, channels, adds: channel > 0 ? 1 : 0 });
  }
  return blocks;
}

/** A convolution on certain memory. */
class PixelRun {
  readonly #heap: Heap;
  readonly #layout: PixelLayout;
  readonly #tables: PixelTables;
  readonly #regions: Regions;
  readonly #blocks: readonly Block[];
  readonly #addresses: readonly number[];
  readonly #scratch: number;
  readonly #fill: Kernel;
  readonly #pad: Kernel;
  readonly #tiles: readonly (TileGroup & { readonly pack: Kernel; readonly sum: Kernel })[];

  constructor(
    heap: Heap,
    { layout, tables, regions }: Prepared,
    addresses: readonly number[],
    scratch: number,
  ) {
    const { dtype, weights, filters, fma } = layout.sizes;
    this.#heap = heap;
    this.#layout = layout;
    this.#tables = tables;
    this.#regions = regions;
    this.#blocks = blocksOf(layout);
    this.#addresses = addresses;
    this.#scratch = scratch;
    this.#fill = heap.load(copySource("fill"));
    this.#pad = heap.load(padSource(dtype));
    this.#tiles = tileGroups(filters, TILE_FILTERS).map((group) => ({
      ...group,
      pack: heap.load(packSource(weights, dtype, group.filters)),
      sum: heap.load(pixelSource(dtype, group.filters, fma)),
    }));
  }

  readonly run = (): void => {
    const { sizes, classes, isDirect } = this.#layout;
    const { words, bands } = this.#tables;
    const results = this.#addresses[2] as number;
    const resultBytes = sizes.filters * this.#planeBytes();
    (this.#heap.view("int32", this.#scratch, words.length) as Int32Array).set(words);
    if (classes.some(({ places }) => places.length === 0)) {
      this.#fill(results, 0, sizes.batch * sizes.groups * resultBytes);
    }
    // The zeros around the images of a single band stay where they are.
    const isClear = bands.length === 1;
    if (!isDirect && isClear) this.#clear();
    for (let group = 0; group < sizes.groups; group++) {
      this.#pack(group);
      for (let image = 0; image < sizes.batch; image++) {
        const place = image * sizes.groups + group;
        for (const band of bands) this.#band(place, band, results + place * resultBytes, isClear);
      }
    }
  };

  /** Bytes of the results of one filter on one image. */
  #planeBytes(): number {
    const { dtype, rows, columns } = this.#layout.sizes;
    return rows.output * columns.output * FORMATS[dtype].bytes;
  }

  #clear(): void {
    this.#fill(this.#scratch + this.#regions.padded, 0, this.#regions.imageBytes);
  }

  /** Packs the weights of a group: for each class and block of channels those of whole tiles, then the rest. */
  #pack(group: number): void {
    const { sizes } = this.#layout;
    const kernelBytes = sizes.rows.kernel * sizes.columns.kernel * BYTES[sizes.weights];
    const filterBytes = sizes.channels * kernelBytes;
    const weights = (this.#addresses[1] as number) + group * sizes.filters * filterBytes;
    for (const tables of this.#tables.classes) {
      for (const block of this.#blocks) {
        for (const { first, tiles, pack } of this.#tiles) {
          pack(
            this.#packedAt(tables, block, first),
            weights + first * filterBytes + block.channel * kernelBytes,
            tiles,
            block.channels,
            this.#scratch + tables.places,
            this.#scratch + tables.places + tables.size * 4,
            filterBytes,
            kernelBytes,
          );
        }
      }
    }
  }

  /** Where the packed weights of a block of channels stand, from a filter on. */
  #packedAt({ packed, size }: ClassTables, { channel, channels }: Block, filter: number): number {
    const { filters, dtype } = this.#layout.sizes;
    const terms = (channel * filters + channels * filter) * size;
    return this.#scratch + this.#regions.packed + packed + terms * FORMATS[dtype].bytes;
  }

  /** One band of one image of one group. */
  #band(place: number, band: BandTables, results: number, isClear: boolean): void {
    const { sizes, isDirect, image } = this.#layout;
    const { bytes } = FORMATS[sizes.dtype];
    const channelBytes = sizes.rows.input * sizes.columns.input * bytes;
    const input = (this.#addresses[0] as number) + place * sizes.channels * channelBytes;
    for (const block of this.#blocks) {
      let from = input + block.channel * channelBytes;
      if (isDirect) from += (band.row * image.columns + band.column) * bytes;
      else {
        if (!isClear) this.#clear();
        this.#copy(from, band, block);
        from = this.#scratch + this.#regions.padded;
      }
      this.#tables.classes.forEach((tables, i) => {
        const { panels, panelsEnd } = band.classes[i] as BandTables["classes"][number];
        if (panels === panelsEnd) return;
        const range = [this.#scratch + panels, this.#scratch + panelsEnd] as const;
        this.#sum(tables, block, range, from, results + band.results);
      });
    }
  }

  #sum(
    tables: ClassTables,
    block: Block,
    panels: readonly [start: number, end: number],
    image: number,
    results: number,
  ): void {
    const terms = block.channels * tables.size;
    const termsAt = this.#scratch + tables.terms;
    const planeBytes = this.#planeBytes();
    for (const { first, filters, tiles, sum } of this.#tiles) {
      const bytes = filters * terms * FORMATS[this.#layout.sizes.dtype].bytes;
      const most = Math.max(1, Math.floor(WEIGHT_BYTES / bytes));
      for (let tile = 0; tile < tiles; tile += most) {
        const filter = first + tile * filters;
        sum(
          ...panels,
          this.#packedAt(tables, block, filter),
          Math.min(most, tiles - tile),
          termsAt,
          termsAt + 4 * terms,
          image,
          results + filter * planeBytes,
          planeBytes,
          block.adds,
          this.#scratch + this.#regions.room,
        );
      }
    }
  }

  /** Copies the rows of a block of channels that a band meets. */
  #copy(input: number, band: BandTables, { channels }: Block): void {
    const { sizes, image } = this.#layout;
    const { bytes } = FORMATS[sizes.dtype];
    const start = image.firstRow + band.row * image.rowStep;
    const [first, end] = insideOf(start, 1, image.rows * image.rowStep, sizes.rows.input);
    const columns = this.#scratch + band.columns;
    this.#pad(
      this.#scratch + this.#regions.padded,
      input,
      channels,
      image.channel * bytes,
      sizes.rows.input * sizes.columns.input * bytes,
      first,
      Math.max(0, end - first),
      start + first,
      sizes.columns.input * bytes,
      image.rowStep,
      image.columns * bytes,
      image.columnStep * image.rows * image.columns * bytes,
      columns,
      columns + image.columnStep * COLUMN_WORDS * 4,
      image.columnStep * bytes,
    );
  }
}
