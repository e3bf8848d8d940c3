// Moving elements of tensors of random shapes, values and gradients, against plain nested loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradient } from "../../src/autodiff/derivative.ts";
import { grad, jvp } from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import {
  type AxisIndex,
  at,
  type ConcreteTensor,
  concat,
  diag,
  flip,
  gather,
  type IndexRange,
  index,
  multiply,
  pad,
  repeat,
  roll,
  split,
  stack,
  sum,
  symbol,
  type Tensor,
  take,
  takeAlongAxis,
  tensor,
  tile,
  toFormula,
  tril,
  triu,
  vmap,
} from "../../src/index.ts";

type Places = readonly number[];

/** Where an element of a result comes from: which operand, and its places there. Undefined is a zero. */
type Source = { readonly operand: number; readonly places: Places } | undefined;

const OPTIONS = { seed: 11, numRuns: 100 } as const;

const numbers = fc.nat(1000);
const lengths = fc.integer({ min: 1, max: 4 });
const shapes = (minimum: number, maximum: number): fc.Arbitrary<number[]> =>
  fc.array(lengths, { minLength: minimum, maxLength: maximum });

const sizeOf = (shape: Places): number => shape.reduce((product, length) => product * length, 1);

function filled(shape: Places, seed: number): ConcreteTensor {
  const values = Array.from(
    { length: sizeOf(shape) },
    (_, i) => (((i + 3) * (seed + 7) * 37) % 101) / 25 - 2,
  );
  return tensor(values, { shape });
}

/** Whole numbers from -length to length - 1, nested in a shape. */
function placesFor(shape: Places, length: number, seed: number): ConcreteTensor {
  const values = Array.from(
    { length: sizeOf(shape) },
    (_, i) => (((i + 1) * (seed + 3) * 29) % (2 * length)) - length,
  );
  return tensor(values, { shape, dtype: "int32" });
}

function offsetOf(shape: Places, places: Places): number {
  return places.reduce((offset, place, axis) => offset * (shape[axis] as number) + place, 0);
}

/** All places of a shape in row-major order. */
function placesOf(shape: Places): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((start) => Array.from({ length }, (_, i) => [...start, i])),
    [[]],
  );
}

function elements(value: Tensor): number[] {
  return Array.from(dataOf(value.concrete("elements")));
}

function elementAt(value: Tensor, places: Places): number {
  return elements(value)[offsetOf(value.shape, places)] as number;
}

const wrapped = (place: number, length: number): number => (place < 0 ? place + length : place);

/** Places that a Python slice visits, step by step. */
function visited(length: number, { start, stop, step = 1 }: IndexRange): number[] {
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const inside = (place: number): number => Math.max(low, Math.min(high, wrapped(place, length)));
  const first = start === undefined ? (step > 0 ? 0 : length - 1) : inside(start);
  const end = stop === undefined ? (step > 0 ? length : -1) : inside(stop);
  const list: number[] = [];
  for (let place = first; step > 0 ? place < end : place > end; place += step) list.push(place);
  return list;
}

/** Sums weights by the places that elements come from: the transpose of the movement, as a loop. */
function transposed(
  operands: readonly Tensor[],
  shape: Places,
  weights: Tensor,
  source: (at: Places) => Source,
): number[][] {
  const sums = operands.map(({ size }) => new Array<number>(size).fill(0));
  for (const place of placesOf(shape)) {
    const from = source(place);
    if (from === undefined) continue;
    const into = sums[from.operand] as number[];
    const offset = offsetOf((operands[from.operand] as Tensor).shape, from.places);
    into[offset] = (into[offset] as number) + elementAt(weights, place);
  }
  return sums;
}

function expectNear(found: Tensor, expected: readonly number[]): void {
  const values = elements(found);
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(1e-13);
  });
}

/**
 * Checks a function that only moves elements: its values, its gradients on the tape and in the graph, and its
 * tangent, which is the function itself.
 */
function expectMovement(
  f: (operands: readonly Tensor[]) => Tensor,
  operands: readonly ConcreteTensor[],
  shape: Places,
  source: (at: Places) => Source,
): void {
  const found = f(operands);
  expect(found.shape).toEqual(shape);
  const moved = placesOf(shape).map((place) => {
    const from = source(place);
    return from === undefined ? 0 : elementAt(operands[from.operand] as Tensor, from.places);
  });
  expect(elements(found)).toEqual(moved);

  const weights = filled(shape, 3);
  const loss = (values: readonly Tensor[]): Tensor => sum(multiply(f(values), weights));
  const expected = transposed(operands, shape, weights, source);
  const onTape = grad(loss)(operands);
  onTape.forEach((found, i) => {
    expectNear(found as Tensor, expected[i] as number[]);
  });

  const names = operands.map((_, i) => `x${i}`);
  const formula = toFormula(
    loss(operands.map((operand, i) => symbol(names[i] as string, { shape: operand.shape }))),
  );
  const point = Object.fromEntries(operands.map((operand, i) => [names[i], operand]));
  const derived = gradient(formula, names);
  operands.forEach((_, i) => {
    expectNear(derived[names[i] as string]?.(point) as Tensor, expected[i] as number[]);
  });

  const tangents = operands.map((operand, i) => filled(operand.shape, 40 + i));
  const { tangent } = jvp((values: readonly Tensor[]) => f(values))(operands, tangents);
  expect(elements(tangent)).toEqual(elements(f(tangents)));
}

/** The same for a function of one tensor. */
function expectMoved(
  f: (x: Tensor) => Tensor,
  x: ConcreteTensor,
  shape: Places,
  source: (at: Places) => Places | undefined,
): void {
  expectMovement(
    ([value]) => f(value as Tensor),
    [x],
    shape,
    (place) => {
      const places = source(place);
      return places && { operand: 0, places };
    },
  );
}

const ranges = fc.record(
  {
    start: fc.integer({ min: -6, max: 6 }),
    stop: fc.integer({ min: -6, max: 6 }),
    step: fc.constantFrom(1, 2, 3, -1, -2, -3),
  },
  { requiredKeys: [] },
);

describe("pieces of random tensors", () => {
  it("index takes places and ranges of either direction, and at() writes there", () => {
    fc.assert(
      fc.property(
        shapes(1, 3),
        fc.array(fc.oneof(ranges, fc.integer({ min: -12, max: 11 })), { maxLength: 3 }),
        numbers,
        (shape, entries, seed) => {
          const x = filled(shape, seed);
          const used = shape.map((length, axis) => {
            const entry = entries[axis] ?? {};
            return typeof entry === "number"
              ? (((entry % length) + length) % length) - length
              : entry;
          });
          const lists = shape.map((length, axis) => {
            const entry = used[axis] as number | IndexRange;
            return typeof entry === "number" ? [entry + length] : visited(length, entry);
          });
          const kept = shape
            .map((_, axis) => axis)
            .filter((axis) => typeof used[axis] !== "number");
          const shapeOut = kept.map((axis) => (lists[axis] as number[]).length);
          const placesIn = (place: Places): Places =>
            lists.map(
              (list, axis) =>
                list[kept.includes(axis) ? (place[kept.indexOf(axis)] as number) : 0] as number,
            );
          expectMoved((v) => index(v, used), x, shapeOut, placesIn);
          expectWriting(x, used, shapeOut, placesIn, seed);
        },
      ),
      OPTIONS,
    );
  });

  it("index takes one array of places among ranges, and at() writes there", () => {
    fc.assert(
      fc.property(shapes(1, 3), shapes(0, 2), fc.nat(2), numbers, (shape, own, pick, seed) => {
        const axis = pick % shape.length;
        const length = shape[axis] as number;
        const places = placesFor(own, length, seed);
        const x = filled(shape, seed);
        const entries = shape.map(
          (_, k): AxisIndex => (k === axis ? places : { step: k % 2 ? 1 : -1 }),
        );
        const shapeOut = shape.toSpliced(axis, 1, ...own);
        const placesIn = (place: Places): Places => {
          const chosen = wrapped(elementAt(places, place.slice(axis, axis + own.length)), length);
          return place
            .toSpliced(axis, own.length, chosen)
            .map((at, k) => (k === axis || k % 2 ? at : (shape[k] as number) - 1 - at));
        };
        expectMoved((v) => index(v, entries), x, shapeOut, placesIn);
        expectWriting(x, entries, shapeOut, placesIn, seed);
      }),
      OPTIONS,
    );
  });

  it("index takes arrays of places together, and at() writes there", () => {
    fc.assert(
      fc.property(
        shapes(3, 3),
        shapes(0, 2),
        fc.nat(7),
        fc.nat(2),
        numbers,
        (shape, common, mask, whole, seed) => {
          const x = filled(shape, seed);
          const arrays = shape.map((length, axis) =>
            placesFor((mask >> axis) & 1 ? common : common.slice(1), length, seed + axis),
          );
          const entries = arrays.map((array, axis): AxisIndex => (axis === whole ? {} : array));
          const both = arrays.filter((_, axis) => axis !== whole);
          const rank = Math.max(...both.map((array) => array.rank));
          const shapeIn = common.slice(common.length - rank);
          const first = whole === 0 ? 1 : 0;
          const length = shape[whole] as number;
          const shapeOut = first === 1 ? [length, ...shapeIn] : [...shapeIn, length];
          const placesIn = (place: Places): Places => {
            const chosen = place.slice(first, first + rank);
            const free = (first === 1 ? place[0] : place.at(-1)) as number;
            return arrays.map((array, axis) =>
              axis === whole
                ? free
                : wrapped(elementAt(array, chosen.slice(rank - array.rank)), shape[axis] as number),
            );
          };
          expectMoved((v) => index(v, entries), x, shapeOut, placesIn);
          expectWriting(x, entries, shapeOut, placesIn, seed);
        },
      ),
      OPTIONS,
    );
  });
});

/** Checks `set` and `add` at places whose elements come from `placesIn`, and their gradients. */
function expectWriting(
  x: ConcreteTensor,
  entries: readonly AxisIndex[],
  shape: Places,
  placesIn: (at: Places) => Places,
  seed: number,
): void {
  const values = filled(shape, seed + 5);
  const last = new Map<number, Places>();
  const sums = elements(x);
  for (const place of placesOf(shape)) {
    const offset = offsetOf(x.shape, placesIn(place));
    last.set(offset, place);
    sums[offset] = (sums[offset] as number) + elementAt(values, place);
  }
  expectMovement(
    ([v, w]) => at(v as Tensor, entries).set(w as Tensor),
    [x, values],
    x.shape,
    (place) => {
      const written = last.get(offsetOf(x.shape, place));
      return written === undefined
        ? { operand: 0, places: place }
        : { operand: 1, places: written };
    },
  );
  expectNear(at(x, entries).add(values), sums);
  const weights = filled(x.shape, seed + 1);
  const loss = ([v, w]: readonly Tensor[]): Tensor =>
    sum(multiply(at(v as Tensor, entries).add(w as Tensor), weights));
  const [byX, byValues] = grad(loss)([x, values]) as [Tensor, Tensor];
  expect(elements(byX)).toEqual(elements(weights));
  expectNear(
    byValues,
    placesOf(shape).map((place) => elementAt(weights, placesIn(place))),
  );
}

describe("places that are data", () => {
  it("gather and take put the axes of the places in the stead of an axis", () => {
    fc.assert(
      fc.property(shapes(1, 3), shapes(0, 2), fc.nat(2), numbers, (shape, own, pick, seed) => {
        const axis = pick % shape.length;
        const length = shape[axis] as number;
        const places = placesFor(own, length, seed);
        const x = filled(shape, seed);
        const shapeOut = shape.toSpliced(axis, 1, ...own);
        const placesIn = (place: Places): Places =>
          place.toSpliced(
            axis,
            own.length,
            wrapped(elementAt(places, place.slice(axis, axis + own.length)), length),
          );
        expectMoved((v) => gather(v, places, { axis: axis - shape.length }), x, shapeOut, placesIn);
        const flat = placesFor(own, x.size, seed);
        expectMoved(
          (v) => take(v, flat),
          x,
          own,
          (place) => placesOf(shape)[wrapped(elementAt(flat, place), x.size)] as Places,
        );
      }),
      OPTIONS,
    );
  });

  it("takeAlongAxis takes places of every line, and the other axes broadcast", () => {
    fc.assert(
      fc.property(
        shapes(1, 3),
        lengths,
        fc.nat(2),
        fc.nat(63),
        numbers,
        (shape, count, pick, mask, seed) => {
          const axis = pick % shape.length;
          const length = shape[axis] as number;
          const narrowed = (bits: number): number[] =>
            shape.map((size, k) => (k !== axis && (bits >> k) & 1 ? 1 : size));
          const x = filled(narrowed(mask), seed);
          const places = placesFor(narrowed(mask >> 3).with(axis, count), length, seed);
          const shapeOut = shape.map((_, k) =>
            k === axis ? count : Math.max(x.shape[k] as number, places.shape[k] as number),
          );
          const within = (own: Places, place: Places): Places =>
            place.map((value, k) => (own[k] === 1 ? 0 : value));
          expectMoved(
            (v) => takeAlongAxis(v, places, { axis }),
            x,
            shapeOut,
            (place) => {
              const chosen = elementAt(places, within(places.shape, place));
              return within(x.shape, place).with(axis, wrapped(chosen, length));
            },
          );
        },
      ),
      OPTIONS,
    );
  });

  it("places may differ from example to example under vmap", () => {
    const functions: Record<string, (x: Tensor, places: Tensor, values: Tensor) => Tensor> = {
      gather: (x, places) => gather(x, places),
      "gather along the last axis": (x, places) => gather(x, places, { axis: -1 }),
      takeAlongAxis: (x, places) => takeAlongAxis(x, index(places, [{}, { stop: 1 }])),
      "index by two": (x, places) => index(x, [places, places]),
      set: (x, places, values) => at(x, [{}, places]).set(values),
      "set by two": (x, places, values) => at(x, [places, places]).set(values),
      add: (x, places, values) => at(x, [places]).add(index(values, [0])),
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(functions)),
        fc.integer({ min: 1, max: 3 }),
        lengths,
        fc.integer({ min: 1, max: 7 }),
        numbers,
        (name, size, length, mask, seed) => {
          const f = functions[name] as (x: Tensor, places: Tensor, values: Tensor) => Tensor;
          const shapeOf = (own: number[], bit: number): number[] =>
            (mask >> bit) & 1 ? [size, ...own] : own;
          const operands = [
            filled(shapeOf([length, length], 0), seed),
            placesFor(shapeOf([length, 2], 1), length, seed),
            filled(shapeOf([2], 2), seed + 1),
          ] as const;
          const axes = operands.map((_, bit) => ((mask >> bit) & 1 ? 0 : null));
          const loss = (x: Tensor, places: Tensor, values: Tensor): Tensor => {
            const result = f(x, places, values);
            return sum(multiply(result, filled(result.shape, 9)));
          };
          const example = (k: number): Tensor[] =>
            operands.map((operand, bit) => (axes[bit] === 0 ? index(operand, [k]) : operand));
          const loop = Array.from(
            { length: size },
            (_, k) => example(k) as [Tensor, Tensor, Tensor],
          );
          const together = vmap(f, { axes })(...operands);
          expect(elements(together)).toEqual(loop.flatMap((list) => elements(f(...list))));
          const slope = grad((x: Tensor, places: Tensor, values: Tensor) =>
            loss(x, places, values),
          );
          const slopes = vmap(slope, { axes })(...operands);
          expectNear(
            slopes,
            loop.flatMap((list) => elements(slope(...list))),
          );
        },
      ),
      OPTIONS,
    );
  });
});

describe("joined and repeated tensors", () => {
  it("concat and stack put tensors side by side, and split takes them apart", () => {
    fc.assert(
      fc.property(
        shapes(1, 3),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        fc.nat(3),
        numbers,
        (shape, sizes, pick, seed) => {
          const axis = pick % shape.length;
          const parts = sizes.map((size, i) => filled(shape.with(axis, size), seed + i));
          const total = sizes.reduce((all, size) => all + size, 0);
          const starts = sizes.map((_, i) =>
            sizes.slice(0, i).reduce((all, size) => all + size, 0),
          );
          const whole = shape.with(axis, total);
          expectMovement(
            (list) => concat(list, { axis }),
            parts,
            whole,
            (place) => {
              const along = place[axis] as number;
              const operand = starts.findIndex(
                (start, i) => along >= start && along < start + (sizes[i] as number),
              );
              return { operand, places: place.with(axis, along - (starts[operand] as number)) };
            },
          );
          const x = filled(whole, seed);
          split(x, sizes, { axis }).forEach((_, i) => {
            expectMoved(
              (v) => split(v, sizes, { axis })[i] as Tensor,
              x,
              shape.with(axis, sizes[i] as number),
              (place) => place.with(axis, (place[axis] as number) + (starts[i] as number)),
            );
          });
          const place = pick % (shape.length + 1);
          const alike = [filled(shape, seed), filled(shape, seed + 1)];
          expectMovement(
            (list) => stack(list, { axis: place }),
            alike,
            shape.toSpliced(place, 0, 2),
            (at) => ({ operand: at[place] as number, places: at.toSpliced(place, 1) }),
          );
        },
      ),
      OPTIONS,
    );
  });

  it("pad puts a border around, of zeros or of the tensor's own elements", () => {
    fc.assert(
      fc.property(
        shapes(1, 3),
        fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 3, maxLength: 3 }),
        fc.constantFrom("constant", "edge", "reflect", "wrap"),
        numbers,
        (shape, drawn, mode, seed) => {
          const most = (length: number): number => (mode === "reflect" ? length - 1 : 3);
          const widths = shape.map((length, axis) => {
            const [before, after] = drawn[axis] as [number, number];
            return [Math.min(before, most(length)), Math.min(after, most(length))] as const;
          });
          const shapeOut = shape.map((length, axis) => {
            const [before, after] = widths[axis] as readonly [number, number];
            return before + length + after;
          });
          /** Walks back from a border place to the element that it repeats. */
          const inside = (place: number, length: number): number => {
            let at = place;
            while (mode === "wrap" && at < 0) at += length;
            while (mode === "wrap" && at >= length) at -= length;
            if (mode === "reflect" && at < 0) at = -at;
            if (mode === "reflect" && at >= length) at = 2 * (length - 1) - at;
            if (mode === "edge") at = Math.max(0, Math.min(length - 1, at));
            return at;
          };
          expectMoved(
            (v) => pad(v, widths, { mode }),
            filled(shape, seed),
            shapeOut,
            (place) => {
              const places = place.map((at, axis) =>
                inside(at - (widths[axis]?.[0] as number), shape[axis] as number),
              );
              const outside = places.some((at, axis) => at < 0 || at >= (shape[axis] as number));
              return outside ? undefined : places;
            },
          );
        },
      ),
      OPTIONS,
    );
  });

  it("roll, flip, tile and repeat copy whole slices", () => {
    fc.assert(
      fc.property(
        shapes(1, 3),
        fc.nat(2),
        fc.integer({ min: -7, max: 7 }),
        fc.nat(3),
        numbers,
        (shape, pick, shift, count, seed) => {
          const axis = pick % shape.length;
          const length = shape[axis] as number;
          const x = filled(shape, seed);
          const along =
            (f: (place: number) => number) =>
            (place: Places): Places =>
              place.with(axis, f(place[axis] as number));
          const around = (place: number): number => (((place - shift) % length) + length) % length;
          expectMoved((v) => roll(v, shift, { axis }), x, shape, along(around));
          expectMoved(
            (v) => flip(v, { axis }),
            x,
            shape,
            along((place) => length - 1 - place),
          );
          expectMoved(
            (v) => flip(v),
            x,
            shape,
            (place) => place.map((at, k) => (shape[k] as number) - 1 - at),
          );
          const tiled = shape.with(axis, length * count);
          const reps = shape.map((_, k) => (k === axis ? count : 1));
          expectMoved(
            (v) => tile(v, reps),
            x,
            tiled,
            along((place) => place % length),
          );
          expectMoved(
            (v) => repeat(v, count, { axis }),
            x,
            tiled,
            along((place) => Math.floor(place / count)),
          );
          const counts = Array.from({ length }, (_, k) => (seed + k) % 3);
          const owners = counts.flatMap((times, k) => new Array<number>(times).fill(k));
          expectMoved(
            (v) => repeat(v, counts, { axis }),
            x,
            shape.with(axis, owners.length),
            along((place) => owners[place] as number),
          );
        },
      ),
      OPTIONS,
    );
  });

  it("tril and triu keep a triangle, and diag moves to a diagonal and back", () => {
    fc.assert(
      fc.property(shapes(2, 3), fc.integer({ min: -4, max: 4 }), numbers, (shape, k, seed) => {
        const x = filled(shape, seed);
        const right = (place: Places): number =>
          (place.at(-1) as number) - (place.at(-2) as number);
        expectMoved(
          (v) => tril(v, { k }),
          x,
          shape,
          (place) => (right(place) <= k ? place : undefined),
        );
        expectMoved(
          (v) => triu(v, { k }),
          x,
          shape,
          (place) => (right(place) >= k ? place : undefined),
        );
        const [rows, columns] = shape as [number, number];
        const matrix = filled([rows, columns], seed);
        const on = placesOf([rows, columns]).filter((place) => right(place) === k);
        expectMoved(
          (v) => diag(v, { k }),
          matrix,
          [on.length],
          ([at]) => on[at as number],
        );
        const vector = filled([rows], seed);
        const size = rows + Math.abs(k);
        expectMoved(
          (v) => diag(v, { k }),
          vector,
          [size, size],
          (place) => (right(place) === k ? [Math.min(...place)] : undefined),
        );
      }),
      OPTIONS,
    );
  });
});
