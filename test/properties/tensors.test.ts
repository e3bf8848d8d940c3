// Operations on whole tensors of random shapes against plain nested loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { centralDifference } from "../../src/autodiff/differences.ts";
import {
  type AxisIndex,
  add,
  broadcastTo,
  type ConcreteTensor,
  grad,
  index,
  matmul,
  mean,
  multiply,
  outer,
  reshape,
  stack,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";

/** Elements by their places: the plainest array there is. */
interface Plain {
  readonly shape: readonly number[];
  at(places: readonly number[]): number;
}

const OPTIONS = { seed: 5, numRuns: 150 } as const;

const shapes = (minimum: number, maximum: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: minimum, maxLength: maximum });

function filled(shape: readonly number[], seed: number): ConcreteTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from(
    { length: size },
    (_, i) => (((i + 3) * (seed + 7) * 37) % 101) / 25 - 2,
  );
  return tensor(numbers, { shape: [...shape] });
}

function plain(value: Tensor): Plain {
  const data = dataOf(value.concrete("plain"));
  return {
    shape: value.shape,
    at: (places) =>
      data[
        places.reduce((at, place, axis) => at * (value.shape[axis] as number) + place, 0)
      ] as number,
  };
}

/** All places of a shape in row-major order. */
function places(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((start) => Array.from({ length }, (_, i) => [...start, i])),
    [[]],
  );
}

function expectPlain(
  found: Tensor,
  shape: readonly number[],
  at: (places: number[]) => number,
): void {
  expect(found.shape).toEqual(shape);
  const values = places(shape).map(at);
  const data = Array.from(dataOf(found.concrete("found")));
  data.forEach((value, i) => {
    expect(Math.abs(value - (values[i] as number))).toBeLessThanOrEqual(
      1e-13 * (1 + Math.abs(value)),
    );
  });
  expect(data).toHaveLength(values.length);
}

/** Checks the gradient of a weighted sum of the result by one random element. */
function expectGradient(f: (x: Tensor) => Tensor, x: ConcreteTensor, pick: number): void {
  const weights = filled(f(x).shape, 3);
  const loss = (value: Tensor): Tensor => sum(multiply(f(value), weights));
  const gradient = grad(loss)(x);
  expect(gradient.shape).toEqual(x.shape);
  const k = pick % x.size;
  const along = (t: number): number => loss(x.withElement(k, t)).item();
  const { value, error } = centralDifference(along, x.at(k));
  const found = gradient.concrete("found").at(k);
  expect(Math.abs(found - value)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(found)) + 10 * error);
}

const numbers = fc.nat(1000);

describe("random shapes", () => {
  it("matmul is the sum over the inner axis, for every mixture of batches", () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(
        shapes(0, 2),
        size,
        size,
        size,
        fc.nat(15),
        numbers,
        (batch, n, k, m, drop, seed) => {
          const leftBatch = batch
            .slice(drop & 1)
            .map((length, i) => ((drop >> (i + 2)) & 1 ? 1 : length));
          const left = filled([...leftBatch, n, k], seed);
          const right = filled([...batch.slice((drop >> 1) & 1), k, m], seed + 1);
          const full = batch.slice(drop & (drop >> 1) & 1);
          const [a, b] = [plain(left), plain(right)];
          const result = matmul(left, right);
          const shape = result.shape.slice(0, -2);
          expect(shape.length).toBe(full.length);
          const inBatch = (all: readonly number[], own: readonly number[]): number[] =>
            all.slice(all.length - own.length).map((place, axis) => (own[axis] === 1 ? 0 : place));
          expectPlain(result, [...shape, n, m], (at) => {
            const all = at.slice(0, -2);
            const [i, j] = at.slice(-2) as [number, number];
            return Array.from(
              { length: k },
              (_, q) =>
                a.at([...inBatch(all, a.shape.slice(0, -2)), i, q]) *
                b.at([...inBatch(all, b.shape.slice(0, -2)), q, j]),
            ).reduce((x, y) => x + y);
          });
          expectGradient((x) => matmul(x, right), left, seed);
          expectGradient((x) => matmul(left, x), right, seed);
        },
      ),
      OPTIONS,
    );
  });

  it("matmul takes vectors as a row on the left and as a column on the right", () => {
    fc.assert(
      fc.property(shapes(1, 3), fc.integer({ min: 1, max: 4 }), numbers, (shape, n, seed) => {
        const last = shape.at(-1) as number;
        const [matrix, vector] = [filled([...shape, n], seed), filled([n], seed)];
        const [m, v] = [plain(matrix), plain(vector)];
        const along = (length: number, f: (k: number) => number): number =>
          Array.from({ length }, (_, k) => f(k)).reduce((x, y) => x + y, 0);
        expectPlain(matmul(matrix, vector), shape, (at) =>
          along(n, (k) => m.at([...at, k]) * v.at([k])),
        );
        const row = filled([last], seed + 2);
        const r = plain(row);
        const shapeOut = [...shape.slice(0, -1), n];
        expectPlain(matmul(row, matrix), shapeOut, (at) =>
          along(last, (k) => r.at([k]) * m.at([...at.slice(0, -1), k, at.at(-1) as number])),
        );
        expectGradient((x) => matmul(matrix, x), vector, seed);
        expectGradient((x) => matmul(x, matrix), row, seed);
        expectPlain(
          outer(row, vector),
          [last, n],
          ([i, j]) => r.at([i as number]) * v.at([j as number]),
        );
      }),
      OPTIONS,
    );
  });

  it("sum and mean combine the named axes", () => {
    fc.assert(
      fc.property(
        shapes(0, 4),
        fc.nat(15),
        fc.boolean(),
        numbers,
        (shape, mask, keepDims, seed) => {
          const axis = shape.map((_, i) => i).filter((i) => (mask >> i) & 1);
          const x = filled(shape, seed);
          const p = plain(x);
          const kept = shape.map((length, i) => (axis.includes(i) ? 1 : length));
          const shapeOut = keepDims ? kept : kept.filter((_, i) => !axis.includes(i));
          const inside = places(shape.map((length, i) => (axis.includes(i) ? length : 1)));
          const total = (at: readonly number[]): number => {
            let next = 0;
            const start = shape.map(
              (_, i) => (axis.includes(i) ? (keepDims ? at[next++] : 0) : at[next++]) as number,
            );
            return inside
              .map((offset) => p.at(offset.map((o, i) => o + (start[i] as number))))
              .reduce((a, b) => a + b, 0);
          };
          expectPlain(sum(x, { axis, keepDims }), shapeOut, total);
          expectPlain(mean(x, { axis, keepDims }), shapeOut, (at) => total(at) / inside.length);
          expectGradient((v) => sum(v, { axis, keepDims }), x, seed);
          expectGradient((v) => mean(multiply(v, v), { axis, keepDims }), x, seed);
        },
      ),
      OPTIONS,
    );
  });

  it("transpose and reshape move elements and lose none", () => {
    fc.assert(
      fc.property(shapes(1, 4), fc.infiniteStream(fc.nat()), numbers, (shape, keys, seed) => {
        const axes = shape
          .map((_, axis) => ({ axis, key: keys.next().value as number }))
          .sort((left, right) => left.key - right.key)
          .map(({ axis }) => axis);
        const x = filled(shape, seed);
        const p = plain(x);
        const shapeOut = axes.map((axis) => shape[axis] as number);
        expectPlain(transpose(x, axes), shapeOut, (at) =>
          p.at(shape.map((_, axis) => at[axes.indexOf(axis)] as number)),
        );
        expectPlain(transpose(x), [...shape].reverse(), (at) => p.at([...at].reverse()));
        const flat = reshape(x, [-1]);
        expect(flat.toArray()).toEqual(Array.from(dataOf(x)));
        expect(reshape(flat, shape).toArray()).toEqual(x.toArray());
        expectGradient((v) => transpose(v, axes), x, seed);
        expectGradient((v) => reshape(transpose(v), [-1]), x, seed);
      }),
      OPTIONS,
    );
  });

  it("index takes what Array.prototype.slice takes, and steps", () => {
    const entry = fc.record(
      {
        start: fc.integer({ min: -6, max: 6 }),
        stop: fc.integer({ min: -6, max: 6 }),
        step: fc.constantFrom(1, 2, 3),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        shapes(1, 3),
        fc.array(entry, { maxLength: 3 }),
        numbers,
        (shape, ranges, seed) => {
          const x = filled(shape, seed);
          const p = plain(x);
          const used = ranges.slice(0, shape.length);
          const taken = shape.map((length, axis) => {
            const { start, stop, step = 1 } = used[axis] ?? {};
            const all = Array.from({ length }, (_, i) => i).slice(start, stop);
            return all.filter((_, i) => i % step === 0);
          });
          const shapeOut = taken.map((list) => list.length);
          expectPlain(index(x, used as AxisIndex[]), shapeOut, (at) =>
            p.at(at.map((place, axis) => taken[axis]?.[place] as number)),
          );
          const first = index(x, [seed % (shape[0] as number)]);
          expectPlain(first, shape.slice(1), (at) => p.at([seed % (shape[0] as number), ...at]));
          const reversed = index(x, [{ step: -1 }]);
          expectPlain(reversed, shape, ([i, ...rest]) =>
            p.at([(shape[0] as number) - 1 - (i as number), ...rest]),
          );
          if (!shapeOut.includes(0)) expectGradient((v) => index(v, used as AxisIndex[]), x, seed);
          expectGradient((v) => index(v, [-1 - (seed % (shape[0] as number))]), x, seed);
        },
      ),
      OPTIONS,
    );
  });

  it("stack puts tensors side by side, and broadcasting repeats them", () => {
    fc.assert(
      fc.property(
        shapes(0, 3),
        shapes(0, 2),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(7),
        numbers,
        (shape, lead, count, mask, seed) => {
          const parts = Array.from({ length: count }, (_, i) => filled(shape, seed + i));
          expectPlain(stack(parts), [count, ...shape], ([i, ...rest]) =>
            plain(parts[i as number] as Tensor).at(rest),
          );
          expectGradient((v) => stack([...parts, v, v]), parts[0] as ConcreteTensor, seed);
          const narrow = shape.map((length, axis) => ((mask >> axis) & 1 ? 1 : length));
          const x = filled(narrow, seed);
          const p = plain(x);
          const wide = [...lead, ...shape];
          const narrowed = (at: readonly number[]): number =>
            p.at(at.slice(lead.length).map((place, axis) => (narrow[axis] === 1 ? 0 : place)));
          expectPlain(broadcastTo(x, wide), wide, narrowed);
          expectGradient((v) => broadcastTo(v, wide), x, seed);
          const other = filled(wide, seed + 5);
          expectPlain(add(other, x), wide, (at) => plain(other).at(at) + narrowed(at));
          expectGradient((v) => multiply(other, v), x, seed);
        },
      ),
      OPTIONS,
    );
  });
});
