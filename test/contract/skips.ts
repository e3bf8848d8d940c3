// The one list of what the contract suite does not ask, each entry with its reason.

export type Check =
  | "its schedule computes its value"
  | "its schedule computes its gradient"
  | "all back ends give its value"
  | "all back ends give its value in single precision"
  | "all back ends give its gradient"
  | "its predicted shape and dtype are the actual ones"
  | "its value is that of its formula in long arithmetic"
  | "its stable form has the value of the kernel"
  | "its pullback agrees with central differences"
  | "its pushforward is the adjoint of its pullback"
  | "its second derivative agrees with differences of the gradient"
  | "mathjs derives the same partials from its formula"
  | "its reference evaluation is its evaluation"
  | "its complex step is its gradient"
  | "its graph has the value and the derivatives of its tape"
  | "its graph survives JSON"
  | "its broadcasting is the loop"
  | "its batch is the loop"
  | "the gradients of its batch are the loop"
  | "its batches and loops nest"
  | "the gradients of its batches and loops nest"
  | "its second derivatives are those of its checkpoint"
  | "a batch of no examples has its shapes and dtypes"
  | "it keeps float32 in all of them";

export interface Skip {
  readonly check: Check;
  readonly ops: readonly string[];
  /** The samples by their place; all unless given. */
  readonly samples?: readonly number[];
  readonly reason: string;
}

export const skips: readonly Skip[] = [
  {
    check: "its value is that of its formula in long arithmetic",
    ops: ["gelu", "erf", "erfc", "lgamma", "digamma", "polygamma"],
    reason: "mathjs has these functions not at all, or not for BigNumbers; the fixture covers them",
  },
  {
    check: "its value is that of its formula in long arithmetic",
    ops: ["gamma"],
    samples: [0, 1, 2, 4, 5],
    reason: "mathjs has gamma of BigNumbers for whole numbers only; the fixture covers the others",
  },
  {
    check: "mathjs derives the same partials from its formula",
    ops: ["atan2", "mod", "floor", "ceil", "round", "sign"],
    reason: "mathjs has no derivative of atan2, floor, ceil, round and sign",
  },
  {
    check: "mathjs derives the same partials from its formula",
    ops: ["maximum", "minimum", "clip", "relu"],
    reason: "mathjs has no derivative of max and min",
  },
  {
    check: "mathjs derives the same partials from its formula",
    ops: ["where", "leakyRelu", "elu", "selu"],
    reason: "mathjs has no derivative of a ? b : c",
  },
  {
    check: "mathjs derives the same partials from its formula",
    ops: ["gelu", "erf", "erfc", "gamma", "lgamma", "digamma", "polygamma"],
    reason: "mathjs has no derivative of erf and gamma, and does not know the others",
  },
  {
    check: "mathjs derives the same partials from its formula",
    ops: ["abs"],
    samples: [1],
    reason: "mathjs gives NaN at the kink of abs; here the derivative at 0 is 0",
  },
  {
    check: "mathjs derives the same partials from its formula",
    ops: ["cbrt"],
    samples: [0],
    reason: "mathjs's derivative of cbrt is complex for negative numbers",
  },
  {
    check: "its pullback agrees with central differences",
    ops: ["stopGradient"],
    reason: "it is there to hide the derivative that differences see",
  },
  {
    check: "its pullback agrees with central differences",
    ops: ["mod"],
    samples: [4],
    reason: "steps in proportion to 1e15 are larger than the modulus 7",
  },
  {
    check: "its pullback agrees with central differences",
    ops: ["where"],
    samples: [1],
    reason: "a condition of 0 that moves jumps to the other branch",
  },
  {
    check: "its pullback agrees with central differences",
    ops: ["divide"],
    samples: [3],
    reason: "the partial by y, 1e-400, is below the least float64",
  },
  {
    check: "its pullback agrees with central differences",
    ops: ["reciprocal"],
    samples: [2],
    reason: "the partial, 1e-400, is below the least float64",
  },
  {
    check: "its pushforward is the adjoint of its pullback",
    ops: ["cast"],
    samples: [0],
    reason: "tangents are rounded to float32 on the way there, cotangents are not on the way back",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["cbrt"],
    samples: [3],
    reason: "the second derivative at 1e300 is below the least float64",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["log", "log1p"],
    samples: [5],
    reason: "the second derivative at 1e300 is below the least float64",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["log2", "log10"],
    samples: [4],
    reason: "the second derivative at 1e300 is below the least float64",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["asinh"],
    samples: [0],
    reason: "the second derivative at -1e200 is below the least float64",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["acosh"],
    samples: [3],
    reason: "the second derivative at 1e200 is below the least float64",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["exp"],
    samples: [5],
    reason: "e^700 times the direction squared, 700^2, is above the largest float64",
  },
  {
    check: "its second derivative agrees with differences of the gradient",
    ops: ["expm1"],
    samples: [6],
    reason: "e^700 times the direction squared, 700^2, is above the largest float64",
  },
  {
    check: "its complex step is its gradient",
    ops: ["gamma", "lgamma", "digamma", "polygamma"],
    reason: "these four have no complex form; differences and the fixture are their witnesses",
  },
  {
    check: "its complex step is its gradient",
    ops: ["stopGradient"],
    reason: "it is there to hide the derivative that a complex step sees",
  },
  {
    check: "its complex step is its gradient",
    ops: ["divide", "square"],
    samples: [3],
    reason: "the step times a factor this small is below the least float64",
  },
  {
    check: "its complex step is its gradient",
    ops: ["cast"],
    samples: [0],
    reason: "the weights of a float32 result are rounded to float32, complex numbers are not",
  },
  {
    check: "its predicted shape and dtype are the actual ones",
    ops: ["cholesky"],
    samples: [1, 2],
    reason: "as booleans these matrices are all ones, which are not positive definite",
  },
];

export function skipOf(check: Check, op: string, sample: number): Skip | undefined {
  return skips.find(
    (skip) =>
      skip.check === check &&
      skip.ops.includes(op) &&
      (skip.samples === undefined || skip.samples.includes(sample)),
  );
}
