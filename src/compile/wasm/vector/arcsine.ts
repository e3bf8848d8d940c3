// The inverse sine and cosine: one polynomial near 0, and near 1 the same in the half angle.

import type { Value } from "../function-builder.ts";
import { upperHalf } from "./double-double.ts";
import { LaneArithmetic } from "./lane-arithmetic.ts";
import { throughDoubles } from "./lanes.ts";
import { QUARTER_LOW } from "./pi.ts";
import { estrin } from "./polynomial.ts";
import type { VectorFunction } from "./vector-function.ts";

// From scripts/fixtures/vector_minimax.py, on [0, 1/4].

/** (asin(√z) / √z - 1) / z; the error relative to the arcsine is 2^-59.8. */
const TERMS: readonly number[] = [
  0.1666666666666676, 0.0749999999997081, 0.04464285717464515, 0.030381942704771264,
  0.022372215102495457, 0.017351609518247747, 0.01398085481855623, 0.011398600838690676,
  0.010782152803758206, 0.0036987014036797858, 0.021727388415777274, -0.021028849423306878,
  0.032648172736011775,
];
/** The same with 2^-31.75. */
const SHORT_TERMS: readonly number[] = [
  0.16666659972750808, 0.07500505376603916, 0.04451670975243644, 0.03180989889548918,
  0.014429890637185038, 0.03752930804626872,
];

/** asin(root) = root + lost + bend, where root² is x² or, beyond 1/2, (1 - |x|) / 2. */
interface Arcsine {
  readonly isNear: Value;
  /** |x| or the root, the latter with 26 bits where `lost` holds the others. */
  readonly root: Value;
  readonly lost: Value;
  readonly bend: Value;
}

function arcsine(v: LaneArithmetic, x: Value, isShort: boolean): Arcsine {
  const size = v.abs(x);
  const isNear = v.isLess(size, 0.5);
  const half = v.multiply(v.subtract(1, size), 0.5);
  const z = v.choose(isNear, v.multiply(x, x), half);
  const sqrt = v.sqrt(half);
  const whole = v.choose(isNear, size, sqrt);
  const slope = v.multiply(z, estrin(v, z, isShort ? SHORT_TERMS : TERMS));
  const bend = v.multiply(whole, slope);
  if (isShort) return { isNear, root: whole, lost: v.builder.splat(v.lanes, 0), bend };
  // √half - upper = (half - upper²) / (√half + upper); 0 / 0 becomes 0.
  const upper = upperHalf(v, sqrt);
  const sum = v.greater(v.add(sqrt, upper), 2 ** -1000);
  const rest = v.divide(v.subtract(half, v.multiply(upper, upper)), sum);
  return {
    isNear,
    root: v.choose(isNear, size, upper),
    lost: v.without(rest, isNear),
    bend,
  };
}

/** x for small |x|, else π/2 - 2 asin(root). */
function asinOf(v: LaneArithmetic, x: Value, isShort: boolean): Value {
  const { isNear, root, lost, bend } = arcsine(v, x, isShort);
  const near = v.add(root, bend);
  const small = v.subtract(QUARTER_LOW, v.multiply(v.add(lost, bend), 2));
  const far = v.add(v.subtract(Math.PI / 4, v.add(root, root)), v.add(small, Math.PI / 4));
  return v.withSignOf(v.choose(isNear, near, far), x);
}

/** π/2 - asin(x) for small |x|, else 2 asin(root) or π less it. */
function acosOf(v: LaneArithmetic, x: Value, isShort: boolean): Value {
  const { isNear, root, lost, bend } = arcsine(v, x, isShort);
  const sign = v.and(x, -0);
  const bent = v.subtract(QUARTER_LOW, v.xor(bend, sign));
  const near = v.add(v.subtract(Math.PI / 2, v.xor(root, sign)), bent);
  const half = v.add(root, v.add(lost, bend));
  const twice = v.add(half, half);
  const left = v.subtract(Math.PI, v.subtract(twice, 2 * QUARTER_LOW));
  return v.choose(isNear, near, v.choose(v.isLess(x, 0), left, twice));
}

type Formula = (v: LaneArithmetic, x: Value, isShort: boolean) => Value;

function inDoubles(formula: Formula): VectorFunction {
  return (b, lanes, operands) => {
    const isShort = lanes === "f32x4";
    const f: VectorFunction = (_, __, [x]) =>
      formula(new LaneArithmetic(b, "f64x2"), x as Value, isShort);
    return isShort ? throughDoubles(b, f, operands) : f(b, lanes, operands);
  };
}

export const asin: VectorFunction = inDoubles(asinOf);
export const acos: VectorFunction = inDoubles(acosOf);
