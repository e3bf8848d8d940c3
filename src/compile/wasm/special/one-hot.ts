// The plan of oneHot: zeros, and a one in every row.

import { checkClass } from "../../../expr/ops/movement/one-hot.ts";
import { type AbstractValue, type DType, sizeOf } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { KernelPlan } from "../../kernel-plan.ts";
import { FunctionBuilder, type WasmFunction } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { copySource } from "./copying.ts";
import { elementConstant, storeElement } from "./elements.ts";
import { placesCheck } from "./places-check.ts";
import { bytesOf, listingOf, type SpecialCall } from "./special-plan.ts";

/** Zeros with a one in every row where the classes say. */
export function oneHotPlan({ settings, inputs, outputs }: SpecialCall): KernelPlan | undefined {
  const [indices] = inputs as readonly [AbstractValue];
  const [result] = outputs as readonly [AbstractValue];
  const classes = settings.classes as number;
  const count = sizeOf(indices.shape);
  const kernel = onesSource(result.dtype);
  const sources = [placesCheck, copySource("fill"), kernel];
  return {
    label: `oneHot ${count}×${classes} ${result.dtype}`,
    scratch: 0,
    flops: 0,
    bind: (heap, [places, rows]) => {
      const [check, clear, write] = sources.map((source) => heap.load(source));
      return () => {
        if (check?.(places as number, count, classes, 0) !== 0) {
          for (const place of heap.view("int32", places as number, count)) {
            checkClass(place, settings);
          }
        }
        clear?.(rows as number, 0, bytesOf(result));
        write?.(rows as number, places as number, count, classes);
      };
    },
    listing: () => listingOf(sources),
  };
}

function onesSource(dtype: DType): KernelSource {
  return { key: `ones ${dtype}`, write: () => writeOnes(dtype) };
}

function writeOnes(dtype: DType): WasmFunction {
  const b = new FunctionBuilder();
  const rows = b.parameter("i32", "rows");
  const places = b.parameter("i32", "places");
  const count = b.parameter("i32", "count");
  const classes = b.parameter("i32", "classes");
  const bytes = b.constant("i32", BYTES[dtype]);
  const step = b.emit("i32.mul", [classes, bytes]);
  const row = b.variable(rows);
  const one = elementConstant(b, dtype, 1);
  const end = b.emit("i32.add", [places, b.emit("i32.shl", [count, b.constant("i32", 2)])]);
  b.count(places, end, 4, (at) => {
    const place = b.emit("i32.mul", [b.emit("i32.load", [at], [0]), bytes]);
    storeElement(b, dtype, b.emit("i32.add", [row, place]), one);
    b.assign(row, b.emit("i32.add", [row, step]));
  });
  return b.finish();
}
