// Runs the vector code of one operation over arrays, for tests.

import type { FloatLanes } from "../../src/compile/wasm/floats.ts";
import { FunctionBuilder, type Value } from "../../src/compile/wasm/function-builder.ts";
import { Heap } from "../../src/compile/wasm/heap.ts";
import { vectorFunction } from "../../src/compile/wasm/vector/table.ts";
import type { VectorFunction } from "../../src/compile/wasm/vector/vector-function.ts";

const heap = new Heap();

/** The results of an operation by name over operands of one length; those of truth values are 0 and 1. */
export function runVector(
  name: string,
  dtype: "float64" | "float32",
  operands: readonly ArrayLike<number>[],
  options: { readonly truth?: boolean; readonly avoidsBranches?: boolean } = {},
): Float64Array {
  const f = vectorFunction(name);
  if (f === undefined) throw new Error(`${name} has no vector code`);
  const length = operands[0]?.length ?? 0;
  const padded = length + 4;
  const width = dtype === "float64" ? 8 : 4;
  const addresses = operands.map((operand) => {
    const address = heap.allocate(padded * width);
    heap.view(dtype, address, length).set(operand);
    return address;
  });
  const target = heap.allocate(padded * width);
  const lanes = dtype === "float64" ? "f64x2" : "f32x4";
  const key = `${name} ${dtype} ${JSON.stringify(options)}`;
  const write = () => writeMap(f, lanes, operands.length, options);
  heap.load({ key, write })(...addresses, target, length * width);
  const result = Float64Array.from(heap.view(dtype, target, length));
  for (const address of [...addresses, target]) heap.release(address);
  return result;
}

function writeMap(
  f: VectorFunction,
  lanes: FloatLanes,
  count: number,
  { truth, avoidsBranches }: { readonly truth?: boolean; readonly avoidsBranches?: boolean },
) {
  const b = new FunctionBuilder({ avoidsBranches: avoidsBranches === true });
  const sources = Array.from({ length: count }, (_, i) => b.parameter("i32", `x${i}`));
  const target = b.parameter("i32", "result");
  const bytes = b.parameter("i32", "bytes");
  b.count(b.constant("i32", 0), bytes, 16, (i) => {
    const at = (base: Value): Value => b.emit("i32.add", [base, i]);
    const found = f(
      b,
      lanes,
      sources.map((source) => b.emit("v128.load", [at(source)], [0])),
    );
    const shown = truth ? b.emit("v128.and", [found, b.splat(lanes, 1)]) : found;
    b.effect("v128.store", [at(target), shown], [0]);
  });
  return b.finish();
}
