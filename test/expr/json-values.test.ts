// Damaged settings and values in stored graphs, and damage at every single place.

import { describe, expect, it } from "vitest";
import {
  fromJSON,
  index,
  multiply,
  SymtapeError,
  stack,
  sum,
  symbol,
  toJSON,
  transpose,
} from "../../src/expr/index.ts";
import {
  constant,
  type Damage,
  expectRefusal,
  graphOf,
  input,
  nested,
  operation,
  settings,
} from "./json-damage.ts";

const proto = JSON.parse('{"__proto__":1}') as unknown;
const deep = `nodes[1].params.axes${"[0]".repeat(16)}`;
const slice = (starts: unknown, sizes: unknown): unknown =>
  settings("slice", { starts, sizes, steps: [1, 1] });
const place = { starts: [0], sizes: [2], steps: [1], shape: [4] };
const huge = { dtype: "int32", shape: [65536, 65536] };
const product = [
  [0, 0],
  [0, 0],
];

const parameters: readonly Damage[] = [
  ["a key __proto__", settings("sin", proto), "nodes[1].params", /a name/],
  ["an object", settings("sum", { axes: {} }), "nodes[1].params.axes", /an array/],
  ["a deep list", settings("sum", { axes: nested(100_000) }), deep, /nested/],
  ["no axes", operation("sum"), "nodes[1]", /axes must be a list/],
  ["an axis that is not there", settings("sum", { axes: [2] }), "nodes[1]", /axis 2 is outside/],
  ["an axis from the end", settings("mean", { axes: [-1] }), "nodes[1]", /count from 0/],
  ["an axis twice", settings("sum", { axes: [0, 0] }), "nodes[1]", /twice/],
  ["a transpose of one axis", settings("transpose", { axes: [1, 1] }), "nodes[1]", /twice/],
  ["a transpose that drops", settings("transpose", { axes: [0] }), "nodes[1]", /2 whole numbers/],
  ["half a place", slice([0, 0.5], [1, 1]), "nodes[1]", /starts must be/],
  ["a place outside", slice([0, 0], [1, 9]), "nodes[1]", /lie outside/],
  ["a negative size", slice([1, 1], [-1, 1]), "nodes[1]", /non-negative/],
  ["a place of another size", settings("place", place), "nodes[1]", /does not fill/],
  ["another count", settings("reshape", { shape: [7] }), "nodes[1]", /counts must agree/],
  ["no shape", operation("reshape"), "nodes[1]", /reshape does not fit/],
  ["a huge shape", settings("broadcastTo", { shape: [1e12, 2, 3] }), "nodes[1]", /more than/],
  ["a new dtype", settings("cast", { dtype: "half" }), "nodes[1]", /"half"/],
  ["sizes that differ", operation("matmul", product), "nodes[1]", /inner sizes differ/],
];

function held(dtype: unknown, shape: unknown, data?: unknown, rest: object = {}): unknown {
  return constant({ dtype, shape, data, ...rest });
}

function other(changes: object): unknown {
  return graphOf({ ...input, ...changes });
}

const values: readonly Damage[] = [
  ["no data", held("float64", [1]), "nodes[1].value.data", /an array/],
  ["too few numbers", held("float64", [2], [1]), "nodes[1].value.data", /do not fill/],
  ["too many numbers", held("float64", [], [1, 2]), "nodes[1].value.data", /do not fill/],
  ["a text", held("float64", [1], ["1"]), "nodes[1].value.data[0]", /expected a number/],
  ["null", held("float64", [1], [null]), "nodes[1].value.data[0]", /got null/],
  ["half an int32", held("int32", [1], [0.5]), "nodes[1].value.data[0]", /no int32/],
  ["a bool of 2", held("bool", [1], [2]), "nodes[1].value.data[0]", /no bool/],
  ["a double as float32", held("float32", [1], [0.1]), "nodes[1].value.data[0]", /no float32/],
  ["a new dtype", held("toString", [1], [1]), "nodes[1].value.dtype", /expected one of/],
  ["a negative size", held("int32", [-1], []), "nodes[1].value.shape[0]", /got -1/],
  ["40 axes", held("int32", Array(40).fill(1), [1]), "nodes[1].value.shape", /at most 32/],
  ["odd weakness", held("int32", [], [1], { weak: 1 }), "nodes[1].value.weak", /true or false/],
  ["no type", other({ value: undefined }), "nodes[1].value", /nothing/],
  ["no name", other({ params: undefined }), "nodes[1].params.name", /a name/],
  ["a name __proto__", other({ params: { name: "__proto__" } }), "nodes[1].params.name", /a name/],
  ["a second shape", other({ value: { dtype: "float64", shape: [] } }), "nodes[1]", /stands for/],
  ["a huge input", other({ params: { name: "y" }, value: huge }), "nodes[1].value.shape", /more/],
];

describe("fromJSON on damaged settings", () => {
  it.each(parameters)("%s is refused, and the error names the place", (_, json, path, message) => {
    expectRefusal(json, path, message);
  });
});

describe("fromJSON on damaged values", () => {
  it.each(values)("%s is refused, and the error names the place", (_, json, path, message) => {
    expectRefusal(json, path, message);
  });

  it("a field that is lost or replaced is refused, or still gives a whole graph", () => {
    const x = symbol("x", { shape: [2, 3] });
    const pair = stack([index(x, [0, 1]), 2]);
    const good = toJSON(sum(multiply(transpose(x), pair), { axis: 1 }));
    const junk: readonly unknown[] = [
      undefined,
      null,
      -1,
      1e9,
      "x",
      [],
      {},
      true,
      [[[]]],
      Number.NaN,
    ];
    let refused = 0;
    for (const path of pathsIn(good)) {
      for (const replacement of junk) {
        const copy = structuredClone(good) as unknown;
        replace(copy, path, replacement);
        try {
          toJSON(fromJSON(copy));
        } catch (error) {
          expect(error).toBeInstanceOf(SymtapeError);
          expect((error as SymtapeError).kind).toBe("format");
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(500);
  });
});

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}

function replace(root: unknown, path: Path, replacement: unknown): void {
  let at = root as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) as string] = replacement;
}
