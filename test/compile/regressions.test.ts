// Programs that once were wrong.

import { describe, expect, it } from "vitest";
import {
  compile,
  grad,
  greater,
  multiply,
  ones,
  sum,
  type Tensor,
  where,
} from "../../src/index.ts";

describe("gradients of graphs", () => {
  it("count every element where both operands were repeated", () => {
    const [left, right] = [ones([5, 2, 1, 4]), multiply(2, ones([5, 1, 4, 4]))];
    const byLeft = grad((x: Tensor) => sum(multiply(multiply(x, right), 0.5)));
    const byRight = grad((y: Tensor) => sum(multiply(left, y)));
    expect(compile(byLeft)(left).toArray()).toEqual(byLeft(left).toArray());
    expect(compile(byRight)(right).toArray()).toEqual(byRight(right).toArray());
  });

  it("count every element that a choice repeats", () => {
    const x = ones([1, 3]);
    const f = grad((y: Tensor) => sum(multiply(where(greater(y, 0), x, y), 0.5)));
    const y = multiply(-1, ones([1, 1]));
    expect(f(y).toArray()).toEqual([[1.5]]);
    expect(compile(f)(y).toArray()).toEqual([[1.5]]);
  });
});
