// npm run bench: everything, or the groups that are named, each in a process of its own. See --help.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { GroupResult } from "./group.ts";
import { groups } from "./groups.ts";
import { INSTALL, peersInstalled } from "./peers/load.ts";
import { describeTarget } from "./table.ts";

const HELP = `npm run bench -- [groups] [options]

  groups        ${Object.keys(groups).join(", ")}; all of them if none is named
  --node 26     on another release of Node, which npx gets
  --quick       everything runs and is checked; the times are rough and go to no file of bench/results
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: "string" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

process.exitCode = main();

function main(): number {
  const unknown = positionals.filter((name) => groups[name] === undefined);
  if (values.help || unknown.length > 0) {
    const complaint = unknown.length > 0 ? `no such group: ${unknown.join(", ")}\n\n` : "";
    process.stdout.write(complaint + HELP);
    return unknown.length > 0 ? 2 : 0;
  }
  return values.node === undefined ? runGroups() : runOn(values.node);
}

/** The same on another release of Node. */
function runOn(release: string): number {
  const quick = values.quick ? ["--quick"] : [];
  const script = ["--import", "./scripts/ts.mjs", "bench/main.ts", ...positionals, ...quick];
  const { status } = spawnSync("npx", ["--yes", `node@${release}`, ...script], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return status ?? 1;
}

function runGroups(): number {
  const names = positionals.length > 0 ? positionals : Object.keys(groups);
  process.stdout.write(`Node ${process.version.slice(1)}, ${cpus()[0]?.model}, one thread each\n`);
  if (!peersInstalled()) {
    process.stdout.write(`\nOther libraries are not installed, so they do not run: ${INSTALL}\n`);
  }
  const failed = names.filter((name) => !runGroup(name));
  printTargets(names.filter((name) => !failed.includes(name)));
  if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(", ")}\n`);
  return failed.length > 0 ? 1 : 0;
}

function runGroup(name: string): boolean {
  const script = fileURLToPath(new URL("run-group.ts", import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    ["--import", "./scripts/ts.mjs", script, name, resultFile(name)],
    { stdio: "inherit", env: { ...process.env, BENCH_QUICK: values.quick ? "1" : "0" } },
  );
  return status === 0;
}

function resultFile(group: string): string {
  const [release] = process.version.slice(1).split(".");
  const name = `${group}-node${release}.json`;
  if (values.quick) return join(tmpdir(), "symtape-bench", name);
  return fileURLToPath(new URL(`results/${name}`, import.meta.url));
}

/** What was wanted and did not come true, of all groups that ran. */
function printTargets(names: readonly string[]): void {
  const outcomes = names.flatMap((name) => {
    const { contests = [], targets = [] } = JSON.parse(
      readFileSync(resultFile(name), "utf8"),
    ) as GroupResult;
    return [...contests.flatMap((contest) => contest.targets), ...targets].map((outcome) => ({
      name,
      outcome,
    }));
  });
  if (outcomes.length === 0) return;
  const measured = outcomes.filter(({ outcome }) => outcome.met !== undefined);
  const missed = measured.filter(({ outcome }) => outcome.met === false);
  const unknown = outcomes.length - measured.length;
  process.stdout.write(
    `\n${measured.length - missed.length} of ${measured.length} targets met${unknown > 0 ? `, ${unknown} not measured` : ""}\n`,
  );
  for (const { name, outcome } of missed) {
    process.stdout.write(`  ${name}: ${describeTarget(outcome)}\n`);
  }
}
