// Activation functions of neural networks.

import { apply } from "../apply.ts";
import * as kernels from "../kernels/elementary.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { type Binary, pointwise, type Unary } from "./pointwise.ts";

/**
 * The logistic sigmoid σ(x) = 1 / (1 + e^−x). Its derivative is computed as σ(x)·σ(−x), which keeps its
 * digits at x = 40 where σ(x)·(1 − σ(x)) cancels to 0.
 *
 * @example
 * sigmoid(0).item(); // 0.5
 * sigmoid(-800).item(); // 0
 */
export const sigmoid: Unary = pointwise(["x"], {
  name: "sigmoid",
  formula: "1 / (1 + exp(-x))",
  stable: "x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))",
  kernel: kernels.sigmoid,
  derivative: { x: "result * sigmoid(-x)" },
  notation: { kind: "call", texName: "\\sigma" },
  samples: [-800, -40, -1, 0, 1, 40, 800],
});

/**
 * log σ(x) without overflow.
 *
 * @example
 * logSigmoid(-800).item(); // -800
 */
export const logSigmoid: Unary = pointwise(["x"], {
  name: "logSigmoid",
  formula: "-log(1 + exp(-x))",
  stable: "-softplus(-x)",
  kernel: kernels.logSigmoid,
  derivative: { x: "sigmoid(-x)" },
  notation: { kind: "call", texName: "\\log\\sigma" },
  samples: [-800, -40, -1, 0, 1, 40, 700],
});

/**
 * log(1 + e^x) without overflow.
 *
 * @example
 * softplus(800).item(); // 800
 */
export const softplus: Unary = pointwise(["x"], {
  name: "softplus",
  formula: "log(1 + exp(x))",
  stable: "maximum(x, 0) + log1p(exp(-abs(x)))",
  kernel: kernels.softplus,
  derivative: { x: "sigmoid(x)" },
  samples: [-700, -40, -1, 0, 1, 40, 800],
});

/**
 * max(x, 0). At 0 the derivative is 0, as in PyTorch.
 *
 * @example
 * relu(tensor([-1, 2])).toArray(); // [0, 2]
 */
export const relu: Unary = pointwise(["x"], {
  name: "relu",
  formula: "max(x, 0)",
  stable: "x > 0 ? x : 0",
  kernel: kernels.relu,
  derivative: { x: "x > 0 ? 1 : 0" },
  type: "arithmetic",
  samples: [-3, 0, 2.5],
});

const leakyReluOp: Binary = pointwise(["x", "slope"], {
  name: "leakyRelu",
  formula: "x > 0 ? x : slope * x",
  kernel: kernels.leakyRelu,
  derivative: { x: "x > 0 ? 1 : slope", slope: "x > 0 ? 0 : x" },
  samples: [
    [-3, 0.01],
    [0, 0.2],
    [2.5, 0.01],
  ],
});

/**
 * x for positive x and slope · x elsewhere; the slope is 0.01 unless given, and may be learned.
 *
 * @example
 * leakyRelu(-2).item(); // -0.02
 */
export const leakyRelu: WithDefault = withDefault(leakyReluOp, 0.01);

const eluOp: Binary = pointwise(["x", "alpha"], {
  name: "elu",
  formula: "x > 0 ? x : alpha * (exp(x) - 1)",
  stable: "x > 0 ? x : alpha * expm1(x)",
  kernel: kernels.elu,
  derivative: { x: "x > 0 ? 1 : alpha * exp(x)", alpha: "x > 0 ? 0 : expm1(x)" },
  samples: [
    [-3, 1],
    [-1e-10, 1],
    [0, 1.5],
    [2.5, 1],
  ],
});

/**
 * x for positive x and α·(e^x − 1) elsewhere; α is 1 unless given.
 *
 * @example
 * elu(-1).item(); // -0.6321205588285577
 */
export const elu: WithDefault = withDefault(eluOp, 1);

/**
 * The self-normalising λ·elu(x, α) of Klambauer et al. 2017, with their λ and α.
 *
 * @example
 * selu(1).item(); // 1.0507009873554805
 */
export const selu: Unary = pointwise(["x"], {
  name: "selu",
  formula:
    "1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * (exp(x) - 1))",
  stable: "1.0507009873554805 * (x > 0 ? x : 1.6732632423543773 * expm1(x))",
  kernel: kernels.selu,
  derivative: {
    x: "1.0507009873554805 * (x > 0 ? 1 : 1.6732632423543773 * exp(x))",
  },
  samples: [-3, -1e-10, 0, 2.5],
});

/**
 * x·Φ(x), Φ the normal distribution function, computed through erfc so that the left tail is right.
 *
 * @example
 * gelu(1).item(); // 0.841344746068543
 */
export const gelu: Unary = pointwise(["x"], {
  name: "gelu",
  formula: "x * (1 + erf(x / sqrt(2))) / 2",
  stable: "x * erfc(-x / sqrt(2)) / 2",
  kernel: kernels.gelu,
  derivative: { x: "erfc(-x / sqrt(2)) / 2 + x * exp(-(x * x) / 2) / sqrt(2 * pi)" },
  samples: [-30, -3, -0.5, 0, 0.5, 3, 30],
});

/**
 * The tanh approximation of gelu, x·σ(2·√(2/π)·(x + 0.044715·x³)).
 *
 * @example
 * geluTanh(1).item(); // 0.8411919906082768
 */
export const geluTanh: Unary = pointwise(["x"], {
  name: "geluTanh",
  formula: "x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2",
  stable: "x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3))",
  kernel: kernels.geluTanh,
  derivative: {
    x:
      "sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3)) + result * " +
      "sigmoid(-(2 * sqrt(2 / pi) * (x + 0.044715 * x^3))) * 2 * sqrt(2 / pi) * (1 + 0.134145 * x * x)",
  },
  samples: [-10, -3, -0.5, 0, 0.5, 3, 20],
});

/**
 * x·σ(x), also called swish.
 *
 * @example
 * silu(1).item(); // 0.7310585786300049
 */
export const silu: Unary = pointwise(["x"], {
  name: "silu",
  formula: "x / (1 + exp(-x))",
  stable: "x * sigmoid(x)",
  kernel: kernels.silu,
  derivative: { x: "sigmoid(x) + result * sigmoid(-x)" },
  samples: [-700, -3, -0.5, 0, 0.5, 3, 700],
});

/**
 * x·tanh(softplus(x)), of Misra 2019.
 *
 * @example
 * mish(1).item(); // 0.8650983882673103
 */
export const mish: Unary = pointwise(["x"], {
  name: "mish",
  formula: "x * tanh(log(1 + exp(x)))",
  stable: "x * tanh(softplus(x))",
  kernel: kernels.mish,
  derivative: { x: "tanh(softplus(x)) + x * sech(softplus(x)) ^ 2 * sigmoid(x)" },
  samples: [-700, -3, -0.5, 0, 0.5, 3, 700],
});

/** A function whose second operand may be left out. */
export interface WithDefault {
  (x: TensorLike, setting?: TensorLike): Tensor;
  readonly op: Binary["op"];
  readonly defaults: readonly number[];
}

function withDefault(f: Binary, value: number): WithDefault {
  const call = (x: TensorLike, setting: TensorLike = value): Tensor => apply(f.op, [x, setting]);
  return Object.assign(call, { op: f.op, defaults: [value] });
}
