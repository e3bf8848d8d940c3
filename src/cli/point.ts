// Values of variables on the command line: `--at x=0.5 --at "w=[[1,2],[3,4]]"`.

import { InvalidArgumentError } from "commander";
import type { PointValue } from "../expr/evaluation.ts";

export type CommandPoint = Readonly<Record<string, PointValue>>;

const SPECIAL: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};

/** Reads one `name=value` and adds it to those before it. */
export function readAssignment(text: string, previous: CommandPoint): CommandPoint {
  const split = text.indexOf("=");
  const name = text.slice(0, split).trim();
  if (split < 1 || !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) {
    throw new InvalidArgumentError(
      `expected name=value such as x=0.5, got ${JSON.stringify(text)}.`,
    );
  }
  const entries = Object.entries(previous).filter(([known]) => known !== name);
  return Object.fromEntries([...entries, [name, readValue(name, text.slice(split + 1).trim())]]);
}

function readValue(name: string, text: string): PointValue {
  const special = SPECIAL[text];
  if (special !== undefined) return special;
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  const parsed = text.startsWith("[") ? parseJson(text) : undefined;
  if (!isNumbers(parsed)) {
    throw new InvalidArgumentError(
      `the value of ${name} must be a number or a matrix such as [[1,2],[3,4]], got ${JSON.stringify(text)}.`,
    );
  }
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNumbers(value: unknown): value is PointValue {
  return typeof value === "number" || (Array.isArray(value) && value.every(isNumbers));
}
