// The operations of this folder.

export { cumprodOp, cumsumOp } from "./cumulative.ts";
export { argmaxOp, argminOp, maxOp, minOp } from "./extremes.ts";
export { logSumExpOp } from "./log-sum-exp.ts";
export { normOp } from "./norm.ts";
export { prodOp } from "./prod.ts";
export { linearRecurrenceOp } from "./recurrence.ts";
export { logSoftmaxOp, softmaxOp } from "./softmax.ts";
export { argsortOp, sortOp } from "./sort.ts";
export { meanOp, sumOp } from "./sum.ts";
export { allOp, anyOp } from "./truth.ts";
export { stdOp, varianceOp } from "./variance.ts";
