// How much code a kernel may have: enough independent vectors to keep the processor busy, and no more.

import type { Loop } from "../../loop.ts";
import type { Nest } from "./axes.ts";
import type { LaneCount } from "./lanes.ts";

/** Columns of so many vectors at most are folded all side by side. */
export const WIDEST_STRIP: number = 12;

/** Operations of one instruction or a few; others are taken for ten. */
const SHORT: ReadonlySet<string> = new Set([
  ...["add", "subtract", "multiply", "divide", "negate", "abs", "square", "reciprocal", "sqrt"],
  ...["minimum", "maximum", "relu", "leakyRelu", "clip", "sign", "floor", "ceil", "round"],
  ...["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"],
  ...["and", "or", "xor", "not", "where"],
]);

/** Roughly how much code a vector takes. */
function weightOf(loop: Loop): number {
  return loop.values.reduce((weight, value) => {
    if (value.kind !== "apply") return weight;
    return weight + (SHORT.has(value.op) ? 1 : 10);
  }, 0);
}

/** Whether a vector takes more than one or two functions. */
export function isLong(loop: Loop): boolean {
  return weightOf(loop) > 25;
}

/** How many vectors a group has: their instructions are independent of each other. */
export function unrollOf({ loop, vector }: Nest, lanes: LaneCount): number {
  const weight = weightOf(loop);
  const folds = loop.stores.filter(({ kind }) => kind === "fold").length;
  const width = Math.ceil((loop.extents[vector] as number) / lanes);
  const isStrip = vector < loop.extents.length - 1;
  if (isStrip && width * folds <= WIDEST_STRIP && weight <= 4) return width;
  const most = weight <= 8 ? 4 : 2;
  return Math.max(1, Math.min(most, Math.floor(8 / Math.max(1, folds))));
}

/** Up to so many vectors are written out without a loop. */
export function writtenOutOf(loop: Loop): number {
  return Math.min(8, Math.max(2, Math.floor(100 / (weightOf(loop) + 1))));
}

/** The vector axis is cut at so many places at most, each of which makes a loop of its own. */
export function mostCutsOf(loop: Loop): number {
  return Math.min(6, Math.floor(150 / (weightOf(loop) + 1)));
}
