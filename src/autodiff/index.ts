// Derivatives of functions, as numbers, and of formulas, as formulas.

export * from "../expr/index.ts";
export {
  type CheckOptions,
  type CheckReport,
  checkGradients,
  type ElementCheck,
  type Verdict,
} from "./check.ts";
export { derivative, type FormulaRecord, gradient } from "./derivative.ts";
export type { DifferenceEstimate, Smoothness } from "./differences.ts";
export { jvp } from "./forward.ts";
export { hessian, type JacobianOf, jacobian } from "./jacobian.ts";
export { type RecordedRow, type RecordedRun, type RecordOptions, record } from "./record.ts";
export { type Differentiable, type Gradient, grad, valueAndGrad, vjp } from "./reverse.ts";
export type { Like, Traced, Tree, Untraced } from "./tree.ts";
export { type BatchAxes, type Batched, type VmapOptions, vmap } from "./vmap.ts";
