// What compiling costs: a training step of the network for handwritten digits, compiled, beside the step itself.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { GroupResult } from "./group.ts";
import { compiled } from "./ours.ts";
import { classes, descend, images, start } from "./perceptron-task.ts";
import { median } from "./statistics.ts";
import { aligned, describeTarget, formatRatio, formatTime } from "./table.ts";
import { judged } from "./targets.ts";

const QUICK = process.env["BENCH_QUICK"] === "1";
const script = fileURLToPath(new URL("compile-cost-cold.ts", import.meta.url));

/** Milliseconds to compile the step and take it once. */
export async function compileOnce(): Promise<number> {
  const { compileStep } = await compiled();
  const begin = performance.now();
  const step = compileStep(descend, start, [images, classes]);
  step.run();
  const took = performance.now() - begin;
  step.dispose();
  return took;
}

async function stepTime(): Promise<number> {
  const { compileStep } = await compiled();
  const step = compileStep(descend, start, [images, classes]);
  step(images, classes);
  const times: number[] = [];
  for (let k = 0; k < (QUICK ? 20 : 200); k++) {
    const begin = performance.now();
    step.run();
    times.push(performance.now() - begin);
  }
  return median(times.slice(times.length / 2));
}

/** The same in a new process. */
function compileCold(): number {
  const options = ["--import", "./scripts/ts.mjs", script];
  const { stdout, status } = spawnSync(process.execPath, options, { encoding: "utf8" });
  if (status !== 0) throw new Error("compiling failed in a new process");
  return Number(stdout);
}

export async function compileCost(): Promise<GroupResult> {
  const rounds = QUICK ? 2 : 9;
  const cold = Array.from({ length: rounds }, compileCold);
  const warm: number[] = [];
  for (let round = 0; round < rounds; round++) warm.push(await compileOnce());
  const step = await stepTime();
  const row = (name: string, time: number): string[] => [
    name,
    formatTime(time),
    formatRatio(time / step),
    "",
  ];
  const lines = [
    row("one step", step),
    row("compiled and taken once, in a new process", median(cold)),
    row("compiled and taken once more", median(warm)),
  ];
  process.stdout.write("\nCompiling the training step of the 784-128-10 network\n\n");
  for (const line of aligned(["", "median", "steps", ""], lines))
    process.stdout.write(`  ${line}\n`);
  const outcome = judged({ of: "compiling", to: "one step", atMost: 100 }, median(cold) / step);
  process.stdout.write(`  ${describeTarget(outcome)}\n`);
  return { targets: [outcome], data: { step, cold: median(cold), warm: median(warm) } };
}
