// What an operation predicts of its outputs, and what it does with shapes and number types.

import { describe, expect } from "vitest";
import { grad } from "../../src/autodiff/index.ts";
import { applyAll } from "../../src/expr/apply.ts";
import {
  type ConcreteTensor,
  cast,
  type DType,
  scalar,
  sum,
  symbol,
  type Tensor,
  tensor,
} from "../../src/expr/index.ts";
import type { PointwiseOp } from "../../src/expr/ops/pointwise.ts";
import { numberArithmetic } from "../../src/expr/ops/tensor-arithmetic.ts";
import { allocate, roundTo } from "../../src/expr/shape.ts";
import { asTensor, dataOf, literal } from "../../src/expr/tensor.ts";
import { eachOp, expectNear, isDiscrete, numbersIn, run, type Subject } from "./subjects.ts";

const DTYPES: readonly DType[] = ["float64", "float32", "int32", "bool"];

/** The operands in other number types: all alike, in pairs, and each as a literal. Places stay whole. */
function* mixtures({ op, inputs }: Subject): Generator<readonly Tensor[]> {
  for (const first of DTYPES) {
    for (const second of DTYPES) {
      yield inputs.map((input, i) =>
        isDiscrete(op, i) ? input : cast(input, i === 0 ? first : second),
      );
    }
    for (const place of inputs.keys()) {
      const mixed = inputs.map((input, i) =>
        i === place || isDiscrete(op, i) ? input : cast(input, first),
      );
      if ((inputs[place] as Tensor).rank > 0 || isDiscrete(op, place)) continue;
      yield mixed.with(place, literal(inputs[place]?.item() as number) as (typeof mixed)[number]);
      yield mixed.with(place, literal(2) as (typeof mixed)[number]);
      yield mixed.with(place, asTensor(true) as (typeof mixed)[number]);
    }
  }
}

describe("shapes and number types", () => {
  eachOp("its predicted shape and dtype are the actual ones", (subject) => {
    const { op, params } = subject;
    for (const inputs of mixtures(subject)) {
      const outputs = applyAll(op, inputs, params) as readonly ConcreteTensor[];
      const predicted = op.infer(inputs, params);
      expect(outputs.map(({ shape, dtype, weak }) => ({ shape, dtype, weak }))).toEqual(
        predicted.map(({ shape, dtype, weak }) => ({ shape, dtype, weak })),
      );
      for (const output of outputs) {
        const { dtype, size } = output;
        const data = dataOf(output);
        expect(data.constructor).toBe(allocate(dtype, 0).constructor);
        expect(data).toHaveLength(size);
        expect(Array.from(data)).toEqual(
          Array.from(data, (value: number) => roundTo(dtype, value)),
        );
      }
      const symbols = inputs.map((input, i) =>
        input.weak ? input : symbol(`x${i}`, { shape: input.shape, dtype: input.dtype }),
      );
      if (symbols.every((value) => value.weak)) continue;
      expect(applyAll(op, symbols, params).map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
        predicted.map(({ shape, dtype }) => ({ shape, dtype })),
      );
    }
  });

  eachOp("its reference evaluation is its evaluation", (subject) => {
    const { op, inputs, params } = subject;
    const found = op.reference<number>(
      numberArithmetic(),
      inputs.map((input) => ({ shape: input.shape, data: dataOf(input) })),
      params,
    );
    const expected = run(subject, inputs);
    expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    const rounded = found.map(({ data }, i) =>
      Array.from(data, (value) => roundTo((expected[i] as Tensor).dtype, value)),
    );
    expect(rounded).toEqual(expected.map((output) => numbersIn([output])));
  });
});

/** All samples as one vector for each operand; operands after the first as a column, when asked for. */
function columns(op: PointwiseOp, column: boolean): ConcreteTensor[] {
  const count = op.samples.length;
  return op.inputs.map((_, i) =>
    tensor(
      op.samples.map(({ inputs }) => inputs[i] as number),
      { shape: column && i > 0 ? [count, 1] : [count] },
    ),
  );
}

describe("broadcasting", () => {
  eachOp(
    "its broadcasting is the loop",
    (subject) => {
      const op = subject.op as PointwiseOp;
      const scalars = numbersIn(subject.inputs);
      const count = op.samples.length;
      const rows = columns(op, false);
      const grid = columns(op, true);
      const at = (row: number, column: number): number[] =>
        op.inputs.map((_, i) => op.samples[i === 0 ? column : row]?.inputs[i] as number);
      const along = Array.from({ length: count }, (_, k) => k);
      const table = (f: (row: number, column: number) => number): number[] =>
        (op.inputs.length === 1 ? [0] : along).flatMap((row) =>
          along.map((column) => f(row, column)),
        );

      expect(numbersIn(applyAll(op, rows, subject.params))).toEqual(
        along.map((k) => applied(op, at(k, k))),
      );
      expect(numbersIn(applyAll(op, grid, subject.params))).toEqual(
        table((row, column) => applied(op, at(row, column))),
      );
      for (const place of op.inputs.keys()) {
        const mixed: Tensor[] = scalars.map((value) => scalar(value));
        mixed[place] = grid[place] as Tensor;
        expect(numbersIn(applyAll(op, mixed, subject.params))).toEqual(
          along.map((k) =>
            applied(op, scalars.with(place, op.samples[k]?.inputs[place] as number)),
          ),
        );
      }
      for (const place of subject.active) {
        const total = grad((x: Tensor) =>
          sum(applyAll(op, grid.with(place, x as ConcreteTensor), subject.params)[0] as Tensor),
        )(grid[place] as Tensor);
        const cells = table((row, column) => partial(op, at(row, column), place));
        const width = count;
        along.forEach((k) => {
          const mine = cells.filter((_, cell) =>
            place === 0 ? cell % width === k : Math.floor(cell / width) === k,
          );
          const expected = mine.reduce((left, right) => left + right, 0);
          const size = mine.reduce((left, right) => left + Math.abs(right), 0);
          expectNear(numbersIn([total])[k] as number, expected, 1e-13, size);
        });
      }
    },
    (op) => op.formula !== undefined,
  );
});

function applied(op: PointwiseOp, operands: readonly number[]): number {
  return (
    applyAll(
      op,
      operands.map((x) => scalar(x)),
      {},
    )[0] as Tensor
  ).item();
}

function partial(op: PointwiseOp, operands: readonly number[], place: number): number {
  const others: Tensor[] = operands.map((value) => scalar(value));
  return grad((x: Tensor) => applyAll(op, others.with(place, x), {})[0] as Tensor)(
    operands[place] as number,
  );
}
