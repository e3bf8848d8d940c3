// Reductions at their edges: infinities, NaN, nothing, ties, huge and tiny numbers, and damaged settings.

import { describe, expect, it } from "vitest";
import {
  all,
  any,
  argmax,
  argmin,
  argsort,
  cumprod,
  cumsum,
  type DType,
  derivative,
  expand,
  format,
  fromJSON,
  grad,
  hessian,
  index,
  jvp,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mean,
  min,
  type NodeJSON,
  norm,
  type ParamValue,
  prod,
  SymtapeError,
  softmax,
  sort,
  sqrt,
  std,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  toJSON,
  topK,
  variance,
  vmap,
} from "../../src/index.ts";

const INF = Number.POSITIVE_INFINITY;
const { NaN: NAN } = Number;

const empty = tensor([], { shape: [0] });

function gradientAt(f: (x: Tensor) => Tensor, at: readonly number[]): unknown {
  return grad((x: Tensor) => f(x))(tensor(at)).toArray();
}

function kindOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof SymtapeError) return error.kind;
    throw error;
  }
  return "no error";
}

describe("nothing to reduce", () => {
  it("gives what NumPy gives", () => {
    const values = [sum, prod, mean, variance, any, all, logSumExp, norm].map((f) =>
      f(empty).item(),
    );
    expect(values).toEqual([0, 1, NAN, NAN, 0, 1, -INF, 0]);
    expect(norm(empty, { ord: -1 }).item()).toBe(INF);
    for (const f of [cumsum, cumprod, softmax, logSoftmax, sort, argsort]) {
      expect(f(empty).shape).toEqual([0]);
    }
  });

  it("has no largest, smallest or first element", () => {
    const infinite = (x: Tensor): Tensor => norm(x, { ord: INF });
    for (const f of [max, min, argmax, argmin, infinite] as ((x: Tensor) => Tensor)[]) {
      expect(() => f(empty)).toThrow(/of no elements/);
      expect(() => f(symbol("x", { shape: [2, 0] }))).toThrow(SymtapeError);
    }
    expect(max(tensor([], { shape: [0, 3] }), { axis: 1 }).shape).toEqual([0]);
    expect(kindOf(() => max(tensor([], { shape: [0, 3] }), { axis: 0 }))).toBe("shape");
  });

  it("has gradients of its own shape", () => {
    for (const f of [prod, norm, std, logSumExp]) {
      expect(gradientAt((x) => f(reshapeEmpty(x)), [])).toEqual([]);
    }
    expect(gradientAt((x) => sum(cumprod(reshapeEmpty(x))), [])).toEqual([]);
  });
});

/** A tensor of no elements made of one. */
function reshapeEmpty(x: Tensor): Tensor {
  return index(x, [{ stop: 0 }]);
}

describe("max and min", () => {
  it("take one operand with options, or several element by element", () => {
    const x = tensor([
      [1, 4],
      [3, 2],
    ]);
    expect(max(x).item()).toBe(4);
    expect(max(x, {}).item()).toBe(4);
    expect(min(x, { axis: -1, keepDims: true }).toArray()).toEqual([[1], [2]]);
    expect(max(x, 2).toArray()).toEqual([
      [2, 4],
      [3, 2],
    ]);
    expect(min(x, 2, tensor([0, 5])).toArray()).toEqual([
      [0, 2],
      [0, 2],
    ]);
    expect(max(7).item()).toBe(7);
    for (const second of [[1], null, new Float64Array(1), "x"] as unknown as Tensor[]) {
      expect(kindOf(() => max(x, second))).toBe("usage");
    }
  });

  it("pass NaN on, and to the gradient", () => {
    const found = [1, NAN, 3];
    expect(max(tensor(found)).item()).toBeNaN();
    expect(min(tensor(found)).item()).toBeNaN();
    expect(gradientAt((x) => max(x), found)).toEqual([NAN, NAN, NAN]);
    expect(argmax(tensor([1, NAN, 3, NAN])).item()).toBe(1);
    expect(argmin(tensor([1, NAN, 3, NAN])).item()).toBe(1);
  });

  it("share the gradient among ties", () => {
    expect(gradientAt((x) => max(x), [5, 1, 5, 5])).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    expect(gradientAt((x) => min(x), [2, 2])).toEqual([0.5, 0.5]);
    expect(argmax(tensor([5, 1, 5])).item()).toBe(0);
    expect(argmin(tensor([3, 1, 1])).item()).toBe(1);
  });

  it("let nothing through where an element was not chosen", () => {
    expect(gradientAt((x) => max(sqrt(x)), [0, 4])).toEqual([0, 0.25]);
    expect(gradientAt((x) => norm(sqrt(x), { ord: INF }), [0, 4])).toEqual([0, 0.25]);
    const { tangent } = jvp((x: Tensor) => max(sqrt(x)))(tensor([0, 4]), tensor([1, 1]));
    expect(tangent.item()).toBe(0.25);
  });

  it("count places in row-major order without an axis", () => {
    const x = tensor([
      [1, 2],
      [9, 4],
    ]);
    expect(argmax(x).item()).toBe(2);
    expect(argmax(x, { keepDims: true }).toArray()).toEqual([[2]]);
    expect(argmin(x, { axis: 0 }).toArray()).toEqual([0, 0]);
  });
});

describe("sums and spreads", () => {
  it("keep their accuracy over a million elements", () => {
    const tenths = tensor(new Float64Array(1e6).fill(0.1));
    expect(Math.abs(sum(tenths).item() - 1e5)).toBeLessThan(1e-10);
    expect(index(cumsum(tenths), [-1]).item()).toBe(1e5);
    expect(variance(tenths).item()).toBeLessThan(1e-33);
  });

  it("do not lose the spread beside a large mean", () => {
    const far = [1e12 + 1, 1e12 + 2, 1e12 + 4];
    expect(variance(tensor(far)).item()).toBeCloseTo(14 / 9, 14);
    const slopes = gradientAt((x) => variance(x), far) as number[];
    [-8 / 9, -2 / 9, 10 / 9].forEach((slope, i) => {
      expect(slopes[i]).toBeCloseTo(slope, 14);
    });
  });

  it("have a standard deviation with derivative 0 where all elements are equal", () => {
    const equal = tensor([2, 2, 2]);
    expect(gradientAt((x) => std(x), [2, 2, 2])).toEqual([0, 0, 0]);
    expect(jvp((x: Tensor) => std(x))(equal, tensor([1, 2, 3])).tangent.item()).toBe(0);
    expect(numbers(hessian((x: Tensor) => std(x))(equal)).every((value) => value === 0)).toBe(true);
  });

  it("divide by n - ddof, as NumPy does where that is not positive", () => {
    const pair = tensor([1, 3]);
    expect([0, 1, 2, 3].map((ddof) => variance(pair, { ddof }).item())).toEqual([1, 2, INF, INF]);
    expect(variance(tensor([5]), { ddof: 1 }).item()).toBeNaN();
    expect(kindOf(() => std(pair, { ddof: NAN }))).toBe("usage");
  });

  it("run on through infinities", () => {
    expect(cumsum(tensor([1, INF, 2, -INF, 3])).toArray()).toEqual([1, INF, INF, NAN, NAN]);
    expect(cumsum(tensor([1e16, 1, -1e16, 1])).toArray()).toEqual([1e16, 1e16, 1, 2]);
  });
});

function numbers(value: Tensor): number[] {
  return [value.toArray()].flat(9) as number[];
}

describe("products with zeros", () => {
  const lists = [
    [2, 0, 3, 4],
    [0, 5, 0, 3],
    [0, 0, 0, 2],
    [1.5, -2, 3, 0.5],
  ];

  it.each(lists)("have right second derivatives at %j, %j, %j, %j", (...list) => {
    const others = (skipped: readonly number[]): number =>
      list.reduce((product, x, i) => (skipped.includes(i) ? product : product * x), 1);
    const expected = list.map((_, i) => list.map((_, j) => (i === j ? 0 : others([i, j]))));
    expect(gradientAt((x) => prod(x), list)).toEqual(list.map((_, i) => others([i])));
    expect(hessian((x: Tensor) => prod(x))(tensor(list)).toArray()).toEqual(expected);
    const last = (x: Tensor): Tensor => index(cumprod(x), [-1]);
    expect(hessian(last)(tensor(list)).toArray()).toEqual(expected);
    const first = (x: Tensor): Tensor => index(cumprod(x, { reverse: true }), [0]);
    expect(hessian(first)(tensor(list)).toArray()).toEqual(expected);
  });

  it("have right third derivatives", () => {
    const third = grad((x: Tensor) => index(hessian((y: Tensor) => prod(y))(x), [0, 1]));
    expect(third(tensor([0, 0, 0, 7])).toArray()).toEqual([0, 0, 7, 0]);
  });
});

describe("norms", () => {
  const orders = [0, 0.5, 1, 1.5, 2, 3, 100, -1, -2.5, INF, -INF];

  it("have the derivatives 0 at 0", () => {
    for (const ord of orders) {
      expect(
        gradientAt((x) => norm(x, { ord }), [0, 0]),
        String(ord),
      ).toEqual([0, 0]);
      const found = jvp((x: Tensor) => norm(x, { ord }))(tensor([0, 0]), tensor([1, 2]));
      expect(found.tangent.item()).toBe(0);
    }
    const second = hessian((x: Tensor) => norm(x))(tensor([0, 0]));
    expect(numbers(second).every((value) => value === 0)).toBe(true);
    expect(gradientAt((x) => norm(x, { ord: 1.5 }), [0, 2])).toEqual([0, 1]);
  });

  it("of huge and tiny numbers are in proportion", () => {
    for (const ord of orders) {
      const plain = norm(tensor([3, -4, 12]), { ord }).item();
      for (const scale of [2 ** 1000, 2 ** -1000]) {
        const scaled = tensor([3 * scale, -4 * scale, 12 * scale]);
        const factor = ord === 0 ? 1 : scale;
        expect(norm(scaled, { ord }).item() / factor).toBeCloseTo(plain, 12);
      }
    }
    expect(norm(tensor([5e-324])).item()).toBe(5e-324);
    expect(norm(tensor([3e-320, 4e-320])).item()).toBe(5e-320);
    expect(norm(tensor([Number.MAX_VALUE])).item()).toBe(Number.MAX_VALUE);
  });

  it("of infinities and NaN", () => {
    for (const ord of [0.5, 1, 2, 3, INF]) {
      expect(norm(tensor([-INF, 2]), { ord }).item()).toBe(INF);
      expect(norm(tensor([NAN, INF]), { ord }).item()).toBeNaN();
    }
    expect(norm(tensor([-INF, 2]), { ord: -1 }).item()).toBe(2);
    expect(norm(tensor([1, NAN]), { ord: -INF }).item()).toBeNaN();
  });

  it("of matrices need two axes", () => {
    const matrix = tensor([
      [3, 0],
      [0, -4],
    ]);
    expect(norm(matrix, { ord: "fro" }).item()).toBe(5);
    expect(norm(matrix, { ord: "nuc" }).item()).toBeCloseTo(7, 14);
    expect(norm(matrix, { ord: "nuc", keepDims: true }).shape).toEqual([1, 1]);
    expect(kindOf(() => norm(tensor([1, 2]), { ord: "fro" }))).toBe("shape");
    expect(kindOf(() => norm(tensor([1, 2]), { ord: "nuc" }))).toBe("shape");
    expect(kindOf(() => norm(matrix, { ord: "max" as "fro" }))).toBe("usage");
    expect(kindOf(() => norm(matrix, { ord: NAN }))).toBe("usage");
  });
});

describe("logSumExp and softmax", () => {
  it.each([
    [[-INF, -INF], -INF, [0, 0]],
    [[INF, 0], INF, [1, 0]],
    [[INF, -INF, INF], INF, [0.5, 0, 0.5]],
    [[-INF, 3], 3, [0, 1]],
    [[NAN, 1], NAN, [NAN, NAN]],
    [[1000, 1000], 1000 + Math.LN2, [0.5, 0.5]],
    [[0, -40], 4.248354255291589e-18, [1, 4.248354255291589e-18]],
  ])("of %j", (list, value, slopes) => {
    expect(logSumExp(tensor(list)).item()).toBe(value);
    expect(gradientAt((x) => logSumExp(x), list)).toEqual(slopes);
    const sumOfSlopes = slopes.reduce((x, y) => x + y);
    const { tangent } = jvp((x: Tensor) => logSumExp(x))(tensor(list), tensor(list.map(() => 1)));
    expect(tangent.item()).toEqual(sumOfSlopes);
  });

  it("keep small logarithms", () => {
    expect(logSoftmax(tensor([0, -40])).toArray()).toEqual([-4.248354255291589e-18, -40]);
    expect(softmax(tensor([-INF, 0])).toArray()).toEqual([0, 1]);
    expect(softmax(tensor([-INF, -INF])).toArray()).toEqual([NAN, NAN]);
    const slopes = grad((x: Tensor) => index(softmax(x), [1]))(tensor([-INF, 0]));
    expect(numbers(slopes).every((slope) => slope === 0)).toBe(true);
  });
});

describe("sorting", () => {
  it("is stable, with NaN as the largest", () => {
    const list = [3, NAN, 1, 3, NAN, -INF, INF, 1];
    expect(argsort(tensor(list)).toArray()).toEqual([5, 2, 7, 0, 3, 6, 1, 4]);
    expect(argsort(tensor(list), { descending: true }).toArray()).toEqual([1, 4, 6, 0, 3, 2, 7, 5]);
    expect(sort(tensor(list)).toArray()).toEqual([-INF, 1, 1, 3, 3, INF, NAN, NAN]);
    expect(topK(tensor(list), 3).indices.toArray()).toEqual([1, 4, 6]);
  });

  it("agrees with Array.prototype.sort on long lists", () => {
    for (const length of [2, 3, 31, 32, 33, 1000, 4099]) {
      const list = Array.from({ length }, (_, i) => ((i * 7919) % 613) - 300);
      const places = list.map((_, i) => i);
      places.sort((i, j) => (list[i] as number) - (list[j] as number) || i - j);
      expect(argsort(tensor(list)).toArray()).toEqual(places);
      expect(sort(tensor(list)).toArray()).toEqual(list.toSorted((x, y) => x - y));
    }
  });

  it("has places without a derivative", () => {
    expect(gradientAt((x) => sum(argsort(x)), [3, 1])).toEqual([0, 0]);
    expect(gradientAt((x) => sum(topK(x, 1).values), [3, 3])).toEqual([1, 0]);
    for (const k of [-1, 3, 1.5]) {
      expect(kindOf(() => topK(tensor([1, 2]), k))).toBe("shape");
    }
  });
});

describe("number types", () => {
  const types = (dtype: DType): Record<string, string> => {
    const x = tensor([1, 0, 1], { dtype });
    const functions = { sum, prod, max, min, cumsum, cumprod, sort, mean, std, norm, logSumExp };
    const entries = Object.entries(functions) as [string, (x: Tensor) => Tensor][];
    return Object.fromEntries(entries.map(([name, f]) => [name, f(x).dtype]));
  };

  it("are those of the elements, and whole numbers where results are", () => {
    const whole = { sum: "int32", prod: "int32", max: "int32", min: "int32" };
    const running = { cumsum: "int32", cumprod: "int32" };
    const real = { mean: "float64", std: "float64", norm: "float64", logSumExp: "float64" };
    expect(types("int32")).toEqual({ ...whole, ...running, sort: "int32", ...real });
    expect(types("bool")).toEqual({ ...whole, ...running, sort: "bool", ...real });
    expect(new Set(Object.values(types("float32")))).toEqual(new Set(["float32"]));
  });

  it("of float32 are rounded once", () => {
    const x = tensor([1, 2, 4], { dtype: "float32" });
    expect(std(x).item()).toBe(Math.fround(Math.sqrt(14 / 9)));
    expect(grad((y: Tensor) => std(y))(x).dtype).toBe("float32");
  });
});

describe("as formulas", () => {
  const x = symbol("x", { shape: [3] });
  const y = symbol("y", { shape: [2, 3] });

  it("print the settings that differ from the defaults", () => {
    const texts = [
      max(y, { axis: 0 }),
      std(y, { axis: 1, ddof: 1 }),
      variance(y, { ddof: 1 }),
      norm(x),
      norm(y, { axis: 1 }),
      norm(x, { ord: -INF }),
      softmax(y),
      softmax(y, { axis: 0 }),
      cumsum(x),
      cumprod(y, { axis: 0, reverse: true }),
      sort(y, { descending: true }),
      argmin(y, { axis: 0, keepDims: true }),
    ].map((value) => format(toFormula(value)));
    expect(texts).toEqual([
      "amax(y, 1)",
      "std(y, 2, false, 1)",
      "variance(y, [1, 2], false, 1)",
      "norm(x)",
      "norm(y, 2, 2)",
      'norm(x, "-inf")',
      "softmax(y)",
      "softmax(y, 1)",
      "cumsum(x)",
      "cumprod(y, 1, true)",
      "sort(y, 2, true)",
      "argmin(y, 1, true)",
    ]);
  });

  it("have the derivatives of the textbook", () => {
    const derivatives = [norm(x), std(x), logSumExp(x), max(x), norm(x, { ord: 3 })].map((value) =>
      format(derivative(toFormula(value), "x")),
    );
    expect(derivatives).toEqual([
      "x / norm(x)",
      "(x - mean(x)) / (3 * std(x))",
      "softmax(x)",
      "x == amax(x) ? 1 / sum(x == amax(x)) : 0",
      "sign(x) .* (abs(x) / norm(x, 3)) .^ 2",
    ]);
  });

  it("write themselves out in scalars", () => {
    const pair = symbol("p", { shape: [2] });
    const texts = [
      prod(pair),
      norm(pair),
      max(pair),
      logSumExp(pair),
      std(pair),
      index(softmax(pair), [0]),
      index(sort(pair), [1]),
      argmax(pair),
      any(pair),
    ].map((value) => format(expand(toFormula(value))));
    expect(texts).toEqual([
      "p_1 * p_2",
      "sqrt(square(p_1) + square(p_2))",
      "max(p_1, p_2)",
      "log(exp(p_1) + exp(p_2))",
      "sqrt((square(p_1 - (p_1 + p_2) / 2) + square(p_2 - (p_1 + p_2) / 2)) / 2)",
      "exp(p_1) / (exp(p_1) + exp(p_2))",
      "max(p_1, p_2)",
      "p_2 > p_1 ? 1 : 0",
      "p_1 != 0 or p_2 != 0",
    ]);
  });

  it("have the values of the numbers when written out", () => {
    const at = { x_1: 2, x_2: -1, x_3: 0.5 };
    for (const f of [std, argmax, argmin, logSumExp, norm, prod] as ((v: Tensor) => Tensor)[]) {
      const found = expand(toFormula(f(x)))(at) as unknown as Tensor;
      expect(found.item()).toBeCloseTo(f(tensor([2, -1, 0.5])).item(), 14);
    }
    for (const f of [sort, argsort, cumsum, logSoftmax] as ((v: Tensor) => Tensor)[]) {
      const found = expand(toFormula(f(x)))(at) as unknown as Tensor;
      numbers(f(tensor([2, -1, 0.5]))).forEach((value, i) => {
        expect(numbers(found)[i]).toBeCloseTo(value, 14);
      });
    }
  });

  it("refuse damaged settings", () => {
    const stored = [
      ...[max, std, logSumExp, softmax, any, argmax].map((f) => (f as (v: Tensor) => Tensor)(y)),
      norm(y),
      sort(y),
      argsort(y),
      cumsum(y, { axis: 1 }),
      cumprod(y, { axis: 0 }),
    ].map((value) => toJSON(value as typeof y));
    const bad: Readonly<Record<string, readonly (ParamValue | undefined)[]>> = {
      axes: [[2], [1, 0], [-1], [0.5], "all", null, undefined],
      axis: [2, -1, 0.5, "0", null, undefined],
      ddof: ["1", null, undefined],
      ord: ["max", true, null, undefined],
    };
    let refused = 0;
    for (const json of stored) {
      const node = json.nodes.at(-1) as NodeJSON;
      for (const name of Object.keys(node.params ?? {})) {
        for (const value of bad[name] ?? []) {
          const params = { ...node.params, [name]: value };
          const damaged = { ...json, nodes: json.nodes.with(-1, { ...node, params } as NodeJSON) };
          const text = JSON.stringify(damaged);
          expect(() => fromJSON(JSON.parse(text)), text).toThrow(SymtapeError);
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(60);
  });
});

describe("under vmap", () => {
  it("work on every example", () => {
    const batch = tensor([
      [0, 0],
      [3, 4],
    ]);
    const slopes = vmap((row: Tensor) => grad((x: Tensor) => norm(x))(row))(batch) as Tensor;
    expect(slopes.toArray()).toEqual([
      [0, 0],
      [0.6, 0.8],
    ]);
    const largest = vmap((row: Tensor) => max(row))(batch) as Tensor;
    expect(largest.toArray()).toEqual([0, 4]);
    const pairs = vmap((row: Tensor) => maximum(max(row), 1))(batch) as Tensor;
    expect(pairs.toArray()).toEqual([1, 4]);
  });
});
