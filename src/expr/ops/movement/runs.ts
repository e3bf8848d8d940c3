// Elements taken at places of every axis, as slices that are joined: places that rise by equal steps are one slice.

import { apply } from "../../apply.ts";
import { composite, type Lowering } from "../../lowering.ts";
import type { Tensor } from "../../tensor.ts";
import { concat } from "./concat.ts";
import { sliceOp } from "./indexing.ts";

/** More slices than this are no simpler than the places themselves. */
const MOST_RUNS = 16;

interface Run {
  readonly start: number;
  readonly step: number;
  readonly size: number;
}

/** The elements at the given places of every axis; undefined where they do not follow each other. */
export function takenInRuns(along: readonly (readonly number[])[]): Lowering | undefined {
  const runs = along.map(runsOf);
  if (runs.some((list) => list.length > MOST_RUNS)) return undefined;
  return composite((x) => runs.reduce(taken, x));
}

function taken(x: Tensor, runs: readonly Run[], axis: number): Tensor {
  const slices = runs.map(({ start, step, size }) =>
    apply(sliceOp, [x], {
      starts: x.shape.map((_, other) => (other === axis ? start : 0)),
      sizes: x.shape.with(axis, size),
      steps: x.shape.map((_, other) => (other === axis ? step : 1)),
    }),
  );
  return slices.length === 1 ? (slices[0] as Tensor) : concat(slices, { axis });
}

/** The places as stretches of equal steps, from the first on each as long as it may be. */
function runsOf(places: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < places.length; ) {
    const first = places[start] as number;
    const step = (places[start + 1] ?? first + 1) - first;
    let stop = start + 1;
    while (stop < places.length && places[stop] === first + step * (stop - start)) stop++;
    runs.push({ start: first, step: stop - start === 1 ? 1 : step, size: stop - start });
    start = stop;
  }
  return runs;
}
