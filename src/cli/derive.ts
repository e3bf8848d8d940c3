// symtape derive: the derivative of a formula, as a formula.

import { derivative } from "../autodiff/derivative.ts";
import { format, parse, simplify, toTex } from "../expr/symbolic/index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { printJson } from "./output.ts";
import type { CommandPoint } from "./point.ts";

export interface DeriveOptions {
  readonly by: string;
  readonly order: number;
  readonly at: CommandPoint;
  readonly json?: boolean;
}

export function runDerive(expression: string, options: DeriveOptions): ExitCode {
  const { by, order, at } = options;
  const derived = derivative(parse(expression), by, order);
  const shown = simplify(derived);
  const text = format(shown);
  const value = Object.keys(at).length === 0 ? undefined : derived(at).toArray();
  if (options.json) {
    const result = { expression, by, order, derivative: text, tex: toTex(shown) };
    printJson({ ...result, ...(value !== undefined && { value }) });
  } else {
    process.stdout.write(`${text}\n`);
    if (value !== undefined) process.stdout.write(`${JSON.stringify(value)}\n`);
  }
  return EXIT.done;
}
