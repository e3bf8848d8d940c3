// The operations of this folder.

export { choleskyOp } from "./cholesky.ts";
export { cofactorsOp } from "./cofactors.ts";
export { detOp, slogdetOp } from "./determinant.ts";
export { eighOp } from "./eigh.ts";
export { expmOp } from "./expm.ts";
export { inverseOp, solveOp } from "./inverse.ts";
export { lstsqOp } from "./lstsq.ts";
export { matmulOp, outerOp } from "./matmul.ts";
export { pinvOp } from "./pinv.ts";
export { qrOp } from "./qr.ts";
export { svdOp } from "./svd.ts";
export { traceOp } from "./trace.ts";
export { triangularSolveOp } from "./triangular.ts";
