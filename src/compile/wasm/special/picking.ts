// Plans of gather and scatter in all their forms: places are checked, then elements are moved in row-major order.

import { wrappedPlaces } from "../../../expr/ops/movement/indices.ts";
import {
  type AbstractValue,
  type DType,
  type Shape,
  sizeOf,
  stridesOf,
} from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { Heap, Kernel, KernelSource } from "../heap.ts";
import { copySource } from "./copying.ts";
import { isConvertible } from "./elements.ts";
import { type PickingKind, type PickingMode, pickingSource } from "./picking-kernel.ts";
import {
  linesLayout,
  type PickingLayout,
  slicesLayout,
  type WalkAxis,
  walkOver,
} from "./picking-walk.ts";
import { placesCheck } from "./places-check.ts";
import { bytesOf, listingOf, type SpecialCall, type SpecialPlanner } from "./special-plan.ts";

/** The operands of a picking by their parts. */
interface Picking {
  readonly name: string;
  readonly mode: PickingMode;
  readonly axis: number;
  readonly layout: PickingLayout;
  /** The tensor that places name elements of. */
  readonly source: AbstractValue;
  readonly indices: AbstractValue;
  /** The elements taken, added or written. */
  readonly picked: AbstractValue;
}

type Rule = (source: Shape, indices: Shape, settings: SpecialCall["settings"]) => PickingLayout;

const slices: Rule = (source, indices, { axis, batch }) =>
  slicesLayout(source, indices, axis as number, batch as number);

const lines: Rule = (source, indices, { axis }) => linesLayout(source, indices, axis as number);

/** Rows of at least so many bytes are copied by the instruction for it, which is a call. */
const COPIED_BYTES = 512;

/** Elements at places of the first operand. */
function taking(name: string, rule: Rule): SpecialPlanner {
  return ({ settings, inputs, outputs }) => {
    const [source, indices] = inputs as readonly [AbstractValue, AbstractValue];
    const [picked] = outputs as readonly [AbstractValue];
    const layout = rule(source.shape, indices.shape, settings);
    const axis = settings.axis as number;
    const picking: Picking = { name, mode: "take", axis, layout, source, indices, picked };
    const move = movePlan(picking, source.dtype, picked.dtype);
    if (move === undefined) return undefined;
    return {
      label: `${name} ${sizeOf(layout.shape)} ${picked.dtype}`,
      scratch: 0,
      flops: 0,
      bind: (heap, [x, places, result]) =>
        checked(
          picking,
          heap,
          places as number,
          move.bind(heap, result as number, x as number, places as number),
        ),
      listing: () => listingOf([placesCheck, move.kernel]),
    };
  };
}

/** Zeros to which values are added at places. */
function scattering(name: string, rule: Rule): SpecialPlanner {
  return ({ settings, inputs, outputs }) => {
    const [indices, picked] = inputs as readonly [AbstractValue, AbstractValue];
    const [source] = outputs as readonly [AbstractValue];
    const layout = rule(source.shape, indices.shape, settings);
    const axis = settings.axis as number;
    const picking: Picking = { name, mode: "add", axis, layout, source, indices, picked };
    const move = movePlan(picking, picked.dtype, source.dtype);
    if (move === undefined) return undefined;
    const bytes = bytesOf(source);
    return {
      label: `${name} ${sizeOf(layout.shape)} ${source.dtype}`,
      scratch: 0,
      flops: sizeOf(layout.shape),
      bind: (heap, [places, values, result]) => {
        const run = move.bind(heap, values as number, result as number, places as number);
        const clear = heap.load(copySource("fill"));
        return checked(picking, heap, places as number, () => {
          clear(result as number, 0, bytes);
          run();
        });
      },
      listing: () => listingOf([placesCheck, copySource("fill"), move.kernel]),
    };
  };
}

/** The first operand, with values added or written at places. */
function writing(name: string, mode: PickingMode, rule: Rule): SpecialPlanner {
  return ({ settings, inputs, outputs }) => {
    const [x, indices, picked] = inputs as readonly [AbstractValue, AbstractValue, AbstractValue];
    const [source] = outputs as readonly [AbstractValue];
    const layout = rule(source.shape, indices.shape, settings);
    const axis = settings.axis as number;
    const picking: Picking = { name, mode, axis, layout, source, indices, picked };
    const move = movePlan(picking, picked.dtype, source.dtype);
    if (move === undefined || !isConvertible(x.dtype, source.dtype)) return undefined;
    const copy = copySource(x.dtype === source.dtype ? "copy" : [x.dtype, source.dtype]);
    const count = x.dtype === source.dtype ? bytesOf(x) : sizeOf(x.shape);
    return {
      label: `${name} ${sizeOf(layout.shape)} ${source.dtype}`,
      scratch: 0,
      flops: mode === "add" ? sizeOf(layout.shape) : 0,
      bind: (heap, [from, places, values, result]) => {
        const run = move.bind(heap, values as number, result as number, places as number);
        const start = heap.load(copy);
        return checked(picking, heap, places as number, () => {
          start(result as number, from as number, count);
          run();
        });
      },
      listing: () => listingOf([placesCheck, copy, move.kernel]),
    };
  };
}

/** The walk that moves elements. */
interface MovePlan {
  readonly kernel: KernelSource;
  bind(heap: Heap, picked: number, source: number, indices: number): () => void;
}

function movePlan(picking: Picking, from: DType, to: DType): MovePlan | undefined {
  const { mode, axis, layout, source, picked } = picking;
  if (!isConvertible(from, to)) return undefined;
  const walk = walkOver(layout, picked.shape);
  const row = from === to ? rowOf(walk) : 1;
  const axes = row > 1 ? walk.slice(0, -1) : walk;
  const bytes = row * BYTES[to];
  const isCopied = mode !== "add" && bytes >= COPIED_BYTES;
  const step = row === 1 ? "element" : isCopied ? "copy" : "vectors";
  const kind: PickingKind = { mode, rank: axes.length, from, to, step };
  const kernel = pickingSource(kind);
  const [pickedBytes, sourceBytes] = [BYTES[picked.dtype], BYTES[source.dtype]];
  const stride = (stridesOf(source.shape)[axis] as number) * sourceBytes;
  const sizes = axes.flatMap((entry) => [
    entry.extent,
    entry.picked * pickedBytes,
    entry.source * sourceBytes,
    entry.indices * 4,
  ]);
  const length = source.shape[axis] as number;
  return {
    kernel,
    bind: (heap, ...addresses) => {
      const run = heap.load(kernel);
      return () => {
        run(...addresses, stride, length, bytes, ...sizes);
      };
    },
  };
}

/** How many elements stand in a row at each place: 1 where the last axis of the walk is no row. */
function rowOf(walk: readonly WalkAxis[]): number {
  const last = walk.at(-1);
  const isRow = last?.picked === 1 && last.source === 1 && last.indices === 0;
  return isRow ? last.extent : 1;
}

/** Runs after a check of all places, which throws as the operation does. */
function checked(picking: Picking, heap: Heap, places: number, run: () => void): () => void {
  const { name, axis, source, indices } = picking;
  const check: Kernel = heap.load(placesCheck);
  const count = sizeOf(indices.shape);
  const length = source.shape[axis] as number;
  return () => {
    if (check(places, count, length, length) !== 0) {
      wrappedPlaces(name, heap.view("int32", places, count), length, axis, source.shape);
    }
    run();
  };
}

/** The plans by name. */
export const pickingPlanners: Readonly<Record<string, SpecialPlanner>> = {
  gather: taking("gather", slices),
  takeAlongAxis: taking("takeAlongAxis", lines),
  scatter: scattering("scatter", slices),
  scatterAlongAxis: scattering("scatterAlongAxis", lines),
  scatterAdd: writing("scatterAdd", "add", slices),
  scatterSet: writing("scatterSet", "set", slices),
};
