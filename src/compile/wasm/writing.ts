// Short names for the statements of which kernels of products are made.

import type { Format } from "./floats.ts";
import type { FunctionBuilder, Value } from "./function-builder.ts";

export function integer(b: FunctionBuilder, value: number): Value {
  return b.constant("i32", value);
}

export function add(b: FunctionBuilder, x: Value, y: Value): Value {
  return b.emit("i32.add", [x, y]);
}

export function times(b: FunctionBuilder, x: Value, y: Value): Value {
  return b.emit("i32.mul", [x, y]);
}

export function scaled(b: FunctionBuilder, x: Value, factor: number): Value {
  return times(b, x, integer(b, factor));
}

export function less(b: FunctionBuilder, x: Value, y: Value): Value {
  return b.emit("i32.lt_s", [x, y]);
}

/** Moves a variable on by some bytes. */
export function advance(b: FunctionBuilder, variable: Value, by: Value): void {
  b.assign(variable, add(b, variable, by));
}

/** sum + x·y, rounded once or twice. */
export function multiplyAdd(
  b: FunctionBuilder,
  { lanes }: Format,
  fma: boolean,
  x: Value,
  y: Value,
  sum: Value,
): Value {
  return fma
    ? b.emit(`${lanes}.relaxed_madd`, [x, y, sum])
    : b.emit(`${lanes}.add`, [sum, b.emit(`${lanes}.mul`, [x, y])]);
}

/** The element at an address in all lanes. */
export function loadSplat(b: FunctionBuilder, { bytes }: Format, address: Value, at = 0): Value {
  return b.emit(`v128.load${8 * bytes}_splat`, [address], [at]);
}

/** As many elements as are left, which are less than a vector holds but one at least; zeros behind them. */
export function loadPart(b: FunctionBuilder, format: Format, address: Value, left: Value): Value {
  const { bytes, count } = format;
  const part = b.variable(b.emit(`v128.load${8 * bytes}_zero`, [address], [0]));
  for (let lane = 1; lane < count - 1; lane++) {
    b.when(less(b, integer(b, lane), left), () =>
      b.assign(part, b.emit(`v128.load${8 * bytes}_lane`, [address, part], [lane * bytes, lane])),
    );
  }
  return part;
}

/** Stores what `loadPart` loads. */
export function storePart(
  b: FunctionBuilder,
  { bytes, count }: Format,
  address: Value,
  part: Value,
  left: Value,
): void {
  b.effect(`v128.store${8 * bytes}_lane`, [address, part], [0, 0]);
  for (let lane = 1; lane < count - 1; lane++) {
    b.when(less(b, integer(b, lane), left), () =>
      b.effect(`v128.store${8 * bytes}_lane`, [address, part], [lane * bytes, lane]),
    );
  }
}

/** The lanes of vectors that are rows, as columns: `result[i]` has lane i of all of them. */
export function transpose(
  b: FunctionBuilder,
  { lanes }: Format,
  rows: readonly Value[],
): readonly Value[] {
  const mix = (x: Value, y: Value, order: readonly number[], bytes: number): Value =>
    b.emit(
      "i8x16.shuffle",
      [x, y],
      order.flatMap((lane) => Array.from({ length: bytes }, (_, i) => lane * bytes + i)),
    );
  if (lanes === "f64x2") {
    const [x, y] = rows as [Value, Value];
    return [mix(x, y, [0, 2], 8), mix(x, y, [1, 3], 8)];
  }
  const [x, y, z, w] = rows as [Value, Value, Value, Value];
  const xyLow = mix(x, y, [0, 4, 1, 5], 4);
  const xyHigh = mix(x, y, [2, 6, 3, 7], 4);
  const zwLow = mix(z, w, [0, 4, 1, 5], 4);
  const zwHigh = mix(z, w, [2, 6, 3, 7], 4);
  return [
    mix(xyLow, zwLow, [0, 2], 8),
    mix(xyLow, zwLow, [1, 3], 8),
    mix(xyHigh, zwHigh, [0, 2], 8),
    mix(xyHigh, zwHigh, [1, 3], 8),
  ];
}
