// The six hyperbolic functions and their inverses.

import * as kernels from "../kernels/elementary.ts";
import { pointwise, type Unary } from "./pointwise.ts";

/**
 * The hyperbolic sine.
 *
 * @example
 * sinh(1).item(); // 1.1752011936438014
 */
export const sinh: Unary = pointwise(["x"], {
  name: "sinh",
  formula: "(exp(x) - exp(-x)) / 2",
  stable: "sinh(x)",
  kernel: Math.sinh,
  derivative: { x: "cosh(x)" },
  notation: { kind: "call", texName: "\\sinh" },
  samples: [-20, -1, -1e-9, 0, 0.5, 3, 300],
});

/**
 * The hyperbolic cosine.
 *
 * @example
 * cosh(1).item(); // 1.5430806348152437
 */
export const cosh: Unary = pointwise(["x"], {
  name: "cosh",
  formula: "(exp(x) + exp(-x)) / 2",
  stable: "cosh(x)",
  kernel: Math.cosh,
  derivative: { x: "sinh(x)" },
  notation: { kind: "call", texName: "\\cosh" },
  samples: [-20, -1, -1e-9, 0, 0.5, 3, 300],
});

/**
 * The hyperbolic tangent. Its derivative sech²(x) keeps its digits where 1 − tanh²(x) cancels.
 *
 * @example
 * tanh(1e-9).item(); // 1e-9
 */
export const tanh: Unary = pointwise(["x"], {
  name: "tanh",
  formula: "sinh(x) / cosh(x)",
  stable: "tanh(x)",
  kernel: Math.tanh,
  derivative: { x: "sech(x) ^ 2" },
  notation: { kind: "call", texName: "\\tanh" },
  samples: [-20, -1, -1e-9, 0, 0.5, 3, 100],
});

/**
 * The hyperbolic secant 1 / cosh(x).
 *
 * @example
 * sech(0).item(); // 1
 */
export const sech: Unary = pointwise(["x"], {
  name: "sech",
  formula: "1 / cosh(x)",
  kernel: kernels.sech,
  derivative: { x: "-(result * tanh(x))" },
  notation: { kind: "call", texName: "\\operatorname{sech}" },
  samples: [-20, -1, -1e-9, 0, 0.5, 3, 300],
});

/**
 * The hyperbolic cosecant 1 / sinh(x).
 *
 * @example
 * csch(1).item(); // 0.8509181282393216
 */
export const csch: Unary = pointwise(["x"], {
  name: "csch",
  formula: "1 / sinh(x)",
  kernel: kernels.csch,
  derivative: { x: "-(result * coth(x))" },
  notation: { kind: "call", texName: "\\operatorname{csch}" },
  samples: [-20, -1, -1e-9, 0.5, 3, 300],
});

/**
 * The hyperbolic cotangent 1 / tanh(x).
 *
 * @example
 * coth(1).item(); // 1.3130352854993315
 */
export const coth: Unary = pointwise(["x"], {
  name: "coth",
  formula: "1 / tanh(x)",
  kernel: kernels.coth,
  derivative: { x: "-(csch(x) * csch(x))" },
  notation: { kind: "call", texName: "\\coth" },
  samples: [-20, -1, -1e-9, 0.5, 3, 100],
});

/**
 * The inverse hyperbolic sine.
 *
 * @example
 * asinh(1).item(); // 0.881373587019543
 */
export const asinh: Unary = pointwise(["x"], {
  name: "asinh",
  formula: "log(x + sqrt(x^2 + 1))",
  stable: "asinh(x)",
  kernel: Math.asinh,
  derivative: { x: "1 / hypot(1, x)" },
  notation: { kind: "call", texName: "\\operatorname{arsinh}" },
  samples: [-1e200, -1, -1e-10, 0, 0.5, 100],
});

/**
 * The inverse hyperbolic cosine; NaN below 1.
 *
 * @example
 * acosh(2).item(); // 1.3169578969248166
 */
export const acosh: Unary = pointwise(["x"], {
  name: "acosh",
  formula: "log(x + sqrt(x^2 - 1))",
  stable: "acosh(x)",
  kernel: Math.acosh,
  derivative: { x: "1 / (sqrt(x - 1) * sqrt(x + 1))" },
  notation: { kind: "call", texName: "\\operatorname{arcosh}" },
  samples: [1.0001, 1.5, 3, 1e200],
});

/**
 * The inverse hyperbolic tangent; NaN outside [−1, 1].
 *
 * @example
 * atanh(0.5).item(); // 0.5493061443340548
 */
export const atanh: Unary = pointwise(["x"], {
  name: "atanh",
  formula: "log((1 + x) / (1 - x)) / 2",
  stable: "atanh(x)",
  kernel: Math.atanh,
  derivative: { x: "1 / ((1 - x) * (1 + x))" },
  notation: { kind: "call", texName: "\\operatorname{artanh}" },
  samples: [-0.999, -0.5, 0, 1e-10, 0.75],
});

/**
 * The inverse hyperbolic secant acosh(1 / x); NaN outside (0, 1].
 *
 * @example
 * asech(0.5).item(); // 1.3169578969248166
 */
export const asech: Unary = pointwise(["x"], {
  name: "asech",
  formula: "acosh(1 / x)",
  kernel: kernels.asech,
  derivative: { x: "-1 / (x * sqrt((1 - x) * (1 + x)))" },
  notation: { kind: "call", texName: "\\operatorname{arsech}" },
  samples: [1e-10, 0.1, 0.5, 0.999],
});

/**
 * The inverse hyperbolic cosecant asinh(1 / x).
 *
 * @example
 * acsch(1).item(); // 0.881373587019543
 */
export const acsch: Unary = pointwise(["x"], {
  name: "acsch",
  formula: "asinh(1 / x)",
  kernel: kernels.acsch,
  derivative: { x: "-1 / (abs(x) * hypot(1, x))" },
  notation: { kind: "call", texName: "\\operatorname{arcsch}" },
  samples: [-1e10, -2, -0.1, 0.1, 3, 1e10],
});

/**
 * The inverse hyperbolic cotangent atanh(1 / x); NaN inside [−1, 1].
 *
 * @example
 * acoth(2).item(); // 0.5493061443340548
 */
export const acoth: Unary = pointwise(["x"], {
  name: "acoth",
  formula: "atanh(1 / x)",
  kernel: kernels.acoth,
  derivative: { x: "1 / ((1 - x) * (1 + x))" },
  notation: { kind: "call", texName: "\\operatorname{arcoth}" },
  samples: [-1e10, -2, -1.001, 1.001, 3],
});
