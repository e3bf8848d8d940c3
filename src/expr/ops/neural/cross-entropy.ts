// Cross entropy of scores against classes or probabilities, with label smoothing and weights of classes.

import { apply } from "../../apply.ts";
import { SymtapeError } from "../../errors.ts";
import { formatShape, isFloat, type Shape, sameShape, sizeOf } from "../../shape.ts";
import { asTensor, Tensor, type TensorLike } from "../../tensor.ts";
import { add, divide, multiply, negate } from "../arithmetic.ts";
import { gather } from "../movement/gather.ts";
import { type Indices, indicesOf } from "../movement/indices.ts";
import { normalizeAxis } from "../reductions/axes.ts";
import { logSoftmax } from "../reductions/softmax.ts";
import { sum } from "../reductions/sum.ts";
import { shapeError } from "../structured.ts";
import { along } from "./along.ts";
import { crossEntropyOp } from "./class-entropy.ts";
import { type LossOptions, reduceLosses } from "./losses.ts";
import { requireSameShape } from "./same-shape.ts";

const NAME = "crossEntropy";

export interface CrossEntropyOptions extends LossOptions {
  /** The axis of the classes in the scores, the last unless given. */
  readonly axis?: number;
  /** Which part of every target is spread evenly over all classes, from 0 (the default) to 1. */
  readonly smoothing?: number;
  /** A weight for each class, shape [C]. */
  readonly weights?: TensorLike;
}

/**
 * The cross entropy of logits (scores whose softmax are the probabilities of classes) against a target: `−Σ_c q_c ·
 * log softmax(logits)_c` for each example, with q the probabilities of the target. An int32 target names the
 * class of each example and has the shape of the logits without the axis of classes; a target of floats holds
 * probabilities and has the shape of the logits.
 *
 * As in PyTorch: `smoothing` s makes of q the mixture (1 − s) · q + s / C; `weights` multiply the terms of their
 * classes; and the mean over examples with classes and weights is divided by the weights of these classes, every
 * other mean by the number of examples.
 *
 * @throws SymtapeError (shape) if the shapes do not fit, nothing being broadcast, or for a class that is not there:
 * also a negative one. (usage) for a smoothing outside of [0, 1].
 * @example
 * crossEntropy(tensor([[0, 0], [0, 0]]), [0, 1]).item(); // 0.6931471805599453
 * crossEntropy(tensor([[2, 2, 2]]), tensor([[0.5, 0.25, 0.25]])).item(); // 1.0986122886681098
 */
export function crossEntropy(
  logits: TensorLike,
  target: Indices,
  options: CrossEntropyOptions = {},
): Tensor {
  const scores = asTensor(logits);
  const axis = normalizeAxis(NAME, options.axis ?? -1, scores.rank);
  const { smoothing = 0 } = options;
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new SymtapeError("usage", `${NAME}: the smoothing lies in [0, 1], got ${smoothing}.`, {
      operation: NAME,
    });
  }
  const given = target instanceof Tensor ? target : indicesOf(NAME, target);
  return isFloat(given.dtype)
    ? againstProbabilities(scores, given, axis, smoothing, options)
    : againstClasses(scores, given, axis, smoothing, options);
}

function againstClasses(
  scores: Tensor,
  classes: Tensor,
  axis: number,
  smoothing: number,
  { weights, reduction }: CrossEntropyOptions,
): Tensor {
  checkClasses(scores, classes, axis);
  checkWeights(scores, axis, weights);
  const plain = apply(crossEntropyOp, [scores, classes], { axis });
  const factors = weights === undefined ? undefined : gather(weights, classes);
  const own = weighted(plain, factors);
  const even = smoothing / (scores.shape[axis] as number);
  const losses =
    smoothing === 0
      ? own
      : add(
          multiply(1 - smoothing, own),
          multiply(even, entropyAgainst(scores, undefined, axis, weights)),
        );
  const average = factors && ((values: Tensor): Tensor => divide(sum(values), sum(factors)));
  return reduceLosses(NAME, losses, reduction, average);
}

function againstProbabilities(
  scores: Tensor,
  target: Tensor,
  axis: number,
  smoothing: number,
  { weights, reduction }: CrossEntropyOptions,
): Tensor {
  checkProbabilities(scores, target, axis);
  const even = smoothing / (scores.shape[axis] as number);
  const mixture = smoothing === 0 ? target : add(multiply(1 - smoothing, target), even);
  const losses = entropyAgainst(scores, mixture, axis, weights);
  return reduceLosses(NAME, losses, reduction);
}

/** `−Σ q · weight · log softmax` along the axis; q is 1 unless given. */
function entropyAgainst(
  scores: Tensor,
  probabilities: Tensor | undefined,
  axis: number,
  weights: TensorLike | undefined,
): Tensor {
  const factors =
    weights === undefined ? undefined : along(NAME, "weights", weights, scores.shape, [axis]);
  const logarithms = weighted(logSoftmax(scores, { axis }), factors);
  return negate(sum(weighted(logarithms, probabilities), { axis }));
}

function weighted(value: Tensor, weights: Tensor | undefined): Tensor {
  return weights === undefined ? value : multiply(value, weights);
}

function checkWeights(scores: Tensor, axis: number, weights: TensorLike | undefined): void {
  if (weights !== undefined) along(NAME, "weights", weights, scores.shape, [axis]);
}

/** The shape of one class for each example. */
function shapeOfClasses(scores: Tensor, axis: number): Shape {
  return scores.shape.filter((_, other) => other !== axis);
}

function checkProbabilities(scores: Tensor, target: Tensor, axis: number): void {
  if (sameShape(target.shape, shapeOfClasses(scores, axis))) {
    throw new SymtapeError(
      "dtype",
      `${NAME}: a target ${formatShape(target.shape)} for logits ${formatShape(scores.shape)} names classes, ` +
        `which are int32, but it is ${target.dtype}. Write cast(target, "int32").`,
      { operation: NAME, dtypes: [target.dtype] },
    );
  }
  requireSameShape(NAME, scores, target);
}

function checkClasses(scores: Tensor, classes: Tensor, axis: number): void {
  const expected = shapeOfClasses(scores, axis);
  if (classes.dtype === "int32" && sameShape(classes.shape, expected)) return;
  if (classes.dtype !== "int32") {
    throw new SymtapeError(
      "dtype",
      `${NAME}: a target is int32 for classes or a float for probabilities, got ${classes.dtype}. ` +
        'Write cast(target, "int32") or cast(target, "float64").',
      { operation: NAME, dtypes: [classes.dtype] },
    );
  }
  const shapes = `classes ${formatShape(classes.shape)} do not fit logits ${formatShape(scores.shape)}`;
  const reshaped =
    sizeOf(expected) === classes.size ? `: write reshape(target, ${formatShape(expected)})` : "";
  const remedy = sameShape(classes.shape, scores.shape)
    ? 'Probabilities, or rows with a single 1, are floats: write cast(target, "float64").'
    : `Expected ${formatShape(expected)}, one class for each example${reshaped}.`;
  throw shapeError(
    NAME,
    `${shapes}, and a loss does not broadcast. ${remedy}`,
    scores.shape,
    classes.shape,
  );
}
