// Formulas that are wrong, hostile or too large: each is refused with its kind, at its place.

import { describe, expect, it } from "vitest";
import { type ErrorKind, SymtapeError } from "../../../src/expr/index.ts";
import { type ParseOptions, parse } from "../../../src/expr/symbolic/reading/parse.ts";

function refusal(text: string, options: ParseOptions = {}): SymtapeError {
  try {
    parse(text, options);
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error(`${text.slice(0, 60)} was accepted`);
}

function columnOf(error: SymtapeError): number | undefined {
  return "position" in error.data ? error.data.position?.column : undefined;
}

describe("mistakes point at their column", () => {
  const cases: readonly (readonly [string, ErrorKind, number])[] = [
    ["", "syntax", 1],
    ["1 + * 2", "syntax", 5],
    ["2 * (1 + 3", "syntax", 5],
    ["[1, 2", "syntax", 1],
    ["(1 + 2]", "syntax", 7],
    ["1 + 2)", "syntax", 6],
    ["0.5 x (1 + ) ^ 2", "syntax", 12],
    ["x ** 2", "syntax", 3],
    ["x && y", "syntax", 3],
    ["x² + 1", "syntax", 2],
    ["1 + @", "syntax", 5],
    ['"abc', "syntax", 1],
    ["1 + sinn(x)", "name", 5],
    ["1 + sin", "name", 5],
    ["x + i", "name", 5],
    ["5 cm", "name", 3],
    ["y = z + 1; z = 2; y", "name", 5],
    ["y = f(1); f(x) = x; y", "name", 5],
    ["x = 1; x[1]", "shape", 8],
    ["1 + sin(x, y)", "arity", 5],
    ["1 + maximum(x)", "arity", 5],
    ["f(x) = x; f(1, 2)", "arity", 11],
    ["f(x) = f(x); f(1)", "unsupported", 8],
    ["2 inch to cm", "unsupported", 1],
    ["1 + {a: 2}", "unsupported", 5],
    ["a | b", "unsupported", 1],
    ['1 + "text"', "unsupported", 1],
    ["x[1] = 2", "unsupported", 1],
    ["null", "unsupported", 1],
    ["end + 1", "name", 1],
  ];
  it.each(cases)("%s", (text, kind, column) => {
    const error = refusal(text);
    expect([error.kind, columnOf(error)]).toEqual([kind, column]);
  });

  it("the message shows the line with a caret", () => {
    expect(refusal("a = 1\nb = sinn(a)").message).toMatchInlineSnapshot(`
      "there is no function sinn. Did you mean sin? If sinn is a variable, write sinn * (…).
        at line 2, column 5:
        b = sinn(a)
            ^^^^^^^"
    `);
  });

  it("shapes that do not fit point at the expression", () => {
    const error = refusal("1 + (a + b)", { shapes: { a: [2], b: [3] } });
    expect([error.kind, columnOf(error)]).toEqual(["shape", 6]);
  });

  it("operators that need elements say so", () => {
    const shapes = { A: [2, 3], v: [2] };
    expect(refusal("1 / v", { shapes }).message).toContain("./");
    expect(refusal("v ^ 2", { shapes }).message).toContain(".^");
    expect(refusal("x[3]", { shapes: { x: [2] } }).message).toContain("from 1 to 2");
    expect(refusal("x[0]", { shapes: { x: [2] } }).kind).toBe("shape");
  });
});

describe("hostile texts run nothing", () => {
  it.each([
    "constructor",
    "__proto__",
    "__proto__ = 1",
    "prototype + 1",
    "toString",
    "hasOwnProperty(1)",
    "valueOf()",
    'cos.constructor("return process")()',
    'f(x) = x; f.constructor("return 1")()',
    "x.y",
    "x?.y",
    '"".constructor',
    'x["constructor"]',
    "import({a: 1})",
    'createUnit("foo")',
    "config(1)",
    'evaluate("1+1")',
    'parse("x")',
    'simplify("x")',
    'derivative("x", "x")',
    'compile("x")',
    "parser()",
    "reviver(1)",
    "resolve(x)",
    "f(constructor) = 1",
    "constructor(x) = 1",
    "valueOf = 3",
  ])("%s", (text) => {
    expect(["name", "unsupported"]).toContain(refusal(text).kind);
  });

  it("leaves prototypes as they are", () => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    for (const text of ["__proto__[1] = 2", "a = {}; a.b = 1"]) refusal(text);
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
  });
});

describe("limits", () => {
  const deep: readonly (readonly [string, string])[] = [
    ["brackets", `${"(".repeat(10_000)}x${")".repeat(10_000)}`],
    ["calls", `${"sin(".repeat(10_000)}x${")".repeat(10_000)}`],
    ["lists", `${"[".repeat(10_000)}1${"]".repeat(10_000)}`],
    ["minus signs", `${"-".repeat(50_000)}x`],
    ["powers", Array(50_000).fill("x").join("^")],
    ["choices", `${"x ? 1 : ".repeat(50_000)}1`],
    ["assignments", `${Array.from({ length: 50_000 }, (_, i) => `a${i}`).join(" = ")} = 1`],
    ["remainders, which mathjs reads twice", `${"a % (".repeat(30)}1${")".repeat(30)}`],
  ];
  it.each(deep)("%s are refused at once", (_, text) => {
    expect(refusal(text).kind).toBe("limit");
  });

  it.each([
    ["brackets", `${"(".repeat(150)}x${")".repeat(150)}`],
    ["calls", `${"sin(".repeat(150)}x${")".repeat(150)}`],
    ["minus signs", `${"-".repeat(1000)}x`],
    ["powers", Array(1000).fill("x").join("^")],
    ["choices", `${"x ? 1 : ".repeat(1000)}1`],
  ])("%s of a reasonable depth are read", (_, text) => {
    expect(parse(text)({ x: 1 }).item()).toEqual(expect.any(Number));
  });

  it("a huge range or power is refused at once", () => {
    expect(refusal("x[1:1e9]", { shapes: { x: [3] } }).kind).toBe("limit");
    expect(refusal("sum(1:1e9)").kind).toBe("limit");
    expect(refusal("A^1e9", { shapes: { A: [2, 2] } }).kind).toBe("limit");
    expect(refusal("broadcastTo(1, [1e5, 1e5])").kind).toBe("limit");
  });

  it("functions that double their calls are stopped", () => {
    const lines = Array.from({ length: 40 }, (_, i) => `f${i + 1}(x) = f${i}(f${i}(x))`);
    expect(refusal(`f0(x) = sin(x)\n${lines.join("\n")}\nf40(x)`).kind).toBe("limit");
  }, 60_000);
});
