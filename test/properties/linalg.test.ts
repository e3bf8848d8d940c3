// Linear algebra on random matrices and batches: the equations that define each result, within rounding
// times the condition of the matrix; and einsum against nested loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConcreteTensor,
  cholesky,
  cofactors,
  det,
  eigh,
  einsum,
  expm,
  grad,
  inverse,
  lstsq,
  matmul,
  multiply,
  negate,
  pinv,
  qr,
  slogdet,
  solve,
  subtract,
  sum,
  svd,
  type Tensor,
  tensor,
  trace,
  transpose,
  triangularSolve,
  tril,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";

const OPTIONS = { seed: 11, numRuns: 120 } as const;

/** What rounding may do to a well conditioned matrix of this size. */
const ROUNDING = 1e-13;

const sizes = fc.integer({ min: 1, max: 5 });
const batches = fc.constantFrom<readonly number[]>([], [2], [2, 3]);

/** Numbers about 0, most of them near it. */
const element = fc
  .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 3 })
  .map((parts) => parts.reduce((total, part) => total + part, 0) / 1000);

function tensors(shape: readonly number[]): fc.Arbitrary<ConcreteTensor> {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc
    .array(element, { minLength: length, maxLength: length })
    .map((numbers) => tensor(numbers, { shape }));
}

/** A batch of matrices with any numbers of rows and columns. */
const matrices = fc
  .tuple(batches, sizes, sizes)
  .chain(([batch, rows, columns]) => tensors([...batch, rows, columns]));

const squares = fc.tuple(batches, sizes).chain(([batch, size]) => tensors([...batch, size, size]));

function numbers(value: Tensor): number[] {
  return Array.from(dataOf(value.concrete("numbers")));
}

function most(value: Tensor): number {
  return Math.max(0, ...numbers(value).map(Math.abs));
}

function flipped(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const last = x.rank - 1;
  return transpose(x, axes.with(last, last - 1).with(last - 1, last));
}

function identityLike(x: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  const one = Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  return tensor(one, { shape: [size, size] });
}

function expectSmall(difference: Tensor, bound: number): void {
  expect(most(difference)).toBeLessThanOrEqual(bound);
}

function expectOrthonormal(x: Tensor): void {
  const product = matmul(flipped(x), x);
  expectSmall(subtract(product, identityLike(product)), ROUNDING);
}

/** The largest ratio of singular values in a batch; Infinity for singular matrices. */
function conditionOf(x: Tensor): number {
  const { s } = svd(x);
  const width = s.shape.at(-1) as number;
  const values = numbers(s);
  let worst = 1;
  for (let start = 0; start < values.length; start += width) {
    worst = Math.max(worst, (values[start] as number) / (values[start + width - 1] as number));
  }
  return worst;
}

/** Matrices whose condition lets a test tell right from wrong. */
function isTame(x: Tensor): boolean {
  return conditionOf(x) < 1e6;
}

/** x·xᵀ plus a multiple of the identity. */
function positiveDefinite(x: Tensor): Tensor {
  return subtract(matmul(x, flipped(x)), negate(identityLike(x)));
}

/** Diagonal matrices. */
function diagonal(values: Tensor): Tensor {
  return einsum("...i,ij->...ij", values, identityLike(values));
}

function check(f: (x: ConcreteTensor) => void, values: fc.Arbitrary<ConcreteTensor>): void {
  fc.assert(fc.property(values, f), OPTIONS);
}

describe("factorizations of random matrices", () => {
  it("qr: orthonormal columns times an upper triangle", () => {
    check((x) => {
      const { q, r } = qr(x);
      expectSmall(subtract(matmul(q, r), x), ROUNDING * most(x));
      expectSmall(subtract(tril(r, { k: -1 }), 0), 0);
      expectOrthonormal(q);
    }, matrices);
  });

  it("svd: orthonormal vectors and falling values", () => {
    check((x) => {
      const { u, s, vt } = svd(x);
      expectSmall(subtract(matmul(matmul(u, diagonal(s)), vt), x), ROUNDING * most(x));
      expectOrthonormal(u);
      expectOrthonormal(flipped(vt));
      const width = s.shape.at(-1) as number;
      numbers(s).forEach((value, i, all) => {
        if (i % width > 0) expect(value).toBeLessThanOrEqual(all[i - 1] as number);
        expect(value).toBeGreaterThanOrEqual(0);
      });
    }, matrices);
  });

  it("eigh: orthonormal vectors and rising values", () => {
    check((x) => {
      const symmetric = matmul(x, flipped(x));
      const { values, vectors } = eigh(symmetric);
      const product = matmul(matmul(vectors, diagonal(values)), flipped(vectors));
      expectSmall(subtract(product, symmetric), ROUNDING * most(symmetric));
      expectOrthonormal(vectors);
      const s = svd(symmetric).s;
      expect(Math.abs(sum(values).item() - sum(s).item())).toBeLessThanOrEqual(
        10 * ROUNDING * most(s),
      );
    }, squares);
  });

  it("cholesky: a lower triangle times its transpose", () => {
    check((x) => {
      const positive = positiveDefinite(x);
      const factor = cholesky(positive);
      expectSmall(subtract(matmul(factor, flipped(factor)), positive), ROUNDING * most(positive));
      expectSmall(subtract(factor, tril(factor)), 0);
    }, squares);
  });
});

describe("inverses of random matrices", () => {
  it("give the identity", () => {
    check((x) => {
      if (!isTame(x)) return;
      const bound = ROUNDING * conditionOf(x);
      expectSmall(subtract(matmul(x, inverse(x)), identityLike(x)), bound);
      expectSmall(subtract(inverse(inverse(x)), x), 10 * bound * most(x));
    }, squares);
  });

  it("solve equations as solve does", () => {
    check((x) => {
      if (!isTame(x)) return;
      const bound = 10 * ROUNDING * conditionOf(x);
      const solution = solve(x, x);
      expectSmall(subtract(solution, identityLike(x)), bound);
      const lower = positiveDefinite(x);
      const part = triangularSolve(lower, x);
      expectSmall(subtract(matmul(tril(lower), part), x), 1e-10 * most(part) * most(lower));
      const upper = triangularSolve(lower, x, { transpose: true, unitDiagonal: true });
      const unit = subtract(tril(lower, { k: -1 }), negate(identityLike(x)));
      expectSmall(subtract(matmul(flipped(unit), upper), x), 1e-10 * most(upper) * most(lower));
    }, squares);
  });

  it("satisfy the four equations of Penrose where there is no inverse", () => {
    check((x) => {
      if (!isTame(x)) return;
      const p = pinv(x);
      const bound = 10 * ROUNDING * conditionOf(x) * Math.max(1, most(p));
      const left = matmul(p, x);
      const right = matmul(x, p);
      expectSmall(subtract(matmul(x, left), x), bound * most(x));
      expectSmall(subtract(matmul(left, p), p), bound * most(p));
      expectSmall(subtract(left, flipped(left)), bound);
      expectSmall(subtract(right, flipped(right)), bound);
    }, matrices);
  });

  it("leave least squares with a residual orthogonal to all columns", () => {
    check((x) => {
      const [rows, columns] = x.shape.slice(-2) as [number, number];
      if (rows < columns || !isTame(x)) return;
      const right = multiply(x, x);
      const solution = lstsq(x, right);
      const residual = subtract(matmul(x, solution), right);
      const bound = 10 * ROUNDING * conditionOf(x) * most(right);
      expectSmall(matmul(flipped(x), residual), bound * most(x));
      expectSmall(subtract(solution, matmul(pinv(x), right)), bound * Math.max(1, most(pinv(x))));
    }, matrices);
  });
});

describe("determinants of random matrices", () => {
  it("are sign and logarithm, and cofactors are their gradient", () => {
    check((x) => {
      const own = numbers(det(x));
      const { sign, logAbs } = slogdet(x);
      const signs = numbers(sign);
      const bound = ROUNDING * (1 + most(x)) ** (x.shape.at(-1) as number);
      numbers(logAbs).forEach((logarithm, i) => {
        const found = (signs[i] as number) * Math.exp(logarithm);
        expect(Math.abs(found - (own[i] as number))).toBeLessThanOrEqual(10 * bound);
      });
      const gradient = grad((values: Tensor) => sum(det(values)))(x) as Tensor;
      expect(numbers(gradient)).toEqual(numbers(cofactors(x)));
      const product = matmul(x, flipped(cofactors(x)));
      const expected = einsum("...,ij->...ij", det(x), identityLike(x));
      expectSmall(subtract(product, expected), 10 * bound);
    }, squares);
  });

  it("of exponentials are exponentials of traces", () => {
    check((x) => {
      const whole = expm(x);
      const bound = 1e-12 * Math.max(1, most(whole)) ** (x.shape.at(-1) as number);
      const traces = numbers(trace(x)).map(Math.exp);
      numbers(det(whole)).forEach((value, i) => {
        expect(Math.abs(value - (traces[i] as number))).toBeLessThanOrEqual(bound);
      });
      expectSmall(
        subtract(matmul(whole, expm(negate(x))), identityLike(x)),
        ROUNDING * most(whole) * most(expm(negate(x))) * 10,
      );
    }, squares);
  });
});

/** Subscripts with letters for the axes of each operand, and the length of each letter. */
interface Sums {
  readonly terms: readonly string[];
  readonly result: string;
  readonly lengths: Readonly<Record<string, number>>;
}

const LETTERS = "abCd";

const sums: fc.Arbitrary<Sums> = fc
  .tuple(
    fc.array(fc.array(fc.nat(LETTERS.length - 1), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
    fc.shuffledSubarray([...LETTERS]),
  )
  .map(([places, lengths, order]) => {
    const terms = places.map((list) => list.map((place) => LETTERS[place]).join(""));
    const result = order.filter((letter) => terms.some((term) => term.includes(letter))).join("");
    return {
      terms,
      result,
      lengths: Object.fromEntries([...LETTERS].map((letter, i) => [letter, lengths[i] as number])),
    };
  });

function filled(term: string, lengths: Sums["lengths"], seed: number): ConcreteTensor {
  const shape = [...term].map((letter) => lengths[letter] as number);
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => (((i + 2) * (seed + 5) * 29) % 53) / 13 - 2),
    { shape },
  );
}

/** The sum over every assignment of the letters, one after the other. */
function nestedLoops(
  { terms, result, lengths }: Sums,
  operands: readonly ConcreteTensor[],
): number[] {
  const used = [...LETTERS].filter((letter) => terms.some((term) => term.includes(letter)));
  const place = (term: string, at: Readonly<Record<string, number>>): number =>
    [...term].reduce(
      (index, letter) => index * (lengths[letter] as number) + (at[letter] as number),
      0,
    );
  const size = [...result].reduce((product, letter) => product * (lengths[letter] as number), 1);
  const totals = new Array<number>(size).fill(0);
  const walk = (at: Record<string, number>, depth: number): void => {
    const letter = used[depth];
    if (letter === undefined) {
      const product = operands.reduce((p, x, k) => p * x.at(place(terms[k] as string, at)), 1);
      totals[place(result, at)] = (totals[place(result, at)] as number) + product;
      return;
    }
    for (let i = 0; i < (lengths[letter] as number); i++) walk({ ...at, [letter]: i }, depth + 1);
  };
  walk({}, 0);
  return totals;
}

describe("einsum of random subscripts", () => {
  it("is the nested loops", () => {
    fc.assert(
      fc.property(sums, (given) => {
        const operands = given.terms.map((term, i) => filled(term, given.lengths, i));
        const text = `${given.terms.join(",")}->${given.result}`;
        const found = einsum(text, ...operands);
        expect(found.shape).toEqual([...given.result].map((letter) => given.lengths[letter]));
        const expected = nestedLoops(given, operands);
        const size = Math.max(1, ...expected.map(Math.abs));
        numbers(found).forEach((value, i) => {
          expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(1e-12 * size);
        });
      }),
      { seed: 4, numRuns: 400 },
    );
  });

  it("keeps without an arrow the indices that occur once", () => {
    fc.assert(
      fc.property(sums, ({ terms, lengths }) => {
        const letters = terms.join("");
        const single = [...new Set(letters)].filter((letter) => letters.split(letter).length === 2);
        const operands = terms.map((term, i) => filled(term, lengths, i));
        const explicit = einsum(`${terms.join(",")}->${single.sort().join("")}`, ...operands);
        expect(einsum(terms.join(", "), ...operands).toArray()).toEqual(explicit.toArray());
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it("broadcasts the axes under an ellipsis", () => {
    const shapes = fc
      .tuple(sizes, sizes, sizes, fc.boolean())
      .map(([rows, columns, length, isShort]) => ({
        left: isShort ? [rows, length] : [1, rows, length],
        right: [columns, 1, length],
      }));
    const wave = (shape: readonly number[]): ConcreteTensor => {
      const size = shape.reduce((product, length) => product * length, 1);
      return tensor(
        Array.from({ length: size }, (_, i) => Math.sin(i + size)),
        { shape },
      );
    };
    fc.assert(
      fc.property(shapes, ({ left, right }) => {
        const [x, y] = [wave(left), wave(right)];
        const found = einsum("...i,...i->...", x, y);
        const expected = sum(multiply(x, y), { axis: -1 });
        expect(found.shape).toEqual(expected.shape);
        expectSmall(subtract(found, expected), ROUNDING);
      }),
      { seed: 8, numRuns: 60 },
    );
  });
});
