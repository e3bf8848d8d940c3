// Rules that look at settings, shapes and constants, which patterns cannot.

import type { SymbolicTensor } from "../../graph.ts";
import type { Op, Params, ParamValue } from "../../op.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import * as comparison from "../../ops/comparison.ts";
import { broadcastToOp, castOp, reshapeOp, transposeOp } from "../../ops/movement/reshape.ts";
import { meanOp, sumOp } from "../../ops/reductions/sum.ts";
import { type Shape, sameShape } from "../../shape.ts";
import { withoutCoefficient } from "./assemble.ts";
import { productOf } from "./factors.ts";
import { NEGATIVE, NULL, POSITIVE, wholeNumber } from "./facts.ts";
import type { Rewriter } from "./rewriter.ts";

interface StructuralRule {
  readonly name: string;
  readonly ops: readonly Op[];
  apply(
    rewriter: Rewriter,
    inputs: readonly SymbolicTensor[],
    params: Params,
    op: Op,
  ): SymbolicTensor | undefined;
}

/** Operations that are exact on whole numbers. */
const EXACT: readonly Op[] = [
  comparison.abs,
  comparison.sign,
  comparison.floor,
  comparison.ceil,
  comparison.round,
  comparison.maximum,
  comparison.minimum,
  comparison.clip,
].map((f) => f.op);

/** The signs of x for which a comparison of x with 0 holds. */
const SIGN_TESTS: ReadonlyMap<Op, number> = new Map([
  [comparison.equal.op, NULL],
  [comparison.notEqual.op, NEGATIVE | POSITIVE],
  [comparison.less.op, NEGATIVE],
  [comparison.lessEqual.op, NEGATIVE | NULL],
  [comparison.greater.op, POSITIVE],
  [comparison.greaterEqual.op, NULL | POSITIVE],
]);

const RULES: readonly StructuralRule[] = [
  {
    name: "transpose(transpose(x))",
    ops: [transposeOp],
    apply: (rewriter, [x], params) => {
      const value = x as SymbolicTensor;
      const axes = numbers(params.axes);
      if (axes.every((axis, i) => axis === i)) return value;
      if (value.node.op !== transposeOp) return undefined;
      const inner = numbers(value.node.params.axes);
      const both = axes.map((axis) => inner[axis] as number);
      return rewriter.make(transposeOp, value.node.inputs, { axes: both });
    },
  },
  {
    name: "reshape(reshape(x))",
    ops: [reshapeOp],
    apply: (rewriter, [x], params) => {
      const value = x as SymbolicTensor;
      if (sameShape(value.shape, numbers(params.shape))) return value;
      if (value.node.op !== reshapeOp) return undefined;
      return rewriter.make(reshapeOp, value.node.inputs, params);
    },
  },
  {
    name: "reshape(broadcastTo(x))",
    ops: [reshapeOp],
    apply: (rewriter, [x], params) => {
      const { node } = x as SymbolicTensor;
      const inner = node.inputs[0];
      if (node.op !== broadcastToOp || inner?.rank !== 0) return undefined;
      return rewriter.spread(inner, numbers(params.shape));
    },
  },
  {
    name: "broadcastTo(broadcastTo(x))",
    ops: [broadcastToOp],
    apply: (rewriter, [x], params) => {
      const value = x as SymbolicTensor;
      if (sameShape(value.shape, numbers(params.shape))) return value;
      if (value.node.op !== broadcastToOp) return undefined;
      return rewriter.make(broadcastToOp, value.node.inputs, params);
    },
  },
  {
    name: "cast to the same type",
    ops: [castOp],
    apply: (_, [x], params) => (x?.dtype === params.dtype && !x?.weak ? x : undefined),
  },
  {
    name: "sum over no axes",
    ops: [sumOp, meanOp],
    apply: (_, [x], params) => (numbers(params.axes).length === 0 ? x : undefined),
  },
  {
    name: "sum of equal elements",
    ops: [sumOp, meanOp],
    apply: (rewriter, [x], params, op) => {
      const { node, shape } = x as SymbolicTensor;
      const inner = node.inputs[0];
      const axes = numbers(params.axes);
      if (node.op !== broadcastToOp || inner?.rank !== 0) return undefined;
      const count = axes.reduce((size, axis) => size * (shape[axis] as number), 1);
      const factor = op === sumOp ? count : 1;
      return rewriter.make(arithmetic.multiply.op, [rewriter.number(factor), inner]);
    },
  },
  {
    name: "sum(c * x) = c * sum(x)",
    ops: [sumOp, meanOp],
    apply: (rewriter, [x], params, op) => {
      const value = x as SymbolicTensor;
      const { factors } = productOf(rewriter, value);
      const { coefficient, value: rest } = withoutCoefficient(rewriter, value);
      if (factors.length === 0 || rest === undefined || rest === value) return undefined;
      if (!sameShape(rest.shape, value.shape)) return undefined;
      return rewriter.product([
        { value: rewriter.number(coefficient.n), exponent: 1 },
        { value: rewriter.number(coefficient.d), exponent: -1 },
        { value: rewriter.make(op, [rest], params), exponent: 1 },
      ]);
    },
  },
  {
    name: "choice by a constant",
    ops: [comparison.where.op],
    apply: (_, [condition, x, y]) => {
      const constant = condition?.node.value;
      if (constant === undefined || constant.rank > 0) return undefined;
      return constant.at(0) !== 0 ? x : y;
    },
  },
  {
    name: "comparison with 0 by sign",
    ops: [...SIGN_TESTS.keys()],
    apply: (rewriter, [x, y], _, op) => {
      const fact = rewriter.facts.of(x as SymbolicTensor);
      if (!fact.total || wholeNumber(y as SymbolicTensor) !== 0) return undefined;
      const holds = SIGN_TESTS.get(op) as number;
      if ((fact.signs & holds) === 0) return rewriter.truth(false);
      return (fact.signs & ~holds) === 0 ? rewriter.truth(true) : undefined;
    },
  },
  {
    name: "functions of whole numbers",
    ops: EXACT,
    apply: (rewriter, inputs, _, op) => {
      const operands = inputs.map((input) => wholeNumber(input));
      if (operands.includes(undefined)) return undefined;
      const values = inputs.map((input) => input.node.value);
      const [result] = op.evaluate(values as Parameters<Op["evaluate"]>[0], {});
      return rewriter.number(result?.at(0) as number);
    },
  },
  {
    name: "roots of squares of whole numbers",
    ops: [arithmetic.sqrt.op],
    apply: (rewriter, [x]) => {
      const root = Math.round(Math.sqrt(wholeNumber(x as SymbolicTensor) ?? Number.NaN));
      return root * root === wholeNumber(x as SymbolicTensor) ? rewriter.number(root) : undefined;
    },
  },
];

let table: ReadonlyMap<Op, readonly StructuralRule[]> | undefined;

/** The rules of an operation. */
export function structuralRules(op: Op): readonly StructuralRule[] {
  table ??= new Map(
    [...new Set(RULES.flatMap(({ ops }) => ops))].map((key) => [
      key,
      RULES.filter(({ ops }) => ops.includes(key)),
    ]),
  );
  return table.get(op) ?? [];
}

function numbers(value: ParamValue | undefined): Shape {
  return value as Shape;
}
