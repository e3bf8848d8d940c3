// Bias and activation in the tail of a matrix product: a loop that reads nothing of it but the result, index by
// index, is done while the result is in the cache.

import type { Walk } from "../expr/lowering.ts";
import type { Loop, LoopValue } from "./loop.ts";
import type { Schedule, Stage } from "./schedule.ts";
import { contiguous, isContiguous } from "./walks.ts";

type LoopStage = Extract<Stage, { kind: "loop" }>;
type ProductStage = Extract<Stage, { kind: "product" }>;

/** The elementwise end of a product: the values of a loop, one of which is stored in the place of the product. */
export interface Tail {
  readonly dtype: ProductStage["dtype"];
  readonly values: readonly LoopValue[];
  /** Which value is the product, and which one is the result. */
  readonly product: number;
  readonly result: number;
  /** Values that are loaded beside it, and their walks over `[...batch, row, column]`. */
  readonly operands: readonly { readonly value: number; readonly walk: Walk }[];
}

/** The same schedule with loops joined to the products that they end. */
export function joinTails(schedule: Schedule): Schedule {
  const readers = readersOf(schedule);
  const stages: (Stage | undefined)[] = [...schedule.stages];
  schedule.stages.forEach((stage, place) => {
    if (stage.kind !== "product" || stage.tail !== undefined) return;
    const [own] = stage.writes;
    const [reader, ...others] = readers.get(own) ?? [];
    const loop = reader === undefined ? undefined : stages[reader];
    if (loop?.kind !== "loop" || others.length > 0 || schedule.outputs.includes(own)) return;
    const joined = joinedWith(stage, loop);
    if (joined === undefined) return;
    stages[place] = undefined;
    stages[reader as number] = joined;
  });
  return { ...schedule, stages: stages.filter((stage) => stage !== undefined) };
}

/** By buffer the stages that read it. */
function readersOf({ stages }: Schedule): ReadonlyMap<number, readonly number[]> {
  const readers = new Map<number, number[]>();
  stages.forEach(({ reads }, place) => {
    for (const buffer of new Set(reads)) {
      const known = readers.get(buffer);
      if (known === undefined) readers.set(buffer, [place]);
      else known.push(place);
    }
  });
  return readers;
}

function joinedWith(product: ProductStage, stage: LoopStage): ProductStage | undefined {
  const { loop, buffers } = stage;
  const { batch, rows, columns } = product.product;
  const shape = [...batch, rows, columns];
  const [store] = loop.stores;
  const extents = shape.filter((length) => length !== 1);
  const isWhole =
    store?.kind === "store" &&
    loop.stores.length === 1 &&
    store.dtype === product.dtype &&
    extents.length === loop.extents.length &&
    extents.every((length, axis) => length === loop.extents[axis]) &&
    isPlain(store.walk, loop);
  if (!isWhole) return undefined;
  const loads = loop.values.flatMap((value, place) =>
    value.kind === "load" ? [{ ...value, place, from: buffers[value.buffer] as number }] : [],
  );
  const own = loads.filter(({ from }) => from === product.writes[0]);
  const others = loads.filter(({ from }) => from !== product.writes[0]);
  const [result] = own;
  const operands = others.map(({ place, walk }) => ({ value: place, walk: spread(walk, shape) }));
  const fits =
    own.length === 1 &&
    result !== undefined &&
    isPlain(result.walk, loop) &&
    loads.every(({ dtype, guards }) => dtype === product.dtype && guards.length === 0) &&
    loop.values.every(({ kind }) => kind !== "index") &&
    operands.every(({ walk }) => isStep(walk.strides.at(-1)));
  if (!fits) return undefined;
  return {
    ...product,
    tail: {
      dtype: product.dtype,
      values: loop.values,
      product: result.place,
      result: store.value,
      operands,
    },
    reads: [product.reads[0], product.reads[1], ...others.map(({ from }) => from)],
    writes: [buffers[store.buffer] as number],
  };
}

function isPlain(walk: Walk, { extents }: Loop): boolean {
  return isContiguous({ ...contiguous(extents), ...walk }, extents);
}

function isStep(stride: number | undefined): boolean {
  return stride === 0 || stride === 1;
}

/** A walk over the axes that are not of size 1, over all axes. */
function spread({ offset, strides }: Walk, shape: readonly number[]): Walk {
  let next = 0;
  return {
    offset,
    strides: shape.map((length) => (length === 1 ? 0 : (strides[next++] as number))),
  };
}
