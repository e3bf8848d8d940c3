// The form of the micro-kernel that runs fastest in this engine, found by running them.

import { type FloatType, FORMATS } from "../floats.ts";
import { Heap } from "../heap.ts";
import { macroArguments, macroKernel } from "./macro-kernel.ts";
import type { Tile } from "./micro-kernel.ts";
import type { Product } from "./product.ts";

/** Eight sums and few other vectors: it fits into the registers of every engine. */
const COMMON: Tile = { rows: 4, vectors: 2, unroll: 1 };

/**
 * What else may be faster: more steps in a round save loop instructions, and more sums keep the longer fused
 * instructions busy, where the register allocator does not spill them. The common tile comes first.
 */
const CANDIDATES: readonly Tile[] = [COMMON, { rows: 4, vectors: 2, unroll: 4 }];
const FUSED_CANDIDATES: readonly Tile[] = [COMMON, { rows: 6, vectors: 2, unroll: 1 }];

/** Products of less work take the common tile, which saves them the measurement. */
const LEAST_FLOPS = 8e6;
/** So do those of fewer rows, of which a higher tile would leave too many empty. */
const LEAST_ROWS = 48;

const known = new Map<string, Tile>();

export function tileCandidates(fma: boolean): readonly Tile[] {
  return fma ? FUSED_CANDIDATES : CANDIDATES;
}

/** The tile for a product. It is measured once for each dtype, when the first large product asks. */
export function tileFor(product: Product): Tile {
  const { rows, inner, columns, count, starts, format, fma } = product;
  const flops = 2 * rows * inner * columns * count * starts.length;
  if (flops < LEAST_FLOPS || rows < LEAST_ROWS) return COMMON;
  const key = `${format.dtype} ${fma}`;
  const tile = known.get(key) ?? fastest(format.dtype, fma);
  known.set(key, tile);
  return tile;
}

/** In milliseconds: engines need several to compile a hot kernel well, which they do beside. */
const LEAST_TIME = 20;
const MOST_TIME = 100;

function fastest(dtype: FloatType, fma: boolean): Tile {
  const candidates = tileCandidates(fma);
  const heap = new Heap();
  const runs = candidates.map((tile) => prepare(heap, dtype, tile, fma));
  const rates = candidates.map(() => 0);
  const start = now();
  for (let spent = 0; spent < MOST_TIME; spent = now() - start) {
    runs.forEach((run, i) => {
      rates[i] = Math.max(rates[i] as number, run());
    });
    const best = Math.max(...rates);
    // Well compiled, the common tile has more than half the rate of any other.
    const isCompiled = (rates[0] as number) > best / 2;
    if (isCompiled && spent > LEAST_TIME) return candidates[rates.indexOf(best)] as Tile;
  }
  return COMMON;
}

const ROUNDS = 40;
const INNER = 64;
const PANELS = 8;

/** A run over packed panels in the first-level cache, which tells how many operations it did in a millisecond. */
function prepare(heap: Heap, dtype: FloatType, tile: Tile, fma: boolean): () => number {
  const { bytes, count } = FORMATS[dtype];
  const kernel = heap.load(macroKernel({ dtype, tile, direct: false, fma }));
  const rows = PANELS * tile.rows;
  const columns = tile.vectors * count;
  const corner = heap.allocate(tile.rows * tile.vectors * 16);
  const parameters = macroArguments({
    left: heap.allocate(rows * INNER * bytes),
    leftPanel: tile.rows * INNER * bytes,
    leftRow: 0,
    leftStep: 0,
    leftBatch: 0,
    right: heap.allocate(columns * INNER * bytes),
    rightPanel: 0,
    rightStep: tile.vectors * 16,
    rightBatch: 0,
    result: heap.allocate(rows * columns * bytes),
    resultRow: columns * bytes,
    resultBatch: 0,
    rows,
    inner: INNER,
    columns,
    batch: ROUNDS,
    first: 1,
    corner,
  });
  return () => {
    const start = now();
    kernel(...parameters);
    return (ROUNDS * rows * columns * INNER) / Math.max(now() - start, 1e-3);
  };
}

interface Clock {
  readonly performance?: { now(): number };
}

/** Milliseconds, by the clock that browsers and Node share. */
function now(): number {
  return (globalThis as Clock).performance?.now() ?? Date.now();
}
