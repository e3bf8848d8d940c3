// What losses have in common, and the mean of squared errors.

import { SymtapeError } from "../../errors.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { square, subtract } from "../arithmetic.ts";
import { mean, sum } from "../reductions/sum.ts";
import { requireSameShape } from "./same-shape.ts";

/** How the losses of all examples become one number, or that they stay as they are. */
export type LossReduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `"mean"` unless given. */
  readonly reduction?: LossReduction;
}

/** The losses as the reduction asks for; `average` is their mean where that is no plain one. */
export function reduceLosses(
  operation: string,
  losses: Tensor,
  reduction: LossReduction = "mean",
  average: (losses: Tensor) => Tensor = (values) => mean(values),
): Tensor {
  switch (reduction) {
    case "mean":
      return average(losses);
    case "sum":
      return sum(losses);
    case "none":
      return losses;
    default:
      throw new SymtapeError(
        "usage",
        `${operation}: the reduction is "mean", "sum" or "none", got ${JSON.stringify(reduction)}.`,
        { operation },
      );
  }
}

/**
 * The mean of (prediction − target)² over all elements; their sum or the squares themselves by `reduction`.
 *
 * @throws SymtapeError (shape) if the shapes are not equal: nothing is broadcast.
 * @example
 * meanSquaredError(tensor([1, 2, 3]), tensor([1, 4, 7])).item(); // 6.666666666666667
 * meanSquaredError(tensor([1, 2]), tensor([1, 4]), { reduction: "none" }).toArray(); // [0, 4]
 */
export function meanSquaredError(
  prediction: TensorLike,
  target: TensorLike,
  options: LossOptions = {},
): Tensor {
  requireSameShape("meanSquaredError", prediction, target);
  const errors = subtract(asTensor(prediction), asTensor(target));
  return reduceLosses("meanSquaredError", square(errors), options.reduction);
}
