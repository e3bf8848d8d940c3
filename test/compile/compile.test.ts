// What a program is to its user: the same function, faster, that says what it did.

import { describe, expect, expectTypeOf, it } from "vitest";
import {
  add,
  cholesky,
  compile,
  compileStep,
  cond,
  cumsum,
  grad,
  greater,
  hessian,
  jvp,
  mapTree,
  matmul,
  multiply,
  negate,
  pow,
  random,
  relu,
  scan,
  sigmoid,
  sin,
  spec,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vmap,
  where,
} from "../../src/index.ts";

const backends = ["interpret", "js", "wasm"] as const;
const vector = tensor([0.5, -1, 2]);

describe("compile", () => {
  it.each(backends)("a program computes what its function does (%s)", (backend) => {
    const f = (x: Tensor, y: Tensor) => sum(multiply(sin(x), y));
    const program = compile(f, [spec([3]), spec([3])], { backend });
    expect(program.report().backend).toBe(backend);
    expect(program(vector, vector).item()).toBeCloseTo(f(vector, vector).item(), 14);
    expect(program(vector, tensor([1, 1, 1])).item()).toBeCloseTo(sum(sin(vector)).item(), 14);
  });

  it("trees go in and come out, with numbers as they are", () => {
    const program = compile((p: { w: Tensor; bs: Tensor[] }) => ({
      total: add(p.w, p.bs[0] as Tensor),
      list: [negate(p.w), 7],
    }));
    const result = program({ w: 2, bs: [3] });
    expect(result.total.item()).toBe(5);
    expect((result.list[0] as Tensor).item()).toBe(-2);
    expect(result.list[1]).toBe(7);
  });

  it("gradients keep their types", () => {
    const loss = (p: { w: Tensor; b: Tensor }, x: Tensor) =>
      sum(square(add(multiply(p.w, x), p.b)));
    const program = compile(valueAndGrad(loss));
    const { value, gradient } = program({ w: 2, b: 1 }, vector);
    expectTypeOf(value).toEqualTypeOf<Tensor>();
    const expected = valueAndGrad(loss)({ w: 2, b: 1 }, vector);
    expect(value.item()).toBe(expected.value.item());
    expect(gradient.w.item()).toBeCloseTo(expected.gradient.w, 12);
  });

  it("it is traced once for each choice of shapes", () => {
    let traces = 0;
    const program = compile((x: Tensor) => {
      traces++;
      return sum(x);
    });
    program(vector);
    program(tensor([1, 2, 3]));
    expect(traces).toBe(1);
    expect(program(tensor([1, 2])).item()).toBe(3);
    expect(traces).toBe(2);
    expect(program(vector).item()).toBe(1.5);
    expect(traces).toBe(2);
    program(tensor(Float32Array.of(1, 2, 3)));
    expect(traces).toBe(3);
  });

  it("a program with specs refuses other shapes, dtypes and trees, and goes on", () => {
    const program = compile((x: Tensor) => sum(x), [spec([3])]);
    expect(() => program(tensor([1, 2]))).toThrow(
      /compiled for 1 leaves with argument 1: float64\[3\].*got 1 with argument 1: float64\[2\]/,
    );
    expect(() => program(tensor(Float32Array.of(1, 2, 3)))).toThrow(/float32\[3\]/);
    expect(() => program([vector] as unknown as Tensor)).toThrow(/argument 1\[0\]/);
    expect(() => (program as (...args: unknown[]) => unknown)()).toThrow(/nothing there/);
    expect(program(vector).item()).toBe(1.5);
  });

  it("a disposed program says so", () => {
    const program = compile((x: Tensor) => sum(x), [spec([3])], { backend: "wasm" });
    program[Symbol.dispose]?.();
    program.dispose();
    expect(() => program(vector)).toThrow(/disposed/);
    expect(() => program.run()).toThrow(/disposed/);
    expect(() => program.report()).toThrow(/disposed/);
  });

  it("what does not fit into memory is refused, and others go on", () => {
    const small = compile((x: Tensor) => sum(x), [spec([3])], { backend: "wasm" });
    const huge = () => compile((x: Tensor) => multiply(x, 2), [spec([300_000_000])]);
    expect(huge).toThrow(/no room for \d+ bytes/);
    expect(small(vector).item()).toBe(1.5);
  });

  it("options that are none are named", () => {
    const bad = { backends: "js" } as object;
    expect(() => compile((x: Tensor) => x, undefined, bad)).toThrow(/backends is no option/);
    expect(() => compile((x: Tensor) => x, undefined, { backend: "gpu" as "js" })).toThrow(/"gpu"/);
    expect(() => compile(3 as unknown as () => Tensor)).toThrow(/expected a function/);
  });

  it("a result that is no tensor is refused", () => {
    const program = compile(() => "text" as unknown as Tensor);
    expect(() => program()).toThrow(/there is string/);
  });

  it("transformations go through a program", () => {
    const f = (x: Tensor) => sum(pow(x, 3));
    const program = compile(f, [spec([3])]);
    expect((grad((x: Tensor) => program(x))(vector) as Tensor).toArray()).toEqual([0.75, 3, 12]);
    const { tangent } = jvp((x: Tensor) => program(x))(vector, tensor([1, 0, 0]));
    expect((tangent as Tensor).item()).toBe(0.75);
  });

  it("transformations can be compiled", () => {
    const f = (x: Tensor) => sum(pow(x, 3));
    expect(compile(grad(grad((x: Tensor) => pow(x, 3))))(2).valueOf()).toBeDefined();
    const second = compile(hessian(f), [spec([3])]);
    expect(add(second(vector) as Tensor, 0).toArray()).toEqual([
      [3, 0, 0],
      [0, -6, 0],
      [0, 0, 12],
    ]);
    const rows = compile(
      vmap((x: Tensor) => sum(square(x))),
      [spec([2, 3])],
    );
    expect(
      rows(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ).toArray(),
    ).toEqual([14, 77]);
  });

  it.each(backends)("loops and choices are compiled (%s)", (backend) => {
    const f = (x: Tensor) => {
      const { carry, ys } = scan(
        (total: Tensor, item: Tensor) => ({ carry: add(multiply(total, 0.5), item), y: total }),
        0,
        x,
      );
      const chosen = cond(
        greater(carry, 0),
        (y: Tensor) => square(y),
        (y: Tensor) => negate(y),
        carry,
      );
      return add(chosen, sum(ys));
    };
    if (backend === "js") return;
    const program = compile(valueAndGrad(f), [spec([3])], { backend });
    const expected = valueAndGrad(f)(vector);
    const found = program(vector);
    expect(found.value.item()).toBeCloseTo(expected.value.item(), 13);
    expect(found.gradient.toArray()).toEqual(expected.gradient.toArray());
  });

  it("operations that look at their numbers run on tensors", () => {
    const program = compile((x: Tensor) => sum(cholesky(matmul(x, x))), [spec([2, 2])]);
    expect(program.report().kernels.map(({ label }) => label)).toContain("cholesky (on tensors)");
    expect(
      program(
        tensor([
          [2, 0],
          [0, 3],
        ]),
      ).item(),
    ).toBe(5);
    expect(() =>
      program(
        tensor([
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toThrow();
    expect(
      program(
        tensor([
          [2, 0],
          [0, 3],
        ]),
      ).item(),
    ).toBe(5);
  });

  it("random numbers come from the key, the same as eagerly", () => {
    const f = (x: Tensor) => add(x, random.normal(random.key(3), [3]));
    expect(compile(f)(vector).toArray()).toEqual(f(vector).toArray());
  });

  it("memory can be written and read without copies", () => {
    const program = compile((x: Tensor) => multiply(cumsum(x), 2), [spec([4])], {
      backend: "wasm",
    });
    program.inputs[0]?.data.set([1, 2, 3, 4]);
    program.run();
    expect(Array.from(program.outputs[0]?.data ?? [])).toEqual([2, 6, 12, 20]);
    program.inputs[0]?.data.set([1, 0, 0, 0]);
    program.run();
    expect(Array.from(program.outputs[0]?.data ?? [])).toEqual([2, 2, 2, 2]);
  });

  it("an input that is written by hand does not hide what is passed", () => {
    const program = compile((x: Tensor) => sum(x), [spec([3])], { backend: "wasm" });
    expect(program(vector).item()).toBe(1.5);
    program.inputs[0]?.data.fill(0);
    expect(program(vector).item()).toBe(1.5);
  });

  it("inputs that are results, results that are twice there, and constants", () => {
    const f = (x: Tensor) => [x, add(x, 1), x, tensor([1, 2]), multiply(3, 2)];
    for (const backend of backends) {
      const found = compile(f, [spec([3])], { backend })(vector);
      expect(found.map((value) => value.toArray())).toEqual([
        [0.5, -1, 2],
        [1.5, 0, 3],
        [0.5, -1, 2],
        [1, 2],
        6,
      ]);
    }
  });

  it("results are fresh: a later run does not change them", () => {
    const program = compile((x: Tensor) => multiply(x, 2), [spec([3])]);
    const first = program(vector);
    program(tensor([9, 9, 9]));
    expect(first.toArray()).toEqual([1, -2, 4]);
  });

  it("bias and activation are done in the tail of the matrix product", () => {
    const f = (x: Tensor, w: Tensor, b: Tensor) => sigmoid(add(matmul(x, w), b));
    const [x, w, b] = [
      random.normal(random.key(1), [30, 7]),
      random.normal(random.key(2), [7, 5]),
      vector,
    ];
    const wide = random.normal(random.key(3), [7, 3]);
    const program = compile(f, undefined, { backend: "wasm" });
    const found = program(x, wide, b);
    expect(program.report().kernels.map(({ label }) => label)).toEqual([
      "matmul 30×7×3 float64: add, sigmoid",
    ]);
    const expected = f(x, wide, b).toTypedArray();
    found.toTypedArray().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 14);
    });
    const kept = compile((at: Tensor) => [matmul(at, w), relu(matmul(at, w))], [spec([30, 7])], {
      backend: "wasm",
    });
    expect(kept.report().kernels.length).toBe(2);
    expect(kept(x)[1]?.toArray()).toEqual(relu(kept(x)[0] as Tensor).toArray());
  });

  it("the report tells what runs", () => {
    const f = (x: Tensor) => sum(multiply(sigmoid(x), where(greater(x, 0), x, 0)));
    const program = compile(valueAndGrad(f), [spec([10_000])]);
    const report = program.report();
    expect(report.backend).toBe("wasm");
    expect(report.reason).toBe("the graph is too large for straight-line code");
    expect(report.kernels.length).toBe(1);
    expect(report.fused).toBeGreaterThan(3);
    expect(report.flops).toBeGreaterThan(40_000);
    expect(report.arenaBytes).toBeGreaterThanOrEqual(160_000);
    expect(program.source).toContain("f64x2");
  });
});

describe("compileStep", () => {
  const loss = (p: { w: Tensor; b: Tensor }, x: Tensor, t: Tensor) =>
    sum(square(subtract(relu(add(matmul(p.w, x), p.b)), t)));
  const start = {
    w: tensor([
      [1, 2],
      [-1, 0.5],
      [0.25, 1],
    ]),
    b: tensor([0.5, 0, -0.5]),
  };
  const x = tensor([1, -0.5]);
  const t = tensor([1, 2, 3]);
  const step = (p: { w: Tensor; b: Tensor }, sample: Tensor, target: Tensor) => {
    const { value, gradient } = valueAndGrad(loss)(p, sample, target);
    return {
      state: mapTree((leaf, slope) => subtract(leaf, multiply(0.1, slope)), p, gradient),
      result: value,
    };
  };

  it.each(backends)("the state stays inside and moves on (%s)", (backend) => {
    const program = compileStep(step, start, [spec([2]), spec([3])], { backend });
    let state = start;
    for (let i = 0; i < 5; i++) {
      const expected = step(state, x, t);
      expect(program(x, t).item()).toBeCloseTo(expected.result.item(), 13);
      state = expected.state as typeof start;
      const found = program.state();
      expect(found.w.toArray()).toEqual(state.w.toArray());
      expect(found.b.toArray()).toEqual(state.b.toArray());
    }
    program.setState(start);
    expect(program(x, t).item()).toBeCloseTo(step(start, x, t).result.item(), 13);
    program.setState(start);
    expect(program(x, t).item()).toBeCloseTo(step(start, x, t).result.item(), 13);
  });

  it.each(backends)("parts of the state may change places (%s)", (backend) => {
    const program = compileStep(
      ({ a, b, c }: { a: Tensor; b: Tensor; c: Tensor }) => ({
        state: { a: b, b: a, c: add(a, c) },
        result: b,
      }),
      { a: vector, b: tensor([4, 5, 6]), c: tensor([0, 0, 0]) },
      [],
      { backend },
    );
    expect(program().toArray()).toEqual([4, 5, 6]);
    expect(program.state().c.toArray()).toEqual([0.5, -1, 2]);
    expect(program().toArray()).toEqual([0.5, -1, 2]);
    expect(program.state().a.toArray()).toEqual([0.5, -1, 2]);
    expect(program.state().c.toArray()).toEqual([4.5, 4, 8]);
  });

  it("batches of other shapes take the state along", () => {
    const program = compileStep(
      (total: Tensor, batch: Tensor) => ({ state: add(total, sum(batch)), result: total }),
      0,
    );
    program(tensor([1, 2]));
    program(tensor([1, 2, 3]));
    program(tensor([4, 5]));
    expect(program.state().item()).toBe(18);
  });

  it("a state that changes its type is refused before anything happens", () => {
    const make = () => compileStep((s: Tensor) => ({ state: sum(s), result: s }), vector, []);
    expect(make).toThrow(/state.*float64\[3\].*float64\[\]/);
    expect(() => compileStep(() => 3 as never, vector, [])).toThrow(
      /must return \{ state, result \}/,
    );
  });

  it("a step that fails leaves its state", () => {
    const program = compileStep(
      (total: Tensor, m: Tensor) => ({ state: add(total, sum(cholesky(m))), result: total }),
      1,
      [spec([1, 1])],
    );
    program(tensor([[4]]));
    expect(() => program(tensor([[-4]]))).toThrow();
    expect(() => program(tensor([1]))).toThrow(/compiled for/);
    expect(program.state().item()).toBe(3);
  });
});

describe("threads", () => {
  it("share large matrix products, and change no bit of the results", async () => {
    const f = (x: Tensor, y: Tensor) => sigmoid(matmul(x, y));
    const [x, y] = [
      random.normal(random.key(1), [200, 150]),
      random.normal(random.key(2), [150, 220]),
    ];
    const alone = compile(f, undefined, { backend: "wasm" })(x, y).toTypedArray();
    const program = compile(f, undefined, { backend: "wasm", threads: 2 });
    expect(program(x, y).toTypedArray()).toEqual(alone);
    expect(program.report().kernels[0]?.label).toContain("on 2 threads");
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let i = 0; i < 5; i++) expect(program(x, y).toTypedArray()).toEqual(alone);
    expect(() => compile(f, undefined, { threads: 0 })).toThrow(/threads must be/);
  });
});
