// Exponentials and logarithms.

import * as kernels from "../kernels/elementary.ts";
import { PRECEDENCE } from "../op.ts";
import { broadcastShapes } from "../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../tensor.ts";
import { divide } from "./arithmetic.ts";
import { type Binary, pointwise, type Unary } from "./pointwise.ts";

/**
 * The exponential e^x.
 *
 * @example
 * exp(1).item(); // 2.718281828459045
 */
export const exp: Unary = pointwise(["x"], {
  name: "exp",
  formula: "exp(x)",
  kernel: Math.exp,
  derivative: { x: "result" },
  notation: { kind: "call", tex: "e^{#0}", texEncloses: true, texPrecedence: PRECEDENCE.power },
  samples: [-700, -1, 0, 1e-10, 1, 700],
});

/**
 * e^x − 1 without cancellation for small x.
 *
 * @example
 * expm1(1e-18).item(); // 1e-18
 */
export const expm1: Unary = pointwise(["x"], {
  name: "expm1",
  formula: "exp(x) - 1",
  stable: "expm1(x)",
  kernel: Math.expm1,
  derivative: { x: "exp(x)" },
  samples: [-700, -1, -1e-18, 0, 1e-10, 1, 700],
});

/**
 * The natural logarithm; NaN for negative x, −∞ at 0.
 *
 * @example
 * log(10).item(); // 2.302585092994046
 */
export const log: Unary = pointwise(["x"], {
  name: "log",
  formula: "log(x)",
  kernel: Math.log,
  derivative: "mathjs",
  notation: { kind: "call", texName: "\\log" },
  samples: [1e-300, 0.5, 1, 1.0000001, 2, 1e300],
});

/**
 * log(1 + x) without cancellation for small x.
 *
 * @example
 * log1p(1e-18).item(); // 1e-18
 */
export const log1p: Unary = pointwise(["x"], {
  name: "log1p",
  formula: "log(1 + x)",
  stable: "log1p(x)",
  kernel: Math.log1p,
  derivative: { x: "1 / (1 + x)" },
  samples: [-0.999, -1e-18, 0, 1e-10, 1, 1e300],
});

/**
 * The logarithm to base 2.
 *
 * @example
 * log2(8).item(); // 3
 */
export const log2: Unary = pointwise(["x"], {
  name: "log2",
  formula: "log(x) / log(2)",
  kernel: Math.log2,
  derivative: { x: "1 / (x * log(2))" },
  notation: { kind: "call", texName: "\\log_{2}" },
  samples: [1e-300, 0.5, 1.5, 8, 1e300],
});

/**
 * The logarithm to base 10.
 *
 * @example
 * log10(1000).item(); // 3
 */
export const log10: Unary = pointwise(["x"], {
  name: "log10",
  formula: "log(x) / log(10)",
  kernel: Math.log10,
  derivative: { x: "1 / (x * log(10))" },
  notation: { kind: "call", texName: "\\log_{10}" },
  samples: [1e-300, 0.5, 1.5, 1000, 1e300],
});

/**
 * The logarithm of x to any base, log(x) / log(base).
 *
 * @example
 * logBase(8, 2).item(); // 3
 */
export function logBase(x: TensorLike, base: TensorLike): Tensor {
  const [value, root] = [asTensor(x, "logBase"), asTensor(base, "logBase")];
  broadcastShapes("logBase", [value.shape, root.shape]);
  return divide(log(value), log(root));
}

/**
 * log(e^x + e^y) without overflow.
 *
 * @example
 * logaddexp(1000, 1000).item(); // 1000.6931471805599
 */
export const logaddexp: Binary = pointwise(["x", "y"], {
  name: "logaddexp",
  formula: "log(exp(x) + exp(y))",
  stable: "maximum(x, y) + log1p(exp(-abs(x - y)))",
  kernel: kernels.logaddexp,
  derivative: { x: "sigmoid(x - y)", y: "sigmoid(y - x)" },
  notation: { kind: "call", tex: "\\log\\left(e^{#0} + e^{#1}\\right)", texEncloses: true },
  samples: [
    [0, 0],
    [1, -2],
    [800, 801],
    [-800, -790],
    [30, -30],
  ],
});

/**
 * log(cosh(x)) without overflow, and without cancellation near 0.
 *
 * @example
 * logCosh(1e-8).item(); // 5e-17
 * logCosh(800).item(); // 799.3068528194401
 */
export const logCosh: Unary = pointwise(["x"], {
  name: "logCosh",
  formula: "log(cosh(x))",
  stable:
    "abs(x) < 1 ? log1p(2 * sinh(clip(x, -1, 1) / 2) ^ 2) : abs(x) + log1p(exp(-2 * abs(x))) - log(2)",
  kernel: kernels.logCosh,
  derivative: { x: "tanh(x)" },
  notation: {
    kind: "call",
    tex: "\\log\\left(\\cosh\\left(#0\\right)\\right)",
    texEncloses: true,
  },
  samples: [-800, -3, -1, -1e-8, 0, 0.5, 1, 40, 700],
});

/**
 * x · log(y), and 0 where x = 0 whatever y is. The derivative by x is 0 where x = 0 and y ≤ 0.
 *
 * @example
 * xlogy(0, 0).item(); // 0
 */
export const xlogy: Binary = pointwise(["x", "y"], {
  name: "xlogy",
  formula: "x * log(y)",
  stable: "x == 0 and (y <= 0 or y > 1.7976931348623157e308) ? 0 : x * log(y)",
  kernel: kernels.xlogy,
  derivative: { x: "x == 0 and y <= 0 ? 0 : log(y)", y: "x == 0 and y == 0 ? 0 : x / y" },
  notation: {
    kind: "call",
    tex: "#0 \\, \\log\\left(#1\\right)",
    texPrecedence: PRECEDENCE.product,
  },
  samples: [
    [2, 3],
    [0, 2],
    [-1.5, 1e-10],
    [0.5, 1],
  ],
});
