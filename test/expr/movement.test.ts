// Moving elements: NumPy's rules where they surprise, number types, empty tensors, and what is refused.

import { describe, expect, it } from "vitest";
import { grad } from "../../src/autodiff/index.ts";
import { applyAll } from "../../src/expr/apply.ts";
import type { Params, ParamValue } from "../../src/expr/op.ts";
import * as movementOps from "../../src/expr/ops/movement/ops.ts";
import {
  arange,
  argsort,
  at,
  cast,
  concat,
  type DType,
  diag,
  expandDims,
  eye,
  flip,
  full,
  gather,
  index,
  linspace,
  multiply,
  type Op,
  oneHot,
  ones,
  onesLike,
  pad,
  permute,
  repeat,
  reshape,
  roll,
  SymtapeError,
  scalar,
  scatterAdd,
  split,
  squeeze,
  stack,
  sum,
  symbol,
  type Tensor,
  take,
  takeAlongAxis,
  tensor,
  tile,
  toFormula,
  transpose,
  tril,
  triu,
  vmap,
  zeros,
  zerosLike,
} from "../../src/index.ts";

const matrix = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const vector = tensor([1, 2, 3]);

/** The numbers 0, 1, … in a shape. */
function counted(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float64Array.from({ length: size }, (_, i) => i),
    { shape },
  );
}

describe("index by arrays follows NumPy", () => {
  const x = counted([2, 3, 4, 5]);

  it("puts the common axes of adjoining arrays in their place", () => {
    const found = index(x, [{}, [[0], [2]], [1, 3, 0]]);
    expect(found.shape).toEqual([2, 2, 3, 5]);
    expect(index(found, [1, 1, 2, 4])).toEqual(index(x, [1, 2, 0, 4]));
  });

  it("puts them in front where a range stands between", () => {
    const found = index(x, [{}, [0, 2, 1], {}, [4, 0, -1]]);
    expect(found.shape).toEqual([3, 2, 4]);
    expect(index(found, [2, 1, 3])).toEqual(index(x, [1, 1, 3, 4]));
  });

  it("counts a number beside an array as one of them", () => {
    const found = index(x, [0, {}, [1, 3]]);
    expect(found.shape).toEqual([2, 3, 5]);
    expect(index(found, [1, 2, 4])).toEqual(index(x, [0, 2, 3, 4]));
    expect(index(x, [{}, 1, [1, 3]]).shape).toEqual([2, 2, 5]);
    expect(index(x, [{ step: -1 }, 1, [1, 3], 0]).toArray()).toEqual([
      [85, 95],
      [25, 35],
    ]);
  });

  it("takes a tensor of one place for a number, and no places for an empty axis", () => {
    expect(index(x, [tensor(1, { dtype: "int32" }), 0, 0]).toArray()).toEqual([60, 61, 62, 63, 64]);
    expect(index(x, [[]]).shape).toEqual([0, 3, 4, 5]);
  });
});

describe("at", () => {
  it("keeps the last of several values for one place, whose derivative alone is not 0", () => {
    const places = [2, 0, -1];
    const set = (values: Tensor): Tensor => at(vector, [places]).set(values);
    expect(set(tensor([7, 8, 9])).toArray()).toEqual([8, 2, 9]);
    const gradient = grad((values: Tensor) => sum(multiply(set(values), tensor([1, 10, 100]))));
    expect(gradient(tensor([7, 8, 9])).toArray()).toEqual([0, 1, 100]);
    const byX = grad((x: Tensor) => sum(multiply(at(x, [places]).set(5), vector)));
    expect(byX(vector).toArray()).toEqual([0, 2, 0]);
  });

  it("knows the last value also where the places are symbols or differ by example", () => {
    const x = symbol("x", { shape: [3] });
    const i = symbol("i", { shape: [3], dtype: "int32" });
    const v = symbol("v", { shape: [3] });
    const point = { x: vector, i: tensor([1, 1, 2], { dtype: "int32" }), v: tensor([7, 8, 9]) };
    expect(toFormula(at(x, [i]).set(v))(point).toArray()).toEqual([1, 8, 9]);
    const slope = grad((values: Tensor, places: Tensor) => sum(at(vector, [places]).set(values)));
    const places = tensor(
      [
        [1, 1, 2],
        [0, 0, 0],
      ],
      { dtype: "int32" },
    );
    expect(vmap(slope, { axes: [null, 0] })(vector, places).toArray()).toEqual([
      [0, 1, 1],
      [0, 0, 1],
    ]);
  });

  it("adds all of several values for one place", () => {
    const added = at(matrix, [[0, 0], { start: 1 }]).add(
      tensor([
        [10, 20],
        [1, 2],
      ]),
    );
    expect(added.toArray()).toEqual([
      [1, 13, 25],
      [4, 5, 6],
    ]);
  });

  it("repeats values that broadcast, numbers among them", () => {
    expect(at(matrix, [{}, 1]).set(0).toArray()).toEqual([
      [1, 0, 3],
      [4, 0, 6],
    ]);
    expect(
      at(matrix, [1])
        .add(tensor([10]))
        .toArray(),
    ).toEqual([
      [1, 2, 3],
      [14, 15, 16],
    ]);
    const slope = grad((value: Tensor) => sum(at(matrix, [{}, [0, 2]]).set(value)));
    expect(slope(1)).toBe(4);
  });

  it("leaves the tensor as it is", () => {
    const before = matrix.toArray();
    at(matrix, [0]).set(9);
    at(matrix, [[1]]).add(9);
    expect(matrix.toArray()).toEqual(before);
  });

  it("writes infinities and NaN without touching the other elements", () => {
    const odd = at(tensor([Number.NaN, 1, Number.POSITIVE_INFINITY]), [[0, 2]]).set(0);
    expect(odd.toArray()).toEqual([0, 1, 0]);
    expect(at(odd, [1]).set(Number.NEGATIVE_INFINITY).toArray()).toEqual([
      0,
      Number.NEGATIVE_INFINITY,
      0,
    ]);
  });
});

describe("number types", () => {
  const whole = tensor([1, 2], { dtype: "int32" });
  const single = tensor([0.1, 0.2], { dtype: "float32" });
  const truths = tensor([1, 0], { dtype: "bool" });

  it("stay where elements only move", () => {
    for (const x of [whole, single, truths, tensor([1, 2])]) {
      const moved = [
        gather(x, [0]),
        take(x, 1),
        flip(x),
        roll(x, 1),
        tile(x, 2),
        repeat(x, 2),
        diag(x),
      ];
      const more = [takeAlongAxis(x, [0]), pad(x, 1, { mode: "edge" }), tril(expandDims(x, 0))];
      for (const value of [...moved, ...more, concat([x, x]), stack([x, x])])
        expect(value.dtype).toBe(x.dtype);
    }
  });

  it("are promoted where values meet", () => {
    expect(concat([whole, single]).dtype).toBe("float64");
    expect(at(whole, [0]).set(0.5).toArray()).toEqual([0.5, 2]);
    expect(at(whole, [0]).set(5).dtype).toBe("int32");
    expect(at(single, [[0]]).set(scalar(1)).dtype).toBe("float64");
    expect(
      at(truths, [[0, 0]])
        .add(truths)
        .toArray(),
    ).toEqual([2, 0]);
    expect(pad(single, 1).dtype).toBe("float32");
    expect(pad(whole, 1, { value: Number.NEGATIVE_INFINITY }).dtype).toBe("float64");
    expect(scatterAdd(single, [0, 0], 1).toArray()).toEqual([
      Math.fround(Math.fround(0.1) + 2),
      Math.fround(0.2),
    ]);
  });

  it("give gradients in the type of their operand", () => {
    const gradient = grad((x: Tensor) => sum(at(x, [[1, 1]]).set(tensor([1, 2]))))(single);
    expect(gradient.dtype).toBe("float32");
    expect(gradient.toArray()).toEqual([1, 0]);
  });
});

describe("empty tensors", () => {
  const empty = zeros([0, 3]);

  it("move like others", () => {
    expect(gather(matrix, [], { axis: 1 }).shape).toEqual([2, 0]);
    expect(gather(empty, []).shape).toEqual([0, 3]);
    expect(takeAlongAxis(empty, zeros([0, 2], { dtype: "int32" })).shape).toEqual([0, 2]);
    expect(concat([empty, matrix]).toArray()).toEqual(matrix.toArray());
    expect(flip(empty).shape).toEqual([0, 3]);
    expect(roll(empty, 2, { axis: 0 }).shape).toEqual([0, 3]);
    expect(tile(empty, 2).shape).toEqual([0, 6]);
    expect(tile(vector, 0).shape).toEqual([0]);
    expect(triu(empty).shape).toEqual([0, 3]);
    expect(diag(empty).shape).toEqual([0]);
    expect(diag(zeros([0]), { k: 1 }).toArray()).toEqual([[0]]);
    expect(at(matrix, [[]]).set(1).toArray()).toEqual(matrix.toArray());
    expect(pad(empty, 1).shape).toEqual([2, 5]);
    expect(oneHot([], 3).shape).toEqual([0, 3]);
    expect(split(empty, 3, { axis: 1 }).map(({ shape }) => shape)).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });
});

describe("axes", () => {
  it("permute is transpose", () => {
    expect(permute).toBe(transpose);
  });

  it("come and go without a node where nothing changes", () => {
    const x = symbol("x", { shape: [2, 3] });
    expect(squeeze(x)).toBe(x);
    expect(expandDims(x, [])).toBe(x);
    expect(squeeze(expandDims(x, [0, 2, -1]), { axis: [0, 2, 4] }).shape).toEqual([2, 3]);
  });
});

describe("one-hot rows", () => {
  it("are of the type asked for and have no derivative", () => {
    expect(oneHot([[1], [0]], 2, { dtype: "bool" }).toArray()).toEqual([[[0, 1]], [[1, 0]]]);
    const slope = grad((x: Tensor) => sum(multiply(oneHot(argsort(x), 3), vector)));
    expect(slope(vector).toArray()).toEqual([0, 0, 0]);
  });
});

describe("new tensors", () => {
  it("have the shape and dtype asked for", () => {
    expect(ones([2], { dtype: "bool" }).dtype).toBe("bool");
    expect(full([], true).dtype).toBe("bool");
    expect(full([2], 0.1, { dtype: "float32" }).toArray()).toEqual([
      Math.fround(0.1),
      Math.fround(0.1),
    ]);
    expect(zerosLike(tensor([1], { dtype: "int32" })).dtype).toBe("int32");
    expect(onesLike(2).dtype).toBe("float64");
    expect(onesLike(matrix, { dtype: "int32" }).toArray()).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(zeros([2, 0]).shape).toEqual([2, 0]);
    expect(eye(2, { k: -1, dtype: "int32" }).toArray()).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it("hold both ends of a range exactly", () => {
    const values = linspace(0.1, 0.7, 7).toArray() as number[];
    expect([values[0], values[6]]).toEqual([0.1, 0.7]);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(0.1 + i / 10, 15);
    });
    expect(linspace(3, 9, 1).toArray()).toEqual([3]);
    expect(linspace(3, 9, 0).shape).toEqual([0]);
    expect(linspace(0, 1).size).toBe(50);
    expect(arange(2, 2).shape).toEqual([0]);
    expect(arange(1, 0).shape).toEqual([0]);
    expect(arange(3, { dtype: "int32" }).dtype).toBe("int32");
    expect(arange(0, 1, { step: 0.25 }).toArray()).toEqual([0, 0.25, 0.5, 0.75]);
  });
});

const float = tensor([0, 1]);
const huge = tensor([7], { dtype: "int32" });

/** What is called, the kind of the error, and what its message says. */
const refusals: readonly (readonly [string, () => unknown, string, RegExp])[] = [
  [
    "a place outside",
    () => gather(matrix, [3], { axis: 1 }),
    "shape",
    /place 3 lies outside axis 1 of \[2,3\].*-3 to 2/,
  ],
  [
    "a place too far back",
    () => take(vector, [-4]),
    "shape",
    /place -4 lies outside axis 0 of \[3\].*-3 to 2/,
  ],
  ["an empty axis", () => gather(zeros([0]), [0]), "shape", /That axis is empty/],
  [
    "one of several places outside",
    () =>
      index(matrix, [
        [0, 1],
        [0, 3],
      ]),
    "shape",
    /index: place 3 lies outside axis 1 of \[2,3\]/,
  ],
  ["a place outside in at", () => at(matrix, [2]), "shape", /at: place 2 lies outside axis 0/],
  ["a place that is no whole number", () => index(vector, [0.5]), "shape", /whole numbers/],
  [
    "a range that is no number",
    () => index(vector, [{ start: Number.NaN }]),
    "shape",
    /starts and stops at whole numbers, got NaN/,
  ],
  [
    "a place instead of a list",
    () => index(vector, 0 as never),
    "usage",
    /0 is no place. Write a list/,
  ],
  ["a text for a range", () => index(vector, [":" as never]), "usage", /":" is no place.*start: 1/],
  ["a null for a new axis", () => index(vector, [null as never]), "usage", /expandDims\(x, axis\)/],
  ["too many places", () => index(vector, [0, 0]), "shape", /2 places were given for \[3\]/],
  [
    "places of floats",
    () => gather(vector, float),
    "dtype",
    /places are int32, but a tensor of float64 .*cast\(indices, "int32"\)/,
  ],
  [
    "a mask as a tensor",
    () => index(vector, [cast(vector, "bool")]),
    "dtype",
    /where\(mask, x, y\)/,
  ],
  [
    "a mask as an array",
    () => gather(vector, [true, false] as unknown as number[]),
    "usage",
    /where\(mask, x, y\)/,
  ],
  [
    "fractions as places",
    () => takeAlongAxis(vector, [0.5]),
    "usage",
    /places are whole numbers, got 0.5/,
  ],
  ["ragged places", () => gather(vector, [[0], [0, 1]]), "shape", /ragged/],
  [
    "places that do not broadcast",
    () =>
      index(matrix, [
        [0, 1],
        [0, 1, 2],
      ]),
    "shape",
    /index: shapes \[2\] and \[3\] do not broadcast/,
  ],
  [
    "two free sizes",
    () => reshape(matrix, [-1, -1]),
    "shape",
    /6 elements of \[2,3\].*one size may be free/,
  ],
  [
    "a free size that is no whole number",
    () => reshape(matrix, [4, -1]),
    "shape",
    /6 elements of \[2,3\] do not fill \[4,-1\]/,
  ],
  ["a scalar without axes", () => gather(1, [0]), "shape", /A scalar has no axes/],
  [
    "other ranks along an axis",
    () => takeAlongAxis(matrix, [0]),
    "shape",
    /as many axes.*\[1\] beside \[2,3\].*gather\(\)/,
  ],
  [
    "lines that do not broadcast",
    () => takeAlongAxis(matrix, [[0], [0], [0]]),
    "shape",
    /do not broadcast/,
  ],
  [
    "updates that do not fit",
    () => scatterAdd(vector, [0, 1], vector),
    "shape",
    /values of shape \[3\] do not fill the places, which have shape \[2\]/,
  ],
  [
    "values that do not fit",
    () => at(matrix, [0]).set(float),
    "shape",
    /at: values of shape \[2\] do not fill/,
  ],
  [
    "values of too many axes",
    () => at(vector, [0]).add(vector),
    "shape",
    /at: values of shape \[3\] do not fill/,
  ],
  [
    "a class too large",
    () => oneHot([3], 3),
    "shape",
    /3 is none of 3 classes, which run from 0 to 2/,
  ],
  ["a negative class", () => oneHot([-1], 3), "shape", /-1 is none of 3 classes/],
  ["half a class", () => oneHot([0], 1.5), "shape", /whole number, got 1.5/],
  ["nothing to join", () => concat([]), "shape", /at least one tensor/],
  ["scalars to join", () => concat([1, 2]), "shape", /Use stack\(\)/],
  [
    "sizes that differ",
    () => concat([matrix, zeros([2, 2])]),
    "shape",
    /differ in axis 0 only: \[2,3\] beside \[2,2\]/,
  ],
  [
    "parts that are not equal",
    () => split(vector, 2),
    "shape",
    /axis 0 of \[3\] does not divide into 2 equal parts.*sizes/,
  ],
  ["no parts", () => split(vector, 0), "shape", /does not divide into 0/],
  [
    "sizes that do not fill",
    () => split(vector, [1, 1]),
    "shape",
    /add up to 2, but axis 0 of \[3\] has 3/,
  ],
  ["negative sizes", () => split(vector, [4, -1]), "shape", /whole numbers and fill the axis/],
  [
    "a negative border",
    () => pad(vector, [-1, 0]),
    "shape",
    /pairs of whole numbers from 0.*index\(\)/,
  ],
  ["borders for other axes", () => pad(matrix, [[1, 1]]), "shape", /must be 2 pairs/],
  [
    "a reflected border too wide",
    () => pad(vector, 3, { mode: "reflect" }),
    "shape",
    /border of 3 places cannot be reflected from axis 0 of \[3\]: at most 2/,
  ],
  [
    "elements of an empty axis",
    () => pad(zeros([0]), 1, { mode: "edge" }),
    "shape",
    /axis 0 of \[0\] is empty/,
  ],
  [
    "an unknown mode",
    () => pad(vector, 1, { mode: "mirror" as "edge" }),
    "shape",
    /"mirror" is no mode/,
  ],
  [
    "a border of a vector",
    () => pad(vector, 1, { value: vector }),
    "shape",
    /one number, got a tensor of shape \[3\]/,
  ],
  [
    "shifts without axes",
    () => roll(matrix, [1, 2, 3], { axis: [0, 1] }),
    "shape",
    /one whole number for each axis/,
  ],
  ["half a shift", () => roll(vector, 0.5), "shape", /one whole number/],
  ["negative copies", () => tile(vector, -1), "shape", /count of copies.*-1/],
  ["half a copy", () => repeat(vector, 1.5), "shape", /count of copies.*1.5/],
  ["counts for other places", () => repeat(vector, [1, 2]), "shape", /3 places, but 2 counts/],
  [
    "an axis of more than one",
    () => squeeze(matrix, { axis: 1 }),
    "shape",
    /axis 1 of \[2,3\] has length 3.*index\(\)/,
  ],
  ["one new axis twice", () => expandDims(vector, [0, 0]), "shape", /twice/],
  ["a triangle of a vector", () => tril(vector), "shape", /expected a matrix.*diag\(\)/],
  [
    "half a diagonal",
    () => triu(matrix, { k: 0.5 }),
    "shape",
    /whole number of a diagonal, got 0.5/,
  ],
  ["a diagonal of a scalar", () => diag(1), "shape", /a vector or a matrix/],
  ["diagonals of a batch", () => diag(zeros([2, 2, 2])), "shape", /vmap/],
  ["an axis that is not there", () => stack([vector], { axis: 2 }), "shape", /axis 2/],
  [
    "a shape that is no list",
    () => zeros(3 as unknown as number[]),
    "usage",
    /a list of sizes such as \[2, 3\], got 3/,
  ],
  ["a negative size", () => ones([-1]), "shape", /non-negative/],
  ["a number for a shape", () => ones(3 as never), "usage", /^ones: a shape is a list of sizes/],
  ["a tensor to fill with", () => full([2], vector as unknown as number), "usage", /broadcastTo/],
  [
    "an unknown dtype",
    () => zeros([1], { dtype: "int64" as DType }),
    "dtype",
    /"int64" is no dtype/,
  ],
  ["no step", () => arange(0, 1, { step: 0 }), "usage", /other than 0/],
  ["an endless range", () => arange(Number.POSITIVE_INFINITY), "usage", /finite/],
  ["a negative count", () => linspace(0, 1, -2), "shape", /non-negative/],
];

describe("refusals", () => {
  it.each(refusals)("%s", (_, call, kind, message) => {
    let error: unknown;
    try {
      call();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(SymtapeError);
    expect((error as SymtapeError).message).toMatch(message);
    expect((error as SymtapeError).kind).toBe(kind);
  });

  it("come from a formula too, once the places are known", () => {
    const i = symbol("i", { shape: [1], dtype: "int32" });
    const formula = toFormula(gather(vector, i));
    expect(() => formula({ i: huge })).toThrow(/place 7 lies outside axis 0 of \[3\]/);
    const pair = toFormula(index(matrix, [[0], i]));
    expect(() => pair({ i: huge })).toThrow(/place 7 lies outside axis 1 of \[2,3\]/);
  });
});

/** Values that damaged data may hold in the place of a setting. */
const damages: readonly (ParamValue | undefined)[] = [
  undefined,
  null,
  -1,
  0.5,
  99,
  "x",
  true,
  [],
  [-1],
  [0.5, 1],
  [[1], 2],
  [[-1, 0]],
  [[0, 0, 0]],
  ["constructor"],
  "constructor",
  [1e9, 1e9],
];

describe("damaged settings", () => {
  const ops = Object.values(movementOps) as Op[];
  it.each(ops.map((op) => [op.name, op] as const))("of %s are refused or harmless", (_, op) => {
    for (const { inputs, params = {} } of op.samples) {
      const operands = inputs.map((input, i) => {
        const name = op.inputs[Math.min(i, op.inputs.length - 1)] as string;
        const dtype = op.discrete.includes(name) ? "int32" : "float64";
        return typeof input === "number"
          ? scalar(input, dtype)
          : tensor(input as number[], { dtype });
      });
      for (const name of Object.keys(params)) {
        for (const damage of damages) {
          const damaged = { ...params, [name]: damage } as Params;
          try {
            for (const output of applyAll(op, operands, damaged)) output.toArray();
          } catch (error) {
            if (!(error instanceof SymtapeError))
              throw new Error(`${name} = ${JSON.stringify(damage)}: ${error}`);
          }
        }
      }
    }
  });
});
