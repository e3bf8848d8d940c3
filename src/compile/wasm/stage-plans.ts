// Which kernel each stage of a schedule gets, and what is said of it.

import type { KernelReport } from "../executable.ts";
import type { KernelPlan } from "../kernel-plan.ts";
import type { Schedule, Stage } from "../schedule.ts";
import { threadedMatmulPlan } from "../threads/matmul.ts";
import type { ThreadPool } from "../threads/pool.ts";
import { epilogueOf } from "./epilogue.ts";
import { loopPlan } from "./loop/plan.ts";
import { type MatmulSpec, matmulPlan } from "./matmul/plan.ts";
import { specialPlan } from "./special/table.ts";

/** The plan of a stage; undefined where the operation runs by itself. */
export function planOf(
  stage: Stage,
  fma: boolean,
  pool: ThreadPool | undefined,
): KernelPlan | undefined {
  switch (stage.kind) {
    case "loop":
      return loopPlan(stage.loop);
    case "product":
      return productPlan(stage, fma, pool);
    case "special":
      return specialPlan(stage.kernel, { ...stage.call, fma });
    case "evaluate":
      return undefined;
  }
}

function productPlan(
  { product, dtype, tail }: Extract<Stage, { kind: "product" }>,
  fma: boolean,
  pool: ThreadPool | undefined,
): KernelPlan {
  const planned = (spec: MatmulSpec): KernelPlan =>
    pool === undefined ? matmulPlan(spec) : threadedMatmulPlan(spec, pool);
  if (tail === undefined) return planned({ ...product, dtype, fma });
  const plan = planned({ ...product, dtype, fma, epilogue: epilogueOf(tail) });
  const applied = tail.values.flatMap((value) => (value.kind === "apply" ? [value.op] : []));
  return { ...plan, label: `${plan.label}: ${applied.join(", ")}` };
}

/** What the stages do, with the work of each. */
export function reportsOf(
  { stages }: Schedule,
  plans: readonly (KernelPlan | undefined)[],
): readonly KernelReport[] {
  return stages.map((stage, i) => ({
    label: plans[i]?.label ?? labelOf(stage),
    flops: plans[i]?.flops ?? 0,
  }));
}

/** The text of all kernels in the order in which they run. */
export function listingsOf(
  { stages }: Schedule,
  plans: readonly (KernelPlan | undefined)[],
): string {
  return stages.map((stage, i) => listingOf(stage, plans[i])).join("\n\n");
}

/** What a stage without a kernel does. */
function labelOf(stage: Stage): string {
  if (stage.kind !== "special" && stage.kind !== "evaluate") return `${stage.kind} (interpreted)`;
  const { name, control } = stage.node.op;
  return control === undefined ? `${name} (on tensors)` : `${name} of compiled graphs`;
}

function listingOf(stage: Stage, plan: KernelPlan | undefined): string {
  if (plan === undefined) return `# ${labelOf(stage)}`;
  return `# ${plan.label}\n${plan.listing()}`;
}
