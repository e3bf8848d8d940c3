// Values and first partials of every pointwise operation at the true values of the mpmath fixture.

import { describe, expect, it } from "vitest";
import { grad, scalar, type Tensor } from "../../src/autodiff/index.ts";
import { applyAll } from "../../src/expr/apply.ts";
import { NO_PARAMS, type Op } from "../../src/expr/op.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import fixture from "../fixtures/pointwise.json" with { type: "json" };
import { contractOps, ulp } from "./subjects.ts";

interface Case {
  readonly args: readonly (number | string)[];
  readonly value: number | string;
  readonly condition: number | null;
  readonly partials: readonly (number | string | null)[];
  readonly partialConditions: readonly (number | null)[];
}

/** In ulp of the truth times the larger of 1 and the condition number. */
const VALUE_BOUND = 4;
/** Beside this, partials below the normal range may be flushed to zero. */
const PARTIAL_BOUND = 4;
const LEAST_NORMAL = 2 ** -1022;

const truths = fixture as unknown as Readonly<Record<string, readonly Case[]>>;
const rows = Object.entries(truths).map(
  ([name, cases]) => [name, allOps().get(name), cases] as const,
);

function errorIn(found: number, truth: number, condition: number | null): number {
  if (found === truth) return 0;
  return Math.abs(found - truth) / ulp(truth) / Math.max(1, condition ?? 1);
}

function apply(op: Op, operands: readonly Tensor[]): Tensor {
  return applyAll(op, operands, NO_PARAMS)[0] as Tensor;
}

function partial(op: Op, operands: readonly number[], place: number): number {
  const others = operands.map((value) => scalar(value));
  return grad((x: Tensor) => apply(op, others.with(place, x as (typeof others)[number])))(
    operands[place] as number,
  );
}

describe("the pointwise operations against true values", () => {
  it.each(rows)(`%s is within ${VALUE_BOUND} ulp times its condition`, (_, op, cases) => {
    const misses = cases
      .map(({ args, value, condition }) => {
        const found = apply(
          op as Op,
          args.map((x) => scalar(Number(x))),
        ).item();
        return { args, value, found, ulps: errorIn(found, Number(value), condition) };
      })
      .filter(({ ulps }) => !(ulps <= VALUE_BOUND));
    expect(misses).toEqual([]);
  });

  it.each(rows)(
    `the partials of %s are within ${PARTIAL_BOUND} ulp times their condition`,
    (name, op, cases) => {
      const misses = cases
        .flatMap(({ args, partials, partialConditions }) =>
          partials.flatMap((truth, place) => {
            if (truth === null) return [];
            const operands = args.map(Number);
            const found = partial(op as Op, operands, place);
            if (Math.abs(Number(truth) - found) < LEAST_NORMAL) return [];
            if (name === "hypot" && operands.every((x) => Math.abs(x) < LEAST_NORMAL)) return [];
            const condition = partialConditions[place] ?? null;
            return [
              {
                args,
                place,
                truth,
                found,
                condition,
                ulps: errorIn(found, Number(truth), condition),
              },
            ];
          }),
        )
        .filter(({ ulps }) => !(ulps <= PARTIAL_BOUND));
      expect(misses).toEqual([]);
    },
  );

  it("the fixture holds every operation that computes with numbers", () => {
    const missing = contractOps
      .filter((op) => op.formula !== undefined && !op.nondifferentiable && !(op.name in truths))
      .map((op) => op.name);
    expect(missing).toEqual(["where"]);
  });
});
