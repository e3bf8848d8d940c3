// The exact types of Jacobians, products with Hessians, custom rules and sparse matrices.

import { describe, expect, expectTypeOf, it } from "vitest";
import {
  customRule,
  type FormulaRecord,
  hvp,
  jacobian,
  multiply,
  type SparseMatrix,
  sparseHessian,
  sparseJacobian,
  square,
  sum,
  type Tensor,
  type TensorLike,
  tensor,
} from "../../src/autodiff/index.ts";
import { parse } from "../../src/expr/symbolic/index.ts";

interface Layer {
  readonly w: Tensor;
  readonly b: Tensor;
}

const layer = { w: tensor([[1, 2]]), b: 3 };
const loss = (p: Layer): Tensor => multiply(sum(square(p.w)), p.b);

describe("types", () => {
  it("a mode leaves the type of a Jacobian as it is", () => {
    const found = jacobian((p: Layer) => ({ out: multiply(p.w, p.b) }), { mode: "forward" })(layer);
    expectTypeOf(found.out.w).toEqualTypeOf<Tensor>();
    expectTypeOf(found.out.b).toEqualTypeOf<Tensor | number>();
    expectTypeOf(jacobian(parse("x^2"), ["x"])).toEqualTypeOf<FormulaRecord>();
    // @ts-expect-error there is no such mode
    expect(() => jacobian((x: Tensor) => x, { mode: "backward" })).toThrow();
    expect(found.out.w.shape).toEqual([1, 2, 1, 2]);
  });

  it("the product with a Hessian has the type of the argument, and so has the vector", () => {
    const found = hvp(loss)(layer, { w: tensor([[1, 0]]), b: 0 });
    expectTypeOf(found).toEqualTypeOf<{ w: Tensor; b: number }>();
    expectTypeOf(hvp((x) => square(x))(2, 1)).toEqualTypeOf<number>();
    const slopes = hvp(parse("x^2 * y"))({ x: 3, y: 2 }, { x: 1, y: 0 });
    expectTypeOf(slopes).toEqualTypeOf<{ x: number; y: number }>();
    // @ts-expect-error a leaf is missing
    expect(() => hvp(loss)(layer, { w: tensor([[1, 0]]) })).toThrow(/tree of 2 leaves/);
    // @ts-expect-error a name is missing
    expect(() => hvp(parse("x * y"))({ x: 3, y: 2 }, { x: 1 })).toThrow(/tree of 2 leaves/);
    expect([found.b, slopes]).toEqual([2, { x: 4, y: 6 }]);
  });

  it("a custom function takes what its value takes, numbers for scalars", () => {
    const f = customRule({
      name: "scaledBy",
      value: (x, scale) => {
        expectTypeOf(x).toEqualTypeOf<Tensor>();
        return multiply(x, scale);
      },
      pullback: ([x, scale], y, cotangent) => {
        expectTypeOf(y).toEqualTypeOf<Tensor>();
        expectTypeOf(cotangent).toEqualTypeOf<Tensor>();
        return [multiply(cotangent, scale), multiply(cotangent, x)];
      },
      check: [[1, 2]],
    });
    expect(f(2, 3).item()).toBe(6);
    const tree = customRule({
      name: "treeOf",
      value: (x: Tensor) => ({ a: x, b: [square(x)] as const }),
      pullback: ([x], y, cotangent) => {
        expectTypeOf(x).toEqualTypeOf<Tensor>();
        expectTypeOf(y.a).toEqualTypeOf<Tensor>();
        return [multiply(cotangent.a, multiply(cotangent.b[0], 0))];
      },
      check: false,
    });
    expectTypeOf(tree).parameters.toEqualTypeOf<[x: TensorLike]>();
    expectTypeOf(tree(1).b[0]).toEqualTypeOf<Tensor>();
    // @ts-expect-error an argument is missing
    expect(() => tree()).toThrow();
    const number = customRule({
      name: "numberOf",
      value: (x: Tensor) => x.item() ** 2,
      pullback: ([x], _y, cotangent) => [multiply(cotangent, multiply(2, x))],
    });
    expectTypeOf(number(3)).toEqualTypeOf<Tensor>();
  });

  it("sparse derivatives take the argument and what follows it", () => {
    const jac = sparseJacobian((p: Layer, scale: number) => multiply(p.w, scale));
    expectTypeOf(jac(layer, 2)).toEqualTypeOf<SparseMatrix>();
    // @ts-expect-error the further argument is missing
    expect(() => jac(layer)).toThrow();
    expectTypeOf(sparseHessian(loss)(layer)).toEqualTypeOf<SparseMatrix>();
    sparseHessian((x) => {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      return x;
    });
    expect(jac(layer, 2).shape).toEqual([2, 3]);
  });
});
