// The groups of measurements by name, in the order in which they run.

import type { Group } from "./group.ts";

/** Each is loaded by the process that runs it. */
export const groups: Readonly<Record<string, () => Promise<Group>>> = {
  notebook: async () => (await import("./notebook.ts")).notebook,
  mlp: async () => (await import("./mlp.ts")).mlp,
  elementwise: async () => (await import("./elementwise.ts")).elementwise,
  matmul: async () => (await import("./matmul.ts")).matmul,
  rosenbrock: async () => (await import("./rosenbrock.ts")).rosenbrock,
  objectives: async () => (await import("./objectives.ts")).objectives,
  convolution: async () => (await import("./convolution.ts")).convolution,
  "compile-cost": async () => (await import("./compile-cost.ts")).compileCost,
  "million-steps": async () => (await import("./million-steps.ts")).millionSteps,
  growth: async () => (await import("./growth.ts")).growth,
  symbolic: async () => {
    const { symbolicBench } = await import("./symbolic.ts");
    return () => ({ data: symbolicBench() });
  },
  start: async () => {
    const { startBench } = await import("./start.ts");
    return () => ({ data: startBench() });
  },
  memory: async () => {
    const { memoryBench } = await import("./memory.ts");
    return () => ({ data: memoryBench() });
  },
  "scan-memory": async () => {
    const { scanMemoryBench } = await import("./scan-memory.ts");
    return () => ({ data: scanMemoryBench() });
  },
};
