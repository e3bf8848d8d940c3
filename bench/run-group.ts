// One group in a process of its own: node bench/run-group.ts <group> <file for the results>.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { groups } from "./groups.ts";
import { peerVersions } from "./peers/load.ts";
import { endPython, pythonVersions } from "./python.ts";

const [name = "", file = ""] = process.argv.slice(2);
const load = groups[name];
if (load === undefined) throw new Error(`there is no group ${name}`);
const run = await load();
const result = await run();
const about = {
  group: name,
  date: new Date().toISOString(),
  node: process.version,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model,
  platform: `${process.platform} ${process.arch}`,
  peers: { ...peerVersions(), ...(await pythonVersions()) },
};
endPython();
const sixDigits = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(6)) : value;
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify({ ...about, ...result }, sixDigits, 2)}\n`);
const failed = result.contests?.some(({ failures }) => failures.length > 0) ?? false;
process.exit(failed ? 1 : 0);
