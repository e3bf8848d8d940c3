// Jacobians and Hessians of functions: both modes, batches of products, empty tensors and trees.

import { describe, expect, it } from "vitest";
import {
  add,
  cast,
  concat,
  cos,
  customRule,
  divide,
  exp,
  grad,
  greater,
  hessian,
  index,
  jacobian,
  jvp,
  matmul,
  maximum,
  mean,
  multiply,
  norm,
  reshape,
  scalar,
  sin,
  softmax,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  vmap,
  where,
} from "../../src/autodiff/index.ts";

const modes = ["auto", "forward", "reverse"] as const;
const matrix = tensor([
  [1, -2, 0.5],
  [3, 0.25, -1],
]);
const vector = tensor([0.3, -0.7, 1.1]);

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value !== null && typeof value === "object" && "toArray" in value) {
    return [(value as Tensor).toArray()].flat(9) as number[];
  }
  return Object.values(value as object).flatMap(numbersIn);
}

function expectClose(found: unknown, expected: unknown): void {
  const left = numbersIn(found);
  const right = numbersIn(expected);
  expect(left).toHaveLength(right.length);
  left.forEach((value, i) => {
    expect(value).toBeCloseTo(right[i] as number, 13);
  });
}

const functions: Readonly<Record<string, (x: Tensor) => unknown>> = {
  "element by element": (x) => sin(multiply(x, x)),
  "to a scalar": (x) => sum(exp(x)),
  "to a matrix": (x) => multiply(reshape(x, [3, 1]), reshape(x, [1, 3])),
  product: (x) => matmul(matrix, tanh(x)),
  softmax: (x) => softmax(x),
  norm: (x) => norm(x),
  "with choices": (x) => where(greater(x, 0), sqrt(x), 0),
  maximum: (x) => maximum(x, reshape(x, [3, 1])),
  pieces: (x) => concat([index(x, [{ step: -1 }]), index(x, [{ start: 1 }])]),
  "of two outputs": (x) => ({ a: mean(x), b: [divide(x, sum(square(x))), scalar(3)] }),
  "of one output twice": (x) => [x, x, multiply(x, 2)],
  "of a gradient": (x) => grad((y: Tensor) => sum(multiply(sin(y), x)))(x),
  "of a directional derivative": (x) => jvp((y: Tensor) => sin(y))(x, vector).tangent,
  "of a batch": (x) => vmap((y: Tensor) => multiply(y, cos(y)))(x),
  "that does not vary": () => tensor([1, 2]),
};

describe("jacobian", () => {
  it.each(Object.entries(functions))("%s: forward and reverse agree", (_, f) => {
    const found = modes.map((mode) => jacobian(f as (x: Tensor) => Tensor, { mode })(vector));
    expectClose(found[0], found[2]);
    expectClose(found[1], found[2]);
    // Column by column, by jvp.
    const columns = [0, 1, 2].map((k) =>
      jvp(f as (x: Tensor) => Tensor)(vector, tensor([0, 0, 0]).withElement(k, 1)),
    );
    const lists = columns.map(({ tangent }) => numbersIn(tangent));
    expectClose(found[1], rowsOf(lists));
  });

  it("of a tree is a tree of trees, the same in both modes", () => {
    const f = ({ w, b }: { w: Tensor; b: readonly [Tensor, Tensor] }) => ({
      out: add(matmul(w, vector), b[0]),
      size: multiply(sum(square(w)), b[1]),
    });
    const at = { w: matrix, b: [tensor([1, 2]), 3] as const };
    const [auto, forward, reverse] = modes.map((mode) => jacobian(f, { mode })(at));
    expect(forward).toEqual(auto);
    expectClose(forward, reverse);
    const { out, size } = reverse as NonNullable<typeof reverse>;
    expect(out.w.shape).toEqual([2, 2, 3]);
    expect(out.b[0].toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect((out.b[1] as Tensor).toArray()).toEqual([0, 0]);
    expect(size.w.toArray()).toEqual(multiply(matrix, 6).toArray());
    expect(typeof size.b[1]).toBe("number");
  });

  it("auto takes as many products as the smaller side has elements", () => {
    const calls = { pullback: 0, pushforward: 0 };
    const twice = customRule({
      name: "twice",
      value: (x: Tensor) => multiply(x, 2),
      pullback: (_x, _y, cotangent) => {
        calls.pullback++;
        return [multiply(cotangent, 2)];
      },
      pushforward: (_x, _y, [tangent]) => {
        calls.pushforward++;
        return multiply(tangent, 2);
      },
      check: false,
    });
    jacobian((x: Tensor) => sum(twice(x)))(vector);
    expect([calls.pullback > 0, calls.pushforward]).toEqual([true, 0]);
    calls.pullback = 0;
    jacobian((x: Tensor) => multiply(twice(x), vector))(1);
    expect([calls.pullback, calls.pushforward > 0]).toEqual([0, true]);
  });

  it("runs the function once", () => {
    let runs = 0;
    jacobian((x: Tensor) => {
      runs++;
      return square(x);
    })(vector);
    expect(runs).toBe(1);
  });

  it("goes through several batches where one would be too large", () => {
    const n = 700;
    const x = tensor(Float64Array.from({ length: n }, (_, i) => i / n));
    for (const mode of modes) {
      const found = jacobian((v: Tensor) => sin(multiply(v, index(v, [{ step: -1 }]))), { mode })(
        x,
      );
      expect(found.shape).toEqual([n, n]);
      const data = found.toArray() as number[][];
      for (const i of [0, 1, 349, 350, 699]) {
        const slope = Math.cos((i / n) * ((n - 1 - i) / n));
        expect(data[i]?.[i]).toBeCloseTo((slope * (n - 1 - i)) / n, 14);
        expect(data[i]?.[n - 1 - i]).toBeCloseTo((slope * i) / n, 14);
        expect(data[i]?.filter((value) => value !== 0).length).toBeLessThanOrEqual(2);
      }
    }
  });

  it("goes one by one where a rule takes numbers out of what it is given", () => {
    const opaque = customRule({
      name: "opaque",
      value: (x: Tensor) => multiply(x, 3),
      pullback: (_x, _y, cotangent) => [
        tensor((cotangent.toArray() as number[]).map((c) => 3 * c)),
      ],
    });
    const found = jacobian((x: Tensor) => opaque(x), { mode: "reverse" })(vector);
    expect(found.toArray()).toEqual([
      [3, 0, 0],
      [0, 3, 0],
      [0, 0, 3],
    ]);
  });

  it("of empty tensors is empty, in each mode", () => {
    const none = tensor([]);
    for (const mode of modes) {
      const f = (p: { x: Tensor; y: Tensor }) => [multiply(p.x, 2), sum(p.x), sin(p.y)];
      const [first, second, third] = jacobian(f, { mode })({ x: none, y: vector });
      expect(first?.x.shape).toEqual([0, 0]);
      expect(first?.y.shape).toEqual([0, 3]);
      expect(second?.x.shape).toEqual([0]);
      expect(second?.y.toArray()).toEqual([0, 0, 0]);
      expect(third?.x.shape).toEqual([3, 0]);
      expect(third?.y.shape).toEqual([3, 3]);
      const nothing = jacobian((x: Tensor) => reshape(x, [2, 0]), { mode })(none);
      expect(nothing.shape).toEqual([2, 0, 0]);
      expect(jacobian(() => ({}), { mode })(vector)).toEqual({});
    }
  });

  it("has the dtype of the argument", () => {
    const x = tensor([1, 2], { dtype: "float32" });
    for (const mode of modes) {
      expect(jacobian((v: Tensor) => multiply(v, tensor([0.1, 2])), { mode })(x).dtype).toBe(
        "float32",
      );
      expect(jacobian((v: Tensor) => multiply(cast(v, "float32"), 2), { mode })(vector).dtype).toBe(
        "float64",
      );
    }
  });

  it("follows the program's own ifs, and passes further arguments on", () => {
    const f = (x: Tensor, n: number): Tensor => (x.item() > 0 ? multiply(x, n) : x);
    expect(jacobian(f)(2, 10)).toBe(10);
    expect(jacobian(f)(-2, 10)).toBe(1);
  });

  it("refuses whole numbers and unknown modes", () => {
    expect(() => jacobian((x: Tensor) => x)(tensor([1], { dtype: "int32" }))).toThrow(
      /^jacobian: there is no derivative by the int32/,
    );
    expect(() => jacobian((x: Tensor) => x, { mode: "backward" as never })).toThrow(
      /"auto", "forward" or "reverse", got "backward"/,
    );
  });

  it("is differentiated like any function, in every combination of modes", () => {
    const f = (x: Tensor): Tensor => multiply(sin(x), sum(square(x)));
    const expected = jacobian(jacobian(f, { mode: "reverse" }), { mode: "reverse" })(vector);
    expect(expected.shape).toEqual([3, 3, 3]);
    for (const outer of modes) {
      for (const inner of modes) {
        expectClose(jacobian(jacobian(f, { mode: inner }), { mode: outer })(vector), expected);
      }
    }
    const trace = (x: Tensor): Tensor => sum(jacobian(f)(x));
    expectClose(grad(trace)(vector), sum(expected, { axis: [0, 1] }));
    const both = vmap((x: Tensor) => jacobian(f)(x))(stack([vector, multiply(vector, 2)]));
    expectClose(both, stack([jacobian(f)(vector), jacobian(f)(multiply(vector, 2))]));
  });
});

describe("hessian", () => {
  it("is symmetric, and the same as the Jacobian of the gradient in reverse mode", () => {
    const f = (x: Tensor): Tensor =>
      sum(multiply(softmax(x), sin(matmul(transpose(matrix), matmul(matrix, x)))));
    const found = hessian(f)(vector);
    expectClose(found, transpose(found));
    const gradient = (x: Tensor): Tensor => grad((y: Tensor) => f(y))(x);
    expectClose(found, jacobian(gradient, { mode: "reverse" })(vector));
  });

  it("of trees has a block for each pair of leaves", () => {
    const f = (p: { a: Tensor; b: Tensor }): Tensor => multiply(p.a, sum(square(p.b)));
    const found = hessian(f)({ a: 2, b: vector });
    expect(found.a.a).toBe(0);
    expectClose(found.a.b, multiply(vector, 2));
    expectClose(found.b.a, multiply(vector, 2));
    expect(found.b.b.toArray()).toEqual([
      [4, 0, 0],
      [0, 4, 0],
      [0, 0, 4],
    ]);
  });

  it("of a linear function is zero, of an empty argument empty", () => {
    expect(hessian((x: Tensor) => sum(x))(vector).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(hessian((x: Tensor) => sum(square(x)))(tensor([])).shape).toEqual([0, 0]);
    expect(() => hessian((x: Tensor) => subtract(x, 1))(vector)).toThrow(/must return a scalar/);
  });
});

/** The elements of a matrix of columns, row by row. */
function rowsOf(columns: readonly (readonly number[])[]): readonly number[] {
  const size = columns[0]?.length ?? 0;
  return Array.from({ length: size }, (_, i) =>
    columns.map((column) => column[i] as number),
  ).flat();
}
