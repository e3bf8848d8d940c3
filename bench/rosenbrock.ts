// The gradient of Rosenbrock's function in 100 variables: called often, and called once in a new process.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FLOAT64, ready } from "./contender.ts";
import { type GroupResult, runContests } from "./group.ts";
import { ways } from "./rosenbrock-ways.ts";
import { median } from "./statistics.ts";
import { aligned, formatTime } from "./table.ts";

interface ColdRow {
  readonly name: string;
  /** Milliseconds from the imports' end to the first result. */
  readonly median: number;
  readonly fastest: number;
  readonly slowest: number;
}

const ROUNDS = process.env["BENCH_QUICK"] === "1" ? 1 : 7;
const script = fileURLToPath(new URL("rosenbrock-cold.ts", import.meta.url));

function coldTime(name: string): number {
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--import", "./scripts/ts.mjs", script, name],
    { encoding: "utf8" },
  );
  return status === 0 ? Number(stdout) : Number.NaN;
}

/** Every way has a process of its own in every round. */
function firstCalls(): ColdRow[] {
  const times = ways.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    ways.forEach(({ name }, i) => {
      times[i]?.push(coldTime(name));
    });
  }
  return ways
    .map(({ name }, i) => summaryOf(name, times[i] ?? []))
    .filter(({ median }) => !Number.isNaN(median))
    .sort((left, right) => left.median - right.median);
}

function summaryOf(name: string, times: readonly number[]): ColdRow {
  return { name, median: median(times), fastest: Math.min(...times), slowest: Math.max(...times) };
}

export async function rosenbrock(): Promise<GroupResult> {
  const contests = await runContests([
    {
      title: "Rosenbrock's function in 100 variables, value and gradient, float64",
      contenders: ways.map(({ name, kind, load }) => ({
        name,
        kind,
        tolerance: FLOAT64,
        make: async () => {
          const { results, run } = (await load())();
          return ready(results, run);
        },
      })),
      seconds: 8,
    },
  ]);
  const cold = firstCalls();
  const lines = cold.map((row) => [
    row.name,
    formatTime(row.median),
    `${formatTime(row.fastest)} … ${formatTime(row.slowest)}`,
  ]);
  process.stdout.write(
    "\nThe same once in a new process: from the end of the imports to the first result\n\n",
  );
  for (const line of aligned(["", "median", "range"], lines)) process.stdout.write(`  ${line}\n`);
  return { contests, data: { cold } };
}
