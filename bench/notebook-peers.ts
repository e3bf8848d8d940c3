// Other libraries' training step of the 3-2-2 network.

import { type Contender, FLOAT32, FLOAT64, ready, trained } from "./contender.ts";
import { INPUT, RATE, START, TARGET } from "./hand-written/network.ts";
import { B1, B2, W1, W2 } from "./network-task.ts";
import { brainNetwork } from "./peers/brain.ts";
import { JAX_FLOAT64, type JaxArray, jax, jaxArray } from "./peers/jax.ts";
import { Scalar } from "./peers/scalar-tape.ts";
import { tfjs } from "./peers/tfjs.ts";

const x = Float64Array.from(INPUT);
const t = Float64Array.from(TARGET);

export const brain: Contender = {
  name: "brain.js",
  kind: "peer",
  tolerance: FLOAT32,
  make: () => {
    const rows = (values: readonly number[], width: number): number[][] => [
      values.slice(0, width),
      values.slice(width),
    ];
    const network = brainNetwork([3, 2, 2], RATE, [rows(W1, 3), rows(W2, 2)], [B1, B2]);
    const example = { input: Float32Array.from(x), output: Float32Array.from(t) };
    const loss = (): number => {
      const [y0 = 0, y1 = 0] = network.runInput(example.input);
      const squares = (y0 - (t[0] as number)) ** 2 + (y1 - (t[1] as number)) ** 2;
      network.trainPattern(example);
      return squares / 2;
    };
    const parameters = (): number[] =>
      [1, 2].flatMap((k) => [
        ...(network.weights[k] ?? []).flatMap((row) => [...row]),
        ...(network.biases[k] ?? []),
      ]);
    return ready(
      () => trained(loss, () => [parameters()]),
      () => network.trainPattern(example),
    );
  },
};

export const scalarTape: Contender = {
  name: "60-line scalar tape",
  kind: "peer",
  tolerance: FLOAT64,
  make: () => {
    const p = START.map((value) => new Scalar(value));
    const inputs = INPUT.map((value) => new Scalar(value));
    const targets = TARGET.map((value) => new Scalar(value));
    const unitOf = (first: number, bias: number, values: readonly Scalar[]): Scalar =>
      values
        .reduce(
          (total, value, j) => total.plus((p[first + j] as Scalar).times(value)),
          p[bias] as Scalar,
        )
        .sigmoid();
    const step = (): number => {
      const hidden = [unitOf(0, 6, inputs), unitOf(3, 7, inputs)];
      const errors = [unitOf(8, 12, hidden), unitOf(10, 13, hidden)].map((y, i) =>
        y.minus(targets[i] as Scalar).squared(),
      );
      const loss = (errors[0] as Scalar).plus(errors[1] as Scalar).scaled(0.5);
      for (const weight of p) weight.gradient = 0;
      loss.backward();
      for (const weight of p) weight.value -= RATE * weight.gradient;
      return loss.value;
    };
    return ready(() => trained(step, () => [p.map(({ value }) => value)]), step);
  },
};

export const tensorflow: Contender = {
  name: "TensorFlow.js wasm, float32",
  kind: "peer",
  tolerance: FLOAT32,
  make: async () => {
    const tf = await tfjs();
    const make = (values: readonly number[], shape: readonly number[]) =>
      tf.variable(tf.tensor(Float32Array.from(values), shape));
    const weights = [
      make(W1, [2, 3]),
      make(B1, [2, 1]),
      make(W2, [2, 2]),
      make(B2, [2, 1]),
    ] as const;
    const [w1, b1, w2, b2] = weights;
    const input = tf.tensor(Float32Array.from(x), [3, 1]);
    const target = tf.tensor(Float32Array.from(t), [2, 1]);
    const half = tf.scalar(0.5);
    const optimizer = tf.train.sgd(RATE);
    const step = (): number => {
      const cost = optimizer.minimize(() => {
        const hidden = tf.sigmoid(tf.add(tf.matMul(w1, input), b1));
        const output = tf.sigmoid(tf.add(tf.matMul(w2, hidden), b2));
        return tf.mul(half, tf.sum(tf.square(tf.sub(output, target))));
      }, true);
      const [loss = Number.NaN] = cost.dataSync();
      cost.dispose();
      return loss;
    };
    return ready(
      () => trained(step, () => [[w1, b1, w2, b2].flatMap((part) => [...part.dataSync()])]),
      step,
    );
  },
};

export const jaxJs: Contender = {
  name: "jax-js jit, float64",
  kind: "peer",
  tolerance: JAX_FLOAT64,
  make: async () => {
    const jaxJs = await jax();
    const { numpy, nn } = jaxJs;
    const array = (values: readonly number[], shape: readonly number[]) =>
      jaxArray(jaxJs, Float64Array.from(values), shape);
    const loss = (p: JaxArray[], x: JaxArray, t: JaxArray): JaxArray => {
      const [w1, b1, w2, b2] = p as [JaxArray, JaxArray, JaxArray, JaxArray];
      const hidden = nn.sigmoid(numpy.matmul(w1, x).add(b1));
      const output = nn.sigmoid(numpy.matmul(w2, hidden).add(b2));
      return numpy.square(output.sub(t)).sum().mul(0.5);
    };
    const update = jaxJs.jit((p: JaxArray[], x: JaxArray, t: JaxArray) => {
      const [value, slopes] = jaxJs.valueAndGrad(loss)(
        p.map(({ ref }) => ref),
        x,
        t,
      );
      return [value, p.map((part, i) => part.sub((slopes[i] as JaxArray).mul(RATE)))] as const;
    });
    let p = [array(W1, [2, 3]), array(B1, [2]), array(W2, [2, 2]), array(B2, [2])];
    const [input, target] = [array(INPUT, [3]), array(TARGET, [2])];
    const step = (): number => {
      const [value, next] = update(p, input.ref, target.ref);
      p = next;
      return value.dataSync()[0] as number;
    };
    return ready(() => trained(step, () => [p.flatMap((part) => [...part.ref.dataSync()])]), step);
  },
};
