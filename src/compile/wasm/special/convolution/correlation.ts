// The plan of a convolution of few results with a wide kernel, as the gradients of kernels are.

import { aligned } from "../../../bytes.ts";
import type { KernelPlan } from "../../../kernel-plan.ts";
import { FORMATS } from "../../floats.ts";
import type { Heap, Kernel } from "../../heap.ts";
import { copySource } from "../copying.ts";
import { listingOf } from "../special-plan.ts";
import { correlationSource } from "./correlation-kernel.ts";
import { type CorrelationLayout, correlationLayout } from "./correlation-layout.ts";
import { COLUMN_WORDS, padSource } from "./pad-kernel.ts";
import { TILE_FILTERS } from "./pixel-kernel.ts";
import {
  type ConvolutionSizes,
  flopsOf,
  insideOf,
  labelOf,
  type TileGroup,
  tileGroups,
  WEIGHT_BYTES,
} from "./sizes.ts";

/** A convolution by inner products along the rows of the kernel. */
export function correlationPlan(sizes: ConvolutionSizes): KernelPlan {
  const layout = correlationLayout(sizes);
  const { dtype } = sizes;
  return {
    label: labelOf(sizes),
    scratch:
      aligned(layout.words.byteLength) +
      aligned(layout.imageBytes) +
      layout.packedBytes * layout.bases.length,
    flops: flopsOf(sizes),
    bind: (heap, addresses, scratch) => new CorrelationRun(heap, layout, addresses, scratch).run,
    listing: () => listingOf([padSource(dtype), correlationSource(dtype, TILE_FILTERS, sizes.fma)]),
  };
}

/** One pass: a block of channels and of rows of the kernel of one group. */
interface Pass {
  readonly group: number;
  readonly channel: number;
  readonly channels: number;
  readonly row: number;
  readonly rows: number;
}

/** A convolution on certain memory. */
class CorrelationRun {
  readonly #heap: Heap;
  readonly #layout: CorrelationLayout;
  readonly #addresses: readonly number[];
  readonly #scratch: number;
  readonly #image: number;
  readonly #packed: number;
  readonly #fill: Kernel;
  readonly #pad: Kernel;
  readonly #tiles: readonly (TileGroup & { readonly sum: Kernel })[];

  constructor(
    heap: Heap,
    layout: CorrelationLayout,
    addresses: readonly number[],
    scratch: number,
  ) {
    const { dtype, filters, fma } = layout.sizes;
    this.#heap = heap;
    this.#layout = layout;
    this.#addresses = addresses;
    this.#scratch = scratch;
    this.#image = scratch + aligned(layout.words.byteLength);
    this.#packed = this.#image + aligned(layout.imageBytes);
    this.#fill = heap.load(copySource("fill"));
    this.#pad = heap.load(padSource(dtype));
    this.#tiles = tileGroups(filters, TILE_FILTERS).map((group) => ({
      ...group,
      sum: heap.load(correlationSource(dtype, group.filters, fma)),
    }));
  }

  readonly run = (): void => {
    const { sizes, channelBlock, rowBlock, words } = this.#layout;
    (this.#heap.view("int32", this.#scratch, words.length) as Int32Array).set(words);
    for (let group = 0; group < sizes.groups; group++) {
      for (let row = 0; row < sizes.rows.kernel; row += rowBlock) {
        // The rows that meet no input are the same for all channels and images.
        this.#fill(this.#image, 0, this.#layout.imageBytes);
        const rows = Math.min(rowBlock, sizes.rows.kernel - row);
        for (let channel = 0; channel < sizes.channels; channel += channelBlock) {
          const channels = Math.min(channelBlock, sizes.channels - channel);
          for (const tiles of this.#tiles) {
            this.#tile({ group, channel, channels, row, rows }, tiles);
          }
        }
      }
    }
  };

  /** All images for as many tiles of filters as the cache holds. */
  #tile(pass: Pass, group: TileGroup & { readonly sum: Kernel }): void {
    const { sizes } = this.#layout;
    const terms = pass.channels * pass.rows * sizes.columns.kernel;
    const bytes = group.filters * terms * FORMATS[sizes.dtype].bytes;
    const most = Math.max(1, Math.floor(WEIGHT_BYTES / bytes));
    for (let tile = 0; tile < group.tiles; tile += most) {
      const filter = group.first + tile * group.filters;
      for (let image = 0; image < sizes.batch; image++) {
        this.#copy(pass, image);
        if (this.#layout.isPacked) this.#pack(pass);
        this.#sum(pass, image, filter, Math.min(most, group.tiles - tile), group.sum);
      }
    }
  }

  #sum(pass: Pass, place: number, filter: number, tiles: number, sum: Kernel): void {
    const { sizes, image, isPacked, masks, pairs, pairsEnd, single } = this.#layout;
    const { bytes } = FORMATS[sizes.dtype];
    const { rows, columns } = sizes;
    const [, weights, results] = this.#addresses as readonly [number, number, number];
    const rowBytes = columns.kernel * bytes;
    const channelBytes = rows.kernel * rowBytes;
    const filterBytes = sizes.channels * channelBytes;
    const resultBytes = rows.output * columns.output * bytes;
    const first = pass.group * sizes.filters + filter;
    // What is packed is a single row.
    const length = isPacked ? pass.channels * pass.rows * rowBytes : rowBytes;
    const rest = length % 16;
    sum(
      weights + first * filterBytes + pass.channel * channelBytes + pass.row * rowBytes,
      tiles,
      filterBytes,
      isPacked ? this.#packed : this.#image,
      isPacked ? 1 : pass.channels,
      channelBytes,
      image.channel * bytes,
      isPacked ? 1 : pass.rows,
      rowBytes,
      rows.kernelDilation * image.columns * bytes,
      length - rest,
      rest === 0 ? 0 : 16 - rest,
      this.#scratch + masks + (rest / bytes) * 16,
      this.#scratch + pairs,
      this.#scratch + pairsEnd,
      single === 0 ? 0 : this.#scratch + single,
      results + (place * sizes.groups * sizes.filters + first) * resultBytes,
      resultBytes,
      pass.channel > 0 || pass.row > 0 ? 1 : 0,
    );
  }

  /** Brings the input of each result together. */
  #pack({ channels, rows }: Pass): void {
    const { sizes, image, packing, bases, packedBytes } = this.#layout;
    const { bytes } = FORMATS[sizes.dtype];
    const rowBytes = sizes.columns.kernel * bytes;
    const table = this.#scratch + packing;
    bases.forEach((base, i) => {
      this.#pad(
        this.#packed + i * packedBytes,
        this.#image + base,
        channels,
        rows * rowBytes,
        image.channel * bytes,
        0,
        rows,
        0,
        sizes.rows.kernelDilation * image.columns * bytes,
        1,
        rowBytes,
        0,
        table,
        table + COLUMN_WORDS * 4,
        bytes,
      );
    });
  }

  /** Copies the rows of a block of channels that a block of rows of the kernel meets. */
  #copy({ group, channel, channels, row }: Pass, place: number): void {
    const { sizes, image, columns } = this.#layout;
    const { bytes } = FORMATS[sizes.dtype];
    const rowBytes = sizes.columns.input * bytes;
    const channelBytes = sizes.rows.input * rowBytes;
    const start = image.firstRow + row * sizes.rows.kernelDilation;
    const [first, end] = insideOf(start, 1, image.rows, sizes.rows.input);
    const table = this.#scratch + columns;
    const from = (place * sizes.groups + group) * sizes.channels + channel;
    this.#pad(
      this.#image,
      (this.#addresses[0] as number) + from * channelBytes,
      channels,
      image.channel * bytes,
      channelBytes,
      first,
      Math.max(0, end - first),
      start + first,
      rowBytes,
      1,
      image.columns * bytes,
      image.columnStep * image.rows * image.columns * bytes,
      table,
      table + image.columnStep * COLUMN_WORDS * 4,
      image.columnStep * bytes,
    );
  }
}
