// Sparse Jacobians and Hessians: patterns that cover every nonzero, few products, and the dense values.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  argsort,
  checkpoint,
  concat,
  cond,
  customRule,
  divide,
  exp,
  floor,
  gather,
  grad,
  greater,
  hessian,
  index,
  jacobian,
  matmul,
  multiply,
  pow,
  reshape,
  round,
  SymtapeError,
  scan,
  sin,
  sort,
  sparseHessian,
  sparseJacobian,
  square,
  stack,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tensor,
  vmap,
  where,
} from "../../src/autodiff/index.ts";
import { type Rows, rowsOf } from "../../src/autodiff/sparse/coloring.ts";
import { type Plan, planMatrix, planSymmetric } from "../../src/autodiff/sparse/plan.ts";
import { applyAll } from "../../src/expr/apply.ts";
import { isFloat } from "../../src/expr/shape.ts";
import { contractOps, isDiscrete } from "../contract/subjects.ts";

function point(size: number): Tensor {
  return tensor(Float64Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i + 1)));
}

/** x[i + shift], zero beyond the ends. */
function shifted(x: Tensor, shift: 1 | -1): Tensor {
  const zero = tensor([0]);
  return shift === 1
    ? concat([index(x, [{ start: 1 }]), zero])
    : concat([zero, index(x, [{ stop: -1 }])]);
}

/** C. G. Broyden's tridiagonal system (1965). */
function broyden(x: Tensor): Tensor {
  const own = multiply(subtract(3, multiply(2, x)), x);
  return add(subtract(subtract(own, shifted(x, -1)), multiply(2, shifted(x, 1))), 1);
}

function rosenbrock(x: Tensor): Tensor {
  const here = index(x, [{ stop: -1 }]);
  const next = index(x, [{ start: 1 }]);
  return sum(add(multiply(100, square(subtract(next, square(here)))), square(subtract(1, here))));
}

function expectDense(found: Tensor, expected: Tensor): void {
  const left = found.toArray() as number[][];
  const right = reshape(expected, found.shape).toArray() as number[][];
  left.forEach((row, i) => {
    row.forEach((value, k) => {
      expect(value).toBeCloseTo(right[i]?.[k] as number, 12);
    });
  });
}

describe("sparseJacobian", () => {
  it("of a tridiagonal system of 10,000 variables takes three products", () => {
    const n = 10_000;
    const jac = sparseJacobian(broyden);
    const { shape, rows, columns, values, products } = jac(point(n));
    expect(products).toBe(3);
    expect(shape).toEqual([n, n]);
    expect(rows).toHaveLength(3 * n - 2);
    const x = point(n).toArray() as number[];
    const found = values.toArray() as number[];
    rows.forEach((row, k) => {
      const column = columns[k] as number;
      const expected = row === column ? 3 - 4 * (x[row] as number) : column < row ? -1 : -2;
      if (Math.abs((found[k] as number) - expected) > 1e-14)
        throw new Error(`entry ${row}, ${column}`);
    });
    const small = jac(point(9));
    expect(small.products).toBe(3);
    expectDense(small.toDense(), jacobian(broyden)(point(9)));
  });

  const systems: Readonly<Record<string, readonly [(x: Tensor) => Tensor, number, number]>> = {
    "one with a full row, by rows": [(x) => concat([stack([sum(square(x))]), sin(x)]), 6, 2],
    "one with a full column, by columns": [(x) => multiply(x, index(x, [0])), 6, 2],
    "many values of few variables": [(x) => multiply(point(40), sum(sin(x))), 3, 3],
    "few values of many variables, by rows": [(x) => stack([sum(x), sum(square(x))]), 30, 2],
    "element by element": [(x) => exp(multiply(x, x)), 8, 1],
    "a constant": [() => tensor([1, 2]), 4, 0],
  };

  it.each(Object.entries(systems))("of %s", (_, [f, size, products]) => {
    const found = sparseJacobian(f)(point(size));
    expect(found.products).toBe(products);
    expectDense(found.toDense(), jacobian(f)(point(size)));
  });

  it("lists the places row by row, as plain data", () => {
    const found = sparseJacobian((x: Tensor) => add(square(x), shifted(x, 1)))(tensor([1, 2, 0]));
    expect([...found.rows]).toEqual([0, 0, 1, 1, 2]);
    expect([...found.columns]).toEqual([0, 1, 1, 2, 2]);
    expect(found.values.toArray()).toEqual([2, 1, 4, 1, 0]);
    expect(found.toDense().toArray()).toEqual([
      [2, 1, 0],
      [0, 4, 1],
      [0, 0, 0],
    ]);
  });

  it("takes trees leaf by leaf, numbers and empty tensors among them", () => {
    const f = (p: { a: Tensor; b: Tensor; none: Tensor }) => [
      multiply(p.a, p.b),
      sum(p.b),
      multiply(p.none, p.a),
    ];
    const found = sparseJacobian(f)({ a: 2, b: tensor([[3, 4]]), none: tensor([]) });
    expect(found.toDense().toArray()).toEqual([
      [3, 2, 0],
      [4, 0, 2],
      [0, 1, 1],
    ]);
    const single = sparseJacobian((x: Tensor) => square(x))(tensor([1], { dtype: "float32" }));
    expect(single.values.dtype).toBe("float32");
    expect(single.toDense().dtype).toBe("float32");
  });

  it("reads the pattern once for each shape and each set of further arguments", () => {
    let runs = 0;
    const jac = sparseJacobian((x: Tensor, places: readonly number[]) => {
      runs++;
      return stack(places.map((place) => square(index(x, [place]))));
    });
    const places = [0, 2];
    expect([...jac(point(3), places).columns]).toEqual([0, 2]);
    expect(runs).toBe(2);
    jac(point(3), places);
    expect(runs).toBe(3);
    expect([...jac(point(3), [1, 2]).columns]).toEqual([1, 2]);
    expect(runs).toBe(5);
    jac(point(5), places);
    expect(runs).toBe(7);
  });

  it("is differentiated like any function, and works on batches", () => {
    const f = (x: Tensor): Tensor => sum(square(sparseJacobian(broyden)(x).values));
    const dense = (x: Tensor): Tensor => sum(square(jacobian(broyden)(x)));
    expect(grad(f)(point(5)).toArray()).toEqual(grad(dense)(point(5)).toArray());
    const traces = vmap((x: Tensor) => sparseJacobian(broyden)(x).toDense());
    const found = traces(stack([point(4), square(point(4))]));
    expectDense(index(found, [1]), jacobian(broyden)(square(point(4))));
    const nested = grad((scale: Tensor) =>
      sum(sparseJacobian((x: Tensor) => multiply(scale, square(x)))(point(3)).values),
    );
    expect(nested(2)).toBeCloseTo(2 * (sum(point(3)).item() as number), 13);
  });

  it("says how to mend a function that cannot be traced, and takes a pattern by hand", () => {
    const f = (x: Tensor): Tensor => (index(x, [0]).item() > 0 ? square(x) : x);
    const error = thrown(() => sparseJacobian(f)(point(3)));
    expect(error.kind).toBe("usage");
    expect(error.message).toMatch(/^sparseJacobian: .*where\(\) or cond\(\).*pattern: \{ rows/);
    const pattern = { rows: [2, 0, 1, 1], columns: [2, 0, 1, 1] };
    const found = sparseJacobian(f, { pattern })(point(3));
    expect([found.products, ...found.rows]).toEqual([1, 0, 1, 2]);
    expectDense(found.toDense(), jacobian(f)(point(3)));
    const again = sparseJacobian(broyden, { pattern: sparseJacobian(broyden)(point(6)) })(point(6));
    expectDense(again.toDense(), jacobian(broyden)(point(6)));
  });

  it("refuses patterns that do not fit, and whole numbers", () => {
    const given = (rows: number[], columns: number[]): unknown =>
      sparseJacobian(square, { pattern: { rows, columns } })(point(3));
    expect(thrown(() => given([0], [])).message).toMatch(/1 rows and 0 columns/);
    expect(thrown(() => given([0], [3])).message).toMatch(/row 0, column 3 of a matrix of 3 × 3/);
    expect(thrown(() => given([0.5], [0])).message).toMatch(/row 0.5/);
    const whole = tensor([1], { dtype: "int32" });
    expect(thrown(() => sparseJacobian((x: Tensor) => x)(whole)).kind).toBe("gradient");
  });
});

describe("patterns", () => {
  const count = (f: (x: Tensor) => Tensor, size = 4): number =>
    sparseJacobian(f)(point(size)).rows.length;

  it("hold the operands of every choice and nothing of its condition", () => {
    expect(count((x) => where(greater(sum(x), 0), x, index(x, [{ step: -1 }])))).toBe(8);
    expect(count((x) => where(greater(x, 0), 1, 2))).toBe(0);
    expect(count((x) => where(greater(tensor([1, -1, 1, -1]), 0), x, 0))).toBe(2);
    const chosen = (x: Tensor): Tensor =>
      cond(
        greater(sum(x), 0),
        (y) => square(y),
        (y) => y,
        x,
      );
    expectDense(sparseJacobian(chosen)(point(4)).toDense(), jacobian(chosen)(point(4)));
  });

  it("leave out what does not vary", () => {
    expect(count((x) => floor(x))).toBe(0);
    expect(count((x) => add(stopGradient(sum(x)), x))).toBe(4);
    expect(count((x) => multiply(tensor([0, 1, 0, 2]), x))).toBe(2);
    expect(
      count((x) =>
        matmul(
          tensor([
            [1, 0, 0, 0],
            [0, 2, 3, 0],
          ]),
          x,
        ),
      ),
    ).toBe(3);
    expect(count((x) => multiply(0, divide(1, x)))).toBe(0);
  });

  it("follow places that are known, and are full where an order is not", () => {
    expect(count((x) => gather(x, [3, 0, 0]))).toBe(3);
    expect(count((x) => gather(x, argsort(tensor([3, 1, 2, 0]))))).toBe(4);
    expect(count((x) => sort(x))).toBe(16);
    expect(count((x) => gather(x, argsort(x)))).toBe(16);
  });

  it("go through checkpoints, loops and custom rules", () => {
    expect(count((x) => checkpoint((y: Tensor) => square(y))(x))).toBe(4);
    const step = (c: Tensor, x: Tensor) => ({ carry: add(c, x), y: multiply(c, x) });
    expect(count((x) => scan(step, 1, x).ys as Tensor)).toBe(1 + 2 + 3 + 4);
    const straight = customRule({
      name: "straight",
      value: (x: Tensor) => round(x),
      pullback: (_x, _y, g) => [g],
      check: false,
    });
    expect(count((x) => straight(x))).toBe(4);
    const found = sparseJacobian((x: Tensor) => straight(x))(point(4));
    expectDense(found.toDense(), jacobian((x: Tensor) => straight(x))(point(4)));
    const opaque = customRule({
      name: "opaque",
      value: (x: Tensor) => tensor((x.toArray() as number[]).map((v) => v * v)),
      pullback: ([x], _y, g) => [multiply(multiply(2, x), g)],
    });
    expect(thrown(() => count((x) => opaque(x))).kind).toBe("unsupported");
  });

  it.each(contractOps.filter((op) => !op.nondifferentiable).map((op) => [op.name, op] as const))(
    "of %s cover its derivatives",
    (_, op) => {
      for (const { inputs, params = {} } of op.samples) {
        const operands = inputs.map((input, i) =>
          tensor(input as never, { dtype: isDiscrete(op, i) ? "int32" : "float64" }),
        );
        const active = operands.flatMap(({ dtype }, i) =>
          isFloat(dtype) && op.partials?.[op.inputs[i] as string] !== "none" ? [i] : [],
        );
        const f = (varying: readonly Tensor[]): readonly Tensor[] => {
          const all: Tensor[] = [...operands];
          active.forEach((place, i) => {
            all[place] = varying[i] as Tensor;
          });
          return applyAll(op, all, params);
        };
        const at = active.map((place) => operands[place] as Tensor);
        const found = sparseJacobian(f)(at).toDense();
        const blocks = jacobian(f)(at) as unknown as Tensor[][];
        const dense = concat(
          blocks.map((row, r) => {
            const height = (f(at)[r] as Tensor).size;
            return concat(
              row.map((block) => reshape(block, [height, -1])),
              { axis: 1 },
            );
          }),
        );
        const [left, right] = [found, dense].map((m) => (m.toArray() as number[][]).flat()) as [
          number[],
          number[],
        ];
        const size = Math.max(0, ...right.map(Math.abs).filter(Number.isFinite));
        right.forEach((value, k) => {
          if (Object.is(left[k], value)) return;
          expect(Math.abs((left[k] as number) - value)).toBeLessThanOrEqual(1e-12 * size);
        });
      }
    },
  );
});

describe("sparseHessian", () => {
  const arrow = (x: Tensor): Tensor => add(multiply(index(x, [0]), sum(sin(x))), sum(pow(x, 3)));
  const backwards = (x: Tensor): Tensor => arrow(index(x, [{ step: -1 }]));
  const functions: Readonly<Record<string, readonly [(x: Tensor) => Tensor, number]>> = {
    "an arrow": [arrow, 2],
    "an arrow whose head is last": [backwards, 2],
    "a chain": [rosenbrock, 3],
    "separate terms": [(x) => sum(exp(x)), 1],
    pairs: [(x) => sum(multiply(index(x, [{ stop: 4 }]), sin(index(x, [{ start: 4 }])))), 2],
    "a full one": [(x) => square(sum(sin(x))), 8],
    "a linear function": [(x) => sum(x), 0],
  };

  it.each(Object.entries(functions))("of %s", (_, [f, products]) => {
    const found = sparseHessian(f)(point(8));
    expect(found.products).toBe(products);
    expectDense(found.toDense(), hessian(f)(point(8)));
  });

  it("of an arrow of 10,000 variables takes two products, of a chain three", () => {
    const n = 10_000;
    const found = sparseHessian(arrow)(point(n));
    expect([found.products, found.rows.length]).toEqual([2, 3 * n - 2]);
    const chain = sparseHessian(rosenbrock)(point(n));
    expect([chain.products, chain.rows.length]).toEqual([3, 3 * n - 2]);
  });

  it("takes a pattern by hand, of which half is enough", () => {
    const rows = [0, 1, 2, 3, 1, 2, 3];
    const columns = [0, 1, 2, 3, 0, 1, 2];
    const f = (x: Tensor): Tensor => (x.shape[0] === 4 ? rosenbrock(x) : sum(x));
    const found = sparseHessian(f, { pattern: { rows, columns } })(point(4));
    expect([found.products, found.rows.length]).toEqual([3, 10]);
    expectDense(found.toDense(), hessian(f)(point(4)));
  });

  it("has blocks for trees, and refuses a value that is no scalar", () => {
    const f = (p: { a: Tensor; b: Tensor }): Tensor => multiply(p.a, sum(square(p.b)));
    const found = sparseHessian(f)({ a: 2, b: tensor([1, 3]) });
    expect(found.toDense().toArray()).toEqual([
      [0, 2, 6],
      [2, 4, 0],
      [6, 0, 4],
    ]);
    expect(thrown(() => sparseHessian((x: Tensor) => x)(point(2))).message).toMatch(/a scalar/);
  });
});

describe("colourings", () => {
  const places = fc.array(fc.tuple(fc.nat(11), fc.nat(8)), { maxLength: 40 });

  it("let every entry of any matrix be read from the products", () => {
    fc.assert(
      fc.property(places, (list) => {
        const pattern = patternOf(list, 12, 9);
        const plan = planMatrix(pattern);
        expectRecovered(plan, 12);
        const most = Math.min(
          longest(pattern),
          longest(
            patternOf(
              list.map(([i, k]) => [k, i]),
              9,
              12,
            ),
          ),
        );
        expect(plan.coloring.count).toBeGreaterThanOrEqual(most === 0 ? 0 : 1);
        if (plan.forward) expect(plan.coloring.count).toBeGreaterThanOrEqual(longest(pattern));
      }),
    );
  });

  it("let every entry of any symmetric matrix be read from the products", () => {
    fc.assert(
      fc.property(places, (list) => {
        const square = list.filter(([i]) => i < 9);
        const pattern = patternOf(
          [...square, ...square.map(([i, k]): [number, number] => [k, i])],
          9,
          9,
        );
        expectRecovered(planSymmetric(pattern), 9);
      }),
      { numRuns: 300 },
    );
  });
});

function patternOf(
  list: readonly (readonly [number, number])[],
  height: number,
  width: number,
): Rows {
  const sets = Array.from({ length: height }, () => new Set<number>());
  for (const [row, column] of list) sets[row]?.add(column);
  return rowsOf(
    sets.map((set) => Int32Array.from(set).sort()),
    width,
  );
}

function longest({ starts }: Rows): number {
  return Math.max(...starts.slice(1).map((stop, i) => stop - (starts[i] as number)));
}

/** Multiplies a matrix of that pattern, whose entries are all different, and looks for them in the products. */
function expectRecovered({ pattern, forward, coloring, sources }: Plan, height: number): void {
  const { width, starts, columns } = pattern;
  const entry = (row: number, column: number): number =>
    1 + Math.min(row, column) * 100 + Math.max(row, column) + (width === height ? 0 : row * 1e4);
  const length = forward ? height : width;
  const compressed = new Float64Array(coloring.count * length);
  const each = (visit: (row: number, column: number, k: number) => void): void => {
    for (let row = 0; row < height; row++) {
      for (let k = starts[row] as number; k < (starts[row + 1] as number); k++)
        visit(row, columns[k] as number, k);
    }
  };
  each((row, column) => {
    const color = coloring.colors[forward ? column : row] as number;
    const place = color * length + (forward ? row : column);
    compressed[place] = (compressed[place] as number) + entry(row, column);
  });
  each((row, column, k) => {
    expect(compressed[sources[k] as number]).toBe(entry(row, column));
  });
}

function thrown(run: () => unknown): SymtapeError {
  try {
    run();
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
