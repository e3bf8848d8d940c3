// Functions of neural networks.

export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export { type AveragePoolOptions, averagePool1d, averagePool2d } from "./average-pool.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./binary-cross-entropy.ts";
export {
  type ConvolutionOptions,
  conv1d,
  conv2d,
  convTranspose2d,
  type TransposedConvolutionOptions,
} from "./conv.ts";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export { type LossOptions, type LossReduction, meanSquaredError } from "./losses.ts";
export { type MaxPoolOptions, maxPool1d, maxPool2d } from "./max-pool.ts";
export {
  type AffineOptions,
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  type LayerNormOptions,
  layerNorm,
  type RmsNormOptions,
  rmsNorm,
} from "./normalization.ts";
export { requireSameShape } from "./same-shape.ts";
export type { PoolOptions } from "./windows.ts";
