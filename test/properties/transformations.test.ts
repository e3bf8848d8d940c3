// Random programs under random stacks of transformations, against plain loops in forward mode alone.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  cast,
  checkpoint,
  grad,
  gradient,
  hessian,
  hvp,
  index,
  jacobian,
  jvp,
  matmul,
  multiply,
  scan,
  sparseHessian,
  sparseJacobian,
  stack,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  vjp,
  vmap,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import { constant, type Program, plain, programs, rich } from "./programs.ts";

type Map = (x: Tensor) => Tensor;

const weights = (like: Tensor): Tensor => constant(like, [0.7, -1.1, 0.4]);
const direction = (like: Tensor): Tensor => constant(like, [0.5, 0.9, -0.6]);
const units = [0, 1, 2].map((k) => tensor([0, 1, 2].map((i) => Number(i === k))));
/** The examples of a batch, as multiples of the argument. */
const scales = [1, 0.7, -0.4];

const weighted = (f: Map) => (x: Tensor) => sum(multiply(weights(x), f(x)));
const along = (f: Map, v: (x: Tensor) => Tensor) => (x: Tensor) => jvp(f)(x, v(x)).tangent;
/** The gradient in forward mode, element by element. */
const gradientOf =
  (f: Map): Map =>
  (x) =>
    stack(units.map((unit) => along(f, () => unit)(x)));
const examplesOf = (x: Tensor): Tensor[] => scales.map((scale) => multiply(x, scale));
const unbatched = (results: readonly Tensor[]): Tensor =>
  results.reduce((total, result, k) => add(total, multiply(result, k + 1)));

/** A transformation as the library has it, and as loops over plain programs. */
interface Transformation {
  readonly rich: (f: Map) => Map;
  readonly plain: (f: Map) => Map;
}

const identity = (f: Map): Map => f;
const batched: Transformation["plain"] = (f) => (x) =>
  unbatched(examplesOf(x).map((one) => f(one)));
const combined = (results: Tensor): Tensor => unbatched(scales.map((_, k) => index(results, [k])));

const transformations: Readonly<Record<string, Transformation>> = {
  grad: { rich: (f) => (x) => grad(weighted(f))(x), plain: (f) => gradientOf(weighted(f)) },
  vjp: {
    rich: (f) => (x) => vjp(f)(x).pullback(weights(x)),
    plain: (f) => gradientOf(weighted(f)),
  },
  jvp: { rich: (f) => along(f, direction), plain: (f) => along(f, direction) },
  "forward jacobian": {
    rich: (f) => (x) => matmul(jacobian(f, { mode: "forward" })(x), direction(x)),
    plain: (f) => along(f, direction),
  },
  "reverse jacobian": {
    rich: (f) => (x) => matmul(jacobian(f, { mode: "reverse" })(x), direction(x)),
    plain: (f) => along(f, direction),
  },
  hvp: {
    rich: (f) => (x) => hvp(weighted(f))(x, direction(x)),
    plain: (f) => gradientOf(along(weighted(f), direction)),
  },
  hessian: {
    rich: (f) => (x) => matmul(hessian(weighted(f))(x) as Tensor, direction(x)),
    plain: (f) => gradientOf(along(weighted(f), direction)),
  },
  vmap: { rich: (f) => (x) => combined(vmap(f)(stack(examplesOf(x)))), plain: batched },
  "vmap along other axes": {
    rich: (f) => (x) => {
      const found = vmap(f, { axes: [-1], outAxis: -1 })(stack(examplesOf(x), { axis: 1 }));
      return matmul(found, constant(x, [1, 2, 3]));
    },
    plain: batched,
  },
  checkpoint: { rich: (f) => checkpoint(f), plain: identity },
  "loop of one step": {
    rich: (f) => (x) => scan((h: Tensor) => ({ carry: f(h) }), x, null, { length: 1 }).carry,
    plain: identity,
  },
};

const numbers = fc.integer({ min: -1500, max: 1500 }).map((n) => n / 1000 + 0.000_123);
const vectors = fc.tuple(numbers, numbers, numbers).map((list) => tensor(list));
const stacks = (length: number): fc.Arbitrary<string[]> =>
  fc.array(fc.constantFrom(...Object.keys(transformations)), { minLength: 1, maxLength: length });

function transformed(names: readonly string[], kind: keyof Transformation, f: Map): Map {
  return names.reduce((g, name) => (transformations[name] as Transformation)[kind](g), f);
}

const numbersIn = (value: Tensor): number[] => Array.from(dataOf(value.concrete("test")));

/** The numbers agree as far as their largest allows; a truth that is not finite is no witness. */
function expectClose(found: Tensor, expected: Tensor, tolerance: number): void {
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe(expected.dtype);
  const truth = numbersIn(expected);
  fc.pre(truth.every((value) => Math.abs(value) < 1e12));
  const size = Math.max(1e-3, ...truth.map(Math.abs));
  numbersIn(found).forEach((value, i) => {
    const gap = Math.abs(value - (truth[i] as number)) / size;
    expect(gap, `element ${i}: ${value} beside ${truth[i]}`).toBeLessThanOrEqual(tolerance);
  });
}

const OPTIONS = { seed: 7, numRuns: 150 } as const;

const applied =
  (program: Program, kind: keyof Transformation, p: Tensor): Map =>
  (x) =>
    (kind === "rich" ? rich : plain)(program)(x, p);

describe("random programs", () => {
  it("have the same derivatives and batches as plain loops", () => {
    fc.assert(
      fc.property(programs(2, 3), stacks(3), vectors, vectors, (program, names, x, p) => {
        const truth = transformed(names, "plain", applied(program, "plain", p))(x);
        expectClose(transformed(names, "rich", applied(program, "rich", p))(x), truth, 1e-8);
      }),
      OPTIONS,
    );
  });

  it("have them by what their functions close over, inside other transformations", () => {
    fc.assert(
      fc.property(
        programs(2, 2),
        stacks(2),
        stacks(1),
        vectors,
        vectors,
        (program, inner, outer, x, p) => {
          const by = (kind: keyof Transformation): Tensor => {
            const f: Map = (q) =>
              transformed(inner, kind, applied(program, kind, q))(multiply(x, q));
            return transformed(outer, kind, f)(p);
          };
          expectClose(by("rich"), by("plain"), 1e-8);
        },
      ),
      OPTIONS,
    );
  });

  it("have them in forward mode through loops of unknown length", () => {
    const names = ["jvp", "forward jacobian", "vmap", "vmap along other axes", "checkpoint"];
    const stacked = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(programs(2, 2, true), stacked, vectors, vectors, (program, list, x, p) => {
        const truth = transformed(list, "plain", applied(program, "plain", p))(x);
        expectClose(transformed(list, "rich", applied(program, "rich", p))(x), truth, 1e-8);
      }),
      OPTIONS,
    );
  });

  it("keep float32, with float32 derivatives", () => {
    fc.assert(
      fc.property(programs(2, 2), stacks(2), vectors, vectors, (program, names, x, p) => {
        const f = (at: Tensor, q: Tensor): Tensor =>
          transformed(names, "rich", (y) => applied(program, "rich", q)(y))(at);
        const found = f(cast(x, "float32"), cast(p, "float32"));
        expect(found.dtype).toBe("float32");
        expect(found.shape).toEqual([3]);
      }),
      OPTIONS,
    );
  });

  it("are graphs with the derivatives of their tapes", () => {
    fc.assert(
      fc.property(programs(2, 2), vectors, vectors, (program, x, p) => {
        const point = { x, p };
        const f = (at: typeof point): Tensor => weighted((y) => rich(program)(y, at.p))(at.x);
        const symbols = { x: symbol("x", { shape: [3] }), p: symbol("p", { shape: [3] }) };
        const formula = toFormula(add(f(symbols as never), sum(add(symbols.x, symbols.p))));
        const g = (at: typeof point): Tensor => add(f(at), sum(add(at.x, at.p)));
        expectClose(formula(point), g(point), 1e-9);
        const slopes = grad(g)(point);
        const curves = hessian(g)(point) as Record<string, Record<string, Tensor>>;
        const second = hessian(formula);
        for (const a of ["x", "p"] as const) {
          const slope = cast(gradient(formula)[a]?.(point) as Tensor, "float64");
          expectClose(slope, slopes[a], 1e-9);
          for (const b of ["x", "p"] as const) {
            const curve = cast(second[a]?.[b]?.(point) as Tensor, "float64");
            expectClose(curve, curves[a]?.[b] as Tensor, 1e-8);
          }
        }
      }),
      OPTIONS,
    );
  });

  it("have the sparse derivatives that they have in full", () => {
    fc.assert(
      fc.property(programs(2, 2), vectors, vectors, (program, x, p) => {
        const f = applied(program, "rich", p);
        const full = hessian(weighted(f))(x) as Tensor;
        expectClose(sparseJacobian(f)(x).toDense(), jacobian(f)(x), 1e-9);
        expectClose(sparseHessian(weighted(f))(x).toDense(), full, 1e-8);
      }),
      OPTIONS,
    );
  });
});
