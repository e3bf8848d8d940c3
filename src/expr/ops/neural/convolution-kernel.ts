// The sums of a convolution: once over any arithmetic, and in two orders of loops for plain numbers.

import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { sizeOf, type TypedArray } from "../../shape.ts";
import {
  type ConvolutionPlan,
  outputShape,
  type Run,
  type Runs,
  rowsAndColumns,
  runsByKernel,
  runsByOutput,
} from "./convolution-plan.ts";

/**
 * Visits every channel of every filter on every image: where its plane of the input, its kernel and its plane of
 * results begin. The channels of one result follow each other in order.
 */
function eachPlane(
  plan: ConvolutionPlan,
  visit: (input: number, kernel: number, output: number) => void,
): void {
  const { batch, groups, channels, filters } = plan;
  const [rows, columns] = rowsAndColumns(plan);
  const inputSize = rows.input * columns.input;
  const kernelSize = rows.kernel * columns.kernel;
  const outputSize = rows.output * columns.output;
  for (let image = 0; image < batch; image++) {
    for (let filter = 0; filter < groups * filters; filter++) {
      const first = (image * groups + Math.floor(filter / filters)) * channels;
      const output = (image * groups * filters + filter) * outputSize;
      for (let channel = 0; channel < channels; channel++) {
        const kernel = (filter * channels + channel) * kernelSize;
        visit((first + channel) * inputSize, kernel, output);
      }
    }
  }
}

/** Every result as a sum over channels and places of the kernel, in row-major order. */
export function convolveReference<S>(
  arithmetic: Arithmetic<S>,
  x: NdArray<S>,
  w: NdArray<S>,
  plan: ConvolutionPlan,
): NdArray<S> {
  const [rows, columns] = rowsAndColumns(plan);
  const rowPairs = pairs(runsByOutput(rows));
  const columnPairs = pairs(runsByOutput(columns));
  const shape = outputShape(plan);
  const totals = new Array<S | undefined>(sizeOf(shape)).fill(undefined);
  eachPlane(plan, (input, kernel, output) => {
    rowPairs.forEach((inRow, i) => {
      columnPairs.forEach((inColumn, j) => {
        const at = output + i * columns.output + j;
        for (const row of inRow) {
          for (const column of inColumn) {
            const factor = w.data[kernel + row.place * columns.kernel + column.place] as S;
            const element = x.data[input + row.input * columns.input + column.input] as S;
            const product = arithmetic.multiply(element, factor);
            const total = totals[at];
            totals[at] = total === undefined ? product : arithmetic.add(total, product);
          }
        }
      });
    });
  });
  return { shape, data: totals.map((total) => total ?? arithmetic.literal(0)) };
}

/** The runs written out as pairs. */
function pairs({ runs, placeStep, inputStep }: Runs): Pick<Run, "place" | "input">[][] {
  return runs.map(({ place, input, count }) =>
    Array.from({ length: count }, (_, k) => ({
      place: place + k * placeStep,
      input: input + k * inputStep,
    })),
  );
}

/** The same for plain numbers. The inner loop runs along the longer of a row of results and of the kernel. */
export function convolveNumbers(x: Numbers, w: Numbers, plan: ConvolutionPlan): Float64Array {
  const result = new Float64Array(sizeOf(outputShape(plan)));
  const [, columns] = rowsAndColumns(plan);
  const convolve = columns.kernel > columns.output ? alongKernel : alongOutput;
  convolve(x.data, w.data, plan, result);
  return result;
}

/** Elements of which every `step`-th makes up a row. */
interface Row {
  readonly data: TypedArray;
  readonly step: number;
}

/** Each weight times a piece of the input is added to a piece of the results. */
function alongOutput(x: TypedArray, w: TypedArray, plan: ConvolutionPlan, y: Float64Array): void {
  const [rows, columns] = rowsAndColumns(plan);
  const rowRuns = runsByKernel(rows);
  const columnRuns = runsByKernel(columns);
  const inputs: Row = { data: x, step: columnRuns.inputStep };
  const results: Row = { data: y, step: columnRuns.placeStep };
  eachPlane(plan, (input, kernel, output) => {
    let weight = kernel;
    for (const row of rowRuns.runs) {
      for (const column of columnRuns.runs) {
        const factor = w[weight++] as number;
        let from = input + row.input * columns.input + column.input;
        let to = output + row.place * columns.output + column.place;
        for (let i = 0; i < row.count; i++) {
          addScaled(results, to, factor, inputs, from, column.count);
          from += rowRuns.inputStep * columns.input;
          to += rowRuns.placeStep * columns.output;
        }
      }
    }
  });
}

/** Adds a multiple of one row to another. Rows without gaps, which most are, take the shorter loop. */
function addScaled(
  result: Row,
  to: number,
  factor: number,
  row: Row,
  from: number,
  count: number,
): void {
  const { data: y, step: toStep } = result;
  const { data: x, step: fromStep } = row;
  if (toStep === 1 && fromStep === 1) {
    for (let j = 0; j < count; j++) {
      y[to + j] = (y[to + j] as number) + factor * (x[from + j] as number);
    }
    return;
  }
  for (let j = 0; j < count; j++) {
    const at = to + j * toStep;
    y[at] = (y[at] as number) + factor * (x[from + j * fromStep] as number);
  }
}

/** Each result is the inner product of pieces of the input with the kernel. */
function alongKernel(x: TypedArray, w: TypedArray, plan: ConvolutionPlan, y: Float64Array): void {
  const [rows, columns] = rowsAndColumns(plan);
  const rowRuns = runsByOutput(rows);
  const columnRuns = runsByOutput(columns);
  const inputs: Row = { data: x, step: columnRuns.inputStep };
  const weights: Row = { data: w, step: columnRuns.placeStep };
  eachPlane(plan, (input, kernel, output) => {
    let at = output;
    for (const row of rowRuns.runs) {
      for (const column of columnRuns.runs) {
        let total = y[at] as number;
        let from = input + row.input * columns.input + column.input;
        let place = kernel + row.place * columns.kernel + column.place;
        for (let i = 0; i < row.count; i++) {
          total = addProducts(total, inputs, from, weights, place, column.count);
          from += rowRuns.inputStep * columns.input;
          place += rowRuns.placeStep * columns.kernel;
        }
        y[at++] = total;
      }
    }
  });
}

/** Adds the products of two rows to a total, one after another. */
function addProducts(
  start: number,
  left: Row,
  from: number,
  right: Row,
  place: number,
  count: number,
): number {
  const { data: x, step: fromStep } = left;
  const { data: w, step: placeStep } = right;
  let total = start;
  if (fromStep === 1 && placeStep === 1) {
    for (let j = 0; j < count; j++) total += (x[from + j] as number) * (w[place + j] as number);
    return total;
  }
  for (let j = 0; j < count; j++) {
    total += (x[from + j * fromStep] as number) * (w[place + j * placeStep] as number);
  }
  return total;
}
