// Plans of running sums, running products and linear recurrences along an axis.

import { type AbstractValue, isFloat, sizeOf } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import { type RunningKind, runningSource } from "./running-kernel.ts";
import { listingOf, type SpecialPlanner } from "./special-plan.ts";

/** Operations of float64 numbers for each element. */
const OPERATIONS = { sum: 8, product: 1, recurrence: 2 } as const;

function running(kind: RunningKind["kind"]): SpecialPlanner {
  return ({ settings, inputs, outputs }) => {
    const [result] = outputs as readonly [AbstractValue];
    const isExact = kind !== "recurrence" || inputs.every(({ dtype }) => isFloat(dtype));
    if (!isExact) return undefined;
    // The operands of a recurrence are its factors and its terms.
    const arrays = [result, ...inputs.toReversed()];
    const kernel = runningSource({ kind, dtypes: arrays.map(({ dtype }) => dtype) });
    const axis = settings.axis as number;
    const { shape } = result;
    const outer = sizeOf(shape.slice(0, axis));
    const inner = sizeOf(shape.slice(axis + 1));
    const length = shape[axis] as number;
    const tracks = arrays.map((array) => {
      const bytes = inner * BYTES[array.dtype];
      const own = array.shape[axis] as number;
      return settings.reverse === true
        ? { offset: Math.max(0, own - 1) * bytes, step: -bytes, outer: own * bytes }
        : { offset: 0, step: bytes, outer: own * bytes };
    });
    return {
      label: `running ${kind} ${shape.join("×")} ${result.dtype}`,
      scratch: 0,
      flops: sizeOf(shape) * OPERATIONS[kind],
      bind: (heap, addresses) => {
        const run = heap.load(kernel);
        const ordered = [addresses.at(-1) as number, ...addresses.slice(0, -1).toReversed()];
        const parameters = tracks.flatMap(({ offset, step, outer: far }, i) => [
          (ordered[i] as number) + offset,
          step,
          far,
        ]);
        return () => {
          run(length === 0 ? 0 : outer, length, inner, ...parameters);
        };
      },
      listing: () => listingOf([kernel]),
    };
  };
}

/** The plans by name. */
export const runningPlanners: Readonly<Record<string, SpecialPlanner>> = {
  cumsum: running("sum"),
  cumprod: running("product"),
  linearRecurrence: running("recurrence"),
};
