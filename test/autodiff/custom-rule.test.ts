// Functions with derivatives of their own: in every transformation, and checked.

import { describe, expect, it } from "vitest";
import {
  add,
  cast,
  checkGradients,
  cos,
  customRule,
  divide,
  exp,
  grad,
  gradient,
  hessian,
  index,
  jacobian,
  jvp,
  log,
  matmul,
  multiply,
  negate,
  reshape,
  round,
  SymtapeError,
  scalar,
  sigmoid,
  sin,
  square,
  stack,
  sum,
  symbol,
  type Tensor,
  type TensorLike,
  tensor,
  toFormula,
  toJSON,
  transpose,
  vmap,
} from "../../src/autodiff/index.ts";

const x = tensor([0.3, -0.7, 1.1]);

/** x·y by its pullback, by its pushforward, by both, and as the functions that follow from its value. */
const value = (a: Tensor, b: Tensor): Tensor => multiply(sin(a), b);
const pullback = ([a, b]: readonly [Tensor, Tensor], _y: Tensor, g: Tensor): readonly Tensor[] => [
  multiply(g, multiply(cos(a), b)),
  multiply(g, sin(a)),
];
const pushforward = (
  [a, b]: readonly [Tensor, Tensor],
  _y: Tensor,
  [da, db]: readonly [Tensor, Tensor],
): Tensor => add(multiply(multiply(cos(a), b), da), multiply(sin(a), db));

const kinds: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  "a pullback": customRule({ name: "pulled", value, pullback }),
  "a pushforward": customRule({ name: "pushed", value, pushforward }),
  both: customRule({ name: "both", value, pullback, pushforward }),
};

function numbers(result: unknown): number[] {
  if (typeof result === "number") return [result];
  if (result !== null && typeof result === "object" && "toArray" in result) {
    return [(result as Tensor).toArray()].flat(9) as number[];
  }
  return Object.values(result as object).flatMap(numbers);
}

function expectSame(found: unknown, expected: unknown): void {
  const right = numbers(expected);
  expect(numbers(found)).toHaveLength(right.length);
  numbers(found).forEach((number, i) => {
    expect(number).toBeCloseTo(right[i] as number, 13);
  });
}

describe.each(Object.entries(kinds))("a function with %s", (_kind, f) => {
  const y = tensor([2, -1, 0.5]);
  const both = { a: x, b: y };
  const single = { a: x, b: scalar(2) };
  /** Every transformation of a function of two tensors. */
  const asked: Readonly<Record<string, (f: (a: Tensor, b: Tensor) => Tensor) => unknown>> = {
    value: (g) => g(x, y),
    grad: (g) => grad((p: { a: Tensor; b: Tensor }) => sum(g(p.a, p.b)))(both),
    jvp: (g) => jvp((p: { a: Tensor; b: Tensor }) => g(p.a, p.b))(both, { a: y, b: x }).tangent,
    "jvp along one": (g) => jvp((a: Tensor) => g(a, y))(x, y).tangent,
    "grad of grad": (g) =>
      grad((a: Tensor) => sum(grad((b: Tensor) => sum(square(g(b, y))))(a)))(x),
    "jvp of grad": (g) => jvp(grad((a: Tensor) => sum(square(g(a, y)))))(x, y).tangent,
    "grad of jvp": (g) =>
      grad((a: Tensor) => sum(jvp((b: Tensor) => g(b, y))(a, square(a)).tangent))(x),
    "jvp of jvp": (g) =>
      jvp((a: Tensor) => jvp((b: Tensor) => g(b, y))(a, a).tangent)(x, y).tangent,
    hessian: (g) => hessian((p: { a: Tensor; b: Tensor }) => sum(square(g(p.a, p.b))))(both),
    "forward jacobian": (g) => jacobian((a: Tensor) => g(a, y), { mode: "forward" })(x),
    "reverse jacobian": (g) => jacobian((a: Tensor) => g(a, y), { mode: "reverse" })(x),
    vmap: (g) => vmap(g)(x, y),
    "vmap with one that is the same for all": (g) => vmap(g, { axes: [0, null] })(x, y),
    "vmap of grad": (g) => vmap(grad((a: Tensor) => sum(g(a, scalar(2)))))(x),
    "grad of vmap": (g) =>
      grad((p: { a: Tensor; b: Tensor }) => sum(vmap(g, { axes: [0, null] })(p.a, p.b)))(single),
    "jvp of vmap": (g) =>
      jvp((p: { a: Tensor; b: Tensor }) => vmap(g, { axes: [0, null] })(p.a, p.b))(single, single)
        .tangent,
    "vmap of vmap": (g) =>
      vmap((row: Tensor) => vmap(g, { axes: [0, null] })(row, y))(reshape(x, [3, 1])),
    "second derivatives in a batch": (g) =>
      vmap(grad(grad((a: Tensor) => sum(g(a, scalar(2))))))(x),
    "a graph": (g) => {
      const formula = toFormula(sum(g(symbol("a", { shape: [3] }), symbol("b", { shape: [3] }))));
      const { a, b } = gradient(formula);
      const point = { a: x, b: y };
      return [formula(point), a?.(point), b?.(point), grad(formula)(point)];
    },
    "broadcast in the value": (g) => g(reshape(x, [3, 1]), scalar(2)),
  };

  it.each(Object.entries(asked))("has the same %s as its value", (_name, ask) => {
    expectSame(ask(f), ask(value));
  });
});

describe("customRule", () => {
  it("is what the rule says, where the value's own derivative fails", () => {
    const log1pexp = customRule({
      name: "log1pexp",
      value: (t: Tensor) => log(add(1, exp(t))),
      pullback: ([t], _y, g) => [multiply(g, sigmoid(t))],
      check: [[-2], [3], [tensor([1, 2])]],
    });
    expect(grad((t: Tensor) => log1pexp(t))(800)).toBe(1);
    expect(grad((t: Tensor) => log(add(1, exp(t))))(800)).toBeNaN();
    expect(checkGradients((t: Tensor) => sum(log1pexp(t)), tensor([1, -3])).ok).toBe(true);
  });

  it("returns trees, whose cotangents and tangents are trees", () => {
    const polar = customRule({
      name: "polar",
      value: (r: Tensor, angle: Tensor) => ({
        x: multiply(r, cos(angle)),
        y: [multiply(r, sin(angle))],
      }),
      pullback: ([r], { x, y: [y] }, { x: dx, y: [dy] }) => [
        divide(add(multiply(x, dx), multiply(y as Tensor, dy as Tensor)), r),
        add(multiply(negate(y as Tensor), dx), multiply(x, dy as Tensor)),
      ],
      pushforward: ([r, angle], { x, y: [y] }, [dr, da]) => ({
        x: add(multiply(divide(x, r), dr), multiply(negate(y as Tensor), da)),
        y: [add(multiply(sin(angle), dr), multiply(x, da))],
      }),
      check: [[2, 0.5]],
    });
    const f = (p: Tensor[]): Tensor => {
      const { x, y } = polar(p[0] as Tensor, p[1] as Tensor);
      return multiply(square(x), y[0] as Tensor);
    };
    const plain = (p: Tensor[]): Tensor => {
      const [r, angle] = p as [Tensor, Tensor];
      return multiply(square(multiply(r, cos(angle))), multiply(r, sin(angle)));
    };
    expectSame(grad(f)([2, 0.5]), grad(plain)([2, 0.5]));
    expectSame(jvp(f)([2, 0.5], [1, 3]).tangent, jvp(plain)([2, 0.5], [1, 3]).tangent);
    expectSame(hessian(f)([2, 0.5]), hessian(plain)([2, 0.5]));
    const batch = vmap((t: Tensor) => polar(t, 1))(x);
    expectSame(batch, { x: multiply(x, Math.cos(1)), y: [multiply(x, Math.sin(1))] });
  });

  it("takes undefined for a cotangent of zero, and whole numbers among the arguments", () => {
    const pick = customRule({
      name: "pick",
      value: (t: Tensor, places: Tensor) => index(t, [places.item()]),
      pullback: ([t, places], _y, g) => [
        stack(
          t.shape[0] === 3 ? [0, 1, 2].map((k) => multiply(g, Number(places.item() === k))) : [],
        ),
        undefined,
      ],
    });
    expect(pick(x, tensor(1, { dtype: "int32" })).item()).toBe(-0.7);
    expect(grad((t: Tensor) => pick(t, tensor(1, { dtype: "int32" })))(x).toArray()).toEqual([
      0, 1, 0,
    ]);
    const first = customRule({
      name: "first",
      value: (a: Tensor, _b: Tensor) => square(a),
      pullback: ([a], _y, g) => [multiply(g, multiply(2, a)), undefined],
    });
    expect(grad((p: Tensor[]) => first(p[0] as Tensor, p[1] as Tensor))([3, 4])).toEqual([6, 0]);
  });

  it("gives literals the dtype of the other arguments", () => {
    const scaled = customRule({
      name: "scaled",
      value: (a: Tensor, b: Tensor) => multiply(a, b),
      pullback: ([a, b], _y, g) => [multiply(g, b), sum(multiply(g, a))],
    });
    const single = cast(x, "float32");
    expect(scaled(single, 2).dtype).toBe("float32");
    expect(scaled(2, 3).dtype).toBe("float64");
    expect(grad((t: Tensor) => sum(scaled(t, 2)))(single).dtype).toBe("float32");
    const node = scaled(symbol("t", { shape: [3], dtype: "float32" }), 2);
    expect([node.dtype, node.shape]).toEqual(["float32", [3]]);
  });

  it("may compute its value in any way, by numbers too", () => {
    const area = customRule({
      name: "area",
      value: (r: Tensor) => Math.PI * r.item() ** 2,
      pullback: ([r], _y, g) => [multiply(g, multiply(2 * Math.PI, r))],
    });
    expect(area(2).item()).toBe(4 * Math.PI);
    expect(grad((r: Tensor) => area(r))(2)).toBe(4 * Math.PI);
    expect(grad(grad((r: Tensor) => area(r)))(2)).toBe(2 * Math.PI);
    expect(jvp((r: Tensor) => area(r))(2, 1).tangent.item()).toBe(4 * Math.PI);
    expectSame(vmap((r: Tensor) => area(r))(x), multiply(Math.PI, square(x)));
    expectSame(vmap(grad((r: Tensor) => area(r)))(x), multiply(2 * Math.PI, x));
    expectSame(
      grad((t: Tensor) => sum(vmap((r: Tensor) => area(r))(t)))(x),
      multiply(2 * Math.PI, x),
    );
    expect(() => area(symbol("r"))).toThrow(/^area: its value takes numbers out of its arguments/);
    const [element] = checkGradients((r: Tensor) => area(r), 2).elements;
    expect(element?.verdict).toBe("agrees");
    expect(element?.complexStep).toHaveProperty("refused");
  });

  it("applies rules that take numbers one by one, and refuses to differentiate them", () => {
    const cube = customRule({
      name: "cube",
      value: (t: Tensor) => multiply(t, square(t)),
      pullback: ([t], _y, g) => [multiply(g, 3 * t.item() ** 2)],
    });
    const f = (t: Tensor): Tensor => cube(t);
    expect(grad(f)(2)).toBe(12);
    expectSame(vmap(grad(f))(x), multiply(3, square(x)));
    expect(jvp(f)(2, 1).tangent.item()).toBe(12);
    const asked = [() => grad(grad(f))(2), () => hessian(f)(2), () => jvp(grad(f))(2, 1)];
    for (const ask of asked) {
      expect(ask).toThrow(
        /^cube: its pullback takes numbers out of its arguments.*no further derivative/,
      );
    }
    // Where it does not depend on what the outer derivative is by, it is a constant.
    expect(grad((t: Tensor) => multiply(t, grad(f)(scalar(2))))(1)).toBe(12);
  });

  it("refuses to transpose a rule that takes numbers out of its tangents", () => {
    const half = customRule({
      name: "half",
      value: (t: Tensor) => divide(t, 2),
      pushforward: (_x, _y, [dt]) => scalar(dt.item() / 2),
    });
    expect(jvp((t: Tensor) => half(t))(2, 4).tangent.item()).toBe(2);
    const error = thrown(() => grad((t: Tensor) => half(t))(2));
    expect(error.kind).toBe("gradient");
    expect(error.message).toMatch(
      /^half: it has no pullback, and its pushforward cannot be transposed/,
    );
  });

  it("is a node of a graph with a name, which cannot be stored", () => {
    const node = (kinds.both as (a: Tensor, b: Tensor) => Tensor)(symbol("a"), symbol("b"));
    expect(String(node)).toMatch(/symbolic both/);
    expect(thrown(() => toJSON(node)).kind).toBe("unsupported");
  });

  it("refuses what it cannot be defined by", () => {
    expect(thrown(() => customRule({ name: "empty", value: (t: Tensor) => t })).message).toMatch(
      /^empty: give a pullback or a pushforward/,
    );
    const named = (name: string): unknown =>
      customRule({ name, value: (t: Tensor) => t, pullback: (_x, _y, g) => [g] });
    expect(thrown(() => named("sin")).message).toMatch(/"sin" is the name of an operation/);
    expect(thrown(() => named("a b")).kind).toBe("name");
  });

  it("refuses a value that uses what an outer derivative follows", () => {
    const run = (a: Tensor): Tensor =>
      customRule({
        name: "closed",
        value: (t: Tensor) => multiply(t, a),
        pullback: (_x, _y, g) => [g],
      })(2);
    expect(thrown(() => grad(run)(3)).message).toMatch(
      /^closed: its value uses a tensor from outside/,
    );
  });
});

describe("the check of a custom rule", () => {
  const wrong = (check: false | undefined): ((a: TensorLike, b: TensorLike) => Tensor) =>
    customRule({
      name: "wrong",
      value: (a: Tensor, b: Tensor) => multiply(a, b),
      pullback: ([_a, b], _y, g) => [multiply(g, b), multiply(g, b)],
      ...(check !== undefined && { check }),
    });

  it("happens at the points of the definition, and names the argument and both numbers", () => {
    const error = thrown(() =>
      customRule({
        name: "product",
        value: (a: Tensor, b: Tensor) => multiply(a, b),
        pullback: ([_a, b], _y, g) => [multiply(g, b), multiply(g, b)],
        check: [
          [2, 2],
          [2, 5],
        ],
      }),
    );
    expect(error.kind).toBe("gradient");
    expect(error.message).toMatch(
      /^product: the derivative of the output by argument 2 is 5 by the pullback; expected (2|1\.9{6}\d*|2\.0{6}\d*) by finite/,
    );
  });

  it("names the elements of tensors", () => {
    const error = thrown(() =>
      customRule({
        name: "mapped",
        value: (m: Tensor) => matmul(m, tensor([1, 2])),
        pushforward: (_x, _y, [dm]) => multiply(matmul(dm, tensor([1, 2])), tensor([1, 3])),
        check: [
          [
            tensor([
              [1, 2],
              [3, 4],
            ]),
          ],
        ],
      }),
    );
    expect(error.message).toMatch(
      /of the output at \[1\] by argument 1 at \[1,0\] is 3 by the pushforward; expected 1/,
    );
  });

  it("compares the two rules with each other, where the value has no derivative too", () => {
    const error = thrown(() =>
      customRule({
        name: "unlike",
        value: (t: Tensor) => multiply(t, Math.sign(t.item())),
        pullback: (_x, _y, g) => [g],
        pushforward: (_x, _y, [dt]) => multiply(-1, dt),
        check: [[0]],
      }),
    );
    expect(error.message).toMatch(
      /is 1 by the pullback and -1 by the pushforward; the two must agree/,
    );
  });

  it("happens once at the first call without points, also inside a batch and a tape", () => {
    expect(() => wrong(undefined)(2, 3)).toThrow(/^wrong: the derivative/);
    expect(() => grad((t: Tensor) => wrong(undefined)(t, scalar(3)))(2)).toThrow(
      /^wrong: the derivative/,
    );
    const batch = wrong(undefined);
    expect(() => vmap((t: Tensor) => batch(t, scalar(3)))(x)).toThrow(/^wrong: the derivative/);
    let runs = 0;
    const counted = customRule({
      name: "counted",
      value: (t: Tensor) => {
        runs++;
        return square(t);
      },
      pullback: ([t], _y, g) => [multiply(g, multiply(2, t))],
    });
    counted(3);
    expect(runs).toBeGreaterThan(10);
    const before = runs;
    counted(4);
    expect(runs).toBe(before + 1);
  });

  it("is off with false, for derivatives that differ on purpose", () => {
    expect(wrong(false)(2, 3).item()).toBe(6);
    const straight = customRule({
      name: "straightThrough",
      value: (t: Tensor) => round(t),
      pullback: (_x, _y, g) => [g],
      check: false,
    });
    expect(grad((t: Tensor) => square(straight(t)))(2.3)).toBe(4);
  });

  it("passes over kinks, poles and empty tensors, and takes float32 for what it stands for", () => {
    const relu = customRule({
      name: "ramp",
      value: (t: Tensor) => multiply(t, sigmoid(multiply(1e300, t))),
      pullback: ([t], _y, g) => [multiply(g, cast(round(sigmoid(multiply(1e300, t))), "float64"))],
      check: [
        [0],
        [1],
        [-1],
        [tensor([])],
        [scalar(2, "float32")],
        [Number.NaN],
        [Number.POSITIVE_INFINITY],
      ],
    });
    expect(relu(3).item()).toBe(3);
  });

  it("lets a rule call the function itself", () => {
    const power: (t: Tensor) => Tensor = customRule({
      name: "power",
      value: (t: Tensor) => exp(t),
      pullback: ([t], _y, g) => [multiply(g, power(t))],
    });
    expect(grad(power)(1)).toBe(Math.E);
    expect(grad(grad(power))(1)).toBe(Math.E);
  });

  it("refuses rules whose results have other shapes, naming both", () => {
    const shaped = (pull: (g: Tensor) => readonly Tensor[]): ((t: Tensor) => Tensor) =>
      customRule({
        name: "shaped",
        value: (t: Tensor) => square(t),
        pullback: (_x, _y, g) => pull(g),
      });
    expect(thrown(() => shaped((g) => [sum(g)])(x)).message).toBe(
      "shaped: expected a cotangent of shape [3] for argument 1 from the pullback, got [].",
    );
    expect(thrown(() => shaped((g) => [g, g])(x)).message).toMatch(
      /expected a list of 1 cotangents from the pullback.*got 2/,
    );
    const tangent = customRule({
      name: "along",
      value: (t: Tensor) => transpose(t),
      pushforward: (_x, _y, [dt]) => dt,
    });
    expect(thrown(() => tangent(tensor([[1, 2]]))).message).toMatch(
      /^along: the tangent: expected \[2,1\] at the root, got \[1,2\]/,
    );
    let wide = true;
    const changing = customRule({
      name: "changing",
      value: (t: Tensor): Tensor[] => (wide ? [t, t] : [t]),
      pullback: (_x, _y, [a]) => [a],
      check: false,
    });
    changing(1);
    wide = false;
    expect(thrown(() => changing(1)).message).toMatch(/always be a tree of the same leaves/);
  });
});

function thrown(run: () => unknown): SymtapeError {
  try {
    run();
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
