// symtape compare: a derivative by every method, as a table or as JSON.

import {
  type Comparison,
  compare,
  type Method,
  type Refused,
  type VariableComparison,
} from "../explain/compare.ts";
import { type Block, equation, heading, note, paragraph, table } from "../explain/story.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { printJson, printStory } from "./output.ts";
import type { CommandPoint } from "./point.ts";

export interface CompareCommandOptions {
  readonly at: CommandPoint;
  readonly json?: boolean;
}

export function runCompare(expression: string, options: CompareCommandOptions): ExitCode {
  const comparison = compare(expression, options.at);
  if (options.json) printJson(comparison);
  else printStory(comparisonStory(comparison));
  return comparison.agree ? EXIT.done : EXIT.disagree;
}

function comparisonStory({ expression, point, value, variables, agree }: Comparison): Block[] {
  const at = Object.entries(point).map(([name, number]) => `${name} = ${number}`);
  return [
    ...expression.split("\n").map(equation),
    paragraph(`\n  at ${at.join(", ") || "no variables"}: value ${value}`),
    ...Object.entries(variables).flatMap(([name, found]) => variablePart(name, found)),
    note(agree ? "All methods agree." : "The methods do not agree."),
  ];
}

function variablePart(name: string, found: VariableComparison): Block[] {
  const { symbolic, tape, witnesses, reason } = found;
  const { mathjs, finiteDifference, complexStep } = witnesses;
  const rows = [
    methodRow("symbolic", symbolic.value, found, "symbolic"),
    ["tape", String(tape), "", ""],
    methodRow("mathjs", "refused" in mathjs ? mathjs : mathjs.value, found, "mathjs"),
    methodRow("finite difference", finiteDifference, found, "finiteDifference"),
    methodRow("complex step", complexStep, found, "complexStep"),
  ];
  return [
    heading(`by ${name}`),
    equation(symbolic.text),
    table(["method", "derivative", "digits", "tolerance"], rows),
    ...(reason === undefined ? [] : [note(reason), paragraph("")]),
  ];
}

function methodRow(
  label: string,
  answer: number | Refused,
  { methods }: VariableComparison,
  method: Method,
): string[] {
  if (typeof answer !== "number") return [label, `refused: ${answer.refused}`, "", ""];
  const held = methods[method];
  if (held === undefined) return [label, String(answer), "", ""];
  const mark = held.agrees ? "" : "  differs";
  return [
    label,
    String(answer),
    `${held.digits.toFixed(1)}${mark}`,
    held.tolerance.toExponential(0),
  ];
}
