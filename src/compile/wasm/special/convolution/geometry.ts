// A convolution over an input with gaps, taken apart into classes of results that have no gaps.
//
// Result o sums over places k of the kernel and i of the input for which o·s + k·d − low = i·D. Results o = r + P·t with
// P = D / gcd(s, D) meet the same places of the kernel for all t, and the input at i = e(k) + t·s / gcd(s, D).

import type { AxisPlan } from "../../../../expr/ops/neural/convolution-plan.ts";
import { insideOf } from "./sizes.ts";

/** A place of the kernel, and the place of the input that it meets at the first result of its class. */
interface Tap {
  readonly place: number;
  readonly input: number;
}

/** The results `first`, `first + step` … along one axis. */
interface ResultClass {
  readonly first: number;
  readonly count: number;
  readonly taps: readonly Tap[];
}

/** One axis by its classes. */
export interface AxisClasses {
  readonly classes: readonly ResultClass[];
  /** From one result of a class to the next. */
  readonly resultStep: number;
  /** From the input of one result of a class to that of the next. */
  readonly inputStep: number;
  /** The first place of the input that is met, and how far behind it the last one stands for a first result. */
  readonly low: number;
  readonly reach: number;
  /** The most results of a class. */
  readonly count: number;
}

export function classesOf(axis: AxisPlan): AxisClasses {
  const { stride, inputDilation, kernelDilation, low, kernel, output } = axis;
  const divisor = greatestCommonDivisor(stride, inputDilation);
  const resultStep = inputDilation / divisor;
  const classes = Array.from({ length: Math.min(resultStep, output) }, (_, first) => {
    const taps: Tap[] = [];
    for (let place = 0; place < kernel; place++) {
      const input = (first * stride + place * kernelDilation - low) / inputDilation;
      if (Number.isInteger(input)) taps.push({ place, input });
    }
    return { first, count: Math.ceil((output - first) / resultStep), taps };
  });
  const inputs = classes.flatMap(({ taps }) => taps.map(({ input }) => input));
  const lowest = inputs.length === 0 ? 0 : Math.min(...inputs);
  return {
    classes,
    resultStep,
    inputStep: stride / divisor,
    low: lowest,
    reach: inputs.length === 0 ? 0 : Math.max(...inputs) - lowest,
    count: classes[0]?.count ?? 0,
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * The input of one channel with zeros around it, in planes of every `rowStep`-th row and every `columnStep`-th column:
 * there, neighbouring results meet neighbouring elements.
 */
export interface PaddedImage {
  readonly rowStep: number;
  readonly columnStep: number;
  /** Rows and columns of one plane. */
  readonly rows: number;
  readonly columns: number;
  /** The places of the input at the first row and column. */
  readonly firstRow: number;
  readonly firstColumn: number;
  /** From one channel to the next, in elements. */
  readonly channel: number;
}

/** Where a place of the input, counted from the first row and column of the image, stands in it. */
export function placeIn(image: PaddedImage, row: number, column: number): number {
  const { rowStep, columnStep, rows, columns } = image;
  const plane = (row % rowStep) * columnStep + (column % columnStep);
  const inPlane = Math.floor(row / rowStep) * columns + Math.floor(column / columnStep);
  return plane * rows * columns + inPlane;
}

/** For each plane of columns what is copied into it from a row of the input: bytes to both first elements, and how many. */
export function columnWords(image: PaddedImage, length: number, bytes: number): number[] {
  const { columnStep, rows, columns, firstColumn } = image;
  return Array.from({ length: columnStep }, (_, plane) => {
    const start = firstColumn + plane;
    const [first, end] = insideOf(start, columnStep, columns, length);
    const to = plane * rows * columns + first;
    return [to * bytes, (start + first * columnStep) * bytes, Math.max(0, end - first)];
  }).flat();
}
