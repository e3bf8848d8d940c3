// Taking pieces of a tensor and putting pieces together.

import { apply } from "../../apply.ts";
import { stridedIndices } from "../../arithmetic.ts";
import { composite, view } from "../../lowering.ts";
import type { Op, Params } from "../../op.ts";
import {
  type AbstractValue,
  allocate,
  checkShape,
  formatShape,
  normalizeAxes,
  promote,
  type Shape,
  sameShape,
  sizeOf,
} from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { repeated } from "../batching.ts";
import {
  defineOp,
  numbersOf,
  shapeError,
  takeElements,
  wholeNumbersOf,
  withShape,
} from "../structured.ts";
import { concat } from "./concat.ts";
import type { AxisOption } from "./gather.ts";
import { indexNotation } from "./index-notation.ts";
import { type AxisIndex, selection } from "./places.ts";
import { moveAxis, reshape, transpose } from "./reshape.ts";
import { selected } from "./selecting.ts";
import { shapeSetting } from "./settings.ts";
import { placed, sliceWalk } from "./slice-walks.ts";

export type { AxisIndex } from "./places.ts";

/** Where a slice lies in its source: per axis a first place and a step, and how many of them. */
export function sliceIndices(source: Shape, params: Params): Int32Array {
  const { offset, strides } = sliceWalk(source, params);
  return stridedIndices(numbersOf(params, "sizes"), strides, offset);
}

/** Checks that a slice lies inside its source, and returns its shape. */
export function checkPlaces(operation: string, source: Shape, params: Params): Shape {
  const starts = wholeNumbersOf(operation, params, "starts", source.length);
  const sizes = wholeNumbersOf(operation, params, "sizes", source.length);
  const steps = wholeNumbersOf(operation, params, "steps", source.length);
  checkShape(operation, sizes);
  source.forEach((length, axis) => {
    const first = starts[axis] as number;
    const last = first + ((sizes[axis] as number) - 1) * (steps[axis] as number);
    if (sizes[axis] !== 0 && (first < 0 || first >= length || last < 0 || last >= length)) {
      throw shapeError(
        operation,
        `places ${first} to ${last} lie outside axis ${axis} of ${formatShape(source)}.`,
        source,
      );
    }
  });
  return sizes;
}

export const sliceOp: Op = defineOp({
  name: "slice",
  inputs: ["x"],
  notation: indexNotation([]),
  samples: [
    { inputs: [[1, 2, 3, 4, 5]], params: { starts: [1], sizes: [2], steps: [2] } },
    {
      inputs: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      params: { starts: [1, 2], sizes: [2, 2], steps: [-1, -2] },
    },
  ],
  infer: ([x], params) => {
    const input = x as NonNullable<typeof x>;
    return [withShape(input, checkPlaces("slice", input.shape, params))];
  },
  reference: (_, [x], params) => {
    const input = x as NonNullable<typeof x>;
    const data = takeElements(input.data, sliceIndices(input.shape, params));
    return [{ shape: numbersOf(params, "sizes"), data }];
  },
  lower: ([x], params) => {
    const { shape } = x as AbstractValue;
    return view(shape, numbersOf(params, "sizes"), sliceWalk(shape, params));
  },
  pullback: ({ inputs, params }, [cotangent]) => [
    cotangent && apply(placeOp, [cotangent], { ...params, shape: (inputs[0] as Tensor).shape }),
  ],
  pushforward: "linear",
  batch: ({ inputs: [x], params, size }) => [
    apply(sliceOp, [x as Tensor], batchedPlaces(params, size)),
  ],
});

/** The adjoint of `slice`: zeros of a shape with the operand at the slice's places. */
export const placeOp: Op = defineOp({
  name: "place",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: ([x], { params }) => [
      x as string,
      ...["starts", "sizes", "steps", "shape"].map((name) =>
        placesText(numbersOf(params, name), name),
      ),
    ],
  },
  samples: [
    { inputs: [[1, 2]], params: { starts: [1], sizes: [2], steps: [2], shape: [5] } },
    {
      inputs: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      params: { starts: [1, 2], sizes: [2, 2], steps: [-1, -2], shape: [2, 3] },
    },
  ],
  infer: ([x], params) => {
    const input = x as NonNullable<typeof x>;
    const shape = shapeSetting("place", params);
    const places = checkPlaces("place", shape, params);
    if (!sameShape(places, input.shape)) {
      throw shapeError(
        "place",
        `${formatShape(input.shape)} does not fill places of shape ${formatShape(places)}.`,
        input.shape,
        places,
      );
    }
    return [withShape(input, shape)];
  },
  reference: (arithmetic, [x], params) => {
    const input = x as NonNullable<typeof x>;
    const shape = numbersOf(params, "shape");
    const data = Array.from({ length: sizeOf(shape) }, () => arithmetic.literal(0));
    sliceIndices(shape, params).forEach((place, i) => {
      data[place] = input.data[i] as (typeof data)[number];
    });
    return [{ shape, data }];
  },
  kernel: ([x], params) => {
    const input = x as NonNullable<typeof x>;
    const shape = numbersOf(params, "shape");
    const data = allocate(input.dtype, sizeOf(shape));
    const source = input.data;
    sliceIndices(shape, params).forEach((place, i) => {
      data[place] = source[i] as number;
    });
    return [data];
  },
  lower: ([x], params) => placed((x as AbstractValue).shape, params),
  pullback: ({ params }, [cotangent]) => {
    const { starts, sizes, steps } = params as Record<string, readonly number[]>;
    return [cotangent && apply(sliceOp, [cotangent], { starts, sizes, steps } as Params)];
  },
  pushforward: "linear",
  batch: ({ inputs: [x], params, size }) => [
    apply(placeOp, [x as Tensor], {
      ...batchedPlaces(params, size),
      shape: [size, ...numbersOf(params, "shape")],
    }),
  ],
});

/** The same places in every example. */
export function batchedPlaces(params: Params, size: number): Params {
  return {
    starts: [0, ...numbersOf(params, "starts")],
    sizes: [size, ...numbersOf(params, "sizes")],
    steps: [1, ...numbersOf(params, "steps")],
  };
}

export function placesText(values: readonly number[], name: string): string {
  return `[${values.map((value) => (name === "starts" ? value + 1 : value)).join(", ")}]`;
}

/**
 * Part of a tensor, one entry for each leading axis: a number drops the axis, a range keeps it. Places
 * count from 0 and negative ones from the end; `{ step: -1 }` reverses.
 *
 * An int32 tensor or an array of whole numbers puts its own axes in the stead of the axis. Several of them
 * broadcast together and name elements in pairs, as in NumPy: their common axes stand where the first of
 * them stood, or in front if there is a range between them.
 *
 * @throws SymtapeError (shape) for a place outside the tensor; (dtype) for places that are not int32.
 * @example
 * index(tensor([[1, 2, 3], [4, 5, 6]]), [1, { start: 1 }]).toArray(); // [5, 6]
 * index(tensor([[1, 2, 3], [4, 5, 6]]), [{}, [2, 0]]).toArray(); // [[3, 1], [6, 4]]
 * index(tensor([[1, 2, 3], [4, 5, 6]]), [[0, 1], [2, 0]]).toArray(); // [3, 4]
 */
export function index(x: TensorLike, places: readonly AxisIndex[]): Tensor {
  const input = asTensor(x);
  return selected(input, selection("index", input.shape, places));
}

export const stackOp: Op = defineOp({
  name: "stack",
  inputs: ["x…"],
  notation: {
    kind: "custom",
    symbol: "stack",
    text: (operands) => `[${operands.join(", ")}]`,
    tex: (operands) => `\\begin{bmatrix} ${operands.join(" \\\\ ")} \\end{bmatrix}`,
    texEncloses: true,
  },
  samples: [
    { inputs: [1, 2, 3] },
    {
      inputs: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  infer: (inputs) => {
    const first = inputs[0];
    if (first === undefined) throw shapeError("stack", "expected at least one tensor, got none.");
    for (const input of inputs) {
      if (!sameShape(input.shape, first.shape)) {
        throw shapeError(
          "stack",
          `all tensors need one shape: ${formatShape(first.shape)} beside ${formatShape(input.shape)}.`,
          first.shape,
          input.shape,
        );
      }
    }
    return [{ shape: [inputs.length, ...first.shape], ...promote(inputs) }];
  },
  reference: (_, inputs) => [
    {
      shape: [inputs.length, ...(inputs[0]?.shape ?? [])],
      data: inputs.flatMap((input) => Array.from(input.data)),
    },
  ],
  lower: () =>
    composite((...inputs) => concat(inputs.map((input) => reshape(input, [1, ...input.shape])))),
  pullback: ({ inputs }, [cotangent], needs) =>
    inputs.map((_, i) => (needs[i] && cotangent ? index(cotangent, [i]) : undefined)),
  pushforward: "linear",
  batch: ({ inputs, batched, size }) => {
    const joined = stack(inputs.map((input, i) => (batched[i] ? input : repeated(input, size))));
    const axes = joined.shape.map((_, axis) => axis);
    return [transpose(joined, [1, 0, ...axes.slice(2)])];
  },
});

/**
 * Joins tensors of one shape along a new axis, the first unless given; the axis is counted in the result.
 *
 * @throws SymtapeError (shape) if the shapes differ.
 * @example
 * stack([1, 2, 3]).toArray(); // [1, 2, 3]
 * stack([tensor([1, 2]), tensor([3, 4])], { axis: 1 }).toArray(); // [[1, 3], [2, 4]]
 */
export function stack(tensors: readonly TensorLike[], options: AxisOption = {}): Tensor {
  const stacked = apply(stackOp, [...tensors]);
  const [axis] = normalizeAxes("stack", options.axis ?? 0, stacked.rank) as [number];
  return moveAxis(stacked, 0, axis);
}

/**
 * The pieces of a tensor along an axis, the first unless given, without that axis: what `stack` joined. So a function
 * of several keys takes them apart with `const [first, second] = unstack(random.split(key))`.
 *
 * @throws SymtapeError (shape) for a scalar, or an axis that is not there.
 * @example
 * unstack(tensor([[1, 2], [3, 4]])).map((row) => row.toArray()); // [[1, 2], [3, 4]]
 * unstack(tensor([[1, 2], [3, 4]]), { axis: 1 }).map((column) => column.toArray()); // [[1, 3], [2, 4]]
 */
export function unstack(x: TensorLike, options: AxisOption = {}): Tensor[] {
  const input = asTensor(x, "unstack");
  const [axis] = normalizeAxes("unstack", options.axis ?? 0, input.rank) as [number];
  const before = new Array<AxisIndex>(axis).fill({});
  return Array.from({ length: input.shape[axis] as number }, (_, place) =>
    index(input, [...before, place]),
  );
}
