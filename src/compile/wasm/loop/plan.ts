// The kernel of a fused loop.

import type { DType } from "../../../expr/shape.ts";
import { ALIGNMENT } from "../../bytes.ts";
import type { KernelPlan } from "../../kernel-plan.ts";
import type { Loop } from "../../loop.ts";
import type { Kernel, KernelSource } from "../heap.ts";
import { listing } from "../listing.ts";
import { isPointwise } from "./apply.ts";
import { type Nest, nestOf } from "./axes.ts";
import { BAND_ROWS, bandsOf } from "./bands.ts";
import { laneCountOf } from "./dtypes.ts";
import { writeNest } from "./emit.ts";
import type { LaneCount } from "./lanes.ts";
import { WIDEST_STRIP } from "./size.ts";

/** The kernel of a loop; undefined where there is something that it cannot do. */
export function loopPlan(loop: Loop): KernelPlan | undefined {
  if (!canWrite(loop)) return undefined;
  const { parts, scratch } = partsOf(loop);
  const starts = scratch.map((_, i) => sum(scratch.slice(0, i)));
  return {
    label: labelOf(loop),
    scratch: sum(scratch),
    flops: flopsOf(loop),
    bind: (heap, addresses, scratchAddress) => {
      const places = [...addresses, ...starts.map((start) => scratchAddress + start)];
      const calls = parts.map((part) => callOf(heap.load(part), places.slice(0, part.buffers)));
      return inOrder(calls);
    },
    listing: () => parts.map((part) => listing(part.write())).join("\n\n"),
  };
}

/** One kernel of a loop. */
interface Part extends KernelSource {
  readonly buffers: number;
}

/** What bands have summed up deserves care, and is little. */
const SHORT_BLOCK = 2;

/** The kernels of a loop, mostly one, and the sizes of the buffers between them, whole cache lines each. */
function partsOf(loop: Loop): { parts: readonly Part[]; scratch: readonly number[] } {
  const lanes = laneCountOf(loop);
  const nest = nestOf(loop, lanes);
  const bands = bandsOf(nest, WIDEST_STRIP * lanes);
  if (bands === undefined) return { parts: [partOf(nest, lanes)], scratch: [] };
  return {
    parts: [
      ...bands.loops.map((each) => partOf(nestOf(each, lanes, BAND_ROWS), lanes)),
      ...bands.joining.map((each) => {
        const count = laneCountOf(each);
        return partOf(nestOf(each, count, SHORT_BLOCK), count);
      }),
    ],
    scratch: bands.scratch.map((bytes) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT),
  };
}

function partOf(nest: Nest, lanes: LaneCount): Part {
  return {
    buffers: nest.loop.buffers,
    key: keyOf(nest, lanes),
    write: () => writeNest(nest, lanes),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function inOrder(calls: readonly (() => void)[]): () => void {
  const [only] = calls;
  if (calls.length === 1 && only !== undefined) return only;
  return () => {
    for (const call of calls) call();
  };
}

function canWrite(loop: Loop): boolean {
  return loop.values.every((value) => value.kind !== "apply" || isPointwise(value.op));
}

function keyOf(nest: Nest, lanes: LaneCount): string {
  const text = JSON.stringify(nest, (_, value: unknown) =>
    typeof value === "number" ? distinct(value) : value,
  );
  return `loop ${lanes} ${text}`;
}

/** JSON alone writes −0 as 0 and knows no infinities. */
function distinct(value: number): number | string {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

/** Calls with their arguments written out, which engines compile to direct calls. */
function callOf(kernel: Kernel, addresses: readonly number[]): () => void {
  const [a, b, c, d, e, f] = addresses as [number, number, number, number, number, number];
  switch (addresses.length) {
    case 1:
      return () => void kernel(a);
    case 2:
      return () => void kernel(a, b);
    case 3:
      return () => void kernel(a, b, c);
    case 4:
      return () => void kernel(a, b, c, d);
    case 5:
      return () => void kernel(a, b, c, d, e);
    case 6:
      return () => void kernel(a, b, c, d, e, f);
    default:
      return kernel.bind(undefined, ...addresses);
  }
}

const MOST_NAMES = 8;

function labelOf(loop: Loop): string {
  const extents = loop.extents.length === 0 ? "scalar" : loop.extents.join("×");
  const applied = loop.values.flatMap((value) => (value.kind === "apply" ? [value.op] : []));
  const folds = loop.stores.flatMap((store) => (store.kind === "fold" ? [store.fold] : []));
  const names = [...new Set([...applied, ...folds])];
  const shown = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), "…"] : names;
  const what = shown.length === 0 ? "copy" : shown.join(", ");
  return `loop ${extents} ${widestOf(loop)}: ${what}`;
}

const ORDER: readonly DType[] = ["float64", "float32", "int32", "bool"];

function widestOf(loop: Loop): DType {
  const dtypes = new Set(loop.stores.map(({ dtype }) => dtype));
  return ORDER.find((dtype) => dtypes.has(dtype)) ?? "float64";
}

function flopsOf(loop: Loop): number {
  const size = loop.extents.reduce((product, extent) => product * extent, 1);
  const folds = loop.stores.filter(({ kind }) => kind === "fold").length;
  return size * (loop.values.filter(({ kind }) => kind === "apply").length + folds);
}
