// Made by `npm run generate` from the definitions of the pointwise operations. Do not edit.

import type { Arithmetic } from "../arithmetic.ts";
import { cot, coth, csc, csch, hypot, pow, round, sec, sech, sigmoid, sign, softplus } from "../kernels/elementary.ts";
import { erfc } from "../kernels/erf.ts";
import { digamma, polygamma } from "../kernels/gamma.ts";

/** The names of all pointwise operations. */
export type PointwiseName =
  | "abs"
  | "acos"
  | "acosh"
  | "acot"
  | "acoth"
  | "acsc"
  | "acsch"
  | "add"
  | "and"
  | "asec"
  | "asech"
  | "asin"
  | "asinh"
  | "atan"
  | "atan2"
  | "atanh"
  | "cbrt"
  | "ceil"
  | "clip"
  | "cos"
  | "cosh"
  | "cot"
  | "coth"
  | "csc"
  | "csch"
  | "digamma"
  | "divide"
  | "elu"
  | "equal"
  | "erf"
  | "erfc"
  | "exp"
  | "expm1"
  | "floor"
  | "gamma"
  | "gelu"
  | "geluTanh"
  | "greater"
  | "greaterEqual"
  | "hypot"
  | "leakyRelu"
  | "less"
  | "lessEqual"
  | "lgamma"
  | "log"
  | "log10"
  | "log1p"
  | "log2"
  | "logCosh"
  | "logSigmoid"
  | "logaddexp"
  | "maximum"
  | "minimum"
  | "mish"
  | "mod"
  | "multiply"
  | "negate"
  | "not"
  | "notEqual"
  | "or"
  | "polygamma"
  | "pow"
  | "reciprocal"
  | "relu"
  | "round"
  | "sec"
  | "sech"
  | "selu"
  | "sigmoid"
  | "sign"
  | "silu"
  | "sin"
  | "sinh"
  | "softplus"
  | "sqrt"
  | "square"
  | "subtract"
  | "tan"
  | "tanh"
  | "where"
  | "xlogy"
  | "xor";

/** What the generator makes of one operation's texts. */
export interface PointwiseRule {
  /** The partial derivative by each operand, in the formula language. */
  readonly partials: readonly string[];
  /** By operand: the cotangent g times the partial derivative, over any arithmetic. */
  readonly chain: readonly (ChainRule | "none" | undefined)[];
  /** The same on plain numbers: (g, ...operands, result). */
  readonly chainNumbers: readonly (((...operands: number[]) => number) | "none" | undefined)[];
  /** By operand: whether the rule gives nothing where it does not apply, as the unchosen side of where. */
  readonly selects: readonly boolean[];
  /** The operation in terms of others; undefined for a primitive. */
  readonly composite: (<S>(a: Arithmetic<S>, ...operands: S[]) => S) | undefined;
}

export type ChainRule = <S>(a: Arithmetic<S>, ...operands: S[]) => S;

const square = (x: number): number => x * x;

export const rules: Readonly<Record<PointwiseName, PointwiseRule>> = {
  // abs: by x: sign(x)
  abs: {
    partials: ["sign(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.sign(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (sign(x))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.choose(a.less(x, a.literal(0)), () => a.negate(x), () => x),
  },
  // acos: by x: -1 / sqrt((1 - x) * (1 + x))
  acos: {
    partials: ["-1 / sqrt((1 - x) * (1 + x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.divide(g, a.sqrt(a.multiply(a.subtract(a.literal(1), x), a.add(a.literal(1), x)))))],
    chainNumbers: [(g: number, x: number): number => -((g) / (Math.sqrt(((1 - x) * (1 + x)))))],
    selects: [false],
    composite: undefined,
  },
  // acosh: by x: 1 / (sqrt(x - 1) * sqrt(x + 1))
  acosh: {
    partials: ["1 / (sqrt(x - 1) * sqrt(x + 1))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.multiply(a.sqrt(a.subtract(x, a.literal(1))), a.sqrt(a.add(x, a.literal(1)))))],
    chainNumbers: [(g: number, x: number): number => (g) / ((Math.sqrt((x - 1)) * Math.sqrt((x + 1))))],
    selects: [false],
    composite: undefined,
  },
  // acot: by x: -1 / (1 + x * x)
  acot: {
    partials: ["-1 / (1 + x * x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.divide(g, a.add(a.literal(1), a.multiply(x, x))))],
    chainNumbers: [(g: number, x: number): number => -((g) / ((1 + (x * x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.atan(a.divide(a.literal(1), x)),
  },
  // acoth: by x: 1 / ((1 - x) * (1 + x))
  acoth: {
    partials: ["1 / ((1 - x) * (1 + x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.multiply(a.subtract(a.literal(1), x), a.add(a.literal(1), x)))],
    chainNumbers: [(g: number, x: number): number => (g) / (((1 - x) * (1 + x)))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.atanh(a.divide(a.literal(1), x)),
  },
  // acsc: by x: -1 / (abs(x) * sqrt((x - 1) * (x + 1)))
  acsc: {
    partials: ["-1 / (abs(x) * sqrt((x - 1) * (x + 1)))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.divide(g, a.multiply(a.abs(x), a.sqrt(a.multiply(a.subtract(x, a.literal(1)), a.add(x, a.literal(1)))))))],
    chainNumbers: [(g: number, x: number): number => -((g) / ((Math.abs(x) * Math.sqrt(((x - 1) * (x + 1))))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.asin(a.divide(a.literal(1), x)),
  },
  // acsch: by x: -1 / (abs(x) * hypot(1, x))
  acsch: {
    partials: ["-1 / (abs(x) * hypot(1, x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.divide(g, a.multiply(a.abs(x), a.hypot(a.literal(1), x))))],
    chainNumbers: [(g: number, x: number): number => -((g) / ((Math.abs(x) * hypot(1, x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.asinh(a.divide(a.literal(1), x)),
  },
  // add: by x: 1; by y: 1
  add: {
    partials: ["1", "1"],
    chain: [<S>(_a: Arithmetic<S>, g: S): S => g, <S>(_a: Arithmetic<S>, g: S): S => g],
    chainNumbers: [(g: number): number => g, (g: number): number => g],
    selects: [false, false],
    composite: undefined,
  },
  // and: by x: 0; by y: 0
  and: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // asec: by x: 1 / (abs(x) * sqrt((x - 1) * (x + 1)))
  asec: {
    partials: ["1 / (abs(x) * sqrt((x - 1) * (x + 1)))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.multiply(a.abs(x), a.sqrt(a.multiply(a.subtract(x, a.literal(1)), a.add(x, a.literal(1))))))],
    chainNumbers: [(g: number, x: number): number => (g) / ((Math.abs(x) * Math.sqrt(((x - 1) * (x + 1)))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.acos(a.divide(a.literal(1), x)),
  },
  // asech: by x: -1 / (x * sqrt((1 - x) * (1 + x)))
  asech: {
    partials: ["-1 / (x * sqrt((1 - x) * (1 + x)))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.divide(g, a.multiply(x, a.sqrt(a.multiply(a.subtract(a.literal(1), x), a.add(a.literal(1), x))))))],
    chainNumbers: [(g: number, x: number): number => -((g) / ((x * Math.sqrt(((1 - x) * (1 + x))))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.acosh(a.divide(a.literal(1), x)),
  },
  // asin: by x: 1 / sqrt((1 - x) * (1 + x))
  asin: {
    partials: ["1 / sqrt((1 - x) * (1 + x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.sqrt(a.multiply(a.subtract(a.literal(1), x), a.add(a.literal(1), x))))],
    chainNumbers: [(g: number, x: number): number => (g) / (Math.sqrt(((1 - x) * (1 + x))))],
    selects: [false],
    composite: undefined,
  },
  // asinh: by x: 1 / hypot(1, x)
  asinh: {
    partials: ["1 / hypot(1, x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.hypot(a.literal(1), x))],
    chainNumbers: [(g: number, x: number): number => (g) / (hypot(1, x))],
    selects: [false],
    composite: undefined,
  },
  // atan: by x: 1 / (x ^ 2 + 1)
  atan: {
    partials: ["1 / (x ^ 2 + 1)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.add(a.pow(x, a.literal(2)), a.literal(1)))],
    chainNumbers: [(g: number, x: number): number => (g) / ((square(x) + 1))],
    selects: [false],
    composite: undefined,
  },
  // atan2: by y: (x / hypot(x, y)) / hypot(x, y); by x: -(y / hypot(x, y)) / hypot(x, y)
  atan2: {
    partials: ["(x / hypot(x, y)) / hypot(x, y)", "-(y / hypot(x, y)) / hypot(x, y)"],
    chain: [<S>(a: Arithmetic<S>, g: S, y: S, x: S): S => a.multiply(g, a.divide(a.divide(x, a.hypot(x, y)), a.hypot(x, y))), <S>(a: Arithmetic<S>, g: S, y: S, x: S): S => a.multiply(g, a.divide(a.negate(a.divide(y, a.hypot(x, y))), a.hypot(x, y)))],
    chainNumbers: [(g: number, y: number, x: number): number => (g) * (((x / hypot(x, y)) / hypot(x, y))), (g: number, y: number, x: number): number => (g) * ((-((y / hypot(x, y))) / hypot(x, y)))],
    selects: [false, false],
    composite: undefined,
  },
  // atanh: by x: 1 / ((1 - x) * (1 + x))
  atanh: {
    partials: ["1 / ((1 - x) * (1 + x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.multiply(a.subtract(a.literal(1), x), a.add(a.literal(1), x)))],
    chainNumbers: [(g: number, x: number): number => (g) / (((1 - x) * (1 + x)))],
    selects: [false],
    composite: undefined,
  },
  // cbrt: by x: 1 / (3 * result * result)
  cbrt: {
    partials: ["1 / (3 * result * result)"],
    chain: [<S>(a: Arithmetic<S>, g: S, _x: S, result: S): S => a.divide(g, a.multiply(a.multiply(a.literal(3), result), result))],
    chainNumbers: [(g: number, _x: number, result: number): number => (g) / (((3 * result) * result))],
    selects: [false],
    composite: undefined,
  },
  // ceil: by x: 0
  ceil: {
    partials: ["0"],
    chain: [undefined],
    chainNumbers: [undefined],
    selects: [false],
    composite: undefined,
  },
  // clip: by x: (x >= low and x <= high) ? 1 : 0; by low: (x < low and low <= high) ? 1 : 0; by high: (x > high or low > high) ? 1 : 0
  clip: {
    partials: ["(x >= low and x <= high) ? 1 : 0", "(x < low and low <= high) ? 1 : 0", "(x > high or low > high) ? 1 : 0"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, low: S, high: S): S => a.choose(a.and(a.greaterEqual(x, low), a.lessEqual(x, high)), () => g, () => a.nothing), <S>(a: Arithmetic<S>, g: S, x: S, low: S, high: S): S => a.choose(a.and(a.less(x, low), a.lessEqual(low, high)), () => g, () => a.nothing), <S>(a: Arithmetic<S>, g: S, x: S, low: S, high: S): S => a.choose(a.or(a.greater(x, high), a.greater(low, high)), () => g, () => a.nothing)],
    chainNumbers: [(g: number, x: number, low: number, high: number): number => ((x >= low) && (x <= high)) ? g : (0), (g: number, x: number, low: number, high: number): number => ((x < low) && (low <= high)) ? g : (0), (g: number, x: number, low: number, high: number): number => ((x > high) || (low > high)) ? g : (0)],
    selects: [true, true, true],
    composite: <S>(a: Arithmetic<S>, x: S, low: S, high: S): S => a.choose(a.less(x, low), () => a.choose(a.less(low, high), () => low, () => high), () => a.choose(a.greater(x, high), () => high, () => x)),
  },
  // cos: by x: -sin(x)
  cos: {
    partials: ["-sin(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.multiply(g, a.sin(x)))],
    chainNumbers: [(g: number, x: number): number => -((g) * (Math.sin(x)))],
    selects: [false],
    composite: undefined,
  },
  // cosh: by x: sinh(x)
  cosh: {
    partials: ["sinh(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.sinh(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (Math.sinh(x))],
    selects: [false],
    composite: undefined,
  },
  // cot: by x: -(csc(x) * csc(x))
  cot: {
    partials: ["-(csc(x) * csc(x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.multiply(g, a.multiply(a.csc(x), a.csc(x))))],
    chainNumbers: [(g: number, x: number): number => -((g) * ((csc(x) * csc(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), a.tan(x)),
  },
  // coth: by x: -(csch(x) * csch(x))
  coth: {
    partials: ["-(csch(x) * csch(x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.multiply(g, a.multiply(a.csch(x), a.csch(x))))],
    chainNumbers: [(g: number, x: number): number => -((g) * ((csch(x) * csch(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), a.tanh(x)),
  },
  // csc: by x: -(result * cot(x))
  csc: {
    partials: ["-(result * cot(x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.negate(a.multiply(g, a.multiply(result, a.cot(x))))],
    chainNumbers: [(g: number, x: number, result: number): number => -((g) * ((result * cot(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), a.sin(x)),
  },
  // csch: by x: -(result * coth(x))
  csch: {
    partials: ["-(result * coth(x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.negate(a.multiply(g, a.multiply(result, a.coth(x))))],
    chainNumbers: [(g: number, x: number, result: number): number => -((g) * ((result * coth(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), a.sinh(x)),
  },
  // digamma: by x: polygamma(1, x)
  digamma: {
    partials: ["polygamma(1, x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.polygamma(a.literal(1), x))],
    chainNumbers: [(g: number, x: number): number => (g) * (polygamma(1, x))],
    selects: [false],
    composite: undefined,
  },
  // divide: by x: 1 / y; by y: -(result / y)
  divide: {
    partials: ["1 / y", "-(result / y)"],
    chain: [<S>(a: Arithmetic<S>, g: S, _x: S, y: S): S => a.divide(g, y), <S>(a: Arithmetic<S>, g: S, _x: S, y: S, result: S): S => a.negate(a.multiply(g, a.divide(result, y)))],
    chainNumbers: [(g: number, _x: number, y: number): number => (g) / (y), (g: number, _x: number, y: number, result: number): number => -((g) * ((result / y)))],
    selects: [false, false],
    composite: undefined,
  },
  // elu: by x: (x > 0) ? 1 : (alpha * exp(x)); by alpha: (x > 0) ? 0 : expm1(x)
  elu: {
    partials: ["(x > 0) ? 1 : (alpha * exp(x))", "(x > 0) ? 0 : expm1(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, alpha: S): S => a.choose(a.greater(x, a.literal(0)), () => g, () => a.multiply(g, a.multiply(alpha, a.exp(x)))), <S>(a: Arithmetic<S>, g: S, x: S): S => a.choose(a.greater(x, a.literal(0)), () => a.nothing, () => a.multiply(g, a.expm1(x)))],
    chainNumbers: [(g: number, x: number, alpha: number): number => (x > 0) ? g : ((g) * ((alpha * Math.exp(x)))), (g: number, x: number): number => (x > 0) ? 0 : ((g) * (Math.expm1(x)))],
    selects: [false, true],
    composite: <S>(a: Arithmetic<S>, x: S, alpha: S): S => a.choose(a.greater(x, a.literal(0)), () => x, () => a.multiply(alpha, a.expm1(x))),
  },
  // equal: by x: 0; by y: 0
  equal: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // erf: by x: 2 / sqrt(pi) * exp(-(x * x))
  erf: {
    partials: ["2 / sqrt(pi) * exp(-(x * x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.multiply(a.divide(a.literal(2), a.sqrt(a.constant("pi"))), a.exp(a.negate(a.multiply(x, x)))))],
    chainNumbers: [(g: number, x: number): number => (g) * ((1.1283791670955126 * Math.exp(-((x * x)))))],
    selects: [false],
    composite: undefined,
  },
  // erfc: by x: -(2 / sqrt(pi) * exp(-(x * x)))
  erfc: {
    partials: ["-(2 / sqrt(pi) * exp(-(x * x)))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.negate(a.multiply(g, a.multiply(a.divide(a.literal(2), a.sqrt(a.constant("pi"))), a.exp(a.negate(a.multiply(x, x))))))],
    chainNumbers: [(g: number, x: number): number => -((g) * ((1.1283791670955126 * Math.exp(-((x * x))))))],
    selects: [false],
    composite: undefined,
  },
  // exp: by x: result
  exp: {
    partials: ["result"],
    chain: [<S>(a: Arithmetic<S>, g: S, _x: S, result: S): S => a.multiply(g, result)],
    chainNumbers: [(g: number, _x: number, result: number): number => (g) * (result)],
    selects: [false],
    composite: undefined,
  },
  // expm1: by x: exp(x)
  expm1: {
    partials: ["exp(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.exp(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (Math.exp(x))],
    selects: [false],
    composite: undefined,
  },
  // floor: by x: 0
  floor: {
    partials: ["0"],
    chain: [undefined],
    chainNumbers: [undefined],
    selects: [false],
    composite: undefined,
  },
  // gamma: by x: result * digamma(x)
  gamma: {
    partials: ["result * digamma(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.multiply(g, a.multiply(result, a.digamma(x)))],
    chainNumbers: [(g: number, x: number, result: number): number => (g) * ((result * digamma(x)))],
    selects: [false],
    composite: undefined,
  },
  // gelu: by x: erfc(-x / sqrt(2)) / 2 + x * exp(-(x * x) / 2) / sqrt(2 * pi)
  gelu: {
    partials: ["erfc(-x / sqrt(2)) / 2 + x * exp(-(x * x) / 2) / sqrt(2 * pi)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.add(a.divide(a.erfc(a.divide(a.negate(x), a.sqrt(a.literal(2)))), a.literal(2)), a.divide(a.multiply(x, a.exp(a.divide(a.negate(a.multiply(x, x)), a.literal(2)))), a.sqrt(a.multiply(a.literal(2), a.constant("pi"))))))],
    chainNumbers: [(g: number, x: number): number => (g) * (((erfc((-(x) / 1.4142135623730951)) / 2) + ((x * Math.exp((-((x * x)) / 2))) / 2.5066282746310007)))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.multiply(x, a.erfc(a.divide(a.negate(x), a.sqrt(a.literal(2))))), a.literal(2)),
  },
  // geluTanh: by x: sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x ^ 3)) + result * sigmoid(-(2 * sqrt(2 / pi) * (x + 0.044715 * x ^ 3))) * 2 * sqrt(2 / pi) * (1 + 0.134145 * x * x)
  geluTanh: {
    partials: ["sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x ^ 3)) + result * sigmoid(-(2 * sqrt(2 / pi) * (x + 0.044715 * x ^ 3))) * 2 * sqrt(2 / pi) * (1 + 0.134145 * x * x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.multiply(g, a.add(a.sigmoid(a.multiply(a.multiply(a.literal(2), a.sqrt(a.divide(a.literal(2), a.constant("pi")))), a.add(x, a.multiply(a.literal(0.044715), a.pow(x, a.literal(3)))))), a.multiply(a.multiply(a.multiply(a.multiply(result, a.sigmoid(a.negate(a.multiply(a.multiply(a.literal(2), a.sqrt(a.divide(a.literal(2), a.constant("pi")))), a.add(x, a.multiply(a.literal(0.044715), a.pow(x, a.literal(3)))))))), a.literal(2)), a.sqrt(a.divide(a.literal(2), a.constant("pi")))), a.add(a.literal(1), a.multiply(a.multiply(a.literal(0.134145), x), x)))))],
    chainNumbers: [(g: number, x: number, result: number): number => (g) * ((sigmoid((1.5957691216057308 * (x + (0.044715 * pow(x, 3))))) + ((((result * sigmoid(-((1.5957691216057308 * (x + (0.044715 * pow(x, 3))))))) * 2) * 0.7978845608028654) * (1 + ((0.134145 * x) * x)))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.multiply(x, a.sigmoid(a.multiply(a.multiply(a.literal(2), a.sqrt(a.divide(a.literal(2), a.constant("pi")))), a.add(x, a.multiply(a.literal(0.044715), a.pow(x, a.literal(3))))))),
  },
  // greater: by x: 0; by y: 0
  greater: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // greaterEqual: by x: 0; by y: 0
  greaterEqual: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // hypot: by x: guard(result == 0, 0, x / result); by y: guard(result == 0, 0, y / result)
  hypot: {
    partials: ["guard(result == 0, 0, x / result)", "guard(result == 0, 0, y / result)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, _y: S, result: S): S => a.guard([result], () => a.equal(result, a.literal(0)), () => a.literal(0), () => a.multiply(g, a.divide(x, result))), <S>(a: Arithmetic<S>, g: S, _x: S, y: S, result: S): S => a.guard([result], () => a.equal(result, a.literal(0)), () => a.literal(0), () => a.multiply(g, a.divide(y, result)))],
    chainNumbers: [(g: number, x: number, _y: number, result: number): number => (result === 0) ? 0 : ((g) * ((x / result))), (g: number, _x: number, y: number, result: number): number => (result === 0) ? 0 : ((g) * ((y / result)))],
    selects: [false, false],
    composite: <S>(a: Arithmetic<S>, x: S, y: S): S => a.choose(a.greater(a.abs(x), a.abs(y)), () => a.multiply(a.abs(x), a.sqrt(a.add(a.literal(1), a.square(a.divide(y, x))))), () => a.choose(a.equal(y, a.literal(0)), () => a.literal(0), () => a.multiply(a.abs(y), a.sqrt(a.add(a.literal(1), a.square(a.divide(x, y))))))),
  },
  // leakyRelu: by x: (x > 0) ? 1 : slope; by slope: (x > 0) ? 0 : x
  leakyRelu: {
    partials: ["(x > 0) ? 1 : slope", "(x > 0) ? 0 : x"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, slope: S): S => a.choose(a.greater(x, a.literal(0)), () => g, () => a.multiply(g, slope)), <S>(a: Arithmetic<S>, g: S, x: S): S => a.choose(a.greater(x, a.literal(0)), () => a.nothing, () => a.multiply(g, x))],
    chainNumbers: [(g: number, x: number, slope: number): number => (x > 0) ? g : ((g) * (slope)), (g: number, x: number): number => (x > 0) ? 0 : ((g) * (x))],
    selects: [false, true],
    composite: <S>(a: Arithmetic<S>, x: S, slope: S): S => a.choose(a.greater(x, a.literal(0)), () => x, () => a.multiply(slope, x)),
  },
  // less: by x: 0; by y: 0
  less: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // lessEqual: by x: 0; by y: 0
  lessEqual: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // lgamma: by x: digamma(x)
  lgamma: {
    partials: ["digamma(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.digamma(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (digamma(x))],
    selects: [false],
    composite: undefined,
  },
  // log: by x: 1 / x
  log: {
    partials: ["1 / x"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, x)],
    chainNumbers: [(g: number, x: number): number => (g) / (x)],
    selects: [false],
    composite: undefined,
  },
  // log10: by x: 1 / (x * log(10))
  log10: {
    partials: ["1 / (x * log(10))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.multiply(x, a.log(a.literal(10))))],
    chainNumbers: [(g: number, x: number): number => (g) / ((x * 2.302585092994046))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.log(x), a.log(a.literal(10))),
  },
  // log1p: by x: 1 / (1 + x)
  log1p: {
    partials: ["1 / (1 + x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.add(a.literal(1), x))],
    chainNumbers: [(g: number, x: number): number => (g) / ((1 + x))],
    selects: [false],
    composite: undefined,
  },
  // log2: by x: 1 / (x * log(2))
  log2: {
    partials: ["1 / (x * log(2))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.divide(g, a.multiply(x, a.log(a.literal(2))))],
    chainNumbers: [(g: number, x: number): number => (g) / ((x * 0.6931471805599453))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.log(x), a.log(a.literal(2))),
  },
  // logCosh: by x: tanh(x)
  logCosh: {
    partials: ["tanh(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.tanh(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (Math.tanh(x))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.choose(a.less(a.abs(x), a.literal(1)), () => a.log1p(a.multiply(a.literal(2), a.pow(a.sinh(a.divide(a.clip(x, a.literal(-1), a.literal(1)), a.literal(2))), a.literal(2)))), () => a.subtract(a.add(a.abs(x), a.log1p(a.exp(a.multiply(a.literal(-2), a.abs(x))))), a.log(a.literal(2)))),
  },
  // logSigmoid: by x: sigmoid(-x)
  logSigmoid: {
    partials: ["sigmoid(-x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.sigmoid(a.negate(x)))],
    chainNumbers: [(g: number, x: number): number => (g) * (sigmoid(-(x)))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.negate(a.softplus(a.negate(x))),
  },
  // logaddexp: by x: sigmoid(x - y); by y: sigmoid(y - x)
  logaddexp: {
    partials: ["sigmoid(x - y)", "sigmoid(y - x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.multiply(g, a.sigmoid(a.subtract(x, y))), <S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.multiply(g, a.sigmoid(a.subtract(y, x)))],
    chainNumbers: [(g: number, x: number, y: number): number => (g) * (sigmoid((x - y))), (g: number, x: number, y: number): number => (g) * (sigmoid((y - x)))],
    selects: [false, false],
    composite: <S>(a: Arithmetic<S>, x: S, y: S): S => a.add(a.maximum(x, y), a.log1p(a.exp(a.negate(a.abs(a.subtract(x, y)))))),
  },
  // maximum: by x: (x > y) ? 1 : ((x == y) ? 0.5 : 0); by y: (x > y) ? 0 : ((x == y) ? 0.5 : 1)
  maximum: {
    partials: ["(x > y) ? 1 : ((x == y) ? 0.5 : 0)", "(x > y) ? 0 : ((x == y) ? 0.5 : 1)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.choose(a.greater(x, y), () => g, () => a.choose(a.equal(x, y), () => a.multiply(g, a.literal(0.5)), () => a.nothing)), <S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.choose(a.greater(x, y), () => a.nothing, () => a.choose(a.equal(x, y), () => a.multiply(g, a.literal(0.5)), () => g))],
    chainNumbers: [(g: number, x: number, y: number): number => (x > y) ? g : ((x === y) ? (g) * (0.5) : (0)), (g: number, x: number, y: number): number => (x > y) ? 0 : ((x === y) ? (g) * (0.5) : (g))],
    selects: [true, true],
    composite: <S>(a: Arithmetic<S>, x: S, y: S): S => a.choose(a.greaterEqual(x, y), () => x, () => y),
  },
  // minimum: by x: (x < y) ? 1 : ((x == y) ? 0.5 : 0); by y: (x < y) ? 0 : ((x == y) ? 0.5 : 1)
  minimum: {
    partials: ["(x < y) ? 1 : ((x == y) ? 0.5 : 0)", "(x < y) ? 0 : ((x == y) ? 0.5 : 1)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.choose(a.less(x, y), () => g, () => a.choose(a.equal(x, y), () => a.multiply(g, a.literal(0.5)), () => a.nothing)), <S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.choose(a.less(x, y), () => a.nothing, () => a.choose(a.equal(x, y), () => a.multiply(g, a.literal(0.5)), () => g))],
    chainNumbers: [(g: number, x: number, y: number): number => (x < y) ? g : ((x === y) ? (g) * (0.5) : (0)), (g: number, x: number, y: number): number => (x < y) ? 0 : ((x === y) ? (g) * (0.5) : (g))],
    selects: [true, true],
    composite: <S>(a: Arithmetic<S>, x: S, y: S): S => a.choose(a.lessEqual(x, y), () => x, () => y),
  },
  // mish: by x: tanh(softplus(x)) + x * sech(softplus(x)) ^ 2 * sigmoid(x)
  mish: {
    partials: ["tanh(softplus(x)) + x * sech(softplus(x)) ^ 2 * sigmoid(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.add(a.tanh(a.softplus(x)), a.multiply(a.multiply(x, a.pow(a.sech(a.softplus(x)), a.literal(2))), a.sigmoid(x))))],
    chainNumbers: [(g: number, x: number): number => (g) * ((Math.tanh(softplus(x)) + ((x * square(sech(softplus(x)))) * sigmoid(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.multiply(x, a.tanh(a.softplus(x))),
  },
  // mod: by x: 1; by y: -round((x - result) / y)
  mod: {
    partials: ["1", "-round((x - result) / y)"],
    chain: [<S>(_a: Arithmetic<S>, g: S): S => g, <S>(a: Arithmetic<S>, g: S, x: S, y: S, result: S): S => a.negate(a.multiply(g, a.round(a.divide(a.subtract(x, result), y))))],
    chainNumbers: [(g: number): number => g, (g: number, x: number, y: number, result: number): number => -((g) * (round(((x - result) / y))))],
    selects: [false, false],
    composite: <S>(a: Arithmetic<S>, x: S, y: S): S => a.subtract(x, a.multiply(y, a.floor(a.divide(x, y)))),
  },
  // multiply: by x: y; by y: x
  multiply: {
    partials: ["y", "x"],
    chain: [<S>(a: Arithmetic<S>, g: S, _x: S, y: S): S => a.multiply(g, y), <S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, x)],
    chainNumbers: [(g: number, _x: number, y: number): number => (g) * (y), (g: number, x: number): number => (g) * (x)],
    selects: [false, false],
    composite: undefined,
  },
  // negate: by x: -1
  negate: {
    partials: ["-1"],
    chain: [<S>(a: Arithmetic<S>, g: S): S => a.negate(g)],
    chainNumbers: [(g: number): number => -(g)],
    selects: [false],
    composite: undefined,
  },
  // not: by x: 0
  not: {
    partials: ["0"],
    chain: [undefined],
    chainNumbers: [undefined],
    selects: [false],
    composite: undefined,
  },
  // notEqual: by x: 0; by y: 0
  notEqual: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // or: by x: 0; by y: 0
  or: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
  // polygamma: by n: none; by x: polygamma(n + 1, x)
  polygamma: {
    partials: ["none", "polygamma(n + 1, x)"],
    chain: ["none", <S>(a: Arithmetic<S>, g: S, n: S, x: S): S => a.multiply(g, a.polygamma(a.add(n, a.literal(1)), x))],
    chainNumbers: ["none", (g: number, n: number, x: number): number => (g) * (polygamma((n + 1), x))],
    selects: [false, false],
    composite: undefined,
  },
  // pow: by x: guard(fixed(y), guard(y == 2, 2 * x, guard(y == 1, 1, guard(y == 0, 0, y * x ^ (y - 1)))), guard(x == 0 and y == 0, 0, y * x ^ (y - 1))); by y: guard(x == 0 and y >= 0, 0, result * log(x))
  pow: {
    partials: ["guard(fixed(y), guard(y == 2, 2 * x, guard(y == 1, 1, guard(y == 0, 0, y * x ^ (y - 1)))), guard(x == 0 and y == 0, 0, y * x ^ (y - 1)))", "guard(x == 0 and y >= 0, 0, result * log(x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.guard([y], () => a.fixed(y), () => a.guard([y], () => a.equal(y, a.literal(2)), () => a.multiply(g, a.multiply(a.literal(2), x)), () => a.guard([y], () => a.equal(y, a.literal(1)), () => g, () => a.guard([y], () => a.equal(y, a.literal(0)), () => a.literal(0), () => a.multiply(g, a.multiply(y, a.pow(x, a.subtract(y, a.literal(1)))))))), () => a.guard([x, y], () => a.and(a.equal(x, a.literal(0)), a.equal(y, a.literal(0))), () => a.literal(0), () => a.multiply(g, a.multiply(y, a.pow(x, a.subtract(y, a.literal(1))))))), <S>(a: Arithmetic<S>, g: S, x: S, y: S, result: S): S => a.guard([x, y], () => a.and(a.equal(x, a.literal(0)), a.greaterEqual(y, a.literal(0))), () => a.literal(0), () => a.multiply(g, a.multiply(result, a.log(x))))],
    chainNumbers: [(g: number, x: number, y: number): number => (y === 2) ? (g) * ((2 * x)) : ((y === 1) ? g : ((y === 0) ? 0 : ((g) * ((y * pow(x, (y - 1))))))), (g: number, x: number, y: number, result: number): number => ((x === 0) && (y >= 0)) ? 0 : ((g) * ((result * Math.log(x))))],
    selects: [false, false],
    composite: undefined,
  },
  // reciprocal: by x: -(result * result)
  reciprocal: {
    partials: ["-(result * result)"],
    chain: [<S>(a: Arithmetic<S>, g: S, _x: S, result: S): S => a.negate(a.multiply(g, a.multiply(result, result)))],
    chainNumbers: [(g: number, _x: number, result: number): number => -((g) * ((result * result)))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), x),
  },
  // relu: by x: (x > 0) ? 1 : 0
  relu: {
    partials: ["(x > 0) ? 1 : 0"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.choose(a.greater(x, a.literal(0)), () => g, () => a.nothing)],
    chainNumbers: [(g: number, x: number): number => (x > 0) ? g : (0)],
    selects: [true],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.choose(a.greater(x, a.literal(0)), () => x, () => a.literal(0)),
  },
  // round: by x: 0
  round: {
    partials: ["0"],
    chain: [undefined],
    chainNumbers: [undefined],
    selects: [false],
    composite: undefined,
  },
  // sec: by x: result * tan(x)
  sec: {
    partials: ["result * tan(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.multiply(g, a.multiply(result, a.tan(x)))],
    chainNumbers: [(g: number, x: number, result: number): number => (g) * ((result * Math.tan(x)))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), a.cos(x)),
  },
  // sech: by x: -(result * tanh(x))
  sech: {
    partials: ["-(result * tanh(x))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.negate(a.multiply(g, a.multiply(result, a.tanh(x))))],
    chainNumbers: [(g: number, x: number, result: number): number => -((g) * ((result * Math.tanh(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.divide(a.literal(1), a.cosh(x)),
  },
  // selu: by x: 1.0507009873554805 * ((x > 0) ? 1 : (1.6732632423543773 * exp(x)))
  selu: {
    partials: ["1.0507009873554805 * ((x > 0) ? 1 : (1.6732632423543773 * exp(x)))"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.multiply(a.literal(1.0507009873554805), a.choose(a.greater(x, a.literal(0)), () => a.literal(1), () => a.multiply(a.literal(1.6732632423543774), a.exp(x)))))],
    chainNumbers: [(g: number, x: number): number => (g) * ((1.0507009873554805 * ((x > 0) ? 1 : (1.6732632423543774 * Math.exp(x)))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.multiply(a.literal(1.0507009873554805), a.choose(a.greater(x, a.literal(0)), () => x, () => a.multiply(a.literal(1.6732632423543774), a.expm1(x)))),
  },
  // sigmoid: by x: result * sigmoid(-x)
  sigmoid: {
    partials: ["result * sigmoid(-x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.multiply(g, a.multiply(result, a.sigmoid(a.negate(x))))],
    chainNumbers: [(g: number, x: number, result: number): number => (g) * ((result * sigmoid(-(x))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.choose(a.greaterEqual(x, a.literal(0)), () => a.divide(a.literal(1), a.add(a.literal(1), a.exp(a.negate(x)))), () => a.divide(a.exp(x), a.add(a.literal(1), a.exp(x)))),
  },
  // sign: by x: 0
  sign: {
    partials: ["0"],
    chain: [undefined],
    chainNumbers: [undefined],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.choose(a.greater(x, a.literal(0)), () => a.literal(1), () => a.choose(a.less(x, a.literal(0)), () => a.literal(-1), () => a.literal(0))),
  },
  // silu: by x: sigmoid(x) + result * sigmoid(-x)
  silu: {
    partials: ["sigmoid(x) + result * sigmoid(-x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, result: S): S => a.multiply(g, a.add(a.sigmoid(x), a.multiply(result, a.sigmoid(a.negate(x)))))],
    chainNumbers: [(g: number, x: number, result: number): number => (g) * ((sigmoid(x) + (result * sigmoid(-(x)))))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.multiply(x, a.sigmoid(x)),
  },
  // sin: by x: cos(x)
  sin: {
    partials: ["cos(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.cos(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (Math.cos(x))],
    selects: [false],
    composite: undefined,
  },
  // sinh: by x: cosh(x)
  sinh: {
    partials: ["cosh(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.cosh(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (Math.cosh(x))],
    selects: [false],
    composite: undefined,
  },
  // softplus: by x: sigmoid(x)
  softplus: {
    partials: ["sigmoid(x)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.sigmoid(x))],
    chainNumbers: [(g: number, x: number): number => (g) * (sigmoid(x))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.add(a.maximum(x, a.literal(0)), a.log1p(a.exp(a.negate(a.abs(x))))),
  },
  // sqrt: by x: 1 / (2 * result)
  sqrt: {
    partials: ["1 / (2 * result)"],
    chain: [<S>(a: Arithmetic<S>, g: S, _x: S, result: S): S => a.divide(g, a.multiply(a.literal(2), result))],
    chainNumbers: [(g: number, _x: number, result: number): number => (g) / ((2 * result))],
    selects: [false],
    composite: undefined,
  },
  // square: by x: 2 * x
  square: {
    partials: ["2 * x"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.multiply(a.literal(2), x))],
    chainNumbers: [(g: number, x: number): number => (g) * ((2 * x))],
    selects: [false],
    composite: <S>(a: Arithmetic<S>, x: S): S => a.multiply(x, x),
  },
  // subtract: by x: 1; by y: -1
  subtract: {
    partials: ["1", "-1"],
    chain: [<S>(_a: Arithmetic<S>, g: S): S => g, <S>(a: Arithmetic<S>, g: S): S => a.negate(g)],
    chainNumbers: [(g: number): number => g, (g: number): number => -(g)],
    selects: [false, false],
    composite: undefined,
  },
  // tan: by x: sec(x) ^ 2
  tan: {
    partials: ["sec(x) ^ 2"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.pow(a.sec(x), a.literal(2)))],
    chainNumbers: [(g: number, x: number): number => (g) * (square(sec(x)))],
    selects: [false],
    composite: undefined,
  },
  // tanh: by x: sech(x) ^ 2
  tanh: {
    partials: ["sech(x) ^ 2"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S): S => a.multiply(g, a.pow(a.sech(x), a.literal(2)))],
    chainNumbers: [(g: number, x: number): number => (g) * (square(sech(x)))],
    selects: [false],
    composite: undefined,
  },
  // where: by condition: 0; by x: condition ? 1 : 0; by y: condition ? 0 : 1
  where: {
    partials: ["0", "condition ? 1 : 0", "condition ? 0 : 1"],
    chain: [undefined, <S>(a: Arithmetic<S>, g: S, condition: S): S => a.choose(condition, () => g, () => a.nothing), <S>(a: Arithmetic<S>, g: S, condition: S): S => a.choose(condition, () => a.nothing, () => g)],
    chainNumbers: [undefined, (g: number, condition: number): number => condition !== 0 ? g : (0), (g: number, condition: number): number => condition !== 0 ? 0 : (g)],
    selects: [false, true, true],
    composite: undefined,
  },
  // xlogy: by x: (x == 0 and y <= 0) ? 0 : log(y); by y: (x == 0 and y == 0) ? 0 : (x / y)
  xlogy: {
    partials: ["(x == 0 and y <= 0) ? 0 : log(y)", "(x == 0 and y == 0) ? 0 : (x / y)"],
    chain: [<S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.choose(a.and(a.equal(x, a.literal(0)), a.lessEqual(y, a.literal(0))), () => a.nothing, () => a.multiply(g, a.log(y))), <S>(a: Arithmetic<S>, g: S, x: S, y: S): S => a.choose(a.and(a.equal(x, a.literal(0)), a.equal(y, a.literal(0))), () => a.nothing, () => a.multiply(g, a.divide(x, y)))],
    chainNumbers: [(g: number, x: number, y: number): number => ((x === 0) && (y <= 0)) ? 0 : ((g) * (Math.log(y))), (g: number, x: number, y: number): number => ((x === 0) && (y === 0)) ? 0 : ((g) * ((x / y)))],
    selects: [true, true],
    composite: <S>(a: Arithmetic<S>, x: S, y: S): S => a.choose(a.and(a.equal(x, a.literal(0)), a.or(a.lessEqual(y, a.literal(0)), a.greater(y, a.literal(1.7976931348623157e+308)))), () => a.literal(0), () => a.multiply(x, a.log(y))),
  },
  // xor: by x: 0; by y: 0
  xor: {
    partials: ["0", "0"],
    chain: [undefined, undefined],
    chainNumbers: [undefined, undefined],
    selects: [false, false],
    composite: undefined,
  },
};
