// Arithmetic: the four operations, powers, roots and remainders.

import * as kernels from "../kernels/elementary.ts";
import { PRECEDENCE } from "../op.ts";
import { wholePower } from "./int32.ts";
import { type Binary, pointwise, type Unary } from "./pointwise.ts";

/**
 * The sum x + y, element by element with broadcasting.
 *
 * @example
 * add(tensor([1, 2]), 10).toArray(); // [11, 12]
 */
export const add: Binary = pointwise(["x", "y"], {
  name: "add",
  formula: "x + y",
  kernel: (x, y) => x + y,
  derivative: { x: "1", y: "1" },
  type: "arithmetic",
  notation: { kind: "infix", symbol: "+", precedence: PRECEDENCE.sum, tex: "#0 + #1" },
  samples: [
    [1, 2],
    [-1.5, 1.5],
    [1e16, 1],
    [0, 0],
  ],
});

/**
 * The difference x − y, element by element with broadcasting.
 *
 * @example
 * subtract(5, 3).item(); // 2
 */
export const subtract: Binary = pointwise(["x", "y"], {
  name: "subtract",
  formula: "x - y",
  kernel: (x, y) => x - y,
  derivative: { x: "1", y: "-1" },
  type: "arithmetic",
  notation: { kind: "infix", symbol: "-", precedence: PRECEDENCE.sum, tex: "#0 - #1" },
  samples: [
    [1, 2],
    [1.5, 1.5],
    [1e16, 1],
    [0, 0],
  ],
});

/**
 * The product x · y, element by element with broadcasting.
 *
 * @example
 * multiply(tensor([1, 2, 3]), 2).toArray(); // [2, 4, 6]
 */
export const multiply: Binary = pointwise(["x", "y"], {
  name: "multiply",
  formula: "x * y",
  kernel: (x, y) => x * y,
  wholeKernel: Math.imul,
  derivative: { x: "y", y: "x" },
  type: "arithmetic",
  notation: {
    kind: "infix",
    symbol: "*",
    elementwise: ".*",
    elementwiseFor: "both",
    precedence: PRECEDENCE.product,
    tex: "#0 \u2062 #1",
  },
  samples: [
    [2, 3],
    [-1.5, 4],
    [0, 5],
    [1e200, 1e-200],
  ],
});

/**
 * The quotient x / y, element by element with broadcasting. Whole numbers give float64.
 *
 * @example
 * divide(1, 4).item(); // 0.25
 */
export const divide: Binary = pointwise(["x", "y"], {
  name: "divide",
  formula: "x / y",
  kernel: (x, y) => x / y,
  derivative: { x: "1 / y", y: "-(result / y)" },
  notation: {
    kind: "infix",
    symbol: "/",
    elementwise: "./",
    elementwiseFor: "right",
    precedence: PRECEDENCE.product,
    tex: "\\frac{#0}{#1}",
    texEncloses: true,
    texPrecedence: PRECEDENCE.prefix,
  },
  samples: [
    [1, 3],
    [-2, 7],
    [0, 5],
    [1e-200, 1e100],
  ],
});

/**
 * The negative −x.
 *
 * @example
 * negate(tensor([1, -2])).toArray(); // [-1, 2]
 */
export const negate: Unary = pointwise(["x"], {
  name: "negate",
  formula: "-x",
  kernel: (x) => -x,
  derivative: { x: "-1" },
  type: "arithmetic",
  notation: { kind: "prefix", symbol: "-", precedence: PRECEDENCE.prefix, tex: "-#0" },
  samples: [-2, 0, 3.5],
});

/**
 * The power x^y on the reals: a negative base with a fractional exponent gives NaN. The derivative by the
 * base is 0 where y = 0, and the derivative by the exponent is 0 where x = 0 and y ≥ 0, as in PyTorch. A
 * derivative in symbols is the textbook's y·x^(y−1) without these two cases.
 *
 * @example
 * pow(-2, 3).item(); // -8
 */
export const pow: Binary = pointwise(["x", "y"], {
  name: "pow",
  formula: "x ^ y",
  kernel: kernels.pow,
  wholeKernel: (x, y) => wholePower(x, y),
  derivative: {
    x:
      "guard(fixed(y), guard(y == 2, 2 * x, guard(y == 1, 1, guard(y == 0, 0, y * x ^ (y - 1)))), " +
      "guard(x == 0 and y == 0, 0, y * x ^ (y - 1)))",
    y: "guard(x == 0 and y >= 0, 0, result * log(x))",
  },
  type: "arithmetic",
  notation: {
    kind: "infix",
    symbol: "^",
    elementwise: ".^",
    elementwiseFor: "either",
    precedence: PRECEDENCE.power,
    associative: "right",
    tex: "#0^{#1}",
  },
  samples: [
    [2, 3],
    [0.5, -2.5],
    [3, 0],
    [1.5, 100],
    [10, -3],
    [2.5, 0.5],
  ],
});

/**
 * The square x².
 *
 * @example
 * square(-3).item(); // 9
 */
export const square: Unary = pointwise(["x"], {
  name: "square",
  formula: "x ^ 2",
  stable: "x * x",
  kernel: (x) => x * x,
  wholeKernel: (x) => Math.imul(x, x),
  derivative: { x: "2 * x" },
  type: "arithmetic",
  notation: { kind: "call", tex: "#0^{2}", texPrecedence: PRECEDENCE.power },
  samples: [-3, 0, 1.5, 1e-160],
});

/**
 * The reciprocal 1 / x.
 *
 * @example
 * reciprocal(4).item(); // 0.25
 */
export const reciprocal: Unary = pointwise(["x"], {
  name: "reciprocal",
  formula: "1 / x",
  kernel: (x) => 1 / x,
  derivative: { x: "-(result * result)" },
  notation: {
    kind: "call",
    tex: "\\frac{1}{#0}",
    texEncloses: true,
    texPrecedence: PRECEDENCE.prefix,
  },
  samples: [-3, 0.1, 1e200],
});

/**
 * The square root; NaN for negative x.
 *
 * @example
 * sqrt(2).item(); // 1.4142135623730951
 */
export const sqrt: Unary = pointwise(["x"], {
  name: "sqrt",
  formula: "sqrt(x)",
  kernel: Math.sqrt,
  derivative: { x: "1 / (2 * result)" },
  notation: { kind: "call", tex: "\\sqrt{#0}", texEncloses: true },
  samples: [0.25, 2, 1e-300, 1e300],
});

/**
 * The real cube root, of negative numbers too.
 *
 * @example
 * cbrt(-8).item(); // -2
 */
export const cbrt: Unary = pointwise(["x"], {
  name: "cbrt",
  formula: "cbrt(x)",
  kernel: Math.cbrt,
  derivative: { x: "1 / (3 * result * result)" },
  notation: { kind: "call", tex: "\\sqrt[3]{#0}", texEncloses: true },
  samples: [-8, 0.001, 2, 1e300],
});

/**
 * The remainder x − y·⌊x / y⌋, with the sign of y; NaN for y = 0.
 *
 * @example
 * mod(-7, 3).item(); // 2
 */
export const mod: Binary = pointwise(["x", "y"], {
  name: "mod",
  formula: "x - y * floor(x / y)",
  kernel: kernels.mod,
  // The quotient comes from the remainder: x / y alone may round up to the next whole number.
  derivative: { x: "1", y: "-round((x - result) / y)" },
  type: "arithmetic",
  notation: { kind: "call", tex: "#0 \\bmod #1", texPrecedence: PRECEDENCE.product },
  samples: [
    [7, 3],
    [-7, 3],
    [7, -3],
    [5.5, 2.25],
    [1e15, 7],
  ],
});

/**
 * √(x² + y²) without overflow. At (0, 0) the derivative on the tape is 0, the subgradient of smallest norm.
 *
 * @example
 * hypot(3, 4).item(); // 5
 */
export const hypot: Binary = pointwise(["x", "y"], {
  name: "hypot",
  formula: "sqrt(x^2 + y^2)",
  stable:
    "abs(x) > abs(y) ? abs(x) * sqrt(1 + square(y / x)) : " +
    "(y == 0 ? 0 : abs(y) * sqrt(1 + square(x / y)))",
  kernel: kernels.hypot,
  derivative: {
    x: "guard(result == 0, 0, x / result)",
    y: "guard(result == 0, 0, y / result)",
  },
  notation: { kind: "call", tex: "\\sqrt{#0^{2} + #1^{2}}" },
  samples: [
    [3, 4],
    [-1, 2],
    [1e200, 1e200],
    [1e-200, 1e-200],
    [0, 2],
  ],
});
