// grad, valueAndGrad and vjp: what they return, and what they refuse.

import { describe, expect, it } from "vitest";
import {
  abs,
  add,
  cast,
  divide,
  exp,
  grad,
  greater,
  index,
  log,
  matmul,
  maximum,
  mean,
  multiply,
  pow,
  SymtapeError,
  scalar,
  sin,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
} from "../../src/autodiff/index.ts";
import { ConcreteTensor } from "../../src/expr/tensor.ts";

describe("grad", () => {
  it("of a number is a number, of a tensor a tensor", () => {
    expect(grad((x) => multiply(x, x))(3)).toBe(6);
    const gradient = grad((x) => sum(square(x)))(tensor([1, 2]));
    expect(gradient).toBeInstanceOf(ConcreteTensor);
    expect(gradient.toArray()).toEqual([2, 4]);
  });

  it("of a tree is the same tree", () => {
    const params = { first: { w: tensor([1, 2]), b: 3 }, rest: [4, scalar(5)] as const };
    type Params = { first: { w: Tensor; b: Tensor }; rest: readonly [Tensor, Tensor] };
    const found = grad(({ first, rest: [scale, shift] }: Params) =>
      add(sum(multiply(first.w, scale)), multiply(first.b, shift)),
    )(params);
    expect(found.first.w.toArray()).toEqual([4, 4]);
    expect(found.first.b).toBe(5);
    expect(found.rest[0]).toBe(3);
    expect(found.rest[1].item()).toBe(3);
    expect(Object.keys(found)).toEqual(["first", "rest"]);
  });

  it("passes further arguments on and does not differentiate by them", () => {
    const f = (x: Tensor, scale: number, shift: Tensor): Tensor => add(multiply(x, scale), shift);
    expect(grad(f)(2, 10, scalar(1))).toBe(10);
  });

  it("by a leaf that is not used is zero, in its shape", () => {
    const found = grad((p: { used: Tensor; unused: Tensor }) => multiply(p.used, 2))({
      used: 1,
      unused: tensor([[1, 2]]),
    });
    expect(found.used).toBe(2);
    expect(found.unused.toArray()).toEqual([[0, 0]]);
    expect(grad(() => scalar(1))(5)).toBe(0);
  });

  it("adds up over every use of a value", () => {
    expect(grad((x) => add(multiply(x, x), add(x, x)))(3)).toBe(8);
    const shared = (x: Tensor): Tensor => {
      const h = exp(x);
      return multiply(h, add(h, h));
    };
    expect(grad(shared)(0)).toBe(4);
  });

  it("follows the program's own ifs and loops", () => {
    const power = (x: Tensor, n: number): Tensor => {
      let result: Tensor = scalar(1);
      for (let i = 0; i < n; i++) result = multiply(result, x);
      return x.item() > 0 ? result : multiply(result, -10);
    };
    expect(grad(power)(2, 3)).toBe(12);
    expect(grad(power)(-2, 3)).toBe(-120);
    const newton = (a: Tensor): Tensor => {
      let root: Tensor = scalar(1);
      while (Math.abs(root.item() ** 2 - a.item()) > 1e-12) {
        root = divide(add(root, divide(a, root)), 2);
      }
      return root;
    };
    expect(grad(newton)(2)).toBeCloseTo(1 / (2 * Math.SQRT2), 8);
  });

  it("sums over the axes that an operand was broadcast along", () => {
    const row = tensor([[1, 2, 3]]);
    const column = tensor([[10], [20]]);
    const f = (p: { row: Tensor; column: Tensor; unit: Tensor }): Tensor =>
      sum(multiply(multiply(p.row, p.column), p.unit));
    const found = grad(f)({ row, column, unit: 1 });
    expect(found.row.toArray()).toEqual([[30, 30, 30]]);
    expect(found.column.toArray()).toEqual([[6], [6]]);
    expect(found.unit).toBe(180);
    expect(
      grad((b: Tensor) =>
        sum(
          add(
            tensor([
              [1, 2],
              [3, 4],
            ]),
            b,
          ),
        ),
      )(tensor([0, 0])).toArray(),
    ).toEqual([2, 2]);
  });

  it("of float32 stays float32, also through float64", () => {
    const x = tensor([1, 2], { dtype: "float32" });
    const found = grad((v: Tensor) => sum(multiply(multiply(v, 0.1), v)))(x);
    expect(found.dtype).toBe("float32");
    expect(grad((v: Tensor) => sum(multiply(v, tensor([0.1, 0.2]))))(x).dtype).toBe("float32");
    expect(grad((v: Tensor) => sum(exp(cast(v, "float64"))))(x).dtype).toBe("float32");
    expect(grad((v: Tensor) => mean(v))(x).toArray()).toEqual([0.5, 0.5]);
  });

  it("through stopGradient is zero", () => {
    expect(grad((x) => multiply(stopGradient(x), x))(3)).toBe(3);
    expect(grad((x) => stopGradient(multiply(x, x)))(3)).toBe(0);
    expect(grad((x) => grad((y) => multiply(stopGradient(y), multiply(y, x)))(x))(3)).toBe(3);
  });

  it("through comparisons, floor and sign is zero", () => {
    expect(grad((x) => multiply(greater(x, 0), x))(3)).toBe(1);
    expect(grad((x) => cast(greater(x, 0), "float64"))(3)).toBe(0);
  });

  it("of a chain of a million operations needs no stack", () => {
    const count = 1_000_000;
    const gradient = grad((x: Tensor) => {
      let value = x;
      for (let i = 0; i < count; i++) value = sin(value);
      return value;
    })(1);
    let value = 1;
    let expected = 1;
    for (let i = 0; i < count; i++) {
      expected *= Math.cos(value);
      value = Math.sin(value);
    }
    expect(Math.abs(gradient / expected - 1)).toBeLessThan(1e-9);
  }, 120_000);
});

describe("valueAndGrad and vjp", () => {
  it("give the value of the same run", () => {
    let runs = 0;
    const { value, gradient } = valueAndGrad((x) => {
      runs++;
      return log(x);
    })(2);
    expect([value.item(), gradient, runs]).toEqual([Math.log(2), 0.5, 1]);
  });

  it("vjp takes a cotangent for each of several outputs", () => {
    const f = (x: Tensor): { a: Tensor; b: Tensor[] } => ({
      a: multiply(x, 2),
      b: [sum(square(x)), x],
    });
    const { value, pullback } = vjp(f)(tensor([1, 2]));
    expect(value.a.toArray()).toEqual([2, 4]);
    expect(value.b.map((item) => item.toArray())).toEqual([5, [1, 2]]);
    const cotangent = { a: tensor([1, 0]), b: [10, tensor([0, 7])] };
    expect(pullback(cotangent).toArray()).toEqual([22, 47]);
    expect(pullback({ ...cotangent, b: [0, tensor([0, 0])] }).toArray()).toEqual([2, 0]);
  });

  it("vjp gives the gradient by an intermediate value when that is its argument", () => {
    const rest = (h: Tensor): Tensor => sum(square(h));
    const h = matmul(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([1, 1]),
    );
    expect(vjp(rest)(h).pullback(1).toArray()).toEqual([6, 14]);
  });

  it("vjp refuses a cotangent of another shape or tree", () => {
    const { pullback } = vjp((x: Tensor) => multiply(x, 2))(tensor([1, 2]));
    expect(() => pullback(tensor([1, 2, 3]))).toThrow(/expected \[2\] at the root, got \[3\]/);
    expect(() => pullback([1, 2] as never)).toThrow(/tree of 1 leaves, got 2/);
  });
});

describe("what grad refuses", () => {
  const refusal = (run: () => unknown): SymtapeError => {
    try {
      run();
    } catch (error) {
      if (error instanceof SymtapeError) return error;
    }
    throw new Error("nothing was refused");
  };

  it("promises, and says why", () => {
    const error = refusal(() => grad((async (x: Tensor) => x) as never)(1 as never));
    expect([error.kind, error.message]).toEqual([
      "usage",
      expect.stringMatching(/returned a promise/),
    ]);
  });

  it("a result that is a number, or no scalar", () => {
    expect(refusal(() => grad(((x: Tensor) => x.item()) as never)(1 as never)).message).toMatch(
      /lost its history/,
    );
    expect(refusal(() => grad((x: Tensor) => x)(tensor([1, 2]))).message).toMatch(
      /got shape \[2\]/,
    );
    expect(refusal(() => grad((() => undefined) as never)(1 as never)).kind).toBe("gradient");
  });

  it("integers and booleans to differentiate by", () => {
    const error = refusal(() => grad((x: Tensor) => sum(x))(tensor([1], { dtype: "int32" })));
    expect([error.kind, error.message]).toEqual([
      "gradient",
      expect.stringMatching(/no gradient by the int32/),
    ]);
    const tree = { a: { b: [1, tensor([true as never], { dtype: "bool" })] } };
    const nested = grad((p: { a: { b: Tensor[] } }) => sum(p.a.b[0] as Tensor));
    expect(refusal(() => nested(tree)).message).toMatch(/the bool at \.a\.b\[1\]/);
  });

  it("what is no tree of numbers and tensors", () => {
    const f = grad((p: { a: Tensor }) => p.a) as unknown as (params: unknown) => unknown;
    expect(refusal(() => f({ a: new Float64Array(2) })).message).toMatch(/Float64Array; wrap it/);
    expect(refusal(() => f({ a: "1" })).message).toMatch(/at \.a there is string/);
    expect(refusal(() => f({ a: new Map() })).kind).toBe("usage");
    expect(refusal(() => f(null)).message).toMatch(/at the root there is null/);
  });

  it("tensors that leaked out of a run", () => {
    let leaked: Tensor = scalar(0);
    grad((x) => {
      leaked = multiply(x, 2);
      return leaked;
    })(3);
    expect(leaked.item()).toBe(6);
    expect(refusal(() => add(leaked, 1)).message).toMatch(/used after it returned/);
    expect(refusal(() => grad((x) => multiply(x, leaked))(1)).kind).toBe("usage");
  });

  it("nothing: an error of the function itself comes through, and later runs are whole", () => {
    expect(() =>
      grad((): Tensor => {
        throw new RangeError("mine");
      })(1),
    ).toThrow(RangeError);
    expect(grad((x) => grad((y) => pow(y, 3))(x))(2)).toBe(12);
  });

  it("a derivative that an operation does not have", () => {
    expect(() => grad((x) => abs(maximum(x, subtract(x, 1))))(1)).not.toThrow();
    expect(() =>
      grad((p: Tensor[]) => sum(index(p[0] as Tensor, [0])))([tensor([1, 2])]),
    ).not.toThrow();
  });
});
