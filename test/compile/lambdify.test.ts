// lambdify(): formulas as plain functions, beside the formulas themselves and derivatives worked by hand.

import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { lambdify } from "../../src/compile/lambdify.ts";
import { parse } from "../../src/expr/symbolic/index.ts";
import { tensor } from "../../src/expr/tensor.ts";

/** Calls often enough for compiled code to take over. */
function warm(call: () => unknown): void {
  for (let i = 0; i < 1500; i++) call();
}

describe("a function of numbers", () => {
  const f = lambdify(parse("x^2 * y + sin(y)"), ["x", "y"]);

  it("gives the formula's value, before and after it is compiled", () => {
    const expected = 9 * 2 + Math.sin(2);
    expect(f(3, 2)).toBe(expected);
    warm(() => f(1, 2));
    expect(f(3, 2)).toBe(expected);
  });

  it("takes its arguments in the order of the names that it is given, or else of the formula", () => {
    expect(lambdify(parse("x - y"), ["y", "x"])(1, 5)).toBe(4);
    expect(lambdify(parse("x - y"))(5, 1)).toBe(4);
  });

  it("has the gradient, the Jacobian and the Hessian in that order", () => {
    for (let round = 0; round < 2; round++) {
      expect(f.gradient(3, 2)).toEqual([12, 9 + Math.cos(2)]);
      expect(f.jacobian(3, 2)).toEqual([12, 9 + Math.cos(2)]);
      expect(f.hessian(3, 2)).toEqual([
        [4, 6],
        [6, -Math.sin(2)],
      ]);
      warm(() => [f.gradient(1, 2), f.hessian(1, 2)]);
    }
    const turned = lambdify(parse("x^2 * y"), ["y", "x"]);
    expect(turned.gradient(2, 3)).toEqual([9, 12]);
    expect(turned.hessian(2, 3)).toEqual([
      [0, 6],
      [6, 4],
    ]);
  });

  it("passes infinities, NaN and zeros of both signs on", () => {
    const g = lambdify(parse("1 / x"), ["x"]);
    for (let round = 0; round < 2; round++) {
      expect(g(0)).toBe(Number.POSITIVE_INFINITY);
      expect(g(-0)).toBe(Number.NEGATIVE_INFINITY);
      expect(g(Number.NaN)).toBeNaN();
      warm(() => g(2));
    }
  });

  it("may have no variables, one that does not matter, or many", () => {
    expect(lambdify(parse("1 + 2"), [])()).toBe(3);
    const g = lambdify(parse("0 * x + y"), ["x", "y"]);
    expect(g(4, 2)).toBe(2);
    const names = Array.from({ length: 30 }, (_, i) => `a${i}`);
    const h = lambdify(parse(names.join(" + ")), names);
    const numbers = names.map((_, i) => i);
    expect(h(...numbers)).toBe(435);
    expect(h.gradient(...numbers)).toEqual(names.map(() => 1));
  });

  it("shows its code, in which its variables have other names", () => {
    expect(lambdify(parse("x^2 + sin(y)"), ["x", "y"]).source).toBe(
      "(x0, x1) => {\n  return x0 * x0 + Math.sin(x1);\n}",
    );
  });

  it("computes what has no code of its own", () => {
    const g = lambdify(parse("det([a, b; b, 2])"), ["a", "b"]);
    expect(g(3, 1)).toBe(5);
    expect(g.gradient(3, 1)).toEqual([2, -2]);
  });

  it("works where a policy forbids code from text", () => {
    const script = `
      import { parse } from "./src/index.ts";
      import { lambdify } from "./src/compile/lambdify.ts";
      const f = lambdify(parse("x^2 * y"), ["x", "y"]);
      let total = 0;
      for (let i = 0; i < 3000; i++) total += f(2, 1);
      try { f(1); } catch (error) { console.log(total, f.gradient(2, 1), error.kind); }
    `;
    const flags = ["--disallow-code-generation-from-strings", "--import", "./scripts/ts.mjs"];
    const shown = execFileSync(
      process.execPath,
      [...flags, "--input-type=module", "--eval", script],
      { encoding: "utf8" },
    );
    expect(shown.trim()).toBe("12000 [ 4, 4 ] arity");
  });
});

describe("a function of arrays", () => {
  it("takes nested and typed arrays and tensors, and gives nested arrays", () => {
    const shapes = { m: [2, 2], v: [2] };
    const f = lambdify<number[]>(parse("m * v"), ["m", "v"], { shapes });
    const matrix = [
      [1, 2],
      [3, 4],
    ];
    for (let round = 0; round < 2; round++) {
      expect(f(matrix, [5, 6])).toEqual([17, 39]);
      expect(f(Float64Array.of(1, 2, 3, 4), Float32Array.of(5, 6))).toEqual([17, 39]);
      expect(f(tensor(matrix), tensor([5, 6], { dtype: "float32" }))).toEqual([17, 39]);
      warm(() => f(matrix, [1, 1]));
    }
  });

  it("has derivatives with the axes of the result and of the variable", () => {
    const f = lambdify<number[]>(parse("a * v"), ["a", "v"], { shapes: { v: [2] } });
    expect(f.jacobian(3, [5, 7])).toEqual([
      [5, 7],
      [
        [3, 0],
        [0, 3],
      ],
    ]);
    const g = lambdify(parse("a * sum(v .* v)"), ["a", "v"], { shapes: { v: [2] } });
    expect(g.gradient(3, [5, 7])).toEqual([74, [30, 42]]);
    expect(g.hessian(3, [5, 7])).toEqual([
      [0, [10, 14]],
      [
        [10, 14],
        [
          [6, 0],
          [0, 6],
        ],
      ],
    ]);
  });

  it("gives results that later calls do not change", () => {
    const f = lambdify<number[]>(parse("2 * v"), ["v"], { shapes: { v: [2] } });
    const first = f([1, 2]);
    f([3, 4]);
    expect(first).toEqual([2, 4]);
  });
});

describe("mistakes", () => {
  const f = lambdify(parse("x * rate"), ["x", "rate"]);
  const shapes = { v: [3] };
  const g = lambdify<number[]>(parse("2 * v"), ["v"], { shapes });

  it.each<[string, () => unknown, string, RegExp]>([
    ["too few arguments", () => f(1), "arity", /takes 2 arguments \(x, rate\), got 1/],
    ["too many arguments", () => f(1, 2, 3), "arity", /got 3/],
    ["a text", () => f("1" as never, 2), "usage", /x is a number, got the text "1"/],
    ["nothing", () => f(1, undefined as never), "usage", /rate is a number, got undefined/],
    ["an array for a number", () => f([1], 2), "usage", /got an array/],
    ["a number for an array", () => g(1), "shape", /v has shape \[3\]/],
    ["an array of another shape", () => g([1, 2]), "shape", /v has shape \[3\], got shape \[2\]/],
    ["a text in an array", () => g(["1", 2, 3] as never), "usage", /expected numbers/],
    ["an unknown variable", () => lambdify(parse("rate"), ["rte"]), "name", /Did you mean "rate"/],
    ["a missing variable", () => lambdify(parse("x * y"), ["x"]), "name", /needs "y" too/],
    ["a variable named twice", () => lambdify(parse("x"), ["x", "x"]), "name", /named twice/],
    ["an unknown shape", () => lambdify(parse("x"), ["x"], { shapes }), "name", /no variable "v"/],
    ["text for a formula", () => lambdify("x" as never), "usage", /parse\(text\)/],
    ["a name for a list", () => lambdify(parse("x"), "x" as never), "usage", /in a list/],
    ["a gradient of a vector", () => g.gradient([1, 2, 3]), "gradient", /needs a scalar/],
  ])("of %s are named", (_, call, kind, message) => {
    expect(call).toThrow(expect.objectContaining({ name: "SymtapeError", kind }));
    expect(call).toThrow(message);
  });

  it("are found by compiled functions too", () => {
    warm(() => f(1, 2));
    expect(() => f(1, "2" as never)).toThrow(/rate is a number/);
    expect(() => f(1)).toThrow(/got 1/);
  });
});
