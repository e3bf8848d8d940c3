// Nasty texts work or are refused by name and place, at once; none of them runs anything or fills the memory.

import { describe, expect, it } from "vitest";
import { derivative } from "../../../src/autodiff/index.ts";
import { type ErrorKind, type Shapes, SymtapeError } from "../../../src/expr/index.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";

/** The kind of error that a text is refused with; undefined if it is accepted. */
function kindOf(text: string, shapes: Shapes = {}): ErrorKind | undefined {
  try {
    parse(text, { shapes });
    return undefined;
  } catch (error) {
    if (!(error instanceof SymtapeError)) throw error;
    expect(error.data).toHaveProperty("position");
    expect(error.message.length).toBeLessThan(1000);
    return error.kind;
  }
}

const deep = (part: string, last = "", count = 10_000): string => part.repeat(count) + last;
const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i + 1)).join("\n");

describe("texts that are refused", () => {
  it.each([
    ...["(", "[", "{", ")", "]", "}", "([)]", "{(})", "'", '"', "\\", "`", "?", "x ?", "x ? :"],
    ...["", "   ", "# nothing", "# a\n# b", ";", "\n\n", ",", "1,2", "+", "=", "x =", "= x", "*"],
    ...["\uFEFFx", "x\u200B", "\u202Ex", "x\0", "\uD800", "x + \uDC00", "😀", "x\u2028y", "x\fy"],
    ...["0xg", "0x", "0o8", "1..2", "1.2.3", "1e+", "x => x", "/a/", "NaN = 1", "true = 1"],
    ...[
      "f(x, x) = x\nf(1, 2)",
      'Function("1")()',
      "[1, 2; 3]",
      deep("x,"),
      deep("2 "),
      deep('"', '"'),
    ],
  ])("syntax: %j", (text) => {
    expect(kindOf(text)).toBe("syntax");
  });

  it.each([
    ...["...", ".", "..1", "math.sin(1)", "process.exit()", deep("a?."), deep("1."), "end", ":"],
    ...['eval("1")', 'require("fs")', "bignumber(1)", "random()"],
    ...["a = a", "a = b; b = a; a", "f(x)(y)", `${deep("a", "", 100_000)}(1)`],
  ])("name: %j", (text) => {
    expect(kindOf(text)).toBe("name");
  });

  it.each([
    ...[deep("("), deep("["), deep("{"), deep("-", "x"), deep("+", "x"), deep("not ", "x")],
    ...[deep("x ? ", "1"), deep("x^", "x"), deep("sin(", "x"), deep("a=", "1"), deep("x[", "1")],
    ...["ones(1e9)", "zeros(1e9)", "eye(1e6)", "tile([1, 2], 1e9)", "ones(1e5, 1e5)"],
    ...[
      "1:1e9",
      "1:1e-9:2",
      "outer(1:1e6, 1:1e6)",
      "broadcastTo(1, [1e9])",
      "place([1],[1],[1],[1],[1e15])",
    ],
    ...[
      "reshape(1:1e6, [1e6, 1]) * reshape(1:1e6, [1, 1e6])",
      `[${deep("1:1e6; ", "1:1e6", 100)}]`,
    ],
    `b0 = [1, 2]\n${lines(40, (i) => `b${i} = [b${i - 1}, b${i - 1}]`)}`,
    `b0 = [x, 2]\n${lines(40, (i) => `b${i} = [b${i - 1}, b${i - 1}]`)}`,
    `f0(x) = x + x\n${lines(40, (i) => `f${i}(x) = f${i - 1}(f${i - 1}(x))`)}\nf40(y)`,
  ])("limit: %j", (text) => {
    expect(kindOf(text)).toBe("limit");
  });

  it.each(["f(x) = f(x)\nf(1)", "g(x) = x; f(x) = g(x)\ng(x) = f(x)\nf(1)", '"a"', "2 inch to cm"])(
    "unsupported: %j",
    (text) => {
      expect(kindOf(text)).toBe("unsupported");
    },
  );

  it("x[1:1e9] is refused before it is made", () => {
    expect(kindOf("x[1:1e9]", { x: [3] })).toBe("limit");
  });
});

describe("texts that work", () => {
  it.each([
    ...[
      deep("a", "", 1_000_000),
      deep("1", "", 1_000_000),
      `0.${deep("0", "1")}`,
      `1e${deep("9")}`,
    ],
    ...[deep("x", "!", 1), `x${deep("'")}`, `x${deep("!")}`, `x #${deep("a")}`, deep("\n", "x")],
    ...[`x${deep(" + 10%")}`, deep("1 < ", "2"), `[${deep("1, ", "1", 100_000)}]`],
    ...[`[${deep("1; ", "1", 100_000)}]`, `max(${deep("x, ", "x", 20_000)})`],
    `1 / (1 + exp(${deep("2 * ", "x", 5000)}))`,
    `1 / (1 + exp(-${deep("x * ", "x", 5000)}))`,
    lines(20_000, (i) => `a = ${i}`),
  ])("%.30s", (text) => {
    expect(kindOf(text)).toBeUndefined();
  });

  it.each([
    ["x + x", (i: number) => `b${i} = b${i - 1} + b${i - 1}`, 2 ** 61],
    ["x * 2", (i: number) => `b${i} = b${i - 1} * 1 + b${i - 1}`, 2 ** 61],
  ])("60 doublings of %s are computed, derived and written", (first, line, slope) => {
    const f = parse(`b0 = ${first}\n${lines(60, line)}`);
    expect(f({ x: 1 }).item()).toBe(slope);
    expect(derivative(f, "x")({ x: 1 }).item()).toBe(slope);
    expect(format(f).split("\n").length).toBeLessThan(70);
    expect(format(derivative(f, "x")).length).toBeLessThan(10_000);
  });
});

describe("names of prototypes", () => {
  it("in shapes and points they are names like any other, or refused", () => {
    const shapes = JSON.parse('{"__proto__": [2], "x": []}') as Shapes;
    expect(parse("x + 1", { shapes })({ x: 1 }).item()).toBe(2);
    expect(kindOf("__proto__ + 1", shapes)).toBe("name");
    const point = JSON.parse('{"__proto__": {"x": 1}}') as Record<string, number>;
    expect(() => parse("x + 1")(point)).toThrow(SymtapeError);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
