// Reductions, running totals and sorts of random shapes along random axes, against plain nested loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  all,
  any,
  argmax,
  argmin,
  argsort,
  cumprod,
  cumsum,
  grad,
  logSoftmax,
  logSumExp,
  max,
  mean,
  min,
  multiply,
  norm,
  prod,
  type ReduceOptions,
  softmax,
  sort,
  std,
  sum,
  type Tensor,
  tensor,
  topK,
  variance,
} from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";

type List = readonly number[];

const OPTIONS = { seed: 11, numRuns: 120 } as const;

/** Quarters between -2 and 2: zeros and ties are frequent. */
const element = fc.integer({ min: -8, max: 8 }).map((quarters) => quarters / 4);

const shapes = (minimum: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: minimum, maxLength: 4 });

interface Case {
  readonly shape: List;
  readonly elements: List;
}

const cases = (minimum: number): fc.Arbitrary<Case> =>
  shapes(minimum).chain((shape) => {
    const size = sizeOf(shape);
    return fc
      .array(element, { minLength: size, maxLength: size })
      .map((elements) => ({ shape, elements }));
  });

/** The axes to reduce as a user may name them: one, several in any order, from either end, or none. */
function namedAxes(rank: number): fc.Arbitrary<number | number[] | undefined> {
  if (rank === 0) return fc.constant(undefined);
  const axis = fc.integer({ min: -rank, max: rank - 1 });
  const several = fc.uniqueArray(axis, { maxLength: rank, selector: (a) => (a + rank) % rank });
  return fc.oneof(axis, several, fc.constant(undefined));
}

const reductionCases: fc.Arbitrary<Case & { options: ReduceOptions; axes: List }> = cases(0).chain(
  (found) => {
    const rank = found.shape.length;
    return fc.tuple(namedAxes(rank), fc.boolean()).map(([axis, keepDims]) => {
      const named = axis === undefined ? found.shape.map((_, i) => i) : [axis].flat();
      const options = { ...(axis !== undefined && { axis }), keepDims };
      return { ...found, options, axes: named.map((a) => (a + rank) % rank) };
    });
  },
);

/** A case with one axis, counted from either end. */
const lineCases: fc.Arbitrary<Case & { axis: number }> = cases(1).chain((found) => {
  const rank = found.shape.length;
  return fc.integer({ min: -rank, max: rank - 1 }).map((axis) => ({ ...found, axis }));
});

function sizeOf(shape: List): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** All places of a shape in row-major order. */
function placesOf(shape: List): number[][] {
  return shape.reduce<number[][]>(
    (found, length) => found.flatMap((start) => Array.from({ length }, (_, i) => [...start, i])),
    [[]],
  );
}

function offsetOf(shape: List, place: List): number {
  return place.reduce((at, index, axis) => at * (shape[axis] as number) + index, 0);
}

/** For each result, the offsets of the elements that it combines. */
function groupsOf(shape: List, axes: List): number[][] {
  const groups = new Map<string, number[]>();
  for (const place of placesOf(shape)) {
    const key = place.map((index, axis) => (axes.includes(axis) ? "*" : index)).join();
    groups.set(key, [...(groups.get(key) ?? []), offsetOf(shape, place)]);
  }
  return [...groups.values()];
}

function reducedShape(shape: List, axes: List, keep: boolean | undefined): number[] {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return keep === true ? kept : kept.filter((_, axis) => !axes.includes(axis));
}

function numbersOf(value: Tensor): number[] {
  return Array.from(dataOf(value.concrete("test")));
}

function weightAt(i: number): number {
  return (((i + 2) * 37) % 11) / 4 - 1.125;
}

function weightsLike(value: Tensor): Tensor {
  return tensor(
    Array.from({ length: value.size }, (_, i) => weightAt(i)),
    { shape: value.shape },
  );
}

function expectNumbers(found: List, expected: List, message: string): void {
  const scale = Math.max(1, ...expected.map(Math.abs).filter(Number.isFinite));
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    const truth = expected[i] as number;
    if (Object.is(value, truth) || value === truth) return;
    expect(Math.abs(value - truth) / scale, `${message}: ${value} beside ${truth}`).toBeLessThan(
      1e-13,
    );
  });
}

const total = (list: List): number => list.reduce((x, y) => x + y, 0);
const product = (list: List): number => list.reduce((x, y) => x * y, 1);
const average = (list: List): number => total(list) / list.length;
const without = (list: List, i: number): List => list.filter((_, j) => j !== i);
const squares = (list: List): number => total(list.map((x) => (x - average(list)) ** 2));

/** One for the elements that are equal to the result, divided among them. */
function shared(list: List, result: number): List {
  const count = list.filter((x) => x === result).length;
  return list.map((x) => (x === result ? 1 / count : 0));
}

function power(list: List, p: number): number {
  if (p < 0 && list.includes(0)) return 0;
  return total(list.map((x) => Math.abs(x) ** p)) ** (1 / p);
}

interface Reduction {
  readonly name: string;
  readonly f: (x: Tensor, options: ReduceOptions) => Tensor;
  readonly value: (list: List) => number;
  /** The derivative by each element; none for places and truth values. */
  readonly slope?: (list: List) => List;
}

function normOf(ord: number, value: (list: List) => number): Reduction {
  return {
    name: `norm of order ${ord}`,
    f: (x, options) => norm(x, { ...options, ord }),
    value,
    slope: (list) => {
      const result = value(list);
      const sizes = list.map(Math.abs);
      const chosen = shared(sizes, result);
      return list.map((x, i) => {
        if (ord === 1) return Math.sign(x);
        if (result === 0 || x === 0 || ord === 0) return 0;
        if (!Number.isFinite(ord)) return Math.sign(x) * (chosen[i] as number);
        return Math.sign(x) * (Math.abs(x) / result) ** (ord - 1);
      });
    },
  };
}

const reductions: readonly Reduction[] = [
  { name: "sum", f: sum, value: total, slope: (list) => list.map(() => 1) },
  { name: "mean", f: mean, value: average, slope: (list) => list.map(() => 1 / list.length) },
  { name: "prod", f: prod, value: product, slope: (l) => l.map((_, i) => product(without(l, i))) },
  {
    name: "max",
    f: (x, options) => max(x, options),
    value: (list) => Math.max(...list),
    slope: (list) => shared(list, Math.max(...list)),
  },
  {
    name: "min",
    f: (x, options) => min(x, options),
    value: (list) => Math.min(...list),
    slope: (list) => shared(list, Math.min(...list)),
  },
  {
    name: "variance",
    f: variance,
    value: (list) => squares(list) / list.length,
    slope: (list) => list.map((x) => (2 * (x - average(list))) / list.length),
  },
  {
    name: "std",
    f: std,
    value: (list) => Math.sqrt(squares(list) / list.length),
    slope: (list) => {
      const deviation = Math.sqrt(squares(list) / list.length);
      return list.map((x) =>
        deviation === 0 ? 0 : (x - average(list)) / (list.length * deviation),
      );
    },
  },
  {
    name: "logSumExp",
    f: logSumExp,
    value: (list) => Math.log(total(list.map(Math.exp))),
    slope: (list) => list.map((x) => Math.exp(x) / total(list.map(Math.exp))),
  },
  { name: "any", f: any, value: (list) => Number(list.some((x) => x !== 0)) },
  { name: "all", f: all, value: (list) => Number(list.every((x) => x !== 0)) },
  normOf(0, (list) => list.filter((x) => x !== 0).length),
  normOf(1, (list) => power(list, 1)),
  normOf(2, (list) => Math.hypot(...list)),
  normOf(3, (list) => power(list, 3)),
  normOf(0.5, (list) => power(list, 0.5)),
  normOf(-1, (list) => power(list, -1)),
  normOf(Number.POSITIVE_INFINITY, (list) => Math.max(...list.map(Math.abs))),
  normOf(Number.NEGATIVE_INFINITY, (list) => Math.min(...list.map(Math.abs))),
];

describe("reductions", () => {
  it.each(reductions.map((reduction) => [reduction.name, reduction] as const))(
    "%s and its gradient are the loop",
    (name, { f, value, slope }) => {
      fc.assert(
        fc.property(reductionCases, ({ shape, elements, axes, options }) => {
          const x = tensor(elements, { shape });
          const groups = groupsOf(shape, axes);
          const lists = groups.map((group) => group.map((offset) => elements[offset] as number));
          const found = f(x, options);
          expect(found.shape).toEqual(reducedShape(shape, axes, options.keepDims));
          expectNumbers(numbersOf(found), lists.map(value), name);
          if (slope === undefined) return;
          const expected = new Array<number>(elements.length).fill(0);
          groups.forEach((group, k) => {
            const slopes = slope(lists[k] as List);
            group.forEach((offset, i) => {
              expected[offset] = weightAt(k) * (slopes[i] as number);
            });
          });
          const gradient = grad((at: Tensor) => {
            const result = f(at, options);
            return sum(multiply(result, weightsLike(result)));
          })(x);
          expectNumbers(numbersOf(gradient), expected, `gradient of ${name}`);
        }),
        OPTIONS,
      );
    },
  );

  it.each([
    ["argmax", argmax, (list: List) => list.indexOf(Math.max(...list))],
    ["argmin", argmin, (list: List) => list.indexOf(Math.min(...list))],
  ] as const)("%s is the first place along an axis, and among all", (name, f, value) => {
    fc.assert(
      fc.property(lineCases, fc.boolean(), ({ shape, elements, axis }, keepDims) => {
        const x = tensor(elements, { shape });
        const along = axis < 0 ? axis + shape.length : axis;
        const lists = groupsOf(shape, [along]).map((group) =>
          group.map((offset) => elements[offset] as number),
        );
        const found = f(x, { axis, keepDims });
        expect(found.dtype).toBe("int32");
        expect(found.shape).toEqual(reducedShape(shape, [along], keepDims));
        expectNumbers(numbersOf(found), lists.map(value), name);
        expectNumbers(numbersOf(f(x)), [value(elements)], name);
      }),
      OPTIONS,
    );
  });
});

interface LineMap {
  readonly name: string;
  readonly f: (x: Tensor, axis: number) => Tensor;
  readonly line: (list: List) => List;
  /** The derivative of result k by element i. */
  readonly slope?: (list: List, k: number, i: number) => number;
}

const exponentials = (list: List): List => {
  const powers = list.map(Math.exp);
  return powers.map((x) => x / total(powers));
};
const same = (k: number, i: number): number => Number(k === i);
const order = (list: List, sign: number): number[] =>
  list.map((_, i) => i).sort((i, j) => sign * ((list[i] as number) - (list[j] as number)) || i - j);

function sorted(descending: boolean): LineMap {
  const sign = descending ? -1 : 1;
  return {
    name: descending ? "sort, falling" : "sort",
    f: (x, axis) => sort(x, { axis, descending }),
    line: (list) => order(list, sign).map((i) => list[i] as number),
    slope: (list, k, i) => same(order(list, sign)[k] as number, i),
  };
}

const lineMaps: readonly LineMap[] = [
  {
    name: "cumsum",
    f: (x, axis) => cumsum(x, { axis }),
    line: (list) => list.map((_, k) => total(list.slice(0, k + 1))),
    slope: (_, k, i) => Number(i <= k),
  },
  {
    name: "cumsum, reversed",
    f: (x, axis) => cumsum(x, { axis, reverse: true }),
    line: (list) => list.map((_, k) => total(list.slice(k))),
    slope: (_, k, i) => Number(i >= k),
  },
  {
    name: "cumprod",
    f: (x, axis) => cumprod(x, { axis }),
    line: (list) => list.map((_, k) => product(list.slice(0, k + 1))),
    slope: (list, k, i) => (i <= k ? product(without(list.slice(0, k + 1), i)) : 0),
  },
  {
    name: "cumprod, reversed",
    f: (x, axis) => cumprod(x, { axis, reverse: true }),
    line: (list) => list.map((_, k) => product(list.slice(k))),
    slope: (list, k, i) => (i >= k ? product(without(list.slice(k), i - k)) : 0),
  },
  {
    name: "softmax",
    f: (x, axis) => softmax(x, { axis }),
    line: exponentials,
    slope: (list, k, i) => {
      const s = exponentials(list);
      return (s[k] as number) * (same(k, i) - (s[i] as number));
    },
  },
  {
    name: "logSoftmax",
    f: (x, axis) => logSoftmax(x, { axis }),
    line: (list) => exponentials(list).map(Math.log),
    slope: (list, k, i) => same(k, i) - (exponentials(list)[i] as number),
  },
  sorted(false),
  sorted(true),
  { name: "argsort", f: (x, axis) => argsort(x, { axis }), line: (list) => order(list, 1) },
];

describe("operations along an axis", () => {
  it.each(lineMaps.map((map) => [map.name, map] as const))(
    "%s and its gradient are the loop",
    (name, { f, line, slope }) => {
      fc.assert(
        fc.property(lineCases, ({ shape, elements, axis }) => {
          const x = tensor(elements, { shape });
          const groups = groupsOf(shape, [axis < 0 ? axis + shape.length : axis]);
          const expected = new Array<number>(elements.length).fill(0);
          const slopes = new Array<number>(elements.length).fill(0);
          for (const group of groups) {
            const list = group.map((offset) => elements[offset] as number);
            line(list).forEach((value, k) => {
              expected[group[k] as number] = value;
            });
            group.forEach((offset, i) => {
              slopes[offset] = total(
                group.map((result, k) => weightAt(result) * (slope?.(list, k, i) ?? 0)),
              );
            });
          }
          const found = f(x, axis);
          expect(found.shape).toEqual(shape);
          expectNumbers(numbersOf(found), expected, name);
          const gradient = grad((at: Tensor) => {
            const result = f(at, axis);
            return sum(multiply(result, weightsLike(result)));
          })(x);
          expectNumbers(numbersOf(gradient), slopes, `gradient of ${name}`);
        }),
        OPTIONS,
      );
    },
  );

  it("topK takes the first of a falling sort, and gives them their gradient", () => {
    fc.assert(
      fc.property(lineCases, fc.nat({ max: 4 }), ({ shape, elements, axis }, count) => {
        const x = tensor(elements, { shape });
        const along = axis < 0 ? axis + shape.length : axis;
        const k = Math.min(count, shape[along] as number);
        const groups = groupsOf(shape, [along]);
        const chosen = groups.map((group) =>
          order(
            group.map((offset) => elements[offset] as number),
            -1,
          ).slice(0, k),
        );
        const { values, indices } = topK(x, k, { axis });
        const picked = shape.with(along, k);
        expect(values.shape).toEqual(picked);
        expect(indices.dtype).toBe("int32");
        const results = groupsOf(picked, [along]);
        results.forEach((group, g) => {
          expect(group.map((offset) => numbersOf(indices)[offset])).toEqual(chosen[g]);
        });
        const expected = new Array<number>(elements.length).fill(0);
        results.forEach((group, g) => {
          group.forEach((result, i) => {
            const source = groups[g]?.[chosen[g]?.[i] as number] as number;
            expect(numbersOf(values)[result]).toBe(elements[source]);
            expected[source] = weightAt(result);
          });
        });
        const gradient = grad((at: Tensor) => {
          const result = topK(at, k, { axis }).values;
          return sum(multiply(result, weightsLike(result)));
        })(x);
        expectNumbers(numbersOf(gradient), expected, "gradient of topK");
      }),
      OPTIONS,
    );
  });
});
