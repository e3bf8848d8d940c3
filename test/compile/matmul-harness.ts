// Products of matrices written as plain loops, and their kernels run on buffers with guards around them.

import type { FloatType } from "../../src/compile/wasm/floats.ts";
import { Heap } from "../../src/compile/wasm/heap.ts";
import { matmulPlan } from "../../src/compile/wasm/matmul/plan.ts";
import type { MatmulSpec } from "../../src/compile/wasm/matmul/spec.ts";
import type { Walk } from "../../src/expr/lowering.ts";
import type { TypedArray } from "../../src/expr/shape.ts";

export type Spec = Omit<MatmulSpec, "epilogue">;

const heap = new Heap();
const GUARD = 64;
const MARK = 57;

/** What runs on memory: a plan, or what is like one. */
export interface Runnable {
  readonly scratch: number;
  bind(heap: Heap, addresses: readonly number[], scratch: number): () => void;
}

/** The result of a plan, of so many elements. Fails where memory beside the result and the scratch has changed. */
export function runPlan(
  plan: Runnable,
  dtype: FloatType,
  operands: readonly TypedArray[],
  length: number,
): TypedArray {
  const width = dtype === "float64" ? 8 : 4;
  const place = (bytes: number): number => heap.allocate(bytes + 2 * GUARD) + GUARD;
  const addresses = operands.map((operand) => {
    const address = place(operand.length * width);
    heap.view(dtype, address, operand.length).set(operand);
    return address;
  });
  const sizes = [length * width, plan.scratch];
  const [result, scratch] = sizes.map((bytes) => {
    const address = place(bytes);
    heap.view("bool", address - GUARD, bytes + 2 * GUARD).fill(MARK);
    return address;
  }) as [number, number];
  const run = plan.bind(heap, [...addresses, result], scratch);
  run();
  const found = heap.view(dtype, result, length).slice();
  run();
  const again = heap.view(dtype, result, length);
  if (found.some((x, i) => !Object.is(x, again[i]))) throw new Error("a second run gives others");
  [result, scratch].forEach((address, i) => {
    const bytes = sizes[i] as number;
    const guards = [address - GUARD, address + bytes].map((at) => heap.view("bool", at, GUARD));
    if (guards.some((guard) => guard.some((byte) => byte !== MARK))) {
      throw new Error(`${i === 0 ? "the result" : "the scratch"} was left while writing`);
    }
  });
  for (const address of [...addresses, result, scratch]) heap.release(address - GUARD);
  return found;
}

/** The result of a matrix product. */
export function runMatmul(spec: MatmulSpec, operands: readonly TypedArray[]): TypedArray {
  return runPlan(matmulPlan(spec), spec.dtype, operands, resultLength(spec));
}

export function resultLength({ batch, rows, columns }: Spec): number {
  return batch.reduce((size, other) => size * other, rows * columns);
}

/** Calls `visit` with the index of each result, in their order. */
export function eachResult(spec: Spec, visit: (index: readonly number[]) => void): void {
  const shape = [...spec.batch, spec.rows, spec.columns];
  const index = shape.map(() => 0);
  for (let count = resultLength(spec); count > 0; count--) {
    visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

export function placeOf({ offset, strides }: Walk, index: readonly number[]): number {
  return strides.reduce((place, stride, axis) => place + stride * (index[axis] as number), offset);
}

/** The factors of one result, for one k after the other. */
interface Factors {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Calls `visit` with the factors of each result; the arrays are used again for the next one. */
function eachSum(
  spec: Spec,
  [left, right]: readonly TypedArray[],
  visit: (factors: Factors) => void,
): void {
  const x = new Float64Array(spec.inner);
  const y = new Float64Array(spec.inner);
  const xStep = spec.left.strides.at(-1) as number;
  const yStep = spec.right.strides.at(-2) as number;
  eachResult(spec, (index) => {
    const batch = index.slice(0, -2);
    const xStart = placeOf(spec.left, [...batch, index.at(-2) as number, 0]);
    const yStart = placeOf(spec.right, [...batch, 0, index.at(-1) as number]);
    for (let k = 0; k < spec.inner; k++) {
      x[k] = left?.[xStart + k * xStep] as number;
      y[k] = right?.[yStart + k * yStep] as number;
    }
    visit({ x, y });
  });
}

/** The sums in double precision, each with the sum of the absolute values of its terms. */
export function naiveMatmul(spec: Spec, operands: readonly TypedArray[]): [number, number][] {
  const results: [number, number][] = [];
  eachSum(spec, operands, ({ x, y }) => {
    let sum = 0;
    let size = 0;
    for (let k = 0; k < x.length; k++) {
      const term = (x[k] as number) * (y[k] as number);
      sum += term;
      size += Math.abs(term);
    }
    results.push([sum, size]);
  });
  return results;
}

/**
 * The results in the order of summation that the kernels promise: blocks of 256 k for matrices; for vectors a partial
 * sum for each lane of a vector, or of four vectors where both operands are vectors, added in pairs.
 */
export function orderedMatmul(spec: Spec, operands: readonly TypedArray[]): number[] {
  const lanes = spec.dtype === "float64" ? 2 : 4;
  const vectors = spec.rows * spec.columns === 1 ? 4 : 1;
  const round = spec.dtype === "float64" ? (x: number) => x : Math.fround;
  const isOfVectors = spec.rows === 1 || spec.columns === 1;
  const results: number[] = [];
  eachSum(spec, operands, (factors) =>
    results.push(
      isOfVectors ? sumInParts(factors, round, lanes, vectors) : sumInBlocks(factors, round),
    ),
  );
  return results;
}

type Round = (x: number) => number;

/** The sum over k from `start` below `end` by `step`. */
function sumSteps({ x, y }: Factors, round: Round, start: number, end: number, step: number) {
  let sum = 0;
  for (let k = start; k < Math.min(end, x.length); k += step) {
    sum = round(sum + round((x[k] as number) * (y[k] as number)));
  }
  return sum;
}

function sumInBlocks(factors: Factors, round: Round): number {
  let total = sumSteps(factors, round, 0, 256, 1);
  for (let k = 256; k < factors.x.length; k += 256) {
    total = round(total + sumSteps(factors, round, k, k + 256, 1));
  }
  return total;
}

/** First the vectors are added, then the lanes of their sum. */
function sumInParts(factors: Factors, round: Round, lanes: number, vectors: number): number {
  const step = vectors * lanes;
  const ofLanes = Array.from({ length: lanes }, (_, lane) =>
    sumInPairs(
      Array.from({ length: vectors }, (_, i) =>
        sumSteps(factors, round, i * lanes + lane, factors.x.length, step),
      ),
      round,
    ),
  );
  return sumInPairs(ofLanes, round);
}

function sumInPairs(sums: readonly number[], round: Round): number {
  if (sums.length === 1) return sums[0] as number;
  const middle = sums.length / 2;
  return round(sumInPairs(sums.slice(0, middle), round) + sumInPairs(sums.slice(middle), round));
}
