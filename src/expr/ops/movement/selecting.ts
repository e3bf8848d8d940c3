// An index at work: the selected elements, and tensors in which they are other ones.

import { apply } from "../../apply.ts";
import type { Op } from "../../op.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { scalar, type Tensor } from "../../tensor.ts";
import { add } from "../arithmetic.ts";
import { gatherOp } from "./gather.ts";
import { placeOp, sliceOp } from "./indexing.ts";
import { checkValues } from "./indices.ts";
import { sliceLayout } from "./layouts.ts";
import { isWhole, type Selection } from "./places.ts";
import { ravelIndex } from "./ravel-index.ts";
import { broadcastTo, reshape, transpose } from "./reshape.ts";
import { scatterAddOp, scatterSetOp } from "./scatter.ts";
import { setSlice } from "./set-slice.ts";

/** A tensor with all axes that arrays choose from joined to one, and the places on that axis. */
interface Joined {
  readonly axis: number;
  readonly indices: Tensor;
  /** The order of axes that brings those of the arrays together. */
  readonly order: readonly number[];
  /** Sizes in that order, before and after the axes are joined. */
  readonly apart: Shape;
  readonly together: Shape;
}

/** The selected elements. */
export function selected(x: Tensor, { slice, dropped, arrays }: Selection): Tensor {
  const whole = arrays.length > 0 && isWhole(slice, x.shape);
  const part = whole ? x : apply(sliceOp, [x], { ...slice });
  const kept = reshape(part, withoutAxes(slice.sizes, dropped));
  if (arrays.length === 0) return kept;
  const joined = join({ slice, dropped, arrays });
  return apply(gatherOp, [gathered(kept, joined), joined.indices], { axis: joined.axis, batch: 0 });
}

/** The tensor with other values at the selected places, the last one where a place is named again. */
export function withValues(x: Tensor, at: Selection, values: Tensor): Tensor {
  const { slice, dropped, arrays } = at;
  if (arrays.length === 0) {
    return setSlice(x, fitted(values, slice.sizes, dropped), slice);
  }
  const whole = isWhole(slice, x.shape);
  const part = whole ? x : apply(sliceOp, [x], { ...slice });
  const written = write(scatterSetOp, part, at, values);
  return whole ? written : setSlice(x, written, slice);
}

/** The tensor with values added at the selected places, all of them where a place is named again. */
export function withAdded(x: Tensor, at: Selection, values: Tensor): Tensor {
  const { slice, dropped, arrays } = at;
  const whole = isWhole(slice, x.shape);
  if (arrays.length > 0 && whole) return write(scatterAddOp, x, at, values);
  const part =
    arrays.length > 0
      ? write(scatterAddOp, broadcastTo(scalar(0, x.dtype), slice.sizes), at, values)
      : broadcastTo(fitted(values, slice.sizes, dropped), slice.sizes);
  return add(x, whole ? part : apply(placeOp, [part], { ...slice, shape: x.shape }));
}

/** Values for a slice, with axes of length 1 where a number drops an axis. */
function fitted(values: Tensor, sizes: Shape, dropped: readonly number[]): Tensor {
  const places = withoutAxes(sizes, dropped);
  checkValues("at", values.shape, places);
  if (values.rank === 0) return values;
  const lead = new Array<number>(places.length - values.rank).fill(1);
  const aligned = [...lead, ...values.shape];
  return reshape(
    values,
    dropped.reduce<readonly number[]>((shape, axis) => shape.toSpliced(axis, 0, 1), aligned),
  );
}

/** Writes into a slice at the places that are data, by one of the scatter operations. */
function write(op: Op, part: Tensor, at: Selection, values: Tensor): Tensor {
  const joined = join(at);
  const { axis, indices, order, apart } = joined;
  const source = gathered(reshape(part, withoutAxes(at.slice.sizes, at.dropped)), joined);
  const params = { axis, batch: 0 };
  const { shape } = sliceLayout("at", source.shape, indices.shape, params);
  checkValues("at", values.shape, shape);
  const written = apply(op, [source, indices, values], params);
  const inverse = order.map((_, place) => order.indexOf(place));
  return reshape(reordered(reshape(written, apart), inverse), at.slice.sizes);
}

/**
 * NumPy's rule for where the axes of the arrays go: to the first of them, unless a range stands between two;
 * then to the front. A number beside arrays counts as one of them.
 */
function join({ slice, dropped, arrays }: Selection): Joined {
  const rank = slice.sizes.length;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const chosen = arrays.map(({ axis }) => axis);
  const ranges = all.filter((axis) => !chosen.includes(axis) && !dropped.includes(axis));
  const data = [...chosen, ...dropped].sort((left, right) => left - right);
  const first = data[0] as number;
  const adjoining = (data.at(-1) as number) - first + 1 === data.length;
  const axis = adjoining ? ranges.filter((range) => range < first).length : 0;
  const kept = all.filter((place) => !dropped.includes(place));
  const order = ranges.toSpliced(axis, 0, ...chosen);
  const apart = order.map((place) => slice.sizes[place] as number);
  const sizes = chosen.map((place) => slice.sizes[place] as number);
  const [only] = arrays;
  return {
    axis,
    indices:
      arrays.length === 1 && only !== undefined
        ? only.indices
        : ravelIndex(
            arrays.map(({ indices }) => indices),
            sizes,
          ),
    order: order.map((place) => kept.indexOf(place)),
    apart,
    together: apart.toSpliced(axis, sizes.length, sizeOf(sizes)),
  };
}

function gathered(kept: Tensor, { order, together }: Joined): Tensor {
  return reshape(reordered(kept, order), together);
}

function reordered(x: Tensor, order: readonly number[]): Tensor {
  return order.every((axis, place) => axis === place) ? x : transpose(x, order);
}

function withoutAxes(sizes: Shape, dropped: readonly number[]): Shape {
  return sizes.filter((_, axis) => !dropped.includes(axis));
}
