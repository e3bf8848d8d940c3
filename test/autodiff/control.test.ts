// cond, scan, whileLoop and checkpoint against the same programs written with JavaScript's own ifs and loops.

import { describe, expect, it } from "vitest";
import {
  abs,
  add,
  cast,
  checkGradients,
  checkpoint,
  cond,
  divide,
  exp,
  type Formula,
  grad,
  gradient,
  greater,
  hessian,
  jacobian,
  jvp,
  less,
  log,
  matmul,
  multiply,
  type NestedArray,
  type ScanOptions,
  type SymbolicTensor,
  SymtapeError,
  scalar,
  scan,
  sin,
  sqrt,
  square,
  subtract,
  sum,
  symbol,
  type Tensor,
  tanh,
  tensor,
  toFormula,
  toJSON,
  vmap,
  whileLoop,
} from "../../src/autodiff/index.ts";

function caught(action: () => unknown): SymtapeError {
  try {
    action();
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error("expected a SymtapeError");
}

function numbers(value: Tensor | NestedArray): number[] {
  const nested = typeof value === "object" && "toArray" in value ? value.toArray() : value;
  return [nested].flat(9) as number[];
}

function expectClose(
  found: Tensor | NestedArray,
  expected: Tensor | NestedArray,
  relative = 1e-14,
): void {
  const right = numbers(expected);
  const size = Math.max(...right.map(Math.abs), 1e-300);
  numbers(found).forEach((value, i) => {
    expect(Math.abs(value - (right[i] as number)) / size).toBeLessThanOrEqual(relative);
  });
}

const inputs = [
  [1, 2],
  [3, 4],
  [5, 6],
  [0.5, -1],
  [2, 2],
  [-1, 0.3],
  [0.2, 0.7],
];

/** A recurrent network of two units: the last state and all results, as one number. */
function byScan(options: ScanOptions): (w: Tensor) => Tensor {
  return (w) => {
    const { carry, ys } = scan(
      (h: Tensor, x: Tensor) => {
        const next = tanh(add(matmul(w, h), x));
        return { carry: next, y: multiply(next, x) };
      },
      tensor([0, 0.1]),
      tensor(inputs),
      options,
    );
    return add(sum(square(carry)), sum(ys));
  };
}

function byLoop(reverse: boolean): (w: Tensor) => Tensor {
  return (w) => {
    let h: Tensor = tensor([0, 0.1]);
    let total: Tensor = scalar(0);
    for (const x of reverse ? inputs.toReversed() : inputs) {
      h = tanh(add(matmul(w, h), tensor(x)));
      total = add(total, sum(multiply(h, tensor(x))));
    }
    return add(sum(square(h)), total);
  };
}

const weights = tensor([
  [0.1, 0.2],
  [-0.3, 0.4],
]);

describe("scan", () => {
  const cases: [string, ScanOptions][] = [
    ["forwards", {}],
    ["backwards", { reverse: true }],
    ["with checkpoints", { checkpoint: true }],
    ["backwards with a checkpoint every third step", { checkpoint: 3, reverse: true }],
  ];

  it.each(cases)("%s is the loop, with all its derivatives", (_, options) => {
    const f = byScan(options);
    const loop = byLoop(options.reverse === true);
    expectClose(f(weights), loop(weights));
    expectClose(grad(f)(weights), grad(loop)(weights));
    const { tangent } = jvp(f)(weights, weights);
    expectClose(tangent, jvp(loop)(weights, weights).tangent, 1e-12);
    expectClose(hessian(f)(weights) as Tensor, hessian(loop)(weights) as Tensor, 1e-13);
    const third = (g: typeof f) => grad((w: Tensor) => sum(hessian(g)(w) as Tensor))(weights);
    expectClose(third(f), third(loop), 1e-12);
    const batch = tensor([
      [
        [0.1, 0.2],
        [-0.3, 0.4],
      ],
      [
        [0.5, 0.2],
        [-0.1, 0.4],
      ],
    ]);
    expectClose(vmap(grad(f))(batch), vmap(grad(loop))(batch));
  });

  it("results stand where their elements stood, in either direction", () => {
    const running = (options: ScanOptions): NestedArray =>
      scan(
        (carry: Tensor, x: Tensor) => ({ carry: add(carry, x), y: carry }),
        0,
        tensor([1, 2, 3, 4, 5]),
        options,
      ).ys.toArray();
    expect(running({})).toEqual([0, 1, 3, 6, 10]);
    expect(running({ checkpoint: 2 })).toEqual([0, 1, 3, 6, 10]);
    expect(running({ reverse: true })).toEqual([14, 12, 9, 5, 0]);
    expect(running({ reverse: true, checkpoint: 2 })).toEqual([14, 12, 9, 5, 0]);
  });

  it("differentiates by its start and its elements, trees of any form", () => {
    const f = (p: { start: { a: Tensor; b: Tensor }; xs: readonly [Tensor, Tensor] }): Tensor => {
      const { carry } = scan(
        ({ a, b }: { a: Tensor; b: Tensor }, [x, y]: readonly [Tensor, Tensor]) => ({
          carry: { a: add(multiply(a, x), b), b: sin(add(b, y)) },
        }),
        p.start,
        p.xs,
      );
      return add(carry.a, square(carry.b));
    };
    const params = {
      start: { a: 0.5, b: 2 },
      xs: [tensor([1, 2, 0.3]), tensor([0.1, -0.4, 2])] as const,
    };
    const report = checkGradients(f, params);
    expect(report.ok).toBe(true);
  });

  it("counts in whole numbers beside what it differentiates", () => {
    const powers = (x: Tensor): Tensor =>
      scan(
        ({ k, total }: { k: Tensor; total: Tensor }) => ({
          carry: { k: add(k, 1), total: add(multiply(total, x), cast(k, "float64")) },
        }),
        { k: scalar(1, "int32"), total: 0 },
        null,
        { length: 3 },
      ).carry.total;
    expect(powers(scalar(2)).item()).toBe(11);
    expect(grad(powers)(2)).toBe(6);
  });

  it("becomes part of a graph, with a derivative that is a graph", () => {
    const x = symbol("x");
    const power = scan((carry: Tensor) => ({ carry: multiply(carry, x) }), 1, null, { length: 5 });
    const formula = toFormula(power.carry);
    expect(formula({ x: 2 }).item()).toBe(32);
    expect((gradient(formula).x as Formula)({ x: 2 }).item()).toBe(80);
    expect(caught(() => toJSON(power.carry)).kind).toBe("unsupported");
  });

  it("of no steps is its start", () => {
    const none = (start: Tensor): Tensor =>
      scan((carry: Tensor) => ({ carry: exp(carry) }), start, null, { length: 0 }).carry;
    expect(grad(none)(3)).toBe(1);
  });

  it("refuses a state that changes, sequences that differ, and a loop without an end", () => {
    const changed = (): unknown =>
      scan((_: Tensor) => ({ carry: tensor([1, 2]) as Tensor }), 0, null, { length: 2 });
    expect(caught(changed)).toMatchObject({ kind: "shape" });
    const differing = (): unknown =>
      scan(
        (carry: Tensor, [x, y]: readonly [Tensor, Tensor]) => ({ carry: add(add(carry, x), y) }),
        0,
        [tensor([1, 2]), tensor([1, 2, 3])],
      );
    expect(caught(differing).message).toContain("2, 3");
    expect(caught(() => scan((c: Tensor) => ({ carry: c }), 0, null)).message).toContain("length");
    const looks = (): unknown =>
      scan((c: Tensor) => ({ carry: c.item() > 0 ? c : exp(c) }), 0, null, { length: 2 });
    expect(caught(looks).message).toContain("where");
  });
});

describe("cond", () => {
  const f = (x: Tensor, p: Tensor): Tensor =>
    cond(
      greater(x, 0),
      (y) => multiply(sqrt(y), p),
      (y) => multiply(y, y),
      x,
    );

  it("with numbers runs one function only", () => {
    let ran = "";
    cond(
      true,
      () => {
        ran += "yes";
        return scalar(1);
      },
      () => {
        ran += "no";
        return scalar(2);
      },
    );
    expect(ran).toBe("yes");
    expect(grad((x: Tensor) => f(x, scalar(3)))(4)).toBe(0.75);
    expect(grad((x: Tensor) => f(x, scalar(3)))(-4)).toBe(-8);
  });

  it("in a graph is one operation, of which one side is computed", () => {
    const x = symbol("x");
    const p = symbol("p");
    const formula = toFormula(f(x, p));
    expect((formula.output as SymbolicTensor).node.op.name).toBe("cond");
    for (const at of [4, -4]) {
      const loop = grad((v: Tensor, w: Tensor) => f(v, w))(at, scalar(3));
      expect(formula({ x: at, p: 3 }).item()).toBe(f(scalar(at), scalar(3)).item());
      expect((gradient(formula).x as Formula)({ x: at, p: 3 }).item()).toBe(loop);
      expect((gradient(gradient(formula).x as Formula).x as Formula)({ x: at, p: 3 }).item()).toBe(
        grad((v: Tensor) => grad((w: Tensor) => f(w, scalar(3)))(v) as unknown as Tensor)(at),
      );
    }
  });

  it("inside vmap chooses for each example, without a NaN of the other side", () => {
    const at = tensor([4, -4, 9]);
    const each = vmap((x: Tensor) => f(x, scalar(3)));
    expect(each(at).toArray()).toEqual([6, 16, 9]);
    expect(vmap(grad((x: Tensor) => f(x, scalar(3))))(at).toArray()).toEqual([0.75, -8, 0.5]);
    expect(grad((x: Tensor) => sum(each(x)))(at).toArray()).toEqual([0.75, -8, 0.5]);
    expect(jvp(each)(at, tensor([1, 1, 1])).tangent.toArray()).toEqual([0.75, -8, 0.5]);
  });

  it("refuses functions whose results differ, and conditions that are no scalar", () => {
    const x = symbol("x");
    const differing = (): unknown =>
      cond(
        greater(x, 0),
        () => tensor([1, 2]) as Tensor,
        () => scalar(1),
      );
    expect(caught(differing)).toMatchObject({ kind: "shape" });
    const many = (): unknown =>
      cond(
        greater(tensor([1, 2]), 0),
        () => 1,
        () => 2,
      );
    expect(caught(many).message).toContain("where()");
  });
});

describe("whileLoop", () => {
  /** The square root by Newton's iteration. */
  const root = (a: Tensor): Tensor =>
    whileLoop(
      (x: Tensor) => greater(abs(subtract(square(x), a)), multiply(1e-14, a)),
      (x: Tensor) => divide(add(x, divide(a, x)), 2),
      1,
    );

  it("with numbers is a JavaScript loop in every mode", () => {
    expect(root(scalar(9)).item()).toBe(3);
    expect(grad(root)(9)).toBeCloseTo(1 / 6, 12);
    expect(jvp(root)(9, 1).tangent.item()).toBeCloseTo(1 / 6, 12);
  });

  it("inside vmap stops each example by itself", () => {
    const found = vmap(root)(tensor([4, 9, 1e6, 1]));
    expectClose(found, [2, 3, 1000, 1]);
    const { tangent } = jvp(vmap(root))(tensor([4, 9, 1e6]), tensor([1, 1, 1]));
    numbers(tangent).forEach((slope, i) => {
      expect(slope).toBeCloseTo([1 / 4, 1 / 6, 1 / 2000][i] as number, 12);
    });
  });

  it("in a graph has forward mode and says that it has no reverse mode", () => {
    const a = symbol("a");
    const formula = toFormula(root(a));
    expect(formula({ a: 16 }).item()).toBe(4);
    expect(caught(() => gradient(formula)).message).toContain("scan()");
  });

  it("keeps a state of several parts", () => {
    const logarithm = (x: Tensor): Tensor =>
      whileLoop(
        ({ left }: { left: Tensor; halvings: Tensor }) => greater(left, 2),
        ({ left, halvings }) => ({ left: divide(left, 2), halvings: add(halvings, 1) }),
        { left: x, halvings: 0 },
      ).halvings;
    expect(logarithm(scalar(100)).item()).toBe(6);
    expect(vmap(logarithm)(tensor([1, 3, 100])).toArray()).toEqual([0, 1, 6]);
  });
});

describe("checkpoint", () => {
  const f = (x: Tensor, p: Tensor): Tensor => sum(exp(sin(multiply(log(x), p))));
  const at = tensor([0.5, 1, 2]);

  it("has the value and all derivatives of its function", () => {
    const g = checkpoint(f);
    const p = tensor([1, 2, 3]);
    expectClose(g(at, p), f(at, p));
    expectClose(grad(g)(at, p), grad(f)(at, p));
    expectClose(hessian(g)(at, p) as Tensor, hessian(f)(at, p) as Tensor);
    expectClose(vmap(grad(g))(tensor([[1], [2]]), tensor([[3], [4]])), [
      ...numbers(grad(f)(tensor([1]), tensor([3]))),
      ...numbers(grad(f)(tensor([2]), tensor([4]))),
    ]);
  });

  it("differentiates by what its function closes over", () => {
    const outer = (p: Tensor): Tensor => checkpoint((x: Tensor) => f(x, multiply(p, p)))(at);
    const plain = (p: Tensor): Tensor => f(at, multiply(p, p));
    expectClose(grad(outer)(tensor([1, 2, 3])), grad(plain)(tensor([1, 2, 3])));
    expectClose(
      jacobian((p: Tensor) => grad(outer)(p))(tensor([1, 2, 3])) as Tensor,
      jacobian((p: Tensor) => grad(plain)(p))(tensor([1, 2, 3])) as Tensor,
    );
  });

  it("nests", () => {
    const inner = checkpoint((x: Tensor) => sin(x));
    const outer = checkpoint((x: Tensor) => exp(inner(inner(x))));
    const plain = (x: Tensor): Tensor => exp(sin(sin(x)));
    expect(grad(outer)(0.7)).toBe(grad(plain)(0.7));
  });

  it("refuses a choice by JavaScript's own if, with the remedy", () => {
    const g = checkpoint((x: Tensor) => (x.item() > 0 ? x : exp(x)));
    expect(caught(() => g(scalar(1))).message).toContain("where");
    expect(less(1, 2).item()).toBe(1);
  });
});
