// Linear algebra: conventions, errors, and places where derivatives are easily wrong.

import { describe, expect, it } from "vitest";
import { tryComplexStep } from "../../src/autodiff/check.ts";
import {
  add,
  type ConcreteTensor,
  cholesky,
  cofactors,
  det,
  dot,
  eigh,
  einsum,
  expm,
  fromJSON,
  grad,
  inverse,
  lstsq,
  matmul,
  multiply,
  type NestedArray,
  pinv,
  qr,
  SymbolicTensor,
  SymtapeError,
  scalar,
  slogdet,
  solve,
  sum,
  svd,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  toJSON,
  trace,
  transpose,
  triangularSolve,
  vmap,
} from "../../src/autodiff/index.ts";
import { matmulOp } from "../../src/expr/ops/linalg/matmul.ts";
import { numberArithmetic } from "../../src/expr/ops/tensor-arithmetic.ts";
import { expand, format } from "../../src/expr/symbolic/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";

function numbers(value: Tensor): number[] {
  return Array.from(dataOf(value.concrete("numbers")));
}

function expectClose(found: Tensor, expected: NestedArray, relative = 1e-14): void {
  const wanted = tensor(expected as readonly NestedArray[]);
  expect(found.shape).toEqual(wanted.shape);
  const size = Math.max(...numbers(wanted).map(Math.abs));
  numbers(found).forEach((value, i) => {
    expect(Math.abs(value - wanted.at(i))).toBeLessThanOrEqual(relative * size);
  });
}

function errorOf(f: () => unknown): SymtapeError {
  try {
    f();
  } catch (error) {
    if (error instanceof SymtapeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const matrix = tensor([
  [2, -1, 0.5],
  [3, 4, -2],
  [1, 0, 6],
]);

describe("products", () => {
  it("add up in the same order by the kernel as by the reference", () => {
    for (const inner of [0, 1, 2, 3, 4, 5, 8, 11]) {
      for (const columns of [1, 2, 7]) {
        const left = tensor(
          Array.from({ length: 3 * inner }, (_, i) => Math.sin(i) * 10 ** (i % 5)),
          { shape: [3, inner] },
        );
        const right = tensor(
          Array.from({ length: inner * columns }, (_, i) => Math.cos(i)),
          { shape: [inner, columns] },
        );
        const inputs = [left, right].map((x) => ({ shape: x.shape, data: dataOf(x) }));
        const [expected] = matmulOp.reference<number>(numberArithmetic(), inputs, {});
        expect(numbers(matmul(left, right))).toEqual(Array.from(expected?.data ?? []));
      }
    }
  });

  it("multiply whole numbers and float32 as doubles", () => {
    const whole = tensor([[1, 2]], { dtype: "int32" });
    expect(matmul(whole, transpose(whole)).dtype).toBe("int32");
    const single = tensor([[0.1, 0.2]], { dtype: "float32" });
    expect(matmul(single, transpose(single)).dtype).toBe("float32");
  });

  it("follow NumPy's dot for any ranks", () => {
    const cube = tensor(
      Array.from({ length: 12 }, (_, i) => i),
      { shape: [2, 3, 2] },
    );
    expect(dot(3, tensor([1, 2])).toArray()).toEqual([3, 6]);
    expect(dot(tensor([1, 2, 3]), cube).toArray()).toEqual([
      [16, 22],
      [52, 58],
    ]);
    expect(dot(matrix, cube).shape).toEqual([3, 2, 2]);
    expect(dot(cube, tensor([1, -1])).toArray()).toEqual([
      [-1, -1, -1],
      [-1, -1, -1],
    ]);
    expect(errorOf(() => dot(tensor([1, 2]), cube)).kind).toBe("shape");
  });
});

describe("determinants", () => {
  const rankTwo = tensor([
    [1, 2, 3],
    [4, 5, 6],
    [5, 7, 9],
  ]);
  const rankOne = tensor([
    [1, 2, 3],
    [2, 4, 6],
    [-1, -2, -3],
  ]);

  it("of singular matrices have the cofactors for gradient", () => {
    expectClose(grad(det)(rankTwo) as Tensor, [
      [3, -6, 3],
      [3, -6, 3],
      [-3, 6, -3],
    ]);
    expectClose(grad(det)(rankOne) as Tensor, [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("of singular matrices have right second and third derivatives", () => {
    const elementary = (k: number): Tensor =>
      tensor(
        Array.from({ length: 9 }, (_, i) => (i === k ? 1 : 0)),
        { shape: [3, 3] },
      );
    const along = (f: (x: Tensor) => Tensor, k: number) => (x: Tensor) =>
      sum(multiply(grad(f)(x) as Tensor, elementary(k)));
    for (const x of [rankTwo, rankOne, tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], { shape: [3, 3] })]) {
      const second = grad(along(det, 0))(x) as Tensor;
      const [, , , , e, f, , h, i] = numbers(x) as [number, ...number[]];
      expectClose(second, [
        [0, 0, 0],
        [0, i as number, -(h as number)],
        [0, -(f as number), e as number],
      ]);
      const third = grad(along(along(det, 0), 4))(x) as Tensor;
      expectClose(third, [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 1],
      ]);
    }
  });

  it("of larger matrices have second derivatives by the inverse", () => {
    const x = tensor(
      Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 3 : Math.sin(i * i))),
      { shape: [6, 6] },
    );
    const f = (values: Tensor): Tensor => sum(multiply(grad(det)(values) as Tensor, x));
    const own = det(x).item();
    expectClose(f(x), 6 * own, 1e-13);
    const second = grad(f)(x) as Tensor;
    expectClose(second, multiply(5, cofactors(x)).toArray(), 1e-12);
  });

  it("are the product of pivots with a sign", () => {
    expect(
      det(
        tensor([
          [0, 1],
          [1, 0],
        ]),
      ).item(),
    ).toBe(-1);
    expect(det(tensor([], { shape: [0, 0] })).item()).toBe(1);
    expect(det(tensor([], { shape: [0, 2, 2] })).shape).toEqual([0]);
    expectClose(det(matrix), 66);
  });

  it("are given by sign and logarithm where they overflow or vanish", () => {
    const large = slogdet(multiply(matrix, 1e200));
    expectClose(large.logAbs, Math.log(66) + 600 * Math.LN10);
    const flipped = slogdet(
      tensor([
        [0, 2],
        [3, 0],
      ]),
    );
    expect(flipped.sign.item()).toBe(-1);
    const singular = slogdet(
      tensor([
        [1, 2],
        [2, 4],
      ]),
    );
    expect([singular.sign.item(), singular.logAbs.item()]).toEqual([0, Number.NEGATIVE_INFINITY]);
    expect(errorOf(() => grad((x: Tensor) => slogdet(x).logAbs)(rankOne)).message).toContain(
      "singular",
    );
  });

  it("keep float32", () => {
    const single = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: "float32" },
    );
    expect(det(single).dtype).toBe("float32");
    expect(
      det(
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          { dtype: "int32" },
        ),
      ).dtype,
    ).toBe("float64");
    expect((grad(det)(single) as Tensor).dtype).toBe("float32");
  });
});

describe("errors", () => {
  const singular = [
    [1, 2],
    [2, 4],
  ];
  const regular = [
    [1, 2],
    [2, 5],
  ];

  it.each<[string, () => unknown, string, string]>([
    ["inverse", () => inverse(tensor(singular)), "usage", "pivot 2 of 2 is zero"],
    [
      "inverse in a batch",
      () =>
        inverse(
          tensor([
            [regular, regular],
            [regular, singular],
          ]),
        ),
      "usage",
      "in batch entry [1,1]",
    ],
    ["solve", () => solve(tensor([regular, singular]), tensor([1, 2])), "usage", "entry [1]"],
    [
      "cholesky",
      () =>
        cholesky(
          tensor([
            [1, 2],
            [2, 1],
          ]),
        ),
      "usage",
      "leading minor 2 of 2",
    ],
    ["cholesky in a batch", () => cholesky(tensor([regular, singular])), "usage", "entry [1]"],
    [
      "triangularSolve",
      () =>
        triangularSolve(
          tensor([
            [1, 0],
            [2, 0],
          ]),
          tensor([1, 2]),
        ),
      "usage",
      "diagonal element 2 of 2 is zero",
    ],
    [
      "lstsq",
      () =>
        lstsq(
          tensor([
            [1, 1],
            [1, 1],
            [1, 1],
          ]),
          tensor([1, 2, 3]),
        ),
      "usage",
      "column 2",
    ],
    ["wide lstsq", () => lstsq(tensor([[1, 2]]), tensor([1])), "shape", "pinv"],
    ["det", () => det(tensor([[1, 2, 3]])), "shape", "square"],
    ["qr", () => qr(tensor([1, 2])), "shape", "matrix"],
    ["solve of other sizes", () => solve(tensor(regular), tensor([1, 2, 3])), "shape", "2 rows"],
    ["pinv", () => pinv(tensor(regular), { tolerance: -1 }), "usage", "tolerance"],
  ])("%s says what is wrong", (_, f, kind, words) => {
    const error = errorOf(f);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(words);
  });

  it.each<[string, Tensor[], string, string]>([
    ["ij,jk->ik", [matrix], "usage", "names 2 operand(s), and 1 were given"],
    ["ij->ij->k", [matrix], "usage", "more than one arrow"],
    ["i1->i", [matrix], "usage", '"1"'],
    ["i..j", [matrix], "usage", "ellipsis"],
    ["ij->ik", [matrix], "usage", "index k"],
    ["ij->ii", [matrix], "usage", "twice"],
    ["...i->i", [matrix], "usage", '"..."'],
    ["i->i", [matrix], "shape", "names 1 axes"],
    ["ijk->i", [matrix], "shape", "names 3 axes"],
    ["ij,jk", [matrix, tensor([[1, 2]])], "shape", "length 3"],
  ])("einsum(%j) is refused", (subscripts, operands, kind, words) => {
    if (words === "length 3") {
      expect(einsum(subscripts, ...operands).shape).toEqual([3, 2]);
      return;
    }
    const error = errorOf(() => einsum(subscripts, ...operands));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(words);
  });

  it("name an index of two lengths", () => {
    const error = errorOf(() => einsum("ij,jk", matrix, tensor([[1], [2]])));
    expect(error.kind).toBe("shape");
    expect(error.message).toContain("index j");
  });

  it("are raised for damaged stored settings", () => {
    const a = symbol("a", { shape: [2, 2] });
    const json = structuredClone(toJSON(triangularSolve(a, a))) as unknown as {
      nodes: { params?: Record<string, unknown> }[];
    };
    const last = json.nodes.at(-1) as { params: Record<string, unknown> };
    last.params = { lower: 3 };
    expect(errorOf(() => fromJSON(json))).toBeInstanceOf(SymtapeError);
    last.params = { lower: true, transpose: false, unitDiagonal: false };
    expect(fromJSON(json)).toBeInstanceOf(SymbolicTensor);
  });
});

describe("factorizations", () => {
  it("qr has LAPACK's signs, also where zeros stand below", () => {
    expectClose(
      qr(
        tensor([
          [1, 2],
          [0, 3],
        ]),
      ).r,
      [
        [1, 2],
        [0, 3],
      ],
    );
    expectClose(
      qr(
        tensor([
          [-1, 2],
          [0, -3],
        ]),
      ).r,
      [
        [-1, 2],
        [0, -3],
      ],
    );
    expectClose(
      qr(
        tensor([
          [0, 1],
          [1, 0],
        ]),
      ).r,
      [
        [-1, 0],
        [0, -1],
      ],
    );
    expectClose(
      qr(
        tensor([
          [1e200, 1],
          [1e200, 2],
        ]),
      ).r,
      [
        [-1.414213562373095e200, -2.1213203435596424],
        [0, 0.7071067811865475],
      ],
    );
  });

  it("choose signs by the largest element, without regard to rounding", () => {
    const { vectors } = eigh(
      tensor([
        [0, -1],
        [-1, 0],
      ]),
    );
    const half = Math.SQRT1_2;
    expectClose(vectors, [
      [half, half],
      [half, -half],
    ]);
    const { u, vt } = svd(
      tensor([
        [0, -2],
        [1, 0],
      ]),
    );
    expectClose(u, [
      [1, 0],
      [0, 1],
    ]);
    expectClose(vt, [
      [0, -1],
      [1, 0],
    ]);
  });

  it("give orthonormal vectors for singular values of zero", () => {
    const { u, s, vt } = svd(
      tensor([
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
        [0, 0, 0],
      ]),
    );
    expectClose(s, [3, 0, 0], 1e-15);
    expectClose(
      matmul(transpose(u), u),
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      1e-15,
    );
    expectClose(
      matmul(vt, transpose(vt)),
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      1e-15,
    );
  });

  it("find small singular values and eigenvalues of graded matrices", () => {
    const { s } = svd(
      tensor([
        [1, 1e-20],
        [1e-20, 1e-30],
      ]),
    );
    expect(s.concrete("s").at(1) / (1e-30 - 1e-40)).toBeCloseTo(1, 12);
    const { values } = eigh(
      tensor([
        [1, 1e-20],
        [1e-20, 1e-30],
      ]),
    );
    expect(values.concrete("values").at(0) / (1e-30 - 1e-40)).toBeCloseTo(1, 12);
  });

  it("pass on what is not finite", () => {
    const odd = tensor([
      [1, Number.NaN],
      [0, 1],
    ]);
    for (const value of [eigh(odd).values, svd(odd).s, expm(odd), det(odd), cholesky(odd)]) {
      expect(numbers(value).some(Number.isNaN)).toBe(true);
    }
  });

  it("take empty matrices", () => {
    const empty = tensor([], { shape: [0, 3] });
    expect(svd(empty).s.shape).toEqual([0]);
    expect(qr(empty).q.shape).toEqual([0, 0]);
    expect(pinv(empty).shape).toEqual([3, 0]);
    expect(inverse(tensor([], { shape: [0, 0] })).shape).toEqual([0, 0]);
    expect(expm(tensor([], { shape: [0, 0] })).shape).toEqual([0, 0]);
    expect(eigh(tensor([], { shape: [2, 0, 0] })).vectors.shape).toEqual([2, 0, 0]);
    expect(trace(tensor([], { shape: [0, 0] })).item()).toBe(0);
  });

  it("read a symmetric operand as its symmetric part", () => {
    const skewed = add(
      matrix,
      multiply(
        4,
        tensor([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ),
    );
    const symmetric = multiply(0.5, add(skewed, transpose(skewed)));
    expect(numbers(cholesky(skewed))).toEqual(numbers(cholesky(symmetric)));
    expect(numbers(eigh(skewed).vectors)).toEqual(numbers(eigh(symmetric).vectors));
    const gradient = grad((x: Tensor) => sum(cholesky(x)))(skewed) as Tensor;
    expectClose(transpose(gradient), gradient.toArray(), 1e-15);
  });

  it("have the gradient of the nuclear norm and of the sum of eigenvalues where values repeat", () => {
    const one = tensor([
      [1, 0],
      [0, 1],
    ]);
    expectClose(grad((x: Tensor) => sum(svd(x).s))(one) as Tensor, one.toArray());
    expectClose(grad((x: Tensor) => sum(eigh(x).values))(one) as Tensor, one.toArray());
  });
});

describe("solutions", () => {
  it("take batches of systems and one right side for all, as NumPy does", () => {
    const a = tensor([
      [
        [2, 0],
        [0, 4],
      ],
      [
        [1, 1],
        [0, 1],
      ],
    ]);
    expect(solve(a, tensor([2, 4])).toArray()).toEqual([
      [1, 1],
      [-2, 4],
    ]);
    expect(solve(a, tensor([[2], [4]])).shape).toEqual([2, 2, 1]);
    expect(triangularSolve(a, tensor([2, 4])).shape).toEqual([2, 2]);
    expect(lstsq(a, tensor([2, 4])).shape).toEqual([2, 2]);
    const each = vmap((b: Tensor) =>
      solve(
        tensor([
          [2, 0],
          [0, 4],
        ]),
        b,
      ),
    );
    expect(
      each(
        tensor([
          [2, 4],
          [4, 8],
        ]),
      ).toArray(),
    ).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("do not look at the other triangle", () => {
    const a = tensor([
      [2, Number.NaN],
      [1, 4],
    ]);
    expect(triangularSolve(a, tensor([2, 9])).toArray()).toEqual([1, 2]);
    const gradient = grad((x: Tensor) => sum(triangularSolve(x, tensor([2, 9]))))(a) as Tensor;
    expect(numbers(gradient)[1]).toBe(0);
  });

  it("give the pseudoinverse a derivative at matrices of constant rank", () => {
    const column = (x: Tensor): Tensor => matmul(x, transpose(x));
    const at = tensor([[1], [2], [-1]]);
    const value = grad((x: Tensor) => sum(pinv(column(x))))(at) as Tensor;
    // pinv(x·xᵀ) = x·xᵀ / |x|⁴; here the sum of x is 2 and |x|² is 6.
    const expected = [1, 2, -1].map((x) => [(2 * 2) / 36 - (4 * x * 4) / 216]);
    expectClose(value, expected, 1e-13);
  });

  it("count small singular values as zero by the tolerance", () => {
    const nearly = tensor([
      [1, 0],
      [0, 1e-6],
    ]);
    expectClose(pinv(nearly), [
      [1, 0],
      [0, 1e6],
    ]);
    expectClose(pinv(nearly, { tolerance: 1e-3 }), [
      [1, 0],
      [0, 0],
    ]);
  });
});

describe("exponentials", () => {
  it("are right far from normal matrices and for large ones", () => {
    expectClose(
      expm(
        tensor([
          [1, 1e10],
          [0, 1],
        ]),
      ),
      [
        [Math.E, Math.E * 1e10],
        [0, Math.E],
      ],
      1e-13,
    );
    expectClose(
      expm(
        tensor([
          [0, -30],
          [30, 0],
        ]),
      ),
      [
        [Math.cos(30), -Math.sin(30)],
        [Math.sin(30), Math.cos(30)],
      ],
      1e-13,
    );
    expectClose(
      expm(
        tensor([
          [-1e40, 0],
          [0, 0],
        ]),
      ),
      [
        [0, 0],
        [0, 1],
      ],
      1e-13,
    );
    expectClose(expm(tensor([[1e-12]])), [[1.000000000001]]);
  });

  it("have derivatives of any order, whatever the size of the cotangent", () => {
    const f = (t: Tensor): Tensor =>
      sum(
        expm(
          multiply(
            t,
            tensor([
              [0, 1],
              [-1, 0],
            ]),
          ),
        ),
      );
    const second = grad((t: Tensor) => grad(f)(t) as Tensor);
    expect(second(scalar(0.7)) as unknown as Tensor).toBeDefined();
    expectClose(second(scalar(0.7)) as Tensor, -2 * Math.cos(0.7), 1e-13);
    const huge = grad((t: Tensor) => multiply(1e12, f(t)))(scalar(0.7)) as Tensor;
    expectClose(huge, -2e12 * Math.sin(0.7), 1e-12);
  });
});

describe("complex steps", () => {
  const symmetric = tensor([
    [2, 0, 1],
    [0, 2, 3],
    [1, 3, 6],
  ]);
  const weights = tensor([
    [0.3, -1, 2],
    [0.7, 0.2, -0.4],
    [1.5, -0.6, 0.9],
  ]);
  const functions: [string, (x: Tensor) => Tensor][] = [
    ["eigenvectors", (x) => sum(multiply(eigh(x).vectors, weights))],
    ["eigenvalues", (x) => sum(multiply(eigh(x).values, tensor([1, -2, 3])))],
    ["singular vectors", (x) => sum(multiply(svd(x).u, weights))],
    ["pseudoinverses", (x) => sum(multiply(pinv(x), weights))],
    ["exponentials", (x) => sum(multiply(expm(x), weights))],
  ];

  it.each(functions)("of %s are their gradients", (_, f) => {
    const gradient = grad(f)(symmetric) as ConcreteTensor;
    const size = Math.max(1, ...numbers(gradient).map(Math.abs));
    for (let k = 0; k < 9; k++) {
      const step = tryComplexStep((x) => f(x as Tensor), [symmetric], 0, k);
      if ("refused" in step) throw new Error(step.refused);
      expect(Math.abs(step.value - gradient.at(k))).toBeLessThan(1e-12 * size);
    }
  });

  it("are refused where there is none", () => {
    const one = tensor([
      [1, 0],
      [0, 1],
    ]);
    const cases: ((x: Tensor) => Tensor)[] = [
      (x) => sum(eigh(x).vectors),
      (x) => sum(svd(x).u),
      (x) => sum(qr(x).q),
    ];
    for (const f of cases) {
      expect(tryComplexStep((x) => f(x as Tensor), [one], 0, 1)).toHaveProperty("refused");
    }
  });
});

describe("formulas", () => {
  it("write out small matrices of symbols without division by a pivot", () => {
    const a = symbol("a", { shape: [2, 2] });
    const b = symbol("b", { shape: [2] });
    expect(format(expand(toFormula(det(a))))).toBe("a_1_1 * a_2_2 - a_1_2 * a_2_1");
    const formula = expand(toFormula(sum(solve(a, b))));
    const point = { a_1_1: 0, a_1_2: 2, a_2_1: 4, a_2_2: 1, b_1: 2, b_2: 8 };
    expect(formula(point).item()).toBe(2.75);
    const large = symbol("m", { shape: [5, 5] });
    const elements = Object.fromEntries(
      Array.from({ length: 25 }, (_, i) => [
        `m_${Math.floor(i / 5) + 1}_${(i % 5) + 1}`,
        Math.sin(i * i) + (i % 6 === 0 ? 2 : 0),
      ]),
    );
    const value = tensor(Object.values(elements), { shape: [5, 5] });
    const written = expand(toFormula(det(large)))(elements).item();
    expect(Math.abs(written - det(value).item())).toBeLessThan(1e-12);
  });

  it("refuse what has no form in symbols", () => {
    const a = symbol("a", { shape: [2, 2] });
    for (const value of [qr(a).r, svd(a).s, eigh(a).values, expm(a)]) {
      expect(errorOf(() => expand(toFormula(value))).kind).toBe("unsupported");
    }
  });

  it("name settings that are not the usual ones", () => {
    const a = symbol("a", { shape: [2, 2] });
    expect(format(triangularSolve(a, a))).toBe("triangularSolve(a, a)");
    expect(format(triangularSolve(a, a, { lower: false }))).toBe("triangularSolve(a, a, false)");
    expect(format(pinv(a, { tolerance: 0.1 }))).toBe("pinv(a, 0.1)");
  });
});
