// symtape derive: the derivative of a formula, as a formula.

import { derivative } from "../autodiff/derivative.ts";
import { shapesOfPoint } from "../explain/scalars.ts";
import type { Shapes } from "../expr/formula.ts";
import { format, parse, simplify, toTex } from "../expr/symbolic/index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { printJson, valueText } from "./output.ts";
import { type CommandPoint, checkNames } from "./point.ts";

export interface DeriveOptions {
  readonly by: string;
  readonly order: number;
  readonly at: CommandPoint;
  readonly shape: Shapes;
  readonly json?: boolean;
}

export function runDerive(expression: string, options: DeriveOptions): ExitCode {
  const { by, order, at, shape } = options;
  const formula = parse(expression, { shapes: { ...shapesOfPoint(at), ...shape } });
  checkNames(formula, "--at", at);
  checkNames(formula, "--shape", shape);
  const derived = derivative(formula, by, order);
  const shown = simplify(derived);
  const text = format(shown);
  const value = Object.keys(at).length === 0 ? undefined : derived(at).toArray();
  if (options.json) {
    const result = { expression, by, order, derivative: text, tex: toTex(shown) };
    printJson({ ...result, ...(value !== undefined && { value }) });
  } else {
    process.stdout.write(`${text}\n`);
    if (value !== undefined) process.stdout.write(`${valueText(value)}\n`);
  }
  return EXIT.done;
}
