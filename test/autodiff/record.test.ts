// record: a run as rows, with values, local partials and the derivative of the result by every row.

import { describe, expect, it } from "vitest";
import {
  add,
  grad,
  greater,
  multiply,
  record,
  sin,
  square,
  sum,
  symbol,
  type Tensor,
  tensor,
  toFormula,
} from "../../src/autodiff/index.ts";

describe("record", () => {
  const f = (p: { x: Tensor; w: readonly Tensor[] }): Tensor => {
    const [first, second] = p.w as readonly [Tensor, Tensor];
    return multiply(sin(multiply(p.x, first)), add(second, 1));
  };
  const found = record(f, { x: 2, w: [3, 5] });

  it("lists inputs by name and then every operation in order", () => {
    expect(found.rows.map(({ op, name }) => name ?? op)).toEqual([
      ...["x", "w[0]", "w[1]"],
      ...["multiply", "sin", "add", "multiply"],
    ]);
    expect(found.rows[3]?.inputs).toEqual([{ row: 0 }, { row: 1 }]);
    expect(found.rows[5]?.inputs[0]).toEqual({ row: 2 });
    expect(found.rows[5]?.inputs[1]).toHaveProperty("constant");
    expect(found.result).toBe(6);
    expect(found.value.item()).toBe(Math.sin(6) * 6);
  });

  it("gives the gradient by every intermediate value", () => {
    const adjoints = found.rows.map(({ adjoint }) => adjoint.item());
    const inner = 6 * Math.cos(6);
    expect(adjoints).toEqual([inner * 3, inner * 2, Math.sin(6), inner, 6, Math.sin(6), 1]);
    expect(adjoints.slice(0, 3)).toEqual(
      [grad(f)({ x: 2, w: [3, 5] })].flatMap(({ x, w }) => [x, ...(w as number[])]),
    );
  });

  it("gives the local partial derivatives of scalar rows", () => {
    const partials = found.rows[3]?.partials.map((partial) => partial?.item());
    expect(partials).toEqual([3, 2]);
    expect(found.rows[4]?.partials[0]?.item()).toBe(Math.cos(6));
    expect(found.rows[5]?.partials[1]).toBeUndefined();
  });

  it("seeds a result that is no scalar with ones", () => {
    const rows = record((x: Tensor) => square(x), tensor([1, 2])).rows;
    expect(rows[0]?.adjoint.toArray()).toEqual([2, 4]);
  });

  it("of a result that does not depend on the point has no row for it", () => {
    const constant = record((x: Tensor) => greater(x, 0), 1);
    expect(constant.result).toBe(-1);
    expect(constant.rows[0]?.adjoint.item()).toBe(0);
  });

  it("of a formula names its inputs", () => {
    const rows = record(toFormula(sum(multiply(symbol("a", { shape: [2] }), symbol("b")))), {
      a: [1, 2],
      b: 3,
    }).rows;
    expect(rows.map(({ name, op }) => name ?? op)).toEqual(["a", "b", "multiply", "sum"]);
    expect(rows[1]?.adjoint.item()).toBe(3);
  });

  it("carries the place in the program when asked", () => {
    const positioned = record((x: Tensor) => sin(x), 1, { positions: true });
    expect(positioned.rows[1]?.position).toMatch(/record\.test\.ts:\d+:\d+/);
    expect(record((x: Tensor) => sin(x), 1).rows[1]).not.toHaveProperty("position");
  });
});
