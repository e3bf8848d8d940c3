// A long sum of functions of single elements and its gradient: how fast elementary functions are, and how few walks it takes.

import {
  type Contender,
  FLOAT32,
  FLOAT64,
  type Numbers,
  ready,
  samples,
  spread,
} from "./contender.ts";
import type { Contest } from "./contest.ts";
import { type GroupResult, runContests } from "./group.ts";
import { sumAndSlopes } from "./hand-written/elementwise.ts";
import { compiled, symtape, type Tensor } from "./ours.ts";
import { JAX_FLOAT64, type JaxArray, jax, jaxArray } from "./peers/jax.ts";
import { type TfTensor, tfjs } from "./peers/tfjs.ts";
import { pythonContender } from "./python.ts";

type Precision = "float64" | "float32";
type Floats = Float64Array | Float32Array;

const SIZE = 1_000_000;
/** Where a million float32 numbers are added one after the other. */
const LONG_SUM = 2e-3;
const points = spread(SIZE, 5, 4);

const { add, exp, log, multiply, negate, sigmoid, square, sum, tanh, tensor, valueAndGrad } =
  symtape;

const lossAndSlopes = valueAndGrad((x: Tensor) =>
  sum(add(multiply(sigmoid(x), square(tanh(x))), log(add(1, exp(negate(x)))))),
);

function numbers(value: number, slopes: ArrayLike<number>): Numbers {
  return [[value], samples(slopes)];
}

function byHand(x: Floats, tolerance: number): Contender {
  return {
    name: "JavaScript loop",
    kind: "hand",
    tolerance,
    make: () => {
      const slopes = x.slice();
      return ready(
        () => numbers(sumAndSlopes(x, slopes), slopes),
        () => sumAndSlopes(x, slopes),
      );
    },
  };
}

function program(x: Tensor, tolerance: number, inPlace: boolean): Contender {
  return {
    name: inPlace ? "symtape compiled, run()" : "symtape compiled, program(x)",
    kind: "ours",
    tolerance,
    make: async () => {
      const { compile } = await compiled();
      const f = compile((x: Tensor) => lossAndSlopes(x), [x]);
      const call = (): { value: Tensor; gradient: Tensor } => f(x) as never;
      const check = (): Numbers => {
        const { value, gradient } = call();
        return numbers(value.item(), gradient.toTypedArray());
      };
      return ready(check, inPlace ? () => f.run() : call);
    },
  };
}

function eager(x: Tensor, tolerance: number): Contender {
  return {
    name: "symtape recorded anew",
    kind: "ours",
    tolerance,
    make: () => {
      const run = (): { value: Tensor; gradient: Tensor } => lossAndSlopes(x);
      const check = (): Numbers => {
        const { value, gradient } = run();
        return numbers(value.item(), gradient.toTypedArray());
      };
      return ready(check, run);
    },
  };
}

function jaxJs(x: Floats, precision: Precision): Contender {
  return {
    name: "jax-js jit",
    kind: "peer",
    tolerance: precision === "float64" ? JAX_FLOAT64 : LONG_SUM,
    make: async () => {
      const jaxJs = await jax();
      const { numpy, nn } = jaxJs;
      const loss = (x: JaxArray): JaxArray => {
        const left = nn.sigmoid(x.ref).mul(numpy.square(numpy.tanh(x.ref)));
        return left.add(numpy.log(numpy.exp(x.neg()).add(1))).sum();
      };
      const f = jaxJs.jit(jaxJs.valueAndGrad(loss));
      const input = jaxArray(jaxJs, x, [SIZE]);
      const run = (): [number, ArrayLike<number>] => {
        const [value, slopes] = f(input.ref);
        return [value.dataSync()[0] as number, slopes.dataSync()];
      };
      return ready(() => numbers(...run()), run);
    },
  };
}

const tensorflow: Contender = {
  name: "TensorFlow.js wasm",
  kind: "peer",
  tolerance: LONG_SUM,
  make: async () => {
    const tf = await tfjs();
    const one = tf.scalar(1);
    const f = tf.valueAndGrads((x) => {
      const left = tf.mul(tf.sigmoid(x), tf.square(tf.tanh(x)));
      return tf.sum(tf.add(left, tf.log(tf.add(one, tf.exp(tf.neg(x))))));
    });
    const input = tf.tensor(Float32Array.from(points), [SIZE]);
    const run = (): [number, ArrayLike<number>] => {
      const { value, grads } = tf.tidy(() => f([input]));
      const [slopes] = grads as [TfTensor];
      const found: [number, ArrayLike<number>] = [value.dataSync()[0] as number, slopes.dataSync()];
      value.dispose();
      slopes.dispose();
      return found;
    };
    return ready(() => numbers(...run()), run);
  },
};

function contest(precision: Precision): Contest {
  const x = precision === "float64" ? points : Float32Array.from(points);
  const operand = tensor(x, { dtype: precision });
  const tolerance = precision === "float64" ? FLOAT64 : FLOAT32;
  const fast = "symtape compiled, run()";
  const settings = { dtype: precision };
  return {
    title: `Σ σ(x)·tanh²x + log(1 + e⁻ˣ), value and gradient, 10⁶ elements, ${precision}`,
    contenders: [
      byHand(x, tolerance),
      program(operand, tolerance, true),
      program(operand, tolerance, false),
      eager(operand, tolerance),
      jaxJs(x, precision),
      ...(precision === "float32" ? [tensorflow] : []),
      pythonContender("NumPy", "elementwise numpy", tolerance, settings),
      pythonContender("PyTorch", "elementwise torch", tolerance, settings),
    ],
    targets: [
      { of: "JavaScript loop", to: fast, atLeast: precision === "float64" ? 4 : 11 },
      { of: "NumPy", to: fast, atLeast: 1 },
      { of: "PyTorch", to: fast, atLeast: 1 },
    ],
    seconds: 10,
  };
}

export async function elementwise(): Promise<GroupResult> {
  return { contests: await runContests([contest("float64"), contest("float32")]) };
}
