// What to do about a number that is none: a table by operation and operands, read from the top.

import type { NonFinite } from "./elements.ts";

/** What is known about the making of a bad number. */
export interface Evidence {
  readonly phase: "input" | "forward" | "backward";
  readonly op: string;
  readonly value: NonFinite;
  /** For each operand the numbers that the bad one was computed from. */
  readonly operands: readonly (readonly number[])[];
  /** The place of the operand whose derivative is bad, in the backward phase. */
  readonly operand: number;
  /** Whether `where` did not choose the bad number. */
  readonly unchosen: boolean;
}

interface Cure {
  /** The operations that it is for; all unless given. */
  readonly ops?: readonly string[];
  readonly when?: (evidence: Evidence) => boolean;
  readonly text: string;
}

const forward = ({ phase }: Evidence): boolean => phase === "forward";
const backward = ({ phase }: Evidence): boolean => phase === "backward";

/** Whether some number behind the bad one, of the given operand or of any, is such. */
function some(
  { operands }: Evidence,
  test: (number: number) => boolean,
  operand?: number,
): boolean {
  const lists = operand === undefined ? operands : [operands[operand] ?? []];
  return lists.some((list) => list.some(test));
}

const isZero = (number: number): boolean => number === 0;
const isNegative = (number: number): boolean => number < 0;
const isInfinite = (number: number): boolean => Math.abs(number) === Number.POSITIVE_INFINITY;
const isFraction = (number: number): boolean => !Number.isInteger(number);

/** The table. A line without `ops` holds for all operations, those of other packages too. */
export const CURES: readonly Cure[] = [
  {
    when: ({ phase, unchosen }) => unchosen && phase === "forward",
    text:
      "It stands in a branch that where() did not choose, but both branches are computed. Give the operation a harmless " +
      "operand there (the double where): where(c, f(where(c, x, 1)), 0).",
  },
  {
    ops: ["constant"],
    when: ({ phase }) => phase === "input",
    text:
      "A constant of the run holds it: it was written so, or computed outside the function, or inside from constants alone. " +
      "Pass what it is computed from as a further argument to follow it.",
  },
  {
    when: ({ phase }) => phase === "input",
    text: "It came in with the arguments. Look for missing values, divisions by zero and overflow where the data are made, or for a step that was too large.",
  },
  {
    ops: ["log", "log2", "log10", "log1p"],
    when: (e) => forward(e) && e.value === "-Infinity",
    text:
      "The logarithm of 0. Keep the operand away from it with maximum(x, 1e-12), compute on the log scale (logSoftmax, " +
      "logSumExp, softplus), or use xlogy(x, y) for x·log(y).",
  },
  {
    ops: ["log", "log2", "log10", "log1p"],
    when: (e) => forward(e) && e.value === "NaN",
    text: "The logarithm of a negative number has no real value. Make the operand positive, with exp, softplus or maximum(x, 1e-12).",
  },
  {
    ops: ["log", "log2", "log10", "log1p"],
    when: backward,
    text: "The slope 1/x of the logarithm overflows beside 0. Keep the operand away from 0 with maximum(x, 1e-12).",
  },
  {
    ops: ["sqrt", "asin", "acos", "acosh", "atanh"],
    when: (e) => forward(e) && e.value === "NaN",
    text: "The operand lies outside the function's domain, perhaps by rounding alone. Bring it inside with clip(x, low, high) or maximum(x, 0).",
  },
  {
    ops: ["sqrt", "cbrt"],
    when: backward,
    text:
      "The slope of a root is infinite at 0. Add a tiny epsilon inside, sqrt(add(x, 1e-12)); for a length use norm(x) or " +
      "hypot(x, y), whose derivative at 0 is 0.",
  },
  {
    ops: ["asin", "acos", "acosh", "atanh"],
    text: "The function or its slope is infinite at the edge of its domain. Keep the operand inside with clip(x, -1 + 1e-7, 1 - 1e-7).",
  },
  {
    ops: ["divide", "mod", "reciprocal"],
    when: (e) => forward(e) && e.value === "NaN" && !some(e, isInfinite),
    text: "0 / 0. Choose what it means there with a double where: where(c, divide(x, where(c, y, 1)), 0), or add an epsilon to the divisor.",
  },
  {
    ops: ["divide", "mod"],
    when: (e) => some(e, isInfinite),
    text: "∞ / ∞. Find what made its operands infinite; quotients of exponentials are softmax or exp(subtract(x, y)).",
  },
  {
    ops: ["divide", "reciprocal"],
    text: "The divisor is 0, or so small that the quotient overflows. Add an epsilon to it, or keep it away from 0 with maximum(y, 1e-12).",
  },
  {
    ops: ["pow"],
    when: (e) => some(e, isNegative, 0) && (some(e, isFraction, 1) || e.operand === 1),
    text:
      "A negative base has no real power with a fractional exponent, nor a derivative by the exponent. Use abs(x) with " +
      "sign(x), square(x) or cbrt(x), or a whole exponent that is a number.",
  },
  {
    ops: ["pow"],
    when: (e) => some(e, isZero, 0),
    text: "0 to a power below 1 has no finite value or slope. Keep the base away from 0 with maximum(x, 1e-12), or add an epsilon.",
  },
  {
    ops: ["pow", "square", "prod", "cumprod", "gamma"],
    text: "The result is larger than 1.8e308. Compute its logarithm instead: multiply(y, log(x)), lgamma(x), a sum of logarithms.",
  },
  {
    ops: ["exp", "expm1", "sinh", "cosh"],
    text:
      "exp overflows from x = 709.8 on (float32: 88.7). Use the stable form of the whole: logSumExp, softmax, softplus, " +
      "sigmoid, or subtract the maximum first.",
  },
  {
    ops: ["multiply", "matmul", "outer", "convolution"],
    when: (e) => e.value === "NaN" && some(e, isInfinite),
    text: "0 · ∞. A product with 0 is no mask: choose with where(c, x, 0). Find what made the other factor infinite.",
  },
  {
    ops: ["add", "subtract", "sum", "mean", "cumsum", "logaddexp"],
    when: (e) => e.value === "NaN" && some(e, isInfinite),
    text: "∞ − ∞. Find what made its operands infinite; a difference of logarithms of sums is one of logSumExp.",
  },
  {
    ops: ["mean", "variance", "std"],
    when: (e) => forward(e) && e.value === "NaN" && !some(e, isInfinite),
    text: "Too few elements: the mean of none and the variance of one with ddof = 1 are 0 / 0. Use ddof: 0, or larger groups.",
  },
  {
    ops: ["std", "variance"],
    when: backward,
    text: "The slope of the standard deviation is infinite where all elements are equal. Use sqrt(add(variance(x), 1e-12)).",
  },
  {
    ops: ["norm", "hypot"],
    when: backward,
    text: "The norm has no finite slope here. Use the square of it, or add an epsilon inside: sqrt(add(sum(square(x)), 1e-12)).",
  },
  {
    ops: ["atan2"],
    text: "The angle of (0, 0) has no derivative. Choose another value there with a double where.",
  },
  {
    ops: ["softmax", "logSoftmax", "logSumExp", "crossEntropy"],
    when: (e) => some(e, isInfinite),
    text: "A whole row is −∞, or an element +∞: nothing can be chosen there. Mask with a large negative number such as -1e30, or leave such rows out.",
  },
  {
    ops: [
      ...["inverse", "solve", "det", "slogdet", "triangularSolve", "cholesky"],
      ...["lstsq", "pinv", "qr", "cofactors"],
    ],
    text: "The matrix is singular or nearly so (for cholesky: not positive definite). Add a small multiple of the identity, add(a, multiply(1e-9, eye(n))).",
  },
  {
    ops: ["eigh", "svd"],
    text: "Equal eigenvalues or singular values have no derivatives of their vectors. Use only the values, or perturb the matrix by a tiny diagonal.",
  },
  {
    ops: ["standardize", "rmsNorm"],
    text: "The variance is 0 and epsilon too small. Raise epsilon.",
  },
  {
    ops: ["digamma", "polygamma", "lgamma", "tan", "cot", "sec", "csc"],
    text: "The function has a pole here. Keep the operand away from it.",
  },
  {
    ops: ["cast"],
    text: "The number does not fit into the dtype: float32 ends at 3.4e38. Stay in float64 or scale it first.",
  },
  {
    ops: ["scan", "whileLoop", "cond", "checkpoint"],
    text: "It was made inside the function that this operation holds. Call that function step by step in a JavaScript loop to see the operation.",
  },
  {
    when: backward,
    text: "The slope of the operation is not finite at its operands, or overflows together with what arrives. Keep the operands away from this place, or scale the values.",
  },
  {
    ops: ["multiply", "add", "subtract", "sum", "matmul", "outer", "mean", "cumsum", "convolution"],
    text: "The result is larger than the dtype can hold (float64: 1.8e308, float32: 3.4e38). Scale the operands or compute on the log scale.",
  },
  {
    text: "The operation has no finite value at its operands. Keep them inside its domain, with clip or a double where.",
  },
];

/** The advice of the first line of the table that fits. */
export function cureFor(evidence: Evidence): string {
  const found = CURES.find(
    ({ ops, when }) => (ops?.includes(evidence.op) ?? true) && (when?.(evidence) ?? true),
  );
  return found?.text ?? "";
}
