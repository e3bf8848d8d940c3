// Plans of poolings.

import { type AxisPlan, POINT, runsByOutput } from "../../../expr/ops/neural/convolution-plan.ts";
import { windowsOf } from "../../../expr/ops/neural/windows.ts";
import { type AbstractValue, type DType, isFloat } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import { isConvertible } from "./elements.ts";
import { poolingSource, WINDOW_WORDS } from "./pooling-kernel.ts";
import type { Pooling, PoolingKind } from "./pooling-vectors.ts";
import { listingOf, type SpecialPlanner } from "./special-plan.ts";

/** Windows of more elements are computed one by one. */
const MOST_WRITTEN_OUT = 32;

/** For each window along an axis its first place in the input and how many places it has there. */
function windowWords(axis: AxisPlan): number[] {
  return runsByOutput(axis).runs.flatMap(({ input, count }) => [input, count]);
}

/** How many windows can be computed at once, and of what size: only those of numbers that stay what they are. */
function wholeOf(
  pooling: Pooling,
  from: DType,
  to: DType,
  rows: AxisPlan,
  columns: AxisPlan,
): PoolingKind["whole"] {
  const isServed = isFloat(from) && (pooling === "place" ? from === "float32" : from === to);
  const { stride } = columns;
  if (!isServed || (stride !== 1 && stride !== 2)) return undefined;
  if (rows.kernel * columns.kernel > MOST_WRITTEN_OUT) return undefined;
  return { rows: rows.kernel, columns: columns.kernel, step: stride };
}

/** The columns of windows that have all their places; none where they fill no vector. */
function wholeColumns(axis: AxisPlan, lanes: number): readonly [first: number, end: number] {
  const { runs } = runsByOutput(axis);
  const first = runs.findIndex(({ count }) => count === axis.kernel);
  if (first < 0) return [0, 0];
  const last = runs.findLastIndex(({ count }) => count === axis.kernel);
  return last - first + 1 < lanes ? [0, 0] : [first, last + 1];
}

/** The tables of rows and columns of windows, and the parameters of the kernel that follow from the sizes. */
function tablesOf(
  rows: AxisPlan,
  columns: AxisPlan,
  bytes: number,
): { table: Int32Array; places: (scratch: number) => readonly number[] } {
  const [rowWords, columnWords] = [windowWords(rows), windowWords(columns)];
  const [first, end] = wholeColumns(columns, 16 / bytes);
  const entry = 4 * WINDOW_WORDS;
  return {
    table: Int32Array.from([...rowWords, ...columnWords]),
    places: (scratch) => {
      const at = scratch + 4 * rowWords.length;
      return [scratch, at, at, at + first * entry, at + end * entry, at + 4 * columnWords.length];
    },
  };
}

function pooled(name: string, pooling: Pooling): SpecialPlanner {
  return ({ settings, inputs, outputs }) => {
    const [x] = inputs as readonly [AbstractValue];
    const [result] = outputs as readonly [AbstractValue];
    if (pooling === "mean" && !isConvertible(x.dtype, result.dtype)) return undefined;
    const { axes, planes, inputs: plane, outputs: windows } = windowsOf(name, x.shape, settings);
    const [rows, columns] = (axes.length === 1 ? [POINT, ...axes] : axes) as [AxisPlan, AxisPlan];
    const whole = wholeOf(pooling, x.dtype, result.dtype, rows, columns);
    const kernel = poolingSource({ pooling, from: x.dtype, to: result.dtype, whole });
    const bytes = BYTES[x.dtype];
    const { table, places } = tablesOf(rows, columns, bytes);
    const count = rows.kernel * columns.kernel;
    const sizes = [columns.input * bytes, columns.input];
    const steps = [rows.kernelDilation, columns.kernelDilation];
    const divisor = settings.countPadding === false ? 0 : count;
    return {
      label: `${name} ${rows.kernel}×${columns.kernel} ${x.shape.join("×")} ${x.dtype}`,
      scratch: table.byteLength,
      flops: planes * windows * count,
      bind: (heap, [from, to], scratch) => {
        const run = heap.load(kernel);
        const first = [from as number, to as number, planes, plane * bytes, ...places(scratch)];
        const parameters = [...first, ...sizes, ...steps, rows.kernel, divisor];
        return () => {
          (heap.view("int32", scratch, table.length) as Int32Array).set(table);
          run(...parameters);
        };
      },
      listing: () => listingOf([kernel]),
    };
  };
}

/** The plans by name. */
export const poolingPlanners: Readonly<Record<string, SpecialPlanner>> = {
  maxPool: pooled("maxPool", "largest"),
  maxPoolPlaces: pooled("maxPoolPlaces", "place"),
  averagePool: pooled("averagePool", "mean"),
};
