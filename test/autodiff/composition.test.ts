// Transformations inside one another: batches, loops, choices and derivatives, and what they close over.

import { describe, expect, it } from "vitest";
import {
  abs,
  add,
  cast,
  checkpoint,
  cond,
  cos,
  customRule,
  divide,
  exp,
  gather,
  grad,
  gradient,
  greater,
  hessian,
  hvp,
  hypot,
  index,
  jacobian,
  jvp,
  less,
  log,
  matmul,
  max,
  multiply,
  norm,
  not,
  polygamma,
  pow,
  relu,
  reshape,
  round,
  SymtapeError,
  scalar,
  scan,
  sin,
  sparseJacobian,
  sqrt,
  square,
  stack,
  std,
  stopGradient,
  subtract,
  sum,
  symbol,
  type Tensor,
  tanh,
  tensor,
  toFormula,
  valueAndGrad,
  vjp,
  vmap,
  where,
  whileLoop,
  zeros,
} from "../../src/autodiff/index.ts";

function numbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value === "object" && value !== null && "toArray" in value) {
    return [(value as Tensor).toArray()].flat(9) as number[];
  }
  return Object.values(value as object).flatMap(numbers);
}

function expectClose(found: unknown, expected: unknown, digits = 12): void {
  const right = numbers(expected);
  expect(numbers(found)).toHaveLength(right.length);
  numbers(found).forEach((value, i) => {
    expect(value).toBeCloseTo(right[i] as number, digits);
  });
}

function refusal(action: () => unknown): SymtapeError {
  try {
    action();
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error("expected a SymtapeError");
}

const at = (x: Tensor, ...places: number[]): Tensor => index(x, places);
const rows = (x: Tensor): Tensor[] =>
  Array.from({ length: x.shape[0] as number }, (_, i) => at(x, i));
const batch = tensor([0.5, -0.7, 1.3]);
const steps = tensor([0.3, -0.2]);

describe("batches", () => {
  const network = (p: { w: Tensor; b: Tensor; v: Tensor }, x: Tensor, y: Tensor): Tensor =>
    square(subtract(sum(multiply(p.v, tanh(add(matmul(p.w, x), p.b)))), y));
  const weights = {
    w: tensor([
      [0.1, -0.4],
      [0.7, 0.2],
      [-0.3, 0.5],
    ]),
    b: tensor([0.1, 0, -0.2]),
    v: tensor([1, -1, 0.5]),
  };
  const xs = tensor([
    [1, 2],
    [-0.5, 0.3],
    [0, 1],
    [2, -1],
  ]);
  const ys = tensor([1, 0, -1, 0.5]);

  it("give the gradients of a network example by example", () => {
    const found = vmap(grad(network), { axes: [null, 0, 0] })(weights, xs, ys);
    expect(found.w.shape).toEqual([4, 3, 2]);
    rows(xs).forEach((x, k) => {
      const one = grad(network)(weights, x, at(ys, k));
      for (const name of ["w", "b", "v"] as const) expectClose(at(found[name], k), one[name]);
    });
  });

  it("nest along different axes", () => {
    const m = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const table = (a: Tensor, b: Tensor): Tensor => add(multiply(a, 10), b);
    const eachColumn = vmap(
      (column: Tensor) => vmap(table, { axes: [0, null] })(column, at(column, 0)),
      { axes: [1] },
    );
    expect(eachColumn(m).toArray()).toEqual([
      [11, 41],
      [22, 52],
      [33, 63],
    ]);
    const pairs = vmap(
      (row: Tensor) => vmap((x: Tensor) => multiply(x, tensor([1, 2])), { outAxis: 1 })(row),
      { outAxis: 2 },
    );
    expect(pairs(m).shape).toEqual([2, 3, 2]);
    expect(pairs(m).toArray()).toEqual([
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
      [
        [2, 8],
        [4, 10],
        [6, 12],
      ],
    ]);
  });

  it("repeat what does not depend on the example, numbers as well", () => {
    const f = (x: Tensor): unknown => ({ x, one: 1, slope: grad((w: Tensor) => square(w))(1.5) });
    expectClose(vmap(f)(tensor([7, 8])), [7, 8, 1, 1, 3, 3]);
    expect((vmap((_: Tensor) => 3)(tensor([1, 2])) as Tensor).shape).toEqual([2]);
    const second = vmap((_: Tensor, y: Tensor) => square(y), { axes: [0, null] });
    expect(second(batch, scalar(3)).toArray()).toEqual([9, 9, 9]);
    expect(refusal(() => vmap(square, { axes: [null] })(batch)).message).toContain("no argument");
  });

  it("of one example and of none have its shape", () => {
    const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
      sin,
      grad: (x) => grad((y: Tensor) => square(y))(x),
      hessian: (x) => hessian((y: Tensor) => square(y))(x),
      cond: (x) => cond(greater(x, 0), sqrt, square, x),
      scan: (x) => sum(scan((h: Tensor) => ({ carry: sin(h), y: h }), x, null, { length: 2 }).ys),
      whileLoop: (x) =>
        whileLoop(
          (y: Tensor) => less(y, 3),
          (y) => add(y, 1),
          x,
        ),
      vmap: (x) => sum(vmap((y: Tensor) => multiply(x, y))(batch)),
      checkpoint: (x) => checkpoint((y: Tensor) => sin(y))(x),
    };
    for (const f of Object.values(functions)) {
      expect(vmap(f)(zeros([0])).toArray()).toEqual([]);
      expect(vmap(vmap(f))(zeros([2, 0])).shape).toEqual([2, 0]);
      expectClose(vmap(f)(tensor([0.4])), f(scalar(0.4)));
      const total = (x: Tensor): Tensor => sum(vmap(f)(x));
      expect(jvp(total)(zeros([0]), zeros([0])).tangent.item()).toBe(0);
    }
    expect(vmap(jacobian(sin))(zeros([0, 3])).shape).toEqual([0, 3, 3]);
  });

  it("name in errors the shapes of one example, and what is wrong with the axes", () => {
    const m = zeros([2, 3]);
    const product = vmap((x: Tensor) => matmul(x, zeros([5])));
    expect(refusal(() => product(m)).message).toContain("[3]");
    const pair = (p: { a: Tensor }): Tensor => p.a;
    const asked: readonly [() => unknown, RegExp][] = [
      [() => vmap(sin, { axes: [5] })(m), /^vmap: argument 1: axis 5/],
      [() => vmap(sin, { axes: 0 as never })(m), /^vmap: axes is a list/],
      [() => vmap(pair, { axes: [{ b: 0 }] })({ a: m }), /^vmap: the axes name b/],
      [() => vmap(sin)(scalar(1)), /is a scalar and holds no examples/],
      [() => vmap((x: Tensor) => scalar(x.item()))(batch), /stands for 3 examples/],
    ];
    for (const [action, message] of asked) expect(refusal(action).message).toMatch(message);
  });
});

describe("closures", () => {
  /** Each function of p with one body inside another, beside plain JavaScript. */
  const pairs: Readonly<Record<string, readonly [(p: Tensor) => Tensor, (p: Tensor) => Tensor]>> = {
    "scan in scan": [
      (p) =>
        scan(
          (h: Tensor, a: Tensor) =>
            scan(
              (g: Tensor, b: Tensor) => ({ carry: sin(add(multiply(g, multiply(p, a)), b)) }),
              h,
              steps,
            ),
          p,
          steps,
        ).carry,
      (p) => {
        let h = p;
        for (const a of rows(steps)) {
          for (const b of rows(steps)) h = sin(add(multiply(h, multiply(p, a)), b));
        }
        return h;
      },
    ],
    "cond in scan": [
      (p) =>
        scan(
          (h: Tensor, a: Tensor) => ({
            carry: cond(
              greater(h, a),
              (y) => multiply(y, multiply(p, h)),
              (y) => add(y, multiply(p, a)),
              h,
            ),
          }),
          p,
          steps,
        ).carry,
      (p) =>
        rows(steps).reduce(
          (h, a) => (h.item() > a.item() ? multiply(h, multiply(p, h)) : add(h, multiply(p, a))),
          p,
        ),
    ],
    "checkpoint in scan": [
      (p) =>
        scan(
          (h: Tensor, a: Tensor) => ({
            carry: checkpoint((y: Tensor) => multiply(y, sin(multiply(multiply(h, p), a))))(h),
          }),
          p,
          steps,
        ).carry,
      (p) => rows(steps).reduce((h, a) => multiply(h, sin(multiply(multiply(h, p), a))), p),
    ],
    "vmap in scan": [
      (p) =>
        scan(
          (h: Tensor, a: Tensor) => ({
            carry: sum(vmap((e: Tensor) => sin(multiply(e, multiply(h, multiply(p, a)))))(steps)),
          }),
          p,
          steps,
        ).carry,
      (p) =>
        rows(steps).reduce((h, a) => sum(sin(multiply(steps, multiply(h, multiply(p, a))))), p),
    ],
    "grad in scan": [
      (p) =>
        scan(
          (h: Tensor, a: Tensor) => ({
            carry: grad((y: Tensor) => multiply(sin(multiply(y, p)), multiply(h, a)))(h),
          }),
          p,
          steps,
        ).carry,
      (p) =>
        rows(steps).reduce((h, a) => multiply(multiply(p, cos(multiply(h, p))), multiply(h, a)), p),
    ],
    "jvp in checkpoint": [
      (p) => checkpoint((y: Tensor) => jvp((z: Tensor) => multiply(square(z), p))(y, y).tangent)(p),
      (p) => multiply(2, pow(p, 3)),
    ],
    "scan in cond": [
      (p) =>
        cond(
          greater(p, 0),
          (y) => scan((h: Tensor) => ({ carry: multiply(h, p) }), y, null, { length: 3 }).carry,
          (y) => add(y, p),
          p,
        ),
      (p) => (p.item() > 0 ? pow(p, 4) : add(p, p)),
    ],
    "the same tensor as an argument, an element and from outside": [
      (p) =>
        scan((h: Tensor, e: Tensor) => ({ carry: multiply(multiply(h, e), p) }), p, stack([p, p]))
          .carry,
      (p) => pow(p, 5),
    ],
    "the same tensor twice as an argument": [
      (p) => checkpoint((a: Tensor, b: Tensor) => multiply(multiply(a, b), p))(p, p),
      (p) => pow(p, 3),
    ],
  };

  it.each(Object.entries(pairs))("%s take values from both levels outside", (_, [f, plain]) => {
    for (const p of numbers(batch)) {
      expectClose(f(scalar(p)), plain(scalar(p)));
      expectClose(grad(f)(p), grad(plain)(p));
      expectClose(jvp(f)(p, 1).tangent, grad(plain)(p));
      expectClose(hessian(f)(p), hessian(plain)(p));
    }
    const slopes = numbers(batch).map((p) => grad(plain)(p));
    expectClose(vmap(grad(f))(batch), slopes);
    expectClose(grad((x: Tensor) => sum(vmap(f)(x)))(batch), slopes);
    expectClose(jvp((x: Tensor) => vmap(f)(x))(batch, tensor([1, 1, 1])).tangent, slopes);
    expectClose(grad((x: Tensor) => sum(checkpoint(vmap(f))(x)))(batch), slopes);
    const formula = toFormula(f(symbol("p")));
    expectClose(gradient(formula).p?.({ p: 0.5 }), grad(plain)(0.5));
  });

  it("let loops of unknown length stop example by example, in forward mode", () => {
    const power = (p: Tensor) => (e: Tensor) =>
      whileLoop(
        (y: Tensor) => less(y, 10),
        (y) => multiply(y, p),
        e,
      );
    const examples = tensor([1, 2, 5]);
    const one = numbers(examples).map((e) => jvp((p: Tensor) => power(p)(scalar(e)))(3, 1));
    const all = jvp((p: Tensor) => vmap(power(p))(examples))(3, 1);
    expect(all.value.toArray()).toEqual(one.map(({ value }) => value.item()));
    expect(all.tangent.toArray()).toEqual(one.map(({ tangent }) => tangent.item()));
    const inLoop = (p: Tensor): Tensor =>
      scan((h: Tensor, e: Tensor) => ({ carry: power(p)(add(h, e)) }), p, tensor([0.1, 0.2])).carry;
    const plain = (p: Tensor): Tensor => [0.1, 0.2].reduce((h, e) => power(p)(add(h, e)), p);
    expectClose(jvp(inLoop)(1.7, 1).tangent, grad(plain)(1.7), 10);
  });

  it("cannot be made of a function with a rule of its own", () => {
    const rule = (p: Tensor) =>
      customRule({
        name: "closed",
        value: (x: Tensor) => multiply(x, p),
        pullback: (_inputs, _output, g) => [multiply(g, p)],
        check: false,
      });
    const asked = [
      () => grad((p: Tensor) => rule(p)(2))(3),
      () => vmap((p: Tensor) => rule(p)(p))(batch),
      () => scan((h: Tensor) => ({ carry: rule(h)(h) }), 1, null, { length: 2 }),
    ];
    for (const action of asked) expect(refusal(action).message).toContain("Pass it as an argument");
  });
});

describe("functions with rules of their own", () => {
  const value = (x: Tensor): Tensor => sin(x);
  const kinds = {
    pulled: customRule({ name: "pulled", value, pullback: ([x], _y, g) => [multiply(g, cos(x))] }),
    pushed: customRule({
      name: "pushed",
      value,
      pushforward: ([x], _y, [d]) => multiply(d, cos(x)),
    }),
  };

  it.each(Object.entries(kinds))("keep their derivatives inside loops and batches: %s", (_, f) => {
    const bodies = (g: (x: Tensor) => Tensor): ((x: Tensor) => Tensor)[] => [
      (x) => checkpoint((y: Tensor) => multiply(g(y), y))(x),
      (x) => scan((h: Tensor, e: Tensor) => ({ carry: multiply(g(h), e) }), x, steps).carry,
      (x) =>
        cond(
          greater(x, 0),
          (y) => multiply(g(y), y),
          (y) => g(y),
          x,
        ),
    ];
    const plain = bodies(value);
    bodies((x) => f(x)).forEach((body, i) => {
      const expected = plain[i] as (x: Tensor) => Tensor;
      expectClose(grad(body)(0.5), grad(expected)(0.5));
      expectClose(hessian(body)(0.5), hessian(expected)(0.5));
      expectClose(vmap(grad(body))(batch), vmap(grad(expected))(batch));
      expectClose(grad((x: Tensor) => sum(vmap(body)(x)))(batch), vmap(grad(expected))(batch));
      expectClose(
        vmap(vmap(grad(grad(body))))(reshape(batch, [3, 1])),
        vmap(hessian(expected))(batch),
      );
    });
  });

  it("may take numbers out in a rule, in a loop too", () => {
    const f = customRule({
      name: "numeric",
      value,
      pullback: ([x], _y, g) => [scalar(g.item() * Math.cos(x.item()))],
      check: false,
    });
    const loop = (x: Tensor): Tensor =>
      scan((h: Tensor) => ({ carry: f(h) }), x, null, { length: 2 }).carry;
    expectClose(grad(loop)(1), Math.cos(1) * Math.cos(Math.sin(1)));
    expectClose(vmap(grad((x: Tensor) => f(x)))(zeros([0])), []);
    expect(refusal(() => grad(grad(loop))(1)).message).toContain("no further derivative");
  });

  it("have their own sparsity pattern wherever they stand", () => {
    const straight = customRule({
      name: "straight",
      value: (x: Tensor) => round(x),
      pullback: (_inputs, _output, g) => [g],
      check: false,
    });
    const x = tensor([1.2, 2.3]);
    const inside = sparseJacobian(checkpoint((y: Tensor) => straight(y)))(x);
    expect(inside.toDense().toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe("whole numbers and truth values", () => {
  const f = (x: Tensor): Tensor =>
    scan(
      ({ k, b, s }: { k: Tensor; b: Tensor; s: Tensor }) => ({
        carry: {
          k: add(k, 1),
          b: not(b),
          s: where(b, multiply(s, x), add(s, cast(k, x.dtype))),
        },
      }),
      { k: scalar(0, "int32"), b: tensor(1, { dtype: "bool" }), s: cast(1, x.dtype) },
      null,
      { length: 4 },
    ).carry.s;

  it("are carried along beside what is differentiated", () => {
    const plain = (x: Tensor): Tensor => add(multiply(add(x, 1), x), 3);
    for (const x of [2, 3]) expect(grad(f)(x)).toBe(grad(plain)(x));
    expectClose(vmap(grad(f))(batch), vmap(grad(plain))(batch));
    expectClose(hvp(f)(2, 3), 6);
    const { value, pullback } = vjp((x: Tensor) => ({ s: f(x), k: cast(x, "int32") }))(2.5);
    expect(value.k.dtype).toBe("int32");
    expectClose(pullback({ s: 1, k: 5 }), grad(plain)(2.5));
  });

  it("that a number was rounded to are constants", () => {
    const g = (x: Tensor): Tensor => multiply(x, cast(x, "int32"));
    expect(grad(g)(2.5)).toBe(2);
    expect(jvp(g)(2.5, 1).tangent.item()).toBe(2);
    expect(grad(checkpoint(g))(2.5)).toBe(2);
    expect(toFormula(g(symbol("x")))({ x: 2.5 }).item()).toBe(5);
    expect(() => jvp(g)(scalar(2, "int32"), scalar(1))).toThrow(/no derivative by the int32/);
  });

  it("leave float32 as it is", () => {
    const x = scalar(2, "float32");
    const { value, gradient: slope } = valueAndGrad(f)(x);
    expect([value.dtype, slope.dtype]).toEqual(["float32", "float32"]);
    expect(hessian(f)(x).dtype).toBe("float32");
    expect(vmap(grad(f))(cast(batch, "float32")).dtype).toBe("float32");
  });
});

describe("choices", () => {
  const safe: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    cond: (x) => cond(greater(x, 0), sqrt, (y) => multiply(0, y), x),
    where: (x) => where(greater(x, 0), sqrt(x), 0),
    "cond around a loop": (x) =>
      cond(
        greater(x, 0),
        (y) => scan((h: Tensor) => ({ carry: sqrt(h) }), y, null, { length: 1 }).carry,
        (y) => multiply(0, y),
        x,
      ),
  };
  const points = tensor([4, 0, -1]);
  const slopes = [0.25, 0, 0];
  const ones = tensor([1, 1, 1]);

  it.each(Object.entries(safe))("see nothing of what they did not choose: %s", (_, f) => {
    const all = (x: Tensor): Tensor => vmap(f)(x);
    expectClose(vmap(grad(f))(points), slopes);
    expectClose(grad((x: Tensor) => sum(all(x)))(points), slopes);
    expectClose(grad((x: Tensor) => sum(checkpoint(all)(x)))(points), slopes);
    expectClose(jvp(checkpoint(all))(points, ones).tangent, slopes);
    expectClose(vmap(vmap(grad(f)))(reshape(points, [3, 1])), slopes);
    expectClose(vmap(grad((r: Tensor) => sum(vmap(f)(r))))(reshape(points, [3, 1])), slopes);
    expectClose(vmap(hessian(f))(points), [-1 / 32, 0, 0]);
    const loop = (x: Tensor): Tensor =>
      sum(scan((h: Tensor) => ({ carry: add(h, all(x)) }), zeros([3]), null, { length: 2 }).carry);
    expectClose(grad(loop)(points), multiply(2, tensor(slopes)));
  });

  it("that leave out a loop, a checkpoint or a choice see nothing of it", () => {
    const bodies: readonly ((x: Tensor) => Tensor)[] = [
      checkpoint(sqrt),
      (x) => scan((h: Tensor) => ({ carry: sqrt(h) }), x, null, { length: 1 }).carry,
      (x) => cond(less(x, 100), sqrt, (y) => y, x),
    ];
    for (const body of bodies) {
      const f = (x: Tensor): Tensor => where(greater(x, 0), body(x), 0);
      expectClose(vmap(grad(f))(points), slopes);
      const s = symbol("s");
      const formula = gradient(toFormula(f(s))).s;
      numbers(points).forEach((x, i) => {
        expectClose(grad(f)(x), slopes[i]);
        expectClose(grad(checkpoint(f))(x), slopes[i]);
        expectClose(formula?.({ s: x }), slopes[i]);
      });
    }
  });

  it("never give a function the examples that are not its own", () => {
    const table = tensor([1, 2, 3]);
    const places = tensor([[0, 2, 5]], { dtype: "int32" });
    const looked = (i: Tensor): Tensor =>
      cond(
        less(i, 3),
        (k) => gather(table, k),
        () => scalar(0),
        i,
      );
    expect(vmap(vmap(looked))(places).toArray()).toEqual([[1, 3, 0]]);
    const walked = (i: Tensor): Tensor =>
      whileLoop(
        ({ k }: { k: Tensor; s: Tensor }) => less(k, 3),
        ({ k, s }) => ({ k: add(k, 1), s: add(s, gather(table, k)) }),
        { k: i, s: 0 },
      ).s;
    expect(vmap(vmap(walked))(places).toArray()).toEqual([[6, 3, 0]]);
  });
});

describe("singular points", () => {
  const x = tensor([0, 1, -1]);
  const zero = tensor([0, 0, 0]);
  const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    norm: (v) => norm(v),
    std: (v) => std(v),
    hypot: (v) => hypot(at(v, 0), multiply(0, at(v, 1))),
    power: (v) => sum(pow(v, multiply(2, stopGradient(add(1, multiply(0, v)))))),
    relu: (v) => sum(square(relu(v))),
    max: (v) => max(v),
    entropy: (v) => sum(where(greater(v, 0), multiply(v, log(v)), 0)),
    sinc: (v) => sum(where(less(abs(v), 1e-9), 1, divide(sin(v), v))),
    nested: (v) => sum(where(greater(v, 0), where(greater(v, 1), log(v), sqrt(v)), multiply(2, v))),
  };
  const first = (y: Tensor): Tensor => at(y, 0);
  const looped = (f: (y: Tensor) => Tensor) => (all: Tensor) =>
    scan((h: Tensor) => ({ carry: vmap(grad(f))(h) }), all, null, { length: 1 }).carry;

  it.each(Object.entries(functions))("of %s are the same everywhere", (_, f) => {
    for (const point of [x, zero]) {
      const slope = grad(f)(point);
      const twice = stack([point, point]);
      const total = (g: typeof f) => (all: Tensor) => sum(vmap(g)(all));
      const slopes: readonly Tensor[] = [
        grad(checkpoint(f))(point),
        checkpoint(grad(f))(point),
        first(vmap(grad(checkpoint(f)))(twice)),
        first(checkpoint(vmap(grad(f)))(twice)),
        first(grad(total(f))(twice)),
        first(grad(checkpoint(total(f)))(twice)),
        first(looped(f)(twice)),
      ];
      for (const found of slopes) expectClose(found, slope);
      const curve = hessian(f)(point);
      const curves: readonly Tensor[] = [
        hessian(checkpoint(f))(point),
        checkpoint(hessian(f))(point),
        first(vmap(hessian(f))(twice)),
        first(checkpoint(vmap(hessian(f)))(twice)),
      ];
      for (const found of curves) expectClose(found, curve);
    }
  });
});

describe("what does not vary", () => {
  const slope = (f: (x: Tensor) => Tensor): number => grad(f)(3);
  const push = (f: (x: Tensor) => Tensor): number => jvp(f)(3, 1).tangent.item();

  it("is no zero that an infinite derivative is multiplied with", () => {
    const twice = checkpoint((x: Tensor) => ({ a: multiply(x, 2), b: sqrt(x) }));
    expect(grad((x: Tensor) => twice(x).a)(0)).toBe(2);
    const scaled = checkpoint((x: Tensor, k: Tensor) => multiply(x, sqrt(k)));
    expect(push((x) => scaled(x, scalar(0)))).toBe(0);
    const chosen = (x: Tensor): Tensor =>
      cond(
        greater(x, -1),
        (y) => ({ a: multiply(y, 2), b: sqrt(multiply(0, y)) }),
        (y) => ({ a: y, b: y }),
        x,
      ).a;
    expect(vmap(grad(chosen))(tensor([0, 1])).toArray()).toEqual([2, 2]);
    const elements = (x: Tensor): Tensor =>
      scan((h: Tensor, e: Tensor) => ({ carry: add(h, sqrt(e)) }), x, zeros([2])).carry;
    const beside = (x: Tensor): Tensor =>
      scan(
        ({ h, k }: { h: Tensor; k: Tensor }) => ({
          carry: { h: multiply(h, 2), k: sqrt(multiply(k, h)) },
          y: sqrt(multiply(h, 0)),
        }),
        { h: x, k: 0 },
        null,
        { length: 3 },
      ).carry.h;
    for (const way of [slope, push]) {
      expect(way(elements)).toBe(1);
      expect(way(beside)).toBe(8);
    }
    const loop = (x: Tensor): Tensor =>
      whileLoop(
        ({ h }: { h: Tensor; k: Tensor }) => less(h, 10),
        ({ h, k }) => ({ h: add(multiply(h, 2), sqrt(k)), k }),
        { h: x, k: 0 },
      ).h;
    expect(jvp(vmap(loop))(tensor([1, 3]), tensor([1, 1])).tangent.toArray()).toEqual([16, 4]);
  });

  it("needs no derivative, be it of an order or of a loop of unknown length", () => {
    const order = scalar(1);
    const f = (x: Tensor): Tensor =>
      scan((h: Tensor, n: Tensor) => ({ carry: polygamma(n, h) }), x, stack([order, order])).carry;
    const plain = (x: Tensor): Tensor => polygamma(order, polygamma(order, x));
    expectClose(grad(f)(2), grad(plain)(2));
    expectClose(jvp(f)(2, 1).tangent, grad(plain)(2));
    const masked = (x: Tensor): Tensor =>
      sum(where(greater(x, 0), checkpoint((y: Tensor, n: Tensor) => polygamma(n, y))(x, order), 0));
    expectClose(grad(masked)(tensor([2, -1])), [grad((x: Tensor) => polygamma(1, x))(2), 0]);
    const counted = (i: Tensor): Tensor =>
      whileLoop(
        (k: Tensor) => less(k, 1),
        (k) => add(k, 1),
        i,
      );
    const taken = (x: Tensor): Tensor =>
      sum(gather(x, vmap(counted)(tensor([-3, 2], { dtype: "int32" }))));
    expect(grad(taken)(batch).toArray()).toEqual([0, 1, 1]);
  });
});

describe("trees and errors", () => {
  it("may hold empty objects and lists", () => {
    const p = { x: 1, none: {}, list: [] };
    const f = (q: typeof p): Tensor => {
      const { y } = checkpoint((r: typeof p) => ({ y: sin(r.x as never), z: {} }))(q) as never;
      return y;
    };
    expect(grad(f as never)(p as never)).toEqual({ x: Math.cos(1), none: {}, list: [] });
    const running = scan((_: object, x: Tensor) => ({ carry: {}, y: sin(x) }), {}, batch);
    expect(running.carry).toEqual({});
    expectClose(running.ys, sin(batch));
    const each = vmap(
      (x: Tensor) => scan(() => ({ carry: {}, y: sin(x) }), {}, null, { length: 2 }).ys,
    );
    expect((each(batch) as Tensor).shape).toEqual([3, 2]);
  });

  it("of no steps and of no elements have gradients", () => {
    const f = (x: Tensor): Tensor =>
      sum(scan((h: Tensor, e: Tensor) => ({ carry: multiply(h, e), y: h }), 2, x).ys);
    expect(grad(f)(zeros([0])).shape).toEqual([0]);
    const none = (x: Tensor): Tensor =>
      scan((h: Tensor) => ({ carry: exp(h) }), x, zeros([0]) as never, { checkpoint: 3 }).carry;
    expect(grad(none)(3)).toBe(1);
  });

  it("refuses a tensor of a transformation that has ended, whichever it was", () => {
    let leaked: Tensor = scalar(0);
    const keep = (x: Tensor): Tensor => {
      leaked = sin(x);
      return x;
    };
    const leaks: readonly (() => unknown)[] = [
      () => grad(keep)(1),
      () => jvp(keep)(1, 1),
      () => vjp(keep)(1),
      () => jacobian(keep)(1),
      () => vmap(keep)(batch),
      () => checkpoint(keep)(scalar(1)),
      () => scan((h: Tensor) => ({ carry: keep(h) }), 1, null, { length: 2 }),
      () => vmap((x: Tensor) => cond(greater(x, 0), keep, keep, x))(batch),
      () =>
        vmap((x: Tensor) =>
          whileLoop(
            (y: Tensor) => less(y, 2),
            (y) => add(keep(y), 1),
            x,
          ),
        )(batch),
    ];
    for (const leak of leaks) {
      leak();
      const uses: readonly (() => unknown)[] = [
        () => sin(leaked),
        () => grad((x: Tensor) => multiply(x, leaked))(1),
        () => jvp((x: Tensor) => multiply(x, leaked))(1, 1),
        () => grad(() => leaked)(1),
        () => jvp(() => leaked)(1, 1),
        () => vmap((_: Tensor) => leaked)(batch),
        () => checkpoint((x: Tensor) => multiply(x, leaked))(scalar(1)),
        () => scan((h: Tensor) => ({ carry: add(h, leaked) }), 1, null, { length: 2 }),
        () => multiply(symbol("s"), leaked),
      ];
      for (const use of uses) expect(refusal(use).message).toMatch(/is used after it returned/);
    }
  });

  it("leaves everything in order when a function throws", () => {
    const failures: readonly ((f: (x: Tensor) => Tensor) => unknown)[] = [
      (f) => grad(f)(1),
      (f) => jvp(f)(1, 1),
      (f) => vmap(f)(batch),
      (f) => checkpoint(f)(scalar(1)),
      (f) =>
        vmap(grad((x: Tensor) => scan((h: Tensor) => ({ carry: f(h) }), x, batch).carry))(batch),
      (f) => vmap((x: Tensor) => cond(greater(x, 0), f, f, x))(batch),
    ];
    for (const fail of failures) {
      const thrown = new Error("mine");
      expect(() =>
        fail(() => {
          throw thrown;
        }),
      ).toThrow(thrown);
      // d/dx (x · d/dy (x + y)), which a level left behind would confuse.
      expect(grad((x: Tensor) => multiply(x, grad((y: Tensor) => add(x, y))(1) as never))(1)).toBe(
        1,
      );
    }
  });

  it("names the operation that failed inside a body", () => {
    const m = zeros([2, 3]);
    const asked: readonly [() => unknown, RegExp][] = [
      [
        () => scan((h: Tensor, x: Tensor) => ({ carry: matmul(h, x) }), m, zeros([3, 2, 2])),
        /^matmul/,
      ],
      [() => checkpoint((x: Tensor) => gather(x, [7]))(m), /^gather/],
      [
        () => scan((h: Tensor) => ({ carry: stack([h, h]) }), 1, null, { length: 2 }),
        /^scan: the state/,
      ],
      [() => scan((h: Tensor) => h as never, 1, null, { length: 2 }), /^scan: a step returns/],
      [() => scan((h: Tensor) => ({ carry: h }), 1, scalar(2) as never), /^scan: .*scalar/],
      [
        () => scan((h: Tensor) => ({ carry: h }), 1, null, { length: 4, checkpoint: 2.5 }),
        /^scan: checkpoint is/,
      ],
    ];
    for (const [action, message] of asked) expect(refusal(action).message).toMatch(message);
  });
});

describe("high orders and long programs", () => {
  it("differentiate the seventh power five times, in every way", () => {
    const powers: readonly ((x: Tensor) => Tensor)[] = [
      (x) => pow(x, 7),
      (x) => checkpoint((y: Tensor) => pow(y, 7))(x),
      (x) => scan((h: Tensor) => ({ carry: multiply(h, x) }), 1, null, { length: 7 }).carry,
    ];
    for (const power of powers) {
      const reverse = grad(grad(grad(grad(grad(power)))) as never) as (x: number) => number;
      expect(reverse(2)).toBe(7 * 6 * 5 * 4 * 3 * 4);
      let forward = power;
      for (let i = 0; i < 5; i++) {
        const previous = forward;
        forward = (x) => jvp(previous)(x, scalar(1)).tangent;
      }
      expect(forward(scalar(2)).item()).toBe(7 * 6 * 5 * 4 * 3 * 4);
    }
  });

  it("go through a hundred thousand operations, ten thousand steps and a thousand examples", () => {
    const loop = (x: Tensor): Tensor => {
      let value = x;
      for (let i = 0; i < 100_000; i++) value = divide(add(value, x), 2);
      return value;
    };
    expect(grad(loop)(3)).toBeCloseTo(1, 12);
    const long = (x: Tensor): Tensor =>
      scan((h: Tensor) => ({ carry: divide(add(h, x), 2) }), x, null, { length: 10_000 }).carry;
    expect(grad(long)(3)).toBeCloseTo(1, 12);
    const many = vmap(grad((x: Tensor) => pow(x, 3)))(zeros([1000]));
    expect(many.shape).toEqual([1000]);
  });
});
