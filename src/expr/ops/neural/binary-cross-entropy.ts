// The loss of yes-or-no questions.

import { isFloat } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { logSigmoid } from "../activations.ts";
import { multiply, negate, subtract } from "../arithmetic.ts";
import { cast } from "../movement/reshape.ts";
import { type LossOptions, reduceLosses } from "./losses.ts";
import { requireSameShape } from "./same-shape.ts";

export interface BinaryCrossEntropyOptions extends LossOptions {
  /**
   * A factor of the losses of true targets, 1 unless given, such as how many false ones there are for each. It
   * broadcasts.
   */
  readonly positiveWeight?: TensorLike;
}

/**
 * The cross entropy between targets in [0, 1] and the probabilities sigmoid(logits): the mean over all elements of
 * −t·log σ(z) − (1 − t)·log σ(−z). It is computed from the logits, so that nothing overflows or cancels where the
 * answer is nearly certain. Targets may be truth values; the result has the dtype of the logits then.
 *
 * @throws SymtapeError (shape) if the shapes are not equal: nothing but the weight is broadcast.
 * @example
 * binaryCrossEntropy(tensor([0, 2]), tensor([1, 0])).item(); // 1.410037595801459
 * binaryCrossEntropy(tensor([40, -800]), tensor([1, 1]), { reduction: "none" }).toArray(); // [4.248354255291589e-18, 800]
 */
export function binaryCrossEntropy(
  logits: TensorLike,
  target: TensorLike,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  requireSameShape("binaryCrossEntropy", logits, target);
  const { positiveWeight, reduction } = options;
  const scores = asTensor(logits);
  const given = asTensor(target);
  const truth = isFloat(given.dtype)
    ? given
    : cast(given, isFloat(scores.dtype) ? scores.dtype : "float64");
  const ofTrue = multiply(truth, logSigmoid(scores));
  const ofFalse = multiply(subtract(1, truth), logSigmoid(negate(scores)));
  const weighted = positiveWeight === undefined ? ofTrue : multiply(positiveWeight, ofTrue);
  return reduceLosses("binaryCrossEntropy", subtract(negate(weighted), ofFalse), reduction);
}
