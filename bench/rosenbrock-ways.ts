// Ways to the gradient of Rosenbrock's function in 100 variables, each from its source to its first result.

import type { Kind, Numbers } from "./contender.ts";
import { NotBuilt } from "./contest.ts";
import { rosenbrock } from "./hand-written/rosenbrock.ts";
import { compiled, formulas, symtape, type Tensor } from "./ours.ts";
import { loadPeer } from "./peers/load.ts";
import { Scalar } from "./peers/scalar-tape.ts";

/** What was built: a call that gives the value and the gradient, and one that may leave them in memory. */
export interface Built {
  results(): Numbers;
  run(): unknown;
}

export interface Way {
  readonly name: string;
  readonly kind: Kind;
  /** Imports what is needed; what it returns builds the function. */
  load(): Promise<() => Built>;
}

const SIZE = 100;
const x = Float64Array.from({ length: SIZE }, (_, i) => ((i * 37) % 11) / 10 - 0.4);

const names = Array.from(x, (_, i) => `x${i}`);

const byHand: Way = {
  name: "JavaScript loop",
  kind: "hand",
  load: async () => () => {
    const slopes = new Float64Array(SIZE);
    const run = (): number => rosenbrock(x, slopes);
    return { results: () => [[run()], slopes], run };
  },
};

const { add, index, multiply, square, subtract, sum, tensor, valueAndGrad } = symtape;

/** The function of a tensor, with slices. */
function ofTensor(x: Tensor): Tensor {
  const here = index(x, [{ stop: -1 }]);
  const next = index(x, [{ start: 1 }]);
  const valley = square(subtract(next, square(here)));
  return sum(add(multiply(100, valley), square(subtract(1, here))));
}

/** The function of a hundred numbers. */
function ofScalars(x: readonly Tensor[]): Tensor {
  let total: Tensor | undefined;
  for (let i = 0; i + 1 < x.length; i++) {
    const here = x[i] as Tensor;
    const valley = square(subtract(x[i + 1] as Tensor, square(here)));
    const term = add(multiply(100, valley), square(subtract(1, here)));
    total = total === undefined ? term : add(total, term);
  }
  return total as Tensor;
}

const slices: Way = {
  name: "symtape recorded anew, slices",
  kind: "ours",
  load: async () => () => {
    const f = valueAndGrad(ofTensor);
    const point = tensor(x);
    const results = (): Numbers => {
      const { value, gradient } = f(point);
      return [[value.item()], gradient.toTypedArray()];
    };
    return { results, run: () => f(point) };
  },
};

const compiledSlices: Way = {
  name: "symtape compiled, slices, run()",
  kind: "ours",
  load: async () => {
    const { compile } = await compiled();
    return () => {
      const point = tensor(x);
      const lossAndSlopes = valueAndGrad(ofTensor);
      const f = compile((x: Tensor) => lossAndSlopes(x), [point]);
      const results = (): Numbers => {
        const { value, gradient } = f(point);
        return [[value.item()], gradient.toTypedArray()];
      };
      return { results, run: () => f.run() };
    };
  },
};

const compiledScalars: Way = {
  name: "symtape compiled, 100 scalars, run()",
  kind: "ours",
  load: async () => {
    const { compile } = await compiled();
    return () => {
      const point = [...x];
      const lossAndSlopes = valueAndGrad(ofScalars as (x: never) => Tensor) as unknown as (
        x: readonly Tensor[],
      ) => { value: Tensor; gradient: readonly Tensor[] };
      const f = compile((x: readonly Tensor[]) => lossAndSlopes(x), [point]);
      const results = (): Numbers => {
        const { value, gradient } = f(point);
        return [[value.item()], gradient.map((slope) => Number(slope.item()))];
      };
      return { results, run: () => f.run() };
    };
  },
};

/** The formula as text, for those who read text. */
function textOf(): string {
  const terms = Array.from(x.slice(1), (_, i) => `100 * (x${i + 1} - x${i}^2)^2 + (1 - x${i})^2`);
  return terms.join(" + ");
}

const lambda: Way = {
  name: "symtape lambdify(…).gradient",
  kind: "ours",
  load: async () => {
    const { lambdify } = await compiled();
    if (lambdify === undefined) throw new NotBuilt("dist/compile.js has no lambdify");
    const { parse } = await formulas();
    return () => {
      const f = lambdify(parse(textOf()), names);
      const point = [...x];
      return {
        results: () => [[f(...point)], f.gradient(...point)],
        run: () => f.gradient(...point),
      };
    };
  },
};

const scalarTape: Way = {
  name: "60-line scalar tape",
  kind: "peer",
  load: async () => () => {
    const one = new Scalar(1);
    const run = (): [Scalar, Scalar[]] => {
      const p = Array.from(x, (value) => new Scalar(value));
      let total = new Scalar(0);
      for (let i = 0; i + 1 < SIZE; i++) {
        const here = p[i] as Scalar;
        const valley = (p[i + 1] as Scalar).minus(here.squared()).squared();
        total = total.plus(valley.scaled(100)).plus(one.minus(here).squared());
      }
      total.backward();
      return [total, p];
    };
    const results = (): Numbers => {
      const [total, p] = run();
      return [[total.value], p.map(({ gradient }) => gradient)];
    };
    return { results, run };
  },
};

interface MathNode {
  compile(): { evaluate(scope: Readonly<Record<string, number>>): number };
}

/** What the bench uses of mathjs. */
interface Mathjs {
  create(all: unknown): {
    parse(text: string): MathNode;
    derivative(node: MathNode, name: string, options: { simplify: boolean }): MathNode;
  };
  readonly all: unknown;
}

const mathjs: Way = {
  name: "mathjs, 100 compiled derivatives",
  kind: "peer",
  load: async () => {
    const { create, all } = await loadPeer<Mathjs>("mathjs/number");
    return () => {
      const math = create(all);
      const names = Array.from(x, (_, i) => `x${i}`);
      const terms = names.slice(1).map((next, i) => `100 * (${next} - x${i}^2)^2 + (1 - x${i})^2`);
      const formula = math.parse(terms.join(" + "));
      const value = formula.compile();
      const slopes = names.map((name) =>
        math.derivative(formula, name, { simplify: false }).compile(),
      );
      const scope = Object.fromEntries(names.map((name, i) => [name, x[i] as number]));
      const run = (): [number, number[]] => [
        value.evaluate(scope),
        slopes.map((slope) => slope.evaluate(scope)),
      ];
      const results = (): Numbers => {
        const [total, gradient] = run();
        return [[total], gradient];
      };
      return { results, run };
    };
  },
};

export const ways: readonly Way[] = [
  byHand,
  compiledSlices,
  compiledScalars,
  lambda,
  slices,
  scalarTape,
  mathjs,
];
