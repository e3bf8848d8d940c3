// Stored graphs: what goes out comes back, and nothing that is damaged gets in.

import { describe, expect, it } from "vitest";
import { gradient } from "../../src/autodiff/index.ts";
import {
  add,
  fromJSON,
  Graph,
  isSame,
  matmul,
  multiply,
  pi,
  reachable,
  scalar,
  sin,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  toJSON,
} from "../../src/expr/index.ts";
import type { Op } from "../../src/expr/op.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { defineOp } from "../../src/expr/ops/structured.ts";

const through = (expression: Tensor): ReturnType<typeof fromJSON> =>
  fromJSON(JSON.parse(JSON.stringify(toJSON(expression))));

describe("toJSON and fromJSON", () => {
  it("lists nodes after their inputs, with versions, settings and values", () => {
    const x = symbol("x", { shape: [2] });
    expect(toJSON(sum(multiply(x, tensor([1, -0]))))).toEqual({
      version: 1,
      nodes: [
        {
          op: "input",
          version: 1,
          inputs: [],
          params: { name: "x" },
          value: { dtype: "float64", shape: [2] },
        },
        {
          op: "constant",
          version: 1,
          inputs: [],
          value: { dtype: "float64", shape: [2], data: [1, "-0"] },
        },
        {
          op: "multiply",
          version: 1,
          inputs: [
            [0, 0],
            [1, 0],
          ],
        },
        { op: "sum", version: 1, inputs: [[2, 0]], params: { axes: [0], keepDims: false } },
      ],
      outputs: [[3, 0]],
    });
  });

  it("keeps NaN, infinities, −0, literals, dtypes and the names of constants", () => {
    const odd = tensor([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      5e-324,
    ]);
    const x = symbol("x", { dtype: "float32" });
    const build = (value: Tensor): Tensor => add(multiply(value, pi), multiply(odd, add(value, 2)));
    const back = through(build(x));
    const one = scalar(1, "float32");
    expect(toFormula(back)({ x: one }).toArray()).toEqual(build(one).toArray());
    const constants = reachable([back]).flatMap(({ params, value }) =>
      value === undefined ? [] : [[params.name, value.dtype, value.weak]],
    );
    expect(constants).toContainEqual(["pi", "float64", true]);
    expect(constants).toContainEqual([undefined, "int32", true]);
    expect(constants).toContainEqual([undefined, "float64", false]);
    expect(back.dtype).toBe("float64");
  });

  it("stores plain data as a constant", () => {
    const data = tensor([[1, 2]], { dtype: "int32" });
    expect(through(data).concrete("test").toArray()).toEqual([[1, 2]]);
    expect(through(data).dtype).toBe("int32");
  });

  it("keeps the names and the source positions of values", () => {
    const graph = new Graph();
    const h = sin(graph.input("x")) as ReturnType<typeof fromJSON>;
    graph.name(h, "h");
    graph.locate(h, { line: 1, column: 5, offset: 4, length: 3 });
    const back = through(multiply(h, h));
    const found = back.node.graph;
    expect([...found.names.values()]).toEqual(["h"]);
    expect([...found.positions.values()]).toEqual([{ line: 1, column: 5, offset: 4, length: 3 }]);
  });

  it("keeps the inputs of a formula that its output does not use", () => {
    const x = symbol("x");
    const slope = gradient(toFormula(add(multiply(x, 2), symbol("y")))).x as ReturnType<
      typeof toFormula
    >;
    expect(slope.names).toEqual(["x", "y"]);
    const names = toJSON(slope).nodes.flatMap(({ params }) => params?.name ?? []);
    expect(names).toEqual(["x", "y"]);
  });

  it("takes large constants and equal nodes over as they are", () => {
    const data = tensor(
      Float64Array.from({ length: 1000 }, (_, i) => i / 7),
      { shape: [10, 100] },
    );
    const w = symbol("w", { shape: [100] });
    const product = matmul(data, w);
    const both = add(product, matmul(data, w));
    const back = through(both);
    expect(isSame(product, through(product))).toBe(false);
    expect(reachable([back])).toHaveLength(4);
    expect(toJSON(back)).toEqual(toJSON(both));
  });

  it("reads and writes a chain of 200,000 operations", () => {
    let value: Tensor = symbol("x");
    for (let i = 0; i < 200_000; i++) value = sin(value);
    const back = through(value);
    expect(back.node.id).toBe(200_000);
  });

  it("keeps an input that is called like a member of Object", () => {
    const back = through(multiply(symbol("toString"), symbol("hasOwnProperty")));
    expect(toFormula(back)({ toString: 2, hasOwnProperty: 3 } as never).item()).toBe(6);
  });

  it("carries operations with several outputs", () => {
    const pair: Op = {
      ...defineOp({
        name: "pair",
        inputs: ["x"],
        samples: [],
        batch: "leading",
        infer: ([x]) => [x as NonNullable<typeof x>, x as NonNullable<typeof x>],
        reference: (_, [x]) => [x as NonNullable<typeof x>, x as NonNullable<typeof x>],
        pullback: (_, [first]) => [first],
        pushforward: "linear",
      }),
    };
    const graph = new Graph();
    const [first, second] = graph.apply(pair, [graph.input("x")], {});
    const json = toJSON(multiply(first as Tensor, second as Tensor));
    expect(json.nodes[2]?.inputs).toEqual([
      [1, 0],
      [1, 1],
    ]);
    const ops = new Map([...allOps(), ["pair", pair]]);
    expect(toJSON(fromJSON(json, ops))).toEqual(json);
  });
});
