// Folds of long columns side by side, taken in bands of rows: what a band reads lies close together in memory. The
// results of the bands stand in scratch memory and are folded by a loop of their own.

import type { Walk } from "../../../expr/lowering.ts";
import { BYTES } from "../../bytes.ts";
import type { Loop, LoopStore, LoopValue } from "../../loop.ts";
import type { Nest } from "./axes.ts";

/** Loops to run in order. Their buffers behind those of the whole loop lie in scratch memory. */
export interface Bands {
  readonly loops: readonly Loop[];
  /** The loops that fold the results of the bands. */
  readonly joining: readonly Loop[];
  /** Bytes of each buffer in scratch memory. */
  readonly scratch: readonly number[];
}

type FoldStore = LoopStore & { readonly kind: "fold" };

/** Below so many bytes the rows lie close together anyway. */
const LEAST_BYTES = 2 ** 17;
/** A band is one block of a sum. */
export const BAND_ROWS: number = 32;

/** The bands of a nest whose vectors lie across the columns; undefined where one walk is as good. */
export function bandsOf({ loop, vector, kept }: Nest, columnsAtOnce: number): Bands | undefined {
  const axis = loop.extents.length - 1;
  const isColumns = kept === axis && vector === axis - 1;
  if (!isColumns || loop.values.some((value) => value.kind === "index")) return undefined;
  const rows = loop.extents[axis] as number;
  const results = loop.extents.slice(0, axis).reduce((product, extent) => product * extent, 1);
  const loads = loop.values.filter(({ kind }) => kind === "load");
  const bytes = loads.reduce((total, { dtype }) => total + BYTES[dtype] * rows * results, 0);
  const isNarrow = (loop.extents[vector] as number) <= columnsAtOnce;
  if (bytes < LEAST_BYTES || rows < 4 * BAND_ROWS || isNarrow) return undefined;
  return banded(loop, axis, results);
}

function banded(loop: Loop, axis: number, results: number): Bands {
  const rows = loop.extents[axis] as number;
  const rest = rows % BAND_ROWS;
  const count = (rows - rest) / BAND_ROWS;
  const bands = rest === 0 ? count : count + 1;
  const folds = loop.stores.filter((store): store is FoldStore => store.kind === "fold");
  const whole = bandLoop(loop, axis, { first: 0, count, rows: BAND_ROWS, results });
  const last = bandLoop(loop, axis, { first: count, count: 1, rows: rest, results });
  return {
    loops: rest === 0 ? [whole] : [whole, last],
    joining: folds.map((fold, i) => joining(loop, fold, i, bands, results)),
    scratch: folds.map(({ dtype }) => BYTES[dtype] * bands * results),
  };
}

interface Band {
  readonly first: number;
  readonly count: number;
  readonly rows: number;
  readonly results: number;
}

/** The loop over some bands: the axis of the bands stands first. */
function bandLoop(loop: Loop, axis: number, { first, count, rows, results }: Band): Loop {
  const banded = <W extends Walk>(walk: W): W => {
    const stride = (walk.strides[axis] ?? 0) * BAND_ROWS;
    return { ...walk, offset: walk.offset + first * stride, strides: [stride, ...walk.strides] };
  };
  let buffer = loop.buffers;
  return {
    extents: [count, ...loop.extents.with(axis, rows)],
    folded: [false, ...loop.folded],
    buffers: loop.buffers + loop.stores.filter(({ kind }) => kind === "fold").length,
    values: loop.values.map((value): LoopValue => {
      if (value.kind !== "load") return value;
      return { ...value, walk: banded(value.walk), guards: value.guards.map(banded) };
    }),
    stores: loop.stores.map((store): LoopStore => {
      if (store.kind === "store") return { ...store, walk: banded(store.walk) };
      const walk = { offset: first * results, strides: [results, ...packed(loop, axis)] };
      return { ...store, buffer: buffer++, walk };
    }),
  };
}

/** Row-major strides of the results. */
function packed(loop: Loop, axis: number): number[] {
  let stride = 1;
  const strides = loop.extents.map(() => 0);
  for (let kept = axis - 1; kept >= 0; kept--) {
    strides[kept] = stride;
    stride *= loop.extents[kept] as number;
  }
  return strides;
}

/** Folds the results of the bands. */
function joining(loop: Loop, store: FoldStore, i: number, bands: number, results: number): Loop {
  const axis = loop.extents.length - 1;
  const strides = packed(loop, axis).with(axis, results);
  const { dtype } = store;
  const buffer = loop.buffers + i;
  return {
    extents: loop.extents.with(axis, bands),
    folded: loop.folded,
    buffers: loop.buffers + 1 + i,
    values: [{ kind: "load", buffer, dtype, walk: { offset: 0, strides }, guards: [], fill: 0 }],
    stores: [{ ...store, value: 0 }],
  };
}
