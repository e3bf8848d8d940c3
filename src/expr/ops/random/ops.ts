// The operations of this folder.

export { randomBernoulliOp } from "./bernoulli.ts";
export { randomCategoricalOp } from "./categorical.ts";
export { foldInOp, splitKeyOp } from "./keys.ts";
export { randomNormalOp } from "./normal.ts";
export { randomPermutationOp } from "./permutation.ts";
export { randomUniformOp } from "./uniform.ts";
