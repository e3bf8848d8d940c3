// Derivatives of functions, as numbers, and of formulas, as formulas.

export * from "../expr/index.ts";
export {
  type CheckOptions,
  type CheckReport,
  checkGradients,
  type ElementCheck,
  type Verdict,
} from "./check.ts";
export { checkpoint } from "./control/checkpoint.ts";
export { cond } from "./control/cond.ts";
export { type ScanOptions, type ScanResult, type ScanStep, scan } from "./control/scan.ts";
export { whileLoop } from "./control/while-loop.ts";
export { type CustomRule, customRule } from "./custom-rule/custom-rule.ts";
export { derivative, type FormulaRecord, gradient } from "./derivative.ts";
export type { CauseKind } from "./diagnose/causes.ts";
export {
  type Cause,
  type ConnectivityReport,
  connectivity,
  type LeafConnection,
} from "./diagnose/connectivity.ts";
export type { NonFinite } from "./diagnose/elements.ts";
export { findNaN, type NaNReport } from "./diagnose/find-nan.ts";
export type { DifferenceEstimate, Smoothness } from "./differences.ts";
export { jvp } from "./forward.ts";
export { hvp } from "./hvp.ts";
export { hessian, type JacobianOf, type JacobianOptions, jacobian } from "./jacobian.ts";
export { mapTree } from "./map-tree.ts";
export { type RecordedRow, type RecordedRun, type RecordOptions, record } from "./record.ts";
export { type Differentiable, type Gradient, grad, valueAndGrad, vjp } from "./reverse.ts";
export { type SparseOptions, sparseHessian, sparseJacobian } from "./sparse/sparse-jacobian.ts";
export type { SparseMatrix, SparsityPattern } from "./sparse/sparse-matrix.ts";
export type { Like, Traced, Tree, TreeLike, Untraced } from "./tree.ts";
export { type BatchAxes, type Batched, type VmapOptions, vmap } from "./vmap.ts";
