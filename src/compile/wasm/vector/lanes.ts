// Ways round a vector: lane by lane through a function of the host, or float32 lanes as two vectors of float64.

import type { FloatLanes } from "../floats.ts";
import type { FunctionBuilder, HostFunction, Value } from "../function-builder.ts";
import type { VectorFunction } from "./vector-function.ts";

/** A kernel on numbers as a function that vector code may call. */
export function hostFunction(
  name: string,
  kernel: (...operands: number[]) => number,
  operands: number,
): HostFunction {
  return {
    name,
    parameters: Array.from({ length: operands }, () => "f64" as const),
    result: "f64",
    call: kernel,
  };
}

/** The results of a function of the host, lane by lane: for lanes that are rarely there. */
export function laneByLane(
  b: FunctionBuilder,
  lanes: FloatLanes,
  host: HostFunction,
  operands: readonly Value[],
): Value {
  let result = b.splat(lanes, 0);
  for (let lane = 0; lane < (lanes === "f64x2" ? 2 : 4); lane++) {
    const numbers = operands.map((operand) => {
      const element = b.emit(`${lanes}.extract_lane`, [operand], [lane]);
      return lanes === "f64x2" ? element : b.emit("f64.promote_f32", [element]);
    });
    const found = b.call(host, numbers);
    const rounded = lanes === "f64x2" ? found : b.emit("f32.demote_f64", [found]);
    result = b.emit(`${lanes}.replace_lane`, [result, rounded], [lane]);
  }
  return result;
}

/**
 * The usual result, but that of the other way in the lanes of the mask. A lane does not depend on its neighbours: they
 * only decide whether the other way is gone at all.
 */
export function unlessAny(
  b: FunctionBuilder,
  mask: Value,
  usual: Value,
  other: () => Value,
): Value {
  const result = b.variable(usual);
  b.when(b.emit("v128.any_true", [mask]), () =>
    b.assign(result, b.emit("v128.bitselect", [other(), usual, mask])),
  );
  return result;
}

/** Moves the upper two lanes of four to the lower two. */
const UPPER_TO_LOWER = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
/** The lower two lanes of the first, then those of the second. */
const LOWER_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Computes four float32 lanes as two vectors of float64, whose results are rounded once at the end. */
export function throughDoubles(
  b: FunctionBuilder,
  f: VectorFunction,
  operands: readonly Value[],
): Value {
  const low = operands.map((x) => b.emit("f64x2.promote_low_f32x4", [x]));
  const high = operands.map((x) =>
    b.emit("f64x2.promote_low_f32x4", [b.emit("i8x16.shuffle", [x, x], UPPER_TO_LOWER)]),
  );
  const [first, second] = [low, high].map((half) =>
    b.emit("f32x4.demote_f64x2_zero", [f(b, "f64x2", half)]),
  ) as [Value, Value];
  return b.emit("i8x16.shuffle", [first, second], LOWER_HALVES);
}
