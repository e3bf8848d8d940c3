// Products of square matrices.

import {
  type Contender,
  FLOAT32,
  FLOAT64,
  ready,
  readyAsync,
  samples,
  spread,
} from "./contender.ts";
import type { Contest } from "./contest.ts";
import { type GroupResult, runContests } from "./group.ts";
import { addProduct } from "./hand-written/perceptron.ts";
import { compiled, symtape, type Tensor } from "./ours.ts";
import { jax, jaxArray } from "./peers/jax.ts";
import { onnxProduct } from "./peers/onnx.ts";
import { type TfTensor, tfjs } from "./peers/tfjs.ts";
import { pythonContender } from "./python.ts";

type Precision = "float64" | "float32";
type Floats = Float64Array | Float32Array;

interface Task {
  readonly size: number;
  readonly dtype: Precision;
  readonly tolerance: number;
  readonly left: Floats;
  readonly right: Floats;
}

function byHand({ size, left, right, tolerance }: Task): Contender {
  return {
    name: "JavaScript loops",
    kind: "hand",
    tolerance,
    make: () => {
      const out = new (left.constructor as new (length: number) => Floats)(size * size);
      const run = (): void => {
        out.fill(0);
        addProduct(
          out as Float64Array,
          left as Float64Array,
          right as Float64Array,
          size,
          size,
          size,
        );
      };
      return ready(() => {
        run();
        return [samples(out)];
      }, run);
    },
  };
}

function program({ size, dtype, left, right, tolerance }: Task, fma: boolean): Contender {
  return {
    name: fma ? "symtape compiled, fused multiply-add" : "symtape compiled, no fused multiply-add",
    kind: "ours",
    tolerance,
    make: async () => {
      const { compile } = await compiled();
      const operand = (values: Floats): Tensor =>
        symtape.tensor(values, { shape: [size, size], dtype });
      const [x, y] = [operand(left), operand(right)];
      const f = compile((x: Tensor, y: Tensor) => symtape.matmul(x, y), [x, y], { fma });
      const call = f as unknown as (x: Tensor, y: Tensor) => Tensor;
      return ready(
        () => [samples(call(x, y).toTypedArray())],
        () => f.run(),
      );
    },
  };
}

function jaxJs({ size, left, right, tolerance }: Task): Contender {
  return {
    name: "jax-js jit",
    kind: "peer",
    tolerance,
    make: async () => {
      const jaxJs = await jax();
      const [x, y] = [jaxArray(jaxJs, left, [size, size]), jaxArray(jaxJs, right, [size, size])];
      const product = jaxJs.jit(jaxJs.numpy.matmul);
      const run = (): ArrayLike<number> => product(x.ref, y.ref).dataSync();
      return ready(() => [samples(run())], run);
    },
  };
}

function tensorflow({ size, left, right, tolerance }: Task): Contender {
  return {
    name: "TensorFlow.js wasm",
    kind: "peer",
    tolerance,
    make: async () => {
      const tf = await tfjs();
      const operand = (values: Floats): TfTensor => tf.tensor(values as Float32Array, [size, size]);
      const [x, y] = [operand(left), operand(right)];
      const run = (): ArrayLike<number> => {
        const product = tf.matMul(x, y);
        const values = product.dataSync();
        product.dispose();
        return values;
      };
      return ready(() => [samples(run())], run);
    },
  };
}

function onnx({ size, dtype, left, right, tolerance }: Task): Contender {
  return {
    name: "ONNX Runtime Web wasm",
    kind: "peer",
    tolerance,
    make: async () => {
      const run = await onnxProduct(size, dtype, left, right);
      return readyAsync(async () => [samples(await run())], run);
    },
  };
}

function contest(size: number, dtype: Precision): Contest {
  const [left, right] = [spread(size * size, 6), spread(size * size, 7)].map((values) =>
    dtype === "float64" ? values : Float32Array.from(values),
  ) as [Floats, Floats];
  const task: Task = {
    size,
    dtype,
    left,
    right,
    tolerance: dtype === "float64" ? FLOAT64 : FLOAT32,
  };
  const settings = { dtype, size };
  return {
    title: `Matrix product, ${size} × ${size}, ${dtype}`,
    operations: 2 * size ** 3,
    contenders: [
      ...(size <= 512 ? [byHand(task)] : []),
      pythonContender("NumPy (OpenBLAS)", "matmul numpy", task.tolerance, settings),
      program(task, true),
      program(task, false),
      onnx(task),
      ...(dtype === "float32" ? [tensorflow(task)] : []),
      jaxJs(task),
    ],
    seconds: 6,
  };
}

export async function matmul(): Promise<GroupResult> {
  const contests = [512, 1024].flatMap((size) =>
    (["float32", "float64"] as const).map((dtype) => contest(size, dtype)),
  );
  return { contests: await runContests(contests) };
}
