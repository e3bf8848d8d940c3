// Running sums and products along an axis.

import { apply } from "../../apply.ts";
import type { Arithmetic, NdArray, Numbers } from "../../arithmetic.ts";
import { sumError } from "../../kernels/exact.ts";
import type { NotedCall, Op, Params } from "../../op.ts";
import { type AbstractValue, allocate } from "../../shape.ts";
import { asTensor, ConcreteTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { reshape } from "../movement/reshape.ts";
import { defineOp } from "../structured.ts";
import { batchAlongAxis, checkAxis, normalizeAxis, totalType } from "./axes.ts";
import { type LineWriter, mapLines, mapNumbersInLines } from "./lines.ts";
import { after, allButLast, linearRecurrence } from "./recurrence.ts";

/** The axis to run along, all elements in row-major order unless given, and whether to start at its end. */
export interface CumulateOptions {
  readonly axis?: number;
  readonly reverse?: boolean;
}

const samples: Op["samples"] = [
  { inputs: [[1, 2, -3.5, 2]], params: { axis: 0, reverse: false } },
  {
    inputs: [
      [
        [1, 0, 3],
        [4, -2, 0],
      ],
    ],
    params: { axis: 1, reverse: true },
  },
  {
    inputs: [
      [
        [
          [1, 2],
          [0, 4],
        ],
        [
          [5, 0],
          [7, 8],
        ],
        [
          [-1, 2],
          [0, 3],
        ],
      ],
    ],
    params: { axis: 0, reverse: false },
  },
];

export const cumsumOp: Op = defineOp({
  name: "cumsum",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: (x, call) => cumulateArguments(x, call),
  },
  samples,
  infer: ([x], params) => [cumulated("cumsum", x as AbstractValue, params)],
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    mapLines(x as NdArray<S>, [params.axis as number], (line) =>
      inDirection(line, params, (elements) => runningSums(arithmetic, elements)),
    ),
  ],
  kernel: ([x], params) => [
    mapNumbersInLines(x as Numbers, [params.axis as number], sumWriter(params.reverse === true)),
  ],
  pullback: ({ params }, [cotangent]) => [
    cotangent && apply(cumsumOp, [cotangent], { ...params, reverse: params.reverse !== true }),
  ],
  pushforward: "linear",
  batch: (call) => batchAlongAxis(call),
  lower: (_, params) => ({ kind: "special", kernel: "cumsum", settings: params }),
});

export const cumprodOp: Op = defineOp({
  name: "cumprod",
  inputs: ["x"],
  notation: {
    kind: "call",
    arguments: (x, call) => cumulateArguments(x, call),
  },
  samples,
  infer: ([x], params) => [cumulated("cumprod", x as AbstractValue, params)],
  reference: <S>(arithmetic: Arithmetic<S>, [x]: readonly NdArray<S>[], params: Params) => [
    mapLines(x as NdArray<S>, [params.axis as number], (line) =>
      inDirection(line, params, (elements) => runningProducts(arithmetic, elements)),
    ),
  ],
  kernel: ([x], params) => [
    mapNumbersInLines(
      x as Numbers,
      [params.axis as number],
      productWriter(params.reverse === true),
    ),
  ],
  pullback: ({ inputs, outputs, params }, [cotangent]) => {
    if (cotangent === undefined) return [undefined];
    const [axis, reverse] = [params.axis as number, params.reverse === true];
    const factors = allButLast(inputs[0] as Tensor, axis, !reverse);
    const behind = linearRecurrence(factors, cotangent, axis, !reverse);
    return [multiply(exclusive(outputs[0] as Tensor, axis, reverse), behind)];
  },
  pushforward: ({ inputs, outputs, params }, [tangent]) => {
    if (tangent === undefined) return [undefined];
    const [axis, reverse] = [params.axis as number, params.reverse === true];
    const factors = allButLast(inputs[0] as Tensor, axis, !reverse);
    const terms = multiply(tangent, exclusive(outputs[0] as Tensor, axis, reverse));
    return [linearRecurrence(factors, terms, axis, reverse)];
  },
  batch: (call) => batchAlongAxis(call),
  lower: (_, params) => ({ kind: "special", kernel: "cumprod", settings: params }),
});

/** The axis is left out for vectors, unless the direction follows it. */
function cumulateArguments(
  [x]: readonly string[],
  { params, shapes }: NotedCall,
): readonly string[] {
  const axis = String((params.axis as number) + 1);
  if (params.reverse === true) return [x as string, axis, "true"];
  return shapes[0]?.length === 1 ? [x as string] : [x as string, axis];
}

/** The type of running totals. */
function cumulated(operation: string, x: AbstractValue, params: Params): AbstractValue {
  checkAxis(operation, x.shape, params);
  return { shape: x.shape, ...totalType(x) };
}

/** For running products the products of all elements before each: 1, and all results but the last. */
export function exclusive(products: Tensor, axis: number, reverse: boolean): Tensor {
  const { shape, dtype } = products;
  const first = shape.with(axis, Math.min(shape[axis] as number, 1));
  const size = first.reduce((product, length) => product * length, 1);
  const ones = new ConcreteTensor(first, dtype, allocate(dtype, size).fill(1));
  return after(ones, allButLast(products, axis, reverse), { axis, reverse });
}

/** Applies a function of elements in order to a line that may run from its end. */
function inDirection<S>(
  line: readonly S[],
  { reverse }: Params,
  f: (elements: readonly S[]) => readonly S[],
): readonly S[] {
  return reverse === true ? f(line.toReversed()).toReversed() : f(line);
}

/** Running sums; of numbers with what each step lost, so that they are as right as single sums. */
function runningSums<S>(arithmetic: Arithmetic<S>, line: readonly S[]): readonly S[] {
  let total: S | undefined;
  let lost: S | undefined;
  return line.map((element) => {
    const before = total;
    total = before === undefined ? element : arithmetic.add(before, element);
    if (before === undefined || !Number.isFinite(arithmetic.numberOf(total))) return total;
    const part = arithmetic.subtract(total, element);
    const error = arithmetic.add(
      arithmetic.subtract(element, arithmetic.subtract(total, part)),
      arithmetic.subtract(before, part),
    );
    lost = lost === undefined ? error : arithmetic.add(lost, error);
    return arithmetic.add(total, lost);
  });
}

function sumWriter(reverse: boolean): LineWriter {
  return (data, start, stop, result) => {
    const step = reverse ? -1 : 1;
    let total = 0;
    let lost = 0;
    let place = reverse ? stop - 1 : start;
    for (let i = start; i < stop; i++) {
      const element = data[place] as number;
      const before = total;
      total = i === start ? element : before + element;
      if (i > start && Number.isFinite(total)) lost += sumError(before, element, total);
      result[place] = i > start && Number.isFinite(total) ? total + lost : total;
      place += step;
    }
  };
}

function runningProducts<S>(arithmetic: Arithmetic<S>, line: readonly S[]): readonly S[] {
  let product: S | undefined;
  return line.map((element) => {
    product = product === undefined ? element : arithmetic.multiply(product, element);
    return product;
  });
}

function productWriter(reverse: boolean): LineWriter {
  return (data, start, stop, result) => {
    const step = reverse ? -1 : 1;
    const wraps = data instanceof Int32Array;
    let product = 1;
    let place = reverse ? stop - 1 : start;
    for (let i = start; i < stop; i++) {
      const element = data[place] as number;
      product = wraps ? Math.imul(product, element) : product * element;
      result[place] = product;
      place += step;
    }
  };
}

function cumulate(op: Op, x: TensorLike, options: CumulateOptions): Tensor {
  const input = asTensor(x);
  const flat = options.axis === undefined;
  const operand = flat && input.rank !== 1 ? reshape(input, [input.size]) : input;
  const axis = normalizeAxis(op.name, options.axis ?? 0, flat ? 1 : input.rank);
  return apply(op, [operand], { axis, reverse: options.reverse ?? false });
}

/**
 * Running sums along `axis`, or as one vector over all elements in row-major order. `reverse` starts at the end.
 * What each addition rounds off is kept and added in the end (D. E. Knuth, TAOCP 2, 4.2.2, theorem B).
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * cumsum(tensor([1, 2, 3])).toArray(); // [1, 3, 6]
 * cumsum(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(); // [[1, 2], [4, 6]]
 */
export function cumsum(x: TensorLike, options: CumulateOptions = {}): Tensor {
  return cumulate(cumsumOp, x, options);
}

/**
 * Running products along `axis`, or as one vector over all elements in row-major order. `reverse` starts at the
 * end. The derivative holds also where elements are 0.
 *
 * @throws SymtapeError (shape) for an axis that is not there.
 * @example
 * cumprod(tensor([1, 2, 3])).toArray(); // [1, 2, 6]
 * cumprod(tensor([1, 2, 3]), { reverse: true }).toArray(); // [6, 6, 3]
 */
export function cumprod(x: TensorLike, options: CumulateOptions = {}): Tensor {
  return cumulate(cumprodOp, x, options);
}
