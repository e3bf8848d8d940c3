// Whole numbers, truth values, and what comes of mixing number types.

import {
  add,
  cast,
  divide,
  equal,
  exp,
  grad,
  less,
  mean,
  mod,
  multiply,
  not,
  notEqual,
  pow,
  sum,
  type Tensor,
  variance,
} from "../../../src/autodiff/index.ts";
import {
  bool,
  type Convention,
  float32,
  INFINITY,
  int32,
  NAN,
  slope,
  vector,
} from "./convention.ts";

/** The numbers and the dtype of a result. */
function typed(f: () => Tensor): () => unknown {
  return () => {
    const result = f();
    return [result.toArray(), result.dtype];
  };
}

export const dtypes: readonly Convention[] = [
  ["int32 with a whole literal", "int32", [typed(() => multiply(int32(3), 2)), [6, "int32"]]],
  [
    "int32 with a literal that is not whole",
    "float64",
    [typed(() => add(int32(1), 0.5)), [1.5, "float64"]],
  ],
  ["float32 with a literal", "float32", [typed(() => add(float32(1), 0.5)), [1.5, "float32"]]],
  ["int32 with float32", "float64", [typed(() => add(int32(1), float32(1))), [2, "float64"]]],
  ["bool + bool", "int32", [typed(() => add(bool(1), bool(1))), [2, "int32"]]],
  [
    "int32 beyond its range",
    "wraps modulo 2³²",
    [typed(() => add(int32(2147483647), int32(1))), [-2147483648, "int32"]],
    [typed(() => sum(int32([2147483647, 1]))), [-2147483648, "int32"]],
  ],
  [
    "`divide` of int32",
    "float64",
    [typed(() => divide(int32([7, 1]), int32([2, 0]))), [[3.5, INFINITY], "float64"]],
  ],
  [
    "`pow` of int32 with a negative exponent",
    "the fraction is dropped: 2 ^ -1 is 0",
    [typed(() => pow(int32(2), int32(-1))), [0, "int32"]],
  ],
  ["`mod` of int32 by 0", "0", [typed(() => mod(int32(7), int32(0))), [0, "int32"]]],
  [
    "`sum` of int32, of bool",
    "int32",
    [typed(() => sum(int32([1, 2]))), [3, "int32"]],
    [typed(() => sum(bool([1, 1]))), [2, "int32"]],
  ],
  [
    "`mean`, `variance` of int32",
    "float64",
    [typed(() => mean(int32([1, 2]))), [1.5, "float64"]],
    [typed(() => variance(int32([1, 3]))), [1, "float64"]],
  ],
  ["`exp`, `sqrt` … of int32", "float64", [typed(() => exp(int32(0))), [1, "float64"]]],
  [
    '`cast(x, "int32")`',
    "the fraction is dropped, NaN and Infinity are 0, and what is too large wraps",
    [
      typed(() => cast(vector([1.9, -1.9, NAN, INFINITY, 3e9]), "int32")),
      [[1, -1, 0, 0, -1294967296], "int32"],
    ],
  ],
  [
    '`cast(x, "bool")`',
    "whether x is not 0; NaN is true",
    [typed(() => cast(vector([0, -0, NAN, 0.5]), "bool")), [[0, 0, 1, 1], "bool"]],
  ],
  ["`not(NaN)`", "false", [() => not(NAN), 0]],
  [
    "comparisons with NaN; 0 and -0",
    "false, but notEqual is true; equal",
    [() => equal(NAN, NAN), 0],
    [() => less(NAN, 1), 0],
    [() => notEqual(NAN, NAN), 1],
    [() => equal(0, -0), 1],
  ],
  [
    "a gradient by an int32 or bool",
    "an error",
    [() => grad((x: Tensor) => sum(x))(int32([1])), /there is no gradient by the int32/],
  ],
  [
    "through `cast` to int32 and back, derivative",
    "0",
    [slope((x) => cast(cast(x, "int32"), "float64"), 3.7), 0],
    [slope((x) => multiply(cast(x, "int32"), 2.5), 3.7), 0],
  ],
];
