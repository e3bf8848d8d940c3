// Functions that move elements: shapes, axes, pieces that are put together, borders, copies and diagonals.

import { apply } from "../../../apply.ts";
import { selectedOp, stopGradient } from "../../../ops/gradient-control.ts";
import { expandDims, squeeze } from "../../../ops/movement/axes.ts";
import { cast } from "../../../ops/movement/cast.ts";
import { concat } from "../../../ops/movement/concat.ts";
import { diagonalMatrixOp, diagonalOp } from "../../../ops/movement/diagonal.ts";
import { stack } from "../../../ops/movement/indexing.ts";
import { type PadOptions, type PadWidths, pad } from "../../../ops/movement/pad.ts";
import { repeat, tile } from "../../../ops/movement/repetition.ts";
import { broadcastTo, moveAxis, reshape, transpose } from "../../../ops/movement/reshape.ts";
import { flip, roll } from "../../../ops/movement/roll.ts";
import { tril, triu } from "../../../ops/movement/triangle.ts";
import type { DType, Shape } from "../../../shape.ts";
import type { NestedArray, Tensor } from "../../../tensor.ts";
import { refuseValue } from "../bounds.ts";
import { type Arguments, given } from "./arguments.ts";
import { type Called, type FunctionTable, onTensors, takes } from "./builtin.ts";
import { refuseLarge } from "./creation.ts";

const MANY = Number.POSITIVE_INFINITY;

export const movement: FunctionTable = {
  transpose: transposition(),
  ctranspose: onTensors(1, (x) => transpose(x)),
  permute: transposition(),
  moveAxis: takes(3, 3, (args) => {
    const x = args.tensor(0);
    return moveAxis(x, args.axis(1, x.rank) as number, args.axis(2, x.rank) as number);
  }),
  reshape: takes(2, 2, (args) => reshape(args.tensor(0), args.wholes(1, "the shape") as Shape)),
  flatten: onTensors(1, (x) => reshape(x, [x.size])),
  broadcastTo: takes(2, 2, (args) =>
    broadcastTo(args.tensor(0), args.wholes(1, "the shape") as Shape),
  ),
  squeeze: takes(1, 2, (args) => {
    const x = args.tensor(0);
    return squeeze(x, given({ axis: args.axes(1, x.rank) }));
  }),
  expandDims: takes(2, 2, (args) => {
    const x = args.tensor(0);
    const count = args.wholes(1, "an axis")?.length ?? 1;
    return expandDims(x, args.axes(1, x.rank + count) as readonly number[]);
  }),
  stack: takes(1, MANY, (args) => joined(args, (tensors, axis) => stack(tensors, { axis }))),
  concat: takes(1, MANY, (args) => {
    const axis = args.count > 1 && args.tensor(0).rank > 1 ? undefined : 0;
    return joined(args, (tensors, found) => concat(tensors, { axis: found }), axis);
  }),
  pad: takes(2, 4, padded),
  flip: takes(1, 2, (args) => {
    const x = args.tensor(0);
    return flip(x, given({ axis: args.axes(1, x.rank) }));
  }),
  roll: takes(2, 3, (args) => {
    const x = args.tensor(0);
    const shift = args.wholeOrWholes(1, "the shift") as number | readonly number[];
    return roll(x, shift, given({ axis: args.axes(2, x.rank) }));
  }),
  tile: takes(2, 2, (args) => tile(args.tensor(0), args.wholes(1, "the copies") as Shape)),
  repeat: takes(2, 3, repeated),
  tril: triangle(tril),
  triu: triangle(triu),
  diag: takes(1, 3, diagonal),
  cast: takes(2, 2, (args) => cast(args.tensor(0), args.dtype(1) as DType)),
  stopGradient: onTensors(1, stopGradient),
  selected: onTensors(1, (x) => apply(selectedOp, [x])),
};

function transposition(): Called {
  return takes(1, 2, (args) => {
    const x = args.tensor(0);
    const axes = args.axes(1, x.rank);
    return axes === undefined ? transpose(x) : transpose(x, axes);
  });
}

/** Tensors and behind them, unless there is a usual one, the axis along which they are joined. */
function joined(
  args: Arguments,
  join: (tensors: readonly Tensor[], axis: number) => Tensor,
  usual?: number,
): Tensor {
  const first = args.tensor(0);
  const last = args.count - 1;
  const isAxis = last > 0 && first.rank > 0 && args.tensor(last).rank === 0;
  if (!isAxis) return join(args.tensors(), usual ?? 0);
  const isNew = args.operation === "stack" ? 1 : 0;
  return join(args.tensors(0, last), args.axis(last, first.rank + isNew) as number);
}

/** Whether a border is one value or made of the tensor's own elements, the third argument tells. */
function padded(args: Arguments): Tensor {
  const x = args.tensor(0);
  const widths = (args.known(1) ?? args.tensor(1)).concrete("pad").toArray() as PadWidths;
  const options: PadOptions = args.isText(2)
    ? given({
        mode: args.text(2, "the mode", ["constant", "edge", "reflect", "wrap"]),
        value: args.optional(3),
      })
    : given({ value: args.optional(2) });
  const most = Math.max(0, ...flat(widths as NestedArray));
  refuseValue(x.shape.map((length) => length + 2 * most));
  return pad(x, widths, options);
}

function flat(nested: NestedArray): number[] {
  return typeof nested === "number" ? [nested] : nested.flatMap(flat);
}

function repeated(args: Arguments): Tensor {
  const x = args.tensor(0);
  const counts = args.wholeOrWholes(1, "the count") as number | readonly number[];
  if (typeof counts !== "number") refuseLarge([counts.reduce((sum, count) => sum + count, 0)]);
  return repeat(x, counts, given({ axis: args.axis(2, x.rank) }));
}

function triangle(f: (x: Tensor, options: { k?: number }) => Tensor): Called {
  return takes(1, 2, (args) => f(args.tensor(0), given({ k: args.whole(1, "the diagonal") })));
}

/** The diagonal of matrices, or the matrix that has a vector on its diagonal; sizes tell that it is the latter. */
function diagonal(args: Arguments): Tensor {
  const x = args.tensor(0);
  const k = args.whole(1, "the diagonal") ?? 0;
  const sizes = args.wholes(2, "the shape");
  if (x.rank > 1 && sizes === undefined) return apply(diagonalOp, [x], { k });
  const least = (x.shape.at(-1) ?? 0) + Math.abs(k);
  const [rows = least, columns = least] = sizes ?? [];
  return apply(diagonalMatrixOp, [x], { k, rows, columns });
}
