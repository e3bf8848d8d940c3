// Every float64 kernel against true values from long arithmetic, and at its exact special values.

import { describe, expect, it } from "vitest";
import * as elementary from "../../src/expr/kernels/elementary.ts";
import { erf, erfc } from "../../src/expr/kernels/erf.ts";
import { digamma, gamma, lgamma, polygamma } from "../../src/expr/kernels/gamma.ts";
import fixture from "../fixtures/pointwise.json" with { type: "json" };

type Kernel = (...args: number[]) => number;

interface Case {
  readonly args: readonly (number | string)[];
  readonly value: number | string;
  readonly condition: number | null;
}

const builtIn: Record<string, Kernel> = {
  add: (x, y) => x! + y!,
  subtract: (x, y) => x! - y!,
  multiply: (x, y) => x! * y!,
  divide: (x, y) => x! / y!,
  negate: (x) => -x!,
  square: (x) => x! * x!,
  reciprocal: (x) => 1 / x!,
  maximum: Math.max,
  minimum: Math.min,
};
for (const name of [
  ...["sqrt", "cbrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan"],
  ...["asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "atan2"],
  ...["abs", "floor", "ceil"],
] as const) {
  builtIn[name] = Math[name as "sin"] as Kernel;
}
const kernels: Record<string, Kernel> = {
  ...builtIn,
  ...(elementary as unknown as Record<string, Kernel>),
  ...({ erf, erfc, gamma, lgamma, digamma, polygamma } as unknown as Record<string, Kernel>),
};

/** The unit in the last place of a float64; below 2^-1022 they are all the least subnormal. */
function ulp(value: number): number {
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, Math.abs(value));
  const exponent = words.getUint32(0) >>> 20;
  return exponent <= 1 ? 2 ** -1074 : 2 ** (exponent - 1075);
}

/** The error in ulp of the true value, over the larger of 1 and the condition number. */
function relativeUlps(kernel: Kernel, { args, value, condition }: Case): number {
  const truth = Number(value);
  const found = kernel(...args.map(Number));
  if (found === truth) return 0;
  return Math.abs(found - truth) / ulp(truth) / Math.max(1, condition ?? 1);
}

const truths = fixture as unknown as Record<string, readonly Case[]>;
const operations = Object.entries(truths);

describe("the kernels against long arithmetic", () => {
  it.each(operations)("%s is within 4 ulp times its condition number", (name, cases) => {
    expect(kernels[name]).toBeTypeOf("function");
    expect(cases.length).toBeGreaterThanOrEqual(30);
    const misses = cases
      .map((one) => ({ ...one, ulps: relativeUlps(kernels[name]!, one) }))
      .filter(({ ulps }) => !(ulps <= 4));
    expect(misses).toEqual([]);
  });

  it("covers every function of the elementary kernels", () => {
    const names = operations.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(elementary)));
  });

  it.each([
    ["lgamma", 1],
    ["lgamma", 2],
    ["asec", 1],
    ["acosh", 1],
    ["asech", 1],
  ] as const)("%s keeps its relative precision next to its zero %d", (name, zero) => {
    const cases = truths[name]!.filter(({ args }) => Math.abs(Number(args[0]) - zero) < 0.1);
    expect(cases.length).toBeGreaterThanOrEqual(4);
    for (const one of cases) {
      expect(relativeUlps(kernels[name]!, { ...one, condition: 1 })).toBeLessThanOrEqual(4);
    }
  });
});

const { POSITIVE_INFINITY: INF, NaN: NAN } = Number;

type Special = readonly [name: string, args: readonly number[], expected: number];

const poles: Special[] = [
  ["gamma", [0], INF],
  ["gamma", [-0], -INF],
  ["gamma", [-1], NAN],
  ["gamma", [-1e300], NAN],
  ["gamma", [INF], INF],
  ["gamma", [-INF], NAN],
  ["lgamma", [0], INF],
  ["lgamma", [-3], INF],
  ["lgamma", [INF], INF],
  ["lgamma", [-INF], INF],
  ["digamma", [0], -INF],
  ["digamma", [-0], INF],
  ["digamma", [-2], NAN],
  ["digamma", [INF], INF],
  ["digamma", [-INF], NAN],
  ["polygamma", [1, 0], INF],
  ["polygamma", [1, -4], INF],
  ["polygamma", [2, 0], -INF],
  ["polygamma", [2, -0], INF],
  ["polygamma", [2, -4], NAN],
  ["polygamma", [1, INF], 0],
  ["polygamma", [2, INF], -0],
  ["polygamma", [-1, 2], NAN],
  ["polygamma", [1.5, 2], NAN],
  ["csc", [0], INF],
  ["cot", [-0], -INF],
  ["sec", [0], 1],
  ["csch", [-0], -INF],
  ["coth", [0], INF],
  ["acoth", [1], INF],
  ["acoth", [-1], -INF],
  ["asech", [0], INF],
  ["acsch", [0], INF],
  ["acsch", [-0], -INF],
];

const limits: Special[] = [
  ["gamma", [171.7], INF],
  ["gamma", [-200.5], -0],
  ["gamma", [-201.5], 0],
  ["lgamma", [1e306], INF],
  ["erf", [INF], 1],
  ["erf", [-INF], -1],
  ["erf", [-0], -0],
  ["erfc", [INF], 0],
  ["erfc", [-INF], 2],
  ["erfc", [0], 1],
  ["sech", [INF], 0],
  ["sech", [800], 0],
  ["csch", [-INF], -0],
  ["coth", [-INF], -1],
  ["asec", [INF], Math.PI / 2],
  ["asec", [-1], Math.PI],
  ["asec", [1], 0],
  ["acsc", [1], Math.PI / 2],
  ["acsc", [-INF], -0],
  ["acot", [0], Math.PI / 2],
  ["acot", [-0], -Math.PI / 2],
  ["acoth", [-INF], -0],
  ["asech", [1], 0],
  ["sigmoid", [-INF], 0],
  ["sigmoid", [INF], 1],
  ["logSigmoid", [-INF], -INF],
  ["softplus", [-INF], 0],
  ["softplus", [INF], INF],
  ["logCosh", [-INF], INF],
  ["elu", [-INF, 2], -2],
  ["gelu", [-INF], -0],
  ["gelu", [INF], INF],
  ["geluTanh", [-INF], -0],
  ["geluTanh", [INF], INF],
  ["silu", [-INF], -0],
  ["silu", [INF], INF],
  ["mish", [-INF], -0],
  ["mish", [INF], INF],
  ["logaddexp", [INF, INF], INF],
  ["logaddexp", [-INF, -INF], -INF],
  ["logaddexp", [-INF, 3], 3],
  ["logaddexp", [-INF, INF], INF],
  ["hypot", [-INF, NAN], INF],
];

const conventions: Special[] = [
  ["lgamma", [1], 0],
  ["lgamma", [2], 0],
  ["mod", [-7, 3], 2],
  ["mod", [7, -3], -2],
  ["mod", [-6, 3], 0],
  ["mod", [6, -3], -0],
  ["mod", [5, 0], NAN],
  ["mod", [5, INF], 5],
  ["mod", [INF, 5], NAN],
  ["round", [0.5], 0],
  ["round", [1.5], 2],
  ["round", [2.5], 2],
  ["round", [-0.5], -0],
  ["round", [-2.5], -2],
  ["round", [0.49999999999999994], 0],
  ["round", [-INF], -INF],
  ["sign", [-0], -0],
  ["sign", [-3], -1],
  ["relu", [-3], 0],
  ["leakyRelu", [-2, 0.5], -1],
  ["selu", [0], 0],
  ["clip", [5, 0, 2], 2],
  ["clip", [-5, 0, 2], 0],
  ["xlogy", [0, 0], 0],
  ["xlogy", [0, -1], 0],
  ["xlogy", [0, NAN], NAN],
  ["pow", [0, 0], 1],
  ["pow", [1, NAN], NAN],
];

const outside: Special[] = [
  ["asec", [0.5], NAN],
  ["acsc", [-0.5], NAN],
  ["asech", [1.5], NAN],
  ["asech", [-0.5], NAN],
  ["acoth", [0.5], NAN],
  ["xlogy", [2, -1], NAN],
];

/** The rows with the call written out before them, for the titles. */
function titled(rows: readonly Special[]): (readonly [string, ...Special])[] {
  const show = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
  return rows.map((row) => [`${row[0]}(${row[1].map(show).join(", ")})`, ...row] as const);
}

describe("the kernels at special values", () => {
  it.each(titled(poles))("%s follows the pole", (_, name, args, expected) => {
    expect(kernels[name]!(...args)).toBe(expected);
  });

  it.each(titled(limits))("%s reaches the limit", (_, name, args, expected) => {
    expect(kernels[name]!(...args)).toBe(expected);
  });

  it.each(titled(conventions))("%s keeps the convention", (_, name, args, expected) => {
    expect(kernels[name]!(...args)).toBe(expected);
  });

  it.each(titled(outside))("%s is outside the real domain", (_, name, args, expected) => {
    expect(kernels[name]!(...args)).toBe(expected);
  });

  it("every kernel hands a NaN on", () => {
    for (const [name, [first]] of operations) {
      if (name === "pow") continue;
      const rest = first!.args.slice(1).map(Number);
      expect([name, kernels[name]!(NAN, ...rest)]).toEqual([name, NAN]);
    }
    expect(polygamma(1, NAN)).toBeNaN();
  });

  it("gamma gives the exact factorials up to 22!", () => {
    let factorial = 1;
    for (let n = 1; n <= 23; n++) {
      expect(gamma(n)).toBe(factorial);
      factorial *= n;
    }
  });
});
