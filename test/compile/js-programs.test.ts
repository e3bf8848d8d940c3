// Small graphs as JavaScript programs: random ones, training steps in place, long ones, and ones that cannot be.

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  divide,
  exp,
  grad,
  gradient,
  greater,
  matmul,
  mod,
  multiply,
  negate,
  sigmoid,
  sin,
  softmax,
  sort,
  square,
  stack,
  subtract,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  where,
} from "../../src/autodiff/index.ts";
import { type JsExecutable, jsExecutable } from "../../src/compile/js/executable.ts";
import { type SymbolicTensor, unify } from "../../src/expr/graph.ts";
import type { DType } from "../../src/expr/shape.ts";
import { ConcreteTensor } from "../../src/expr/tensor.ts";
import { programs, rich } from "../properties/programs.ts";
import { compileNow, expectSameBits, program, resultsOf } from "./js-harness.ts";

function vectors(dtype: DType): [SymbolicTensor, SymbolicTensor] {
  const { values } = unify([
    symbol("x", { shape: [3], dtype }),
    symbol("p", { shape: [3], dtype }),
  ]);
  return values as [SymbolicTensor, SymbolicTensor];
}

const three = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
  minLength: 3,
  maxLength: 3,
});

describe("a program of a random graph", () => {
  it.each(["float64", "float32"] as const)("of %s gives the bits of its evaluation", (dtype) => {
    let found = 0;
    const property = fc.property(programs(0, 3), three, three, (blocks, a, b) => {
      const [x, p] = vectors(dtype);
      const values = [tensor(a, { dtype }), tensor(b, { dtype })];
      const result = rich(blocks)(x, p);
      if (expectSameBits([x, p], [result, sum(result)], values)) found += 1;
    });
    fc.assert(property, { numRuns: 120 });
    expect(found).toBeGreaterThan(20);
  });

  it("gives the bits of its gradient's evaluation", () => {
    let found = 0;
    const property = fc.property(programs(0, 2), three, three, (blocks, a, b) => {
      const [x, p] = vectors("float64");
      const slopes = grad((y: Tensor) => sum(rich(blocks)(y, p)))(x as Tensor);
      if (expectSameBits([x, p], [slopes], [tensor(a), tensor(b)])) found += 1;
    });
    fc.assert(property, { numRuns: 80 });
    expect(found).toBeGreaterThan(10);
  });
});

describe("arithmetic rules", () => {
  const numbers = [0, -0, 1, -1, 0.1, 1 / 0, -1 / 0, Number.NaN, 5e-324, 1.7e308, 3];

  it("keep zeros of both signs, infinities and NaN", () => {
    const { values } = unify([symbol("x"), symbol("y")]);
    const [x, y] = values as [SymbolicTensor, SymbolicTensor];
    const outputs = [
      ...[multiply(x, 1), multiply(1, x), divide(x, 1), subtract(x, 0), add(x, 0), add(0, x)],
      ...[multiply(x, 0), multiply(-1, x), multiply(x, -1), negate(negate(x)), subtract(0, x)],
      ...[add(x, negate(y)), add(negate(x), y), subtract(x, negate(y)), add(x, negate(x))],
      ...[square(x), sigmoid(x), sigmoid(negate(x)), where(greater(x, y), x, x)],
    ];
    for (const a of numbers) {
      for (const b of numbers) {
        const point = [a, b].map((number) => new ConcreteTensor([], "float64", number));
        expect(expectSameBits([x, y], outputs, point)).toBe(true);
      }
    }
  });

  it("leave nothing of known and of unused values", () => {
    const x = symbol("x");
    const known = program([x], [add(x, multiply(2, sum(tensor([1, 2, 3]))))]);
    expect(known?.operations).toBe(1);
    expect(known?.source).toContain("x0 + 12");
    expect(program([x], [multiply(x, 1)])?.operations).toBe(0);
  });

  it("share the exponential of a sigmoid and of its derivative", () => {
    const x = symbol("x");
    const source = program([x], [sigmoid(x), gradient(toFormula(sigmoid(x))).x?.output as Tensor])
      ?.source as string;
    expect(source.match(/Math\.exp/g)).toHaveLength(1);
  });
});

describe("a step that writes its results over its inputs", () => {
  it("reads everything before it writes", () => {
    const { values } = unify([symbol("x"), symbol("y")]);
    const [x, y] = values as [SymbolicTensor, SymbolicTensor];
    for (const compileAfter of [1e9, 0]) {
      const swap = jsExecutable([x, y], [y, x, add(x, y) as SymbolicTensor], {
        aliases: [0, 1, undefined],
        compileAfter,
      }) as JsExecutable;
      swap.inputs[0]?.data.set([2]);
      swap.inputs[1]?.data.set([5]);
      if (compileAfter === 0) compileNow(swap);
      const before = swap.inputs.map(({ data }) => data[0]);
      swap.run();
      expect(swap.inputs.map(({ data }) => data[0])).toEqual(before.toReversed());
      expect(swap.outputs[2]?.data[0]).toBe(7);
      expect(swap.outputs[0]).toBe(swap.inputs[0]);
    }
  });

  it("does so in programs of many parts too", () => {
    const x = symbol("x", { shape: [10, 10] });
    const next = multiply(0.1, matmul(x, add(x, 1)));
    const start = tensor(
      Array.from({ length: 64 }, (_, i) => Math.sin(i)),
      { shape: [8, 8] },
    );
    const { values } = unify([x, next]);
    const make = (compileAfter: number): JsExecutable =>
      jsExecutable([values[0] as SymbolicTensor], [values[1] as SymbolicTensor], {
        aliases: [0],
        compileAfter,
      }) as JsExecutable;
    const [replayed, compiled] = [make(1e9), make(0)];
    for (const executable of [replayed, compiled]) {
      executable.inputs[0]?.data.set(start.toTypedArray());
    }
    expect(replayed.operations).toBeGreaterThan(1900);
    for (let step = 0; step < 40; step++) {
      replayed.run();
      compiled.run();
      expect(compiled.inputs[0]?.data).toEqual(replayed.inputs[0]?.data);
    }
    expect(replayed.tier()).toBe("replay");
    expect(compiled.tier()).toBe("compiled");
  });
});

const w1 = [0.1, 0.3, 0.5, 0.2, 0.4, 0.6];
const w2 = [0.7, 0.9, 0.8, 0.1];

/** The step of gradient descent on the teaching notebook's network, whose error is the last output. */
function notebook(compileAfter: number): JsExecutable {
  const [a, b] = [symbol("w1", { shape: [2, 3] }), symbol("b1", { shape: [2] })];
  const [c, d] = [symbol("w2", { shape: [2, 2] }), symbol("b2", { shape: [2] })];
  const hidden = sigmoid(add(matmul(a, tensor([1, 2, 3])), b));
  const output = sigmoid(add(matmul(c, hidden), d));
  const error = toFormula(divide(sum(square(subtract(output, tensor([0.5, 0.1])))), 2));
  const slopes = gradient(error);
  const names = ["w1", "b1", "w2", "b2"];
  const { values } = unify([
    ...[a, b, c, d],
    ...names.map((name) => slopes[name]?.output as Tensor),
    error.output,
  ]);
  const inputs = values.slice(0, 4) as SymbolicTensor[];
  const gradients = values.slice(4, 8) as SymbolicTensor[];
  const updated = inputs.map((w, i) => subtract(w, multiply(0.5, gradients[i] as Tensor)));
  const outputs = [...updated, ...gradients, values[8]] as SymbolicTensor[];
  const executable = jsExecutable(inputs, outputs, {
    aliases: [0, 1, 2, 3, ...gradients.map(() => undefined), undefined],
    compileAfter,
  }) as JsExecutable;
  [w1, [0.5, 0.5], w2, [0.3, 0.3]].forEach((numbers, i) => {
    executable.inputs[i]?.data.set(numbers);
  });
  return executable;
}

describe("the notebook's network", () => {
  const figures = [
    [0.00747632669468897, 0.01495265338937793, 0.0224289800840669],
    [0.00174744058838932, 0.00349488117677865, 0.00524232176516797],
    [0.00747632669468897, 0.00174744058838932],
    [0.04047892032268895, 0.04166267548387157, 0.11298352246660469, 0.11628758361206636],
    [0.04319932691812674, 0.1205766380251159],
  ];

  it("has the gradients that the notebook leaves out, to the last digit", () => {
    const step = notebook(1e9);
    step.run();
    const found = step.outputs.slice(4, 8).flatMap(({ data }) => Array.from(data));
    figures.flat().forEach((figure, i) => {
      expect(Math.abs((found[i] as number) - figure)).toBeLessThanOrEqual(1e-14 * figure);
    });
  });

  it.each([1e9, 0, 7])("trains to the known errors when compiled after %d runs", (after) => {
    const step = notebook(after);
    const errors = new Map<number, number>();
    for (let k = 0; k <= 1000; k++) {
      step.run();
      errors.set(k, step.outputs[8]?.data[0] as number);
    }
    expect(errors.get(1)).toBeCloseTo(0.25831632163564605, 14);
    expect(errors.get(10)).toBeCloseTo(0.07893603022229065, 14);
    expect(errors.get(100)).toBeCloseTo(0.00024311249044041828, 14);
    expect(errors.get(1000)).toBeCloseTo(2.2117235971838106e-13, 18);
  });
});

describe("what is no program", () => {
  it("is a graph of more operations than the limit", () => {
    const x = symbol("x", { shape: [30, 30] });
    expect(program([x], [matmul(x, x)])).toBeUndefined();
    expect(program([x], [sum(exp(x))], { limit: 1799 })?.operations).toBe(1799);
    expect(program([x], [sum(exp(x))], { limit: 1798 })).toBeUndefined();
  });

  it("is a graph of more elements than can be written out, which is seen from its shapes", () => {
    const x = symbol("x", { shape: [40000, 40000] });
    expect(program([x], [matmul(x, x)])).toBeUndefined();
  });

  it("is an operation that looks at its numbers", () => {
    const x = symbol("x", { shape: [4] });
    expect(program([x], [sort(x)])).toBeUndefined();
  });

  it("is a graph with an input that is not given", () => {
    const [x, y] = [symbol("x"), symbol("y")];
    expect(() => program([x], [add(x, y)])).toThrow(/"y".*none of the inputs/);
  });
});

describe("the code", () => {
  it("holds no text of the user", () => {
    const name = 'a"; process.exit(1); //\n*/ `+1';
    const x = symbol(name);
    const executable = program([x], [sin(x)]) as JsExecutable;
    expect(executable.source).not.toContain("process");
    const point = [new ConcreteTensor([], "float64", 1)];
    expect(resultsOf(executable, point).compiled[0]?.[0]).toBe(Math.sin(1));
  });

  it("is readable", () => {
    const { values } = unify([symbol("x"), symbol("y")]);
    const [x, y] = values as [SymbolicTensor, SymbolicTensor];
    const source = program([x, y], [sum(softmax(stack([x, y])))])?.source as string;
    expect(source).toContain("Math.max(x0, x1)");
    expect(program([x, y], [mod(x, y)])?.source).toContain("m[2] = mod(x0, x1);");
    expect(program([x, y], [divide(subtract(x, add(y, 1)), -2)])?.source).toBe(
      [
        '"use strict";',
        "return () => {",
        "  const x1 = m[1];",
        "  const x0 = m[0];",
        "  m[2] = (x0 - (x1 + 1)) / -2;",
        "};",
      ].join("\n"),
    );
  });

  it("is not needed where a policy forbids code from text", () => {
    const script = `
      import { jsExecutable } from "./src/compile/js/executable.ts";
      import { multiply, symbol } from "./src/autodiff/index.ts";
      const x = symbol("x");
      const f = jsExecutable([x], [multiply(x, 3)], { aliases: [], compileAfter: 5 });
      f.inputs[0].data[0] = 14;
      for (let i = 0; i < 100; i++) f.run();
      console.log(f.tier(), f.outputs[0].data[0]);
    `;
    const flags = ["--disallow-code-generation-from-strings", "--import", "./scripts/ts.mjs"];
    const shown = execFileSync(
      process.execPath,
      [...flags, "--input-type=module", "--eval", script],
      { encoding: "utf8" },
    );
    expect(shown.trim()).toBe("replay 42");
  });
});
