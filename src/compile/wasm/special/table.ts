// The special kernels by name.

import type { KernelPlan } from "../../kernel-plan.ts";
import { convolutionPlan } from "./convolution/convolution.ts";
import { oneHotPlan } from "./one-hot.ts";
import { onlyWherePlan } from "./only-where.ts";
import { pickingPlanners } from "./picking.ts";
import { poolingPlanners } from "./pooling.ts";
import { runningPlanners } from "./running.ts";
import type { SpecialCall, SpecialPlanner } from "./special-plan.ts";

export type { SpecialCall } from "./special-plan.ts";

const planners: ReadonlyMap<string, SpecialPlanner> = new Map<string, SpecialPlanner>([
  ...Object.entries(pickingPlanners),
  ...Object.entries(runningPlanners),
  ...Object.entries(poolingPlanners),
  ["oneHot", oneHotPlan],
  ["onlyWhere", onlyWherePlan],
  ["convolution", convolutionPlan],
]);

/**
 * The plan of a special kernel, or undefined where there is none for these types; the operation then runs by itself.
 * Its buffers are the inputs in order, then the outputs, all row-major without gaps.
 */
export function specialPlan(kernel: string, call: SpecialCall): KernelPlan | undefined {
  return planners.get(kernel)?.(call);
}
