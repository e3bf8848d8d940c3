// Brings the weights of a few filters side by side, in the order in which their terms are summed.

import type { DType } from "../../../../expr/shape.ts";
import { type FloatType, FORMATS } from "../../floats.ts";
import { FunctionBuilder, type WasmFunction } from "../../function-builder.ts";
import type { KernelSource } from "../../heap.ts";
import { parametersOf } from "../../parameters.ts";
import { loadElement } from "../elements.ts";

/**
 * Parameters: where to write; the weights of the first filter and channel; how many tiles of filters; how many
 * channels; the table of the bytes at which the places of the kernel stand, and its end; bytes from one filter to the
 * next and from one channel to the next.
 */
export function packSource(from: DType, dtype: FloatType, filters: number): KernelSource {
  return {
    key: `convolution weights ${from} ${dtype} ${filters}`,
    write: () => writePacking(from, dtype, filters),
  };
}

function writePacking(from: DType, dtype: FloatType, filters: number): WasmFunction {
  const b = new FunctionBuilder();
  const { to, weights, tiles, channels, places, placesEnd, filterBytes, channelBytes } =
    parametersOf(b, [
      "to",
      "weights",
      "tiles",
      "channels",
      "places",
      "placesEnd",
      "filterBytes",
      "channelBytes",
    ]);
  const { scalar, bytes } = FORMATS[dtype];
  const target = b.variable(to);
  const tile = b.variable(weights);
  const zero = b.constant("i32", 0);
  b.count(zero, tiles, 1, () => {
    const channel = b.variable(tile);
    b.count(zero, channels, 1, () => {
      b.count(places, placesEnd, 4, (place) => {
        let at = b.emit("i32.add", [channel, b.emit("i32.load", [place], [0])]);
        for (let i = 0; i < filters; i++) {
          if (i > 0) at = b.emit("i32.add", [at, filterBytes]);
          b.effect(`${scalar}.store`, [target, loadElement(b, from, dtype, at)], [i * bytes]);
        }
        b.assign(target, b.emit("i32.add", [target, b.constant("i32", filters * bytes)]));
      });
      b.assign(channel, b.emit("i32.add", [channel, channelBytes]));
    });
    for (let i = 0; i < filters; i++) b.assign(tile, b.emit("i32.add", [tile, filterBytes]));
  });
  return b.finish();
}
