// A million training steps must leave the memory of the process where it was.

import type { GroupResult } from "./group.ts";
import { bytesInUse } from "./heap.ts";
import { descend, input, start, target } from "./network-task.ts";
import { compiled } from "./ours.ts";
import { aligned, describeTarget } from "./table.ts";
import { judged } from "./targets.ts";

interface MemoryRow {
  readonly name: string;
  readonly steps: number;
  readonly before: Memory;
  readonly after: Memory;
  readonly mostResident: number;
}

/** Bytes after the garbage collector: resident in the process, and in use on the heap. */
interface Memory {
  readonly resident: number;
  readonly heap: number;
}

const STEPS = process.env["BENCH_QUICK"] === "1" ? 100_000 : 1_000_000;
/** Recording anew leaves garbage behind, for which the engine keeps some megabytes more or fewer at hand. */
const MOST_RESIDENT = { compiled: 1.05, anew: 1.25 } as const;

function memory(): Memory {
  const heap = bytesInUse();
  return { resident: process.memoryUsage().rss, heap };
}

/** The first fifth of the steps is there to compile code and to bring the pages of the heap into use. */
function measure(
  name: string,
  steps: number,
  mostResident: number,
  step: () => unknown,
): MemoryRow {
  const repeat = (count: number): void => {
    for (let k = 0; k < count; k++) step();
  };
  repeat(steps / 5);
  const before = memory();
  repeat(steps);
  return { name, steps, before, after: memory(), mostResident };
}

export async function millionSteps(): Promise<GroupResult> {
  const { compileStep } = await compiled();
  const inPlace = compileStep(descend, start, [input, target]);
  const called = compileStep(descend, start, [input, target]);
  let weights = start;
  const rows = [
    measure("compiled, run()", STEPS, MOST_RESIDENT.compiled, () => inPlace.run()),
    measure("compiled, step(x, t)", STEPS, MOST_RESIDENT.compiled, () => called(input, target)),
    measure("recorded anew", STEPS / 5, MOST_RESIDENT.anew, () => {
      weights = descend(weights, input, target).state;
    }),
  ];
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const lines = rows.map(({ name, steps, before, after }) => [
    name,
    steps.toLocaleString("en"),
    megabytes(before.resident),
    megabytes(after.resident),
    megabytes(before.heap),
    megabytes(after.heap),
    "",
  ]);
  const headings = ["", "steps", "resident before", "after", "heap before", "after", ""];
  process.stdout.write("\nMemory of the process around training steps of the 3-2-2 network\n\n");
  for (const line of aligned(headings, lines)) process.stdout.write(`  ${line}\n`);
  const targets = rows.flatMap(({ name, before, after, mostResident }) => [
    judged(
      { of: `resident memory after ${name}`, to: "before", atMost: mostResident },
      after.resident / before.resident,
    ),
    judged({ of: `heap after ${name}`, to: "before", atMost: 1.05 }, after.heap / before.heap),
  ]);
  for (const outcome of targets) process.stdout.write(`  ${describeTarget(outcome)}\n`);
  return { targets, data: { rows } };
}
