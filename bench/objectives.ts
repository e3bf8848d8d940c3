// Gradients of the objectives of ADBench, as multiples of the time of the objective written by hand in JavaScript.

import { residuals } from "../examples/bundle-adjustment.ts";
import { mixtureObjective } from "../examples/gaussian-mixture.ts";
import { lstmObjective } from "../examples/lstm.ts";
import { type Contender, type Numbers, ready, spread, uniform } from "./contender.ts";
import type { Contest } from "./contest.ts";
import { type GroupResult, runContests } from "./group.ts";
import { bundleByHand, lstmByHand, mixtureByHand } from "./hand-written/objectives.ts";
import { compiled, symtape, type Tensor } from "./ours.ts";

const { lgamma, multiply, sum, tensor, valueAndGrad } = symtape;

/** An objective of flat parameters by hand, and of the same parameters as a tree of tensors. */
interface Problem<P extends object> {
  readonly title: string;
  readonly point: Float64Array;
  byHand(point: Float64Array): number;
  /** The shapes of the leaves, in the order in which they lie in the flat parameters. */
  readonly shapes: { readonly [K in keyof P]: readonly number[] };
  objective(parameters: P): Tensor;
}

type Leaves = Readonly<Record<string, Tensor>>;

function mixture(): Problem<{ alphas: Tensor; means: Tensor; factors: Tensor }> {
  const [count, dimension, components] = [1000, 10, 25];
  const width = (dimension * (dimension + 1)) / 2;
  const prior = { gamma: 1, m: 0 };
  const points = spread(count * dimension, 11, 2);
  const degrees = dimension + prior.m + 1;
  const gammas = Array.from({ length: dimension }, (_, j) => 0.5 * (degrees - j));
  const logGamma =
    0.25 * dimension * (dimension - 1) * Math.log(Math.PI) + sum(lgamma(tensor(gammas))).item();
  const scale = degrees * dimension * (Math.log(prior.gamma) - 0.5 * Math.log(2)) - logGamma;
  const constant = -0.5 * count * dimension * Math.log(2 * Math.PI) - components * scale;
  const data = { components, dimension, points, constant, ...prior };
  const observed = tensor(points, { shape: [count, dimension] });
  return {
    title: `Gaussian mixture, ${count} points, ${dimension} dimensions, ${components} components`,
    point: spread(components * (1 + dimension + width), 12, 0.5),
    byHand: (point) => mixtureByHand(point, data),
    shapes: { alphas: [components], means: [components, dimension], factors: [components, width] },
    objective: (parameters) => mixtureObjective(parameters, observed, prior),
  };
}

function lstm(): Problem<{ main: Tensor; extra: Tensor }> {
  const [layers, width, length] = [2, 14, 1024];
  const state = spread(2 * layers * width, 13);
  const sequence = uniform(length * width, 14).map(Math.round);
  const data = { layers, width, state, sequence };
  const start = tensor(state, { shape: [2 * layers, width] });
  const seen = tensor(sequence, { shape: [length, width] });
  return {
    title: `LSTM, ${layers} layers of ${width}, ${length} characters`,
    point: spread(2 * layers * 4 * width + 3 * width, 15),
    byHand: (point) => lstmByHand(point, data),
    shapes: { main: [2 * layers, 4 * width], extra: [3, width] },
    objective: (parameters) => lstmObjective(parameters, start, seen),
  };
}

function bundle(): Problem<{ cameras: Tensor; points: Tensor; weights: Tensor }> {
  const [cameras, points, count] = [49, 2000, 8000];
  const choice = (most: number, seed: number): Int32Array =>
    Int32Array.from(uniform(count, seed), (value) => Math.floor(value * most));
  const [ofCamera, ofPoint] = [choice(cameras, 16), choice(points, 17)];
  const features = spread(2 * count, 18);
  const cotangents = spread(3 * count, 19);
  const seen = {
    cameras: tensor(ofCamera, { dtype: "int32" }),
    points: tensor(ofPoint, { dtype: "int32" }),
    features: tensor(features, { shape: [count, 2] }),
  };
  const factors = tensor(cotangents);
  const point = spread(11 * cameras + 3 * points + count, 20, 0.5);
  for (let camera = 0; camera < cameras; camera++) point[11 * camera + 5] = -5;
  return {
    title: `Bundle adjustment, ${cameras} cameras, ${points} points, ${count} observations: one vector-Jacobian product`,
    point,
    byHand: (point) =>
      bundleByHand(point, { cameras, points, ofCamera, ofPoint, features, cotangents }),
    shapes: { cameras: [cameras, 11], points: [points, 3], weights: [count] },
    objective: (scene) => sum(multiply(factors, residuals(scene, seen))),
  };
}

/** The flat parameters as tensors. */
function treeOf<P extends object>({ shapes, point }: Problem<P>): P {
  let from = 0;
  const leaves = Object.entries<readonly number[]>(shapes as never).map(([name, shape]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = point.slice(from, from + size);
    from += size;
    return [name, tensor(values, { shape })] as const;
  });
  return Object.fromEntries(leaves) as P;
}

/** The value, and the derivative in one direction: by central differences where it is written by hand. */
function byHand<P extends object>({ point, byHand }: Problem<P>): Contender {
  return {
    name: "the objective in JavaScript",
    kind: "hand",
    tolerance: 1e-6,
    make: () => {
      const h = 1e-5;
      const direction = directionAt(point);
      const moved = (by: number): number =>
        byHand(point.map((x, i) => x + by * (direction[i] as number)));
      const check = (): Numbers => [[byHand(point)], [(moved(h) - moved(-h)) / (2 * h)]];
      return ready(check, () => byHand(point));
    },
  };
}

function directionAt(point: Float64Array): Float64Array {
  return spread(point.length, 21);
}

const fast = "symtape's compiled gradient, run()";

function gradients<P extends object>(problem: Problem<P>): Contender[] {
  const parameters = treeOf(problem) as Leaves;
  const f = valueAndGrad(problem.objective as unknown as (p: Leaves) => Tensor) as (p: Leaves) => {
    value: Tensor;
    gradient: Leaves;
  };
  const direction = directionAt(problem.point);
  const numbers = ({ value, gradient }: ReturnType<typeof f>): Numbers => {
    const slopes = Object.values(gradient).flatMap((leaf) => [...leaf.toTypedArray()]);
    const along = slopes.reduce((total, slope, i) => total + slope * (direction[i] as number), 0);
    return [[value.item()], [along]];
  };
  const program: Contender = {
    name: fast,
    kind: "ours",
    tolerance: 1e-6,
    make: async () => {
      const { compile } = await compiled();
      const program = compile((p: Leaves) => f(p), [parameters]);
      return ready(
        () => numbers(program(parameters) as ReturnType<typeof f>),
        () => program.run(),
      );
    },
  };
  const eager: Contender = {
    name: "symtape's gradient, recorded anew",
    kind: "ours",
    tolerance: 1e-6,
    make: () =>
      ready(
        () => numbers(f(parameters)),
        () => f(parameters),
      ),
  };
  return [program, eager];
}

function contest<P extends object>(problem: Problem<P>): Contest {
  const objective = byHand(problem);
  return {
    title: problem.title,
    contenders: [objective, ...gradients(problem)],
    targets: [{ of: fast, to: objective.name, atMost: 4 }],
    seconds: 5,
  };
}

export async function objectives(): Promise<GroupResult> {
  return { contests: await runContests([contest(mixture()), contest(lstm()), contest(bundle())]) };
}
