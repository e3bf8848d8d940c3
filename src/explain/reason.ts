// Why two ways to a derivative differ at a point: a kink, an edge, an overflow, or lost digits.

import { type Smoothness, smoothnessAt } from "../autodiff/differences.ts";
import type { RecordedRow, RecordedRun } from "../autodiff/record.ts";
import { pointwiseFunctions } from "../expr/ops/tensor-arithmetic.ts";
import type { Findings, Method } from "./comparison.ts";
import { callText, numberOf, operandsOf, shown, worstCancellation } from "./rows.ts";

const METHOD_NAMES: Readonly<Record<Method, string>> = {
  symbolic: "the symbolic derivative",
  mathjs: "mathjs's derivative",
  finiteDifference: "the finite difference",
  complexStep: "the complex step",
};

/** A sentence on what separates the methods; undefined where they agree on a finite number. */
export function reasonFor(findings: Findings): string | undefined {
  const { tape, methods, smoothness, run } = findings;
  const differing = (Object.keys(methods) as Method[]).filter((method) => !methods[method]?.agrees);
  const special =
    valueReason(run) ??
    breakReason(findings) ??
    kinkReason(findings) ??
    infiniteReason(run, tape) ??
    edgeReason(smoothness, findings.name);
  if (special !== undefined || differing.length === 0) return special;
  return (
    conventionReason(findings) ??
    overflowReason(findings, differing) ??
    cancellationReason(findings, differing)
  );
}

/** The first operation whose result is not finite although its operands are. */
function valueReason(run: RecordedRun): string | undefined {
  if (Number.isFinite(run.value.item())) return undefined;
  const row = run.rows.find(
    (candidate) =>
      !Number.isFinite(numberOf(candidate.value)) &&
      operandsOf(run, candidate).every((operand) => Number.isFinite(operand)),
  );
  if (row === undefined || row.inputs.length === 0) {
    return "outside the domain: an input is not finite.";
  }
  const operands = operandsOf(run, row);
  const call = callText(row, operands);
  const result = numberOf(row.value);
  if (Number.isNaN(result)) {
    return `outside the domain: ${call} has no real value, so there is no derivative.`;
  }
  const infinite = `${call} is ${result > 0 ? "" : "minus "}infinite`;
  return isPole(row, operands)
    ? `outside the domain: ${infinite}, a pole.`
    : `overflow: ${call} is beyond the range of doubles.`;
}

/** Whether an infinite result is that of one place alone: beside it the values are moderate. */
function isPole(row: RecordedRow, operands: readonly number[]): boolean {
  const kernel = pointwiseFunctions().get(row.op)?.op.kernel;
  if (kernel === undefined) return false;
  return operands.some((operand, i) => {
    const step = 1e-6 * Math.max(Math.abs(operand), 1e-3);
    return [operand - step, operand + step].some(
      (beside) => Math.abs(kernel(...operands.with(i, beside))) < 1e150,
    );
  });
}

/** A pole that rounding hides, or a value that stands alone. */
function breakReason({ smoothness, name }: Findings): string | undefined {
  if (smoothness.kind === "pole") {
    return `pole: the value grows without bound as ${name} comes near, so there is no derivative.`;
  }
  if (smoothness.kind !== "isolated") return undefined;
  const { value, around } = smoothness;
  return (
    `isolated value: at this ${name} alone the value is ${shown(value)}, on both sides it comes near ` +
    `${shown(around)}; so there is no derivative.`
  );
}

/** The operation that has a kink or a jump at the operands that it got. */
function kinkReason({ run, smoothness, tape }: Findings): string | undefined {
  if (smoothness.kind === "cusp") {
    return (
      infiniteReason(run, tape) ??
      `infinite slope: near this point the slope grows without bound; symtape takes the derivative ${shown(tape)}.`
    );
  }
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

function cancellationReason(findings: Findings, differing: readonly Method[]): string {
  const { run, derivativeRun } = findings;
  const { error } = findings.difference;
  const onlyDifference = differing.length === 1 && differing[0] === "finiteDifference";
  if (onlyDifference && isTrusted(findings)) {
    const lost = worstCancellation(derivativeRun()) ?? worstCancellation(run);
    const where = lost === undefined ? "" : ` in ${lost.text} its digits are lost;`;
    return (
      `cancellation: the derivative itself cancels, and every method that follows its formula with it:${where} ` +
      `the finite difference is right${error === 0 ? "" : ` to about ${error.toExponential(1)}`}.`
    );
  }
  const lost = worstCancellation(run);
  if (lost !== undefined) return `cancellation: in ${lost.text} most digits are lost.`;
  if (onlyDifference) {
    return (
      "cancellation: the finite difference subtracts nearly equal values; by its own estimate it is off by " +
      `${error.toExponential(1)}.`
    );
  }
  return `cancellation: ${namesOf(differing)} lost digits on the way.`;
}

/** Whether the finite difference is far surer of itself than it is far from the tape. */
function isTrusted({ tape, difference }: Findings): boolean {
  return Math.abs(tape - difference.value) > 100 * difference.error;
}

function namesOf(methods: readonly Method[]): string {
  return methods.map((method) => METHOD_NAMES[method]).join(" and ");
}

function answerValue(answer: Findings["answers"][Method]): number {
  if (typeof answer === "number") return answer;
  return "value" in answer ? answer.value : Number.NaN;
}
