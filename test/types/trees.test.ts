// The exact types of gradients: what `grad(f)(p)` returns has the type of `p`.

import { describe, expect, expectTypeOf, it } from "vitest";
import {
  add,
  checkGradients,
  customRule,
  type Formula,
  grad,
  greater,
  hessian,
  hvp,
  jacobian,
  jvp,
  type Like,
  matmul,
  multiply,
  record,
  type ScanResult,
  scan,
  sin,
  square,
  subtract,
  sum,
  type Tensor,
  type Traced,
  type TreeLike,
  tensor,
  type Untraced,
  valueAndGrad,
  vjp,
  vmap,
  whileLoop,
} from "../../src/autodiff/index.ts";
import { parse } from "../../src/expr/symbolic/reading/parse.ts";

interface Layer {
  readonly w: Tensor;
  readonly b: Tensor;
}

const layer = { w: tensor([[1, 2]]), b: 3 };
const loss = (p: Layer): Tensor => sum(add(matmul(p.w, tensor([1, 1])), p.b));

describe("types", () => {
  it("the gradient by a number is a number, by a tensor a tensor", () => {
    const slope: number = grad((x: Tensor) => square(x))(3);
    expectTypeOf(grad((x: Tensor) => square(x))(3)).toEqualTypeOf<number>();
    expectTypeOf(grad((x: Tensor) => sum(x))(tensor([1]))).toEqualTypeOf<Tensor>();
    expect(slope).toBe(6);
  });

  it("a parameter without annotation is a Tensor", () => {
    const f = grad((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return square(x);
    });
    expectTypeOf(f(2)).toEqualTypeOf<number>();
    jvp((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return x;
    })(1, 1);
    vjp((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return x;
    })(1);
    jacobian((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return x;
    })(1);
    hessian((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return x;
    })(1);
    valueAndGrad((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return x;
    })(1);
    expect(f(2)).toBe(4);
  });

  it("the gradient by a tree has the type of the tree, leaf by leaf", () => {
    const found = grad(loss)(layer);
    expectTypeOf(found).toEqualTypeOf<{ w: Tensor; b: number }>();
    expectTypeOf(valueAndGrad(loss)(layer)).toEqualTypeOf<{
      value: Tensor;
      gradient: { w: Tensor; b: number };
    }>();
    const list = grad((p: readonly Tensor[]) => p.reduce((a, b) => add(a, b)))([1, 2, 3]);
    expectTypeOf(list).toEqualTypeOf<number[]>();
    const pair = grad((p: readonly [Tensor, Tensor]) => multiply(p[0], p[1]))([
      1,
      tensor(2 as never),
    ] as const);
    expectTypeOf(pair[0]).toEqualTypeOf<number>();
    expect([found.b, list, pair[0]]).toEqual([1, [1, 1, 1], 2]);
  });

  it("the tangents and cotangents that are asked for have the types of what they belong to", () => {
    jvp(loss)(layer, { w: tensor([[1, 0]]), b: 1 });
    // @ts-expect-error a leaf is missing
    expect(() => jvp(loss)(layer, { w: tensor([[1, 0]]) })).toThrow(/tree of 2 leaves/);
    const { pullback } = vjp((x: Tensor) => [x, square(x)] as const)(2);
    expectTypeOf(pullback)
      .parameter(0)
      .toEqualTypeOf<readonly [Tensor | number, Tensor | number]>();
    expect(pullback([1, 1])).toBe(5);
  });

  it("a point that lacks a parameter does not compile", () => {
    // @ts-expect-error b is missing
    expect(() => grad(loss)({ w: tensor([[1, 2]]) })).toThrow();
    // @ts-expect-error a text is no tensor
    expect(() => grad(loss)({ w: "1", b: 2 })).toThrow();
    // @ts-expect-error a number is no result to differentiate
    expect(() => grad((x: Tensor) => x.item())(1)).toThrow();
  });

  it("second derivatives are trees of trees", () => {
    const found = hessian((p: Layer) => multiply(sum(p.w), p.b))(layer);
    expectTypeOf(found.b.b).toEqualTypeOf<number>();
    expectTypeOf(found.w.w).toEqualTypeOf<Tensor>();
    const table = jacobian((p: Layer) => ({ out: multiply(p.w, p.b) }))(layer);
    expectTypeOf(table.out.w).toEqualTypeOf<Tensor>();
    expectTypeOf(table.out.b).toEqualTypeOf<Tensor | number>();
    expect([found.b.b, table.out.w.shape]).toEqual([0, [1, 2, 1, 2]]);
  });

  it("a formula's derivatives are formulas by name", () => {
    expectTypeOf<ReturnType<typeof jacobian<Tensor>>>().toBeFunction();
    expectTypeOf<Formula>().toBeCallableWith({ x: 1, w: [[1, 2]] });
    expect(true).toBe(true);
  });

  it("Traced, Untraced and Like go leaf by leaf", () => {
    expectTypeOf<Traced<{ a: number; b: [Tensor, number] }>>().toEqualTypeOf<{
      a: Tensor;
      b: [Tensor, Tensor];
    }>();
    expectTypeOf<Untraced<{ a: Tensor }>>().toEqualTypeOf<{ a: Tensor | number }>();
    expectTypeOf<Like<{ readonly a: 3; b: Tensor[] }>>().toEqualTypeOf<{
      a: number;
      b: Tensor[];
    }>();
    expect(true).toBe(true);
  });
});

describe("lambdas need no annotations", () => {
  it("a formula's gradient has the point's form", () => {
    const slopes: { x: number; y: number } = grad(parse("x^2 * y"))({ x: 1, y: 2 });
    expect(slopes).toEqual({ x: 4, y: 1 });
  });

  it("record and checkGradients take their types from the point", () => {
    expect(record((x) => sin(x), 1).rows).toHaveLength(2);
    expect(checkGradients((p) => multiply(p.x, p.y), { x: 1, y: 2 }).ok).toBe(true);
    expect(checkGradients(([x, y]) => multiply(x, y), [1, tensor(2)]).ok).toBe(true);
  });

  it("scan takes them from the start and the sequences", () => {
    const found = scan((total, x) => ({ carry: add(total, x), y: total }), 0, tensor([1, 2]));
    expectTypeOf(found).toEqualTypeOf<ScanResult<Tensor, Tensor>>();
    const pairs = scan(
      ({ a, b }, [x, y]) => ({
        carry: { a: add(a, x), b: y },
        y: { product: multiply(b, y), one: 1 },
      }),
      { a: 0, b: tensor(1) },
      [tensor([1, 2]), tensor([3, 4])],
    );
    expectTypeOf(pairs.carry).toEqualTypeOf<{ a: Tensor; b: Tensor }>();
    expectTypeOf(pairs.ys).toEqualTypeOf<{ product: Tensor; one: Tensor }>();
    expect([found.carry.item(), pairs.carry.a.item(), pairs.ys.product.toArray()]).toEqual([
      3,
      3,
      [3, 12],
    ]);
    expect(pairs.ys.one.toArray()).toEqual([1, 1]);
  });

  it("whileLoop takes them from the start", () => {
    const last = whileLoop(
      ({ left }) => greater(left, 0),
      ({ x, left }) => ({ x: multiply(x, 2), left: subtract(left, 1) }),
      { x: 1, left: 3 },
    );
    expectTypeOf(last).toEqualTypeOf<{ x: Tensor; left: Tensor }>();
    expect(last.x.item()).toBe(8);
  });

  it("vmap takes tensors", () => {
    const products = vmap((x, y) => multiply(x, y))(tensor([1, 2]), tensor([3, 4]));
    expectTypeOf(products).toEqualTypeOf<Tensor>();
    expect(products.toArray()).toEqual([3, 8]);
  });
});

interface Model {
  readonly w: Tensor;
  readonly layers: readonly { readonly scale: Tensor }[];
}

describe("interfaces are trees", () => {
  const model: Model = { w: tensor([1, 2]), layers: [{ scale: tensor(3) }] };
  const energy = (p: Model): Tensor =>
    multiply(sum(square(p.w)), sum((p.layers[0] as Model["layers"][0]).scale));

  it("for checkGradients, record and scan", () => {
    expect(checkGradients(energy, model).ok).toBe(true);
    expect(record(energy, model).value.item()).toBe(15);
    const { carry } = scan((state: Model) => ({ carry: state }), model, null, { length: 2 });
    const same: Model = carry;
    expect(same.w.toArray()).toEqual([1, 2]);
  });

  it("for the result of a custom rule", () => {
    interface Parts {
      readonly squared: Tensor;
      readonly whole: Tensor;
    }
    const parts = customRule({
      name: "parts",
      value: (x: Tensor): Parts => ({ squared: square(x), whole: x }),
      pullback: ([x], _, { squared, whole }) => [add(multiply(squared, multiply(2, x)), whole)],
    });
    expectTypeOf(parts(3).squared).toEqualTypeOf<Tensor>();
    expect(grad((x: Tensor) => add(parts(x).squared, parts(x).whole))(3)).toBe(7);
  });

  it("functions over any tree take TreeLike", () => {
    const isRight = <P extends TreeLike>(f: (p: Traced<P>) => Tensor, p: P): boolean =>
      checkGradients(f, p).ok;
    expect(isRight(energy, model)).toBe(true);
  });
});

describe("directions", () => {
  it("may be numbers beside scalar tensors", () => {
    const slope = (x: Tensor): Tensor => jvp((y: Tensor) => square(y))(x, 1).tangent;
    expect(grad(slope)(3)).toBe(2);
    expect(hvp((x: Tensor) => square(x))(tensor(3), 1).item()).toBe(2);
  });
});
