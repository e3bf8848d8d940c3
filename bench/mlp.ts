// A training step of a network for handwritten digits, float32: what most small networks look like.

import { type Contender, FLOAT32, type Numbers, ready, trained } from "./contender.ts";
import { type GroupResult, runContests } from "./group.ts";
import { perceptronStep } from "./hand-written/perceptron.ts";
import { type CompileOptions, compiled, type Tensor } from "./ours.ts";
import { type JaxArray, jax, jaxArray } from "./peers/jax.ts";
import { tfjs } from "./peers/tfjs.ts";
import {
  classes,
  descend,
  images,
  labels,
  oneHotLabels,
  RATE,
  SIZES,
  start,
  w1,
  w2,
  x,
} from "./perceptron-task.ts";
import { pythonContender } from "./python.ts";

const byHand: Contender = {
  name: "JavaScript loops",
  kind: "hand",
  tolerance: FLOAT32,
  make: () => {
    const network = {
      w1: w1.slice(),
      b1: new Float32Array(SIZES.hidden),
      w2: w2.slice(),
      b2: new Float32Array(SIZES.classes),
    };
    const step = (): number => perceptronStep(SIZES, network, x, labels, RATE);
    return ready(() => trained(step, () => [network.w1, network.w2, network.b2]), step);
  },
};

function program(name: string, options: CompileOptions, inPlace: boolean): Contender {
  return {
    name,
    kind: "ours",
    tolerance: FLOAT32,
    make: async () => {
      const { compileStep } = await compiled();
      const step = compileStep(descend, start, [images, classes], options);
      const call = (): Tensor => step(images, classes);
      const weights = (): ArrayLike<number>[] => {
        const { w1, w2, b2 } = step.state();
        return [w1, w2, b2].map((part) => part.toTypedArray());
      };
      const check = (): Numbers => trained(() => call().item(), weights);
      return ready(check, inPlace ? () => step.run() : call);
    },
  };
}

const eager: Contender = {
  name: "symtape recorded anew",
  kind: "ours",
  tolerance: FLOAT32,
  make: () => {
    let weights = start;
    const step = (): number => {
      const { state, result } = descend(weights, images, classes);
      weights = state;
      return result.item();
    };
    const parts = (): ArrayLike<number>[] =>
      [weights.w1, weights.w2, weights.b2].map((part) => part.toTypedArray());
    return ready(() => trained(step, parts), step);
  },
};

const tensorflow: Contender = {
  name: "TensorFlow.js wasm",
  kind: "peer",
  tolerance: FLOAT32,
  make: async () => {
    const tf = await tfjs();
    const { batch, inputs, hidden, classes } = SIZES;
    const v1 = tf.variable(tf.tensor(w1, [inputs, hidden]));
    const c1 = tf.variable(tf.tensor(new Float32Array(hidden), [hidden]));
    const v2 = tf.variable(tf.tensor(w2, [hidden, classes]));
    const c2 = tf.variable(tf.tensor(new Float32Array(classes), [classes]));
    const input = tf.tensor(x, [batch, inputs]);
    const target = tf.tensor(oneHotLabels(), [batch, classes]);
    const optimizer = tf.train.sgd(RATE);
    const step = (): number => {
      const cost = optimizer.minimize(() => {
        const h = tf.relu(tf.add(tf.matMul(input, v1), c1));
        return tf.losses.softmaxCrossEntropy(target, tf.add(tf.matMul(h, v2), c2));
      }, true);
      const [loss = Number.NaN] = cost.dataSync();
      cost.dispose();
      return loss;
    };
    return ready(() => trained(step, () => [v1, v2, c2].map((part) => part.dataSync())), step);
  },
};

const jaxJs: Contender = {
  name: "jax-js jit",
  kind: "peer",
  tolerance: FLOAT32,
  make: async () => {
    const jaxJs = await jax();
    const { numpy, nn } = jaxJs;
    const { batch, inputs, hidden, classes } = SIZES;
    const loss = (p: JaxArray[], x: JaxArray, t: JaxArray): JaxArray => {
      const [w1, b1, w2, b2] = p as [JaxArray, JaxArray, JaxArray, JaxArray];
      const h = nn.relu(numpy.matmul(x, w1).add(b1));
      const logits = numpy.matmul(h, w2).add(b2);
      return nn
        .logSoftmax(logits)
        .mul(t)
        .sum()
        .mul(-1 / batch);
    };
    const update = jaxJs.jit((p: JaxArray[], x: JaxArray, t: JaxArray) => {
      const [value, slopes] = jaxJs.valueAndGrad(loss)(
        p.map(({ ref }) => ref),
        x,
        t,
      );
      return [value, p.map((part, i) => part.sub((slopes[i] as JaxArray).mul(RATE)))] as const;
    });
    let p = [
      jaxArray(jaxJs, w1, [inputs, hidden]),
      jaxArray(jaxJs, new Float32Array(hidden), [hidden]),
      jaxArray(jaxJs, w2, [hidden, classes]),
      jaxArray(jaxJs, new Float32Array(classes), [classes]),
    ];
    const input = jaxArray(jaxJs, x, [batch, inputs]);
    const target = jaxArray(jaxJs, oneHotLabels(), [batch, classes]);
    const step = (): number => {
      const [value, next] = update(p, input.ref, target.ref);
      p = next;
      return value.dataSync()[0] as number;
    };
    const parts = (): ArrayLike<number>[] =>
      [0, 2, 3].map((k) => (p[k] as JaxArray).ref.dataSync());
    return ready(() => trained(step, parts), step);
  },
};

export async function mlp(): Promise<GroupResult> {
  const fast = "symtape compiled, run()";
  const contests = await runContests([
    {
      title:
        "784-128-10 network, relu, softmax cross entropy, batch of 128, one training step, float32",
      contenders: [
        byHand,
        program(fast, {}, true),
        program("symtape compiled, step(x, t)", {}, false),
        eager,
        tensorflow,
        jaxJs,
        pythonContender("NumPy", "mlp numpy", FLOAT32),
        pythonContender("PyTorch", "mlp torch", FLOAT32),
      ],
      targets: [
        { of: jaxJs.name, to: fast, atLeast: 2.5 },
        { of: tensorflow.name, to: fast, atLeast: 9 },
        { of: fast, to: "PyTorch", atMost: 2.2 },
      ],
      seconds: 15,
    },
  ]);
  return { contests };
}
