// A convolution as deep networks have it, forwards and backwards.

import { type Contender, FLOAT32, type Numbers, ready, samples, spread } from "./contender.ts";
import { type GroupResult, runContests } from "./group.ts";
import { compiled, symtape, type Tensor } from "./ours.ts";
import { type JaxArray, jax, jaxArray } from "./peers/jax.ts";
import { type TfTensor, tfjs } from "./peers/tfjs.ts";
import { pythonContender } from "./python.ts";

const BATCH = 16;
const CHANNELS = 64;
const SIDE = 32;
const KERNEL = 3;
const IMAGES = [BATCH, CHANNELS, SIDE, SIDE] as const;
const FILTERS = [CHANNELS, CHANNELS, KERNEL, KERNEL] as const;

const x = Float32Array.from(spread(BATCH * CHANNELS * SIDE ** 2, 8));
const w = Float32Array.from(spread(CHANNELS ** 2 * KERNEL ** 2, 9, 0.1));
/** The result is multiplied by these and summed: they are the cotangents. */
const c = Float32Array.from(spread(x.length, 10));

function numbers(
  value: number,
  byImages: ArrayLike<number>,
  byFilters: ArrayLike<number>,
): Numbers {
  return [[value], samples(byImages), samples(byFilters)];
}

const fast = "symtape compiled, run()";

const program: Contender = {
  name: fast,
  kind: "ours",
  tolerance: FLOAT32,
  make: async () => {
    const { conv2d, multiply, sum, tensor, valueAndGrad } = symtape;
    const { compile } = await compiled();
    const dtype = "float32";
    const images = tensor(x, { shape: IMAGES, dtype });
    const filters = tensor(w, { shape: FILTERS, dtype });
    const weights = tensor(c, { shape: IMAGES, dtype });
    const lossAndSlopes = valueAndGrad(({ x, w }: { x: Tensor; w: Tensor }, c: Tensor) =>
      sum(multiply(conv2d(x, w, { padding: "same" }), c)),
    );
    const f = compile(
      (p: { x: Tensor; w: Tensor }, c: Tensor) => lossAndSlopes(p, c),
      [{ x: images, w: filters }, weights],
    );
    return ready(
      () => {
        const { value, gradient } = f({ x: images, w: filters }, weights);
        return numbers(value.item(), gradient.x.toTypedArray(), gradient.w.toTypedArray());
      },
      () => f.run(),
    );
  },
};

/** It needs minutes for the whole batch, so it gets two images at a time, and the time of two is taken eight times. */
const jaxJs: Contender = {
  name: "jax-js jit (8 × a batch of 2)",
  kind: "peer",
  tolerance: FLOAT32,
  make: async () => {
    const jaxJs = await jax();
    const loss = (p: JaxArray[], c: JaxArray): JaxArray => {
      const [x, w] = p as [JaxArray, JaxArray];
      return jaxJs.lax.conv(x, w, [1, 1], "SAME").mul(c).sum();
    };
    const f = jaxJs.jit(jaxJs.valueAndGrad(loss));
    const filters = jaxArray(jaxJs, w, FILTERS);
    const parts = Array.from({ length: BATCH / 2 }, (_, k) => ({
      images: jaxArray(jaxJs, part(x, k), [2, CHANNELS, SIDE, SIDE]),
      weights: jaxArray(jaxJs, part(c, k), [2, CHANNELS, SIDE, SIDE]),
    }));
    const run = (k: number): Float32Array[] => {
      const { images, weights } = parts[k] as (typeof parts)[number];
      const [value, slopes] = f([images.ref, filters.ref], weights.ref);
      return [value, ...slopes].map((array) => array.dataSync() as Float32Array);
    };
    const check = (): Numbers => {
      const byImages = new Float32Array(x.length);
      const byFilters = new Float64Array(w.length);
      let total = 0;
      for (let k = 0; k < parts.length; k++) {
        const [value, images, filters] = run(k) as [Float32Array, Float32Array, Float32Array];
        total += value[0] as number;
        byImages.set(images, k * images.length);
        for (const [i, slope] of filters.entries()) byFilters[i] = (byFilters[i] as number) + slope;
      }
      return numbers(total, byImages, byFilters);
    };
    const { time } = ready(undefined, () => run(0));
    return { check, time: (calls) => parts.length * (time(calls) as number) };
  },
};

/** Two images of a batch. */
function part(batch: Float32Array, k: number): Float32Array {
  const size = 2 * CHANNELS * SIDE ** 2;
  return batch.slice(k * size, (k + 1) * size);
}

/** It wants images and filters with the channels last. */
const tensorflow: Contender = {
  name: "TensorFlow.js wasm",
  kind: "peer",
  tolerance: FLOAT32,
  make: async () => {
    const tf = await tfjs();
    const channelsLast = (values: Float32Array): TfTensor =>
      tf.transpose(tf.tensor(values, IMAGES), [0, 2, 3, 1]);
    const images = channelsLast(x);
    const weights = channelsLast(c);
    const filters = tf.transpose(tf.tensor(w, FILTERS), [2, 3, 1, 0]);
    const f = tf.valueAndGrads((x, w) => tf.sum(tf.mul(tf.conv2d(x, w, 1, "same"), weights)));
    const run = (): { value: TfTensor; grads: TfTensor[] } => {
      const found = tf.tidy(() => f([images, filters]));
      for (const tensor of [found.value, ...found.grads]) tensor.dataSync();
      return found;
    };
    const dispose = ({ value, grads }: ReturnType<typeof run>): void => {
      for (const tensor of [value, ...grads]) tensor.dispose();
    };
    const check = (): Numbers => {
      const { value, grads } = run();
      const [byImages, byFilters] = grads as [TfTensor, TfTensor];
      return numbers(
        value.dataSync()[0] as number,
        tf.transpose(byImages, [0, 3, 1, 2]).dataSync(),
        tf.transpose(byFilters, [3, 2, 0, 1]).dataSync(),
      );
    };
    return ready(check, () => dispose(run()));
  },
};

export async function convolution(): Promise<GroupResult> {
  const contests = await runContests([
    {
      title: `Convolution 3×3, ${CHANNELS} → ${CHANNELS} channels, ${SIDE}×${SIDE}, batch of ${BATCH}, with both gradients, float32`,
      operations: 3 * 2 * x.length * CHANNELS * KERNEL ** 2,
      contenders: [
        pythonContender("PyTorch", "convolution torch", FLOAT32),
        program,
        jaxJs,
        tensorflow,
      ],
      seconds: 20,
    },
  ]);
  return { contests };
}
