// docs/conventions.md, row by row: each is computed, and the page says what is computed.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Tensor } from "../../src/autodiff/index.ts";
import type { Convention } from "./conventions/convention.ts";
import { dtypes } from "./conventions/dtypes.ts";
import { kinks } from "./conventions/kinks.ts";
import { layers } from "./conventions/layers.ts";
import { linearAlgebra } from "./conventions/linear-algebra.ts";
import { pieces } from "./conventions/pieces.ts";
import { reductions } from "./conventions/reductions.ts";

const sections: Readonly<Record<string, readonly Convention[]>> = {
  "Kinks and edges of domains": kinks,
  "Reductions and orders": reductions,
  Places: pieces,
  "Linear algebra": linearAlgebra,
  "Layers and losses": layers,
  "Number types": dtypes,
};

/** Numbers to 14 digits, since engines differ in the last places of exp and its kind. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return plain(value.toArray());
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "number" && value !== 0 ? Number(value.toPrecision(14)) : value;
}

/** Makes −0 the same as 0, except where it is asked for. */
function unsigned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unsigned);
  return value === 0 ? 0 : value;
}

for (const [title, rows] of Object.entries(sections)) {
  describe(title, () => {
    const tests = rows.map(([where, says, ...claims]) => ({ where, says, claims }));
    it.each(tests)("$where: $says", ({ claims }) => {
      expect(claims.length).toBeGreaterThan(0);
      for (const [found, expected] of claims) {
        if (expected instanceof RegExp) expect(found).toThrow(expected);
        else expect(unsigned(plain(found()))).toEqual(unsigned(plain(expected)));
      }
    });
  });
}

describe("the page", () => {
  const page = readFileSync("docs/conventions.md", "utf8");

  it.each(Object.entries(sections))("has the rows of %s, and no others", (title, rows) => {
    const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
    const cells = section
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(1)
      .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
    expect(cells.map(([where, says]) => [where, says])).toEqual(
      rows.map(([where, says]) => [where, says]),
    );
    expect(cells.filter((row) => row.length !== 4)).toEqual([]);
  });

  it("has no sections with tables but these", () => {
    const titles = [...page.matchAll(/^## (.*)\n[^#]*?^\|/gm)].map(([, title]) => title);
    expect(titles).toEqual(Object.keys(sections));
  });
});
