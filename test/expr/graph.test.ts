// Nodes and graphs: equal nodes are one node, and nothing that differs is taken for equal.

import { describe, expect, it } from "vitest";
import {
  add,
  type ConcreteTensor,
  Graph,
  greater,
  isSame,
  multiply,
  pi,
  reachable,
  type SymbolicTensor,
  scalar,
  sin,
  stack,
  subtract,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
  where,
} from "../../src/expr/index.ts";
import { asTensor, literal } from "../../src/expr/tensor.ts";

const node = (value: Tensor): SymbolicTensor["node"] => (value as SymbolicTensor).node;

describe("a graph", () => {
  it("makes equal nodes once", () => {
    const x = symbol("x");
    expect(add(sin(x), sin(x))).toBe(add(sin(x), sin(x)));
    expect(node(add(sin(x), sin(x))).inputs[0]).toBe(node(add(sin(x), sin(x))).inputs[1]);
    expect(subtract(x, 1)).not.toBe(subtract(1, x));
  });

  it("tells an operation of one operand from the same with two", () => {
    const first = symbol("a");
    const graph = first.node.graph;
    const second = graph.input("b");
    expect(stack([second]).shape).toEqual([1]);
    expect(stack([second, first]).shape).toEqual([2]);
    expect(stack([first]).shape).toEqual([1]);
    expect(stack([first, first]).shape).toEqual([2]);
  });

  it("tells settings apart", () => {
    const x = symbol("x", { shape: [2, 2] });
    expect(sum(x, { axis: 0 })).not.toBe(sum(x, { axis: 1 }));
    expect(sum(x, { axis: 0 })).toBe(sum(x, { axis: [0] }));
    expect(sum(x, { axis: 0 })).not.toBe(sum(x, { axis: 0, keepDims: true }));
  });

  it("tells 0 from −0, NaN from NaN not, and a literal from a number of its own dtype", () => {
    const graph = new Graph();
    expect(graph.constant(0)).not.toBe(graph.constant(-0));
    expect(graph.constant(Number.NaN)).toBe(graph.constant(Number.NaN));
    expect(graph.constant(1)).toBe(graph.constant(1));
    expect(graph.constant(1)).not.toBe(graph.constant(scalar(1)));
    expect(graph.constant(scalar(1))).not.toBe(graph.constant(scalar(1, "float32")));
    expect(graph.constant(scalar(1))).not.toBe(graph.constant(tensor([1])));
    expect(graph.constant(pi)).not.toBe(graph.constant(Math.PI));
  });

  it("tells the literal true from the literal 1, which have other dtypes", () => {
    const flag = symbol("flag", { dtype: "bool" });
    const graph = flag.node.graph;
    expect(where(flag, flag, graph.constant(1)).dtype).toBe("int32");
    expect(where(flag, flag, graph.constant(true)).dtype).toBe("bool");
    expect(asTensor(true).dtype).toBe("bool");
    expect(literal(1).dtype).toBe("int32");
  });

  it("takes large constants for equal only when they share their numbers", () => {
    const numbers = Float64Array.from({ length: 100 }, (_, i) => i);
    const data = tensor(numbers);
    const graph = new Graph();
    expect(graph.constant(data)).toBe(graph.constant(data));
    expect(graph.constant(data)).not.toBe(graph.constant(tensor(numbers)));
    expect(graph.constant(tensor([1, 2]))).toBe(graph.constant(tensor([1, 2])));
  });

  it("takes over expressions of other graphs with their names and positions", () => {
    const x = symbol("x");
    const h = sin(x) as SymbolicTensor;
    h.node.graph.name(h, "h");
    h.node.graph.locate(h, { line: 1, column: 1, offset: 0, length: 3 });
    const sum = add(symbol("y"), multiply(h, h)) as SymbolicTensor;
    const graph = sum.node.graph;
    expect([...graph.names.values()]).toEqual(["h"]);
    expect([...graph.positions].map(([{ op }]) => op.name)).toEqual(["sin"]);
    expect(isSame(sum, add(symbol("y"), multiply(sin(symbol("x")), sin(x))))).toBe(true);
  });

  it("refuses one name for inputs of two shapes or dtypes", () => {
    expect(() => add(symbol("x"), symbol("x", { shape: [2] }))).toThrow(/x: it stands for/);
    expect(() => add(symbol("x"), symbol("x", { dtype: "float32" }))).toThrow(/different names/);
  });

  it("has no numbers before it is evaluated, and says so", () => {
    const x = symbol("x");
    expect(() => add(x, 1).item()).toThrow(/no numbers yet/);
    expect(() => (greater(x, 0) ? 1 : 2)).not.toThrow();
    expect(() => Number(x as unknown as number)).toThrow(/JavaScript operator/);
    expect(`${x}`).toBe("Tensor(symbolic input, shape [], float64)");
  });

  it("walks a chain of a million nodes without recursion", () => {
    let value: Tensor = symbol("x");
    for (let i = 0; i < 1_000_000; i++) value = sin(value);
    expect(reachable([value as SymbolicTensor])).toHaveLength(1_000_001);
    expect(Math.abs(toFormula(value)({ x: 1 }).item())).toBeLessThan(0.01);
  }, 60_000);
});

describe("plain data", () => {
  it("never enters a graph unless it meets a symbol", () => {
    expect((add(1, 2) as ConcreteTensor).tracer).toBeUndefined();
    expect(add(symbol("x"), 2).tracer).toBeInstanceOf(Graph);
  });
});
