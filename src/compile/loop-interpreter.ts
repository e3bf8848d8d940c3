// A fused loop index by index in JavaScript: for what no kernel can do, and for engines without SIMD.

import type { FoldName, Guard, Walk } from "../expr/lowering.ts";
import { pointwiseFunctions } from "../expr/ops/tensor-arithmetic.ts";
import { type DType, roundTo, type TypedArray } from "../expr/shape.ts";
import type { Loop, LoopStore, LoopValue } from "./loop.ts";

/** Runs a loop over the elements of its buffers. */
export function interpretLoop(loop: Loop, memory: readonly TypedArray[]): void {
  const index = loop.extents.map(() => 0);
  const results = new Array<number>(loop.values.length).fill(0);
  const steps = loop.values.map((value) => stepOf(value, memory));
  const begun = loop.stores.map(() => new Set<number>());
  const count = loop.extents.reduce((total, length) => total * length, 1);
  for (let i = 0; i < count; i++) {
    steps.forEach((step, k) => {
      results[k] = step(index, results);
    });
    loop.stores.forEach((store, k) => {
      write(store, memory, index, results, begun[k] as Set<number>);
    });
    advance(index, loop.extents);
  }
}

type StepFunction = (index: readonly number[], results: readonly number[]) => number;

function stepOf(value: LoopValue, memory: readonly TypedArray[]): StepFunction {
  switch (value.kind) {
    case "number": {
      const number = roundTo(value.dtype, value.value);
      return () => number;
    }
    case "index":
      return (index) => index[value.axis] as number;
    case "cast":
      return (_, results) => roundTo(value.dtype, results[value.operand] as number);
    case "load": {
      const data = memory[value.buffer] as TypedArray;
      const { guards, fill, walk } = value;
      return (index) =>
        guards.every((guard) => allows(guard, index)) ? (data[at(walk, index)] as number) : fill;
    }
    case "apply":
      return applied(value.op, value.dtype, value.operands);
  }
}

function applied(name: string, dtype: DType, operands: readonly number[]): StepFunction {
  const op = pointwiseFunctions().get(name)?.op;
  if (op === undefined) throw new Error(`${name} is no pointwise operation`);
  const f = dtype === "int32" ? (op.wholeKernel ?? op.kernel) : op.kernel;
  return (_, results) => roundTo(dtype, f(...operands.map((place) => results[place] as number)));
}

function at({ offset, strides }: Walk, index: readonly number[]): number {
  let place = offset;
  for (let axis = 0; axis < strides.length; axis++) {
    place += (strides[axis] as number) * (index[axis] as number);
  }
  return place;
}

function allows(guard: Guard, index: readonly number[]): boolean {
  const place = at(guard, index);
  return place >= 0 && place < guard.length;
}

function write(
  store: LoopStore,
  memory: readonly TypedArray[],
  index: readonly number[],
  results: readonly number[],
  begun: Set<number>,
): void {
  const data = memory[store.buffer] as TypedArray;
  const place = at(store.walk, index);
  const value = results[store.value] as number;
  if (store.kind === "store" || !begun.has(place)) data[place] = value;
  else data[place] = FOLDS[store.fold](data[place] as number, value);
  begun.add(place);
}

const FOLDS: Readonly<Record<FoldName, (total: number, value: number) => number>> = {
  sum: (total, value) => total + value,
  product: (total, value) => total * value,
  maximum: Math.max,
  minimum: Math.min,
  all: (total, value) => (total !== 0 && value !== 0 ? 1 : 0),
  any: (total, value) => (total !== 0 || value !== 0 ? 1 : 0),
};

function advance(index: number[], extents: readonly number[]): void {
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    index[axis] = (index[axis] as number) + 1;
    if ((index[axis] as number) < (extents[axis] as number)) return;
    index[axis] = 0;
  }
}
