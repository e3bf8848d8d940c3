// The formula language: what texts mean, and that long ones are read quickly.

import { describe, expect, it } from "vitest";
import {
  add,
  multiply,
  type NestedArray,
  type Point,
  type Shapes,
  type SymbolicTensor,
  type Tensor,
} from "../../../src/expr/index.ts";
import { mathjs } from "../../../src/expr/symbolic/mathjs/mathjs.ts";
import { toMathjs } from "../../../src/expr/symbolic/mathjs/to-mathjs.ts";
import { fromMathjs, parse } from "../../../src/expr/symbolic/reading/parse.ts";

function value(text: string, point: Point = {}, shapes: Shapes = {}): NestedArray {
  return parse(text, { shapes })(point).toArray();
}

describe("scalars", () => {
  it.each([
    ["2 + 3 * 4", 14],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["7 % 3 + mod(-7, 3)", 3],
    ["200 + 10%", 220],
    ["5%", 0.05],
    ["5! + 0!", 121],
    ["e + pi - tau / 2", Math.E],
    ["log(8, 2) + ln(e)", 4],
    ["max(1, 5, 3) - min(4, 2)", 3],
    ["1 < 2 < 3", 1],
    ["1 < 3 < 2", 0],
    ["not (1 > 2) and (1 == 1 xor 2 == 1)", 1],
    ["1 > 2 ? 10 : 2 > 1 ? 20 : 30", 20],
    ["0x1F + 1.5e1 + .5", 46.5],
    ["fix(-1.5) + sign(-3) + cube(2)", 6],
    ["nthRoot(-27, 3) + nthRoot(4) + nthRoot(-32, 5)", -3],
    [
      "add(1, 2, 3) + multiply(2, 3) + subtract(5, 1) + divide(6, 2) + pow(2, 3) + unaryMinus(1)",
      26,
    ],
    ["larger(2, 1) + smaller(1, 2) + unequal(1, 1)", 2],
    ["true + true", 2],
  ])("%s is %d", (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 12);
  });

  it("Infinity and NaN are numbers", () => {
    expect(value("Infinity - 1")).toBe(Number.POSITIVE_INFINITY);
    expect(value("NaN")).toBeNaN();
  });

  it("comparisons have no tolerance", () => {
    expect(value("1 + 1e-13 > 1")).toBe(1);
    expect(value("floor(2 - 1e-15)")).toBe(1);
  });

  it("a root or logarithm of a negative number is NaN, not complex", () => {
    expect(value("sqrt(x) + log(x)", { x: -4 })).toBeNaN();
  });
});

describe("products without a sign", () => {
  it.each([
    ["2x", { x: 3 }, 6],
    ["2(x + 1)", { x: 3 }, 8],
    ["(a)(b)", { a: 2, b: 5 }, 10],
    ["0.5 x (1 + y)", { x: 4, y: 2 }, 6],
    ["x (1 + y) ^ 2", { x: 2, y: 2 }, 18],
    ["x = 2; x(3 + y)", { y: 1 }, 8],
    ["f(t) = t (1 + t); f(3)", {}, 12],
    ["1/2 x", { x: 3 }, 1.5],
  ])("%s", (text, point, expected) => {
    expect(value(text, point as Point)).toBe(expected);
  });

  it("a declared variable before a bracket is a factor", () => {
    expect(value("x(1 + 2)", { x: 2 }, { x: [] })).toBe(6);
  });

  it("a function before a blank and a bracket is still called", () => {
    expect(value("sqrt (16)")).toBe(4);
  });
});

describe("tensors", () => {
  const A = [
    [1, 2],
    [3, 4],
  ];

  it("* multiplies matrices and scales, .* ./ .^ go element by element", () => {
    const shapes = { A: [2, 2], v: [2] };
    const point = { A, v: [5, 6] };
    expect(value("A * v", point, shapes)).toEqual([17, 39]);
    expect(value("2 * A", point, shapes)).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(value("v .* v ./ [5, 3] .^ 2", point, shapes)).toEqual([1, 4]);
    expect(value("A' * [1; 0]", point, shapes)).toEqual([[1], [2]]);
    expect(value("A ^ 3", point, shapes)).toEqual([
      [37, 54],
      [81, 118],
    ]);
  });

  it("matrix literals of numbers are one constant, others are stacked", () => {
    const constant = parse("[1, -2; 3, 4]");
    expect(constant.output.node.value?.toArray()).toEqual([
      [1, -2],
      [3, 4],
    ]);
    expect(value("[x, 1; 2, x]", { x: 5 })).toEqual([
      [5, 1],
      [2, 5],
    ]);
    expect(value("[[1, 2], [3, 4]]")).toEqual(A);
  });

  it("indices count from one and ranges hold both ends", () => {
    const shapes = { x: [2, 3] };
    const point = {
      x: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    };
    expect(value("x[1, 2]", point, shapes)).toBe(2);
    expect(value("x[end, end - 1]", point, shapes)).toBe(5);
    expect(value("x[2, :]", point, shapes)).toEqual([4, 5, 6]);
    expect(value("x[:, 2:3]", point, shapes)).toEqual([
      [2, 3],
      [5, 6],
    ]);
    expect(value("x[1, end:-1:1]", point, shapes)).toEqual([3, 2, 1]);
    expect(value("x[1][2]", point, shapes)).toBe(2);
    expect(value("sum(1:100)")).toBe(5050);
  });

  it("axes count from one", () => {
    const shapes = { A: [2, 2] };
    expect(value("sum(A, 1)", { A }, shapes)).toEqual([4, 6]);
    expect(value("mean(A, 2, true)", { A }, shapes)).toEqual([[1.5], [3.5]]);
    expect(value("sum(A)", { A }, shapes)).toBe(10);
    expect(value("transpose(reshape(A, [1, 4]), [2, 1])", { A }, shapes)).toEqual([
      [1],
      [2],
      [3],
      [4],
    ]);
    expect(value("slice(A, [1, 2], [2, 1], [1, 1])", { A }, shapes)).toEqual([[2], [4]]);
    expect(value("outer([1, 2], [3, 4]) + broadcastTo(1, [2, 2])")).toEqual([
      [4, 5],
      [7, 9],
    ]);
  });

  it("cast names its dtype in quotation marks", () => {
    expect(parse('cast(x, "float32")').output.dtype).toBe("float32");
  });

  it("a network can be written the way a textbook writes it", () => {
    const text = "h = sigmoid(w1 * x + b1)\ny = sigmoid(w2 * h + b2)\nloss = sum((y - t) .^ 2) / 2";
    const shapes = { w1: [2, 2], w2: [1, 2], x: [2], b1: [2], b2: [1], t: [1] };
    const loss = parse(text, { shapes });
    expect(loss.names).toEqual(["w1", "x", "b1", "w2", "b2", "t"]);
    expect([...loss.definitions.keys()]).toEqual(["h", "y", "loss"]);
    expect(loss.output.shape).toEqual([]);
    const h = loss.definitions.get("h") as SymbolicTensor;
    expect(loss.graph.names.get(h)).toBe("h");
  });

  it("shapes come from the data", () => {
    expect(parse("x + 1")({ x: [1, 2] }).toArray()).toEqual([2, 3]);
  });
});

describe("statements", () => {
  it("the last statement is the value", () => {
    expect(value("a = 2\nb = a * x; b + 1", { x: 3 })).toBe(7);
  });

  it("a name may be assigned again, and later uses see the new value", () => {
    expect(value("a = 1; b = a; a = 10; a + b")).toBe(11);
  });

  it("functions are put in place of their calls", () => {
    expect(value("f(x, y) = x ^ 2 + c * y\nc = 10\nf(2, 3) + f(1, x)", { x: 1 })).toBe(45);
  });

  it("a definition at the end is a formula of its parameters", () => {
    const f = parse("g(t) = t ^ 2\nf(x, b) = a * g(x) + 0 * b");
    expect(f.names).toEqual(["t", "x", "b", "a"].filter((name) => name !== "t"));
    expect(f({ x: 3, a: 2, b: 1 }).item()).toBe(18);
  });

  it("functions that call functions twice stay linear in work", () => {
    const lines = Array.from({ length: 60 }, (_, i) => `f${i + 1}(x) = f${i}(x) + f${i}(x)`);
    expect(value(`f0(x) = x\n${lines.join("\n")}\nf60(x)`, { x: 1 })).toBe(2 ** 60);
  });

  it("comments, blank lines and carriage returns are skipped", () => {
    expect(value("# one\r\na = 1 # two\r\n\r\na + 1 # three")).toBe(2);
  });

  it("functions of the caller are called with tensors", () => {
    const functions = { twice: (x: Tensor) => add(x, x) };
    expect(parse("twice(x) + 1", { functions })({ x: 4 }).item()).toBe(9);
  });

  it("names may be of any script", () => {
    expect(value("θ * σ + 가중치 + x_1 + w1", { θ: 2, σ: 3, 가중치: 1, x_1: 1, w1: 1 })).toBe(9);
  });
});

describe("the graph", () => {
  it("is the one that functions build", () => {
    const f = parse("x * y + 2");
    const [x, y] = f.inputs as [SymbolicTensor, SymbolicTensor];
    expect(add(multiply(x, y), 2)).toBe(f.output);
  });

  it("knows where each node stands in the text", () => {
    const text = "a + sin(b * c)\n- [a, b]' * (c ^ 2) / x[2]";
    const places = [...parse(text, { shapes: { x: [2] } }).graph.positions].map(
      ([node, { offset, length }]) => [node.op.name, text.slice(offset, offset + length)],
    );
    expect(places).toContainEqual(["multiply", "b * c"]);
    expect(places).toContainEqual(["sin", "sin(b * c)"]);
    expect(places).toContainEqual(["stack", "[a, b]"]);
    expect(places).toContainEqual(["pow", "c ^ 2"]);
    expect(places).toContainEqual(["slice", "x[2]"]);
  });

  it.each([
    "a (b + c) ^ 2 - (a < b ? -c : a % 2) * max(a, b)",
    "2a + 10% + (a) (b) / 4c!",
    "a < b <= c and not (a == 1) or c",
    "[[a, [1, 2][2]], [b, -c]][end, 1:2] * [1, 2,]'",
  ])("in %s the text of each node reads as that node", (text) => {
    for (const [node, { offset, length }] of parse(text, { stable: false }).graph.positions) {
      const piece = parse(text.slice(offset, offset + length), { stable: false });
      const built = piece.graph.nodes.map(({ op, inputs }) => `${op.name} ${inputs.length}`);
      expect(built).toContain(`${node.op.name} ${node.inputs.length}`);
    }
  });

  it("survives a trip through mathjs's nodes", () => {
    const f = parse("a - (b - c) / (a * b) ^ 2 ^ c + (a > b ? -a : b)");
    const again = fromMathjs(toMathjs(f));
    const point = { a: 1.5, b: 0.25, c: 2 };
    expect(again(point).item()).toBe(f(point).item());
    expect(fromMathjs(mathjs().parse("x^2"))({ x: 3 }).item()).toBe(9);
  });
});

describe("long texts", () => {
  it.each([" + ", " * ", " - ", " + 2 * "])("50,000 operands joined by %s", (operator) => {
    const text = Array.from({ length: 50_000 }, (_, i) => `x${i % 7}`).join(operator);
    const f = parse(text);
    expect(f.graph.nodes.length).toBeGreaterThan(49_999);
  });

  it("200,000 terms, statements and entries of a list", () => {
    expect(value(Array(200_000).fill("1").join(" + "))).toBe(200_000);
    const lines = Array.from({ length: 20_000 }, (_, i) => `a${i + 1} = a${i} + 1`).join("\n");
    expect(value(`a0 = 0\n${lines}`)).toBe(20_000);
    expect(value(`sum([${Array(50_000).fill("-1").join(", ")}])`)).toBe(-50_000);
  });
});
