// Values and shapes of variables on the command line: `--at x=pi/2 --at "w=[[1,2],[3,4]]" --shape A=2x3`.

import { InvalidArgumentError } from "commander";
import { closestName, SymtapeError } from "../expr/errors.ts";
import type { PointValue } from "../expr/evaluation.ts";
import type { Formula, Shapes } from "../expr/formula.ts";
import { parse } from "../expr/symbolic/index.ts";
import { UsageError } from "./exit.ts";

export type CommandPoint = Readonly<Record<string, PointValue>>;

/** Reads one `name=value` and adds it to those before it. */
export function readAssignment(text: string, previous: CommandPoint): CommandPoint {
  const [name, value] = split(text, "name=value such as x=0.5");
  return added(previous, name, readValue(name, value));
}

/** Reads one `name=shape`, such as `A=2x3`, and adds it to those before it. */
export function readShape(text: string, previous: Shapes): Shapes {
  const [name, shape] = split(text, "name=shape such as A=2x3");
  if (shape === "scalar") return added(previous, name, []);
  if (/^\d+(x\d+)*$/.test(shape)) return added(previous, name, shape.split("x").map(Number));
  throw new InvalidArgumentError(
    `the shape of ${name} is written as 3, 2x3 or scalar, got ${JSON.stringify(shape)}.`,
  );
}

function split(text: string, expected: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  if (at < 1 || !/^[\p{L}_$][\p{L}\p{M}\p{N}_$]*$/u.test(name)) {
    throw new InvalidArgumentError(`expected ${expected}, got ${JSON.stringify(text)}.`);
  }
  return [name, text.slice(at + 1).trim()];
}

function added<T>(
  previous: Readonly<Record<string, T>>,
  name: string,
  value: T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(previous).filter(([known]) => known !== name);
  return Object.fromEntries([...entries, [name, value]]);
}

/** A number, or a formula without variables such as `pi / 2` or `[[1, 2], [3, 4]]`. */
function readValue(name: string, text: string): PointValue {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  const formula = readFormula(name, text);
  if (formula.names.length === 0) return formula({}).toArray();
  throw new InvalidArgumentError(
    `the value of ${name} must be a number such as 0.5 or pi/2, or a matrix such as [[1,2],[3,4]]; ` +
      `${JSON.stringify(text)} contains ${formula.names.join(", ")}.`,
  );
}

function readFormula(name: string, text: string): Formula {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SymtapeError)) throw error;
    const message = `the value of ${name}, ${JSON.stringify(text)}, cannot be read: ${error.message}`;
    throw new InvalidArgumentError(message);
  }
}

/** Refuses values and shapes for names that the expression does not have. */
export function checkNames({ names }: Formula, option: string, given: Readonly<object>): void {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const meant = closestName(name, names);
    const known = names.length === 0 ? "it has no variables" : `it has ${names.join(", ")}`;
    throw new UsageError(
      `${option} ${name}=…: the expression has no ${name}; ${known}.` +
        (meant === undefined ? "" : ` Did you mean ${meant}?`),
    );
  }
}
