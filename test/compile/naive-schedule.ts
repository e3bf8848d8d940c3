// Schedules carried out with plain loops over arrays of their own, buffer by buffer, for tests.

import type { Loop } from "../../src/compile/loop.ts";
import { interpretLoop } from "../../src/compile/loop-interpreter.ts";
import type { Schedule, Stage } from "../../src/compile/schedule.ts";
import type { Tail } from "../../src/compile/tails.ts";
import type { Walk } from "../../src/expr/lowering.ts";
import { allocate, sizeOf, stridesOf, type TypedArray } from "../../src/expr/shape.ts";
import { ConcreteTensor, dataOf } from "../../src/expr/tensor.ts";

type ProductStage = Extract<Stage, { kind: "product" }>;

/** The elements of the outputs for those of the inputs. */
export function runSchedule(
  { buffers, stages, inputs, outputs }: Schedule,
  values: readonly TypedArray[],
): TypedArray[] {
  const memory = buffers.map(({ dtype, size, data }) =>
    data === undefined ? allocate(dtype, size) : dataOf(data).slice(),
  );
  inputs.forEach((buffer, i) => {
    memory[buffer]?.set(values[i] as TypedArray);
  });
  for (const stage of stages) runStage(stage, memory);
  return outputs.map((buffer) => memory[buffer] as TypedArray);
}

function runStage(stage: Stage, memory: readonly TypedArray[]): void {
  if (stage.kind === "loop") {
    const own = stage.buffers.map((buffer) => memory[buffer] as TypedArray);
    interpretLoop(stage.loop, own);
    return;
  }
  if (stage.kind === "product") {
    const product = multiply(stage, memory);
    const result = memory[stage.writes[0]] as TypedArray;
    if (stage.tail === undefined) result.set(product);
    else finishTail(stage, stage.tail, product, memory);
    return;
  }
  const { node, reads, writes } = stage;
  const operands = node.inputs.map(
    ({ node: { value }, shape, dtype }, i) =>
      value ?? new ConcreteTensor(shape, dtype, (memory[reads[i] as number] as TypedArray).slice()),
  );
  node.op.evaluate(operands, node.params).forEach((result, i) => {
    memory[writes[i] as number]?.set(dataOf(result));
  });
}

function multiply(
  { product, dtype, reads }: ProductStage,
  memory: readonly TypedArray[],
): TypedArray {
  const { batch, rows, inner, columns, left, right } = product;
  const [a, b] = [memory[reads[0]] as TypedArray, memory[reads[1]] as TypedArray];
  const count = sizeOf(batch);
  const result = allocate(dtype, count * rows * columns);
  for (let i = 0; i < count * rows * columns; i++) {
    const column = i % columns;
    const row = Math.floor(i / columns) % rows;
    const index = indexOf(Math.floor(i / (columns * rows)), batch);
    let total = 0;
    for (let k = 0; k < inner; k++) {
      total +=
        (a[at(left, [...index, row, k])] as number) *
        (b[at(right, [...index, k, column])] as number);
    }
    result[i] = total;
  }
  return result;
}

/** The tail as a loop over the product, its operands and the result. */
function finishTail(
  { product: { batch, rows, columns }, dtype, reads, writes }: ProductStage,
  tail: Tail,
  product: TypedArray,
  memory: readonly TypedArray[],
): void {
  const extents = [...batch, rows, columns].filter((length) => length !== 1);
  const places = new Map(
    [tail.product, ...tail.operands.map(({ value }) => value)].map((v, k) => [v, k]),
  );
  const operands = reads.slice(2).map((buffer) => memory[buffer] as TypedArray);
  const own = [product, ...operands, memory[writes[0]] as TypedArray];
  const loop: Loop = {
    extents,
    folded: extents.map(() => false),
    buffers: own.length,
    values: tail.values.map((value, place) =>
      value.kind === "load" ? { ...value, buffer: places.get(place) as number } : value,
    ),
    stores: [
      {
        kind: "store",
        buffer: own.length - 1,
        dtype,
        value: tail.result,
        walk: { offset: 0, strides: stridesOf(extents) },
      },
    ],
  };
  interpretLoop(loop, own);
}

function indexOf(count: number, shape: readonly number[]): number[] {
  let rest = count;
  return shape
    .toReversed()
    .map((length) => {
      const digit = rest % length;
      rest = Math.floor(rest / length);
      return digit;
    })
    .toReversed();
}

function at({ offset, strides }: Walk, index: readonly number[]): number {
  return strides.reduce((place, stride, axis) => place + stride * (index[axis] as number), offset);
}
