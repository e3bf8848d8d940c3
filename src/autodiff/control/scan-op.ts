// The operation of a scan: its loop on plain data and over any arithmetic, and on a batch.

import type { Arithmetic, NdArray } from "../../expr/arithmetic.ts";
import type { BatchCall, Op } from "../../expr/op.ts";
import { repeated } from "../../expr/ops/batching.ts";
import { moveAxis } from "../../expr/ops/movement/index.ts";
import { type AbstractValue, allocate, type Shape, sizeOf } from "../../expr/shape.ts";
import { ConcreteTensor, dataOf, type Tensor } from "../../expr/tensor.ts";
import type { Body } from "./body.ts";
import { bodyOp, call } from "./body-op.ts";
import { whereChosen } from "./cond-op.ts";
import { pullScan, pushScan, type Repeat } from "./scan-derivatives.ts";
import { groupsOf, type ScanForm } from "./scan-form.ts";

export function scanOp(body: Body, form: ScanForm): Op {
  return bodyOp({
    name: "scan",
    infer: () => body.outputs.map((output, i) => resultType(output, i, form)),
    control: { kind: "scan", graphs: [body], form },
    evaluate: (inputs) => loop(body, form, inputs),
    reference: (arithmetic, inputs) => referenceLoop(body, form, arithmetic, inputs),
    pullback: (step, cotangents, needs) => pullScan(repeat, body, form, step, cotangents, needs),
    pushforward: (step, tangents) => pushScan(repeat, body, form, step, tangents),
    batch: (batch) => batched(body, form, batch),
  });
}

const repeat: Repeat = (body, form, inputs, cotangents) =>
  cotangents === undefined
    ? call(scanOp(body, form), inputs)
    : whereChosen(scanOp(body, form), inputs, cotangents);

/** States come out as they are, results along a new first axis. */
function resultType(
  { shape, dtype, weak }: AbstractValue,
  i: number,
  form: ScanForm,
): AbstractValue {
  return { shape: i < form.carries ? shape : [form.length, ...shape], dtype, weak };
}

/** The steps in the order of the loop. */
function order({ length, reverse }: ScanForm): number[] {
  const steps = Array.from({ length }, (_, step) => step);
  return reverse ? steps.reverse() : steps;
}

function loop(body: Body, form: ScanForm, inputs: readonly ConcreteTensor[]): ConcreteTensor[] {
  const { carries, sequences, length } = form;
  const captures = inputs.slice(carries + sequences);
  const results = body.outputs.slice(carries).map(({ shape, dtype }) => ({
    shape: [length, ...shape],
    dtype,
    size: sizeOf(shape),
    data: allocate(dtype, length * sizeOf(shape)),
  }));
  let state = inputs.slice(0, carries);
  for (const step of order(form)) {
    const elements = inputs.slice(carries, carries + sequences).map((x) => element(x, step));
    const outputs = body.evaluate([...state, ...elements, ...captures]) as ConcreteTensor[];
    state = outputs.slice(0, carries);
    results.forEach(({ data, size }, i) => {
      const output = outputs[carries + i] as ConcreteTensor;
      if (size === 1) data[step] = output.at(0);
      else data.set(dataOf(output), step * size);
    });
  }
  return [
    ...state,
    ...results.map(({ shape, dtype, data }) => new ConcreteTensor(shape, dtype, data)),
  ];
}

/** The element of a sequence: a view of its data. */
function element(sequence: ConcreteTensor, step: number): ConcreteTensor {
  const { shape, dtype } = sequence;
  if (shape.length === 1) return new ConcreteTensor([], dtype, sequence.at(step));
  const size = sizeOf(shape.slice(1));
  const data = dataOf(sequence).subarray(step * size, (step + 1) * size);
  return new ConcreteTensor(shape.slice(1), dtype, data);
}

function referenceLoop<S>(
  body: Body,
  form: ScanForm,
  arithmetic: Arithmetic<S>,
  inputs: readonly NdArray<S>[],
): NdArray<S>[] {
  const { carries, sequences, length } = form;
  const captures = inputs.slice(carries + sequences);
  const results: S[][][] = body.outputs.slice(carries).map(() => []);
  let state = inputs.slice(0, carries);
  for (const step of order(form)) {
    const elements = inputs.slice(carries, carries + sequences).map(({ shape, data }) => {
      const own: Shape = shape.slice(1);
      const size = sizeOf(own);
      return { shape: own, data: Array.from(data).slice(step * size, (step + 1) * size) };
    });
    const outputs = body.reference(arithmetic, [...state, ...elements, ...captures]);
    state = outputs.slice(0, carries);
    results.forEach((steps, i) => {
      steps[step] = Array.from((outputs[carries + i] as NdArray<S>).data);
    });
  }
  return [
    ...state,
    ...results.map((steps, i) => ({
      shape: [length, ...(body.outputs[carries + i] as Tensor).shape],
      data: steps.flat(),
    })),
  ];
}

/** All examples together: sequences hold the steps along their first axis and the examples along the second. */
function batched(
  body: Body,
  form: ScanForm,
  { inputs, batched: isBatched, size }: BatchCall,
): readonly Tensor[] {
  const groups = groupsOf(form, inputs);
  const flags = groupsOf(form, isBatched);
  const whole = body.batched(
    [...flags.carry.map(() => true), ...flags.xs, ...flags.captures],
    size,
  );
  const outputs = call(scanOp(whole, form), [
    ...groups.carry.map((value, i) => (flags.carry[i] ? value : repeated(value, size))),
    ...groups.xs.map((sequence, i) => (flags.xs[i] ? moveAxis(sequence, 1, 0) : sequence)),
    ...groups.captures,
  ]);
  return outputs.map((output, i) => (i < form.carries ? output : moveAxis(output, 1, 0)));
}
