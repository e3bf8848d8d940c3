// Random expressions survive JSON unchanged.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromJSON, isSame, scalar, symbol, toFormula, toJSON } from "../../src/expr/index.ts";
import { anyNumber, build, recipes, VARIABLES } from "./recipes.ts";

describe("fromJSON after toJSON", () => {
  it("is the same expression, with the same values", () => {
    fc.assert(
      fc.property(recipes(anyNumber), fc.tuple(anyNumber, anyNumber, anyNumber), (recipe, at) => {
        const expression = build(
          recipe,
          VARIABLES.map((name) => symbol(name)),
        );
        const json = toJSON(expression);
        const back = fromJSON(JSON.parse(JSON.stringify(json)));
        expect(toJSON(back)).toEqual(json);
        expect(isSame(back, expression)).toBe(true);
        const point = Object.fromEntries(VARIABLES.map((name, i) => [name, at[i] as number]));
        const value = toFormula(back)(point).item();
        expect(value).toEqual(
          build(
            recipe,
            at.map((x) => scalar(x)),
          ).item(),
        );
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
