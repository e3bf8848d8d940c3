// Functions that combine the elements along axes.

export type { ReduceOptions } from "./axes.ts";
export { type CumulateOptions, cumprod, cumsum } from "./cumulative.ts";
export { type DiffOptions, diff } from "./diff.ts";
export { argmax, argmin, type PlaceOptions } from "./extremes.ts";
export { logSumExp } from "./log-sum-exp.ts";
export { type NormOptions, norm } from "./norm.ts";
export { prod } from "./prod.ts";
export { logSoftmax, type SoftmaxOptions, softmax } from "./softmax.ts";
export { argsort, type SortOptions, sort, topK } from "./sort.ts";
export { mean, sum } from "./sum.ts";
export { all, any } from "./truth.ts";
export { type SpreadOptions, std, variance } from "./variance.ts";
