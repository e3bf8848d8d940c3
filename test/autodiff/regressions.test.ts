import { describe, expect, it } from "vitest";
import {
  derivative,
  evaluate,
  type Formula,
  grad,
  greater,
  hessian,
  jacobian,
  multiply,
  parse,
  SymtapeError,
  sqrt,
  sum,
  type Tensor,
  tensor,
  where,
} from "../../src/index.ts";

function caught(action: () => unknown): SymtapeError {
  try {
    action();
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error("expected a SymtapeError");
}

describe("derivatives by a scalar that is broadcast", () => {
  const shapes = { r: [3], C: [2, 3] };
  const point = {
    x: 1,
    r: [1, 2, 3],
    C: [
      [1, 1, 1],
      [1, 1, 1],
    ],
  };

  it("a sum along an axis counts each element once", () => {
    const f = parse("sum(x * r + C, 1)", { shapes });
    expect(derivative(f, "x")(point).toArray()).toEqual([2, 4, 6]);
    expect(jacobian(f).x?.(point).toArray()).toEqual([2, 4, 6]);
  });

  it("a scalar bias inside a product of matrices", () => {
    const f = parse("W2 * (W * x + b)", { shapes: { W: [2, 2], x: [2], W2: [2, 2] } });
    const at = {
      W: [
        [1, 2],
        [3, 4],
      ],
      x: [1, 1],
      W2: [
        [1, 2],
        [3, 4],
      ],
      b: 1,
    };
    expect(derivative(f, "b")(at).toArray()).toEqual([3, 7]);
  });

  it("the mixed Hessian of a loss with a scalar bias", () => {
    const f = parse("sum((W * x + b) .^ 2)", { shapes: { W: [2, 2], x: [2] } });
    const at = {
      W: [
        [1, 2],
        [3, 4],
      ],
      x: [1, 1],
      b: 1,
    };
    expect(hessian(f).b?.b?.(at).item()).toBe(4);
    expect(hessian(f).b?.x?.(at).toArray()).toEqual([8, 12]);
  });
});

describe("what a condition did not choose has no gradient, not even NaN", () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ["x > 0 ? sqrt(x) : 0", -1, 0],
    ["x > 0 ? x * log(x) : 0", -1, 0],
    ["x == 0 ? 1 : sin(x) / x", 0, 0],
    ["x < 700 ? exp(x) : 0", 800, 0],
    ["x >= 1 ? acosh(x) : x^2", 0.5, 1],
  ];
  for (const [text, x, slope] of cases) {
    it(`${text} at ${x}, in symbols and on the tape`, () => {
      const f: Formula = parse(text);
      expect(derivative(f, "x")({ x }).item()).toBe(slope);
      expect(grad(f)({ x })).toEqual({ x: slope });
      expect(derivative(f, "x", 2)({ x }).item()).not.toBeNaN();
    });
  }

  it("element by element", () => {
    const f = (v: Tensor): Tensor => sum(where(greater(v, 0), sqrt(v), 0));
    expect(grad(f)(tensor([-1, 4])).toArray()).toEqual([0, 0.25]);
  });
});

describe("tensors that outlive their transformation", () => {
  it("are refused as a result of an outer gradient", () => {
    const outer = (x: Tensor): Tensor => {
      let leaked: Tensor = x;
      grad((y: Tensor) => {
        leaked = multiply(x, y);
        return leaked;
      })(2);
      return leaked;
    };
    expect(caught(() => grad(outer)(3)).kind).toBe("usage");
  });
});

describe("evaluate", () => {
  it("sees that a record was given another formula", () => {
    const record: Record<string, Formula> = { a: parse("x") };
    expect(evaluate(record, { x: 3 }).a?.item()).toBe(3);
    record.a = parse("x^2");
    expect(evaluate(record, { x: 3 }).a?.item()).toBe(9);
  });
});

describe("calls that cannot work", () => {
  it("text in the place of a formula is pointed to parse()", () => {
    expect(caught(() => derivative("x^2" as never, "x")).message).toContain("parse(text)");
    expect(caught(() => grad(undefined as never)).kind).toBe("usage");
  });
});
