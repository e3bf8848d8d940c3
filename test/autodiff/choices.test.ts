// What a choice left out contributes nothing, in every mode and to every order.

import { describe, expect, it } from "vitest";
import {
  grad,
  greater,
  jvp,
  log,
  multiply,
  sqrt,
  sum,
  type Tensor,
  tensor,
  vmap,
  where,
} from "../../src/autodiff/index.ts";

/** √x·log √x for positive x, else 0: at −1 the branch that is not chosen is NaN, and so are its derivatives. */
function f(x: Tensor): Tensor {
  const root = sqrt(x);
  return where(greater(x, 0), multiply(root, log(root)), 0);
}

const at = tensor([-1, 4]);
const slope = (x: Tensor): Tensor => grad((y: Tensor) => sum(f(y)))(x);
const first = (2 + Math.log(4)) / 8;
const second = -Math.log(4) / 64;

describe("a NaN in a branch that is not chosen", () => {
  it("does not reach the gradient of a tensor", () => {
    expect(slope(at).toArray()).toEqual([0, expect.closeTo(first, 15)]);
  });

  it("does not reach second derivatives", () => {
    const twice = [0, expect.closeTo(second, 15)];
    expect(grad((x: Tensor) => sum(slope(x)))(at).toArray()).toEqual(twice);
    expect(jvp(slope)(at, tensor([1, 1])).tangent.toArray()).toEqual(twice);
  });

  it("does not reach the other examples of a batch", () => {
    expect(vmap(grad(f))(at).toArray()).toEqual([0, expect.closeTo(first, 15)]);
    const curvature = vmap((x: Tensor) => grad((y: Tensor) => grad(f)(y))(x));
    expect(curvature(at).toArray()).toEqual([0, expect.closeTo(second, 15)]);
  });
});
