// Runs a special kernel on operands between guard bytes, for tests.

import { expect } from "vitest";
import type { KernelPlan } from "../../src/compile/kernel-plan.ts";
import { Heap } from "../../src/compile/wasm/heap.ts";
import { specialPlan } from "../../src/compile/wasm/special/table.ts";
import { SymtapeError } from "../../src/expr/errors.ts";
import type { Op, Params } from "../../src/expr/op.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import {
  type AbstractValue,
  allocate,
  type DType,
  roundTo,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../../src/expr/shape.ts";
import { ConcreteTensor, dataOf } from "../../src/expr/tensor.ts";

const heap = new Heap();
const GUARD = 64;
const GUARD_BYTE = 0xa5;
const BYTES: Readonly<Record<DType, number>> = { float64: 8, float32: 4, int32: 4, bool: 1 };

interface Block {
  readonly address: number;
  readonly bytes: number;
  readonly start: number;
}

/** Room between bytes that must stay as they are. */
function guarded(bytes: number): Block {
  const room = Math.ceil(bytes / GUARD) * GUARD;
  const start = heap.allocate(room + 2 * GUARD);
  heap.view("bool", start, room + 2 * GUARD).fill(GUARD_BYTE);
  return { address: start + GUARD, bytes, start };
}

/** Whether the bytes around a block are as they were. */
function isIntact({ start, address, bytes }: Block): boolean {
  const before = heap.view("bool", start, GUARD);
  const after = heap.view("bool", address + bytes, GUARD);
  return [...before, ...after].every((byte) => byte === GUARD_BYTE);
}

export function opNamed(name: string): Op {
  return allOps().get(name) as Op;
}

/** The plan of the special kernel of an operation, if there is one. */
export function planFor(
  op: Op,
  inputs: readonly AbstractValue[],
  params: Params,
): KernelPlan | undefined {
  const lowered = op.lower?.(inputs, params);
  if (lowered?.kind !== "special") return undefined;
  const outputs = op.infer(inputs, params);
  return specialPlan(lowered.kernel, { settings: lowered.settings, inputs, outputs });
}

/** The results of a plan, which is run twice. Throws what the kernel throws, and if it wrote where it must not. */
function runPlan(
  plan: KernelPlan,
  op: Op,
  inputs: readonly ConcreteTensor[],
  params: Params,
): ConcreteTensor[] {
  const outputs = op.infer(inputs, params);
  const blocks = [...inputs, ...outputs].map(({ shape, dtype }) =>
    guarded(sizeOf(shape) * BYTES[dtype]),
  );
  const scratch = guarded(plan.scratch);
  inputs.forEach((input, i) => {
    const { address } = blocks[i] as Block;
    heap.view(input.dtype, address, sizeOf(input.shape)).set(dataOf(input));
  });
  const addresses = blocks.map(({ address }) => address);
  const finish = (): void => {
    const damaged = [...blocks, scratch].findIndex((block) => !isIntact(block));
    for (const { start } of [...blocks, scratch]) heap.release(start);
    if (damaged >= 0) throw new Error(`${op.name} wrote outside block ${damaged}`);
  };
  try {
    const run = plan.bind(heap, addresses, scratch.address);
    run();
    run();
  } catch (error) {
    finish();
    throw error;
  }
  const results = outputs.map(({ shape, dtype }, i) => {
    const { address } = blocks[inputs.length + i] as Block;
    return new ConcreteTensor(shape, dtype, heap.view(dtype, address, sizeOf(shape)).slice());
  });
  inputs.forEach((input, i) => {
    const { address } = blocks[i] as Block;
    const after = heap.view(input.dtype, address, sizeOf(input.shape));
    if (after.some((value, k) => !Object.is(value, dataOf(input)[k]))) {
      throw new Error(`${op.name} changed operand ${i}`);
    }
  });
  finish();
  return results;
}

/** Numbers in [0, 1) that are the same on every run. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A tensor of random elements; of whole numbers from -9 to 9 for int32. */
export function randomTensor(random: () => number, shape: Shape, dtype: DType): ConcreteTensor {
  const data: TypedArray = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    const value = random();
    if (dtype === "bool") data[i] = value < 0.5 ? 0 : 1;
    else if (dtype === "int32") data[i] = Math.floor(value * 19) - 9;
    else data[i] = value * 2 - 1;
  }
  return new ConcreteTensor(shape, dtype, data);
}

/** Places along an axis, some counted from its end. */
export function randomPlaces(random: () => number, shape: Shape, length: number): ConcreteTensor {
  const data = new Int32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(random() * 2 * length) - length;
  return new ConcreteTensor(shape, "int32", data);
}

/** A whole number from `low` to `high`. */
export function pick(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** The samples of an operation as tensors, with the operands of floats in the given dtype. */
export function samplesOf(op: Op, dtype: DType): { inputs: ConcreteTensor[]; params: Params }[] {
  return op.samples.map(({ inputs, params = {} }) => ({
    params,
    inputs: inputs.map((nested, i) => {
      const name = op.inputs[Math.min(i, op.inputs.length - 1)] as string;
      return nestedTensor(nested, op.discrete.includes(name) ? "int32" : dtype);
    }),
  }));
}

function nestedTensor(nested: unknown, dtype: DType): ConcreteTensor {
  const shape: number[] = [];
  for (let at = nested; Array.isArray(at); at = at[0]) shape.push(at.length);
  const flat = [nested].flat(Number.POSITIVE_INFINITY) as number[];
  const data = allocate(dtype, flat.length);
  data.set(flat.map((value) => roundTo(dtype, value)));
  return new ConcreteTensor(shape, dtype, data);
}

export const DTYPES: readonly DType[] = ["float64", "float32", "int32", "bool"];

/** Sizes of axes that are mostly small. */
export function someShape(random: () => number, rank: number, most: number): number[] {
  return Array.from({ length: rank }, () => pick(random, 1, most));
}

/** Checks a plan against the evaluation of its operation; the same bits unless a tolerance is given. */
export function expectEqualBy(
  plan: KernelPlan | undefined,
  name: string,
  inputs: readonly ConcreteTensor[],
  params: Params,
  tolerance = 0,
): void {
  const op = opNamed(name);
  const [expected] = op.evaluate(inputs, params) as [ConcreteTensor];
  const shapes = inputs.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(" ");
  const called = `${name} ${shapes} ${JSON.stringify(params)}`;
  if (plan === undefined) throw new Error(`there is no plan for ${called}`);
  const [found] = runPlan(plan, op, inputs, params) as [ConcreteTensor];
  expect([found.shape, found.dtype], called).toEqual([expected.shape, expected.dtype]);
  const right = dataOf(expected);
  const scale = Array.from(right).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  dataOf(found).forEach((value: number, i: number) => {
    const wanted = right[i] as number;
    const isClose = Object.is(value, wanted) || Math.abs(value - wanted) <= tolerance * scale;
    if (!isClose) expect(value, `${called} at ${i}`).toBe(wanted);
  });
}

/** Checks the plan that there is for an operation. */
export function expectEqual(
  name: string,
  inputs: readonly ConcreteTensor[],
  params: Params,
  tolerance = 0,
): void {
  const plan = planFor(opNamed(name), inputs, params);
  expectEqualBy(plan, name, inputs, params, tolerance);
}

export function expectSameError(
  name: string,
  inputs: readonly ConcreteTensor[],
  params: Params,
): void {
  const op = opNamed(name);
  const messageOf = (f: () => unknown): string => {
    try {
      f();
    } catch (error) {
      if (error instanceof SymtapeError) return error.message;
      throw error;
    }
    return "no error";
  };
  const expected = messageOf(() => op.evaluate(inputs, params));
  expect(expected).not.toBe("no error");
  const plan = planFor(op, inputs, params) as KernelPlan;
  expect(messageOf(() => runPlan(plan, op, inputs, params))).toBe(expected);
}
