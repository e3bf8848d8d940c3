// Comparisons, logic, choice, and the functions with kinks and steps.

import * as kernels from "../kernels/elementary.ts";
import { type Notation, PRECEDENCE } from "../op.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { type Binary, pointwise, type Ternary, type Unary } from "./pointwise.ts";
import type { ReduceOptions } from "./reductions/axes.ts";
import { largest, smallest } from "./reductions/extremes.ts";

const pairs: readonly (readonly number[])[] = [
  [1, 2],
  [2, 1],
  [3, 3],
  [-1, 0],
];
const truthPairs: readonly (readonly number[])[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

function operator(symbol: string, precedence: number, tex: string): Notation {
  const associative = precedence === PRECEDENCE.comparison ? "none" : "left";
  return { kind: "infix", symbol, precedence, associative, tex: `#0 ${tex} #1` };
}

/** x = y, without any tolerance. */
export const equal: Binary = pointwise(["x", "y"], {
  name: "equal",
  formula: "x == y",
  kernel: (x, y) => Number(x === y),
  derivative: "none",
  type: "bool",
  notation: operator("==", PRECEDENCE.comparison, "="),
  samples: pairs,
});

/** x ≠ y, without any tolerance. */
export const notEqual: Binary = pointwise(["x", "y"], {
  name: "notEqual",
  formula: "x != y",
  kernel: (x, y) => Number(x !== y),
  derivative: "none",
  type: "bool",
  notation: operator("!=", PRECEDENCE.comparison, "\\ne"),
  samples: pairs,
});

/** x < y. */
export const less: Binary = pointwise(["x", "y"], {
  name: "less",
  formula: "x < y",
  kernel: (x, y) => Number(x < y),
  derivative: "none",
  type: "bool",
  notation: operator("<", PRECEDENCE.comparison, "<"),
  samples: pairs,
});

/** x ≤ y. */
export const lessEqual: Binary = pointwise(["x", "y"], {
  name: "lessEqual",
  formula: "x <= y",
  kernel: (x, y) => Number(x <= y),
  derivative: "none",
  type: "bool",
  notation: operator("<=", PRECEDENCE.comparison, "\\le"),
  samples: pairs,
});

/** x > y. */
export const greater: Binary = pointwise(["x", "y"], {
  name: "greater",
  formula: "x > y",
  kernel: (x, y) => Number(x > y),
  derivative: "none",
  type: "bool",
  notation: operator(">", PRECEDENCE.comparison, ">"),
  samples: pairs,
});

/** x ≥ y. */
export const greaterEqual: Binary = pointwise(["x", "y"], {
  name: "greaterEqual",
  formula: "x >= y",
  kernel: (x, y) => Number(x >= y),
  derivative: "none",
  type: "bool",
  notation: operator(">=", PRECEDENCE.comparison, "\\ge"),
  samples: pairs,
});

/** Whether both are nonzero. */
export const and: Binary = pointwise(["x", "y"], {
  name: "and",
  formula: "x and y",
  kernel: (x, y) => Number(x !== 0 && y !== 0),
  derivative: "none",
  type: "bool",
  notation: operator("and", PRECEDENCE.and, "\\land"),
  samples: truthPairs,
});

/** Whether one of them is nonzero. */
export const or: Binary = pointwise(["x", "y"], {
  name: "or",
  formula: "x or y",
  kernel: (x, y) => Number(x !== 0 || y !== 0),
  derivative: "none",
  type: "bool",
  notation: operator("or", PRECEDENCE.or, "\\lor"),
  samples: truthPairs,
});

/** Whether exactly one of them is nonzero. */
export const xor: Binary = pointwise(["x", "y"], {
  name: "xor",
  formula: "x xor y",
  kernel: (x, y) => Number((x !== 0) !== (y !== 0)),
  derivative: "none",
  type: "bool",
  notation: operator("xor", PRECEDENCE.xor, "\\veebar"),
  samples: truthPairs,
});

/** Whether x is zero. */
export const not: Unary = pointwise(["x"], {
  name: "not",
  formula: "not x",
  kernel: (x) => Number(x === 0),
  derivative: "none",
  type: "bool",
  notation: { kind: "prefix", symbol: "not ", precedence: PRECEDENCE.prefix, tex: "\\neg #0" },
  samples: [0, 1],
});

/**
 * Chooses x where the condition is nonzero and y elsewhere. Only the chosen side gets the gradient.
 *
 * @example
 * where(greater(tensor([-1, 2]), 0), 1, 0).toArray(); // [0, 1]
 */
export const where: Ternary = pointwise(["condition", "x", "y"], {
  name: "where",
  formula: "condition ? x : y",
  kernel: (condition, x, y) => (condition !== 0 ? x : y),
  derivative: {
    condition: "0",
    x: "condition ? 1 : 0",
    y: "condition ? 0 : 1",
  },
  type: "branches",
  notation: {
    kind: "conditional",
    symbol: "?",
    precedence: PRECEDENCE.conditional,
    tex: "\\begin{cases} #1 & \\text{if } #0 \\\\ #2 & \\text{otherwise} \\end{cases}",
    texEncloses: true,
  },
  samples: [
    [1, 2, 3],
    [0, 2, 3],
    [1, -1.5, 4],
  ],
});

/**
 * The absolute value. At 0 the derivative is 0.
 *
 * @example
 * abs(-3).item(); // 3
 */
export const abs: Unary = pointwise(["x"], {
  name: "abs",
  formula: "abs(x)",
  stable: "x < 0 ? -x : x",
  kernel: Math.abs,
  derivative: { x: "sign(x)" },
  type: "arithmetic",
  notation: { kind: "call", tex: "\\left|#0\\right|", texEncloses: true },
  samples: [-3, 0, 2.5],
});

/** The sign −1, 0 or 1; its derivative is 0. */
export const sign: Unary = pointwise(["x"], {
  name: "sign",
  formula: "sign(x)",
  stable: "x > 0 ? 1 : (x < 0 ? -1 : 0)",
  kernel: kernels.sign,
  derivative: { x: "0" },
  type: "arithmetic",
  notation: { kind: "call", texName: "\\operatorname{sgn}" },
  samples: [-3, 0, 2.5],
});

/** The largest whole number not above x; its derivative is 0. */
export const floor: Unary = pointwise(["x"], {
  name: "floor",
  formula: "floor(x)",
  kernel: Math.floor,
  derivative: { x: "0" },
  type: "arithmetic",
  notation: { kind: "call", tex: "\\left\\lfloor #0\\right\\rfloor", texEncloses: true },
  samples: [-2.5, 0.5, 3.75],
});

/** The smallest whole number not below x; its derivative is 0. */
export const ceil: Unary = pointwise(["x"], {
  name: "ceil",
  formula: "ceil(x)",
  kernel: Math.ceil,
  derivative: { x: "0" },
  type: "arithmetic",
  notation: { kind: "call", tex: "\\left\\lceil #0\\right\\rceil", texEncloses: true },
  samples: [-2.5, 0.5, 3.75],
});

/** The nearest whole number, halves to the even one as in IEEE 754 and NumPy; its derivative is 0. */
export const round: Unary = pointwise(["x"], {
  name: "round",
  formula: "round(x)",
  kernel: kernels.round,
  derivative: { x: "0" },
  type: "arithmetic",
  samples: [-2.75, 0.25, 3.75],
});

/** The larger of two; where they are equal each gets half of the gradient. */
export const maximum: Binary = pointwise(["x", "y"], {
  name: "maximum",
  formula: "max(x, y)",
  stable: "x >= y ? x : y",
  kernel: (x, y) => Math.max(x, y),
  derivative: {
    x: "x > y ? 1 : (x == y ? 0.5 : 0)",
    y: "x > y ? 0 : (x == y ? 0.5 : 1)",
  },
  type: "arithmetic",
  notation: { kind: "call", symbol: "max", texName: "\\max" },
  samples: [
    [1, 2],
    [2, 1],
    [-1.5, 0],
  ],
});

/** The smaller of two; where they are equal each gets half of the gradient. */
export const minimum: Binary = pointwise(["x", "y"], {
  name: "minimum",
  formula: "min(x, y)",
  stable: "x <= y ? x : y",
  kernel: (x, y) => Math.min(x, y),
  derivative: {
    x: "x < y ? 1 : (x == y ? 0.5 : 0)",
    y: "x < y ? 0 : (x == y ? 0.5 : 1)",
  },
  type: "arithmetic",
  notation: { kind: "call", symbol: "min", texName: "\\min" },
  samples: [
    [1, 2],
    [2, 1],
    [-1.5, 0],
  ],
});

/** x kept between low and high; at the bounds the gradient passes to x, as in PyTorch's clamp. */
export const clip: Ternary = pointwise(["x", "low", "high"], {
  name: "clip",
  formula: "min(max(x, low), high)",
  stable: "x < low ? (low < high ? low : high) : (x > high ? high : x)",
  kernel: kernels.clip,
  derivative: {
    x: "x >= low and x <= high ? 1 : 0",
    low: "x < low and low <= high ? 1 : 0",
    high: "x > high or low > high ? 1 : 0",
  },
  type: "arithmetic",
  samples: [
    [0.5, -1, 1],
    [-3, -1, 1],
    [4, -1, 1],
  ],
});

/**
 * The largest of several values, element by element; or of one tensor its largest element, among all or along
 * `axis`. NaN beats every number. Where several are largest, the reduction shares the gradient evenly.
 *
 * @throws SymtapeError (shape) for an axis that is not there, and where a tensor has no elements.
 * @example
 * max(1, 5, 3).item(); // 5
 * max(tensor([[1, 4], [3, 2]]), { axis: 1 }).toArray(); // [4, 3]
 */
export function max(x: TensorLike, options?: ReduceOptions): Tensor;
export function max(first: TensorLike, second: TensorLike, ...rest: TensorLike[]): Tensor;
export function max(
  first: TensorLike,
  second?: TensorLike | ReduceOptions,
  ...rest: TensorLike[]
): Tensor {
  if (isOptions(second)) return largest(first, second);
  return rest.reduce<Tensor>((greatest, next) => maximum(greatest, next), maximum(first, second));
}

/**
 * The smallest of several values, element by element; or of one tensor its smallest element, among all or along
 * `axis`. NaN beats every number. Where several are smallest, the reduction shares the gradient evenly.
 *
 * @throws SymtapeError (shape) for an axis that is not there, and where a tensor has no elements.
 * @example
 * min(1, 5, 3).item(); // 1
 * min(tensor([[1, 4], [3, 2]]), { axis: 0 }).toArray(); // [1, 2]
 */
export function min(x: TensorLike, options?: ReduceOptions): Tensor;
export function min(first: TensorLike, second: TensorLike, ...rest: TensorLike[]): Tensor;
export function min(
  first: TensorLike,
  second?: TensorLike | ReduceOptions,
  ...rest: TensorLike[]
): Tensor {
  if (isOptions(second)) return smallest(first, second);
  return rest.reduce<Tensor>((least, next) => minimum(least, next), minimum(first, second));
}

/** Whether the second argument says how to reduce the first, or is missing. */
function isOptions(
  second: TensorLike | ReduceOptions | undefined,
): second is ReduceOptions | undefined {
  if (second === undefined) return true;
  if (typeof second !== "object" || second === null) return false;
  return Object.getPrototypeOf(second) === Object.prototype;
}
