// checkGradients: a gradient that is wrong is never called right, and rounding is never called a kink.

import { describe, expect, it } from "vitest";
import { tryComplexStep } from "../../src/autodiff/check.ts";
import { centralDifference, smoothnessAt } from "../../src/autodiff/differences.ts";
import {
  abs,
  cast,
  checkGradients,
  cos,
  divide,
  equal,
  floor,
  grad,
  multiply,
  sin,
  sqrt,
  square,
  subtract,
  type Tensor,
  tan,
  tensor,
  where,
} from "../../src/autodiff/index.ts";

type Scalar = (x: Tensor) => Tensor;

const verdictAt = (f: Scalar, x: number): string | undefined =>
  checkGradients(f, x).elements[0]?.verdict;

const sinc: Scalar = (x) => divide(sin(x), x);
const cancelling: Scalar = (x) => divide(subtract(1, cos(x)), square(x));

describe("a gradient that cancels", () => {
  it("is not ok although the complex step cancels with it", () => {
    const report = checkGradients(sinc, 1e-8);
    expect(report.ok).toBe(false);
    expect(report.elements[0]?.verdict).toBe("cancellation");
    expect(String(report)).toContain("cancellation");
  });

  it("is not ok where rounding looks like a jump", () => {
    for (const x of [1e-4, 1e-5, 1e-6]) {
      const { ok, elements } = checkGradients(cancelling, x);
      expect({ x, ok, kind: elements[0]?.smoothness.kind }).toEqual({
        x,
        ok: false,
        kind: "smooth",
      });
    }
  });

  it("is ok where nothing cancels", () => {
    for (const x of [0.1, 1, 5]) expect(verdictAt(sinc, x)).toBe("agrees");
    expect(verdictAt((x) => subtract(subtract(x, 1e10), -1e10), 0.3)).toBe("agrees");
    expect(verdictAt((x) => subtract(1, cos(x)), 1.2e-8)).toBe("agrees");
    expect(verdictAt((x) => subtract(x, sin(x)), 4e-7)).toBe("agrees");
    expect(verdictAt(sin, 1e10)).toBe("agrees");
    expect(verdictAt((x) => divide(1, x), 1e-10)).toBe("agrees");
  });

  it("is judged by the resolution of float32 where that is the dtype", () => {
    const single: Scalar = (x) => cast(sin(cast(x, "float32")), "float64");
    expect(checkGradients(single, 0.7).elements[0]?.smoothness.kind).toBe("smooth");
  });
});

describe("points without a derivative have their names", () => {
  const kindAt = (f: Scalar, x: number): string =>
    smoothnessAt((value) => f(tensor(value)).item(), x).kind;

  it("kink, cusp, jump, isolated value and pole", () => {
    expect(kindAt(abs, 0)).toBe("kink");
    expect(kindAt((x) => sqrt(abs(x)), 0)).toBe("cusp");
    expect(kindAt(floor, 2)).toBe("jump");
    expect(kindAt((x) => where(equal(x, 2), 5, x), 2)).toBe("isolated");
    expect(kindAt(tan, Math.PI / 2)).toBe("pole");
    expect(kindAt(sqrt, 0)).toBe("edge");
    expect(kindAt((x) => multiply(x, abs(x)), 0)).toBe("smooth");
  });

  it("are not called wrong", () => {
    expect(verdictAt((x) => sqrt(abs(x)), 0)).toBe("kink");
    expect(verdictAt((x) => where(equal(x, 2), 5, x), 2)).toBe("kink");
    expect(verdictAt(tan, Math.PI / 2)).toBe("undefined");
  });
});

describe("the witnesses", () => {
  it("the finite difference takes the noise of the function into account", () => {
    const f = (x: number): number => (1 - Math.cos(x)) / (x * x);
    const { value, error } = centralDifference(f, 1e-3, () => 2e-10);
    expect(value).toBeCloseTo(-8.333333e-5, 8);
    expect(error).toBeLessThan(1e-8);
  });

  it("the complex step refuses what another derivative follows", () => {
    let refused = "";
    grad((x: Tensor) => {
      const step = tryComplexStep((y) => multiply(y, x), [tensor(2)], 0, 0);
      if ("refused" in step) ({ refused } = step);
      return square(x);
    })(3);
    expect(refused).toContain("another derivative follows");
  });
});
