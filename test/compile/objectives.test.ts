// Compiled gradients of the objectives of examples/ against PyTorch, and loops and choices of every kind.

import { describe, expect, it } from "vitest";
import { residuals } from "../../examples/bundle-adjustment.ts";
import { mixtureGradient } from "../../examples/gaussian-mixture.ts";
import { lstmGradient } from "../../examples/lstm.ts";
import {
  add,
  checkpoint,
  compile,
  concat,
  cond,
  divide,
  exp,
  grad,
  greater,
  index,
  less,
  matmul,
  multiply,
  type NestedArray,
  scan,
  sin,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
  vmap,
  whileLoop,
} from "../../src/index.ts";
import fixture from "../fixtures/objectives.json" with { type: "json" };

function expectClose(found: Tensor, expected: NestedArray): void {
  const right = [expected].flat(9) as number[];
  const left = [found.toArray()].flat(9) as number[];
  expect(left).toHaveLength(right.length);
  const size = Math.max(...right.map(Math.abs));
  left.forEach((value, i) => {
    expect(Math.abs(value - (right[i] as number))).toBeLessThanOrEqual(1e-12 * size);
  });
}

function tensors<K extends string>(arrays: Readonly<Record<K, NestedArray>>): Record<K, Tensor> {
  const entries = Object.entries<NestedArray>(arrays).map(([name, value]) => [name, tensor(value)]);
  return Object.fromEntries(entries) as Record<K, Tensor>;
}

describe("compiled objectives of ADBench", () => {
  it.each(fixture.mixture)("Gaussian mixture %#", ({ parameters, points, prior, gradient }) => {
    type Mixture = { alphas: Tensor; means: Tensor; factors: Tensor };
    const program = compile((mixture: Mixture, data: Tensor) =>
      mixtureGradient(mixture, data, prior),
    );
    const found = program(tensors(parameters), tensor(points));
    expectClose(found.alphas, gradient.alphas);
    expectClose(found.means, gradient.means);
    expectClose(found.factors, gradient.factors);
  });

  it.each(fixture.lstm)("LSTM %#", ({ parameters, state, sequence, gradient }) => {
    const found = compile(lstmGradient, undefined, { backend: "wasm" })(
      tensors(parameters),
      tensor(state),
      tensor(sequence),
    );
    expectClose(found.main, gradient.main);
    expectClose(found.extra, gradient.extra);
  });

  it("bundle adjustment", () => {
    const cameras = [0.1, -0.2, 0.05, 0.3, 0.1, -5, 1.2, 0.1, 0.2, 0.01, -0.02];
    const still = cameras.with(0, 0).with(1, 0).with(2, 0);
    const scene = {
      cameras: tensor([cameras, still]),
      points: tensor([
        [0.2, -0.1, 0.5],
        [-0.4, 0.3, 0.1],
        [0, 0.2, -0.3],
      ]),
      weights: tensor([1, 0.5, 0.8, 1.2]),
    };
    const seen = {
      cameras: tensor([0, 1, 1, 0], { dtype: "int32" }),
      points: tensor([0, 1, 2, 2], { dtype: "int32" }),
      features: tensor([
        [0.1, 0],
        [0.2, -0.1],
        [0, 0.3],
        [0.4, 0.1],
      ]),
    };
    const cost = (at: typeof scene) => sum(square(residuals(at, seen)));
    const expected = grad(cost)(scene);
    const found = compile(grad(cost), undefined, { backend: "wasm" })(scene);
    expectClose(found.cameras, expected.cameras.toArray());
    expectClose(found.points, expected.points.toArray());
    expectClose(found.weights, expected.weights.toArray());
  });
});

const matrix = tensor([
  [0.5, -0.2],
  [0.1, 0.9],
]);
const rows = tensor([
  [1, 2],
  [-1, 0.5],
  [0.3, -0.7],
]);

/** Functions of a matrix and rows that loop and choose. */
const functions: Readonly<Record<string, (m: Tensor, x: Tensor) => Tensor>> = {
  scan: (m, x) => {
    const { carry, ys } = scan(
      (state: Tensor, row: Tensor) => {
        const next = sin(add(matmul(m, state), row));
        return { carry: next, y: { state, double: multiply(next, 2) } };
      },
      tensor([0.1, 0.2]),
      x,
    );
    return add(sum(carry), add(sum(square(ys.state)), sum(ys.double)));
  },
  "scan from the last to the first": (m, x) =>
    sum(
      scan(
        (state: Tensor, row: Tensor) => ({ carry: add(matmul(m, state), row), y: state }),
        tensor([0, 1]),
        x,
        { reverse: true },
      ).ys,
    ),
  "scan in chunks": (m, x) =>
    sum(
      scan(
        (state: Tensor, row: Tensor) => ({ carry: sin(add(matmul(m, state), row)) }),
        tensor([0, 1]),
        concat([x, x, x]),
        { checkpoint: true },
      ).carry,
    ),
  "a scan within a scan": (m, x) =>
    sum(
      scan(
        (state: Tensor, row: Tensor) => ({
          carry: scan((inner: Tensor) => ({ carry: matmul(m, add(inner, row)) }), state, null, {
            length: 3,
          }).carry,
        }),
        tensor([0, 1]),
        x,
      ).carry,
    ),
  cond: (m, x) =>
    sum(
      cond(
        greater(sum(m), 0),
        (a, b) => matmul(b, a),
        (a, b) => add(b, sum(a)),
        m,
        x,
      ),
    ),
  "cond for each example": (m, x) =>
    sum(
      vmap((row: Tensor) =>
        cond(
          less(index(row, [0]), 0.5),
          (r) => exp(matmul(m, r)),
          (r) => divide(1, r),
          row,
        ),
      )(x),
    ),
  checkpoint: (m, x) => sum(checkpoint((a: Tensor, b: Tensor) => sin(matmul(b, a)))(m, x)),
};

describe("loops and choices are compiled, and so are their gradients", () => {
  it.each(Object.entries(functions))("%s", (_, f) => {
    const both = grad(({ m, x }: { m: Tensor; x: Tensor }) => f(m, x));
    for (const at of [
      { m: matrix, x: rows },
      { m: subtract(0, matrix), x: rows },
    ]) {
      const program = compile(
        (m: Tensor, x: Tensor) => [f(m, x), both({ m, x })] as const,
        undefined,
        {
          backend: "wasm",
        },
      );
      const [value, slopes] = program(at.m, at.x);
      expectClose(value, f(at.m, at.x).toArray());
      const expected = both(at);
      expectClose(slopes.m, expected.m.toArray());
      expectClose(slopes.x, expected.x.toArray());
      const [again] = program(at.m, at.x);
      expect(again.item()).toBe(value.item());
    }
  });

  it("whileLoop", () => {
    const root = (a: Tensor) =>
      whileLoop(
        (x: Tensor) => greater(sum(square(subtract(multiply(x, x), a))), 1e-24),
        (x: Tensor) => multiply(0.5, add(x, divide(a, x))),
        tensor([1, 1]),
      );
    const program = compile(root, undefined, { backend: "wasm" });
    expectClose(program(tensor([9, 2])), [3, Math.SQRT2]);
    expectClose(program(tensor([16, 1])), [4, 1]);
  });
});
