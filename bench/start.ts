// Cold start: whole processes, an empty one beside those that import an entry point.

import { spawnSync } from "node:child_process";
import { printTimings, summarize } from "./harness.ts";
import type { Row } from "./symbolic.ts";

const dist = new URL("dist/", `file://${process.cwd()}/`).href;

const programs: readonly (readonly [name: string, code: string])[] = [
  ["empty process", ""],
  ["import symtape/autodiff", `await import("${dist}autodiff.js")`],
  ["import symtape", `await import("${dist}index.js")`],
  [
    "import symtape, first derivative",
    `const s = await import("${dist}index.js"); s.derivative(s.parse("1/(1+exp(-x))"), "x")`,
  ],
  ["import mathjs/number", 'await import("mathjs/number")'],
  ["import mathjs", 'await import("mathjs")'],
];

export function startBench(rounds = 21): Row[] {
  const times = programs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    programs.forEach(([, code], i) => {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", code]);
      times[i]?.push((performance.now() - start) * 1000);
      if (status !== 0) throw new Error(`${code} failed`);
    });
  }
  const timings = programs.map(([name], i) => summarize(name, times[i] as number[]));
  printTimings("cold start", timings);
  return [{ problem: "cold start", timings }];
}
