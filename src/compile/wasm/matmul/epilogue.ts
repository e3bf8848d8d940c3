// The elementwise tail of a product: a kernel over a part of the result that has just been finished, while it is in
// the cache. The kernels of the products themselves are the same with and without it.

import { type FloatType, FORMATS, type Format } from "../floats.ts";
import { FunctionBuilder, type Value } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { add, advance, integer, less, loadPart, loadSplat, storePart, times } from "../writing.ts";
import type { Product } from "./product.ts";
import type { Epilogue } from "./spec.ts";

/** An epilogue for the code of a kernel. */
export interface Tail {
  /** Names the content of `write`. */
  readonly key: string;
  /** For each operand, 1 where it moves with the column and 0 where it does not. */
  readonly steps: readonly number[];
  readonly write: Epilogue["write"];
}

/**
 * The kernel `(result, resultRow, rows, columns, batch, resultBatch)` and, for each operand, `(address, row, batch)`;
 * strides are in bytes.
 */
export function tailKernel(dtype: FloatType, tail: Tail): KernelSource {
  return {
    key: `matmul tail ${dtype} ${tail.key} (${tail.steps.join(" ")})`,
    write: () => writeTail(FORMATS[dtype], tail),
  };
}

/** The parameters of the kernel for a part of the result. */
export function tailArguments(
  { matrices, repeat }: Pick<Product, "matrices" | "repeat">,
  addresses: readonly number[],
  batch: number,
  part: Readonly<Record<"row" | "rows" | "column" | "columns", number>>,
): number[] {
  const places = matrices.map(({ row, column }, i) => [
    (addresses[i] as number) + part.row * row + part.column * column,
    row,
    repeat[i] as number,
  ]);
  const [address, row, repeated] = places.at(-1) as [number, number, number];
  const sizes = [address, row, part.rows, part.columns, batch, repeated];
  return [...sizes, ...places.slice(2, -1).flat()];
}

function writeTail(format: Format, tail: Tail) {
  const b = new FunctionBuilder();
  const result = b.parameter("i32", "result");
  const resultRow = b.parameter("i32", "resultRow");
  const rows = b.parameter("i32", "rows");
  const columns = b.parameter("i32", "columns");
  const batch = b.parameter("i32", "batch");
  const resultBatch = b.parameter("i32", "resultBatch");
  const operands = tail.steps.map((_, i) => ({
    address: b.parameter("i32", `operand${i}`),
    row: b.parameter("i32", `operandRow${i}`),
    batch: b.parameter("i32", `operandBatch${i}`),
  }));
  const moving = [{ address: result, row: resultRow, batch: resultBatch }, ...operands];
  b.count(integer(b, 0), batch, 1, (index) => {
    const at = moving.map((one) => b.variable(add(b, one.address, times(b, index, one.batch)))) as [
      Value,
      ...Value[],
    ];
    b.count(integer(b, 0), rows, 1, () => {
      writeRow(b, format, tail, at, columns);
      moving.forEach(({ row }, i) => {
        advance(b, at[i] as Value, row);
      });
    });
  });
  return b.finish();
}

/** Vectors in a round of the loop, which hides the time that a chain of operations takes. */
const UNROLL = 4;

function writeRow(
  b: FunctionBuilder,
  format: Format,
  tail: Tail,
  [first, ...rest]: readonly [Value, ...Value[]],
  columns: Value,
): void {
  const result = b.variable(first);
  const moves = rest.map((_, i) => tail.steps[i] === 1);
  const operands = rest.map(
    (address, i): Value => (moves[i] ? b.variable(address) : loadSplat(b, format, address)),
  );
  const moving = [result, ...operands.filter((_, i) => moves[i])];
  const moveOn = (bytes: number): void => {
    for (const address of moving) advance(b, address, integer(b, bytes));
  };
  const applied = (load: (address: Value) => Value): Value => {
    const given = operands.map((operand, i) => (moves[i] ? load(operand) : operand));
    return tail.write(b, format.lanes, load(result), given);
  };
  const wide = format.count * UNROLL;
  const end = b.emit("i32.and", [columns, integer(b, -wide)]);
  b.count(integer(b, 0), end, wide, () => {
    for (let at = 0; at < wide * format.bytes; at += 16) {
      const value = applied((address) => b.emit("v128.load", [address], [at]));
      b.effect("v128.store", [result, value], [at]);
    }
    moveOn(16 * UNROLL);
  });
  b.count(end, columns, format.count, (column) => {
    const left = b.emit("i32.sub", [columns, column]);
    const isPart = less(b, left, integer(b, format.count));
    const value = applied((address) => loadSome(b, format, address, left, isPart));
    b.when(
      isPart,
      () => storePart(b, format, result, value, left),
      () => b.effect("v128.store", [result, value], [0]),
    );
    moveOn(16);
  });
}

/** A vector, or what is left of the row. */
function loadSome(
  b: FunctionBuilder,
  format: Format,
  address: Value,
  left: Value,
  isPart: Value,
): Value {
  const value = b.variable(b.splat(format.lanes, 0));
  b.when(
    isPart,
    () => b.assign(value, loadPart(b, format, address, left)),
    () => b.assign(value, b.emit("v128.load", [address], [0])),
  );
  return value;
}
