// The inner loops of a convolution: tiles of a few filters by a few neighbouring results, summed over channels and places.

import { type FloatType, FORMATS, type Format } from "../../floats.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../../function-builder.ts";
import type { KernelSource } from "../../heap.ts";
import { parametersOf } from "../../parameters.ts";
import { loadSplat, multiplyAdd } from "../../writing.ts";

/** Vectors beside each other in a tile. */
const VECTORS = 2;

/** How many filters a whole tile has. */
export const TILE_FILTERS = 4;

/** How many neighbouring results a tile has. */
export function tileWidth(dtype: FloatType): number {
  return (VECTORS * 16) / FORMATS[dtype].bytes;
}

/** Words of the table for one panel: where its input begins, where its results do or -1, and the place of each result or -1. */
function panelWords(dtype: FloatType): number {
  return 2 + tileWidth(dtype);
}

/**
 * Parameters: the table of panels and its end; the packed weights; how many tiles of filters; the table of offsets of
 * the terms and its end; the input; the results; bytes from one filter's results to
 * the next; whether to add to what is there; and room for a tile.
 */
export function pixelSource(dtype: FloatType, filters: number, fma: boolean): KernelSource {
  return {
    key: `convolution tiles ${dtype} ${filters}${fma ? " fma" : ""}`,
    write: () => new PixelWriter(dtype, filters, fma).write(),
  };
}

const PARAMETERS = [
  "panels",
  "panelsEnd",
  "weights",
  "tiles",
  "terms",
  "termsEnd",
  "input",
  "results",
  "filterBytes",
  "adds",
  "room",
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Value>>;

class PixelWriter {
  readonly #b = new FunctionBuilder();
  readonly #dtype: FloatType;
  readonly #filters: number;
  readonly #format: Format;
  readonly #fma: boolean;

  constructor(dtype: FloatType, filters: number, fma: boolean) {
    this.#fma = fma;
    this.#dtype = dtype;
    this.#filters = filters;
    this.#format = FORMATS[dtype];
  }

  write(): WasmFunction {
    const b = this.#b;
    const p = parametersOf(b, PARAMETERS);
    b.count(p.panels, p.panelsEnd, panelWords(this.#dtype) * 4, (panel) => {
      const base = b.emit("i32.add", [p.input, b.emit("i32.load", [panel], [0])]);
      const place = b.emit("i32.load", [panel], [4]);
      const isWhole = b.emit("i32.ge_s", [place, b.constant("i32", 0)]);
      const weight = b.variable(p.weights);
      const result = b.variable(p.results);
      b.count(b.constant("i32", 0), p.tiles, 1, () => {
        const sums = this.#sums(base, weight, p.terms, p.termsEnd);
        b.when(
          isWhole,
          () => this.#storeRows(sums, b.emit("i32.add", [result, place]), p),
          () => this.#storeLanes(sums, panel, result, p),
        );
        for (let i = 0; i < this.#filters; i++) {
          b.assign(result, b.emit("i32.add", [result, p.filterBytes]));
        }
      });
    });
    return b.finish();
  }

  /**
   * The sums of one tile, by filter and then by vector; `weight` moves on to the next tile. One term is written out,
   * not several: engines of 2023 keep the loads of all of them in registers at once and run out of these.
   */
  #sums(base: Value, weight: Value, terms: Value, termsEnd: Value): Value[][] {
    const b = this.#b;
    const { lanes, bytes } = this.#format;
    const zero = b.splat(lanes, 0);
    const sums = Array.from({ length: this.#filters }, () =>
      Array.from({ length: VECTORS }, () => b.variable(zero)),
    );
    const step = b.constant("i32", this.#filters * bytes);
    b.count(terms, termsEnd, 4, (term) => {
      const from = b.emit("i32.add", [base, b.emit("i32.load", [term], [0])]);
      const inputs = sums[0]?.map((_, v) => b.emit("v128.load", [from], [16 * v])) ?? [];
      sums.forEach((row, filter) => {
        const factor = loadSplat(b, this.#format, weight, filter * bytes);
        row.forEach((sum, v) => {
          b.assign(sum, multiplyAdd(b, this.#format, this.#fma, factor, inputs[v] as Value, sum));
        });
      });
      b.assign(weight, b.emit("i32.add", [weight, step]));
    });
    return sums;
  }

  #storeRows(sums: Value[][], first: Value, { filterBytes, adds }: Parameters): void {
    const b = this.#b;
    const { lanes } = this.#format;
    const storeAll = (value: (sum: Value, row: Value, offset: number) => Value): void => {
      let row = first;
      sums.forEach((vectors, i) => {
        if (i > 0) row = b.emit("i32.add", [row, filterBytes]);
        vectors.forEach((sum, v) => {
          b.effect("v128.store", [row, value(sum, row, 16 * v)], [16 * v]);
        });
      });
    };
    b.when(
      adds,
      () =>
        storeAll((sum, row, offset) =>
          b.emit(`${lanes}.add`, [b.emit("v128.load", [row], [offset]), sum]),
        ),
      () => storeAll((sum) => sum),
    );
  }

  /** Writes the tile to its room, and from there every result that has a place. */
  #storeLanes(
    sums: Value[][],
    panel: Value,
    result: Value,
    { filterBytes, adds, room }: Parameters,
  ): void {
    const b = this.#b;
    const { scalar, bytes } = this.#format;
    const rowBytes = 16 * VECTORS;
    sums.forEach((vectors, i) => {
      vectors.forEach((sum, v) => {
        b.effect("v128.store", [room, sum], [i * rowBytes + 16 * v]);
      });
    });
    const lane = b.variable(room);
    const end = b.emit("i32.add", [panel, b.constant("i32", panelWords(this.#dtype) * 4)]);
    b.count(b.emit("i32.add", [panel, b.constant("i32", 8)]), end, 4, (entry) => {
      const place = b.emit("i32.load", [entry], [0]);
      b.when(b.emit("i32.ge_s", [place, b.constant("i32", 0)]), () => {
        let target = b.emit("i32.add", [result, place]);
        sums.forEach((_, i) => {
          if (i > 0) target = b.emit("i32.add", [target, filterBytes]);
          const sum = b.emit(`${scalar}.load`, [lane], [i * rowBytes]);
          const before = b.emit(`${scalar}.load`, [target], [0]);
          const total = b.emit(`${scalar}.add`, [before, sum]);
          b.effect(`${scalar}.store`, [target, b.select(adds, total, sum)], [0]);
        });
      });
      b.assign(lane, b.emit("i32.add", [lane, b.constant("i32", bytes)]));
    });
  }
}
