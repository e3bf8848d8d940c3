// Tensors from nothing but their shape.

import { arange, eye, linspace } from "../../../creation.ts";
import { SymbolicTensor } from "../../../graph.ts";
import { broadcastTo } from "../../../ops/movement/reshape.ts";
import { type Shape, sizeOf } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import { MAXIMUM_CONSTANT } from "../bounds.ts";
import { constantTooLarge } from "../values.ts";
import { type Arguments, given } from "./arguments.ts";
import { type FunctionTable, takes } from "./builtin.ts";

const MANY = Number.POSITIVE_INFINITY;

export const creation: FunctionTable = {
  ones: takes(1, MANY, (args) => spread(args, 1, sizes(args, 0))),
  zeros: takes(1, MANY, (args) => spread(args, 0, sizes(args, 0))),
  onesLike: takes(1, 1, (args) => spread(args, 1, args.tensor(0).shape)),
  zerosLike: takes(1, 1, (args) => spread(args, 0, args.tensor(0).shape)),
  full: takes(2, 2, (args) =>
    broadcastTo(args.tensor(1), args.wholes(0, "the shape") as readonly number[]),
  ),
  eye: takes(1, 3, identity),
  identity: takes(1, 3, identity),
  range: takes(1, 3, range),
  arange: takes(1, 3, range),
  linspace: takes(2, 4, (args) => {
    const [start, stop] = [0, 1].map((place) => args.number(place, "a bound")) as [number, number];
    const count = args.whole(2, "the count") ?? 50;
    refuseLarge([count]);
    const endpoint = args.flag(3, "whether the end belongs to it");
    return linspace(start, stop, count, given({ endpoint }));
  }),
};

/** A number that fills a shape. Its numbers are not made before they are needed. */
function spread(args: Arguments, value: number, shape: Shape): Tensor {
  const operand = args.tensor(0);
  const graph = operand instanceof SymbolicTensor ? operand.node.graph : undefined;
  return broadcastTo(graph === undefined ? value : graph.constant(value), shape);
}

/** A shape that is written as a list or as one size after the other. */
function sizes(args: Arguments, start: number): Shape {
  const places = Array.from({ length: args.count - start }, (_, i) => start + i);
  return places.flatMap((place) => args.wholes(place, "a size") ?? []);
}

function identity(args: Arguments): Tensor {
  const list = args.wholes(0, "the number of rows") as readonly number[];
  const [rows, columns = args.whole(1, "the number of columns")] = list as [number, number?];
  const k = args.whole(2, "the diagonal");
  refuseLarge([rows, columns ?? rows]);
  return eye(rows, given({ columns, k }));
}

/** As in mathjs and NumPy, the end is not among the numbers. */
function range(args: Arguments): Tensor {
  const [first, second] = [0, 1].map((place) => args.number(place, "a bound"));
  const step = args.number(2, "the step") ?? 1;
  const [start, stop] = second === undefined ? [0, first as number] : [first as number, second];
  refuseLarge([Math.max(0, (stop - start) / step)]);
  return arange(start, stop, { step });
}

/** Numbers that are made while a text is read have a bound of their own. */
export function refuseLarge(shape: Shape): void {
  if (sizeOf(shape) > MAXIMUM_CONSTANT) throw constantTooLarge();
}
