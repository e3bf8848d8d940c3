// Trees as arguments and results: what counts is where a leaf is, and not in which order it was written.

import { describe, expect, expectTypeOf, it } from "vitest";
import {
  add,
  cond,
  customRule,
  grad,
  greater,
  hvp,
  jvp,
  less,
  mapTree,
  multiply,
  scan,
  sin,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
  vjp,
  vmap,
  whileLoop,
} from "../../src/autodiff/index.ts";

interface Pair {
  readonly a: Tensor;
  readonly b: Tensor;
}

const product = ({ a, b }: Pair): Tensor => sum(multiply(a, b));

describe("the entries of an object have no order", () => {
  it("in the state of a loop", () => {
    const scanned = scan(
      ({ a, b }, x) => ({ carry: { b: multiply(b, 2), a: add(a, x) } }),
      { a: 0, b: 1 },
      tensor([1, 2]),
    );
    expect([scanned.carry.a.item(), scanned.carry.b.item()]).toEqual([3, 4]);
    const last = whileLoop(
      ({ a }) => less(a, 3),
      ({ a, b }) => ({ b: multiply(b, 2), a: add(a, 1) }),
      { a: 0, b: 1 },
    );
    expect([last.a.item(), last.b.item()]).toEqual([3, 8]);
  });

  it("in what the functions of cond return", () => {
    const f = (x: Tensor): Pair =>
      cond(
        greater(x, 0),
        (y) => ({ a: y, b: square(y) }),
        (y) => ({ b: y, a: square(y) }),
        x,
      );
    const { a, b } = vmap(f)(tensor([2, -3]));
    expect([a.toArray(), b.toArray()]).toEqual([
      [2, 9],
      [4, -3],
    ]);
  });

  it("in tangents, vectors and cotangents", () => {
    const point = { a: tensor([1, 2]), b: tensor([3, 4]) };
    const along = { b: tensor([0, 0]), a: tensor([1, 0]) };
    expect(jvp(product)(point, along).tangent.item()).toBe(3);
    expect(hvp(product)(point, along).b.toArray()).toEqual([1, 0]);
    const { pullback } = vjp((x: Tensor) => ({ a: x, b: square(x) }))(3);
    expect(pullback({ b: 1, a: 0 })).toBe(6);
  });

  it("in the result of a rule", () => {
    const f = customRule({
      name: "unordered",
      value: (x: Tensor): Pair => ({ a: x, b: square(x) }),
      pushforward: ([x], _, [dx]) => ({ b: multiply(dx, multiply(2, x)), a: dx }),
    });
    expect(grad((x: Tensor) => add(f(x).a, multiply(10, f(x).b)))(3)).toBe(61);
  });
});

describe("mapTree", () => {
  const params = { layers: [{ w: tensor([1, 2]) }, { w: tensor([3]) }], scale: 2 };

  it("applies a function at every leaf and keeps numbers as numbers", () => {
    const doubled = mapTree((x) => multiply(x, 2), params);
    expectTypeOf(doubled.layers[0]?.w).toEqualTypeOf<Tensor | undefined>();
    expectTypeOf(doubled.scale).toEqualTypeOf<number>();
    expect(JSON.stringify(doubled)).toBe('{"layers":[{"w":[2,4]},{"w":[6]}],"scale":4}');
    expect(mapTree(() => 1, 5)).toBe(1);
  });

  it("takes leaves of further trees by their places", () => {
    const steps = { scale: 1, layers: params.layers };
    const found = mapTree((x, step, same) => add(subtract(x, step), same), params, steps, params);
    expect(JSON.stringify(found)).toBe('{"layers":[{"w":[1,2]},{"w":[3]}],"scale":3}');
  });

  it("is differentiated through", () => {
    const energy = (p: { w: Tensor; b: Tensor }): Tensor => multiply(sum(square(p.w)), p.b);
    const afterStep = (p: { w: Tensor; b: Tensor }): Tensor =>
      energy(mapTree((x, slope) => subtract(x, multiply(0.1, slope)), p, grad(energy)(p)));
    const { b } = grad(afterStep)({ w: tensor([1]), b: 3 });
    // (w − 0.2·w·b)²·(b − 0.1·w²) at w = 1, b = 3: −0.4·0.4·2.9 + 0.16
    expect(b).toBeCloseTo(-0.304, 12);
  });

  it("refuses trees with other leaves and results that are no tensors", () => {
    expect(() => mapTree((x) => x, { a: 1, b: 2 }, { a: 1 } as never)).toThrow(
      "mapTree: all trees need the same leaves: .a, .b beside .a.",
    );
    expect(() => mapTree(() => [1] as never, 1)).toThrow(/^mapTree: expected a Tensor/);
    expect(() => mapTree(sin, { name: "x" as never })).toThrow(/at .name there is string/);
  });
});

describe("the step of a scan", () => {
  it("says what it has to return", () => {
    const asInJax = ((carry: Tensor, x: Tensor) => [carry, x]) as never;
    expect(() => scan(asInJax, 0, tensor([1]))).toThrow(/returns \{ carry, y \}.*got an array/);
    expect(() => scan(((carry: Tensor) => carry) as never, 0, tensor([1]))).toThrow(/got a Tensor/);
    expect(() => scan((() => undefined) as never, 0, tensor([1]))).toThrow(/got undefined/);
  });
});
