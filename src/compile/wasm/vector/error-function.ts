// The error function and its complement: a series near 0, a Gaussian times a smooth factor farther out, both computed for
// every lane.

import { erfc as erfcOnNumbers } from "../../../expr/kernels/erf.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { upperHalf } from "./double-double.ts";
import { decay } from "./exponential-kernel.ts";
import { LaneArithmetic, vectorized } from "./lane-arithmetic.ts";
import { hostFunction, laneByLane, throughDoubles, unlessAny } from "./lanes.ts";
import { estrin } from "./polynomial.ts";
import { exponentialOf, shortExponentialOf, timesExponential } from "./power-kernel.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

// Coefficients from scripts/fixtures/vector_minimax.py.

/** erf(√z) / √z - 1 on [0, 0.85²]; the error relative to erf is 2^-55. */
const SERIES_64: readonly number[] = [
  0.12837916709551256, -0.37612638903183315, 0.11283791670931305, -0.0268661706400297,
  0.005223977569256395, -0.0008548323403481037, 0.00012055187113486779, -1.4921859278158721e-5,
  1.6398393360846888e-6, -1.5692383990659194e-7, 1.0662651204428324e-8,
];
/** The same with 2^-26.4. */
const SERIES_32: readonly number[] = [
  0.12837916612625122, -0.3761257231235504, 0.11282717436552048, -0.02680254727602005,
  0.0050510927103459835, -0.000631511677056551,
];
/** The same on [0, 0.48²] with 2^-55.8. */
const SHORT_SERIES_64: readonly number[] = [
  0.12837916709551256, -0.37612638903183604, 0.11283791670937897, -0.026866170637472892,
  0.005223977454676802, -0.0008548305599459774, 0.00012053750476937983, -1.48572463036644e-5,
  1.4852412269886834e-6,
];
/** The same on [0, 0.48²] with 2^-30. */
const SHORT_SERIES_32: readonly number[] = [
  0.12837916607442046, -0.3761261689876201, 0.11283028867261007, -0.026773096823208473,
  0.0047556838379509605,
];
/** exp(x²) erfc(x) (x + 3) in s = (x - 2) / (x + 3), x in [0.85, 6.05]; the error of erfc is 2^-57.2. */
const FACTOR_64: readonly number[] = [
  1.2769783815525289, -1.3929331647847016, 1.1624993643187826, -0.719622633825472,
  0.30011016767575127, -0.05633928224183853, -0.01749033041717655, 0.012288137665351837,
  0.000394937158341387, -0.0020714444017086125, 5.461966045654438e-5, 0.000411896842780794,
  8.052136632869535e-5,
];
/** exp(x²) erfc(x) in x - 2.4, x in [0.85, 4]; the error of erfc is 2^-26.5. */
const FACTOR_32: readonly number[] = [
  0.2185009866952896, -0.07957547158002853, 0.027456264942884445, -0.009283924475312233,
  0.002595694735646248, -0.0007630008622072637, 0.0007686095195822418, 0.0003518358280416578,
  0.0001513674360467121,
];
/** exp(x²) erfc(x) (1 + 2x) in s = (x - 3.8125) / (x + 4), x in [0.46, 27.5]; the relative error is 2^-56.6: the first coefficient
 * and the others. */
const TAIL_START_64 = 1.2363539084541144;
const TAIL_64: readonly number[] = [
  -0.1436015848086667, 0.010605485518614642, 0.08413355992649747, -0.12411118477914071,
  0.11680844172603991, -0.08398069401582758, 0.04767589951923443, -0.02091901248993015,
  0.0064460274149259035, -0.0008865327180813979, -0.00031630592367203904, 0.00020950083472803428,
  -2.7610384926080073e-5, -1.8469601806175818e-5, 7.889796454756215e-6, 9.347174301497254e-7,
  -1.2574353102945574e-6, 2.719034634883228e-8, 1.7226487043412558e-7, -1.1183207632802373e-8,
  -1.699179000231271e-8,
];
/** The same in s = (x - 2.5) / (x + 3), x in [0.46, 10.5], with 2^-30.7.. */
const TAIL_START_32 = 1.2648381842126522;
const TAIL_32: readonly number[] = [
  -0.13459242642681854, -0.10636042318926284, 0.23242268769381066, -0.21715640952632878,
  0.126129660349124, -0.041954521250325484, 0.0016401714255244735, 0.00492363843497719,
  -0.0011361429635651456, -0.00045167137885569113,
];

/** erf(x) of a small number. */
function series(v: LaneArithmetic, x: Value, terms: readonly number[]): Value {
  return v.add(x, v.multiply(x, estrin(v, v.multiply(x, x), terms)));
}

/** erfc(x) for x >= 0.85, as exact as 1 - erfc(x) needs. */
function complement(v: LaneArithmetic, x: Value): Value {
  const gaussian = decay(v, v.negate(v.multiply(x, x))).value;
  if (!v.isDouble) return v.multiply(gaussian, estrin(v, v.subtract(x, 2.4), FACTOR_32));
  const inverse = v.divide(1, v.add(x, 3));
  const s = v.multiply(v.subtract(x, 2), inverse);
  return v.multiply(v.multiply(gaussian, inverse), estrin(v, s, FACTOR_64));
}

const erf = vectorized((v, operand) => {
  const x = operand as Value;
  const size = v.abs(x);
  // From here on the result is 1.
  const bounded = v.lesser(size, v.pick(6, 4));
  const far = v.withSignOf(v.subtract(1, complement(v, bounded)), x);
  const near = series(v, x, v.pick(SERIES_64, SERIES_32));
  return v.choose(v.isLess(size, 0.85), near, far);
});

/** erfc(x) for x in [0.46, 26.5]. */
function tail64(v: LaneArithmetic, x: Value): Value {
  const upper = upperHalf(v, x);
  const lower = v.subtract(x, upper);
  const gaussian = exponentialOf(v, {
    high: v.negate(v.multiply(upper, upper)),
    low: v.negate(v.multiply(lower, v.add(upper, x))),
  });
  const s = v.divide(v.subtract(x, 3.8125), v.add(x, 4));
  const twice = v.add(x, x);
  const bottom = v.add(twice, 1);
  // What the sum 2x + 1 lost, relative to it, times the first coefficient: a few bits are enough.
  const lost = v.subtract(1, v.subtract(bottom, twice));
  const share = v.multiply(v.multiply(lost, TAIL_START_64), roughInverse(v, bottom));
  const small = v.subtract(v.multiply(s, estrin(v, s, TAIL_64)), share);
  return v.divide(timesExponential(v, TAIL_START_64, small, gaussian), bottom);
}

/** 1 / x for positive x, within an eighth: the exponent is turned round, and the significand goes down as x goes up. */
function roughInverse(v: LaneArithmetic, x: Value): Value {
  return v.subtractWhole(v.wholeNumber(0x7fde_0000_0000_0000n), x);
}

/** erfc(x) for x in [0.46, 10.5] in float64 lanes to the precision of float32. */
function tail32(v: LaneArithmetic, x: Value): Value {
  const gaussian = shortExponentialOf(v, v.negate(v.multiply(x, x)));
  const s = v.divide(v.subtract(x, 2.5), v.add(x, 3));
  const small = v.multiply(s, estrin(v, s, TAIL_32));
  const product = timesExponential(v, TAIL_START_32, small, gaussian);
  return v.divide(product, v.add(v.add(x, x), 1));
}

/** erfc from its tail: 1 - erf(x) near 0, and 2 - erfc(-x) for negative x. */
function fromTail(v: LaneArithmetic, x: Value, tail: Value, terms: readonly number[]): Value {
  const far = v.choose(v.isLess(x, 0), v.subtract(2, tail), tail);
  const near = v.subtract(1, series(v, x, terms));
  return v.choose(v.isLess(v.abs(x), 0.47), near, far);
}

const ERFC = hostFunction("erfc", erfcOnNumbers, 1);

/** Where the result is subnormal, lanes are computed on numbers; beyond it is 0. */
function erfc64(b: FunctionBuilder, x: Value): Value {
  const v = new LaneArithmetic(b, "f64x2");
  const size = v.abs(x);
  const tail = tail64(v, v.lesser(size, 26.5));
  const isZero = v.isLess(27.3, size);
  const result = fromTail(v, x, v.without(tail, isZero), SHORT_SERIES_64);
  const isSubnormal = v.and(v.isLess(26.5, x), v.isLess(x, 27.3));
  return unlessAny(b, isSubnormal, result, () => laneByLane(b, "f64x2", ERFC, [x]));
}

const erfc: VectorFunction = (b, lanes, operands) => {
  const x = operands[0] as Value;
  if (lanes === "f64x2") return erfc64(b, x);
  return throughDoubles(
    b,
    (_, __, [half]) => {
      const v = new LaneArithmetic(b, "f64x2");
      const y = half as Value;
      // From 10.5 on the result is 0 in float32.
      return fromTail(v, y, tail32(v, v.lesser(v.abs(y), 10.5)), SHORT_SERIES_32);
    },
    operands,
  );
};

export const errorFunctionFunctions: VectorFunctions = { erf, erfc };
