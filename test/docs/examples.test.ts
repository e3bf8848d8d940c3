import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { docExamples, pageBlocks, runExample } from "./examples.ts";

const sources = (readdirSync("src", { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".gen.ts"))
  .sort();
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...(readdirSync("docs") as string[])
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

describe("examples in doc comments do what they say", () => {
  for (const file of sources) {
    for (const example of docExamples(file, readFileSync(`src/${file}`, "utf8"))) {
      it(example.title, () => {
        expect(runExample(example)).toBeGreaterThan(0);
      });
    }
  }
});

describe("examples in pages do what they say", () => {
  for (const page of pages) {
    for (const example of pageBlocks(page, readFileSync(page, "utf8"), "ts")) {
      it(example.title, () => {
        runExample(example);
      });
    }
  }
});

describe("commands in pages print what the page shows", () => {
  for (const page of pages) {
    for (const { title, code } of pageBlocks(page, readFileSync(page, "utf8"), "console")) {
      it(title, () => {
        for (const session of code.split(/^\$ /m).filter((part) => part.trim() !== "")) {
          const [command, ...output] = session.split("\n");
          expect(shortNumbers(runCommand(command as string))).toBe(
            shortNumbers(output.join("\n").trimEnd()),
          );
        }
      });
    }
  }
});

/** Numbers to ten digits: engines differ in the last places of exp and its kind. */
function shortNumbers(text: string): string {
  return text.replace(
    / *-?\d+\.\d{6,}(e[-+]?\d+)?/g,
    (number) => ` ${Number(number).toPrecision(10)}`,
  );
}

/** Runs a `symtape …` command line and returns what it prints on both streams. */
function runCommand(command: string): string {
  const line = command.replace(/^(npx )?symtape/, "node dist/cli.js");
  const output = execFileSync("bash", ["-c", `${line} 2>&1 || true`], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return output
    .split("\n")
    .map((text) => text.trimEnd())
    .join("\n")
    .trimEnd();
}
