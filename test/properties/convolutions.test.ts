// Convolutions of random shapes and settings against plain nested loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConcreteTensor,
  conv1d,
  conv2d,
  convTranspose2d,
  grad,
  multiply,
  stack,
  sum,
  type Tensor,
  tensor,
  vmap,
} from "../../src/autodiff/index.ts";
import { apply } from "../../src/expr/apply.ts";
import { convolutionOp } from "../../src/expr/ops/neural/ops.ts";
import { numberArithmetic } from "../../src/expr/ops/tensor-arithmetic.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import {
  elementsOf,
  expectClose,
  filled,
  inner,
  pair,
  seeds,
  size,
  table,
  total,
} from "./loops.ts";

const OPTIONS = { seed: 11, numRuns: 120 } as const;

/** Shapes and settings that fit together. */
const layers = fc
  .record({
    batch: size,
    groups: size,
    channels: fc.integer({ min: 1, max: 2 }),
    filters: fc.integer({ min: 1, max: 2 }),
    kernel: fc.tuple(size, fc.integer({ min: 1, max: 4 })),
    stride: pair,
    dilation: pair,
    padding: fc.tuple(fc.nat(2), fc.nat(2)),
    extra: fc.tuple(fc.nat(4), fc.nat(4)),
    seed: seeds,
  })
  .map(({ batch, groups, channels, filters, kernel, stride, dilation, padding, extra, seed }) => {
    const sizes = kernel.map((length, axis) => {
      const span = (length - 1) * (dilation[axis] as number) + 1;
      return Math.max(1, span - 2 * (padding[axis] as number)) + (extra[axis] as number);
    });
    return {
      x: filled([batch, channels * groups, ...sizes], seed),
      w: filled([filters * groups, channels, ...kernel], seed + 1),
      options: { stride, dilation, padding, groups },
    };
  });

type Layer = typeof layers extends fc.Arbitrary<infer T> ? T : never;

/** The sum that defines a convolution, place by place. */
function convolvedByLoops({ x, w, options }: Layer): ConcreteTensor {
  const [batch, , ...sizes] = x.shape as readonly [number, number, number, number];
  const [filters, channels, rows, columns] = w.shape as readonly [number, number, number, number];
  const { stride, dilation, padding, groups } = options;
  const shape = [rows, columns].map((length, axis) => {
    const span = (length - 1) * (dilation[axis] as number) + 1;
    const padded = (sizes[axis] as number) + 2 * (padding[axis] as number);
    return Math.floor((padded - span) / (stride[axis] as number)) + 1;
  });
  const [image, weight] = [elementsOf(x), elementsOf(w)];
  return table([batch, filters, ...shape], (n, o, i, j) => {
    const first = Math.floor((o as number) / (filters / groups)) * channels;
    return total(channels, (c) =>
      total(rows, (p) =>
        total(columns, (q) => {
          const row = (i as number) * stride[0] + p * dilation[0] - padding[0];
          const column = (j as number) * stride[1] + q * dilation[1] - padding[1];
          return weight(o as number, c, p, q) * image(n as number, first + c, row, column);
        }),
      ),
    );
  });
}

describe("convolutions", () => {
  it("are the sum over channels and places of the kernel", () => {
    fc.assert(
      fc.property(layers, (layer) => {
        expectClose(conv2d(layer.x, layer.w, layer.options), convolvedByLoops(layer));
      }),
      OPTIONS,
    );
  });

  it("of sequences are those of images with one row", () => {
    fc.assert(
      fc.property(layers, ({ x, w, options }) => {
        const [n, c, , l] = x.shape as readonly [number, number, number, number];
        const [o, own, , k] = w.shape as readonly [number, number, number, number];
        const sequence = filled([n, c, l], 1);
        const kernel = filled([o, own, k], 2);
        const [, stride] = options.stride;
        const [, dilation] = options.dilation;
        const [, padding] = options.padding;
        const found = conv1d(sequence, kernel, {
          stride,
          dilation,
          padding,
          groups: options.groups,
        });
        const image = tensor(dataOf(sequence), { shape: [n, c, 1, l] });
        const expected = conv2d(image, tensor(dataOf(kernel), { shape: [o, own, 1, k] }), {
          stride: [1, stride],
          dilation: [1, dilation],
          padding: [0, padding],
          groups: options.groups,
        });
        expect(Array.from(dataOf(found.concrete("found")))).toEqual(
          Array.from(dataOf(expected.concrete("expected"))),
        );
      }),
      OPTIONS,
    );
  });

  it("keep sizes with the padding called same", () => {
    fc.assert(
      fc.property(layers, ({ x, w, options: { dilation, groups } }) => {
        const result = conv2d(x, w, { padding: "same", dilation, groups });
        expect(result.shape).toEqual([x.shape[0], w.shape[0], ...x.shape.slice(2)]);
      }),
      OPTIONS,
    );
  });

  it("are linear in each operand, and their gradients say by how much", () => {
    fc.assert(
      fc.property(layers, seeds, ({ x, w, options }, seed) => {
        const y = conv2d(x, w, options);
        const weights = filled(y.shape, seed);
        const loss = (a: Tensor, b: Tensor): Tensor =>
          sum(multiply(conv2d(a, b, options), weights));
        const [byInput, byKernel] = [filled(x.shape, seed + 1), filled(w.shape, seed + 2)];
        const alongInput = inner(grad((a: Tensor) => loss(a, w))(x), byInput);
        const alongKernel = inner(grad((b: Tensor) => loss(x, b))(w), byKernel);
        expectClose(tensor([alongInput]), tensor([loss(byInput, w).item()]));
        expectClose(tensor([alongKernel]), tensor([loss(x, byKernel).item()]));
      }),
      OPTIONS,
    );
  });

  it("have the transposed convolution as their adjoint", () => {
    fc.assert(
      fc.property(layers, seeds, ({ x, w, options }, seed) => {
        const y = filled(conv2d(x, w, options).shape, seed);
        const outputPadding = [0, 1].map((axis) => {
          const span = ((w.shape[axis + 2] as number) - 1) * (options.dilation[axis] as number) + 1;
          const stride = options.stride[axis] as number;
          const least =
            ((y.shape[axis + 2] as number) - 1) * stride -
            2 * (options.padding[axis] as number) +
            span;
          return (x.shape[axis + 2] as number) - least;
        });
        const back = convTranspose2d(y, w, { ...options, outputPadding });
        expect(back.shape).toEqual(x.shape);
        expectClose(tensor([inner(back, x)]), tensor([inner(y, conv2d(x, w, options))]));
      }),
      OPTIONS,
    );
  });

  it("work on batches of inputs, of kernels and of both", () => {
    fc.assert(
      fc.property(layers, fc.integer({ min: 0, max: 2 }), ({ x, w, options }, which) => {
        const [first, second] = [
          { x, w },
          { x: filled(x.shape, 77), w: filled(w.shape, 78) },
        ];
        const inputs = which === 1 ? [x, x] : [first.x, second.x];
        const kernels = which === 0 ? [w, w] : [first.w, second.w];
        const found = vmap((a: Tensor, b: Tensor) => conv2d(a, b, options), {
          axes: [which === 1 ? null : 0, which === 0 ? null : 0],
        })(which === 1 ? x : stack(inputs), which === 0 ? w : stack(kernels));
        const loop = inputs.map((input, i) => conv2d(input, kernels[i] as Tensor, options));
        expectClose(found, stack(loop));
      }),
      OPTIONS,
    );
  });

  it("have the same loops for numbers as for any arithmetic, with gaps and cuts in the input", () => {
    const around = fc.tuple(fc.integer({ min: -2, max: 3 }), fc.integer({ min: -2, max: 3 }));
    fc.assert(
      fc.property(layers, pair, around, around, (layer, inputDilation, low, high) => {
        const { x, w, options } = layer;
        const fits = [0, 1].every((axis) => {
          const input = ((x.shape[axis + 2] as number) - 1) * (inputDilation[axis] as number) + 1;
          const span = ((w.shape[axis + 2] as number) - 1) * (options.dilation[axis] as number) + 1;
          return input + (low[axis] as number) + (high[axis] as number) >= span;
        });
        fc.pre(fits);
        const params = {
          strides: options.stride,
          low,
          high,
          inputDilation,
          kernelDilation: options.dilation,
          groups: options.groups,
        };
        const found = apply(convolutionOp, [x, w], params);
        const [expected] = convolutionOp.reference<number>(
          numberArithmetic(),
          [x, w].map((value) => ({ shape: value.shape, data: dataOf(value) })),
          params,
        );
        expect(found.shape).toEqual(expected?.shape);
        const plain = (values: ArrayLike<number>): number[] =>
          Array.from(values, (value) => value + 0);
        expect(plain(dataOf(found.concrete("found")))).toEqual(plain(expected?.data ?? []));
      }),
      OPTIONS,
    );
  });
});
