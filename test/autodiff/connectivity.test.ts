// connectivity: for every parameter whether the gradient reaches it, and the operation and line that stops it.

import { describe, expect, it } from "vitest";
import { LINES } from "../../src/autodiff/diagnose/causes.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import {
  add,
  argmax,
  type CauseKind,
  cast,
  clip,
  connectivity,
  equal,
  exp,
  floor,
  gather,
  greater,
  index,
  type LeafConnection,
  matmul,
  maximum,
  mean,
  multiply,
  parse,
  relu,
  sigmoid,
  softmax,
  stack,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tanh,
  tensor,
  topK,
  where,
} from "../../src/index.ts";

type Row = readonly [
  title: string,
  f: (x: Tensor) => Tensor,
  at: number | readonly unknown[],
  status: LeafConnection["status"],
  kind: CauseKind,
  op: string | undefined,
];

const rows: readonly Row[] = [
  ["never used", () => exp(1), 1, "cut", "never used", undefined],
  ["used for nothing", (x) => [exp(x), exp(1)][1] as Tensor, 1, "cut", "unused result", "exp"],
  ["item()", (x) => multiply(x.item(), 2), 1, "cut", "taken out", "item"],
  [
    "item() of what is computed from it",
    (x) => multiply(exp(x).item(), 2),
    1,
    "cut",
    "taken out",
    "item",
  ],
  ["toArray()", (x) => tensor(x.toArray()), [1, 2], "cut", "taken out", "toArray"],
  ["argmax", (x) => multiply(2.5, argmax(x)), [1, 2], "cut", "step", "argmax"],
  [
    "the places of topK",
    (x) => sum(multiply(1, topK(x, 1).indices)),
    [1, 2],
    "cut",
    "step",
    "argsort",
  ],
  ["floor", (x) => floor(multiply(x, 2)), 1.2, "cut", "step", "floor"],
  ["a comparison", (x) => mean(cast(greater(x, 0), "float64")), [1, 2], "cut", "step", "greater"],
  ["a cast", (x) => cast(cast(x, "int32"), "float64"), 1.2, "cut", "step", "cast"],
  ["stopGradient", (x) => multiply(stopGradient(exp(x)), 2), 1, "cut", "stopped", "stopGradient"],
  ["a condition", (x) => where(x, 1, 2), 1, "cut", "choice", "where"],
  ["a product with 0", (x) => multiply(x, 0), 1, "zero", "zero factor", "multiply"],
  [
    "weights of 0",
    (x) => sum(matmul(tensor([[0, 0]]), x)),
    [1, 2],
    "zero",
    "zero factor",
    "matmul",
  ],
  ["sigmoid far out", (x) => sigmoid(multiply(x, 100)), -8, "zero", "saturated", "sigmoid"],
  ["tanh far out", (x) => tanh(x), 400, "zero", "saturated", "tanh"],
  ["a dead relu", (x) => sum(relu(x)), [-1, -2, 0], "zero", "saturated", "relu"],
  ["softmax of one", (x) => sum(softmax(x)), [3], "zero", "saturated", "softmax"],
  [
    "a branch that is not chosen",
    (x) => sum(where(tensor([0, 0]), x, 1)),
    [1, 2],
    "zero",
    "not chosen",
    "where",
  ],
  ["the smaller of two", (x) => maximum(x, 3), 1, "zero", "not chosen", "maximum"],
  ["outside the bounds", (x) => clip(x, -1, 1), 5, "zero", "not chosen", "clip"],
  ["a place that is left out", (x) => index(stack([x, 1]), [1]), 5, "zero", "left out", "slice"],
  [
    "rows that are not gathered",
    (x) => sum(gather(stack([x, tensor([1, 2])]), [1, 1])),
    [3, 4],
    "zero",
    "left out",
    "gather",
  ],
  ["a difference with itself", (x) => subtract(exp(x), exp(x)), 1, "zero", "cancels", "subtract"],
  ["the foot of a square", (x) => multiply(x, x), 0, "zero", "zero factor", "multiply"],
];

describe("connectivity says why the gradient does not reach a parameter:", () => {
  it.each(rows)("%s", (_, f, at, status, kind, op) => {
    const params = typeof at === "number" ? at : tensor(at as number[]);
    const [leaf] = connectivity(f, params as Tensor).leaves as readonly [LeafConnection];
    const [cause] = leaf.causes;
    expect([leaf.status, cause?.kind, cause?.op]).toEqual([status, kind, op]);
    if (op !== undefined) expect(cause?.line).toMatch(/connectivity\.test\.ts:\d+:\d+$/);
    expect([leaf.nonzero, leaf.size]).toEqual([0, typeof at === "number" ? 1 : at.length]);
  });
});

describe("the report", () => {
  interface Model {
    readonly w: readonly Tensor[];
    readonly b: Tensor;
    readonly k: Tensor;
  }
  const loss = ({ w, b }: Model, x: Tensor): Tensor => {
    const hidden = relu(multiply(w[0] as Tensor, x));
    return sum(add(hidden, floor(b)));
  };
  const params = {
    w: [tensor([1, -1]), tensor([1, 2])],
    b: 2.5,
    k: tensor([1], { dtype: "int32" }),
  };
  const report = connectivity(loss, params, tensor([2, 3]));

  it("has every leaf by its path", () => {
    expect(report.leaves.map(({ name, status }) => [name, status])).toEqual([
      ["w[0]", "connected"],
      ["w[1]", "cut"],
      ["b", "cut"],
      ["k", "cut"],
    ]);
    expect(report.leaves[3]?.causes[0]).toMatchObject({ kind: "whole number" });
  });

  it("counts the elements that the gradient reaches", () => {
    expect(report.leaves[0]).toMatchObject({ nonzero: 1, size: 2, causes: [] });
    const all = connectivity((x: Tensor) => sum(x), tensor([1, 2, 3])).leaves[0];
    expect(all).toMatchObject({ nonzero: 3, size: 3 });
  });

  it("is plain data that reads as a message", () => {
    expect(structuredClone(report)).toEqual(report);
    const lines = `${report}`.split("\n");
    expect(lines[0]).toBe("w[0]  connected (1 of 2 elements)");
    expect(lines[2]).toBe("  No operation uses it.");
    expect(lines[4]).toMatch(/^ {2}.*connectivity\.test\.ts:\d+:\d+: floor is constant between/);
  });

  it("of a result that is no scalar asks for any of its elements", () => {
    const found = connectivity((x: Tensor) => softmax(x), tensor([1, 2]));
    expect(found.leaves[0]).toMatchObject({ status: "connected", nonzero: 2 });
  });

  it("of a result that is no tensor says where the number was taken out", () => {
    const found = connectivity(((x: Tensor) => x.item() * 2) as never, 3).leaves[0];
    expect(found).toMatchObject({ status: "cut", causes: [{ kind: "taken out", op: "item" }] });
  });

  it("of a formula names places in its text", () => {
    const { leaves } = connectivity(parse("h = round(a) * b\nh + 0 * c"), { a: 1.2, b: 2, c: 3 });
    expect(leaves.map(({ name, status }) => [name, status])).toEqual([
      ["a", "cut"],
      ["b", "connected"],
      ["c", "zero"],
    ]);
    expect(leaves.map(({ causes }) => causes[0]?.line)).toEqual([
      "formula:1:5",
      undefined,
      "formula:2:5",
    ]);
  });

  it("names every end where there are several, and none that another way goes around", () => {
    const two = connectivity((x: Tensor) => add(floor(x), multiply(x, 0)), 2).leaves[0];
    expect(two?.status).toBe("zero");
    expect(two?.causes.map(({ op }) => op)).toEqual(["floor", "multiply"]);
    const around = connectivity((x: Tensor) => add(floor(x), x), 2).leaves[0];
    expect(around).toMatchObject({ status: "connected", causes: [] });
  });

  it("ends at the operation that cuts, not at one that passes its zeros on", () => {
    const f = (x: Tensor): Tensor => sum(exp(multiply(3, index(stack([relu(x), x, 2]), [0]))));
    expect(connectivity(f, -1).leaves[0]?.causes.map(({ op }) => op)).toEqual(["relu", "slice"]);
    const g = (x: Tensor): Tensor => exp(equal(floor(sigmoid(x)), 0));
    expect(connectivity(g, 1).leaves[0]?.causes.map(({ op }) => op)).toEqual(["floor"]);
  });
});

describe("the table of causes", () => {
  it("names only operations that there are", () => {
    const named = LINES.flatMap(({ ops }) => ops ?? []);
    expect(named.filter((name) => !allOps().has(name))).toEqual([]);
  });
});
