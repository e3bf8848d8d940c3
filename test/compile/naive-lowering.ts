// Lowerings carried out with plain loops: what programs have to compute, written down a second time for tests.

import { Graph, reachable, type SymbolicTensor } from "../../src/expr/graph.ts";
import type {
  Composite,
  Fold,
  FoldName,
  Lowering,
  MatrixProduct,
  Pieces,
  View,
  Walk,
} from "../../src/expr/lowering.ts";
import type { Op, Params } from "../../src/expr/op.ts";
import { type AbstractValue, allocate, roundTo, type Shape, sizeOf } from "../../src/expr/shape.ts";
import { ConcreteTensor, dataOf } from "../../src/expr/tensor.ts";

type Numbers = ArrayLike<number>;

/** Computes an operation as its lowering says; `ran` collects the names of those that ran by themselves. */
export function evaluateLowered(
  op: Op,
  inputs: readonly ConcreteTensor[],
  params: Params,
  ran: Set<string> = new Set(),
): readonly ConcreteTensor[] {
  const lowering = op.lower?.(inputs, params);
  if (lowering === undefined || lowering.kind === "special") {
    ran.add(op.name);
    return op.evaluate(inputs, params);
  }
  if (lowering.kind === "composite") return evaluateComposite(lowering, inputs, ran);
  const [result] = op.infer(inputs, params) as [AbstractValue];
  const values = valuesOf(lowering, inputs, result.shape);
  const data = allocate(result.dtype, sizeOf(result.shape));
  data.forEach((_, i) => {
    data[i] = roundTo(result.dtype, values[i] as number);
  });
  return [new ConcreteTensor(result.shape, result.dtype, data, result.weak)];
}

function valuesOf(
  lowering: Exclude<Lowering, { readonly kind: "special" | "composite" }>,
  inputs: readonly ConcreteTensor[],
  shape: Shape,
): Numbers {
  const operands: readonly Numbers[] = inputs.map((input) => dataOf(input));
  const [first, second] = operands as readonly [Numbers, Numbers];
  if (lowering.kind === "same") return first;
  if (lowering.kind === "view") return viewed(lowering, first, shape);
  if (lowering.kind === "pieces") return overlaid(lowering, inputs, shape);
  if (lowering.kind === "product") return multiplied(lowering, first, second);
  return folded(lowering, first, (inputs[0] as ConcreteTensor).shape);
}

function evaluateComposite(
  { build }: Composite,
  inputs: readonly ConcreteTensor[],
  ran: Set<string>,
): readonly ConcreteTensor[] {
  const graph = new Graph();
  const symbols = inputs.map((input, i) =>
    input.weak ? graph.constant(input) : graph.input(`x${i}`, input.shape, input.dtype),
  );
  const outputs = build(symbols).map((output) => graph.adopt(output));
  const values: ConcreteTensor[] = [];
  symbols.forEach((symbol, i) => {
    values[symbol.slot] = inputs[i] as ConcreteTensor;
  });
  for (const { op, inputs: operands, params, outputs: made, value } of reachable(outputs)) {
    if (values[(made[0] as SymbolicTensor).slot] !== undefined) continue;
    const given = operands.map(({ slot }) => values[slot] as ConcreteTensor);
    const results = value === undefined ? evaluateLowered(op, given, params, ran) : [value];
    made.forEach(({ slot }, i) => {
      values[slot] = results[i] as ConcreteTensor;
    });
  }
  return outputs.map(({ slot }) => values[slot] as ConcreteTensor);
}

/** All indices of a shape in row-major order. */
function indicesOf(shape: Shape): number[][] {
  let indices: number[][] = [[]];
  for (const length of shape) {
    indices = indices.flatMap((index) => Array.from({ length }, (_, i) => [...index, i]));
  }
  return indices;
}

function placeAt({ offset, strides }: Walk, index: readonly number[]): number {
  if (strides.length !== index.length) throw new Error("a walk needs one stride for every axis");
  return strides.reduce((place, stride, axis) => place + stride * (index[axis] as number), offset);
}

function elementAt(data: Numbers, place: number): number {
  const element = data[place];
  if (element === undefined) throw new Error(`place ${place} of ${data.length} elements`);
  return element;
}

function viewed(view: View, data: Numbers, shape: Shape): Numbers {
  return indicesOf(shape).map((index) => {
    for (const guard of view.guards ?? []) {
      const place = placeAt(guard, index);
      if (place < 0 || place >= guard.length) return view.fill ?? 0;
    }
    return elementAt(data, placeAt(view, index));
  });
}

function rowMajor(shape: Shape, index: readonly number[]): number {
  return shape.reduce((place, length, axis) => {
    const at = index[axis] as number;
    if (!(at >= 0 && at < length)) throw new Error(`index ${index} of shape ${shape}`);
    return place * length + at;
  }, 0);
}

function overlaid(
  { background, pieces }: Pieces,
  inputs: readonly ConcreteTensor[],
  shape: Shape,
): Numbers {
  const result =
    typeof background === "number"
      ? new Array<number>(sizeOf(shape)).fill(background)
      : Array.from(dataOf(inputs[background.operand] as ConcreteTensor));
  for (const { operand, start, steps } of pieces) {
    const input = inputs[operand] as ConcreteTensor;
    if (input.rank !== shape.length) throw new Error("a piece has the axes of the result");
    indicesOf(input.shape).forEach((index, i) => {
      const target = index.map(
        (at, axis) => (start[axis] as number) + at * (steps[axis] as number),
      );
      result[rowMajor(shape, target)] = input.at(i);
    });
  }
  return result;
}

const FOLDS: Record<FoldName, { start: number; step: (total: number, x: number) => number }> = {
  sum: { start: 0, step: (total, x) => total + x },
  product: { start: 1, step: (total, x) => total * x },
  maximum: { start: Number.NEGATIVE_INFINITY, step: Math.max },
  minimum: { start: Number.POSITIVE_INFINITY, step: Math.min },
  all: { start: 1, step: (total, x) => (total !== 0 && x !== 0 ? 1 : 0) },
  any: { start: 0, step: (total, x) => (total !== 0 || x !== 0 ? 1 : 0) },
};

function folded({ fold, axes }: Fold, data: Numbers, shape: Shape): Numbers {
  const { start, step } = FOLDS[fold];
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const totals = new Array<number>(sizeOf(kept)).fill(start);
  indicesOf(shape).forEach((index, i) => {
    const own = index.map((at, axis) => (axes.includes(axis) ? 0 : at));
    const place = rowMajor(kept, own);
    totals[place] = step(totals[place] as number, data[i] as number);
  });
  return totals;
}

function multiplied(product: MatrixProduct, left: Numbers, right: Numbers): Numbers {
  const { batch, rows, inner, columns } = product;
  return indicesOf([...batch, rows, columns]).map((index) => {
    const examples = index.slice(0, -2);
    const [row, column] = index.slice(-2) as [number, number];
    let total = 0;
    for (let k = 0; k < inner; k++) {
      total +=
        elementAt(left, placeAt(product.left, [...examples, row, k])) *
        elementAt(right, placeAt(product.right, [...examples, k, column]));
    }
    return total;
  });
}
