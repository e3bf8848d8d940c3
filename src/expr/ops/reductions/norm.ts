// Norms of the elements along axes, of any order, and two norms of matrices.

import { SymtapeError } from "../../errors.ts";
import { composite } from "../../lowering.ts";
import type { NotedCall, Op, Params, Sample, Step } from "../../op.ts";
import { formatShape, normalizeAxes } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { divide, multiply, pow } from "../arithmetic.ts";
import { abs, equal, sign } from "../comparison.ts";
import { svd } from "../linalg/svd.ts";
import { reshape, transpose } from "../movement/reshape.ts";
import { shapeError } from "../structured.ts";
import { tensorArithmetic } from "../tensor-arithmetic.ts";
import {
  asFloat,
  axesText,
  floatType,
  isWhole,
  keepAxes,
  type ReduceOptions,
  reduce,
  reducedShape,
  reductionArguments,
} from "./axes.ts";
import { evenShares } from "./extremes.ts";
import { loweredNorm } from "./norm-lowering.ts";
import { normFunction, normOf, type StoredOrder } from "./norm-values.ts";
import { defineReduction } from "./reduction.ts";

/** Which norm, and along which axes. */
export interface NormOptions extends ReduceOptions {
  readonly ord?: number | "fro" | "nuc";
}

const samples: readonly Sample[] = [
  { inputs: [[3, -4, 12]], params: { axes: [0], keepDims: false, ord: 2 } },
  {
    inputs: [
      [
        [1, -2, 3],
        [0.5, 5, -4],
      ],
    ],
    params: { axes: [1], keepDims: true, ord: 1 },
  },
  { inputs: [[[[1, -2]], [[4, 0.5]]]], params: { axes: [0, 2], keepDims: false, ord: 3 } },
  { inputs: [[1, -2, 4]], params: { axes: [0], keepDims: false, ord: 0.5 } },
  { inputs: [[1, -2, 4]], params: { axes: [0], keepDims: false, ord: -1.5 } },
  { inputs: [[1, -2, 4]], params: { axes: [0], keepDims: false, ord: "inf" } },
  { inputs: [[1.5, -2, 4]], params: { axes: [0], keepDims: false, ord: "-inf" } },
  { inputs: [[1e200, -2e200, 2e200]], params: { axes: [0], keepDims: false, ord: 2 } },
  { inputs: [[1e-200, -2e-200, 2e-200]], params: { axes: [0], keepDims: false, ord: 3 } },
];

export const normOp: Op = defineReduction({
  name: "norm",
  notation: {
    kind: "call",
    arguments: (operands, call) => normArguments(operands, call),
    tex: ([x], call) => {
      const axes = isWhole(call) ? "" : `;\\,${axesText(call.params)}`;
      return `\\left\\lVert ${x}\\right\\rVert_{${orderTex(call.params)}${axes}}`;
    },
    texEncloses: true,
  },
  samples,
  type: (input) => floatType(input),
  check: (params) => checkOrder(params),
  nonempty: ({ ord }) => ord === "inf" || ord === "-inf",
  line: (arithmetic, line, params) => normOf(arithmetic, line, orderOf(params)),
  numbers: (params) => normFunction(orderOf(params)),
  lower: (_, params) => composite((x) => loweredNorm(asFloat(x), params)),
  slope: (step) => slopeOf(step, orderOf(step.params)),
  selects: ({ ord }) => typeof ord === "string",
});

function orderOf({ ord }: Params): StoredOrder {
  return ord as StoredOrder;
}

function checkOrder({ ord }: Params): void {
  if (ord === "inf" || ord === "-inf" || Number.isFinite(ord)) return;
  throw new SymtapeError(
    "usage",
    `norm: the order is a number, Infinity, -Infinity, "fro" or "nuc"; got ${String(ord)}.`,
    { operation: "norm" },
  );
}

/** The order stands before the axes and is left out where it is 2 and nothing follows. */
function normArguments([x]: readonly string[], call: NotedCall): readonly string[] {
  const rest = reductionArguments([x as string], call).slice(1);
  const { ord } = call.params;
  if (ord === 2 && rest.length === 0) return [x as string];
  return [x as string, typeof ord === "string" ? `"${ord}"` : String(ord), ...rest];
}

function orderTex({ ord }: Params): string {
  if (ord === "inf") return "\\infty";
  return ord === "-inf" ? "-\\infty" : String(ord);
}

/** The derivative by each element; 0 where the norm is 0. */
function slopeOf(step: Step, order: StoredOrder): Tensor | undefined {
  const input = step.inputs[0] as Tensor;
  const norm = keepAxes(step.outputs[0] as Tensor, input, step.params);
  if (order === 0) return undefined;
  if (order === 1) return sign(input);
  const arithmetic = tensorArithmetic();
  if (order === "inf" || order === "-inf") {
    return arithmetic.multiply(evenShares(equal(abs(input), norm), step.params), sign(input));
  }
  return arithmetic.guard(
    [norm],
    () => equal(norm, 0),
    () => arithmetic.literal(0),
    () => (order === 2 ? divide(input, norm) : slopeOfPower(input, norm, order)),
  );
}

/** sign(x) (|x| / norm)^(p − 1); below order 2 elements that are 0 are left out, for their powers are infinite. */
function slopeOfPower(input: Tensor, norm: Tensor, order: number): Tensor {
  const slope = multiply(sign(input), pow(divide(abs(input), norm), order - 1));
  if (order >= 2) return slope;
  const arithmetic = tensorArithmetic();
  return arithmetic.guard(
    [input],
    () => equal(input, 0),
    () => arithmetic.literal(0),
    () => slope,
  );
}

/**
 * The norm of order `ord` of all elements, or of those along `axis`: (Σ|x|^p)^(1/p) for any p other than 0, with
 * the Euclidean length, ord = 2, as default. `ord` 0 counts the nonzero elements, Infinity is the largest and
 * -Infinity the smallest absolute value. `"fro"` (Frobenius) is the norm of a matrix, or of the matrices
 * along two axes, and `"nuc"` (nuclear) the sum of its singular values. Nothing overflows or vanishes on the
 * way; whole numbers give float64.
 *
 * A number is the order of a norm of vectors even of a matrix, as in `torch.norm`; `numpy.linalg.norm(a, 2)`, the
 * spectral norm, is `max(svd(a).s)`.
 *
 * The derivative of a norm that is 0 is taken to be 0, and so is that by an element that is 0 for p < 2.
 * Elements that share the largest absolute value share the derivative evenly.
 *
 * @throws SymtapeError (shape) for an axis that is not there, for `"fro"` and `"nuc"` without two axes, and
 * for an infinite order of nothing; (usage) for another order.
 * @example
 * norm(tensor([3, 4])).item(); // 5
 * norm(tensor([[3, -4], [1, 2]]), { ord: 1, axis: 1 }).toArray(); // [7, 3]
 * norm(tensor([3, -4]), { ord: Infinity }).item(); // 4
 */
export function norm(x: TensorLike, options: NormOptions = {}): Tensor {
  const { ord = 2, ...along } = options;
  const input = asTensor(x);
  if (ord === "nuc") return nuclear(input, along);
  if (ord !== "fro") return reduce(normOp, input, along, { ord: storedOrder(ord) });
  return reduce(normOp, input, { ...along, axis: matrixAxes(input, along) }, { ord: 2 });
}

function storedOrder(order: number): StoredOrder {
  if (order === Number.POSITIVE_INFINITY) return "inf";
  return order === Number.NEGATIVE_INFINITY ? "-inf" : order;
}

/** The two axes along which matrices lie; a matrix has no others. */
function matrixAxes(input: Tensor, { axis }: ReduceOptions): readonly [number, number] {
  const axes = normalizeAxes("norm", axis, input.rank);
  if (axes.length === 2) return axes as unknown as readonly [number, number];
  throw shapeError(
    "norm",
    `the norm of a matrix needs two axes of ${formatShape(input.shape)}. Name them, such as axis: [-2, -1].`,
    input.shape,
  );
}

/** The sum of the singular values; those that are 0 have the derivative 0, as |x| has. */
function nuclear(input: Tensor, options: ReduceOptions): Tensor {
  const axes = matrixAxes(input, options);
  const others = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const { s } = svd(transpose(input, [...others, ...axes]));
  const result = reduce(normOp, s, { axis: -1 }, { ord: 1 });
  return options.keepDims === true
    ? reshape(result, reducedShape(input.shape, { axes }, true))
    : result;
}
