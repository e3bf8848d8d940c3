// Kinks, edges of domains and products with zero, element by element.

import {
  abs,
  acos,
  atan2,
  cbrt,
  ceil,
  clip,
  digamma,
  elu,
  floor,
  grad,
  hypot,
  leakyRelu,
  lgamma,
  log,
  logaddexp,
  max,
  maximum,
  minimum,
  mod,
  multiply,
  pow,
  relu,
  round,
  selu,
  sign,
  sqrt,
  type Tensor,
  where,
  xlogy,
} from "../../../src/autodiff/index.ts";
import { type Convention, INFINITY, int32, NAN, slope, vector } from "./convention.ts";

type Pair = readonly [Tensor, Tensor];
type Three = readonly [Tensor, Tensor, Tensor];

function slopes(f: (...operands: Tensor[]) => Tensor, ...at: readonly number[]): () => unknown {
  return () => grad((p: readonly Tensor[]) => f(...p))(at);
}

export const kinks: readonly Convention[] = [
  ["`abs(x)` at 0, derivative", "0", [slope(abs, 0), 0], [slope(abs, [-0]), [0]]],
  [
    "`sign`, `floor`, `ceil`, `round`, derivative",
    "0 everywhere",
    [slope(sign, [-2, 0, 3]), [0, 0, 0]],
    [slope(floor, [2, 2.5]), [0, 0]],
    [slope(ceil, [2, 2.5]), [0, 0]],
    [slope(round, [2, 2.5]), [0, 0]],
  ],
  ["`sign(NaN)`", "NaN", [() => sign(NAN), NAN]],
  [
    "`round(x)` at a half",
    "to the even number",
    [() => round(vector([-2.5, -1.5, 0.5, 1.5, 2.5])), [-2, -2, 0, 2, 2]],
  ],
  ["`relu(x)` at 0, derivative", "0", [slope(relu, 0), 0]],
  ["`relu(x)` at NaN", "NaN, derivative 0", [() => relu(NAN), NAN], [slope(relu, NAN), 0]],
  [
    "`leakyRelu`, `elu`, `selu` at 0, derivative",
    "the slope from the left",
    [slope((x) => leakyRelu(x, 0.1), 0), 0.1],
    [slope((x) => elu(x, 1.5), 0), 1.5],
    [slope(selu, 0), 1.7580993408473766],
  ],
  [
    "`maximum(x, y)`, `minimum(x, y)` at x = y, derivative",
    "half to each",
    [slopes((...p) => maximum(...(p as unknown as Pair)), 2, 2), [0.5, 0.5]],
    [slopes((...p) => minimum(...(p as unknown as Pair)), 2, 2), [0.5, 0.5]],
  ],
  [
    "`maximum(x, 1)` at NaN",
    "NaN, derivative 0",
    [() => maximum(NAN, 1), NAN],
    [slope((x) => maximum(x, 1), NAN), 0],
  ],
  [
    "`max(x, y, z)` of equal numbers, derivative",
    "by pairs from the left: ¼, ¼, ½",
    [slopes((...p) => max(...(p as unknown as Three)), 1, 1, 1), [0.25, 0.25, 0.5]],
  ],
  [
    "`clip(x, low, high)` at a bound, derivative by x",
    "1",
    [slope((x) => clip(x, -1, 1), [-1, 1, 1.5]), [1, 1, 0]],
  ],
  [
    "`clip(x, low, high)` with low > high",
    "high, and the derivative goes to high",
    [() => clip(0, 2, 1), 1],
    [slopes((...p) => clip(...(p as unknown as Three)), 0, 2, 1), [0, 0, 1]],
  ],
  [
    "`where(c, x, y)`, derivative",
    "to the chosen side alone, even beside a NaN",
    [slope((x) => where(vector([0, 1]), sqrt(x), 0), [-1, 4]), [0, 0.25]],
    [slope((c) => where(c, multiply(c, 3), 5), 2), 3],
  ],
  ["`where(NaN, x, y)`", "x: NaN is not 0", [() => where(NAN, 1, 2), 1]],
  [
    "`hypot(x, y)` at (0, 0), derivative",
    "0 by both",
    [slopes((...p) => hypot(...(p as unknown as Pair)), 0, 0), [0, 0]],
  ],
  [
    "`atan2(y, x)` at (0, 0)",
    "0, derivative NaN",
    [() => atan2(0, 0), 0],
    [() => atan2(0, -0), Math.PI],
    [slope((y) => atan2(y, 0), 0), NAN],
  ],
  [
    "`sqrt(x)`, `cbrt(x)`, `x ^ 0.5` at 0, derivative",
    "Infinity",
    [slope(sqrt, 0), INFINITY],
    [slope(cbrt, 0), INFINITY],
    [slope((x) => pow(x, 0.5), 0), INFINITY],
  ],
  [
    "`log(x)`, `sqrt(x)`, `x ^ 0.5` for x < 0",
    "NaN: all functions are real",
    [() => log(-1), NAN],
    [() => sqrt(-1), NAN],
    [() => pow(-1, 0.5), NAN],
  ],
  [
    "`log(x)` at 0",
    "-Infinity, derivative Infinity",
    [() => log(0), -INFINITY],
    [slope(log, 0), INFINITY],
  ],
  ["`acos(x)` at 1, derivative", "-Infinity", [slope(acos, 1), -INFINITY]],
  ["`0 ^ 0`", "1", [() => pow(0, 0), 1], [() => pow(int32(0), int32(0)), 1]],
  ["`x ^ 0` at x = 0, derivative by x", "0", [slope((x) => pow(x, 0), 0), 0]],
  [
    "`0 ^ y`, derivative by y",
    "0 for y ≥ 0, -Infinity for y < 0",
    [slope((y) => pow(0, y), [0, 2, -1]), [0, 0, -INFINITY]],
  ],
  [
    "`x ^ -1` at 0",
    "Infinity, derivative -Infinity",
    [() => pow(0, -1), INFINITY],
    [slope((x) => pow(x, -1), 0), -INFINITY],
  ],
  [
    "`xlogy(x, y)`, which is x·log(y), at (0, 0)",
    "0, derivative 0 by both",
    [() => xlogy(0, 0), 0],
    [slope((x) => xlogy(x, 0), 0), 0],
    [slope((y) => xlogy(0, y), 0), 0],
  ],
  ["`xlogy(0, NaN)`", "NaN", [() => xlogy(0, NAN), NAN]],
  [
    "`logaddexp(x, y)` at (-Infinity, -Infinity)",
    "-Infinity, derivative NaN",
    [() => logaddexp(-INFINITY, -INFINITY), -INFINITY],
    [slope((x) => logaddexp(x, -INFINITY), -INFINITY), NAN],
  ],
  [
    "`mod(x, y)`",
    "the sign of y; derivative by y -⌊x / y⌋",
    [() => mod(vector([7, -7]), vector([-3, 3])), [-2, 2]],
    [slope((y) => mod(7, y), 3), -2],
  ],
  [
    "`mod(x, 0)`, `mod(x, Infinity)`",
    "NaN; x for x ≥ 0, else Infinity",
    [() => mod(vector([5, 5, -5]), vector([0, INFINITY, INFINITY])), [NAN, 5, INFINITY]],
  ],
  [
    "`lgamma(x)`, `digamma(x)` at 0",
    "Infinity, -Infinity",
    [() => lgamma(0), INFINITY],
    [() => digamma(0), -INFINITY],
  ],
];
