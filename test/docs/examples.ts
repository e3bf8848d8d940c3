// Finds the examples in doc comments and pages and runs them: `expression; // result` is a claim.

import { inspect } from "node:util";
import { transformSync } from "esbuild";
import { expect } from "vitest";
import { pointwise } from "../../src/expr/ops/pointwise.ts";
import * as symtape from "../../src/index.ts";

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
const STATEMENT = /^\s*(const|let|import|return|throw|if|for|while|export|[}\])])/;

/** Runs an example; every claim in it is checked. Returns how many there were. */
export function runExample({ code }: Example): number {
  let claims = 0;
  const check = (found: unknown, expected: string): void => {
    claims += 1;
    const plain = found instanceof symtape.Tensor ? found.toArray() : found;
    if (/^(Symtape)?Error|^throws/.test(expected)) return;
    expect(inspect(plain, { depth: 9 })).toBe(inspect(read(expected), { depth: 9 }));
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
  const scope = { ...symtape, pointwise, check };
  const { code: script } = transformSync(`function example() {\n${lines.join("\n")}\n}`, {
    loader: "ts",
  });
  const run = new Function(...Object.keys(scope), `${script}\nexample();`);
  run(...Object.values(scope));
  return claims;
}

function read(expected: string): unknown {
  return new Function(`return (${expected});`)();
}
