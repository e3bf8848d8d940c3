// The skip list holds nothing but what it must. (That each skip is needed, the suites themselves check.)

import { describe, expect, it } from "vitest";
import { allOps } from "../../src/expr/ops/index.ts";
import { skips } from "./skips.ts";
import { contractOps } from "./subjects.ts";

describe("the skip list", () => {
  it("names operations and samples that exist, each with a reason", () => {
    for (const skip of skips) {
      expect(skip.reason.length).toBeGreaterThan(20);
      for (const name of skip.ops) {
        const op = allOps().get(name);
        expect(op, name).toBeDefined();
        for (const sample of skip.samples ?? []) expect(op?.samples[sample], name).toBeDefined();
      }
    }
  });

  it("asks for a check of one operation only once", () => {
    const keys = skips.flatMap(({ check, ops, samples = ["all"] }) =>
      ops.flatMap((op) => samples.map((sample) => `${check} ${op} ${sample}`)),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("leaves out of the suite only inputs and constants, which compute nothing", () => {
    expect(contractOps).toHaveLength(allOps().size - 2);
    expect(contractOps.every((op) => op.samples.length > 0)).toBe(true);
  });
});
