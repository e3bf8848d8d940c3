// What the engine and the machine can do: vectors of 128 bits, and products and sums that are rounded together.

import { encodeModule } from "./encode.ts";
import { FORMATS, type Format } from "./floats.ts";
import { FunctionBuilder, type WasmFunction } from "./function-builder.ts";
import { Heap } from "./heap.ts";
import { webAssembly } from "./web-assembly.ts";

let knownSimd: boolean | undefined;
let knownFma: boolean | undefined;

/** Whether the engine compiles WebAssembly with vectors of 128 bits. */
export function hasSimd(): boolean {
  knownSimd ??= compilesVectors();
  return knownSimd;
}

/**
 * Whether `relaxed_madd` is there and rounds once, in both dtypes. It may also be there and round twice, which would
 * bring nothing.
 */
export function hasFma(): boolean {
  knownFma ??= Object.values(FORMATS).every(isFused);
  return knownFma;
}

/** A content-security policy may forbid what the engine knows, so that a module is made and not only looked at. */
function compilesVectors(): boolean {
  const b = new FunctionBuilder();
  const two = b.splat("f64x2", 2);
  b.emit("f64x2.add", [two, two]);
  try {
    return new (webAssembly().Module)(moduleOf(b.finish())) !== undefined;
  } catch {
    return false;
  }
}

/** (1 + e)(1 − e) − 1 is −e² when it is rounded once, and 0 when the product is rounded to 1 before. */
function isFused(format: Format): boolean {
  const e = format.dtype === "float64" ? 2 ** -30 : 2 ** -14;
  const written = writeMultiplyAdd(format, e);
  if (!webAssembly().validate(moduleOf(written))) return false;
  const heap = new Heap();
  const address = heap.allocate(16);
  heap.load({ key: "fma", write: () => written })(address);
  return heap.view(format.dtype, address, 1)[0] === -e * e;
}

function writeMultiplyAdd({ lanes }: Format, e: number): WasmFunction {
  const b = new FunctionBuilder();
  const target = b.parameter("i32", "target");
  const factors = [b.splat(lanes, 1 + e), b.splat(lanes, 1 - e), b.splat(lanes, -1)];
  b.effect("v128.store", [target, b.emit(`${lanes}.relaxed_madd`, factors)], [0]);
  return b.finish();
}

function moduleOf(written: WasmFunction): Uint8Array<ArrayBuffer> {
  return encodeModule(written, { shared: false, maximum: 1 });
}
