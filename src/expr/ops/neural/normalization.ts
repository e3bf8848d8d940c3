// Normalization layers: which axes are normalized together, and the scale and shift afterwards.

import { SymtapeError } from "../../errors.ts";
import { formatShape, normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { add, divide, multiply, sqrt, subtract } from "../arithmetic.ts";
import { reshape } from "../movement/reshape.ts";
import { shapeError } from "../structured.ts";
import { along } from "./along.ts";
import { EPSILON, normalize, rmsNormOp, standardizeOp } from "./standardize.ts";

/** What follows a normalization: `result * scale + shift`. */
export interface AffineOptions {
  /** Factors, 1 unless given. */
  readonly scale?: TensorLike;
  /** Summands, 0 unless given. */
  readonly shift?: TensorLike;
  /** Added to the variance so that constant elements do not divide by zero, 1e-5 unless given. */
  readonly epsilon?: number;
}

export interface BatchNormOptions extends AffineOptions {
  /** Means of the channels to normalize with, as kept from training; those of x unless given. */
  readonly mean?: TensorLike;
  /** Variances of the channels to normalize with; given together with `mean`. */
  readonly variance?: TensorLike;
  /** The axis of the channels, 1 unless given. */
  readonly axis?: number;
}

export interface RmsNormOptions extends Omit<AffineOptions, "shift"> {
  /** The axes whose elements are normalized together, the last unless given. */
  readonly axis?: number | readonly number[];
}

export interface LayerNormOptions extends AffineOptions {
  /** The axes whose elements are normalized together, the last unless given. */
  readonly axis?: number | readonly number[];
}

function epsilonOf(operation: string, { epsilon = EPSILON }: AffineOptions): number {
  if (epsilon >= 0) return epsilon;
  throw new SymtapeError(
    "usage",
    `${operation}: epsilon is a number of at least 0, got ${epsilon}.`,
    {
      operation,
    },
  );
}

function affine(
  operation: string,
  x: Tensor,
  { scale, shift }: AffineOptions,
  axes: readonly number[],
): Tensor {
  const scaled =
    scale === undefined ? x : multiply(x, along(operation, "scale", scale, x.shape, axes));
  return shift === undefined
    ? scaled
    : add(scaled, along(operation, "shift", shift, x.shape, axes));
}

/**
 * Batch normalization: every channel of x (axis 1 unless given) minus its mean, divided by
 * √(variance + epsilon), over all other axes; then times `scale` plus `shift`, each of shape [C]. Mean and
 * variance are those of x itself, as in training, with the variance divided by the count. For inference pass the
 * `mean` and `variance` kept from training. S. Ioffe and C. Szegedy, "Batch normalization" (2015).
 *
 * @throws SymtapeError (shape) if parameters do not fit the channels, or a channel of one element is to be
 * normalized by itself; (usage) if only one of `mean` and `variance` is given.
 * @example
 * batchNorm(tensor([[1, 10], [3, 30]]), { epsilon: 0 }).toArray(); // [[-1, -1], [1, 1]]
 * batchNorm(tensor([[5]]), { mean: tensor([1]), variance: tensor([4]), epsilon: 0 }).toArray(); // [[2]]
 */
export function batchNorm(x: TensorLike, options: BatchNormOptions = {}): Tensor {
  const input = asTensor(x);
  const { mean, variance } = options;
  const epsilon = epsilonOf("batchNorm", options);
  const channel = normalizeAxes("batchNorm", [options.axis ?? 1], input.rank);
  if (mean !== undefined && variance !== undefined) {
    const center = along("batchNorm", "mean", mean, input.shape, channel);
    const spread = along("batchNorm", "variance", variance, input.shape, channel);
    const normalized = divide(subtract(input, center), sqrt(add(spread, epsilon)));
    return affine("batchNorm", normalized, options, channel);
  }
  if (mean !== undefined || variance !== undefined) {
    throw new SymtapeError("usage", "batchNorm: give both mean and variance, or neither of them.", {
      operation: "batchNorm",
    });
  }
  const axes = input.shape.map((_, axis) => axis).filter((axis) => !channel.includes(axis));
  if (axes.every((axis) => input.shape[axis] === 1)) {
    throw shapeError(
      "batchNorm",
      `the channels of ${formatShape(input.shape)} hold one element each, which is its own mean. ` +
        "Pass a larger batch, or mean and variance.",
      input.shape,
    );
  }
  return affine("batchNorm", normalize(standardizeOp, input, axes, epsilon), options, channel);
}

/**
 * Layer normalization: the elements along `axis` (the last unless given; several are normalized together)
 * minus their mean, divided by √(variance + epsilon); then times `scale` plus `shift`, both with the sizes of these
 * axes. J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization" (2016).
 *
 * @throws SymtapeError (shape) if scale or shift do not fit the axes.
 * @example
 * layerNorm(tensor([[1, 3], [2, 10]]), { epsilon: 0 }).toArray(); // [[-1, 1], [-1, 1]]
 * layerNorm(tensor([1, 3]), { scale: tensor([2, 5]), shift: tensor([0, 1]), epsilon: 0 }).toArray(); // [-2, 6]
 */
export function layerNorm(x: TensorLike, options: LayerNormOptions = {}): Tensor {
  const input = asTensor(x);
  const axes = normalizeAxes("layerNorm", options.axis ?? -1, input.rank);
  const normalized = normalize(standardizeOp, input, axes, epsilonOf("layerNorm", options));
  return affine("layerNorm", normalized, options, axes);
}

/**
 * Group normalization of x[N, C, …]: the channels fall into `groups`, and each group of each example is normalized
 * as in {@link layerNorm}; then every channel times `scale` plus `shift`, each of shape [C]. Y. Wu and K. He,
 * "Group normalization" (2018). As many groups as channels make an instance normalization.
 *
 * @throws SymtapeError (shape) if the groups do not divide the channels, or parameters do not fit them.
 * @example
 * groupNorm(tensor([[1, 3, 10, 30]]), 2, { epsilon: 0 }).toArray(); // [[-1, 1, -1, 1]]
 */
export function groupNorm(x: TensorLike, groups: number, options: AffineOptions = {}): Tensor {
  const input = asTensor(x);
  const [batch, channels, ...rest] = input.shape as readonly [number, number, ...number[]];
  const divides = Number.isInteger(groups) && groups >= 1 && channels % groups === 0;
  if (input.rank < 2 || !divides) {
    throw shapeError(
      "groupNorm",
      `expected x[N, C, …] whose channels divide into ${groups} groups, got ${formatShape(input.shape)}.`,
      input.shape,
    );
  }
  const grouped = reshape(input, [batch, groups, channels / groups, ...rest]);
  const axes = grouped.shape.map((_, axis) => axis).slice(2);
  const normalized = normalize(standardizeOp, grouped, axes, epsilonOf("groupNorm", options));
  return affine("groupNorm", reshape(normalized, input.shape), options, [1]);
}

/**
 * Root mean square normalization: the elements along `axis` (the last unless given) divided by
 * √(mean(x²) + epsilon), then times `scale` with the sizes of these axes. B. Zhang and R. Sennrich, "Root mean
 * square layer normalization" (2019).
 *
 * @throws SymtapeError (shape) if the scale does not fit the axes.
 * @example
 * rmsNorm(tensor([1, -7]), { epsilon: 0 }).toArray(); // [0.2, -1.4]
 */
export function rmsNorm(x: TensorLike, options: RmsNormOptions = {}): Tensor {
  const input = asTensor(x);
  const axes = normalizeAxes("rmsNorm", options.axis ?? -1, input.rank);
  const normalized = normalize(rmsNormOp, input, axes, epsilonOf("rmsNorm", options));
  return affine("rmsNorm", normalized, options, axes);
}
