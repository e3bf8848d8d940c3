// Joining tensors along an axis that they have, and taking such a row of tensors apart.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { alongAxis, composite } from "../../lowering.ts";
import type { NotedCall, Op, Params } from "../../op.ts";
import {
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
import { defineOp, shapeError } from "../structured.ts";
import type { AxisOption } from "./gather.ts";
import { index } from "./indexing.ts";
import { cast } from "./reshape.ts";

export const concatOp: Op = defineOp({
  name: "concat",
  inputs: ["x…"],
  notation: { kind: "call", arguments: concatArguments, tex: blocks, texEncloses: true },
  samples: [
    { inputs: [[1, 2], [3], [4, 5, 6]], params: { axis: 0 } },
    {
      inputs: [
        [
          [1, 2],
          [3, 4],
        ],
        [[5], [6]],
      ],
      params: { axis: 1 },
    },
    { inputs: [[[[1, 2]], [[3, 4]]], [[[5, 6]]]], params: { axis: 0 } },
  ],
  infer: (inputs, params) => [{ shape: joinedShape(inputs, params), ...promote(inputs) }],
  reference: <S>(_: Arithmetic<S>, inputs: readonly NdArray<S>[], params: Params) => {
    const data: S[] = [];
    join(data, inputs, params);
    return [{ shape: joinedShape(inputs, params), data }];
  },
  kernel: (inputs, params) => {
    const [first] = inputs as readonly [Numbers];
    const alike = inputs.every(({ dtype }) => dtype === first.dtype);
    const size = sizeOf(joinedShape(inputs, params));
    const data = allocate(alike ? first.dtype : "float64", size);
    join(data, inputs, params);
    return [data];
  },
  lower: (inputs, params) => {
    const { dtype } = promote(inputs);
    if (inputs.some((input) => input.dtype !== dtype)) {
      return composite((...tensors) => {
        const alike = tensors.map((tensor) => cast(tensor, dtype));
        return apply(concatOp, alike, params);
      });
    }
    let stop = 0;
    const pieces = inputs.map(({ shape }, operand) => {
      const start = alongAxis(shape.length, params.axis as number, stop);
      stop += shape[params.axis as number] as number;
      return { operand, start, steps: shape.map(() => 1) };
    });
    return { kind: "pieces", background: 0, pieces };
  },
  pullback: ({ inputs, params }, [cotangent], needs) => {
    let stop = 0;
    return inputs.map((input, i) => {
      const start = stop;
      stop += input.shape[params.axis as number] as number;
      return needs[i] && cotangent ? between(cotangent, params, start, stop) : undefined;
    });
  },
  pushforward: "linear",
  batch: ({ op, inputs, batched, params, size }) => [
    apply(
      op,
      inputs.map((input, i) => (batched[i] ? input : repeated(input, size))),
      { axis: (params.axis as number) + 1 },
    ),
  ],
});

/** The axis is written unless the operands are vectors: mathjs's `concat` has another one without it. */
function concatArguments(
  operands: readonly string[],
  { params, shapes }: NotedCall,
): readonly string[] {
  return shapes[0]?.length === 1 ? operands : [...operands, String((params.axis as number) + 1)];
}

/** A matrix of blocks, where there are vectors and matrices only. */
function blocks(operands: readonly string[], call: NotedCall): string {
  const rank = call.shapes[0]?.length ?? 0;
  if (rank > 2)
    return `\\operatorname{concat}\\left(${concatArguments(operands, call).join(", ")}\\right)`;
  const between = call.params.axis === 0 ? " \\\\ " : " & ";
  return `\\begin{bmatrix} ${operands.join(between)} \\end{bmatrix}`;
}

/** The shape of the whole, after a check that the tensors fit together. */
function joinedShape(inputs: readonly { readonly shape: Shape }[], params: Params): Shape {
  const [first] = inputs;
  if (first === undefined) throw shapeError("concat", "expected at least one tensor, got none.");
  if (inputs.some(({ shape }) => shape.length === 0)) {
    throw shapeError("concat", "scalars have no axis to be joined along. Use stack()?", []);
  }
  const axis = params.axis as number;
  if (!Number.isInteger(axis) || axis < 0) {
    throw shapeError("concat", "an axis is a whole number from 0.", first.shape);
  }
  normalizeAxes("concat", axis, first.shape.length);
  for (const { shape } of inputs) {
    if (
      shape.length === first.shape.length &&
      sameShape(shape.with(axis, 0), first.shape.with(axis, 0))
    )
      continue;
    throw shapeError(
      "concat",
      `the tensors may differ in axis ${axis} only: ${formatShape(first.shape)} beside ` +
        `${formatShape(shape)}. Reshape one, or join along another axis?`,
      first.shape,
      shape,
    );
  }
  const length = inputs.reduce((total, { shape }) => total + (shape[axis] as number), 0);
  const whole = first.shape.with(axis, length);
  checkShape("concat", whole);
  return whole;
}

/** The elements of all: for each place before the axis the rows of one tensor after the other. */
function join<S>(
  data: { [place: number]: S },
  inputs: readonly NdArray<S>[],
  params: Params,
): void {
  const axis = params.axis as number;
  const rows = sizeOf((inputs[0] as NdArray<S>).shape.slice(0, axis));
  const lengths = inputs.map(({ shape }) => sizeOf(shape.slice(axis)));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const [k, input] of inputs.entries()) {
      const length = lengths[k] as number;
      for (let i = row * length; i < (row + 1) * length; i++) data[at++] = input.data[i] as S;
    }
  }
}

function between(x: Tensor, params: Params, start: number, stop: number): Tensor {
  const axis = params.axis as number;
  return index(x, [...new Array<object>(axis).fill({}), { start, stop }]);
}

/**
 * Tensors joined one after the other along an axis that all of them have, the first unless given. Sizes
 * differ along that axis only; dtypes are promoted.
 *
 * @throws SymtapeError (shape) if other sizes differ, or for scalars.
 * @example
 * concat([tensor([1, 2]), tensor([3])]).toArray(); // [1, 2, 3]
 * concat([tensor([[1], [2]]), tensor([[3], [4]])], { axis: 1 }).toArray(); // [[1, 3], [2, 4]]
 */
export function concat(tensors: readonly TensorLike[], options: AxisOption = {}): Tensor {
  const inputs = tensors.map((tensor) => asTensor(tensor, "concat"));
  const rank = inputs[0]?.rank ?? 0;
  const axis = rank === 0 ? 0 : (normalizeAxes("concat", options.axis ?? 0, rank)[0] as number);
  return apply(concatOp, inputs, { axis });
}

/**
 * A tensor taken apart along an axis, the first unless given: into so many equal parts, or into parts of
 * the given sizes.
 *
 * @throws SymtapeError (shape) if the parts are not equal, or the sizes do not add up to the axis.
 * @example
 * split(tensor([1, 2, 3, 4]), 2).map((part) => part.toArray()); // [[1, 2], [3, 4]]
 * split(tensor([1, 2, 3, 4]), [1, 3]).map((part) => part.toArray()); // [[1], [2, 3, 4]]
 */
export function split(
  x: TensorLike,
  parts: number | readonly number[],
  options: AxisOption = {},
): Tensor[] {
  const input = asTensor(x);
  const [axis] = normalizeAxes("split", options.axis ?? 0, input.rank) as [number];
  let stop = 0;
  return partSizes(input.shape, axis, parts).map((size) => {
    const start = stop;
    stop += size;
    return between(input, { axis }, start, stop);
  });
}

function partSizes(
  shape: Shape,
  axis: number,
  parts: number | readonly number[],
): readonly number[] {
  const length = shape[axis] as number;
  if (typeof parts === "number") {
    const size = length / parts;
    if (Number.isInteger(parts) && parts > 0 && Number.isInteger(size)) {
      return new Array<number>(parts).fill(size);
    }
    throw shapeError(
      "split",
      `axis ${axis} of ${formatShape(shape)} does not divide into ${parts} equal parts. ` +
        "Give the sizes of the parts, such as [2, 1].",
      shape,
    );
  }
  const total = parts.reduce((sum, size) => sum + size, 0);
  if (parts.every((size) => Number.isInteger(size) && size >= 0) && total === length) return parts;
  throw shapeError(
    "split",
    `the sizes [${parts.join(", ")}] add up to ${total}, but axis ${axis} of ${formatShape(shape)} ` +
      `has ${length} places. The sizes are whole numbers and fill the axis.`,
    shape,
  );
}
