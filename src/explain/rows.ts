// The rows of a recorded run of scalars, as an explanation speaks of them.

import type { RecordedRow, RecordedRun } from "../autodiff/record.ts";
import { allOps } from "../expr/ops/index.ts";
import type { Tensor } from "../expr/tensor.ts";

export function numberOf(value: Tensor | undefined): number {
  return value === undefined ? 0 : value.concrete("explain").at(0);
}

export function operandsOf(run: RecordedRun, row: RecordedRow): number[] {
  return row.inputs.map((input) =>
    "row" in input
      ? numberOf((run.rows[input.row] as RecordedRow).value)
      : numberOf(input.constant),
  );
}

/** `log(-1)`, `1 / 0`: an operation with its operands as it is written. */
export function callText(row: RecordedRow, operands: readonly number[], digits = 6): string {
  const notation = allOps().get(row.op)?.notation;
  const texts = operands.map((operand) => shown(operand, digits));
  if (notation?.kind === "infix") {
    const bare = notation.symbol === "^" ? -1 : 0;
    const signed = texts.map((text, i) =>
      i !== bare && text.startsWith("-") ? `(${text})` : text,
    );
    return signed.join(` ${notation.symbol} `);
  }
  return `${notation?.symbol ?? row.op}(${texts.join(", ")})`;
}

/** A number as a sentence shows it: six digits unless told otherwise. */
export function shown(value: number, digits = 6): string {
  return String(Number(value.toPrecision(digits)));
}

/** A sum whose terms nearly cancel, as text, and how much larger they are than it. */
export interface Cancellation {
  readonly text: string;
  readonly growth: number;
}

/** Where digits are lost: the sum or difference whose terms are largest beside its result. */
export function worstCancellation(run: RecordedRun): Cancellation | undefined {
  let worst: { row: RecordedRow; growth: number } | undefined;
  for (const row of run.rows) {
    const partials = row.partials.filter((partial) => partial !== undefined);
    const isSum =
      partials.length > 0 && partials.every((partial) => Math.abs(numberOf(partial)) === 1);
    if (!isSum || row.inputs.length !== 2) continue;
    const terms = Math.max(...operandsOf(run, row).map(Math.abs));
    const growth = terms === 0 ? 0 : terms / Math.abs(numberOf(row.value));
    if (worst === undefined || growth > worst.growth) worst = { row, growth };
  }
  if (worst === undefined || !(worst.growth > 1e3)) return undefined;
  const { row, growth } = worst;
  const text = `${callText(row, operandsOf(run, row), 15)} = ${shown(numberOf(row.value))}`;
  return { text, growth };
}
