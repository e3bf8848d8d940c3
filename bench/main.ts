// npm run bench: what is fast, beside mathjs, in one run. Writes bench/results.json.

import { writeFileSync } from "node:fs";
import { printTimings } from "./harness.ts";
import { memoryBench } from "./memory.ts";
import { scanMemoryBench } from "./scan-memory.ts";
import { startBench } from "./start.ts";
import { symbolicBench } from "./symbolic.ts";

const start = startBench();
for (const { problem, timings } of start) printTimings(problem, timings);
const rows = [...start, ...symbolicBench()];
const memory = memoryBench();
const scanMemory = scanMemoryBench();
const machine = { node: process.version, platform: process.platform, arch: process.arch };
writeFileSync(
  "bench/results.json",
  `${JSON.stringify({ machine, rows, memory, scanMemory }, undefined, 2)}\n`,
);
