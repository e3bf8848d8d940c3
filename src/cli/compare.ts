// symtape compare: a derivative by every method, as a table or as JSON.

import { compare } from "../explain/compare.ts";
import type { Comparison, Method, Refused, VariableComparison } from "../explain/comparison.ts";
import { shapesOfPoint } from "../explain/scalars.ts";
import { type Block, equation, heading, note, paragraph, table } from "../explain/story.ts";
import { parse } from "../expr/symbolic/index.ts";
import { EXIT, type ExitCode, UsageError } from "./exit.ts";
import { printJson, printStory } from "./output.ts";
import { type CommandPoint, checkNames } from "./point.ts";

export interface CompareCommandOptions {
  readonly at: CommandPoint;
  readonly json?: boolean;
}

export function runCompare(expression: string, options: CompareCommandOptions): ExitCode {
  const formula = parse(expression, { shapes: shapesOfPoint(options.at) });
  checkNames(formula, "--at", options.at);
  const missing = formula.names.filter((name) => !Object.hasOwn(options.at, name));
  if (missing.length > 0) {
    const wanted = missing.map((name) => `--at ${name}=…`).join(" ");
    throw new UsageError(`the expression needs a value for ${missing.join(", ")}: add ${wanted}`);
  }
  const comparison = compare(expression, options.at);
  if (options.json) printJson(comparison);
  else printStory(comparisonStory(comparison));
  return comparison.agree ? EXIT.done : EXIT.disagree;
}

function comparisonStory({ expression, point, value, variables, agree }: Comparison): Block[] {
  const at = Object.entries(point).map(([name, number]) => `${name} = ${number}`);
  return [
    ...expression.split("\n").map(equation),
    paragraph(`at ${at.join(", ") || "no point"}: value ${value}`),
    ...Object.entries(variables).flatMap(([name, found]) => variablePart(name, found)),
    note(agree ? "All methods agree." : "The methods do not agree."),
  ];
}

function variablePart(name: string, found: VariableComparison): Block[] {
  const { symbolic, tape, witnesses, reason } = found;
  const { mathjs, finiteDifference, complexStep } = witnesses;
  const answers: readonly (readonly [label: string, answer: number | Refused, method: Method])[] = [
    ["mathjs", "refused" in mathjs ? mathjs : mathjs.value, "mathjs"],
    ["finite difference", finiteDifference, "finiteDifference"],
    ["complex step", complexStep, "complexStep"],
  ];
  const rows = [
    methodRow("symbolic", symbolic.value, found, "symbolic"),
    ["tape", String(tape), "", "", ""],
    ...answers.map(([label, answer, method]) => methodRow(label, answer, found, method)),
  ];
  const refusals = answers.flatMap(([label, answer]) =>
    typeof answer === "number" ? [] : [note(`${label} refuses: ${answer.refused}`)],
  );
  return [
    heading(`by ${name}`),
    equation(symbolic.text),
    table(["method", "derivative", "digits", "tolerance", ""], rows),
    ...refusals,
    ...(reason === undefined ? [] : [note(reason)]),
  ];
}

function methodRow(
  label: string,
  answer: number | Refused,
  { methods }: VariableComparison,
  method: Method,
): string[] {
  const held = methods[method];
  if (typeof answer !== "number" || held === undefined) return [label, "–", "", "", ""];
  return [
    label,
    String(answer),
    held.digits.toFixed(1),
    held.tolerance.toExponential(0),
    held.agrees ? "" : "differs",
  ];
}
