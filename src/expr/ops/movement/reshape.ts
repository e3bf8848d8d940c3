// The same elements in other shapes: reshaped, with axes in another order, repeated.

import { apply } from "../../apply.ts";
import { broadcastIndices, stridedIndices } from "../../arithmetic.ts";
import { SymtapeError } from "../../errors.ts";
import { SAME, view } from "../../lowering.ts";
import { type Op, type Params, PRECEDENCE } from "../../op.ts";
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  normalizeAxes,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import {
  defineOp,
  numbersOf,
  shapeError,
  takeElements,
  wholeNumbersOf,
  withShape,
} from "../structured.ts";
import { droppedAxes, indexNotation } from "./index-notation.ts";
import { sliceOp } from "./indexing.ts";
import { shapeSetting } from "./settings.ts";

export { cast, castOp } from "./cast.ts";

export const reshapeOp: Op = defineOp({
  name: "reshape",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: ([x], { params }) => [x as string, listText(numbersOf(params, "shape"))],
    tex: ([x]) => x as string,
    fused: ({ params }, inner, innerCall) => {
      if (inner !== sliceOp) return undefined;
      const dropped = droppedAxes(numbersOf(innerCall.params, "sizes"), numbersOf(params, "shape"));
      return dropped && indexNotation(dropped);
    },
  },
  samples: [
    { inputs: [[1, 2, 3, 4, 5, 6]], params: { shape: [2, 3] } },
    { inputs: [7], params: { shape: [1, 1] } },
  ],
  infer: ([x], params) => {
    const shape = shapeSetting("reshape", params);
    const input = given(x);
    if (sizeOf(shape) !== sizeOf(input.shape)) {
      throw shapeError(
        "reshape",
        `${formatShape(input.shape)} has ${sizeOf(input.shape)} elements and ${formatShape(shape)} ` +
          `has ${sizeOf(shape)}. The counts must agree; -1 stands for one free size.`,
        input.shape,
        shape,
      );
    }
    return [withShape(input, shape)];
  },
  reference: (_, [x], params) => [{ shape: numbersOf(params, "shape"), data: dataOf(x) }],
  lower: () => SAME,
  pullback: ({ inputs }, [cotangent]) => [cotangent && reshape(cotangent, shapeOf(inputs))],
  pushforward: "linear",
  batch: ({ inputs: [x], params, size }) => [
    reshape(given(x), [size, ...numbersOf(params, "shape")]),
  ],
});

/**
 * The same elements in another shape; one size may be -1.
 *
 * @throws SymtapeError (shape) if the counts of elements differ.
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]).toArray(); // [[1, 2], [3, 4]]
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const input = asTensor(x);
  const free = shape.indexOf(-1);
  const known = shape.reduce((size, length) => (length === -1 ? size : size * length), 1);
  const rest = input.size / known;
  if (free >= 0 && (shape.lastIndexOf(-1) !== free || !Number.isInteger(rest))) {
    throw shapeError(
      "reshape",
      `the ${input.size} elements of ${formatShape(input.shape)} do not fill ${formatShape(shape)} for just ` +
        "one size in the place of -1. Only one size may be free, and the others, none of them 0, must divide " +
        "the count.",
      input.shape,
      shape,
    );
  }
  const full = free < 0 ? [...shape] : shape.with(free, rest);
  if (sameShape(full, input.shape)) return input;
  return apply(reshapeOp, [input], { shape: full });
}

export const transposeOp: Op = defineOp({
  name: "transpose",
  inputs: ["x"],
  notation: {
    kind: "custom",
    symbol: "'",
    precedence: PRECEDENCE.postfix,
    operandPrecedence: PRECEDENCE.postfix,
    texPrecedence: PRECEDENCE.power,
    text: ([x], { params, shapes }) => {
      const axes = numbersOf(params, "axes");
      return axes.length === 2 && shapes[0]?.length === 2
        ? `${x}'`
        : `transpose(${x}, ${listText(axes.map((axis) => axis + 1))})`;
    },
    tex: ([x]) => `${x}^{\\top}`,
  },
  samples: [
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      params: { axes: [1, 0] },
    },
    {
      inputs: [
        [
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ],
      ],
      params: { axes: [2, 0, 1] },
    },
  ],
  infer: ([x], params) => {
    const input = given(x);
    const axes = wholeNumbersOf("transpose", params, "axes", input.shape.length);
    normalizeAxes("transpose", axes, axes.length);
    return [withShape(input, reordered(input.shape, axes))];
  },
  reference: (_, [x], params) => {
    const input = given(x);
    const axes = numbersOf(params, "axes");
    const shape = reordered(input.shape, axes);
    const walk = reordered(stridesOf(input.shape), axes);
    return [{ shape, data: takeElements(input.data, stridedIndices(shape, walk, 0)) }];
  },
  lower: ([x], params) => {
    const { shape } = given(x);
    const axes = numbersOf(params, "axes");
    const strides = reordered(stridesOf(shape), axes);
    return view(shape, reordered(shape, axes), { offset: 0, strides });
  },
  pullback: ({ params }, [cotangent]) => {
    const axes = numbersOf(params, "axes");
    return [
      cotangent &&
        transpose(
          cotangent,
          axes.map((_, axis) => axes.indexOf(axis)),
        ),
    ];
  },
  pushforward: "linear",
  batch: ({ inputs: [x], params }) => [
    transpose(given(x), [0, ...numbersOf(params, "axes").map((axis) => axis + 1)]),
  ],
});

/** What belongs to the axes, in another order of these. */
function reordered(list: readonly number[], axes: readonly number[]): number[] {
  return axes.map((axis) => list[axis] as number);
}

/**
 * The axes in another order: reversed, unless `axes` names the order.
 *
 * @example
 * transpose(tensor([[1, 2, 3], [4, 5, 6]])).toArray(); // [[1, 4], [2, 5], [3, 6]]
 */
export function transpose(x: TensorLike, axes?: readonly number[]): Tensor {
  const input = asTensor(x);
  const { rank } = input;
  if (axes === undefined) return rank < 2 ? input : apply(transposeOp, [input], reversal(rank));
  const positive = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  if (normalizeAxes("transpose", positive, rank).length !== rank) {
    throw shapeError(
      "transpose",
      `axes [${axes.join(",")}] must name every axis of ${formatShape(input.shape)} once.`,
      input.shape,
    );
  }
  return apply(transposeOp, [input], { axes: positive });
}

/** The setting that puts the last axis first. */
function reversal(rank: number): Params {
  return { axes: rank === 2 ? [1, 0] : Array.from({ length: rank }, (_, axis) => rank - 1 - axis) };
}

/**
 * One axis at another place; the others keep their order.
 *
 * @example
 * moveAxis(tensor([[1, 2, 3], [4, 5, 6]]), 1, 0).shape; // [3, 2]
 */
export function moveAxis(x: TensorLike, from: number, to: number): Tensor {
  const input = asTensor(x);
  const [source] = normalizeAxes("moveAxis", from, input.rank) as [number];
  const [target] = normalizeAxes("moveAxis", to, input.rank) as [number];
  if (source === target) return input;
  const others = input.shape.map((_, axis) => axis).filter((axis) => axis !== source);
  return transpose(input, others.toSpliced(target, 0, source));
}

export const broadcastToOp: Op = defineOp({
  name: "broadcastTo",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: ([x], { params }) => [x as string, listText(numbersOf(params, "shape"))],
  },
  samples: [
    { inputs: [5], params: { shape: [2, 2] } },
    { inputs: [[[1], [2]]], params: { shape: [3, 2, 2] } },
  ],
  infer: ([x], params) => {
    const input = given(x);
    const shape = shapeSetting("broadcastTo", params);
    if (!sameShape(broadcastShapes("broadcastTo", [input.shape, shape]), shape)) {
      throw shapeError(
        "broadcastTo",
        `${formatShape(input.shape)} does not broadcast to the smaller ${formatShape(shape)}.`,
        input.shape,
        shape,
      );
    }
    return [withShape(input, shape)];
  },
  reference: (_, [x], params) => {
    const input = given(x);
    const shape = numbersOf(params, "shape");
    return [{ shape, data: takeElements(input.data, broadcastIndices(input.shape, shape)) }];
  },
  kernel: ([x], params) => {
    const { shape, data } = given(x);
    const to = numbersOf(params, "shape");
    const places = data.length === 1 ? new Int32Array(sizeOf(to)) : broadcastIndices(shape, to);
    return [takeElements(data, places)];
  },
  lower: ([x], params) => {
    const from = given(x).shape;
    const to = numbersOf(params, "shape");
    return view(from, to, { offset: 0, strides: broadcastStrides(from, to) });
  },
  pullback: (_, [cotangent]) => [cotangent],
  pushforward: "linear",
  batch: ({ inputs: [x], params, size }) => {
    const shape = numbersOf(params, "shape");
    const own = given(x).shape.slice(1);
    const aligned = [size, ...new Array<number>(shape.length - own.length).fill(1), ...own];
    return [broadcastTo(reshape(given(x), aligned), [size, ...shape])];
  },
});

/**
 * Repeats elements so that the tensor has the given shape, by NumPy's rule.
 *
 * @example
 * broadcastTo(tensor([1, 2]), [2, 2]).toArray(); // [[1, 2], [1, 2]]
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const input = asTensor(x);
  return sameShape(input.shape, shape)
    ? input
    : apply(broadcastToOp, [input], { shape: [...shape] });
}

function given<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new SymtapeError("usage", "an operation was applied to too few operands.", {
      operation: "apply",
    });
  }
  return value;
}

function dataOf<S>(x: { readonly data: ArrayLike<S> } | undefined): ArrayLike<S> {
  return given(x).data;
}

function shapeOf(inputs: readonly Tensor[]): Shape {
  return given(inputs[0]).shape;
}

function listText(values: readonly number[]): string {
  return `[${values.join(", ")}]`;
}
