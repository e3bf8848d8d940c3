// The six trigonometric functions, their inverses, and atan2. Angles are in radians.

import * as kernels from "../kernels/elementary.ts";
import { type Binary, pointwise, type Unary } from "./pointwise.ts";

/**
 * The sine.
 *
 * @example
 * sin(1).item(); // 0.8414709848078965
 */
export const sin: Unary = pointwise(["x"], {
  name: "sin",
  formula: "sin(x)",
  kernel: Math.sin,
  derivative: "mathjs",
  notation: { kind: "call", texName: "\\sin" },
  samples: [-3, -0.5, 0, 1e-10, 1, 100],
});

/**
 * The cosine.
 *
 * @example
 * cos(1).item(); // 0.5403023058681398
 */
export const cos: Unary = pointwise(["x"], {
  name: "cos",
  formula: "cos(x)",
  kernel: Math.cos,
  derivative: "mathjs",
  notation: { kind: "call", texName: "\\cos" },
  samples: [-3, -0.5, 0, 1e-10, 1, 100],
});

/**
 * The tangent.
 *
 * @example
 * tan(1).item(); // 1.5574077246549023
 */
export const tan: Unary = pointwise(["x"], {
  name: "tan",
  formula: "tan(x)",
  kernel: Math.tan,
  derivative: "mathjs",
  notation: { kind: "call", texName: "\\tan" },
  samples: [-3, -0.5, 0, 1e-10, 1, 100],
});

/**
 * The secant 1 / cos(x).
 *
 * @example
 * sec(0).item(); // 1
 */
export const sec: Unary = pointwise(["x"], {
  name: "sec",
  formula: "1 / cos(x)",
  kernel: kernels.sec,
  derivative: { x: "result * tan(x)" },
  notation: { kind: "call", texName: "\\sec" },
  samples: [-3, -0.5, 0, 1e-10, 1, 100],
});

/**
 * The cosecant 1 / sin(x).
 *
 * @example
 * csc(1).item(); // 1.1883951057781212
 */
export const csc: Unary = pointwise(["x"], {
  name: "csc",
  formula: "1 / sin(x)",
  kernel: kernels.csc,
  derivative: { x: "-(result * cot(x))" },
  notation: { kind: "call", texName: "\\csc" },
  samples: [-3, -0.5, 1e-10, 1, 100],
});

/**
 * The cotangent 1 / tan(x).
 *
 * @example
 * cot(1).item(); // 0.6420926159343306
 */
export const cot: Unary = pointwise(["x"], {
  name: "cot",
  formula: "1 / tan(x)",
  kernel: kernels.cot,
  derivative: { x: "-(csc(x) * csc(x))" },
  notation: { kind: "call", texName: "\\cot" },
  samples: [-3, -0.5, 1e-10, 1, 100],
});

/**
 * The inverse sine in [−π/2, π/2]; NaN outside [−1, 1].
 *
 * @example
 * asin(1).item(); // 1.5707963267948966
 */
export const asin: Unary = pointwise(["x"], {
  name: "asin",
  formula: "asin(x)",
  kernel: Math.asin,
  derivative: { x: "1 / sqrt((1 - x) * (1 + x))" },
  notation: { kind: "call", texName: "\\arcsin" },
  samples: [-0.999, -0.5, 0, 1e-10, 0.75],
});

/**
 * The inverse cosine in [0, π]; NaN outside [−1, 1].
 *
 * @example
 * acos(-1).item(); // 3.141592653589793
 */
export const acos: Unary = pointwise(["x"], {
  name: "acos",
  formula: "acos(x)",
  kernel: Math.acos,
  derivative: { x: "-1 / sqrt((1 - x) * (1 + x))" },
  notation: { kind: "call", texName: "\\arccos" },
  samples: [-0.999, -0.5, 0, 1e-10, 0.75],
});

/**
 * The inverse tangent in (−π/2, π/2).
 *
 * @example
 * atan(1).item(); // 0.7853981633974483
 */
export const atan: Unary = pointwise(["x"], {
  name: "atan",
  formula: "atan(x)",
  kernel: Math.atan,
  derivative: "mathjs",
  notation: { kind: "call", texName: "\\arctan" },
  samples: [-3, -0.5, 0, 1e-10, 1, 100],
});

/**
 * The inverse secant acos(1 / x); NaN inside (−1, 1).
 *
 * @example
 * asec(2).item(); // 1.0471975511965976
 */
export const asec: Unary = pointwise(["x"], {
  name: "asec",
  formula: "acos(1 / x)",
  kernel: kernels.asec,
  derivative: { x: "1 / (abs(x) * sqrt((x - 1) * (x + 1)))" },
  notation: { kind: "call", texName: "\\operatorname{arcsec}" },
  samples: [-1e10, -2, -1.001, 1.001, 3],
});

/**
 * The inverse cosecant asin(1 / x); NaN inside (−1, 1).
 *
 * @example
 * acsc(2).item(); // 0.5235987755982989
 */
export const acsc: Unary = pointwise(["x"], {
  name: "acsc",
  formula: "asin(1 / x)",
  kernel: kernels.acsc,
  derivative: { x: "-1 / (abs(x) * sqrt((x - 1) * (x + 1)))" },
  notation: { kind: "call", texName: "\\operatorname{arccsc}" },
  samples: [-1e10, -2, -1.001, 1.001, 3],
});

/**
 * The inverse cotangent atan(1 / x).
 *
 * @example
 * acot(1).item(); // 0.7853981633974483
 */
export const acot: Unary = pointwise(["x"], {
  name: "acot",
  formula: "atan(1 / x)",
  kernel: kernels.acot,
  derivative: { x: "-1 / (1 + x * x)" },
  notation: { kind: "call", texName: "\\operatorname{arccot}" },
  samples: [-3, -0.5, 1e-10, 1, 100],
});

/**
 * The angle of the point (x, y) in (−π, π]. At (0, 0) the derivative is NaN.
 *
 * @example
 * atan2(1, -1).item(); // 2.356194490192345
 */
export const atan2: Binary = pointwise(["y", "x"], {
  name: "atan2",
  formula: "atan2(y, x)",
  kernel: Math.atan2,
  derivative: {
    y: "(x / hypot(x, y)) / hypot(x, y)",
    x: "-(y / hypot(x, y)) / hypot(x, y)",
  },
  notation: { kind: "call", texName: "\\operatorname{atan2}" },
  samples: [
    [1, 2],
    [-1, 2],
    [1, -2],
    [-1, -2],
    [3, 0],
    [1e-10, -1],
  ],
});
