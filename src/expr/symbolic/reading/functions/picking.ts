// Functions of places that are data: elements taken from them, and written or added to them.

import { apply } from "../../../apply.ts";
import { SymtapeError } from "../../../errors.ts";
import type { Op, Params } from "../../../op.ts";
import { scatterAlongAxisOp, takeAlongAxis } from "../../../ops/movement/along-axis.ts";
import { gather, gatherOp, scatterOp, take } from "../../../ops/movement/gather.ts";
import { placeOp, sliceOp } from "../../../ops/movement/indexing.ts";
import { oneHot } from "../../../ops/movement/one-hot.ts";
import { ravelIndex } from "../../../ops/movement/ravel-index.ts";
import { scatterAddOp, scatterSetOp } from "../../../ops/movement/scatter.ts";
import { setSliceOp } from "../../../ops/movement/set-slice.ts";
import { checkShape, type Shape } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import { type Arguments, given } from "./arguments.ts";
import { type Called, type FunctionTable, takes } from "./builtin.ts";

/** Axes count from one. Places are values: they count from zero, or back from the end where negative. */
export const picking: FunctionTable = {
  take: takes(2, 3, (args) => {
    const x = args.tensor(0);
    return take(x, args.indices(1), given({ axis: args.axis(2, x.rank) }));
  }),
  gather: takes(2, 4, (args) => {
    const x = args.tensor(0);
    if (args.has(3)) return apply(gatherOp, [x, args.indices(1)], slices(args, 2, x.rank));
    return gather(x, args.indices(1), given({ axis: args.axis(2, x.rank) }));
  }),
  embedding: takes(2, 2, (args) => gather(args.tensor(0), args.indices(1))),
  takeAlongAxis: takes(2, 3, (args) => {
    const x = args.tensor(0);
    return takeAlongAxis(x, args.indices(1), given({ axis: args.axis(2, x.rank) }));
  }),
  oneHot: takes(2, 3, (args) => {
    const classes = args.whole(1, "the number of classes") as number;
    return oneHot(args.indices(0), classes, given({ dtype: args.dtype(2) }));
  }),
  scatterAdd: writing(scatterAddOp),
  scatterSet: writing(scatterSetOp),
  scatter: takes(3, 5, (args) => {
    const shape = args.wholes(2, "the shape") as Shape;
    const operands = [args.indices(0), args.tensor(1)];
    return apply(scatterOp, operands, { ...slices(args, 3, shape.length), shape });
  }),
  scatterAlongAxis: takes(4, 4, (args) => {
    const shape = args.wholes(2, "the shape") as Shape;
    const axis = args.axis(3, shape.length) as number;
    return apply(scatterAlongAxisOp, [args.indices(0), args.tensor(1)], { axis, shape });
  }),
  ravelIndex: takes(2, Number.POSITIVE_INFINITY, (args) => {
    const last = args.count - 1;
    const indices = Array.from({ length: last }, (_, place) => args.indices(place));
    return ravelIndex(indices, args.wholes(last, "the sizes") as Shape);
  }),
  slice: takes(4, 4, (args) => {
    const x = args.tensor(0);
    return apply(sliceOp, [x], stretches(args, 1, x.rank));
  }),
  setSlice: takes(5, 5, (args) => {
    const x = args.tensor(0);
    return apply(setSliceOp, [x, args.tensor(1)], stretches(args, 2, x.rank));
  }),
  place: takes(5, 5, placed),
};

function writing(op: Op): Called {
  return takes(3, 5, (args) => {
    const x = args.tensor(0);
    return apply(op, [x, args.indices(1), args.tensor(2)], slices(args, 3, x.rank));
  });
}

/** The axis of places, and how many axes before it are batches. */
function slices(args: Arguments, place: number, rank: number): Params {
  return {
    axis: args.axis(place, rank) ?? 0,
    batch: args.whole(place + 1, "the number of batch axes") ?? 0,
  };
}

/** First places, sizes and steps, one of each for every axis. */
function stretches(args: Arguments, place: number, rank: number): Record<string, Shape> {
  const list = (offset: number, what: string): Shape => {
    const numbers = args.wholes(place + offset, what) as Shape;
    if (numbers.length === rank) return numbers;
    const { operation } = args;
    const message = `${operation}: ${what} are ${rank} numbers, one for each axis.`;
    throw new SymtapeError("unsupported", message, { operation });
  };
  const sizes = list(1, "the sizes");
  checkShape(args.operation, sizes);
  return {
    starts: list(0, "the first places").map((start) => start - 1),
    sizes,
    steps: list(2, "the steps"),
  };
}

/** The pieces must lie inside: `place` is only written for what `slice` could have taken. */
function placed(args: Arguments): Tensor {
  const x = args.tensor(0);
  const shape = args.wholes(4, "the shape") as Shape;
  checkShape("place", shape);
  const params = stretches(args, 1, x.rank);
  sliceOp.infer([{ shape, dtype: x.dtype, weak: false }], params);
  return apply(placeOp, [x], { ...params, shape });
}
