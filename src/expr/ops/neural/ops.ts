// The operations of this folder.

export { averagePoolOp } from "./average-pool.ts";
export { crossEntropyOp } from "./class-entropy.ts";
export { convolutionOp } from "./convolution.ts";
export { maxPoolOp, maxPoolPlacesOp } from "./max-pool.ts";
export { rmsNormOp, standardizeOp } from "./standardize.ts";
