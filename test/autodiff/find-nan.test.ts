// findNaN: the operation, the line, the values and the cure of the first NaN or infinity.

import { describe, expect, it } from "vitest";
import { CURES } from "../../src/autodiff/diagnose/cures.ts";
import { apply } from "../../src/expr/apply.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { defineOp } from "../../src/expr/ops/structured.ts";
import type { AbstractValue } from "../../src/index.ts";
import {
  acos,
  add,
  atan2,
  cast,
  checkpoint,
  customRule,
  divide,
  exp,
  findNaN,
  grad,
  greater,
  index,
  layerNorm,
  log,
  max,
  mean,
  meanSquaredError,
  multiply,
  type NaNReport,
  norm,
  parse,
  pow,
  prod,
  SymtapeError,
  slogdet,
  softmax,
  sqrt,
  square,
  std,
  stopGradient,
  subtract,
  sum,
  svd,
  type Tensor,
  tensor,
  variance,
  vmap,
  where,
  xlogy,
} from "../../src/index.ts";

const INFINITY = Number.POSITIVE_INFINITY;

type Row = readonly [
  title: string,
  f: (x: Tensor) => Tensor,
  at: number | readonly unknown[],
  phase: NaNReport["phase"],
  op: string,
  value: NaNReport["value"],
  cure: RegExp,
];

const rows: readonly Row[] = [
  ["log of 0", (x) => log(x), 0, "forward", "log", "-Infinity", /maximum\(x, 1e-12\)/],
  ["log of a negative", (x) => log(x), -1, "forward", "log", "NaN", /negative number.*softplus/],
  ["root of a negative", (x) => sqrt(x), -1, "forward", "sqrt", "NaN", /outside.*domain/],
  ["root at 0", (x) => sqrt(x), 0, "backward", "sqrt", "Infinity", /epsilon.*norm\(x\)/],
  ["root of x²", (x) => sqrt(square(x)), 0, "backward", "sqrt", "Infinity", /epsilon/],
  ["0 / 0", (x) => divide(x, x), 0, "forward", "divide", "NaN", /0 \/ 0.*double where/],
  ["1 / 0", (x) => divide(1, x), 0, "forward", "divide", "Infinity", /divisor is 0/],
  ["exp overflow", (x) => exp(x), 1000, "forward", "exp", "Infinity", /logSumExp.*softplus/],
  [
    "naive softmax",
    (x) => sum(divide(exp(x), sum(exp(x)))),
    [0, 1000],
    "forward",
    "exp",
    "Infinity",
    /softmax/,
  ],
  [
    "naive sigmoid, whose value is right",
    (x) => divide(1, add(1, exp(x))),
    1000,
    "forward",
    "exp",
    "Infinity",
    /stable form/,
  ],
  ["negative base", (x) => pow(x, 0.5), -2, "forward", "pow", "NaN", /negative base.*fractional/],
  [
    "by the exponent of a negative base",
    (x) => pow(-2, x),
    2,
    "backward",
    "pow",
    "NaN",
    /negative base/,
  ],
  ["x^0.5 at 0", (x) => pow(x, 0.5), 0, "backward", "pow", "Infinity", /power below 1/],
  ["power overflow", (x) => pow(x, 200), 1e10, "forward", "pow", "Infinity", /1\.8e308/],
  ["product overflow", (x) => prod(x), [1e200, 1e200], "forward", "prod", "Infinity", /logarithm/],
  ["edge of acos", (x) => acos(x), 1, "backward", "acos", "-Infinity", /edge of its domain/],
  [
    "angle of the origin",
    (x) => atan2(x, multiply(x, 0)),
    0,
    "backward",
    "atan2",
    "NaN",
    /\(0, 0\)/,
  ],
  [
    "a product as a mask",
    (x) => sum(multiply(tensor([0, 1]), log(x))),
    [0, 1],
    "forward",
    "log",
    "-Infinity",
    /xlogy/,
  ],
  [
    "variance of one",
    (x) => variance(x, { ddof: 1 }),
    [1],
    "forward",
    "variance",
    "NaN",
    /Too few elements/,
  ],
  ["mean of none", (x) => mean(x), [], "forward", "mean", "NaN", /Too few elements/],
  [
    "a row masked in full",
    (x) => index(softmax(where(tensor([0, 0]), x, -INFINITY)), [0]),
    [1, 2],
    "forward",
    "softmax",
    "NaN",
    /whole row/,
  ],
  [
    "singular matrix",
    (x) => slogdet(x).logAbs,
    [
      [1, 2],
      [2, 4],
    ],
    "forward",
    "slogdet",
    "-Infinity",
    /singular/,
  ],
  [
    "equal singular values",
    (x) => sum(svd(x).u),
    [
      [1, 0],
      [0, 1],
    ],
    "backward",
    "svd",
    "NaN",
    /Equal eigenvalues/,
  ],
  [
    "a normalization without epsilon",
    (x) => sum(layerNorm(x, { epsilon: 0 })),
    [1, 1],
    "forward",
    "standardize",
    "NaN",
    /Raise epsilon/,
  ],
  [
    "float32",
    (x) => cast(multiply(x, 1e30), "float32"),
    1e30,
    "forward",
    "cast",
    "Infinity",
    /3\.4e38/,
  ],
  ["a given infinity", (x) => multiply(x, 2), INFINITY, "input", "input", "Infinity", /arguments/],
  ["a given NaN", (x) => sum(x), [1, Number.NaN], "input", "input", "NaN", /arguments/],
];

describe("findNaN names the operation and a cure:", () => {
  it.each(rows)("%s", (_, f, at, phase, op, value, cure) => {
    const params = typeof at === "number" ? at : tensor(at as number[]);
    const report = findNaN(f, params as Tensor) as NaNReport;
    expect({ phase: report.phase, op: report.op, value: report.value }).toEqual({
      phase,
      op,
      value,
    });
    expect(report.cure).toMatch(cure);
    if (phase !== "input") expect(report.line).toMatch(/find-nan\.test\.ts:\d+:\d+$/);
  });

  it("gives nothing where every number is finite", () => {
    const x = tensor([0, 0]);
    for (const f of [norm, std, softmax, (v: Tensor) => xlogy(v, v), (v: Tensor) => max(v)]) {
      expect(findNaN((v: Tensor) => sum((f as (x: Tensor) => Tensor)(v)), x)).toBeUndefined();
    }
  });
});

describe("what is reported", () => {
  it("is the place of the first bad element, and the values", () => {
    const report = findNaN(
      (x: Tensor) => sum(log(x)),
      tensor([
        [1, 2],
        [0, -1],
      ]),
    );
    expect(report).toMatchObject({
      inputs: [
        [
          [1, 2],
          [0, -1],
        ],
      ],
      output: [
        [0, Math.log(2)],
        [-INFINITY, Number.NaN],
      ],
      where: [1, 0],
      value: "-Infinity",
    });
  });

  it("is what arrived and what became of it, on the way back", () => {
    const report = findNaN((x: Tensor) => multiply(3, sum(sqrt(x))), tensor([4, 0]));
    expect(report).toMatchObject({
      phase: "backward",
      name: "x",
      inputs: [[4, 0]],
      output: [2, 0],
      adjoint: [3, 3],
      derivative: [0.75, INFINITY],
      where: [1],
    });
  });

  it("is plain data that can be copied, with a message", () => {
    const report = findNaN((x: Tensor) => log(x), 0) as NaNReport;
    expect(structuredClone(report)).toEqual(report);
    expect(JSON.parse(JSON.stringify(report)).op).toBe("log");
    expect(`${report}`).toMatch(
      /^log made -Infinity of finite numbers, at .*find-nan\.test\.ts:\d+:\d+\n {2}element \[\] is -Infinity\n {2}operand 1: 0\n/,
    );
    expect(`${findNaN((x: Tensor) => sqrt(x), 0)}`).toMatch(
      /^the derivative of sqrt by its operand x became Infinity/,
    );
  });

  it("is the cause, not a bad number on another way that did no harm", () => {
    const f = (x: Tensor): Tensor =>
      add(divide(1, add(1, exp(multiply(x, 1000)))), log(subtract(x, 2)));
    expect(findNaN(f, 1)).toMatchObject({ op: "log", harmless: false });
  });

  it("is the overflow behind a NaN of a derivative", () => {
    const f = (x: Tensor): Tensor => divide(exp(x), add(exp(x), stopGradient(1)));
    expect(findNaN(f, 1000)).toMatchObject({ phase: "forward", op: "exp", harmless: false });
  });

  it("is a bad number that did no harm too, and that it did none", () => {
    const f = (x: Tensor): Tensor => sum(where(greater(x, 0), log(x), 0));
    const report = findNaN(f, tensor([1, 0]));
    expect(report).toMatchObject({ op: "log", where: [1], harmless: true });
    expect(report?.cure).toMatch(/did not choose.*double where/);
  });

  it("is the sum of derivatives that is too large", () => {
    const f = (x: Tensor): Tensor => {
      const y = multiply(x, 1);
      return add(multiply(y, 1.5e308), multiply(y, 1e308));
    };
    const report = findNaN(f, 0.1);
    expect(report).toMatchObject({ phase: "backward", op: "multiply", value: "Infinity" });
  });
});

describe("arguments", () => {
  it("are named by their path", () => {
    const f = (p: { a: Tensor; b: readonly Tensor[] }): Tensor => multiply(p.a, p.b[0] as Tensor);
    expect(findNaN(f, { a: 1, b: [INFINITY] })).toMatchObject({ phase: "input", name: "b[0]" });
  });

  it("further ones are followed too, and passed on as they are", () => {
    const f = (x: Tensor, data: { y: Tensor }, count: number, name: string): Tensor => {
      expect([count + 1, name]).toEqual([3, "adam"]);
      return multiply(x, sum(log(data.y)));
    };
    const found = findNaN(f, 2, { y: tensor([1, 0]) }, 2, "adam");
    expect(found).toMatchObject({ phase: "forward", op: "log", inputs: [[1, 0]] });
    expect(findNaN(f, 2, { y: tensor([1, Number.NaN]) }, 2, "adam")).toMatchObject({
      phase: "input",
      name: "argument 2.y",
      where: [1],
    });
  });

  it("infinities in further ones that do no harm are not reported", () => {
    const f = (x: Tensor, bias: Tensor): Tensor =>
      sum(multiply(softmax(add(x, bias)), tensor([1, 2])));
    expect(findNaN(f, tensor([1, 2]), tensor([0, -INFINITY]))).toBeUndefined();
  });

  it("constants of the run are named by the operation that takes them", () => {
    const zeros = log(tensor([1, 0]));
    expect(findNaN((x: Tensor) => sum(multiply(x, zeros)), 3)).toMatchObject({
      phase: "input",
      op: "constant",
      name: "y of multiply",
      output: [0, -INFINITY],
    });
    expect(findNaN((_: Tensor) => log(0), 3)).toMatchObject({ phase: "input", name: "the result" });
  });

  it("what is no function, or returns no tensor, is refused", () => {
    expect(() => findNaN("x" as never, 1)).toThrow(SymtapeError);
    expect(() => findNaN(((x: Tensor) => x.item()) as never, 1)).toThrow(/must return a Tensor/);
  });
});

/** The number of the line below the one that calls. */
function nextLine(): number {
  const frame = new Error().stack?.split("\n")[2] ?? "";
  return Number(/:(\d+):\d+\)?$/.exec(frame)?.[1]) + 1;
}

describe("the line", () => {
  const lineOf = (report: NaNReport | undefined): number =>
    Number(/find-nan\.test\.ts:(\d+):\d+$/.exec(report?.line ?? "")?.[1]);
  let line = 0;

  it("is that of the call in the program", () => {
    const f = (x: Tensor): Tensor => {
      const y = multiply(x, 0);
      line = nextLine();
      const z = log(y);
      return sum(z);
    };
    expect(lineOf(findNaN(f, 1))).toBe(line);
  });

  it("is that of a composition of the library which calls the operation inside", () => {
    const f = (x: Tensor): Tensor => {
      line = nextLine();
      const loss = meanSquaredError(x, tensor([0, 0]));
      return multiply(loss, 2);
    };
    expect(findNaN(f, tensor([1e200, 0]))?.op).toBe("square");
    expect(lineOf(findNaN(f, tensor([1e200, 0])))).toBe(line);
  });

  it("is found inside callbacks of arrays, vmap and nested derivatives", () => {
    const inMap = (x: Tensor): Tensor => {
      line = nextLine();
      return [0, 1].map((k) => log(index(x, [k]))).reduce((a, b) => add(a, b));
    };
    expect(lineOf(findNaN(inMap, tensor([1, 0])))).toBe(line);
    const inVmap = (x: Tensor): Tensor => {
      line = nextLine();
      return sum(vmap((v: Tensor) => log(v))(x));
    };
    expect(lineOf(findNaN(inVmap, tensor([1, 0])))).toBe(line);
    const inGrad = (x: Tensor): Tensor => {
      line = nextLine();
      return grad((y: Tensor) => sqrt(multiply(y, x)))(x);
    };
    expect(findNaN(inGrad, 0)?.op).toBe("divide");
    expect(lineOf(findNaN(inGrad, 0))).toBe(line);
  });

  it("of an operation that holds a function is that of its call", () => {
    const f = (x: Tensor): Tensor => {
      line = nextLine();
      return checkpoint((v: Tensor) => sqrt(v))(x);
    };
    const report = findNaN(f, 0);
    expect([report?.op, lineOf(report)]).toEqual(["checkpoint", line]);
    expect(report?.cure).toMatch(/inside the function/);
  });

  it("is a place in the text of a formula", () => {
    const f = parse("h = x - 1\ny = 2 + log(h)");
    expect(findNaN(f, { x: 1 })).toMatchObject({ op: "log", line: "formula:2:9" });
    expect(findNaN(parse("sum(sqrt(x))"), { x: [4, 0] })).toMatchObject({
      phase: "backward",
      op: "sqrt",
      line: "formula:1:5",
    });
    expect(findNaN(f, { x: 2 })).toBeUndefined();
  });

  it("skips all frames of the built package", async () => {
    const path = new URL("../../dist/index.js", import.meta.url).href;
    const built = (await import(path)) as typeof import("../../src/index.ts");
    const x = built.tensor([1e200, 0]);
    const report = built.findNaN((v) => built.meanSquaredError(v, built.tensor([0, 0])), x);
    expect(report?.op).toBe("square");
    expect(report?.line).toMatch(/find-nan\.test\.ts/);
  });
});

describe("operations that the table does not know", () => {
  const mystery = defineOp({
    name: "mystery",
    inputs: ["x"],
    samples: [],
    infer: ([x]) => [x as AbstractValue],
    reference: (arithmetic, [x]) => [
      {
        shape: [],
        data: [
          arithmetic.divide(
            arithmetic.literal(0),
            arithmetic.multiply(x?.data[0] as never, arithmetic.literal(0)),
          ),
        ],
      },
    ],
    batch: "loop",
  });

  it("get a general cure", () => {
    const report = findNaN((x: Tensor) => apply(mystery, [x]), 1);
    expect(report).toMatchObject({ op: "mystery", value: "NaN" });
    expect(report?.cure).toMatch(/inside its domain/);
  });

  it("and rules of one's own are named where they go wrong", () => {
    const bad = customRule({
      name: "bad",
      value: (x: Tensor) => square(x),
      pullback: (_, __, cotangent) => [divide(cotangent, 0)],
      check: false,
    });
    const report = findNaN((x: Tensor) => bad(x), 3);
    expect(report).toMatchObject({ phase: "backward", op: "bad", value: "Infinity" });
    expect(report?.cure).toMatch(/slope of the operation/);
  });

  it("the table names only operations that there are", () => {
    const known = new Set([...allOps().keys(), "cond", "scan", "whileLoop", "checkpoint"]);
    const named = CURES.flatMap(({ ops }) => ops ?? []);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
