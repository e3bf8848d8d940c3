// Why two ways to a derivative differ at a point: a kink, an edge, an overflow, or lost digits.

import { type Smoothness, smoothnessAt } from "../autodiff/differences.ts";
import { type RecordedRow, type RecordedRun, record } from "../autodiff/record.ts";
import { allOps } from "../expr/ops/index.ts";
import { pointwiseFunctions } from "../expr/ops/tensor-arithmetic.ts";
import type { Tensor } from "../expr/tensor.ts";
import type { Findings, Method } from "./comparison.ts";

const METHOD_NAMES: Readonly<Record<Method, string>> = {
  symbolic: "the symbolic derivative",
  mathjs: "mathjs's derivative",
  finiteDifference: "the finite difference",
  complexStep: "the complex step",
};

/** A sentence on what separates the methods; undefined where they agree on a finite number. */
export function reasonFor(findings: Findings): string | undefined {
  const { problem, tape, methods, smoothness } = findings;
  const differing = (Object.keys(methods) as Method[]).filter((method) => !methods[method]?.agrees);
  const run = record(problem.formula, problem.point);
  const value = run.value.item();
  const special =
    domainReason(run, value) ??
    kinkReason(run, findings) ??
    infiniteReason(run, tape) ??
    edgeReason(smoothness, findings.name);
  if (special !== undefined || differing.length === 0) return special;
  return (
    conventionReason(findings) ??
    overflowReason(findings, differing) ??
    cancellationReason(run, findings, differing)
  );
}

/** The first operation whose result is not finite although its operands are. */
function domainReason(run: RecordedRun, value: number): string | undefined {
  if (Number.isFinite(value)) return undefined;
  const row = run.rows.find(
    (candidate) =>
      !Number.isFinite(numberOf(candidate.value)) &&
      operandsOf(run, candidate).every((operand) => Number.isFinite(operand)),
  );
  if (row === undefined) return "outside the domain: an input is not finite.";
  const call = callText(row, operandsOf(run, row));
  const result = numberOf(row.value);
  return Number.isNaN(result)
    ? `outside the domain: ${call} has no real value, so there is no derivative.`
    : `outside the domain: ${call} is ${result > 0 ? "" : "minus "}infinite (a pole or an overflow).`;
}

/** The operation that has a kink or a jump at the operands that it got. */
function kinkReason(run: RecordedRun, findings: Findings): string | undefined {
  const { smoothness, tape } = findings;
  if (smoothness.kind !== "kink" && smoothness.kind !== "jump") return undefined;
  const sides = `from the left ${shown(smoothness.left)}, from the right ${shown(smoothness.right)}`;
  for (const row of run.rows) {
    const kernel = pointwiseFunctions().get(row.op)?.op.kernel;
    if (kernel === undefined) continue;
    const operands = operandsOf(run, row);
    const found = operands.some((operand, i) => {
      if (!("row" in (row.inputs[i] as object))) return false;
      const local = smoothnessAt((x) => kernel(...operands.with(i, x)), operand);
      return local.kind === "kink" || local.kind === "jump";
    });
    if (found) return kinkText(smoothness.kind, ` of ${callText(row, operands)}`, sides, tape);
  }
  return kinkText(smoothness.kind, "", sides, tape);
}

function kinkText(kind: "kink" | "jump", where: string, sides: string, tape: number): string {
  const what = kind === "kink" ? "the slope is" : "the value is";
  return `${kind}${where}: ${what} ${sides}; symtape takes the derivative ${shown(tape)} by convention.`;
}

function infiniteReason(run: RecordedRun, tape: number): string | undefined {
  if (Number.isFinite(tape)) return undefined;
  const row = run.rows.findLast((candidate) =>
    candidate.partials.some(
      (partial) => partial !== undefined && !Number.isFinite(numberOf(partial)),
    ),
  );
  if (row === undefined) return "overflow: the derivative is beyond the range of doubles.";
  return `infinite slope: the derivative of ${callText(row, operandsOf(run, row))} is not finite.`;
}

function edgeReason(smoothness: Smoothness, name: string): string | undefined {
  if (smoothness.kind !== "edge") return undefined;
  const side = smoothness.side === "both" ? "either side" : `the ${smoothness.side}`;
  return `outside the domain: on ${side} of this ${name} the function has no finite value.`;
}

/** A special value that the tape's rule knows and the general rule, in symbols, does not. */
function conventionReason({ answers, tape }: Findings): string | undefined {
  if (Number.isFinite(answers.symbolic.value)) return undefined;
  return (
    `special value: the general rule ${answers.symbolic.text} has no finite value here (0·∞); ` +
    `the tape takes ${shown(tape)} by convention.`
  );
}

function overflowReason({ answers }: Findings, differing: readonly Method[]): string | undefined {
  const broken = differing.filter((method) => !Number.isFinite(answerValue(answers[method])));
  if (broken.length === 0) return undefined;
  return (
    `overflow: on the way to ${namesOf(broken)} a number leaves the range of doubles (such as e^800); ` +
    "symtape's form stays inside."
  );
}

function cancellationReason(
  run: RecordedRun,
  findings: Findings,
  differing: readonly Method[],
): string {
  const worst = worstCancellation(run);
  if (worst !== undefined && worst.growth > 1e3) {
    const { row } = worst;
    const result = shown(numberOf(row.value));
    return `cancellation: in ${callText(row, operandsOf(run, row))} = ${result} most digits are lost.`;
  }
  if (differing.length === 1 && differing[0] === "finiteDifference") {
    return (
      "cancellation: the finite difference subtracts nearly equal values; by its own estimate it is off by " +
      `${findings.difference.error.toExponential(1)}.`
    );
  }
  return `cancellation: ${namesOf(differing)} lost digits on the way.`;
}

function namesOf(methods: readonly Method[]): string {
  return methods.map((method) => METHOD_NAMES[method]).join(" and ");
}

/** The sum or difference whose terms are largest beside its result. */
function worstCancellation(run: RecordedRun): { row: RecordedRow; growth: number } | undefined {
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
  return worst;
}

function operandsOf(run: RecordedRun, row: RecordedRow): number[] {
  return row.inputs.map((input) =>
    "row" in input
      ? numberOf((run.rows[input.row] as RecordedRow).value)
      : numberOf(input.constant),
  );
}

function numberOf(value: Tensor | undefined): number {
  return value === undefined ? 0 : value.concrete("explain").at(0);
}

function answerValue(answer: Findings["answers"][Method]): number {
  if (typeof answer === "number") return answer;
  return "value" in answer ? answer.value : Number.NaN;
}

/** `log(-1)`, `1 / 0`: an operation with its operands as it is written. */
function callText(row: RecordedRow, operands: readonly number[]): string {
  const notation = allOps().get(row.op)?.notation;
  const texts = operands.map(shown);
  if (notation?.kind === "infix") return texts.join(` ${notation.symbol} `);
  return `${notation?.symbol ?? row.op}(${texts.join(", ")})`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
