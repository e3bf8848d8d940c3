// Programs: functions of tensors, their gradients and training steps, and formulas, made fast.

export { type Computed, compile, type Program } from "./compile.ts";
export { compileStep, type StepProgram } from "./compile-step.ts";
export type { KernelReport, Slot } from "./executable.ts";
export { type Lambda, type LambdifyOptions, lambdify } from "./lambdify.ts";
export type { CompileOptions } from "./options.ts";
export type { ProgramReport } from "./report.ts";
export { type SpecOf, spec, TensorSpec } from "./spec.ts";
export type { StepResult } from "./step-state.ts";
