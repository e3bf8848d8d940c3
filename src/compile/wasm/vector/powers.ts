// Powers and roots: the general power with its signs, and short ways for the exponents that formulas have most.

import { pow as powOnNumbers } from "../../../expr/kernels/elementary.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { halves, productError } from "./double-double.ts";
import { LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import { hostFunction, laneByLane, throughDoubles, unlessAny } from "./lanes.ts";
import { positivePower, shortPositivePower } from "./power-kernel.ts";
import { cbrt, hypot } from "./roots.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

const POW = hostFunction("pow", powOnNumbers, 2);

/** A negative base gives the sign of an odd power, and NaN where the exponent is not whole. */
function withSignOfBase(v: LaneArithmetic, size: Value, x: Value, y: Value): Value {
  const isWhole = v.isEqual(v.nearest(y), y);
  const half = v.multiply(y, 0.5);
  const isEven = v.isEqual(v.nearest(half), half);
  const isNegative = v.isLess(x, 0);
  const flip = v.and(v.without(isNegative, isEven), -0);
  // All bits of a mask are a NaN.
  return v.or(v.xor(size, flip), v.without(isNegative, isWhole));
}

/** x^y in float64 lanes; those outside the common range are computed on numbers. */
function anyPower(b: FunctionBuilder, x: Value, y: Value, isShort: boolean): Value {
  const v = new LaneArithmetic(b, "f64x2");
  const power = (isShort ? shortPositivePower : positivePower)(v, v.abs(x), y);
  // Zeros are too many in data to be left to the slow way.
  const isNothing = v.and(v.isEqualWhole(x, v.wholeNumber(0n)), v.isLess(0, y));
  const size = v.without(power.value, isNothing);
  const signed = b.variable(size);
  b.when(b.emit("i64x2.bitmask", [x]), () => b.assign(signed, withSignOfBase(v, size, x, y)));
  const isHard = b.emit("v128.not", [v.or(power.isRight, isNothing)]);
  return unlessAny(b, isHard, signed, () => laneByLane(b, "f64x2", POW, [x, y]));
}

const general: VectorFunction = (b, lanes, operands) => {
  const [x, y] = operands as readonly [Value, Value];
  if (lanes === "f64x2") return anyPower(b, x, y, false);
  return throughDoubles(b, (_, __, [p, q]) => anyPower(b, p as Value, q as Value, true), operands);
};

/** x³ with one rounding of all that counts; a product near the least or the greatest numbers stays as it is. */
function cube(v: LaneArithmetic, x: Value): Value {
  const square = v.multiply(x, x);
  const product = v.multiply(square, x);
  const [ofX, ofSquare] = [halves(v, x), halves(v, square)];
  const squareError = productError(v, ofX, ofX, square);
  const error = v.add(productError(v, ofSquare, ofX, product), v.multiply(squareError, x));
  const size = v.abs(product);
  const isMiddling = v.and(v.isLess(2 ** -900, size), v.isLess(size, 2 ** 1000));
  return v.choose(isMiddling, v.add(product, error), product);
}

/** Exponents that have ways of their own, as exact as the general one or more. */
const SHORT_WAYS: readonly (readonly [number, (v: LaneArithmetic, x: Value) => Value])[] = [
  [2, (v, x) => v.multiply(x, x)],
  [
    3,
    (v, x) =>
      v.isDouble
        ? cube(v, x)
        : throughDoubles(
            v.builder,
            vectorized((w, y) => w.multiply(w.multiply(y as Value, y as Value), y as Value)),
            [x],
          ),
  ],
  // The sum makes -0 to 0, and -Infinity^0.5 is Infinity.
  [0.5, (v, x) => v.choose(v.isEqual(x, Number.NEGATIVE_INFINITY), v.abs(x), v.sqrt(v.add(x, 0)))],
  [-1, (v, x) => v.divide(1, x)],
];

/**
 * The exponents with short ways have one bit after the first at most: only where there is such a lane does the vector
 * look which of them it has. A lane does not depend on its neighbours.
 */
const pow: VectorFunction = (b, lanes, operands) => {
  const [x, y] = operands as readonly [Value, Value];
  const v = new LaneArithmetic(b, lanes);
  const result = b.variable(x);
  const isDone = b.variable(b.splat(lanes, 0));
  const isShort = v.isEqualWhole(v.shiftLeft(y, v.pick(13, 10)), v.wholeNumber(0n));
  b.when(b.emit("v128.any_true", [isShort]), () => {
    for (const [exponent, way] of SHORT_WAYS) {
      const isIt = v.isEqual(y, exponent);
      b.when(b.emit("v128.any_true", [isIt]), () => {
        b.assign(result, v.choose(isIt, way(v, x), result));
        b.assign(isDone, v.or(isDone, isIt));
      });
    }
  });
  b.when(b.emit("v128.any_true", [b.emit("v128.not", [isDone])]), () =>
    b.assign(result, v.choose(isDone, result, general(b, lanes, operands))),
  );
  return result;
};

export const powersFunctions: VectorFunctions = { pow, cbrt, hypot };
