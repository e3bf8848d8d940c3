// Where a NaN or infinity came from: back along the rows, to the first that made it.

import { inputOp } from "../../expr/ops/leaves.ts";
import { operandName } from "../../expr/ops/structured.ts";
import { sameShape } from "../../expr/shape.ts";
import type { NestedArray, Tensor } from "../../expr/tensor.ts";
import type { Row } from "../tape.ts";
import { cureFor } from "./cures.ts";
import {
  type BadElement,
  firstBad,
  indicesOf,
  isFiniteTensor,
  isPointwise,
  madeBy,
  numbersBehind,
  numbersIn,
} from "./elements.ts";
import type { NaNReport } from "./find-nan.ts";
import { type FullRun, rowsBySlot } from "./run.ts";
import { type Mishap, walkBack } from "./way-back.ts";

/** What made the value or the gradient of a run bad, or else what was bad and did no harm. */
export function firstFinding(run: FullRun, value: Tensor): NaNReport | undefined {
  if (!isFiniteTensor(value)) return originOf(run, run.slot, false) ?? constantFinding(value, {});
  const { mishap, adjoints } = walkBack(run);
  if (mishap !== undefined && adjoints.slice(0, run.count).some(isBad)) {
    return causeOf(run, mishap, false);
  }
  for (const row of run.rows) {
    const isFurtherArgument = row.op === inputOp && row.index >= run.count;
    const found = isFurtherArgument ? undefined : foundIn(run, row, true);
    if (found !== undefined) return found;
  }
  return mishap && causeOf(run, mishap, true);
}

function isBad(adjoint: Tensor | undefined): boolean {
  return adjoint !== undefined && !isFiniteTensor(adjoint);
}

/** The first row that made a bad number, of those from which bad numbers came to a slot. */
function originOf(run: FullRun, slot: number, harmless: boolean): NaNReport | undefined {
  const bySlot = rowsBySlot(run.rows);
  const last = bySlot.get(slot)?.index ?? -1;
  const wanted = new Set([last]);
  let first: NaNReport | undefined;
  let constant: NaNReport | undefined;
  for (let i = last; i >= 0; i--) {
    if (!wanted.has(i)) continue;
    const row = run.rows[i] as Row;
    first = foundIn(run, row, harmless) ?? first;
    row.inputs.forEach((input, k) => {
      if (isFiniteTensor(input)) return;
      const maker = bySlot.get(row.parents[k] as number);
      if (maker === undefined) constant = constantFinding(input, { row, operand: k, harmless });
      else wanted.add(maker.index);
    });
  }
  return first ?? constant;
}

/** What made a derivative bad: a value of the run that was bad already, or the rule of the operation. */
function causeOf(run: FullRun, mishap: Mishap, harmless: boolean): NaNReport {
  const { row } = mishap;
  const good = [...row.inputs, ...row.outputs].every(isFiniteTensor);
  return (
    (good ? undefined : originOf(run, row.slot, harmless)) ?? backwardFinding(mishap, harmless)
  );
}

/** A row that made a bad number, or an argument that holds one. */
function foundIn(run: FullRun, row: Row, harmless: boolean): NaNReport | undefined {
  if (row.op === inputOp) {
    const value = row.outputs[0] as Tensor;
    const bad = firstBad(value);
    return bad && inputFinding("input", value, bad, harmless, { name: run.names[row.index] });
  }
  const bad = madeBy(row);
  if (bad === undefined) return undefined;
  return {
    phase: "forward",
    value: bad.value,
    op: row.op.name,
    ...lineOf(row),
    inputs: row.inputs.map(arrayOf),
    output: arrayOf(bad.output),
    where: indicesOf(bad.place, bad.output.shape),
    harmless,
    cure: cureFor({
      phase: "forward",
      op: row.op.name,
      value: bad.value,
      operands: numbersBehind(row, bad.place),
      operand: -1,
      unchosen: isUnchosen(run.rows, row, bad.place),
    }),
  };
}

function backwardFinding(mishap: Mishap, harmless: boolean): NaNReport {
  const { row, operand, output, adjoint, derivative, bad } = mishap;
  const aligned = sameShape(derivative.shape, output.shape);
  const { op } = row;
  return {
    phase: "backward",
    value: bad.value,
    op: op.name,
    ...(operand >= 0 && { name: operandName(op, operand) }),
    ...lineOf(row),
    inputs: row.inputs.map(arrayOf),
    output: arrayOf(output),
    adjoint: arrayOf(adjoint),
    derivative: arrayOf(derivative),
    where: indicesOf(bad.place, derivative.shape),
    harmless,
    cure: cureFor({
      phase: "backward",
      op: operand < 0 ? "" : op.name,
      value: bad.value,
      operands: aligned
        ? numbersBehind(row, bad.place)
        : row.inputs.map((input) => Array.from(numbersIn(input))),
      operand,
      unchosen: false,
    }),
  };
}

/** A constant of the run that was bad when it came in, as an operand or as the result. */
function constantFinding(
  value: Tensor,
  at: { readonly row?: Row; readonly operand?: number; readonly harmless?: boolean },
): NaNReport {
  const { row, operand = 0, harmless = false } = at;
  const name =
    row === undefined ? "the result" : `${operandName(row.op, operand)} of ${row.op.name}`;
  const bad = firstBad(value) as BadElement;
  return inputFinding("constant", value, bad, harmless, { name, ...(row && lineOf(row)) });
}

function inputFinding(
  op: "input" | "constant",
  value: Tensor,
  bad: BadElement,
  harmless: boolean,
  place: { readonly name?: string | undefined; readonly line?: string },
): NaNReport {
  const evidence = { operands: [], operand: -1, unchosen: false };
  return {
    phase: "input",
    value: bad.value,
    op,
    ...(place.name !== undefined && { name: place.name }),
    ...(place.line !== undefined && { line: place.line }),
    inputs: [],
    output: arrayOf(value),
    where: indicesOf(bad.place, value.shape),
    harmless,
    cure: cureFor({ phase: "input", op, value: bad.value, ...evidence }),
  };
}

/** Whether a bad element goes, element by element, into a branch that `where` does not choose. */
function isUnchosen(rows: readonly Row[], maker: Row, place: number): boolean {
  const { shape } = maker.outputs[0] as Tensor;
  const reached = new Set([maker.slot]);
  for (const row of rows.slice(maker.index + 1)) {
    if (!isPointwise(row) || !row.parents.some((parent) => reached.has(parent))) continue;
    if (!sameShape((row.outputs[0] as Tensor).shape, shape)) continue;
    if (row.op.name === "where") {
      const [condition] = numbersBehind(row, place)[0] as readonly [number];
      const chosen = condition !== 0 ? 1 : 2;
      if (!reached.has(row.parents[chosen] as number)) return true;
    }
    reached.add(row.slot);
  }
  return false;
}

function lineOf({ position }: Row): { line?: string } {
  return position === undefined ? {} : { line: position };
}

/** The values as nested arrays: a copy of plain data. */
function arrayOf(value: Tensor): NestedArray {
  return value.toArray();
}
