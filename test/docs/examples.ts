// Finds the examples in doc comments and pages and runs them: `expression; // result` is a claim.

import { inspect } from "node:util";
import { transformSync } from "esbuild";
import { parse as mathjsParse } from "mathjs/number";
import { expect } from "vitest";
import { pointwise } from "../../src/expr/ops/pointwise.ts";
import { symbolTex } from "../../src/expr/symbolic/writing/tex-symbols.ts";
import * as symtape from "../../src/index.ts";

/** What examples in internal files may use beside the public names. */
const internals = { pointwise, symbolTex, math: { parse: mathjsParse } };

export interface Example {
  readonly title: string;
  readonly code: string;
}

/** The `@example` blocks of a source file's doc comments. */
export function docExamples(file: string, source: string): Example[] {
  const examples: Example[] = [];
  for (const [comment] of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const start = comment.indexOf("@example");
    if (start < 0) continue;
    const lines = comment.slice(start + "@example".length).split("\n");
    const code = lines
      .map((line) => line.replace(/^\s*\*\/?\s?/, "").replace(/\s*\*\/\s*$/, ""))
      .join("\n")
      .trim();
    examples.push({ title: `${file}: ${code.split("\n")[0]}`, code });
  }
  return examples;
}

/** The fenced blocks of a page in one language. */
export function pageBlocks(page: string, text: string, language: string): Example[] {
  const fences = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...fences].map(([, code], i) => ({
    title: `${page}, ${language} block ${i + 1}: ${(code as string).split("\n")[0]}`,
    code: code as string,
  }));
}

const CLAIM = /^(\s*)(?!\/\/)(.*?);\s*\/\/ (.+)$/;
const STATEMENT = /^\s*((const|let|import|return|throw|if|for|while|export)\b|[}\])])/;

/** Runs an example; every claim in it is checked. Returns how many there were. */
export function runExample({ code }: Example): number {
  let claims = 0;
  const check = (found: unknown, expected: string): void => {
    claims += 1;
    const plain = found instanceof symtape.Tensor ? found.toArray() : found;
    expect(shown(plain)).toBe(shown(read(expected)));
  };
  const lines = code
    .replace(/^import [\s\S]*?;\n/gm, "")
    .replace(/^export /gm, "")
    .split("\n")
    .map((line) => {
      const [, indent, expression, expected] = CLAIM.exec(line) ?? [];
      if (expression === undefined || STATEMENT.test(line)) return line;
      return `${indent}check((${expression}), ${JSON.stringify(expected)});`;
    });
  const scope = { ...symtape, ...internals, check };
  const { code: script } = transformSync(`function example() {\n${lines.join("\n")}\n}`, {
    loader: "ts",
  });
  const run = new Function(...Object.keys(scope), `${script}\nexample();`);
  run(...Object.values(scope));
  return claims;
}

/** Values as text; numbers to 14 digits, since engines differ in the last places of exp and its kind. */
function shown(value: unknown): string {
  return inspect(rounded(value), { depth: 9 });
}

function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(14));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
}

function read(expected: string): unknown {
  return new Function(`return (${expected});`)();
}
