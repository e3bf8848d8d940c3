// Any graph over all operations is written as a text that parse() reads back as the same graph.

import fc from "fast-check";
import { expect, test } from "vitest";
import { SymtapeError } from "../../../src/expr/errors.ts";
import { Graph, isSame } from "../../../src/expr/graph.ts";
import {
  broadcastTo,
  cast,
  type DType,
  e,
  index,
  matmul,
  mean,
  outer,
  pi,
  reshape,
  type Shapes,
  stack,
  stopGradient,
  sum,
  transpose,
} from "../../../src/expr/index.ts";
import { NO_PARAMS, type Op } from "../../../src/expr/op.ts";
import { placeOp } from "../../../src/expr/ops/movement/indexing.ts";
import { pointwiseFunctions } from "../../../src/expr/ops/tensor-arithmetic.ts";
import { parse } from "../../../src/expr/symbolic/reading/parse.ts";
import { format } from "../../../src/expr/symbolic/writing/format.ts";
import { toTex } from "../../../src/expr/symbolic/writing/tex.ts";
import { asTensor, type Tensor } from "../../../src/expr/tensor.ts";

const shapes: Shapes = { x: [], y: [], v: [2], u: [3], A: [2, 2], B: [2, 3], T: [2, 1, 3] };

const hard = [0, -0, 1, -1, 2, -2, 0.5, -3, 5e-324, -1e-300, 1e21, -1e300, 123456789012345680000];
const edges = [Number.NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER, -Number.MAX_VALUE];
const literals = fc.oneof(fc.constantFrom(...hard, ...edges), fc.double());

/** Chooses the nth of a list that it goes through again and again. */
type Choose = <T>(list: readonly T[]) => T;

const pointwise: readonly Op[] = [...pointwiseFunctions().values()].map((f) => f.op);
const dtypes: readonly DType[] = ["float32", "int32", "bool", "float64"];

/** Everything else that there is, as a function of recent values. */
const structured: readonly ((values: readonly Tensor[], choose: Choose) => Tensor)[] = [
  ([x, y]) => matmul(x!, y!),
  ([x]) => transpose(x!),
  ([x]) => transpose(x!, [...x!.shape.keys()].reverse()),
  ([x], choose) => reshape(x!, choose([[x!.size], [1, ...x!.shape], [...x!.shape, 1]])),
  ([x], choose) =>
    broadcastTo(
      x!,
      choose([
        [2, ...x!.shape],
        [1, 2, ...x!.shape],
      ]),
    ),
  ([x], choose) => choose([sum, mean])(x!),
  ([x], choose) =>
    choose([sum, mean])(x!, { axis: choose([0, 1, -1]), keepDims: choose([true, false]) }),
  ([x], choose) => index(x!, choose([[0], [-1], [{ start: 1 }], [{}, 1], [{ step: -1 }]])),
  ([x], choose) => index(x!, choose([[{ start: 1, stop: 1 }], [0, {}, { step: 2 }], [{}, {}, -1]])),
  ([x, y]) => stack([x!, y!]),
  ([x]) => stack([x!, x!, x!]),
  ([x, y]) => outer(x!, y!),
  ([x], choose) => cast(x!, choose(dtypes)),
  ([x]) => stopGradient(x!),
  ([x]) => {
    const count = x!.shape.map(() => 1);
    const shape = x!.shape.map((length) => length + 2);
    return x!.rank === 0
      ? x!
      : graphOf(x!).apply(placeOp, [x!], {
          starts: count,
          sizes: x!.shape,
          steps: count,
          shape,
        })[0]!;
  },
];

function graphOf(value: Tensor): Graph {
  return value.tracer as Graph;
}

const steps = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), {
  minLength: 1,
  maxLength: 16,
});

/** The value that a list of random numbers describes; steps that fit no shape are left out. */
function build(numbers: readonly number[], recipe: readonly (readonly number[])[]): Tensor {
  const graph = new Graph();
  const values: Tensor[] = [
    ...Object.entries(shapes).map(([name, shape]) => graph.input(name, shape)),
    ...[...numbers, pi, e, true, false].map((value) => graph.constant(asTensor(value))),
  ];
  for (const [kind = 0, ...places] of recipe) {
    const operands = places.map((place, i) => {
      const recent = values.length - 1 - (place % 3);
      return values[(place >> 2) % 2 === 0 ? recent : (place + i) % values.length] as Tensor;
    });
    let turn = places[0] as number;
    const choose: Choose = (list) => {
      turn = turn * 31 + 7;
      return list[turn % list.length] as never;
    };
    try {
      const result =
        kind % 3 === 0
          ? choose(structured)(operands, choose)
          : applied(graph, pointwise[kind % pointwise.length] as Op, operands);
      if (result.size <= 200) values.push(graph.adopt(result));
    } catch (error) {
      if (!(error instanceof SymtapeError)) throw error;
    }
  }
  return values.at(-1) as Tensor;
}

function applied(graph: Graph, op: Op, operands: readonly Tensor[]): Tensor {
  return graph.apply(op, operands.slice(0, op.inputs.length), NO_PARAMS)[0] as Tensor;
}

test.each([false, true, "auto"] as const)("with share: %s", (share) => {
  fc.assert(
    fc.property(fc.array(literals, { minLength: 3, maxLength: 6 }), steps, (numbers, recipe) => {
      const value = build(numbers, recipe);
      const text = format(value, { share });
      const back = parse(text, { shapes, stable: false }).output;
      expect(isSame(back, value), text).toBe(true);
      expect(toTex(value, { share })).not.toContain("undefined");
    }),
    { numRuns: 1500 },
  );
});

test.each([
  ["-3", "-3"],
  ["-(3)", "-(3)"],
  ["--3", "-(-3)"],
  ["-0", "-0"],
  ["-3^2", "-3 ^ 2"],
  ["(-3)^2", "(-3) ^ 2"],
  ["x^-2", "x ^ -2"],
  ["2 * -3", "2 * -3"],
  ["x - -3", "x - -3"],
  ["-3x", "-3 * x"],
  ["-3!", "-gamma(3 + 1)"],
  ["-Infinity", "-Infinity"],
  ["-(NaN)", "-(NaN)"],
  ["-pi", "-pi"],
  ["[-1, -(2)]", "[-1, -2]"],
  ["[-1, x]", "[-1, x]"],
  ["-true", "-(true)"],
])("a minus before a number belongs to it: %s is written %s", (text, written) => {
  expect(format(parse(text, { stable: false }))).toBe(written);
});
