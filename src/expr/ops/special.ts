// Special functions: the error function and the gamma function with its logarithmic derivatives.

import { erfc as erfcKernel, erf as erfKernel } from "../kernels/erf.ts";
import {
  digamma as digammaKernel,
  gamma as gammaKernel,
  lgamma as lgammaKernel,
  polygamma as polygammaKernel,
} from "../kernels/gamma.ts";
import { type Binary, pointwise, type Unary } from "./pointwise.ts";

/**
 * The error function (2/√π)·∫₀ˣ e^(−t²) dt.
 *
 * @example
 * erf(1).item(); // 0.8427007929497148
 */
export const erf: Unary = pointwise(["x"], {
  name: "erf",
  formula: "erf(x)",
  kernel: erfKernel,
  derivative: { x: "2 / sqrt(pi) * exp(-(x * x))" },
  notation: { kind: "call", texName: "\\operatorname{erf}" },
  samples: [-3, -0.5, -1e-10, 0, 0.3, 1, 6],
});

/**
 * The complement 1 − erf(x) without cancellation in the right tail.
 *
 * @example
 * erfc(10).item(); // 2.0884875837625446e-45
 */
export const erfc: Unary = pointwise(["x"], {
  name: "erfc",
  formula: "erfc(x)",
  kernel: erfcKernel,
  derivative: { x: "-(2 / sqrt(pi) * exp(-(x * x)))" },
  notation: { kind: "call", texName: "\\operatorname{erfc}" },
  samples: [-3, -0.5, 0, 0.3, 1, 6, 25],
});

/**
 * The gamma function Γ(x); NaN at negative whole numbers.
 *
 * @example
 * gamma(5).item(); // 24
 */
export const gamma: Unary = pointwise(["x"], {
  name: "gamma",
  formula: "gamma(x)",
  kernel: gammaKernel,
  derivative: { x: "result * digamma(x)" },
  notation: { kind: "call", texName: "\\Gamma" },
  samples: [-1.5, 0.1, 0.5, 1, 4.2, 20.5],
});

/**
 * log |Γ(x)|.
 *
 * @example
 * lgamma(100).item(); // 359.13420536957545
 */
export const lgamma: Unary = pointwise(["x"], {
  name: "lgamma",
  formula: "lgamma(x)",
  kernel: lgammaKernel,
  derivative: { x: "digamma(x)" },
  notation: { kind: "call", texName: "\\log\\Gamma" },
  samples: [-1.5, 0.1, 0.5, 1.000001, 4.2, 1e10],
});

/**
 * The digamma function ψ(x) = Γ′(x) / Γ(x).
 *
 * @example
 * digamma(1).item(); // -0.5772156649015329
 */
export const digamma: Unary = pointwise(["x"], {
  name: "digamma",
  formula: "digamma(x)",
  kernel: digammaKernel,
  derivative: { x: "polygamma(1, x)" },
  notation: { kind: "call", texName: "\\psi" },
  samples: [-1.5, 0.1, 0.5, 1.5, 4.2, 1e10],
});

/**
 * The n-th derivative of digamma, for whole n ≥ 0. It has no derivative by n.
 *
 * @example
 * polygamma(1, 1).item(); // 1.6449340668482264
 */
export const polygamma: Binary = pointwise(["n", "x"], {
  name: "polygamma",
  formula: "polygamma(n, x)",
  kernel: polygammaKernel,
  derivative: { n: "none", x: "polygamma(n + 1, x)" },
  notation: { kind: "call", tex: "\\psi^{(#0)}\\left(#1\\right)", texEncloses: true },
  samples: [
    [1, 0.5],
    [1, 3.2],
    [2, 1.5],
    [3, 10],
  ],
});
